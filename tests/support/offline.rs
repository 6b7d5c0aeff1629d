//! A network without any server.

use casdoor_authenticator::casdoor::{Http, HttpError, Request, Response};

/// Reaches nothing.
pub struct Offline;

impl Http for Offline {
    async fn send(&self, _: Request) -> Result<Response, HttpError> {
        Err(HttpError::Unreachable)
    }
}
