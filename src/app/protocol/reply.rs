//! The worker's replies, and the messages in them.

use serde::{Deserialize, Serialize};

use super::cards::{FirstUse, Found, RecoveryAsk, RecoveryRow, TrashRow};
use super::connections::{CodeOwner, Connected, ConnectionCard, FactorsCard, ServerOffer};
use super::exchange::{Backups, Duplicate, PlannedRow};
use super::form::AccountForm;
use super::screen::{CopyCard, Screen};
use crate::app::policy::Policy;
use crate::exchange::PortableAccount;
use crate::message::Message;
use crate::vault::{AccountId, Settings};

/// A reason not to fill an account's code on a site. The user can override it with a second confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteWarning {
    /// There is no such reason.
    #[default]
    None,
    /// The address looks like this other site, which has an account in the vault.
    LooksLike(String),
    /// The page is served over http in a private network.
    Unencrypted,
}

/// The question whether an account may be filled on a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteQuestion {
    /// The registrable domain, or the origin if there is none.
    pub site: String,
    /// The origin of the document that asked for the code. The tab may show another one when the user answers.
    pub origin: String,
    /// The warning to show first.
    #[serde(default)]
    pub warning: SiteWarning,
    /// The frame that shows the site inside a page of another site.
    #[serde(default)]
    pub frame: Option<FrameOfSite>,
}

/// A frame of another site than the page around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameOfSite {
    /// The frame's host.
    pub host: String,
    /// The host of the page around it.
    pub page: String,
    /// The match pattern of the host permission that the browser has to grant first.
    #[serde(default)]
    pub permission: Option<String>,
}

/// The worker's reply to a page of the extension.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Reply {
    /// The screen to draw.
    Screen {
        /// The screen.
        screen: Screen,
    },
    /// The result of a scan or of a pasted text.
    Found {
        /// Cards and messages.
        found: Found,
    },
    /// The form of one account, without its secret.
    Form {
        /// The fields.
        form: AccountForm,
    },
    /// A code of a HOTP account.
    Code {
        /// The digits, or Steam's characters.
        code: String,
        /// The counter of the next code.
        counter: u64,
    },
    /// An account's key URI.
    KeyUri {
        /// The URI, which contains the secret.
        uri: String,
        /// The URI as a QR code: an SVG image in black on white; empty if the URI is too long for a QR code.
        #[serde(default)]
        picture: String,
    },
    /// An account's recovery codes.
    RecoveryCodes {
        /// The codes, in the order they were stored.
        codes: Vec<RecoveryRow>,
    },
    /// The user selected a recovery code on a page: ask for the password.
    AskRecovery {
        /// The account and the document.
        ask: RecoveryAsk,
    },
    /// The user selected an account on a page where it was never used: ask whether it is for that site.
    AskFirstUse {
        /// The account and the document.
        ask: FirstUse,
    },
    /// A sealed vault.
    SealedFile {
        /// The file's text.
        text: String,
    },
    /// The saved copies before the latest one.
    Copies {
        /// The copies, newest first.
        copies: Vec<CopyCard>,
    },
    /// The accounts in the trash.
    Trash {
        /// The accounts, newest first.
        rows: Vec<TrashRow>,
    },
    /// The organizations and applications of a server.
    Server {
        /// The server's organizations and applications.
        server: ServerOffer,
    },
    /// The user that a connection code belongs to.
    CodeOwner {
        /// The user, as the server reports.
        owner: CodeOwner,
    },
    /// A connection was made.
    Connected {
        /// The received accounts and those that stay on this device.
        connected: Connected,
    },
    /// All connections.
    Connections {
        /// The connections, in the order they were made.
        connections: Vec<ConnectionCard>,
    },
    /// The second factors of a connected user.
    Factors {
        /// The second factors.
        card: FactorsCard,
    },
    /// The settings.
    Settings {
        /// All settings.
        settings: Settings,
    },
    /// The organization's policy.
    Policy {
        /// The policy, with the names of the keys that are not understood.
        policy: Box<Policy>,
    },
    /// Information for a bug report.
    Diagnostics {
        /// Lines in English, without names and secrets.
        text: String,
    },
    /// The rows that may duplicate accounts of the vault.
    Compared {
        /// One entry for each row.
        known: Vec<Option<Duplicate>>,
    },
    /// Rows were imported.
    Imported {
        /// The new accounts, for undoing the import.
        accounts: Vec<AccountId>,
        /// The message for the user.
        message: Message,
    },
    /// The properties of each account that a format cannot store.
    ExportPlan {
        /// One entry for each account.
        rows: Vec<PlannedRow>,
    },
    /// All accounts, for an export.
    Exported {
        /// The accounts, with their secrets.
        rows: Vec<PortableAccount>,
    },
    /// The state of backups.
    Backups {
        /// The state of backups.
        backups: Backups,
    },
    /// The request succeeded.
    Done {
        /// The message for the user.
        message: Message,
    },
    /// The result of filling a code.
    Filled {
        /// `true` if the code was typed; otherwise, the popup copies it.
        filled: bool,
        /// The code for the clipboard, if it could not be typed.
        code: Option<String>,
        /// The message for the user.
        message: Message,
    },
    /// The page shows the user which fields to choose from, so the popup closes.
    ChoosingOnPage,
    /// The account was never filled on this site: ask the user, and confirm with
    /// [`Request::AllowSite`](super::Request::AllowSite).
    ConfirmSite {
        /// The question.
        #[serde(flatten)]
        question: SiteQuestion,
    },
    /// The request failed, and nothing was lost.
    Failed {
        /// The message, which says what happened and what to do.
        message: Message,
    },
}
