//! Reads JSON from bytes.

use serde::Deserialize;

/// Reads a value from UTF-8 bytes; `None` if they are not the JSON of such a value.
///
/// Use this instead of `serde_json::from_slice`: serde compiles the reader of a type once per kind of input, so a type
/// that is read from text and from bytes would be in the wasm twice.
pub(crate) fn from_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Option<T> {
    serde_json::from_str(std::str::from_utf8(bytes).ok()?).ok()
}
