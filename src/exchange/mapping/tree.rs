//! Reads JSON and XML of any structure as a sheet: each object that contains a secret is a row.
//!
//! The cells of a row are the values of the object, the values of the objects in it, and its lists of named fields
//! (`{"type": "totp", "value": "…"}`). If an object contains several objects with a secret each, or a list of them,
//! those are the rows.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::columns::{by_name, is_like_a_key, is_secret as is_key};
use super::{Field, MAX_SECRETS, Opening, Sheet, SheetRow};
use crate::exchange::codecs::android_preferences;
use crate::exchange::formats::otpauth_list::is_key_uri;
use crate::exchange::{ExchangeError, MAX_ROWS};
use crate::otp::{Key, MAX_KEY_BYTES};

const NOT_XML: ExchangeError = ExchangeError::Damaged("XML");

/// Maximum nesting depth of XML.
const MAX_DEPTH: usize = 64;
/// The maximum number of tags and texts in XML, enough for [`MAX_ROWS`] rows of eight elements.
const MAX_EVENTS: usize = 24 * MAX_ROWS;

/// The maximum number of columns, apart from those that secrets share. Without it, a small file with different names in
/// every row would need gigabytes.
const MAX_COLUMNS: usize = 256;

/// The maximum number of objects around the one with the records.
const MAX_WRAPPERS: usize = 4;

/// A row as names and values, before its columns are known.
pub(super) type Record = Vec<(String, String)>;

impl Sheet {
    /// Reads a document. The sheet has no rows if no object contains a secret, unless `opening` accepts anything.
    pub(in crate::exchange) fn of_json(document: &Value, opening: Opening) -> Self {
        let mut records = Vec::new();
        collect(document, &mut records);
        if !records.iter().any(has_secret) {
            if !opening.accepts_anything {
                return Self::default();
            }
            records = largest_list(document).iter().take(MAX_ROWS.saturating_add(1)).map(flat).collect();
            if records.is_empty() {
                records.push(flat(document));
            }
            records.retain(|record| !record.is_empty());
        }
        Self::of_named(records)
    }

    /// Creates a sheet from records of names and values. Of several values with the same name, the first one is used,
    /// except that each secret gets a column of its own.
    pub(super) fn of_named(records: Vec<Record>) -> Self {
        let mut sheet = Self::default();
        let mut columns: BTreeMap<(String, usize), usize> = BTreeMap::new();
        for (index, record) in records.into_iter().enumerate() {
            let mut cells = Vec::new();
            let mut secrets: BTreeMap<String, usize> = BTreeMap::new();
            for (name, value) in record {
                let mut repeated = 0;
                if is_secret(&name, &value) {
                    let count = secrets.entry(name.clone()).or_default();
                    repeated = *count;
                    *count = count.saturating_add(1).min(MAX_SECRETS);
                }
                // Beyond the limit, other values are dropped, and secrets share columns.
                let is_known = columns.contains_key(&(name.clone(), repeated));
                if columns.len() >= MAX_COLUMNS && !is_known && !is_secret(&name, &value) {
                    continue;
                }
                let name = if columns.len() >= MAX_COLUMNS && !is_known { "secret".to_owned() } else { name };
                let column = *columns.entry((name.clone(), repeated)).or_insert_with(|| {
                    sheet.columns.push(name);
                    sheet.columns.len().saturating_sub(1)
                });
                if cells.len() <= column {
                    cells.resize(column.saturating_add(1), String::new());
                }
                if let Some(cell) = cells.get_mut(column).filter(|cell: &&mut String| cell.is_empty()) {
                    *cell = value;
                }
            }
            sheet.rows.push(SheetRow::new(index.saturating_add(1), cells));
        }
        sheet.with_base32()
    }
}

fn is_secret(name: &str, value: &str) -> bool {
    let is_named = by_name(name) == Some(Field::Secret) && !value.starts_with("http");
    // A note or a message may contain an address.
    is_key(value) || (is_named && !value.is_empty()) || value.contains("otpauth://")
}

/// Returns the longest list of objects in a document.
fn largest_list(value: &Value) -> &[Value] {
    let members: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => return &[],
    };
    let own = value.as_array().filter(|items| items.iter().any(Value::is_object)).map_or(&[][..], Vec::as_slice);
    members.map(largest_list).fold(own, |longest, list| if list.len() > longest.len() { list } else { longest })
}

fn has_secret(record: &Record) -> bool {
    record.iter().any(|(name, value)| is_secret(name, value))
}

