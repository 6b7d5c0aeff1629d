//! Casdoor's REST API: signing in, and syncing accounts with a user's list on a server.
//!
//! [`ServerAddress`] parses what the user types, and [`sign_in`] obtains tokens from the server. [`sync()`] syncs a
//! connection, using the pure function [`merge()`]; [`privacy`] checks who can read the list; [`factors`] manages the
//! user's second factors. The network is the interface [`Http`], and the open vault the interface [`VaultAccess`]; time
//! and randomness are arguments. Casdoor's JSON format is private to this module.
//!
//! ```
//! use casdoor_authenticator::casdoor::{ServerAddress, sign_in::ConnectionCode};
//!
//! let text = "casdoor-authenticator://login?serverUrl=https://id.example.com&accessToken=aa.bb.cc";
//! let code = ConnectionCode::parse(text, false)?;
//! assert_eq!(code.server, ServerAddress::parse("id.example.com", false)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod api;
mod error;
pub mod factors;
mod http;
mod login_page;
mod merge;
pub mod privacy;
mod row;
pub mod sign_in;
mod sync;
mod wire;

pub use address::{AddressError, ServerAddress, matches_page};
pub use api::SignedInUser;
pub use error::CasdoorError;
pub use http::{Body, Http, HttpError, HttpMethod, HttpRequest, HttpResponse, MAX_RESPONSE_BYTES, date_from_header};
pub use login_page::LoginPage;
pub use merge::{
    AccountLocation, AddReason, LocalAccount, LocalAccounts, LocalChange, MAX_CONNECTION_ACCOUNTS,
    MAX_CONNECTION_BYTES, MAX_LIST_BYTES, MAX_OLD_VERSIONS, MAX_ROW_BYTES, MAX_TRASHED, MAX_TRASHED_BYTES,
    MergeOptions, MergeResult, Summary, merge,
};
pub use row::{ListRow, RowContent};
pub use sync::{ChangedPart, SyncError, SyncOutcome, SyncState, VaultAccess, as_user, forget, leave, sync};
