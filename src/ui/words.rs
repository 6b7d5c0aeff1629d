//! The words of the pages: every one of them stands in `_locales`, and English is the complete set.

use crate::app::protocol::Message;
use crate::browser::page;

/// The words for a key.
pub fn say(key: &str) -> String {
    page::words(key, &[])
}

/// The words for a key, with what goes into them.
pub fn say_with(key: &str, arguments: &[&str]) -> String {
    page::words(key, arguments)
}

/// A count and its words: `KEY_one` for one, `KEY_many` for none and several.
pub fn say_count(key: &str, count: usize) -> String {
    let number = count.to_string();
    let form = if count == 1 { "one" } else { "many" };
    page::words(&format!("{key}_{form}"), &[&number])
}

/// The worker's sentence in the user's language, else in English.
pub fn say_message(message: &Message) -> String {
    let arguments: Vec<&str> = message.args.iter().map(String::as_str).collect();
    let translated = page::words(&message.key, &arguments);
    if translated.is_empty() { message.text.clone() } else { translated }
}

/// Issuer and account in one line, as far as both are there.
pub fn title(issuer: &str, name: &str) -> String {
    match (issuer.is_empty(), name.is_empty()) {
        (false, false) => format!("{issuer} · {name}"),
        (false, true) => issuer.to_owned(),
        (true, false) => name.to_owned(),
        (true, true) => say("account_unnamed"),
    }
}
