//! What was asked of the server, for tests to look at.

use serde::Serialize;

use crate::call::Call;
use crate::clock;

/// One request. Of credentials it says only whether they were there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestLine {
    /// Upper case.
    pub method: String,
    /// Without the query string.
    pub path: String,
    /// The value of the query's `columns`, which decides what an update writes.
    pub columns: Option<String>,
    /// The `Host` header.
    pub host: String,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// Whether a `Cookie` header came along.
    pub has_cookie: bool,
    /// Whether a bearer token came along.
    pub has_bearer: bool,
    /// Bytes of the body.
    pub body_bytes: usize,
    /// Bytes of the answer's body.
    pub answer_bytes: usize,
    /// When it came, in milliseconds since 1970 by the machine's clock.
    pub at_ms: u64,
    /// The answer's status; `None` when the connection was closed instead.
    pub status: Option<u16>,
}

impl RequestLine {
    pub(crate) fn new(call: &Call, has_cookie: bool) -> Self {
        let columns = call.query.text("columns");
        Self {
            method: call.method.clone(),
            path: call.path.clone(),
            columns: (!columns.is_empty()).then(|| columns.to_owned()),
            host: call.host.clone(),
            origin: call.origin.clone(),
            has_cookie,
            has_bearer: call.bearer.is_some(),
            body_bytes: call.body.len(),
            answer_bytes: 0,
            at_ms: clock::machine_milliseconds(),
            status: None,
        }
    }
}