/// Collects the records of a value. Returns whether any of them has a secret.
fn collect(value: &Value, records: &mut Vec<Record>) -> bool {
    if records.len() > MAX_ROWS {
        return false;
    }
    match value {
        Value::Array(items) => collect_list(items, records),
        Value::Object(members) if is_map_of_keys(members) => {
            let record = |(name, key): (&String, &Value)| {
                vec![
                    ("name".to_owned(), name.clone()),
                    ("secret".to_owned(), key.as_str().unwrap_or_default().to_owned()),
                ]
            };
            records.extend(members.iter().map(record));
            true
        }
        Value::Object(members) => {
            let is_map = is_map_of_records(members);
            let record = flat(value);
            if has_secret(&record) && !members.values().any(|member| has_several(member, 0)) && !is_map {
                records.push(record);
                return true;
            }
            let mut found = false;
            for (name, member) in members {
                let before = records.len();
                let has = collect(member, records);
                if !has && is_map && member.is_object() && records.len() == before {
                    records.push(flat(member));
                }
                if let Some(record) = records.get_mut(before).filter(|_| is_map && !is_named(member)) {
                    record.insert(0, ("name".to_owned(), name.clone()));
                }
                found |= has;
            }
            found
        }
        _ => false,
    }
}

/// Returns whether an object consists of records, whose settings must not be mixed.
fn is_map_of_records(members: &Map<String, Value>) -> bool {
    members.values().filter(|member| member.is_object() && has_secret(&flat(member))).count() > 1
}

/// Returns whether a value contains an object that consists of records.
fn has_several(value: &Value, depth: usize) -> bool {
    let inner = |member: &Value| has_several(member, depth.saturating_add(1));
    match value {
        Value::Object(members) if depth < MAX_WRAPPERS => is_map_of_records(members) || members.values().any(inner),
        _ => false,
    }
}

/// Returns whether a record says which account it is, so that its key in the file is not needed for that.
fn is_named(value: &Value) -> bool {
    let is_name =
        |(name, _): &(String, String)| matches!(by_name(name), Some(Field::Issuer | Field::Account | Field::Label));
    flat(value).iter().any(is_name)
}

/// Returns whether the members of an object are names of accounts with their keys.
fn is_map_of_keys(members: &Map<String, Value>) -> bool {
    let is_one = |(name, value): (&String, &Value)| by_name(name).is_none() && value.as_str().is_some_and(is_key);
    !members.is_empty() && members.iter().all(is_one)
}

/// Collects the items of a list. If any item is a record, all others are rows as well, and are reported if they have no
/// secret.
fn collect_list(items: &[Value], records: &mut Vec<Record>) -> bool {
    let mut own = Vec::new();
    let mut found = false;
    for item in items {
        let before = own.len();
        match item {
            Value::String(text) if is_key_uri(text) || is_like_a_key(text) => {
                own.push(vec![("secret".to_owned(), text.clone())]);
                found = true;
            }
            item => found |= collect(item, &mut own),
        }
        if own.len() == before && !item.is_null() {
            own.push(flat(item));
        }
    }
    if found {
        records.append(&mut own);
    }
    found
}

/// Returns the cells of an object: its values, those of its objects, and its lists of named fields.
fn flat(value: &Value) -> Record {
    let mut record = Record::new();
    flatten("value", value, 0, &mut record);
    record
}

fn flatten(name: &str, value: &Value, depth: usize, record: &mut Record) {
    let mut push = |name: &str, text: String| record.push((name.to_owned(), text));
    match value {
        Value::String(text) => push(name, text.clone()),
        Value::Number(number) => push(name, number.to_string()),
        Value::Bool(flag) => push(name, flag.to_string()),
        Value::Object(_) if depth > 0 && is_known_field(value) => {
            if let Some((name, value)) = named_field(value) {
                flatten(name, value, depth.saturating_add(1), record);
            }
        }
        Value::Object(members) if depth < 6 => {
            for (key, member) in members {
                if key == "sections" {
                    // The fields of a 1Password item are in several lists.
                    let sections = member.as_array().into_iter().flatten().filter_map(Value::as_object);
                    let fields = sections.flat_map(|section| section.iter().filter(|(_, fields)| fields.is_array()));
                    fields.for_each(|(name, fields)| flatten(name, fields, depth.saturating_add(1), record));
                    continue;
                }
                flatten(if key == "#text" { name } else { key }, member, depth.saturating_add(1), record);
            }
        }
        Value::Array(items) if by_name(name) == Some(Field::Secret) && key_of_bytes(items).is_some() => {
            push(name, key_of_bytes(items).unwrap_or_default());
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            push(name, texts.join(","));
        }
        Value::Array(items) => {
            for item in items {
                if let Some((name, value)) = named_field(item) {
                    flatten(name, value, depth.saturating_add(1), record);
                    settings_of(item).for_each(|(name, value)| flatten(name, value, depth.saturating_add(1), record));
                }
            }
        }
        _ => {}
    }
}

