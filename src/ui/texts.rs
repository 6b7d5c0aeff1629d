//! Texts in the user's language. English is complete; other languages fall back to it.

use std::borrow::Cow;

use crate::app::protocol::BatchCard;
use crate::browser::{intl, page};
use crate::exchange::Format;
use crate::message::{self, Message, Texts};

/// The texts of the language that the user selected, or else of the browser's language.
struct Catalog;

impl Texts for Catalog {
    fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        page::text(key).map(Cow::Owned)
    }

    fn plural_category(&self, number: u64) -> Cow<'_, str> {
        Cow::Owned(intl::plural_category(number))
    }

    fn number(&self, number: u64) -> String {
        intl::number(number)
    }

    fn list(&self, items: &[String]) -> String {
        intl::list(items)
    }

    fn isolate(&self, text: &str) -> String {
        if message::needs_isolation(text) || intl::is_right_to_left() {
            message::isolated(text)
        } else {
            text.to_owned()
        }
    }
}

/// Returns the text for a key.
pub fn localize(key: &str) -> String {
    localize_with(key, &[])
}

/// Returns the text for a key with its placeholders replaced.
pub fn localize_with(key: &str, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|argument| Catalog.isolate(argument)).collect();
    Catalog.text(key).map(|text| message::fill_in(&text, &arguments)).unwrap_or_default()
}

/// Returns the text for a count, in the plural form that the language requires.
pub fn localize_count(key: &str, count: usize) -> String {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    localize_count_with(key, count, &[&Catalog.number(count)])
}

/// Returns the text with its placeholders replaced, in the plural form that the language requires for the count.
pub fn localize_count_with(key: &str, count: u64, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    message::find(&Catalog, key, Some(count)).map(|text| message::fill_in(&text, &arguments)).unwrap_or_default()
}

/// Returns the text of a message.
pub fn localize_message(message: &Message) -> String {
    message.render(&Catalog)
}

/// Returns the name of a file format.
pub fn format_name(format: Format) -> String {
    localize_message(&format.name())
}

/// Returns the text that shows how many QR codes of a multi-part export were scanned.
pub fn batch_progress(batch: &BatchCard) -> String {
    let size = u64::try_from(batch.size).unwrap_or(u64::MAX);
    localize_count_with("batch_progress", size, &[&batch.read.to_string(), &batch.size.to_string()])
}

/// Returns the service and the account name in one line. An empty one is left out.
pub fn title(issuer: &str, name: &str) -> String {
    match (issuer.is_empty(), name.is_empty()) {
        (false, false) => format!("{issuer} · {name}"),
        (false, true) => issuer.to_owned(),
        (true, false) => name.to_owned(),
        (true, true) => localize("account_unnamed"),
    }
}
