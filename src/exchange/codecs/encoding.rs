//! Decodes base64, hexadecimal and text, and tolerates the variants that other apps write.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Reason;
use crate::charset;
use crate::otp::Key;
use crate::secret::Entropy;

const LIBERAL: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Decodes base64 in the standard or URL-safe alphabet, with or without padding and white space.
pub(in crate::exchange) fn base64(text: &str) -> Option<Vec<u8>> {
    let may_be_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_= \n\r\t\x0c".contains(byte);
    // Most files that are not base64 fail this check of their beginning, which saves a copy of the whole file.
    if !text.as_bytes().iter().take(1024).all(may_be_base64) {
        return None;
    }
    let mut compact = text.as_bytes().to_vec();
    if [' ', '\n', '\r', '\t', '\x0c'].iter().any(|space| text.contains(*space)) {
        compact.retain(|byte| !byte.is_ascii_whitespace());
    }
    let alphabet = if compact.contains(&b'-') || compact.contains(&b'_') { URL_SAFE } else { STANDARD };
    GeneralPurpose::new(&alphabet, LIBERAL).decode(compact).ok()
}

/// Encodes base64 in the standard alphabet with padding.
pub(in crate::exchange) fn to_base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Decodes hexadecimal digits in upper or lower case, with or without spaces.
pub(in crate::exchange) fn hex(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    data_encoding::HEXLOWER_PERMISSIVE.decode(compact.as_bytes()).ok()
}

/// Encodes hexadecimal in lower case.
pub(in crate::exchange) fn to_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// Decodes a key in hexadecimal.
pub(in crate::exchange) fn hex_key(text: &str) -> Result<Key, Reason> {
    Ok(Key::new(hex(text).ok_or(Reason::SecretEncoding)?)?)
}

/// Decodes a key in base64.
pub(in crate::exchange) fn base64_key(text: &str) -> Result<Key, Reason> {
    Ok(Key::new(base64(text).ok_or(Reason::SecretEncoding)?)?)
}

/// Decodes UTF-8, or UTF-16 with a byte order mark. A byte order mark is not part of the result.
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

/// The size of a file's beginning that decides what kind of text it is, in bytes. A table's header must fit into it.
pub(in crate::exchange) const HEAD_BYTES: usize = 64 * 1024;

/// Returns the beginning of a text, with at most this many bytes. No character is split.
pub(in crate::exchange) fn beginning(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// Returns the first [`HEAD_BYTES`] of a text.
pub(in crate::exchange) fn head(text: &str) -> &str {
    beginning(text, HEAD_BYTES)
}

/// Decodes UTF-8 and UTF-16. UTF-16 is also detected without a byte order mark, because some Windows programs omit it.
pub(in crate::exchange) fn unicode_text(bytes: &[u8]) -> Option<String> {
    if let Some(text) = text(bytes).filter(|text| !text.contains('\0')) {
        return Some(text);
    }
    let (even, odd): (Vec<_>, Vec<_>) = bytes.iter().take(256).enumerate().partition(|(at, _)| at % 2 == 0);
    let has_zeros =
        |bytes: &[(usize, &u8)]| bytes.iter().filter(|(_, byte)| **byte == 0).count().saturating_mul(2) > bytes.len();
    match (has_zeros(&even), has_zeros(&odd)) {
        (false, true) => text(&[&[0xff, 0xfe], bytes].concat()),
        (true, false) => text(&[&[0xfe, 0xff], bytes].concat()),
        _ => None,
    }
}

/// Decodes text as [`unicode_text`], or else in the likeliest legacy encoding ([`charset`]). If that guess is wrong,
/// names are wrong, but the structure, URIs and keys are ASCII in all of these encodings. Returns `None` if the bytes
/// contain control characters that text does not have, and for a legacy file whose first line is longer than
/// [`HEAD_BYTES`].
pub(in crate::exchange) fn text_of_any_encoding(bytes: &[u8]) -> Option<String> {
    unicode_text(bytes).or_else(|| legacy_text(bytes)).map(with_line_feeds)
}

/// Replaces carriage returns in a text that has no line feeds, as old programs of macOS write it.
pub(in crate::exchange) fn with_line_feeds(text: String) -> String {
    if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n") } else { text }
}

fn legacy_text(bytes: &[u8]) -> Option<String> {
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let (head, rest) = bytes.split_at(bytes.len().min(HEAD_BYTES));
    let has_lines = rest.is_empty() || head.contains(&b'\n') || head.contains(&b'\r');
    if !has_lines || head.iter().any(is_control) || rest.iter().any(is_control) {
        return None;
    }
    Some(charset::decode(bytes, charset::Source::File))
}

/// Generates a random UUID (RFC 9562, version 4).
pub(in crate::exchange) fn uuid(entropy: &mut impl Entropy) -> String {
    crate::vault::AccountId::generate(entropy).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_accepted_in_every_variant() {
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
        let long = [&[0xff; HEAD_BYTES][..], b"\nann,MZXW"].concat();
        assert_eq!((text(&long), text(&long[1..]).is_some()), (None, true));
    }

    #[test]
    fn text_is_accepted_with_a_byte_order_mark() {
        assert_eq!(text(b"\xef\xbb\xbfA").as_deref(), Some("A"));
        assert_eq!(text(b"\xff\xfeA\0").as_deref(), Some("A"));
        assert_eq!(text(b"\xfe\xff\0A").as_deref(), Some("A"));
        assert_eq!(text(b"\xff"), None);
    }
}
