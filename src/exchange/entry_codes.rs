//! Finds the one-time passwords of a password manager's entry: its own, and those that the user stored in custom fields
//! and notes.
//!
//! | place | what is read |
//! |---|---|
//! | a text that is a key URI | the URI |
//! | a longer text, such as a note | every `otpauth://` address in it |
//! | a custom field with the name of a secret | a setup key |
//! | custom fields with the names that KeePass and its plugins use | see `formats::kdbx` |
//!
//! Earlier values of an entry (`history`) are not read.

use std::borrow::Cow;

use super::formats::{kdbx, otpauth_list};
use super::json::{self, Value};
use super::{Reason, embedded_uris};
use crate::otp::{KeyUri, Otp};

/// The names of members that contain the name of a custom field.
const NAMES: [&str; 6] = ["name", "label", "title", "fieldName", "t", "key"];

/// The names of members that contain the value of a custom field.
const VALUES: [&str; 4] = ["value", "data", "v", "content"];

/// Returns the codes of an entry: its own, and those in other values, unless they are the same as a known one. A code
/// in custom fields that cannot be read is returned as the reason.
pub(super) fn codes<'a>(own: Vec<&'a str>, others: &[&'a Value]) -> Vec<Result<Cow<'a, str>, Reason>> {
    let (mut uris, mut fields) = (Vec::new(), Vec::new());
    others.iter().for_each(|value| uris_in(value, &mut uris));
    others.iter().for_each(|value| fields_in(value, &mut fields));
    with_others(own, uris, &fields)
}

/// Returns the codes of an entry, like [`codes`], from custom fields and longer texts that are already separated.
pub(super) fn codes_in_texts<'a>(
    own: Vec<&'a str>,
    fields: &[(&'a str, &'a str)],
    texts: &[&'a str],
) -> Vec<Result<Cow<'a, str>, Reason>> {
    let values = fields.iter().map(|(_, value)| *value);
    let uris = values.chain(texts.iter().copied()).flat_map(embedded_uris::within_note).collect();
    with_others(own, uris, fields)
}

fn with_others<'a>(
    own: Vec<&'a str>,
    uris: Vec<Cow<'a, str>>,
    fields: &[(&str, &str)],
) -> Vec<Result<Cow<'a, str>, Reason>> {
    let mut known: Vec<Otp> = own.iter().filter_map(|code| otp(code)).collect();
    let mut codes: Vec<Cow<'a, str>> = own.into_iter().map(Cow::Borrowed).collect();
    for uri in uris {
        let found = otp(&uri);
        if !codes.contains(&uri) && found.as_ref().is_none_or(|otp| !known.contains(otp)) {
            codes.push(uri);
            known.extend(found);
        }
    }
    let mut codes: Vec<Result<Cow<'a, str>, Reason>> = codes.into_iter().map(Ok).collect();
    for code in kdbx::codes_of_fields(fields) {
        match code {
            // Key URIs in fields are known already, with their names.
            Ok(account) if known.contains(&account.uri.otp) => {}
            Ok(account) => {
                codes.push(Ok(Cow::Owned(account.uri.to_string())));
                known.push(account.uri.otp);
            }
            Err(reason) => codes.push(Err(reason)),
        }
    }
    codes
}

fn otp(code: &str) -> Option<Otp> {
    KeyUri::read_or_setup_key(code.trim()).ok().map(|reading| reading.uri.otp)
}

/// Returns the members of an object, without the history of an entry's earlier values.
fn current(value: &Value) -> impl Iterator<Item = &Value> {
    let members = value.as_object().into_iter().flatten();
    members.filter(|(name, _)| !name.to_ascii_lowercase().contains("history")).map(|(_, member)| member)
}

/// Finds the key URIs in the strings of a value.
fn uris_in<'a>(value: &'a Value, uris: &mut Vec<Cow<'a, str>>) {
    match value {
        Value::String(text) if otpauth_list::is_key_uri(text) && !text.contains(['\n', '\r']) => uris.push(text.into()),
        Value::String(text) => uris.extend(embedded_uris::within_note(text)),
        Value::Array(items) => items.iter().for_each(|item| uris_in(item, uris)),
        Value::Object(_) => current(value).for_each(|member| uris_in(member, uris)),
        _ => {}
    }
}

/// Finds the custom fields in a value, as their names and texts.
fn fields_in<'a>(value: &'a Value, fields: &mut Vec<(&'a str, &'a str)>) {
    let name = NAMES.iter().find_map(|name| json::text(value, name));
    let text = VALUES.iter().find_map(|name| first_text(value.get(name)?));
    match (name, text) {
        (Some(name), Some(text)) => fields.push((name, text)),
        _ => match value {
            Value::Array(items) => items.iter().for_each(|item| fields_in(item, fields)),
            _ => current(value).for_each(|member| fields_in(member, fields)),
        },
    }
}

/// Returns a text, or the only text in an object, such as `{"concealed": "…"}`.
fn first_text(value: &Value) -> Option<&str> {
    let texts = || value.as_object().into_iter().flatten().filter_map(|(_, member)| member.as_str());
    value.as_str().or_else(|| texts().next().filter(|_| texts().count() == 1))
}
