//! base64, hex and text as files carry them: liberal in what is taken.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Reason;
use crate::otp::{Key, percent_decode_or_replace};
use crate::secret::Entropy;

const LIBERAL: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Either alphabet, with or without padding, line breaks anywhere.
pub(in crate::exchange) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut compact = text.as_bytes().to_vec();
    compact.retain(|byte| !byte.is_ascii_whitespace());
    let alphabet = if compact.contains(&b'-') || compact.contains(&b'_') { URL_SAFE } else { STANDARD };
    GeneralPurpose::new(&alphabet, LIBERAL).decode(compact).ok()
}

/// Standard alphabet with padding.
pub(in crate::exchange) fn to_base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Hexadecimal of either case, spaces between.
pub(in crate::exchange) fn hex(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    data_encoding::HEXLOWER_PERMISSIVE.decode(compact.as_bytes()).ok()
}

/// Lower-case hexadecimal.
pub(in crate::exchange) fn to_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// A key in hexadecimal.
pub(in crate::exchange) fn hex_key(text: &str) -> Result<Key, Reason> {
    Ok(Key::new(hex(text).ok_or(Reason::SecretEncoding)?)?)
}

/// A key in base64.
pub(in crate::exchange) fn base64_key(text: &str) -> Result<Key, Reason> {
    Ok(Key::new(base64(text).ok_or(Reason::SecretEncoding)?)?)
}

/// UTF-8, or UTF-16 with a byte order mark; a byte order mark is dropped.
pub(in crate::exchange) fn text(bytes: &[u8]) -> Option<String> {
    let utf_16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// [`text`], or else text in an old encoding of one or two bytes, read as Windows-1252: names in it may be wrong, but its
/// rows, addresses and keys are ASCII in all of them. `None` where there are bytes that no text has.
pub(in crate::exchange) fn text_of_any_encoding(bytes: &[u8]) -> Option<String> {
    if let Some(text) = text(bytes).filter(|text| !text.contains('\0')) {
        return Some(text);
    }
    // Windows programs write UTF-16 without a mark as well.
    let (even, odd): (Vec<_>, Vec<_>) = bytes.iter().take(256).enumerate().partition(|(at, _)| at % 2 == 0);
    let zeros =
        |bytes: &[(usize, &u8)]| bytes.iter().filter(|(_, byte)| **byte == 0).count().saturating_mul(2) > bytes.len();
    match (zeros(&even), zeros(&odd)) {
        (false, true) => return text(&[&[0xff, 0xfe], bytes].concat()),
        (true, false) => return text(&[&[0xfe, 0xff], bytes].concat()),
        _ => {}
    }
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    if bytes.iter().any(is_control) {
        return None;
    }
    // As an address would escape it, so that there is one table of that encoding.
    let escaped: String = bytes
        .iter()
        .map(
            |byte| {
                if byte.is_ascii() && *byte != b'%' { char::from(*byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect();
    Some(percent_decode_or_replace(&escaped))
}

/// A random UUID (RFC 9562, version 4).
pub(in crate::exchange) fn uuid(entropy: &mut impl Entropy) -> String {
    crate::vault::AccountId::generate(entropy).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_taken_in_every_spelling() {
        for spelling in ["+/8=", "+/8", "-_8", "-_8=", "+/\r\n8="] {
            assert_eq!(base64(spelling), Some(vec![0xfb, 0xff]), "{spelling}");
        }
        assert_eq!(base64("%"), None);
    }

    #[test]
    fn text_in_an_old_encoding_keeps_its_ascii() {
        let text = |bytes: &[u8]| text_of_any_encoding(bytes);
        assert_eq!(text(b"B\xfccherei,ann").as_deref(), Some("B\u{fc}cherei,ann"));
        assert!(text(b"\x8b\xe2\x8d\x73,ann,MZXW").unwrap().ends_with(",ann,MZXW"));
        assert_eq!(text(b"a\0,\0b\0").as_deref(), Some("a,b"));
        assert_eq!(text(b"\0a\0,").as_deref(), Some("a,"));
        assert_eq!(text(b"\x01\xff\x02"), None);
    }

    #[test]
    fn text_is_taken_with_its_byte_order_mark() {
        assert_eq!(text(b"\xef\xbb\xbfA").as_deref(), Some("A"));
        assert_eq!(text(b"\xff\xfeA\0").as_deref(), Some("A"));
        assert_eq!(text(b"\xfe\xff\0A").as_deref(), Some("A"));
        assert_eq!(text(b"\xff"), None);
    }
}
