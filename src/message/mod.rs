//! Messages for the user: the key of a text in the catalog, and the text's arguments.
//!
//! The core never contains the texts themselves. They are in `extension/_locales`, one file per language, and the pages
//! look them up. Use [`message!`](crate::message!) to create a message; tests check that its key exists and that it has
//! as many arguments as the text has placeholders.
//!
//! A text contains the placeholders `$1` to `$9` for its arguments. A key may have plural forms instead of one text:
//! `KEY_one`, `KEY_other` and so on, named after the plural categories of Unicode CLDR. The first number among the
//! arguments selects the form.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::english::English;

/// The key of a text in `extension/_locales`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKey(Cow<'static, str>);

impl MessageKey {
    /// Creates a key from its name.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` for the default key, which is empty and has no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq<str> for MessageKey {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for MessageKey {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// A message for the user in any language: the key of its text, and the text's arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The key in `_locales`.
    pub key: MessageKey,
    /// The values of the text's `$1`, `$2`...
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Argument>,
}

/// A value that replaces a placeholder in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Argument {
    /// A number, formatted for the user's language.
    Number(u64),
    /// A name, an address or a code, shown unchanged.
    Text(String),
    /// A message within the message.
    Message(Message),
    /// Messages that are joined to a list, such as "2 added, 1 renamed".
    List(Vec<Message>),
}

/// Creates a [`Message`] from the literal name of its key and its arguments.
#[macro_export]
macro_rules! message {
    ($key:literal $(, $argument:expr)* $(,)?) => {
        $crate::message::Message {
            key: $crate::message::MessageKey::new($key),
            args: vec![$($crate::message::Argument::from($argument)),*],
        }
    };
}

/// The texts of one language, and its rules for numbers and lists.
pub trait Texts {
    /// Returns the text of a key.
    fn text(&self, key: &str) -> Option<Cow<'_, str>>;

    /// Returns the CLDR plural category of a number, such as `one` or `other`.
    fn plural_category(&self, number: u64) -> Cow<'_, str>;

    /// Formats a number.
    fn number(&self, number: u64) -> String;

    /// Joins the items of a list.
    fn list(&self, items: &[String]) -> String;

    /// Prepares a name, an address or a code for insertion into a text; see [`isolated`].
    fn isolate(&self, text: &str) -> String;
}

impl Message {
    /// Returns the message's text in a language, or its key if the language does not have the text.
    pub fn render(&self, texts: &impl Texts) -> String {
        let count = self.args.iter().find_map(|argument| match argument {
            Argument::Number(number) => Some(*number),
            _ => None,
        });
        let Some(text) = find(texts, self.key.as_str(), count) else { return self.key.as_str().to_owned() };
        let arguments: Vec<String> = self.args.iter().map(|argument| argument.render(texts)).collect();
        fill_in(&text, &arguments)
    }
}

impl Argument {
    fn render(&self, texts: &impl Texts) -> String {
        match self {
            Self::Number(number) => texts.number(*number),
            Self::Text(text) => texts.isolate(text),
            Self::Message(message) => message.render(texts),
            Self::List(messages) => {
                texts.list(&messages.iter().map(|message| message.render(texts)).collect::<Vec<_>>())
            }
        }
    }
}

/// Returns the text of a key; if it has plural forms, the one for `count`.
pub fn find<'a>(texts: &'a impl Texts, key: &str, count: Option<u64>) -> Option<Cow<'a, str>> {
    texts.text(key).or_else(|| {
        let category = texts.plural_category(count?);
        texts.text(&format!("{key}_{category}")).or_else(|| texts.text(&format!("{key}_other")))
    })
}

/// Replaces `$1` to `$9` in a text. A placeholder without an argument becomes empty.
pub fn fill_in(text: &str, arguments: &[String]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut parts = text.split('$');
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut characters = part.chars();
        match characters.next().and_then(|digit| digit.to_digit(10)).and_then(|digit| digit.checked_sub(1)) {
            Some(index) => {
                let argument = usize::try_from(index).ok().and_then(|index| arguments.get(index));
                filled.push_str(argument.map_or("", String::as_str));
                filled.push_str(characters.as_str());
            }
            None => {
                filled.push('$');
                filled.push_str(part);
            }
        }
    }
    filled
}

