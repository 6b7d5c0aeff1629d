//! The file format of recorded conversations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::ContractError;

/// A recorded conversation.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Recording {
    /// The subject of the conversation.
    pub scenario: String,
    /// Requests and responses, in order.
    pub steps: Vec<RecordedStep>,
}

/// One request and its response.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedStep {
    /// The request; absent if the step is only a remark.
    pub request: Option<RecordedRequest>,
    /// The response.
    pub response: Option<RecordedResponse>,
    /// A remark about the step.
    #[serde(default)]
    pub note: String,
    /// False if the step cannot be replayed.
    #[serde(default = "yes")]
    pub replay: bool,
    /// True if the list of accounts was equal to the request's list after the step.
    pub written: Option<bool>,
    /// The claims of the access token in the response.
    pub claims: Option<Value>,
}

fn yes() -> bool {
    true
}

/// A recorded request.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedRequest {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    pub json: Option<Value>,
    pub form: Option<BTreeMap<String, String>>,
}

/// A recorded response.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedResponse {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub json: Option<Value>,
    pub text: Option<String>,
}

impl Recording {
    /// Reads a file, and adds placeholders for values that differ from run to run but that the recorder did not
    /// replace.
    pub fn read(path: &Path) -> Result<Self, ContractError> {
        let text = std::fs::read_to_string(path)?;
        let mut recording: Self = serde_json::from_str(&text)?;
        let mut asked = BTreeSet::new();
        for request in recording.steps.iter().filter_map(|step| step.request.as_ref()) {
            asked.extend(request.json.iter().flat_map(|body| uuids(&body.to_string())));
        }
        for response in recording.steps.iter_mut().filter_map(|step| step.response.as_mut()) {
            let Some(body) = &mut response.json else {
                continue;
            };
            let user_code = body.get("user_code").and_then(Value::as_str).unwrap_or_default().to_owned();
            for_each_text(body, &mut |text| *text = with_placeholders(text, &asked, &user_code));
        }
        Ok(recording)
    }
}

/// Applies a change to every string in a value.
fn for_each_text(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(elements) => elements.iter_mut().for_each(|element| for_each_text(element, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| for_each_text(field, change)),
        _ => {}
    }
}

/// Replaces literal UUIDs that no request mentions, a literal user code and an echoed passcode with placeholders.
fn with_placeholders(text: &str, asked: &BTreeSet<String>, user_code: &str) -> String {
    let mut text = text.to_owned();
    for uuid in uuids(&text) {
        if !asked.contains(&uuid) {
            text = text.replace(&uuid, &format!("{{{{uuid {uuid}}}}}"));
        }
    }
    if !user_code.is_empty() && !user_code.starts_with("{{") {
        text = text.replace(user_code, &format!("{{{{user_code {user_code}}}}}"));
    }
    match text.split_once("\"passcode\":\"") {
        Some((before, after)) if after.as_bytes().first().is_some_and(u8::is_ascii_digit) => {
            let rest = after.trim_start_matches(|sign: char| sign.is_ascii_digit());
            format!("{before}\"passcode\":\"{{{{passcode}}}}{rest}")
        }
        _ => text,
    }
}

/// Returns the UUIDs in a text.
fn uuids(text: &str) -> Vec<String> {
    let windows = text.as_bytes().windows(36).filter_map(|window| std::str::from_utf8(window).ok());
    windows.filter(|window| is_uuid(window)).map(str::to_owned).collect()
}

fn is_uuid(text: &str) -> bool {
    let is_expected = |(at, sign): (usize, u8)| match at {
        8 | 13 | 18 | 23 => sign == b'-',
        _ => sign.is_ascii_hexdigit(),
    };
    text.bytes().enumerate().all(is_expected)
}
