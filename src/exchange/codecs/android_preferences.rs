//! Reads Android's shared preferences: `<map><string name="KEY">TEXT</string>…</map>`.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use super::{ExchangeError, MAX_ROWS, encoding};

const DAMAGED: ExchangeError = ExchangeError::Damaged("XML");

/// Maximum nesting depth. Preferences are a map that may contain sets.
const MAX_DEPTH: usize = 8;
/// Maximum number of tags, texts and references. JSON in a preference has a reference for each quotation mark.
const MAX_EVENTS: usize = 1_000_000;

pub(in crate::exchange) fn is_xml(text: &str) -> bool {
    let text = encoding::head(text).trim_start();
    text.starts_with("<?xml") || text.starts_with("<map")
}

/// Returns the names and values of the string entries, in document order.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Vec<(String, String)>, ExchangeError> {
    read_text(&encoding::text(bytes).ok_or(DAMAGED)?)
}

/// Reads preferences that are already decoded to text. Fails at the first tag if it is not `<map>`.
pub(in crate::exchange) fn read_text(text: &str) -> Result<Vec<(String, String)>, ExchangeError> {
    let mut reader = Reader::from_str(text);
    let (mut entries, mut name, mut value, mut is_map) = (Vec::new(), None, String::new(), false);
    let mut depth = 0_usize;
    for _ in 0..MAX_EVENTS {
        let event = reader.read_event().map_err(|_| DAMAGED)?;
        match &event {
            Event::Start(_) => depth = depth.saturating_add(1),
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(ExchangeError::TooComplex);
        }
        match event {
            Event::Start(tag) if tag.name().0 == "map" => is_map = true,
            Event::Start(_) if !is_map => return Err(DAMAGED),
            Event::Start(tag) if tag.name().0 == "string" => {
                let attribute = tag.try_get_attribute("name").map_err(|_| DAMAGED)?.ok_or(DAMAGED)?;
                name = Some(attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| DAMAGED)?.into_owned());
                value.clear();
            }
            Event::Text(text) => value.push_str(&text.xml10_content()),
            Event::CData(text) => value.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => value.push(entity(&reference)?),
            Event::End(_) => {
                if let Some(name) = name.take() {
                    entries.push((name, std::mem::take(&mut value)));
                }
            }
            Event::Eof if is_map => return Ok(entries),
            Event::Eof => return Err(DAMAGED),
            _ => {}
        }
        if entries.len() > MAX_ROWS.saturating_mul(2) {
            return Err(ExchangeError::TooManyRows);
        }
    }
    Err(ExchangeError::TooComplex)
}

/// Resolves a character reference or one of XML's five predefined entities. Entities that a document type defines are
/// rejected, so they cannot expand to more text.
pub(in crate::exchange) fn entity(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, ExchangeError> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| DAMAGED)? {
        return Ok(character);
    }
    match reference.xml10_content().as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(DAMAGED),
    }
}

/// Returns the value of the entry with a name.
pub(in crate::exchange) fn find<'a>(entries: &'a [(String, String)], name: &str) -> Option<&'a str> {
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
