//! Remote control over HTTP of a server that was started with `--control`, equivalent to methods of
//! [`crate::MockServer`].

use serde::Serialize;
use serde_json::{Value, json};

use crate::fault::Rule;
use crate::messages::{ServerRequest, ServerResponse};
use crate::release::Release;
use crate::server::Parts;
use crate::world::User;

/// A user's stored data, including secrets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UserState {
    /// `owner/name`.
    pub id: String,
    /// The user's UUID, which is the `sub` claim of every token.
    pub uuid: String,
    /// The display name.
    pub display_name: String,
    /// The list of accounts as stored: `null` or an array of objects.
    pub mfa_accounts: Value,
    /// The preferred second factor; empty for none.
    pub preferred_mfa_type: String,
    /// The secret of the user's own TOTP factor; empty for none.
    pub totp_secret: String,
    /// Unused recovery codes.
    pub recovery_codes: Vec<String>,
    /// The complete record.
    pub record: Value,
}

impl From<&User> for UserState {
    fn from(user: &User) -> Self {
        let codes = user.record.get("recoveryCodes").and_then(Value::as_array).cloned().unwrap_or_default();
        Self {
            id: user.id(),
            uuid: user.text("id").to_owned(),
            display_name: user.text("displayName").to_owned(),
            mfa_accounts: user.record.get("mfaAccounts").cloned().unwrap_or_default(),
            preferred_mfa_type: user.text("preferredMfaType").to_owned(),
            totp_secret: user.text("totpSecret").to_owned(),
            recovery_codes: codes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            record: Value::Object(user.record.clone()),
        }
    }
}

/// Handles `GET /control/requests`, `GET /control/user?id=`, `POST /control/fault` with `{"fault","on","times"}`, `POST
/// /control/clear-faults`, `POST /control/release?name=` and `POST /control/skew?seconds=`.
pub(crate) fn over_http(parts: &mut Parts, request: &ServerRequest) -> ServerResponse {
    let done = || ServerResponse::json(200, &json!({"done": true}));
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/control/requests") => ServerResponse::json(200, &json!(parts.request_log)),
        ("GET", "/control/user") => {
            let state = parts.world.user(request.query.text("id")).map(UserState::from);
            ServerResponse::json(200, &json!(state))
        }
        ("POST", "/control/fault") => match serde_json::from_slice::<Rule>(&request.body) {
            Ok(rule) => {
                parts.rules.push(rule);
                done()
            }
            Err(error) => bad_request(&error.to_string()),
        },
        ("POST", "/control/clear-faults") => {
            parts.rules.clear();
            done()
        }
        ("POST", "/control/release") => match request.query.text("name").parse::<Release>() {
            Ok(release) => {
                parts.world.release = release;
                done()
            }
            Err(error) => bad_request(&error.to_string()),
        },
        ("POST", "/control/skew") => match request.query.text("seconds").parse() {
            Ok(seconds) => {
                parts.skew = seconds;
                done()
            }
            Err(_) => bad_request("seconds is not a number"),
        },
        _ => ServerResponse::json(404, &json!({"error": "unknown control path"})),
    }
}

fn bad_request(why: &str) -> ServerResponse {
    ServerResponse::json(400, &json!({"error": why}))
}
