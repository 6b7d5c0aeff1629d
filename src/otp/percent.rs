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

/// Decodes escapes; a `%` that begins none stands for itself, as people's labels hold it.
///
/// # Errors
/// [`OtpError::Escape`] if what comes out is not UTF-8.
pub fn decode(text: &str) -> Result<String, OtpError> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
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
    String::from_utf8(out).map_err(|_| OtpError::Escape)
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use proptest::prelude::*;

    #[test]
    fn a_stray_percent_stands_for_itself() {
        assert_eq!(decode("100%"), Ok("100%".into()));
        assert_eq!(decode("5%zz"), Ok("5%zz".into()));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        assert!(decode("%FF").is_err());
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(text in ".*") {
            prop_assert_eq!(decode(&encode(&text)), Ok(text));
        }
    }
}
