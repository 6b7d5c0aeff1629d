//! Reads the XML, which has groups with entries, and entries with strings. Skips the history of entries.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::DAMAGED;
use super::stream::Stream;
use crate::exchange::codecs::{android_preferences, encoding};
use crate::exchange::{ExchangeError, MAX_ROWS};

/// Maximum nesting depth of elements. Groups are rarely nested more than ten levels deep, with two elements per level.
const MAX_DEPTH: usize = 200;

/// The maximum number of custom fields of another program's entry that are searched.
const MAX_FIELDS: usize = 1000;

/// The strings of an entry, and the name of its group.
pub(super) struct Entry {
    pub(super) group: Option<String>,
    /// The entry is in the recycle bin.
    pub(super) is_in_trash: bool,
    strings: BTreeMap<String, String>,
}

impl Entry {
    /// Creates an entry with custom fields of another program. Of several fields with the same name, all but the first
    /// get a number.
    pub(super) fn of_fields(fields: &[(&str, &str)]) -> Self {
        let mut strings = BTreeMap::new();
        for (number, (name, text)) in fields.iter().enumerate().take(MAX_FIELDS) {
            let is_known = strings.contains_key(*name);
            let name = if is_known { format!("{name} {number}") } else { (*name).to_owned() };
            strings.insert(name, (*text).to_owned());
        }
        Self { group: None, is_in_trash: false, strings }
    }

    /// Returns all strings with their names.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.strings.iter().map(|(name, text)| (name.as_str(), text.trim()))
    }

    pub(super) fn text(&self, key: &str) -> &str {
        self.strings.get(key).map_or("", |text| text.trim())
    }

    /// Returns the strings except `otp` and those of [`further_otps`](Self::further_otps).
    pub(super) fn others(&self) -> impl Iterator<Item = &str> {
        let others = self.strings.iter().filter(|(key, _)| *key != "otp" && !key.starts_with("otp_"));
        others.map(|(_, text)| text.trim())
    }

    /// Returns the one-time passwords after the first. An imported entry may have several.
    pub(super) fn further_otps(&self) -> impl Iterator<Item = &str> {
        let further = self.strings.iter().filter(|(key, _)| {
            key.strip_prefix("otp_").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        });
        further.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }
}

/// The parts of the XML that are used.
pub(super) struct Document {
    /// All entries except those in a history.
    pub(super) entries: Vec<Entry>,
    /// KDBX 3's SHA-256 of the outer header, base64; empty if it is missing.
    pub(super) header_hash: String,
}

