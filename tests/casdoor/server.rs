//! The server of the model: one user's list, as `update-user` and `get-user` treat it.

use casdoor_authenticator::casdoor::{Request, Response};
use casdoor_authenticator::otp::percent_decode;
use casdoor_authenticator::secret::Secret;
use serde_json::{Value, json};

/// `accountName`, `issuer`, `secretKey`, `origin`.
pub type Four = [String; 4];

/// The fields of a row, in the order of [`Four`].
const FIELDS: [&str; 4] = ["accountName", "issuer", "secretKey", "origin"];

/// One user of one server.
#[derive(Debug, Default)]
pub struct Server {
    /// `mfaAccounts`.
    pub list: Option<Vec<Four>>,
    /// When the user was changed last, by the server's clock, in seconds.
    pub updated: u64,
    /// Before v3.48: the short body is rejected.
    pub is_old: bool,
    /// The account item's view rule is Admin.
    pub is_hidden: bool,
    /// Anyone reads the list.
    pub is_public: bool,
    /// Seconds since 1970 on its clock.
    pub now: u64,
    /// The bodies that our clients wrote.
    pub bodies: Vec<String>,
    /// Empty strings read as `null`.
    pub nulls: bool,
    /// The number of requests it answered.
    pub requests: usize,
}

impl Server {
    /// The whole user, as `get-user` shows it to the user.
    pub fn user(&self) -> Value {
        let list = if self.is_hidden { None } else { self.list.as_ref() };
        self.user_with(list)
    }

    fn user_with(&self, list: Option<&Vec<Four>>) -> Value {
        json!({
            "owner": "acme", "name": "alice", "id": "alice-uuid", "displayName": "Alice Doe",
            "updatedTime": self.updated, "mfaAccounts": list.map(|rows| rows.iter().map(|row| self.as_json(row)).collect::<Vec<_>>()),
        })
    }

    /// What the mobile app and the web page send: the whole user, no `columns`.
    pub fn save_whole_user(&mut self, user: &Value) {
        self.set(&user["mfaAccounts"]);
    }

    fn set(&mut self, list: &Value) {
        // Go decodes an element into the one that stands at its index: a field that is absent or null keeps its value.
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

    /// Answers a request of our client.
    pub fn answer(&mut self, request: &Request) -> Response {
        self.requests += 1;
        let path = request.url.strip_prefix("https://id.example.com").expect("our server");
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
            _ => panic!("the model's server has no {path}"),
        };
        Response {
            status: 200,
            content_type: "application/json".into(),
            date: Some(self.now),
            body: Secret::new(reply.to_string().into_bytes()),
        }
    }

    fn as_json(&self, row: &Four) -> Value {
        let fields = FIELDS.iter().zip(row).map(|(name, text)| {
            let value = if self.nulls && text.is_empty() { Value::Null } else { json!(text) };
            ((*name).to_owned(), value)
        });
        Value::Object(fields.collect())
    }
}
