//! The shared secret and its base32 form (RFC 4648, section 6).

use super::OtpError;
use crate::secret::Secret;

/// Maximum length of a key, in bytes. Issuers use 10 to 64.
pub const MAX_KEY_BYTES: usize = 1024;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret that issuer and authenticator share, 1 to [`MAX_KEY_BYTES`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(Secret<Vec<u8>>);

impl Key {
    /// Creates a key from its bytes.
    ///
    /// # Errors
    /// [`OtpError::SecretLength`] if there are no bytes, or too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self, OtpError> {
        let bytes = Secret::new(bytes);
        if bytes.expose().is_empty() || bytes.expose().len() > MAX_KEY_BYTES {
            return Err(OtpError::SecretLength);
        }
        Ok(Self(bytes))
    }

    /// Decodes base32 as users write it: in upper or lower case, with or without spaces, dashes and padding. Trailing
    /// bits that do not fill a byte are dropped, as in every authenticator. [`SetupKey`](super::SetupKey) also supports
    /// prefixes and corrects mistakes.
    ///
    /// # Errors
    /// [`OtpError::SecretCharacter`] with the position, [`OtpError::SecretLength`].
    pub fn from_base32(text: &str) -> Result<Self, OtpError> {
        if text.len() > MAX_KEY_BYTES.saturating_mul(4) {
            return Err(OtpError::SecretLength);
        }
        if let Some(position) = position_of_base64(text) {
            return Err(OtpError::SecretCharacter { position });
        }
        let mut bytes = Vec::with_capacity(text.len());
        let (mut pool, mut bits, mut ended) = (0_u32, 0_u32, false);
        for (index, character) in text.trim().chars().enumerate() {
            let wrong = OtpError::SecretCharacter { position: index.saturating_add(1) };
            match character {
                _ if is_separator(character) => continue,
                '=' => ended = true,
                _ if ended => return Err(wrong),
                _ => {
                    pool = (pool << 5) | base32_value(character).ok_or(wrong)?;
                    bits = bits.saturating_add(5);
                }
            }
            if bits >= 8 {
                bits = bits.saturating_sub(8);
                bytes.push(pool.checked_shr(bits).unwrap_or(0).to_le_bytes()[0]);
                pool &= 0xff >> 8_u32.saturating_sub(bits).min(7);
            }
        }
        Self::new(bytes)
    }

    /// Encodes the key in upper-case base32 without padding. This exposes the secret: for QR codes, exports and
    /// Casdoor's rows.
    pub fn to_base32(&self) -> Secret<String> {
        let mut text = String::with_capacity(self.0.expose().len().saturating_mul(8).div_ceil(5));
        let (mut pool, mut bits) = (0_u32, 0_u32);
        for byte in self.0.expose() {
            pool = (pool << 8) | u32::from(*byte);
            bits = bits.saturating_add(8);
            while bits >= 5 {
                bits = bits.saturating_sub(5);
                text.push(base32_character(pool >> bits));
            }
            pool &= 0x1f;
        }
        if bits > 0 {
            text.push(base32_character(pool << 5_u32.saturating_sub(bits)));
        }
        Secret::new(text)
    }

    /// Returns the bytes, for HMAC and for writers of other formats.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

/// Returns the position of the padding, from 1, if a text can only be base64: in mixed case, and with a length and a
/// padding that base64 has and base32 has not.
fn position_of_base64(text: &str) -> Option<usize> {
    let text = text.trim();
    let content = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(content.len());
    let is_mixed =
        content.contains(|c: char| c.is_ascii_uppercase()) && content.contains(|c: char| c.is_ascii_lowercase());
    let is_one = is_mixed && matches!(padding, 1 | 2) && text.len().is_multiple_of(4) && !text.len().is_multiple_of(8);
    is_one.then(|| content.len().saturating_add(1))
}

/// Returns whether a text can only be base64.
pub(crate) fn is_base64(text: &str) -> bool {
    position_of_base64(text).is_some()
}

/// Returns `true` if a character is ignored: spaces and dashes of any kind, a `+` that represents a space in a query,
/// and invisible characters that are copied along with text.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '-' | '+' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{feff}')
}

fn base32_value(character: char) -> Option<u32> {
    // Chinese and Japanese input methods produce full-width letters and digits.
    let narrow = match u32::from(character) {
        code @ 0xff01..=0xff5e => code.checked_sub(0xfee0)?,
        code => code,
    };
    let upper = u8::try_from(narrow).ok()?.to_ascii_uppercase();
    let value = match upper {
        b'A'..=b'Z' => upper.checked_sub(b'A'),
        b'2'..=b'7' => upper.checked_sub(b'2')?.checked_add(26),
        _ => None,
    };
    value.map(u32::from)
}

fn base32_character(value: u32) -> char {
    let index = usize::try_from(value & 0x1f).unwrap_or(0);
    ALPHABET.get(index).map_or('A', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Key, OtpError};
    use proptest::prelude::*;

    fn decode(text: &str) -> Result<Vec<u8>, OtpError> {
        Key::from_base32(text).map(|key| key.expose().to_vec())
    }

    #[test]
    fn the_vectors_of_rfc_4648_decode() {
        for (text, bytes) in [
            ("MY======", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI======", "foobar"),
        ] {
            assert_eq!(decode(text), Ok(bytes.into()), "{text}");
        }
    }

    #[test]
    fn spaces_dashes_invisible_characters_and_either_width_and_case_are_accepted() {
        for text in
            [" mzxw-6ytb oi", "MZXW\u{2013}6YTB\u{200b}OI\r\n", "MZXW+6YTB+OI", "\u{ff2d}\u{ff3a}XW\u{ff16}YTBOI"]
        {
            assert_eq!(decode(text), Ok(b"foobar".to_vec()), "{text:?}");
        }
    }

    #[test]
    fn a_wrong_character_is_named_by_its_position() {
        assert_eq!(decode("MZX1"), Err(OtpError::SecretCharacter { position: 4 }));
        assert_eq!(decode("MY=A"), Err(OtpError::SecretCharacter { position: 4 }));
        assert_eq!(decode("MZé"), Err(OtpError::SecretCharacter { position: 3 }));
    }

    #[test]
    fn empty_and_too_long_keys_are_rejected() {
        assert_eq!(decode(""), Err(OtpError::SecretLength));
        assert_eq!(decode("===="), Err(OtpError::SecretLength));
        assert_eq!(decode(&"A".repeat(1_000_000)), Err(OtpError::SecretLength));
    }

    proptest! {
        #[test]
        fn base32_round_trips(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
            let key = Key::new(bytes.clone()).unwrap();
            prop_assert_eq!(decode(key.to_base32().expose()), Ok(bytes));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = Key::from_base32(&text);
        }
    }
}
