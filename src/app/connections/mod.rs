//! Connections to Casdoor servers: connecting, renewing a sign-in, syncing, second factors, disconnecting.

pub(in crate::app) mod connect;
pub(in crate::app) mod manage;
mod managed_sign_in;
pub(in crate::app) mod renew_sign_in;
pub(in crate::app) mod requests;
pub(in crate::app) mod second_factors;
pub(in crate::app) mod sign_in_step;
pub(in crate::app) mod sync;

pub use connect::permission_pattern;
pub use manage::unused_permissions;
pub use sign_in_step::{SignInPage, SignInStep};