/// Returns `true` if a text contains characters of a right-to-left script, which would reorder the text around it
/// unless it is isolated.
pub fn needs_isolation(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'))
}

/// Returns a text enclosed in Unicode's FSI and PDI, which isolate its direction from the text around it.
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// Natively, writes the English text. In the browser, where only the pages have the texts, writes the key.
impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(&English))
    }
}

macro_rules! from_number {
    ($($number:ty),*) => {
        $(impl From<$number> for Argument {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        })*
    };
}

from_number!(u8, u16, u32, u64);

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<Vec<Message>> for Argument {
    fn from(messages: Vec<Message>) -> Self {
        Self::List(messages)
    }
}

impl<'de> Deserialize<'de> for Argument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ArgumentVisitor)
    }
}

/// Deserializes an argument by its JSON type. A hand-written visitor keeps serde's buffer for untagged enums, which is
/// large, out of the pages' wasm.
struct ArgumentVisitor;

impl<'de> Visitor<'de> for ArgumentVisitor {
    type Value = Argument;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an argument")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Argument, E> {
        Ok(Argument::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Argument, E> {
        Ok(Argument::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Argument, A::Error> {
        Message::deserialize(MapAccessDeserializer::new(map)).map(Argument::Message)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Argument, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(sequence)).map(Argument::List)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Test;

    impl Texts for Test {
        fn text(&self, key: &str) -> Option<Cow<'_, str>> {
            let text = match key {
                "swap" => "$2 before $1",
                "count_one" => "$1 account",
                "count_other" => "$1 accounts in $2",
                "price" => "$ and $0 stay, $3 is empty",
                _ => return None,
            };
            Some(text.into())
        }

        fn plural_category(&self, number: u64) -> Cow<'_, str> {
            if number == 1 { "one".into() } else { "few".into() }
        }

        fn number(&self, number: u64) -> String {
            format!("<{number}>")
        }

        fn list(&self, items: &[String]) -> String {
            items.join(" + ")
        }

        fn isolate(&self, text: &str) -> String {
            format!("[{text}]")
        }
    }

    #[test]
    fn arguments_are_placed_by_number() {
        assert_eq!(message!("swap", "a", 3_u64).render(&Test), "<3> before [a]");
        assert_eq!(message!("price").render(&Test), "$ and $0 stay,  is empty");
        // A placeholder inside an argument is not a placeholder.
        assert_eq!(message!("swap", "$2", "$1").render(&Test), "[$1] before [$2]");
    }

    #[test]
    fn the_first_number_selects_the_plural_form_and_other_is_the_fallback() {
        assert_eq!(message!("count", 1_u64, "x").render(&Test), "<1> account");
        assert_eq!(message!("count", "x", 4_u64).render(&Test), "[x] accounts in <4>");
        assert_eq!(message!("missing", 4_u64).render(&Test), "missing");
    }

    #[test]
    fn messages_within_messages_are_rendered() {
        let list = vec![message!("count", 1_u64), message!("count", 2_u64, "b")];
        assert_eq!(
            message!("swap", message!("swap", "a", "b"), list).render(&Test),
            "<1> account + <2> accounts in [b] before [b] before [a]"
        );
    }

    #[test]
    fn names_from_right_to_left_are_isolated() {
        assert!(needs_isolation("بنك") && needs_isolation("my בנק") && !needs_isolation("Банк 銀行 Bank"));
        assert_eq!(isolated("בנק"), "\u{2068}בנק\u{2069}");
    }

    #[test]
    fn a_message_survives_serialization() {
        let sent = message!("swap", 3_u64, "a", message!("count", 1_u64), vec![message!("price")]);
        let text = serde_json::to_string(&sent).unwrap();
        let expected = r#"{"key":"swap","args":[3,"a",{"key":"count","args":[1]},[{"key":"price"}]]}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), sent);
        assert!(serde_json::from_str::<Message>(r#"{"key":"swap","args":[true]}"#).is_err());
    }
}
