//! Looks up texts in `_locales`. English is complete; other languages fall back to it.

use crate::app::protocol::Message;
use crate::browser::page;

/// Returns the text for a key.
pub fn say(key: &str) -> String {
    page::words(key, &[])
}

/// Returns the text for a key with its placeholders replaced.
pub fn say_with(key: &str, arguments: &[&str]) -> String {
    page::words(key, arguments)
}

/// Returns the text for a count: `KEY_one` for one, `KEY_many` otherwise.
pub fn say_count(key: &str, count: usize) -> String {
    let number = count.to_string();
    let form = if count == 1 { "one" } else { "many" };
    page::words(&format!("{key}_{form}"), &[&number])
}

/// Returns a message in the user's language, or in English.
pub fn say_message(message: &Message) -> String {
    let arguments: Vec<&str> = message.args.iter().map(String::as_str).collect();
    let translated = page::words(&message.key, &arguments);
    if translated.is_empty() { message.text.clone() } else { translated }
}

/// Returns service and account name in one line, as far as they are set.
pub fn title(issuer: &str, name: &str) -> String {
    match (issuer.is_empty(), name.is_empty()) {
        (false, false) => format!("{issuer} · {name}"),
        (false, true) => issuer.to_owned(),
        (true, false) => name.to_owned(),
        (true, true) => say("account_unnamed"),
    }
}
