//! Signing in: finding the client id, the authorization code flow with PKCE, connection codes, refresh and revocation.
//!
//! [`discover`] finds the client id, which the user would otherwise have to type. [`Attempt`] is a sign-in in progress.
//! [`request_code`] requests the authorization code from the server, and [`exchange`] exchanges it for a [`SignedIn`].
//! A code from a redirect is never used. [`with_token`] converts a [`ConnectionCode`] to a [`SignedIn`]. The extension
//! has no client secret, and the user never types the server's password into it.

mod attempt;
mod connection_code;
mod discover;
mod redirect;
mod request_code;
mod tokens;

pub use attempt::Attempt;
pub use connection_code::{ConnectionCode, MAX_TOKEN_BYTES};
pub use discover::{Organization, SignInChoice, SignInOptions, discover};
pub use redirect::accepted_redirect;
pub use request_code::{CodeResponse, complete, request_code};
pub use tokens::{SignedIn, confirm_user, exchange, needs_refresh, password_grant, refresh, revoke, with_token};
