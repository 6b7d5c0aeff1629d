//! Reads the JSON of other programs. The nesting and number of values are limited before parsing. The getters accept
//! the variants that programs write.

use serde::de::{Deserializer, MapAccess, Visitor};
pub(in crate::exchange) use serde_json::Value;

use super::{ExchangeError, Reason, encoding};
use crate::otp::OtpError;

/// Maximum nesting depth. The files of known apps have fewer than 12 levels.
const MAX_DEPTH: usize = 64;
/// Maximum number of values, enough for 20,000 accounts of 60 values. A parsed value takes about 170 bytes.
const MAX_VALUES: usize = 1_200_000;

const NOT_JSON: ExchangeError = ExchangeError::Damaged("JSON");

/// Returns whether a file begins like a JSON object or list.
pub(in crate::exchange) fn is_json(bytes: &[u8]) -> bool {
    let head = bytes.get(..64.min(bytes.len())).unwrap_or_default();
    let head: Vec<u8> = head.iter().copied().filter(|byte| !matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n')).collect();
    let head = head.strip_prefix(b"\xef\xbb\xbf").or(head.strip_prefix(b"\xff\xfe")).or(head.strip_prefix(b"\xfe\xff"));
    let blank = bytes.get(..encoding::HEAD_BYTES.min(bytes.len())).unwrap_or_default();
    let first = head.map_or_else(|| after_comments(blank).first(), |head| head.first());
    // Rich text begins with a brace, too.
    matches!(first, Some(b'{' | b'[')) && !is_heading(bytes) && !is_time_stamp(bytes) && !bytes.starts_with(b"{\\rtf")
}

/// Returns whether a file begins with a date and time in brackets, as exported chats and logs do.
fn is_time_stamp(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    // Some programs mark the direction of the text before the bracket.
    let text = text.strip_prefix("\u{200e}".as_bytes()).unwrap_or(text);
    let Some(end) = text.iter().take(64).position(|byte| *byte == b']') else { return false };
    let stamp = text.get(1..end).unwrap_or_default();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/.:,- ".contains(byte) || !byte.is_ascii();
    let digits = stamp.iter().filter(|byte| byte.is_ascii_digit()).count();
    let after = text.get(end.saturating_add(1)..).unwrap_or_default();
    let is_followed_by_text = matches!(after, [b' ', next, ..] if next.is_ascii_alphanumeric() || !next.is_ascii());
    text.starts_with(b"[") && digits >= 4 && stamp.contains(&b':') && stamp.iter().all(is_part) && is_followed_by_text
}

/// Returns whether a file begins with a heading in brackets, as configuration files do.
fn is_heading(bytes: &[u8]) -> bool {
    let line = bytes
        .trim_ascii_start()
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .next()
        .unwrap_or_default()
        .trim_ascii_end();
    let without = |line: &[u8]| line.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).map(<[u8]>::to_vec);
    let name = without(line).unwrap_or_default();
    // TOML has a list of tables in two pairs of brackets.
    let name = without(&name).unwrap_or(name);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" ._-@".contains(byte);
    // Only a short line is parsed, because this is asked about every file before its number of values is limited.
    name.len() < 256
        && name.iter().any(u8::is_ascii_alphabetic)
        && name.iter().all(is_plain)
        && serde_json::from_slice::<Value>(line).is_err()
}

/// Parses a document, after checking its nesting and number of values. Several documents, one after another, are a
/// list.
pub(in crate::exchange) fn parse(bytes: &[u8]) -> Result<Value, ExchangeError> {
    let text = encoding::text_of_any_encoding(bytes).ok_or(NOT_JSON)?;
    bound(&text)?;
    serde_json::from_str(&text).or_else(|_| documents(&text)).or_else(|error| {
        let plain = without_comments(&text).filter(|plain| *plain != text).ok_or(error)?;
        bound(&plain)?;
        serde_json::from_str(&plain).map_err(|_| NOT_JSON)
    })
}

/// Removes the comments and trailing commas that users leave when they edit a file. Returns `None` if a text or comment
/// does not end.
fn without_comments(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => end_of_text(rest)?,
            '/' if rest.starts_with("//") => {
                rest = rest.find(['\n', '\r']).and_then(|end| rest.get(end..)).unwrap_or_default();
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.split_once("*/")?.1;
                continue;
            }
            ']' | '}' => {
                let before = plain.trim_end();
                plain.truncate(before.strip_suffix(',').map_or(plain.len(), str::len));
                1
            }
            first => first.len_utf8(),
        };
        plain.push_str(rest.get(..end)?);
        rest = rest.get(end..)?;
    }
    Some(plain)
}

/// Returns the position after the quoted text at the beginning.
fn end_of_text(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return Some(at.saturating_add(1)),
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    None
}

/// Returns the text after comments at the beginning.
fn after_comments(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        let end = match text {
            [b'/', b'/', ..] => text.iter().position(|byte| *byte == b'\n'),
            [b'/', b'*', rest @ ..] => rest.windows(2).position(|pair| pair == b"*/").map(|at| at.saturating_add(4)),
            _ => return text,
        };
        text = end.and_then(|end| text.get(end..)).unwrap_or_default();
    }
}

/// Parses several documents, as programs write them that add one line for each item. 1Password's old export (1PIF)
/// separates them by lines of asterisks.
fn documents(text: &str) -> Result<Value, ExchangeError> {
    let lines = text.lines().filter(|line| !line.starts_with("***"));
    let plain = lines.fold(String::with_capacity(text.len()), |text, line| text + line + "\n");
    let documents = serde_json::Deserializer::from_str(&plain).into_iter::<Value>();
    let documents = documents.collect::<Result<Vec<_>, _>>().map_err(|_| NOT_JSON)?;
    let are_items = documents.len() > 1 || plain.len() < text.len();
    if are_items && documents.iter().all(Value::is_object) { Ok(documents.into()) } else { Err(NOT_JSON) }
}

