//! The English texts, for tests and command-line tools. In the browser, `english_omitted` replaces this module.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::message::Texts;

#[derive(Deserialize)]
struct CatalogEntry {
    message: String,
}

static CATALOG: LazyLock<BTreeMap<String, CatalogEntry>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../extension/_locales/en/messages.json")).unwrap_or_default()
});

/// The English texts.
pub struct English;

impl Texts for English {
    fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        CATALOG.get(key).map(|entry| Cow::Borrowed(entry.message.as_str()))
    }

    fn plural_category(&self, number: u64) -> Cow<'_, str> {
        Cow::Borrowed(if number == 1 { "one" } else { "other" })
    }

    fn number(&self, number: u64) -> String {
        number.to_string()
    }

    fn list(&self, items: &[String]) -> String {
        items.join(", ")
    }

    fn isolate(&self, text: &str) -> String {
        text.to_owned()
    }
}