/// Returns the key in base32 if a list consists of its bytes. Java writes them with a sign.
fn key_of_bytes(items: &[Value]) -> Option<String> {
    let byte = |item: &Value| Some(item.as_i64().filter(|byte| (-128..256).contains(byte))?.to_le_bytes()[0]);
    let bytes = items.iter().take(MAX_KEY_BYTES.saturating_add(1)).map(byte).collect::<Option<Vec<u8>>>()?;
    Some(Key::new(bytes).ok()?.to_base32().expose().to_owned())
}

/// Returns whether an object is the only item of a list of fields, as XML has it. It must have a known name. An object
/// that also has settings is a code.
fn is_known_field(value: &Value) -> bool {
    settings_of(value).next().is_none()
        && named_field(value).is_some_and(|(name, value)| by_name(name).is_some() && !value.is_object())
}

/// Returns the members of an object that are settings of a code.
fn settings_of(item: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let is_setting = |name: &str| by_name(name).is_some_and(Field::is_setting);
    let members = item.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value));
    members.filter(move |(name, _)| is_setting(name))
}

/// Returns the name and value of an item in a list of fields. Of several names, one that is a known column name has
/// priority.
fn named_field(item: &Value) -> Option<(&str, &Value)> {
    let value = ["value", "#text", "Value", "content", "v"].iter().find_map(|key| item.get(key))?;
    let names = ["type", "name", "label", "key", "Key", "title", "designation", "fieldName", "n", "t"];
    let mut names = names.iter().filter_map(|key| item.get(key)?.as_str());
    let first = names.clone().next();
    let name = names.find(|name| by_name(name).is_some()).or(first)?;
    Some((name, value))
}

/// Converts XML to JSON: attributes and elements become members, repeated elements become an array, and the text of an
/// element with attributes becomes `#text`.
pub(in crate::exchange) fn of_xml(text: &str) -> Result<Value, ExchangeError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, Map<String, Value>, String)> = vec![Default::default()];
    for _ in 0..MAX_EVENTS {
        match reader.read_event().map_err(|_| NOT_XML)? {
            Event::Start(tag) => {
                if open.len() > MAX_DEPTH {
                    return Err(ExchangeError::TooComplex);
                }
                open.push((tag.name().0.to_owned(), attributes(&tag)?, String::new()));
            }
            Event::Empty(tag) => {
                let name = tag.name().0.to_owned();
                let members = attributes(&tag)?;
                close(&mut open, name, members, String::new());
            }
            Event::Text(text) => open.last_mut().into_iter().for_each(|it| it.2.push_str(&text.xml10_content())),
            Event::CData(text) => open.last_mut().into_iter().for_each(|it| it.2.push_str(&text.xml10_content())),
            Event::GeneralRef(reference) => {
                let character = android_preferences::entity(&reference)?;
                open.last_mut().into_iter().for_each(|it| it.2.push(character));
            }
            Event::End(_) => {
                let (name, members, text) = open.pop().filter(|_| !open.is_empty()).ok_or(NOT_XML)?;
                close(&mut open, name, members, text);
            }
            Event::Eof if open.len() == 1 => {
                return Ok(open.pop().map(|(_, members, _)| Value::Object(members)).unwrap_or_default());
            }
            Event::Eof => return Err(NOT_XML),
            _ => {}
        }
    }
    Err(ExchangeError::TooComplex)
}

fn attributes(tag: &BytesStart<'_>) -> Result<Map<String, Value>, ExchangeError> {
    let mut members = Map::new();
    for attribute in tag.attributes().take(64) {
        let attribute = attribute.map_err(|_| NOT_XML)?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| NOT_XML)?;
        members.insert(attribute.key.0.to_owned(), Value::String(value.into_owned()));
    }
    Ok(members)
}

fn close(
    open: &mut [(String, Map<String, Value>, String)],
    name: String,
    mut members: Map<String, Value>,
    text: String,
) {
    let text = text.trim();
    let value = if members.is_empty() {
        Value::String(text.to_owned())
    } else {
        if !text.is_empty() {
            members.insert("#text".to_owned(), text.into());
        }
        Value::Object(members)
    };
    let Some((parent_name, parent, pending)) = open.last_mut() else { return };
    if parent_name == "dict" {
        // In a property list, names and values follow each other.
        if name == "key" {
            text.clone_into(pending);
            return;
        }
        let key = std::mem::take(pending).trim().to_owned();
        if !key.is_empty() {
            parent.insert(key, if name == "true" { Value::Bool(true) } else { value });
            return;
        }
    }
    match parent.get_mut(&name) {
        Some(Value::Array(items)) => items.push(value),
        Some(before) => *before = Value::Array(vec![before.take(), value]),
        None => {
            parent.insert(name, value);
        }
    }
}
