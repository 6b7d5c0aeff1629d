//! The server in the model: the list of one user, with the behavior of `update-user` and `get-user`.

use casdoor_authenticator::casdoor::{HttpRequest, HttpResponse};
use casdoor_authenticator::otp::percent_decode;
use casdoor_authenticator::secret::Secret;
use serde_json::{Value, json};

/// The values of a row: `accountName`, `issuer`, `secretKey`, `origin`.
pub type RowValues = [String; 4];

/// The fields of a row, in the order of [`RowValues`].
const FIELDS: [&str; 4] = ["accountName", "issuer", "secretKey", "origin"];

/// One user of one server.
#[derive(Debug, Default)]
pub struct Server {
    /// The stored `mfaAccounts`.
    pub list: Option<Vec<RowValues>>,
    /// The user's last change, in seconds of the server's clock.
    pub updated: u64,
    /// True for a server before v3.48, which rejects a body that contains only the list.
    pub is_old: bool,
    /// True if the account item's view rule is Admin.
    pub is_hidden: bool,
    /// True if anyone can read the list.
    pub is_public: bool,
    /// The server's clock, in seconds since 1970.
    pub now: u64,
    /// The request bodies that this client sent.
    pub bodies: Vec<String>,
    /// True if empty strings are returned as `null`.
    pub nulls: bool,
    /// The number of answered requests.
    pub requests: usize,
}

impl Server {
    /// Returns the complete user, as `get-user` shows it to that user.
    pub fn user(&self) -> Value {
        let list = if self.is_hidden { None } else { self.list.as_ref() };
        self.user_with(list)
    }

    fn user_with(&self, list: Option<&Vec<RowValues>>) -> Value {
        json!({
            "owner": "acme", "name": "alice", "id": "alice-uuid", "displayName": "Alice Doe",
            "updatedTime": self.updated, "mfaAccounts": list.map(|rows| rows.iter().map(|row| self.as_json(row)).collect::<Vec<_>>()),
        })
    }

    /// Stores the body of the mobile app or the web page: the complete user without `columns`.
    pub fn save_whole_user(&mut self, user: &Value) {
        self.set(&user["mfaAccounts"]);
    }

    fn set(&mut self, list: &Value) {
        // Go decodes each element into the stored element at the same index, so a missing or null field keeps its
        // value.
        let old = self.list.take().unwrap_or_default();
        self.list = list.as_array().map(|rows| {
            let decode = |(index, row): (usize, &Value)| {
                std::array::from_fn(|field| match row[FIELDS[field]].as_str() {
                    Some(text) => text.to_owned(),
                    None => old.get(index).map(|row| row[field].clone()).unwrap_or_default(),
                })
            };
            rows.iter().enumerate().map(decode).collect()
        });
        self.updated = self.now;
    }

    /// Answers a request of this client.
    pub fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        self.requests += 1;
        let path = request.url.strip_prefix("https://id.example.com").expect("a URL of the server");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.into(), percent_decode(v).unwrap()))
            .collect();
        let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let ok = |data: Value| json!({"status": "ok", "msg": "", "data": data});
        let error = |msg: &str| json!({"status": "error", "msg": msg, "data": null});
        let reply = match path {
            "/api/get-user" if parameter("id") == "acme/alice" && request.bearer.is_none() => {
                ok(self.user_with(self.list.as_ref().filter(|_| self.is_public)))
            }
            "/api/get-user" if parameter("id") == "acme/alice" => ok(self.user()),
            "/api/get-default-application" => {
                let rule = if self.is_hidden { "Admin" } else { "Self" };
                let organization = json!({"name": "acme", "isProfilePublic": true, "accountItems": [{"name": "MFA accounts", "viewRule": rule}]});
                ok(
                    json!({"name": "app", "organization": "acme", "clientId": "client", "organizationObj": organization}),
                )
            }
            "/api/get-account" => {
                let rule = if self.is_hidden { "Admin" } else { "Self" };
                let mut reply = ok(self.user_with(self.list.as_ref()));
                reply["data2"] = json!({"name": "acme", "isProfilePublic": true, "accountItems": [{"name": "MFA accounts", "viewRule": rule}]});
                reply
            }
            "/api/update-user" if parameter("columns") == "mfaaccounts" => {
                let text = request.body.as_ref().unwrap().text();
                self.bodies.push(text.into());
                let body: Value = serde_json::from_str(text).unwrap();
                if self.is_old && body["displayName"].as_str().is_none() {
                    error("Unauthorized operation")
                } else {
                    self.set(&body["mfaAccounts"]);
                    ok(json!("Affected"))
                }
            }
            _ => panic!("the server in the model has no {path}"),
        };
        HttpResponse {
            status: 200,
            content_type: "application/json".into(),
            date: Some(self.now),
            body: Secret::new(reply.to_string().into_bytes()),
        }
    }

    fn as_json(&self, row: &RowValues) -> Value {
        let fields = FIELDS.iter().zip(row).map(|(name, text)| {
            let value = if self.nulls && text.is_empty() { Value::Null } else { json!(text) };
            ((*name).to_owned(), value)
        });
        Value::Object(fields.collect())
    }
}
