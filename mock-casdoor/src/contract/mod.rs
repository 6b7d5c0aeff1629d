//! The contract: recorded responses of a real Casdoor server, replayed against the mock server or any other server.
//!
//! The mock server must have no differences. A real server can be checked in the same way if it has the organizations
//! and users of the recordings. Each step is sent, and the response compared: status, selected headers, the JSON body
//! with placeholders, and, where the recording says so, the stored data. Steps that only illustrate something are
//! counted separately, so that no step is skipped unnoticed.
//!
//! ```no_run
//! let server = "127.0.0.1:8000".parse().unwrap();
//! let report = mock_casdoor::contract::replay(server, "tests/fixtures/casdoor/sign-in.json".as_ref())?;
//! assert_eq!(report.differences, Vec::<String>::new());
//! # Ok::<(), mock_casdoor::contract::ContractError>(())
//! ```

mod compare;
mod http;
mod placeholders;
mod preconditions;
mod recording;
mod stored_user;

use std::net::SocketAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use self::http::{Request, Response};
use self::placeholders::Placeholders;
use self::recording::{RecordedRequest, RecordedStep, Recording};
use crate::{clock, totp};

pub use self::stored_user::StoredUserReader;

/// The error if a recording cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The file could not be read, or the server could not be reached.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The recording is not JSON of the expected form.
    #[error("the recording cannot be read: {0}")]
    Recording(#[from] serde_json::Error),
    /// The response is not HTTP.
    #[error("the server's response is not HTTP")]
    NotHttp,
    /// The server lacks an organization, user or state that the recording requires.
    #[error("a precondition of the recording is not met: {0}")]
    Precondition(String),
}

/// Number of characters by which a token's length may differ. The token of a user who ever had a second factor contains
/// `[]` instead of `null`.
const LENGTH_TOLERANCE: usize = 4;

/// The result of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps that were replayed and compared.
    pub replayed: usize,
    /// Steps that only illustrate something.
    pub illustrations: usize,
    /// The differences, one line each, with the number of the step.
    pub differences: Vec<String>,
}

/// A replay in progress.
struct Replay {
    server: SocketAddr,
    scenario: String,
    placeholders: Placeholders,
}

/// Replays one recording against a server and reports the differences.
pub fn replay(server: SocketAddr, recording: &Path) -> Result<Report, ContractError> {
    let recording = Recording::read(recording)?;
    let mut replay = Replay { server, scenario: recording.scenario, placeholders: Placeholders::default() };
    let mut report = Report::default();
    for (at, step) in recording.steps.iter().enumerate() {
        let Some(asked) = step.request.as_ref().filter(|_| step.replay) else {
            report.illustrations = report.illustrations.saturating_add(1);
            continue;
        };
        report.replayed = report.replayed.saturating_add(1);
        let name = format!("{} step {at} ({} {}): ", replay.scenario, asked.method, asked.path);
        let differences = replay.step(step, asked)?;
        report.differences.extend(differences.into_iter().map(|difference| name.clone() + &difference));
    }
    Ok(report)
}

/// Resets the users that the recordings change. Call this before replaying against a server that was already used.
pub fn prepare(server: SocketAddr) -> Result<(), ContractError> {
    preconditions::prepare(server)
}

impl Replay {
    fn step(&mut self, step: &RecordedStep, asked: &RecordedRequest) -> Result<Vec<String>, ContractError> {
        self.set_passcode(&step.note);
        let request = self.request(asked)?;
        let response = http::send(self.server, &request)?;
        if let Some(session) = session(&response).filter(|_| is_sign_in(asked, &response)) {
            self.placeholders.set("session", session);
        }
        let mut differences = match &step.response {
            Some(expected) => compare::response(expected, &response, &mut self.placeholders),
            None => Vec::new(),
        };
        if let Some(expected) = &step.claims {
            let claims = claims(&response).unwrap_or_default();
            differences.extend(compare::claims(expected, &claims, &mut self.placeholders));
            differences.extend(length_difference(&step.note, &response));
        }
        if let Some(expected) = step.written {
            let was_written = self.was_written(asked)?;
            if was_written != expected {
                differences.push(format!("written: {was_written} instead of {expected}"));
            }
        }
        Ok(differences)
    }

    /// Computes the passcode of this step from the secret that the server returned. The step's note says whether an old
    /// passcode is sent.
    fn set_passcode(&mut self, note: &str) {
        let age = match note {
            "the previous step's passcode" => 30,
            "three steps old" => 90,
            _ => 0,
        };
        let secret = self.placeholders.value("totp_secret").unwrap_or_default();
        let moment = clock::machine_seconds().saturating_sub(age);
        if let Some(code) = totp::code(secret, moment).filter(|_| !secret.is_empty()) {
            self.placeholders.set("passcode", code);
        }
    }

