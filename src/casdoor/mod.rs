//! Casdoor's REST API, sign-in, the merge and the sync.

mod http;

pub use http::{Body, Http, HttpError, MAX_RESPONSE_BYTES, Method, Request, Response, date_from_header};
