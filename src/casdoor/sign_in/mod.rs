//! Signing in: finding the client id, the authorization code with PKCE, connection codes, refresh and revocation.
//!
//! [`discover`] asks the server what the user would otherwise have to type. [`Attempt`] is one sign-in. [`request_code`]
//! asks the server itself for its code, which [`exchange`] turns into a [`SignedIn`]; a code that arrived by redirect is
//! never used. [`with_token`] makes a [`SignedIn`] of a [`ConnectionCode`]. There is never a client secret, and no password is typed into this program.

mod attempt;
mod connection_code;
mod discover;
mod request_code;
mod tokens;

pub use attempt::Attempt;
pub use connection_code::{ConnectionCode, MAX_TOKEN_BYTES};
pub use discover::{Choice, Offer, Organization, discover};
pub use request_code::{CodeReply, complete, request_code};
pub use tokens::{SignedIn, exchange, is_of_another_user, needs_refresh, password_grant, refresh, revoke, with_token};
