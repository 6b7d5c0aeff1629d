//! Percent-encoding (RFC 3986, section 2.1) in key URIs.

use super::OtpError;

/// Encodes all characters except the unreserved ones of RFC 3986.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(hex_digit));
        }
    }
    out
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

/// Decodes percent escapes. A `%` that does not start an escape is kept, because labels that users typed contain it.
///
/// # Errors
/// [`OtpError::Escape`] if the result is not UTF-8.
pub fn decode(text: &str) -> Result<String, OtpError> {
    String::from_utf8(to_bytes(text)).map_err(|_| OtpError::Escape)
}

/// Decodes percent escapes in text that is only displayed. Bytes that are not UTF-8 are read as Windows-1252, a
/// superset of Latin-1, which old servers use.
pub fn decode_or_replace(text: &str) -> String {
    String::from_utf8(to_bytes(text)).unwrap_or_else(|error| from_windows_1252(error.as_bytes()))
}

/// The characters of Windows-1252 from 0x80 to 0x9F. The five undefined codes become U+FFFD.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Decodes Windows-1252 without an allocation per byte, because a file may have many megabytes of it.
fn from_windows_1252(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let high = byte.checked_sub(0x80).and_then(|index| WINDOWS_1252.get(usize::from(index)));
        text.push(high.copied().unwrap_or(char::from(*byte)));
    }
    text
}

fn to_bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex_value(*high) << 4) | hex_value(*low));
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_or_replace, encode, from_windows_1252};
    use proptest::prelude::*;

    #[test]
    fn a_percent_sign_that_begins_no_escape_is_kept() {
        assert_eq!(decode("100%"), Ok("100%".into()));
        assert_eq!(decode("5%zz"), Ok("5%zz".into()));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_rejected() {
        assert!(decode("%FF").is_err());
    }

    #[test]
    fn names_in_an_old_encoding_are_read_as_windows_1252() {
        assert_eq!(decode_or_replace("B%FCcherei %80%93"), "B\u{fc}cherei \u{20ac}\u{201c}");
        assert_eq!(decode_or_replace("%C3%BC"), "\u{fc}");
        assert_eq!(from_windows_1252(b"a\x7f\x81\x9f\xa0\xff"), "a\x7f\u{fffd}\u{178}\u{a0}\u{ff}");
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(text in ".*") {
            prop_assert_eq!(decode(&encode(&text)), Ok(text));
        }
    }
}
