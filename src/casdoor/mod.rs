//! Casdoor's REST API: signing in, and keeping accounts in step with a user's list on a server.
//!
//! [`ServerAddress`] is what a person types. [`sign_in`] makes tokens of it. [`sync()`] brings a connection in step, by
//! way of the pure [`merge()`]; [`privacy`] says who can read the list; [`factors`] is how the user proves a second time
//! who they are. The network is the port [`Http`], the open vault
//! the port [`Ledger`]; time and randomness come in as arguments. Nothing outside knows Casdoor's JSON.
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
mod merge;
pub mod privacy;
mod row;
pub mod sign_in;
mod sync;
mod wire;

pub use address::{AddressError, ServerAddress, matches_page};
pub use api::SignedInUser;
pub use error::CasdoorError;
pub use http::{Body, Http, HttpError, MAX_RESPONSE_BYTES, Method, Request, Response, date_from_header};
pub use merge::{
    Local, LocalAccount, LocalChange, MAX_CONNECTION_ACCOUNTS, MAX_CONNECTION_BYTES, MAX_LIST_BYTES, MAX_OLD_VERSIONS,
    MAX_ROW_BYTES, MAX_TRASHED, MAX_TRASHED_BYTES, Merged, Place, Policy, Summary, Why, merge,
};
pub use row::{Meaning, Row};
pub use sync::{Ledger, Memory, Outcome, SyncError, Touched, as_user, forget, leave, sync};
