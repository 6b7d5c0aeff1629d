//! A network in which no server is reachable.

use casdoor_authenticator::casdoor::{Http, HttpError, HttpRequest, HttpResponse};

/// Rejects every request as unreachable.
pub struct Offline;

impl Http for Offline {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        Err(HttpError::Unreachable)
    }
}
