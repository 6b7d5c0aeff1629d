//! Casdoor's REST API: signing in, and keeping accounts in step with a user's list on a server.
//!
//! [`ServerAddress`] is what a person types. [`sign_in`] makes tokens of it. The network is the port [`Http`]; time and
//! randomness come in as arguments.
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
mod http;
pub mod privacy;
pub mod sign_in;
mod wire;

pub use address::{AddressError, ServerAddress};
pub use error::CasdoorError;
pub use http::{Body, Http, HttpError, MAX_RESPONSE_BYTES, Method, Request, Response, date_from_header};
