//! Compares a response with the recorded one.

use serde_json::{Map, Value};

use super::http::Response;
use super::placeholders::Placeholders;
use super::recording::RecordedResponse;

/// The headers that were recorded and are compared.
const HEADERS: [&str; 7] = [
    "content-type",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "www-authenticate",
    "location",
    "set-cookie",
    "allow",
];

/// The only account item that was recorded.
const ITEM: &str = "MFA accounts";

/// Objects from which the recorder omitted fields without a mark.
const SHORTENED: [&str; 2] = ["organizationObj", "data2"];

/// Claims that contain times or random values, of which only the presence is compared.
const VARYING_CLAIMS: [&str; 6] = [
    "exp",
    "nbf",
    "iat",
    "jti",
    "passwordSalt",
    // This is `null` before the first enrollment, and `[]` after the last factor was removed.
    "recoveryCodes",
];

/// Returns the differences between two responses, one line each.
pub(super) fn response(expected: &RecordedResponse, actual: &Response, placeholders: &mut Placeholders) -> Vec<String> {
    let mut differences = Vec::new();
    if expected.status != actual.status {
        differences.push(format!("status {} instead of {}", actual.status, expected.status));
    }
    for name in HEADERS {
        match (expected.headers.get(name), actual.header(name)) {
            (None, None) => {}
            (Some(wanted), Some(found)) if placeholders.matches(wanted, found) => {}
            (wanted, found) => differences.push(format!("header {name}: {found:?} instead of {wanted:?}")),
        }
    }
    match (&expected.json, actual.json()) {
        (Some(wanted), Some(found)) => value(wanted, &found, "", placeholders, &mut differences),
        (Some(_), None) => differences.push(format!("not JSON: {:.200}", actual.body)),
        (None, _) => {
            let wanted = expected.text.as_deref().unwrap_or_default();
            if wanted != actual.body {
                differences.push(format!("body {:.200?} instead of {wanted:?}", actual.body));
            }
        }
    }
    differences
}

/// Returns the differences between a token's claims.
pub(super) fn claims(expected: &Value, actual: &Value, placeholders: &mut Placeholders) -> Vec<String> {
    let mut differences = Vec::new();
    let strip = |claims: &Value| {
        let mut claims = claims.as_object().cloned().unwrap_or_default();
        claims.retain(|name, _| !VARYING_CLAIMS.contains(&name.as_str()));
        Value::Object(claims)
    };
    value(&strip(expected), &strip(actual), "claims", placeholders, &mut differences);
    for name in VARYING_CLAIMS {
        if expected.get(name).is_some() != actual.get(name).is_some() {
            differences.push(format!("only one of the tokens has the claim {name}"));
        }
    }
    let lifetime = |claims: &Value| {
        let claim = |name| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
        claim("exp").saturating_sub(claim("iat"))
    };
    if lifetime(expected) != lifetime(actual) {
        differences.push(format!("expires after {} s instead of {}", lifetime(actual), lifetime(expected)));
    }
    differences
}

fn value(expected: &Value, actual: &Value, path: &str, placeholders: &mut Placeholders, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(found)) => object(wanted, found, path, placeholders, differences),
        (Value::Array(wanted), Value::Array(found)) => {
            let (wanted, found) = (by_name(wanted.clone()), by_name(recorded_items(found, path)));
            if wanted.len() != found.len() {
                differences.push(format!("{path}: {} elements instead of {}", found.len(), wanted.len()));
            }
            for (at, (wanted, found)) in wanted.iter().zip(&found).enumerate() {
                value(wanted, found, &format!("{path}[{at}]"), placeholders, differences);
            }
        }
        (Value::String(wanted), Value::String(found)) if placeholders.matches(wanted, found) => {}
        (wanted, found) if wanted == found => {}
        (wanted, found) => {
            differences.push(format!("{path}: {found:.300} instead of {}", placeholders.fill(&wanted.to_string())))
        }
    }
}

/// Sorts organizations, applications and other named objects by name. The server's order of objects that were created
/// in the same second is random.
fn by_name(mut items: Vec<Value>) -> Vec<Value> {
    let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
    if items.iter().all(|item| name(item).is_some()) {
        items.sort_by_key(name);
    }
    items
}

/// Keeps only the account items that were recorded.
fn recorded_items(found: &[Value], path: &str) -> Vec<Value> {
    let recorded =
        |item: &&Value| !path.ends_with("accountItems") || item.get("name").and_then(Value::as_str) == Some(ITEM);
    found.iter().filter(recorded).cloned().collect()
}

fn object(
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    path: &str,
    placeholders: &mut Placeholders,
    differences: &mut Vec<String>,
) {
    for (key, wanted) in wanted.iter().filter(|(key, _)| *key != "…") {
        match found.get(key) {
            Some(found) => value(wanted, found, &format!("{path}.{key}"), placeholders, differences),
            None => differences.push(format!("{path}.{key} is missing")),
        }
    }
    let more: Vec<&String> = found.keys().filter(|key| !wanted.contains_key(*key)).collect();
    let is_shortened = SHORTENED.iter().any(|end| path.ends_with(end));
    match wanted.get("…").map(left_out) {
        Some(Some(count)) if count != more.len() => {
            differences.push(format!("{path}: {} more fields instead of {count}", more.len()));
        }
        Some(_) => {}
        None if is_shortened || more.is_empty() => {}
        None => differences.push(format!("{path} has the additional fields {more:?}")),
    }
}

/// Returns the number of omitted fields that a mark states, if any.
fn left_out(mark: &Value) -> Option<usize> {
    mark.as_str()?.split(' ').next()?.parse().ok()
}
