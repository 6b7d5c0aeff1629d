//! A network without any server.

use casdoor_authenticator::casdoor::{Http, HttpError, HttpRequest, HttpResponse};

/// Reaches nothing.
pub struct Offline;

impl Http for Offline {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError::Unreachable)
    }
}