    fn request(&mut self, asked: &RecordedRequest) -> Result<Request, ContractError> {
        let mut headers = Vec::new();
        for (name, value) in &asked.headers {
            headers.push((name.clone(), self.filled(value)?));
        }
        let mut target = asked.path.clone();
        if !asked.query.is_empty() {
            target.push('?');
            target.push_str(&self.encoded(&asked.query)?);
        }
        let mut body = String::new();
        if let Some(form) = &asked.form {
            headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
            body = self.encoded(form)?;
        }
        if let Some(json) = &asked.json {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            body = self.filled(&json.to_string())?;
            if let Some(fields) = json.as_object().filter(|fields| fields.contains_key("…")) {
                body = self.user_with_fields(asked, fields)?;
            }
        }
        Ok(Request { method: asked.method.clone(), target, headers, body: body.into_bytes() })
    }

    fn encoded<'a>(
        &mut self,
        pairs: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<String, ContractError> {
        let mut filled = Vec::new();
        for (name, value) in pairs {
            filled.push((name.as_str(), self.filled(value)?));
        }
        Ok(http::encoded(filled.into_iter()))
    }

    /// Replaces the placeholders in a text. Tokens that existed before the recording began are requested first.
    fn filled(&mut self, text: &str) -> Result<String, ContractError> {
        for blank in self.placeholders.missing(text) {
            if let Some(token) = preconditions::token(self.server, &self.scenario, &blank)? {
                self.placeholders.set(&blank, token);
            }
        }
        Ok(self.placeholders.fill(text))
    }

    /// Returns the user that the server has now, with these fields replaced.
    fn user_with_fields(
        &mut self,
        asked: &RecordedRequest,
        fields: &Map<String, Value>,
    ) -> Result<String, ContractError> {
        let mut user = self.user(asked)?;
        let user = user
            .as_object_mut()
            .ok_or_else(|| ContractError::Precondition("the server returned no user".to_owned()))?;
        user.extend(fields.iter().filter(|(name, _)| *name != "…").map(|(name, value)| (name.clone(), value.clone())));
        Ok(Value::Object(user.clone()).to_string())
    }

    fn user(&mut self, asked: &RecordedRequest) -> Result<Value, ContractError> {
        let id = asked.query.get("id").cloned().unwrap_or_default();
        let read = RecordedRequest {
            method: "GET".to_owned(),
            path: "/api/get-user".to_owned(),
            query: [("id".to_owned(), id)].into(),
            json: None,
            form: None,
            headers: asked.headers.clone(),
        };
        let request = self.request(&read)?;
        let answer = http::send(self.server, &request)?.json().unwrap_or_default();
        Ok(answer.get("data").cloned().unwrap_or_default())
    }

    fn was_written(&mut self, asked: &RecordedRequest) -> Result<bool, ContractError> {
        let wanted = asked.json.as_ref().and_then(|body| body.get("mfaAccounts"));
        let user = self.user(asked)?;
        Ok(user.get("mfaAccounts") == wanted)
    }
}

/// Returns true if the following steps belong to the session of this response.
fn is_sign_in(asked: &RecordedRequest, response: &Response) -> bool {
    let answer = response.json().unwrap_or_default();
    asked.path == "/api/login" && answer.get("status").and_then(Value::as_str) == Some("ok")
}

fn session(response: &Response) -> Option<String> {
    let cookies = response.headers.iter().filter(|(name, _)| name == "set-cookie");
    let mut pairs = cookies.filter_map(|(_, cookie)| cookie.split(';').next()?.split_once('='));
    pairs.find(|(name, _)| *name == "casdoor_session_id").map(|(_, value)| value.to_owned())
}

fn access_token(response: &Response) -> Option<String> {
    Some(response.json()?.get("access_token")?.as_str()?.to_owned())
}

fn claims(response: &Response) -> Option<Value> {
    let token = access_token(response)?;
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Compares the token's length with the length in the note.
fn length_difference(note: &str, response: &Response) -> Option<String> {
    let wanted: usize = note.strip_prefix("access token of ")?.split(' ').next()?.parse().ok()?;
    let found = access_token(response)?.len();
    let is_close = found.abs_diff(wanted) <= LENGTH_TOLERANCE;
    (!is_close).then(|| format!("the access token has {found} characters instead of {wanted}"))
}
