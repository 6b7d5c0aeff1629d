//! A request as the handlers see it, and their responses.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::release::Release;

/// Decoded name-value pairs of a query string or form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Parses `a=1&b=2`.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// Wraps the pairs of a multipart form.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Returns the first value with this name, or the empty string if there is none, as Go's `url.Values.Get` does.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// A completely received request.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerRequest {
    /// In upper case.
    pub method: String,
    /// The path without the query string.
    pub path: String,
    /// The path and query string as sent.
    pub target: String,
    /// The query string's fields.
    pub query: Fields,
    /// The form's fields, for URL-encoded and multipart bodies.
    pub form: Fields,
    /// True if the body is a multipart form.
    pub is_multipart: bool,
    /// The body; empty for a multipart form.
    pub body: Vec<u8>,
    /// The `Host` header.
    pub host: String,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The session cookie.
    pub session: Option<String>,
    /// The token of an `Authorization: Bearer` header.
    pub bearer: Option<String>,
    /// The server's time, in Unix seconds.
    pub now: i64,
}

impl ServerRequest {
    /// Returns a form field, or the query parameter if the form does not have it.
    pub fn parameter(&self, name: &str) -> &str {
        let form = self.form.text(name);
        if form.is_empty() { self.query.text(name) } else { form }
    }

    /// Returns the body as a JSON object.
    pub fn json(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Returns a parameter of the token endpoints from the form, the query or the JSON body.
    pub fn any(&self, name: &str) -> String {
        let plain = self.parameter(name);
        if !plain.is_empty() {
            return plain.to_owned();
        }
        let body = self.json().unwrap_or_default();
        body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Returns the server's own address as it appears in tokens and in discovery.
    pub fn issuer(&self) -> String {
        let name = self.host.split(':').next().unwrap_or_default();
        let plain = !name.contains('.') || name.parse::<std::net::IpAddr>().is_ok();
        format!("{}://{}", if plain { "http" } else { "https" }, self.host)
    }
}

/// A response: status, headers and body.
#[derive(Clone, Debug)]
pub(crate) struct ServerResponse {
    /// The HTTP status.
    pub status: u16,
    /// In sending order; a name may occur more than once.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl ServerResponse {
    /// Returns a response without a body or content type.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Returns a JSON response.
    pub fn json(status: u16, value: &Value) -> Self {
        Self::typed(status, "application/json; charset=utf-8", value.to_string())
    }

    /// Returns an HTML page.
    pub fn html(status: u16, text: String) -> Self {
        Self::typed(status, "text/html; charset=utf-8", text)
    }

    /// Returns a 302 redirect.
    pub fn redirect(location: String) -> Self {
        let mut answer = Self::empty(302);
        answer.headers.push(("location", location));
        answer
    }

    fn typed(status: u16, content_type: &'static str, body: String) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into_bytes() }
    }

    /// Adds a header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A handler's result in Casdoor's envelope, which is always sent with HTTP 200.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// True for `"status": "error"`.
    pub failed: bool,
    /// The error message.
    pub message: String,
    /// The user's id; only in `get-account`.
    pub sub: String,
    /// The user's name; only in `get-account`.
    pub name: String,
    /// The result.
    pub data: Value,
    /// The secondary result.
    pub data2: Value,
    /// The same, in releases that have it.
    pub data3: Value,
}

impl Reply {
    /// Returns a success with this result.
    pub fn ok(data: impl Into<Value>) -> Self {
        Self { data: data.into(), ..Self::default() }
    }

    /// Returns a failure with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self { failed: true, message: message.into(), ..Self::default() }
    }

    /// Replaces the result.
    pub fn and(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Converts the reply to the envelope that this release sends.
    pub fn answer(self, release: Release) -> ServerResponse {
        let mut body = json!({
            "status": if self.failed { "error" } else { "ok" },
            "msg": self.message,
            "sub": self.sub,
            "name": self.name,
            "data": self.data,
            "data2": self.data2,
        });
        if release.has_third_data()
            && let Some(object) = body.as_object_mut()
        {
            object.insert("data3".to_owned(), self.data3);
        }
        ServerResponse::json(200, &body)
    }
}

/// Returns the smaller envelope that Casdoor's filters send when they reject a request before any controller runs.
pub(crate) fn filter_error(message: &str) -> ServerResponse {
    let body = json!({"status": "error", "msg": message, "data": null, "data2": null});
    ServerResponse::json(200, &body)
}