pub(super) fn read(xml: &[u8], stream: Stream) -> Result<Document, ExchangeError> {
    let text = encoding::text(xml).ok_or(DAMAGED)?;
    let mut walk = Walk { stream, ..Walk::default() };
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event().map_err(|_| DAMAGED)? {
            Event::Start(tag) => {
                let protected = tag.try_get_attribute("Protected").map_err(|_| DAMAGED)?;
                // KeePass writes `True`. KeePassXC also accepts the other spellings.
                let is_protected =
                    protected.is_some_and(|it| it.value.eq_ignore_ascii_case("true") || &*it.value == "1");
                walk.start(tag.name().0, is_protected)?;
            }
            Event::Text(text) => walk.text.push_str(&text.xml10_content()),
            Event::CData(text) => walk.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => walk.text.push(android_preferences::entity(&reference)?),
            Event::End(_) => walk.end()?,
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(Document { entries: walk.entries, header_hash: walk.header_hash })
}

#[derive(Default)]
struct Walk {
    stream: Stream,
    path: Vec<String>,
    /// The open groups from the root, by name and id.
    groups: Vec<(String, String)>,
    bin: String,
    header_hash: String,
    text: String,
    is_protected: bool,
    key: String,
    strings: BTreeMap<String, String>,
    entries: Vec<Entry>,
}

impl Walk {
    fn start(&mut self, name: &str, is_protected: bool) -> Result<(), ExchangeError> {
        if self.path.len() >= MAX_DEPTH || self.entries.len() > MAX_ROWS {
            return Err(ExchangeError::TooComplex);
        }
        match name {
            "Group" => self.groups.push(Default::default()),
            "Entry" if !self.is_in_history() => self.strings.clear(),
            _ => {}
        }
        self.path.push(name.to_owned());
        self.text.clear();
        self.is_protected = is_protected;
        Ok(())
    }

    fn is_in_history(&self) -> bool {
        self.path.iter().any(|element| element == "History")
    }

    fn end(&mut self) -> Result<(), ExchangeError> {
        let name = self.path.pop().ok_or(DAMAGED)?;
        let text = std::mem::take(&mut self.text);
        let text = if std::mem::take(&mut self.is_protected) { self.unprotect(&text)? } else { text };
        let parent = self.path.last().map_or("", String::as_str);
        match (parent, name.as_str()) {
            ("Meta", "RecycleBinUUID") => self.bin = text,
            ("Meta", "HeaderHash") => self.header_hash = text,
            ("Group", "Name") => self.groups.last_mut().into_iter().for_each(|group| group.0.clone_from(&text)),
            ("Group", "UUID") => self.groups.last_mut().into_iter().for_each(|group| group.1.clone_from(&text)),
            ("String", "Key") => self.key = text,
            ("String", "Value") if !self.is_in_history() => {
                self.strings.insert(std::mem::take(&mut self.key), text);
            }
            (_, "Entry") if !self.is_in_history() => self.finish_entry(),
            (_, "Group") => {
                self.groups.pop();
            }
            _ => {}
        }
        Ok(())
    }

    /// Decrypts a protected value. Values in histories and attachments must be decrypted too, because all values share
    /// one key stream. Bytes that are not UTF-8, as in most attachments, are replaced, which affects only that value.
    fn unprotect(&mut self, text: &str) -> Result<String, ExchangeError> {
        let mut bytes = encoding::base64(text).ok_or(DAMAGED)?;
        self.stream.open(&mut bytes).ok_or(DAMAGED)?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn finish_entry(&mut self) {
        let strings = std::mem::take(&mut self.strings);
        let is_in_trash = self.groups.iter().any(|(_, id)| !id.is_empty() && *id == self.bin);
        // The first group is the database itself.
        let group = self.groups.get(1..).and_then(|groups| groups.last()).map(|(name, _)| name.clone());
        self.entries.push(Entry { group, is_in_trash, strings });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a protected value: the bytes encrypted with the stream cipher, in base64.
    fn sealed(stream: &mut Stream, bytes: &[u8]) -> String {
        let mut bytes = bytes.to_vec();
        stream.open(&mut bytes).unwrap();
        encoding::to_base64(&bytes)
    }

    #[test]
    fn protected_values_that_are_not_text_do_not_affect_later_values() {
        let mut stream = Stream::new(2, b"key").unwrap();
        let [first, second, password, otp] =
            [&b"\xff\xfe\0"[..], b"\x89PNG", b"\xc3", b"otpauth://totp/a?secret=MZXW6"]
                .map(|it| sealed(&mut stream, it));
        let string = |key: &str, flag: &str, value: &str| {
            format!("<String><Key>{key}</Key><Value Protected=\"{flag}\">{value}</Value></String>")
        };
        let xml = format!(
            "<KeePassFile><Meta><Binaries><Binary ID=\"0\" Protected=\"True\">{first}</Binary></Binaries></Meta>\
             <Root><Group><Entry><Binary><Key>a</Key><Value Protected=\"TRUE\">{second}</Value></Binary>{}{}</Entry>\
             </Group></Root></KeePassFile>",
            string("Password", "1", &password),
            string("otp", "true", &otp),
        );
        let document = read(xml.as_bytes(), Stream::new(2, b"key").unwrap()).unwrap();
        let entry = &document.entries[0];
        assert_eq!((entry.text("Password"), entry.text("otp")), ("\u{fffd}", "otpauth://totp/a?secret=MZXW6"));
    }
}
