//! Compares a response with the recorded one.

use serde_json::{Map, Value};

use super::http::Response;
use super::placeholders::Placeholders;
use super::recording::Answered;

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
const LOOSE_CLAIMS: [&str; 6] = [
    "exp",
    "nbf",
    "iat",
    "jti",
    "passwordSalt",
    // This is `null` before the first enrollment, and `[]` after the last factor was removed.
    "recoveryCodes",
];

/// Returns the differences between two responses, one line each.
pub(super) fn response(expected: &Answered, actual: &Response, blanks: &mut Placeholders) -> Vec<String> {
    let mut differences = Vec::new();
    if expected.status != actual.status {
        differences.push(format!("status {} instead of {}", actual.status, expected.status));
    }
    for name in HEADERS {
        match (expected.headers.get(name), actual.header(name)) {
            (None, None) => {}
            (Some(wanted), Some(found)) if blanks.matches(wanted, found) => {}
            (wanted, found) => differences.push(format!("header {name}: {found:?} instead of {wanted:?}")),
        }
    }
    match (&expected.json, actual.json()) {
        (Some(wanted), Some(found)) => value(wanted, &found, "", blanks, &mut differences),
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
pub(super) fn claims(expected: &Value, actual: &Value, blanks: &mut Placeholders) -> Vec<String> {
    let mut differences = Vec::new();
    let strip = |claims: &Value| {
        let mut claims = claims.as_object().cloned().unwrap_or_default();
        claims.retain(|name, _| !LOOSE_CLAIMS.contains(&name.as_str()));
        Value::Object(claims)
    };
    value(&strip(expected), &strip(actual), "claims", blanks, &mut differences);
    for name in LOOSE_CLAIMS {
        if expected.get(name).is_some() != actual.get(name).is_some() {
            differences.push(format!("claim {name} in one of the two only"));
        }
    }
    let life = |claims: &Value| {
        let moment = |name| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
        moment("exp").saturating_sub(moment("iat"))
    };
    if life(expected) != life(actual) {
        differences.push(format!("lives {} s instead of {}", life(actual), life(expected)));
    }
    differences
}

fn value(expected: &Value, actual: &Value, place: &str, blanks: &mut Placeholders, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(found)) => object(wanted, found, place, blanks, differences),
        (Value::Array(wanted), Value::Array(found)) => {
            let (wanted, found) = (by_name(wanted.clone()), by_name(recorded_items(found, place)));
            if wanted.len() != found.len() {
                differences.push(format!("{place}: {} elements instead of {}", found.len(), wanted.len()));
            }
            for (at, (wanted, found)) in wanted.iter().zip(&found).enumerate() {
                value(wanted, found, &format!("{place}[{at}]"), blanks, differences);
            }
        }
        (Value::String(wanted), Value::String(found)) if blanks.matches(wanted, found) => {}
        (wanted, found) if wanted == found => {}
        (wanted, found) => {
            differences.push(format!("{place}: {found:.300} instead of {}", blanks.fill(&wanted.to_string())))
        }
    }
}

/// Sorts organizations, applications and other named objects by name. The server returns those that were created within
/// the same second in any order.
fn by_name(mut items: Vec<Value>) -> Vec<Value> {
    let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
    if items.iter().all(|item| name(item).is_some()) {
        items.sort_by_key(name);
    }
    items
}

/// Keeps only the account items that were recorded.
fn recorded_items(found: &[Value], place: &str) -> Vec<Value> {
    let recorded =
        |item: &&Value| !place.ends_with("accountItems") || item.get("name").and_then(Value::as_str) == Some(ITEM);
    found.iter().filter(recorded).cloned().collect()
}

fn object(
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    place: &str,
    blanks: &mut Placeholders,
    differences: &mut Vec<String>,
) {
    for (key, wanted) in wanted.iter().filter(|(key, _)| *key != "…") {
        match found.get(key) {
            Some(found) => value(wanted, found, &format!("{place}.{key}"), blanks, differences),
            None => differences.push(format!("{place}.{key} is missing")),
        }
    }
    let more: Vec<&String> = found.keys().filter(|key| !wanted.contains_key(*key)).collect();
    let is_shortened = SHORTENED.iter().any(|end| place.ends_with(end));
    match wanted.get("…").map(left_out) {
        Some(Some(count)) if count != more.len() => {
            differences.push(format!("{place}: {} more fields instead of {count}", more.len()));
        }
        Some(_) => {}
        None if is_shortened || more.is_empty() => {}
        None => differences.push(format!("{place} has {more:?} too")),
    }
}

/// Returns the number of omitted fields that a mark states, if any.
fn left_out(mark: &Value) -> Option<usize> {
    mark.as_str()?.split(' ').next()?.parse().ok()
}