/// Parses an object and keeps the order of its members.
pub(in crate::exchange) fn members(bytes: &[u8]) -> Result<Vec<(String, Value)>, ExchangeError> {
    let text = encoding::text_of_any_encoding(bytes).ok_or(NOT_JSON)?;
    bound(&text)?;
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let members = deserializer.deserialize_map(Members).map_err(|_| NOT_JSON)?;
    deserializer.end().map_err(|_| NOT_JSON)?;
    Ok(members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// Checks the nesting and number of values without building anything.
fn bound(text: &str) -> Result<(), ExchangeError> {
    let (mut depth, mut values, mut quoted, mut escaped) = (0_usize, 1_usize, false, false);
    for byte in text.bytes() {
        match (quoted, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (_, false, b'"') => quoted = !quoted,
            (true, ..) => {}
            (_, _, b'[' | b'{') => (depth, values) = (depth.saturating_add(1), values.saturating_add(1)),
            (_, _, b']' | b'}') => depth = depth.saturating_sub(1),
            (_, _, b',') => values = values.saturating_add(1),
            _ => {}
        }
        if depth > MAX_DEPTH || values > MAX_VALUES {
            return Err(ExchangeError::TooComplex);
        }
    }
    Ok(())
}

/// Returns a string, or `None` if it is missing or empty.
pub(in crate::exchange) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// Returns a string, or an empty string if it is missing.
pub(in crate::exchange) fn text_or_empty<'a>(value: &'a Value, key: &str) -> &'a str {
    text(value, key).unwrap_or_default()
}

/// Returns a string that affects codes, or an empty string if it is missing or `null`. Any other value is `error`, so
/// that it is not mistaken for the default.
pub(in crate::exchange) fn setting<'a>(value: &'a Value, key: &str, error: OtpError) -> Result<&'a str, Reason> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Reason::Otp(error)),
    }
}

/// Returns a list, or an empty list if it is missing.
pub(in crate::exchange) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns a list, or fails if it is missing.
pub(in crate::exchange) fn rows<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], ExchangeError> {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).ok_or(ExchangeError::Damaged("list"))
}

/// Returns whether a flag is set: `true`, `1`, `"true"` or `"1"`.
pub(in crate::exchange) fn flag(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        Some(Value::String(text)) => text == "1" || text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Returns a whole number, written as a number or as a string. Missing, `null` and empty values are `None`; any other
/// value is `error`.
pub(in crate::exchange) fn whole_number(value: &Value, key: &str, error: OtpError) -> Result<Option<u64>, Reason> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(found) => number(found).map(Some).ok_or(Reason::Otp(error)),
    }
}

/// Parses a whole number, written as a number or as a string.
pub(in crate::exchange) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| from_float(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Converts a float without a fractional part, such as `30.0`. Returns `None` for others, such as `30.5`.
fn from_float(float: f64) -> Option<u64> {
    if float.fract() == 0.0 { format!("{float:.0}").parse().ok() } else { None }
}

/// Returns a whole number that is only displayed and does not affect codes, or 0 if it is missing.
pub(in crate::exchange) fn count(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(number).unwrap_or(0)
}

/// Parses signed bytes such as `[-1, 127]`, as Java programs write them. Unsigned bytes are accepted, too.
pub(in crate::exchange) fn signed_bytes(value: Option<&Value>) -> Option<Vec<u8>> {
    let byte = |value: &Value| {
        let number = value.as_i64()?;
        i8::try_from(number).map(i8::cast_unsigned).ok().or_else(|| u8::try_from(number).ok())
    };
    value?.as_array()?.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_with_times_in_brackets_is_not_json() {
        for text in ["[12.03.24, 10:22:01] Bob: hi", "[2024-03-12 10:22] ann wrote", " [3/12/24, 1:02 PM] B: [x]"] {
            assert!(!is_json(text.as_bytes()), "{text}");
        }
        for text in ["[1, 2]", "[\"12:30\"] ", "[{\"time\": \"10:22:01\"}]", "[2024] x", "[[10, 22]] [\"a:b\"]"] {
            assert!(is_json(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn depth_is_checked_before_parsing() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(parse(deep.as_bytes()), Err(ExchangeError::TooComplex));
        let quoted = format!("\"{}\\\"[\"", "[".repeat(1000));
        assert!(parse(quoted.as_bytes()).is_ok());
    }

    #[test]
    fn many_small_values_are_rejected_before_they_fill_the_memory() {
        let wide = format!("[{}0]", "0,".repeat(3_000_000));
        assert_eq!(parse(wide.as_bytes()), Err(ExchangeError::TooComplex));
    }

    #[test]
    fn numbers_are_accepted_as_programs_write_them() {
        let value = parse(br#"{"a": 30, "b": "30", "c": 30.0, "d": null, "e": -1, "f": "x", "g": 30.5}"#).unwrap();
        for (key, expected) in [("a", Some(30)), ("b", Some(30)), ("c", Some(30)), ("d", None), ("z", None)] {
            assert_eq!(whole_number(&value, key, OtpError::Period), Ok(expected), "{key}");
        }
        for key in ["e", "f", "g"] {
            assert_eq!(whole_number(&value, key, OtpError::Period), Err(Reason::Otp(OtpError::Period)), "{key}");
        }
    }
}
