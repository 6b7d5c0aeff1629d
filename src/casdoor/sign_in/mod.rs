//! Signing in: finding the client id, the authorization code with PKCE, connection codes, refresh and revocation.
//!
//! [`discover`] asks the server what a person would otherwise have to type. [`Attempt`] is one sign-in: the address to
//! open, and the check of what comes back. Its code becomes a [`SignedIn`] by [`exchange`]. A [`ConnectionCode`] becomes
//! one by [`with_token`]. There is never a client secret, and no password is typed into this program.

mod attempt;
mod connection_code;
mod discover;
mod tokens;

pub use attempt::{Attempt, Prompt};
pub use connection_code::{ConnectionCode, MAX_TOKEN_BYTES};
pub use discover::{Choice, Offer, Organization, discover};
pub use tokens::{SignedIn, exchange, needs_refresh, password_grant, refresh, revoke, with_token};
