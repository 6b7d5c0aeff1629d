//! Controls one document over WebDriver BiDi, which Firefox supports instead of the DevTools protocol.
//!
//! A document is identified by its browsing context. Keyboard and mouse events are trusted, like a user's.

use crate::devtools::{Connection, text};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Keys by the names that tests use, with WebDriver's code points for them.
const KEYS: [(&str, char); 10] = [
    ("Shift", '\u{e008}'),
    ("Ctrl", '\u{e009}'),
    ("Alt", '\u{e00a}'),
    ("Enter", '\u{e007}'),
    ("Tab", '\u{e004}'),
    ("Escape", '\u{e00c}'),
    ("Backspace", '\u{e003}'),
    ("ArrowUp", '\u{e013}'),
    ("ArrowDown", '\u{e015}'),
    ("Space", ' '),
];

/// Returns the value of a JavaScript expression, awaited if it is a promise.
pub(crate) fn evaluate(connection: &Connection, context: &str, timeout: Duration, expression: &str) -> Result<Value> {
    // The protocol does not serialize objects as JSON.
    let serialized = format!("(async () => JSON.stringify(await ({expression})))()");
    let parameters = json!({ "expression": serialized, "target": { "context": context }, "awaitPromise": true });
    let answer = connection.call_within(timeout, None, "script.evaluate", parameters)?;
    if text(&answer, "/type") == "exception" {
        bail!("{}, in {expression}", text(&answer, "/exceptionDetails/text"));
    }
    match answer.pointer("/result/value").and_then(Value::as_str) {
        Some(json) => Ok(serde_json::from_str(json)?),
        None => Ok(Value::Null),
    }
}

/// Clicks a point of the viewport.
pub(crate) fn click(connection: &Connection, context: &str, (x, y): (f64, f64)) -> Result<()> {
    let events = json!([
        { "type": "pointerMove", "x": x.round(), "y": y.round() },
        { "type": "pointerDown", "button": 0 },
        { "type": "pointerUp", "button": 0 },
    ]);
    let source = json!({ "type": "pointer", "id": "mouse", "actions": events });
    connection.call("input.performActions", json!({ "context": context, "actions": [source] }))?;
    Ok(())
}

/// Types a text key by key.
pub(crate) fn type_text(connection: &Connection, context: &str, value: &str) -> Result<()> {
    let events: Vec<Value> = value.chars().flat_map(|key| [event("keyDown", key), event("keyUp", key)]).collect();
    perform_keys(connection, context, events)
}

/// Presses and releases a key by its name, optionally with modifiers: `Enter`, `Ctrl+l`.
pub(crate) fn press(connection: &Connection, context: &str, name: &str) -> Result<()> {
    let keys = name.split('+').map(key).collect::<Result<Vec<char>>>()?;
    let pressed = keys.iter().map(|key| event("keyDown", *key));
    let released = keys.iter().rev().map(|key| event("keyUp", *key));
    perform_keys(connection, context, pressed.chain(released).collect())
}

fn key(name: &str) -> Result<char> {
    let mut letters = name.chars();
    match (KEYS.iter().find(|(known, _)| *known == name), letters.next(), letters.next()) {
        (Some((_, key)), ..) => Ok(*key),
        (None, Some(letter), None) => Ok(letter),
        _ => bail!("unknown key: {name}"),
    }
}

fn event(kind: &str, key: char) -> Value {
    json!({ "type": kind, "value": key.to_string() })
}

fn perform_keys(connection: &Connection, context: &str, events: Vec<Value>) -> Result<()> {
    let source = json!({ "type": "key", "id": "keyboard", "actions": events });
    connection.call("input.performActions", json!({ "context": context, "actions": [source] }))?;
    Ok(())
}

/// Chooses files in a file field.
pub(crate) fn choose_files(connection: &Connection, context: &str, selector: &str, files: &[PathBuf]) -> Result<()> {
    let expression = format!("document.querySelector({selector:?})");
    let parameters = json!({ "expression": expression, "target": { "context": context }, "awaitPromise": false });
    let found = connection.call("script.evaluate", parameters)?;
    let id = found.pointer("/result/sharedId").with_context(|| format!("{selector} is not an element"))?;
    let parameters = json!({ "context": context, "element": { "sharedId": id }, "files": files });
    connection.call("input.setFiles", parameters)?;
    Ok(())
}

/// Navigates to another page and waits until it has loaded.
pub(crate) fn navigate(connection: &Connection, context: &str, url: &str) -> Result<()> {
    connection.call("browsingContext.navigate", json!({ "context": context, "url": url, "wait": "complete" }))?;
    Ok(())
}

/// Returns the URL and the context of each tab.
pub(crate) fn tabs(connection: &Connection) -> Result<Vec<(String, String)>> {
    let tree = connection.call("browsingContext.getTree", json!({ "maxDepth": 0 }))?;
    let contexts = tree.get("contexts").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(contexts.iter().map(|tab| (text(tab, "/url").to_owned(), text(tab, "/context").to_owned())).collect())
}
