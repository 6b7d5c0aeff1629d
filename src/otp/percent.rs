//! Percent-encoding (RFC 3986, section 2.1) as key URIs use it.

use super::OtpError;

/// Encodes everything but the unreserved characters of RFC 3986.
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

/// Decodes escapes; a `%` that begins none is kept as it is, as users' labels hold it.
///
/// # Errors
/// [`OtpError::Escape`] if the result is not UTF-8.
pub fn decode(text: &str) -> Result<String, OtpError> {
    String::from_utf8(to_bytes(text)).map_err(|_| OtpError::Escape)
}

/// Decodes escapes in text that is only shown. Bytes that are not UTF-8 are read as Windows-1252, of which Latin-1 is a
/// part: old servers escape names in it.
pub fn decode_or_replace(text: &str) -> String {
    String::from_utf8(to_bytes(text))
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(windows_1252).collect())
}

/// The characters of Windows-1252 between 0x80 and 0x9F; the five that it does not define are replaced.
const WINDOWS_1252: &str = "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ";

fn windows_1252(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(index @ ..0x20) => WINDOWS_1252.chars().nth(usize::from(index)).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from(byte),
    }
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
    use super::{decode, decode_or_replace, encode, windows_1252};
    use proptest::prelude::*;

    #[test]
    fn a_percent_sign_that_begins_no_escape_is_kept() {
        assert_eq!(decode("100%"), Ok("100%".into()));
        assert_eq!(decode("5%zz"), Ok("5%zz".into()));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        assert!(decode("%FF").is_err());
    }

    #[test]
    fn names_in_an_old_encoding_are_read_as_windows_1252() {
        assert_eq!(decode_or_replace("B%FCcherei %80%93"), "B\u{fc}cherei \u{20ac}\u{201c}");
        assert_eq!(decode_or_replace("%C3%BC"), "\u{fc}");
        assert_eq!(windows_1252(0x81), char::REPLACEMENT_CHARACTER);
        assert_eq!(windows_1252(0x9f), '\u{178}');
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(text in ".*") {
            prop_assert_eq!(decode(&encode(&text)), Ok(text));
        }
    }
}
