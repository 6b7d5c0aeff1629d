//! The protocol between the extension's pages and the worker.
//!
//! A page sends one of the [`requests`] and gets the answer of that type or a message; a content script sends a
//! [`PageRequest`] and gets a [`PageReply`]. All of them are sent as JSON. A page receives a secret only in reply to a
//! request that the user has confirmed, such as [`ShowKeyUri`] or [`ShowRecoveryCodes`]. A content script receives
//! nothing but the code that its page is allowed to have.

mod cards;
mod connections;
mod exchange;
mod first_read;
mod form;
mod reply;
pub mod requests;
mod screen;

pub use crate::autofill::{OfferEntry, PageReply, PageRequest, SiteRule};
pub use crate::message::Message;
pub use cards::{
    BatchCard, DocumentLocation, FirstUse, KeyUriRow, RecoveryPrompt, RecoveryRow, ScanResultCard, ScanResults,
    TrashRow,
};
pub use connections::{
    Acceptance, CodeOwner, Connected, ConnectionCard, FactorChange, FactorsCard, JoinableAccount, RequiredAction,
    ServerLookup,
};
pub use exchange::{
    Backups, Duplicate, DuplicateKind, ExportPlanRow, FileContent, FileReadResult, ImportRow, SkippedRow,
};
pub use first_read::{FirstRead, Phase};
pub use form::{AccountForm, BulkChange, FormKind, SiteForm};
pub use reply::{
    Answer, CounterCode, FillAnswer, Filled, FrameOfSite, ImportedAccounts, PendingAnswer, Reply, SaveSiteAnswer,
    ShownKeyUri, SiteQuestion, SiteWarning,
};
pub use requests::*;
pub use screen::{
    AccountList, ClockCorrection, ClockDifference, ConnectionName, CopyCard, Row, RowMark, Screen, SignInScreen,
    SignInServer, SyncStatus,
};
