//! A log of received requests, for tests.

use serde::Serialize;

use crate::clock;
use crate::messages::ServerRequest;

/// A received request. For credentials, it records only whether they were present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestLine {
    /// In upper case.
    pub method: String,
    /// The path without the query string.
    pub path: String,
    /// The query's `columns` parameter, which selects the fields that an update writes.
    pub columns: Option<String>,
    /// The `Host` header.
    pub host: String,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// True if a `Cookie` header was present.
    pub has_cookie: bool,
    /// True if a bearer token was present.
    pub has_bearer: bool,
    /// Size of the request body in bytes.
    pub body_bytes: usize,
    /// Size of the response body in bytes.
    pub answer_bytes: usize,
    /// When the request arrived, in Unix milliseconds of the machine's clock.
    pub at_ms: u64,
    /// The status of the response; `None` if the connection was closed instead.
    pub status: Option<u16>,
}

impl RequestLine {
    pub(crate) fn new(request: &ServerRequest, has_cookie: bool) -> Self {
        let columns = request.query.text("columns");
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            columns: (!columns.is_empty()).then(|| columns.to_owned()),
            host: request.host.clone(),
            origin: request.origin.clone(),
            has_cookie,
            has_bearer: request.bearer.is_some(),
            body_bytes: request.body.len(),
            answer_bytes: 0,
            at_ms: clock::machine_milliseconds(),
            status: None,
        }
    }
}
