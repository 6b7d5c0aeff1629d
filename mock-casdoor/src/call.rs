//! A request as the handlers see it, and what they answer.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::age::Age;

/// Decoded name-value pairs of a query string or a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The pairs of a multipart form.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of that name; empty when there is none, as Go has it.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// A request, read completely.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    /// Upper case.
    pub method: String,
    /// Without the query string.
    pub path: String,
    /// Path and query string as sent.
    pub target: String,
    /// The query string's fields.
    pub query: Fields,
    /// The form's fields, if the body is a form of either kind.
    pub form: Fields,
    /// Whether the body is a multipart form.
    pub is_multipart: bool,
    /// The body, empty for a multipart form.
    pub body: Vec<u8>,
    /// The `Host` header.
    pub host: String,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The session cookie.
    pub session: Option<String>,
    /// The token of an `Authorization: Bearer` header.
    pub bearer: Option<String>,
    /// Unix seconds by the server's clock.
    pub now: i64,
}

impl Call {
    /// A form's field, else the query's.
    pub fn parameter(&self, name: &str) -> &str {
        let form = self.form.text(name);
        if form.is_empty() { self.query.text(name) } else { form }
    }

    /// The body as a JSON object.
    pub fn json(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A parameter of the token endpoints: form, query or JSON body.
    pub fn any(&self, name: &str) -> String {
        let plain = self.parameter(name);
        if !plain.is_empty() {
            return plain.to_owned();
        }
        let body = self.json().unwrap_or_default();
        body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The address under which the server was asked, as it names itself in tokens and discovery.
    pub fn issuer(&self) -> String {
        let name = self.host.split(':').next().unwrap_or_default();
        let plain = !name.contains('.') || name.parse::<std::net::IpAddr>().is_ok();
        format!("{}://{}", if plain { "http" } else { "https" }, self.host)
    }
}

/// A status, headers and a body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// In the order in which they are sent; a name may occur twice.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// No body and no content type.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A bare JSON value.
    pub fn json(status: u16, value: &Value) -> Self {
        Self::typed(status, "application/json; charset=utf-8", value.to_string())
    }

    /// A page.
    pub fn html(status: u16, text: String) -> Self {
        Self::typed(status, "text/html; charset=utf-8", text)
    }

    /// 302 to an address.
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

/// What a handler says in Casdoor's envelope, always under HTTP 200.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// Whether it worked.
    pub failed: bool,
    /// Why not.
    pub message: String,
    /// The user's id, in `get-account` only.
    pub sub: String,
    /// The user's name, in `get-account` only.
    pub name: String,
    /// The result.
    pub data: Value,
    /// More of it.
    pub data2: Value,
}

impl Reply {
    /// It worked.
    pub fn ok(data: impl Into<Value>) -> Self {
        Self { data: data.into(), ..Self::default() }
    }

    /// It did not.
    pub fn error(message: impl Into<String>) -> Self {
        Self { failed: true, message: message.into(), ..Self::default() }
    }

    /// The same with a result.
    pub fn and(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// As a controller of that age answers.
    pub fn answer(self, age: Age) -> Answer {
        let mut body = json!({
            "status": if self.failed { "error" } else { "ok" },
            "msg": self.message,
            "sub": self.sub,
            "name": self.name,
            "data": self.data,
            "data2": self.data2,
        });
        if age.has_third_data()
            && let Some(object) = body.as_object_mut()
        {
            object.insert("data3".to_owned(), Value::Null);
        }
        Answer::json(200, &body)
    }
}

/// As a filter answers, before any controller: a smaller envelope.
pub(crate) fn filter_error(message: &str) -> Answer {
    let body = json!({"status": "error", "msg": message, "data": null, "data2": null});
    Answer::json(200, &body)
}
