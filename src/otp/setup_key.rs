//! A setup key: the secret as issuers, programs and users write it.
//!
//! | text | read as |
//! |---|---|
//! | base32 in either case, with or without grouping and padding | [`Key::from_base32`] |
//! | `stm-…` | a key for Steam's codes |
//! | `blz-…`, `bliz-…` | a key for Battle.net's codes, which have 8 digits |
//! | at least 16 hexadecimal digits that are not base32 | its bytes; only in a key URI or a table, where some programs use it |
//! | base32 with `0`, `1` or `8` | a guess with `O`, `L` (or `I`) and `B`; see [`SetupKey::is_guess`] |

use super::key::is_base64;
use super::{Key, OtpError};

/// A secret, and the program that its prefix names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupKey {
    /// The secret.
    pub key: Key,
    /// The program that the prefix names.
    pub mark: Option<SecretPrefix>,
    /// The text contains `0`, `1` or `8`, which are not base32 characters. The user must confirm the letters that
    /// replace them.
    pub is_guess: bool,
    /// The alternative to a guess, with `I` instead of `1`.
    pub other: Option<Key>,
}

/// The program that the prefix of a secret names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretPrefix {
    /// `stm-`.
    Steam,
    /// `blz-` or `bliz-`.
    BattleNet,
}

const PREFIXES: [(&str, SecretPrefix); 3] =
    [("stm-", SecretPrefix::Steam), ("blz-", SecretPrefix::BattleNet), ("bliz-", SecretPrefix::BattleNet)];

impl SetupKey {
    /// Reads a setup key that a user typed or pasted.
    ///
    /// # Errors
    /// [`OtpError::SecretCharacter`], [`OtpError::SecretLength`].
    pub fn read(text: &str) -> Result<Self, OtpError> {
        let (mark, secret) = without_prefix(text);
        match Key::from_base32(secret) {
            Ok(key) => Ok(Self { key, mark, is_guess: false, other: None }),
            Err(error) => guess(secret, mark).ok_or(error),
        }
    }

    /// Reads a key of Steam. It may be in base64, as in Steam's own files.
    pub(super) fn read_steam(text: &str) -> Result<Self, OtpError> {
        match base64_key(text).ok().filter(|_| is_base64(text)) {
            Some(key) => Ok(Self { key, mark: Some(SecretPrefix::Steam), is_guess: false, other: None }),
            None => Self::read_parameter(text, None),
        }
    }

    /// Reads the `secret` parameter of a key URI. It may be hexadecimal, or in the encoding that the URI specifies.
    pub(super) fn read_parameter(text: &str, encoding: Option<&str>) -> Result<Self, OtpError> {
        let (mark, secret) = without_prefix(text);
        let plain = |key| Self { key, mark, is_guess: false, other: None };
        match encoding.map(|name| name.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "base32") => {}
            Some("hex" | "base16") => return hex_key(secret).map(plain),
            Some("base64") => return base64_key(secret).map(plain),
            Some("utf8" | "utf-8") => return Key::new(secret.as_bytes().to_vec()).map(plain),
            Some(_) => return Err(OtpError::UnclearParameter),
        }
        Self::hexadecimal(secret).map_or_else(|| Self::read(text), |key| Ok(plain(key)))
    }

    /// Returns the key if a secret can only be hexadecimal.
    pub(crate) fn hexadecimal(secret: &str) -> Option<Key> {
        let digits = secret.strip_prefix("0x").or_else(|| secret.strip_prefix("0X")).unwrap_or(secret);
        if Key::from_base32(secret).is_ok() || !is_hex(digits) {
            return None;
        }
        hex_key(digits).ok()
    }
}

fn without_prefix(text: &str) -> (Option<SecretPrefix>, &str) {
    let text = text.trim();
    let found = PREFIXES.iter().find_map(|(prefix, mark)| {
        let is_there = text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        text.get(prefix.len()..).filter(|_| is_there).map(|rest| (Some(*mark), rest))
    });
    found.unwrap_or((None, text))
}

/// Replaces digits that base32 does not have by the letters that they resemble. Rejects mixed case, because it
/// indicates base64.
fn guess(secret: &str, mark: Option<SecretPrefix>) -> Option<SetupKey> {
    let (upper, lower) = (secret.contains(|c: char| c.is_uppercase()), secret.contains(|c: char| c.is_lowercase()));
    if (upper && lower) || !secret.contains(['0', '1', '8']) {
        return None;
    }
    let with = |one: &str| Key::from_base32(&secret.replace('0', "O").replace('1', one).replace('8', "B")).ok();
    let other = if secret.contains('1') { with("I") } else { None };
    Some(SetupKey { key: with("L")?, mark, is_guess: true, other })
}

/// Returns whether a secret is at least eight bytes in hexadecimal.
pub(crate) fn is_hex(secret: &str) -> bool {
    secret.len() >= 16 && secret.len().is_multiple_of(2) && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hex_key(secret: &str) -> Result<Key, OtpError> {
    let compact: String = secret.chars().filter(|character| !character.is_whitespace()).collect();
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(compact.as_bytes());
    bytes.map_err(|error| OtpError::SecretCharacter { position: error.position.saturating_add(1) }).and_then(Key::new)
}

fn base64_key(secret: &str) -> Result<Key, OtpError> {
    // In a query, a `+` may have been decoded as a space.
    let standard = secret.trim().trim_end_matches('=').replace(['-', ' '], "+").replace('_', "/");
    let bytes = data_encoding::BASE64_NOPAD.decode(standard.as_bytes());
    bytes.map_err(|error| OtpError::SecretCharacter { position: error.position.saturating_add(1) }).and_then(Key::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::from_base32(text).unwrap()
    }

    #[test]
    fn prefixes_name_whose_codes_they_are() {
        for (text, mark) in [
            ("stm-MZXW6YTB", SecretPrefix::Steam),
            ("BLZ-MZXW6YTB", SecretPrefix::BattleNet),
            ("bliz-mzxw6ytb", SecretPrefix::BattleNet),
        ] {
            let read = SetupKey::read(text).unwrap();
            assert_eq!((read.mark, &read.key, read.is_guess), (Some(mark), &key("MZXW6YTB"), false), "{text}");
        }
        assert_eq!(SetupKey::read("blzx-mzxw").unwrap().mark, None);
    }

    #[test]
    fn digits_that_base32_does_not_have_are_a_guess_with_both_readings_of_a_one() {
        let read = SetupKey::read("KRUGK1DR0VUWG8").unwrap();
        assert!(read.is_guess);
        assert_eq!((read.key, read.other), (key("KRUGKLDROVUWGB"), Some(key("KRUGKIDROVUWGB"))));
        assert_eq!(SetupKey::read("krugk0").unwrap().other, None);
        for text in ["MZXW9", "KRugk1DR", "MZX1!", "10 Downing Street 9"] {
            assert!(SetupKey::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_a_key_uri_may_hold_hexadecimal() {
        let hex = "3132333435363738393031323334353637383930";
        let read = SetupKey::read_parameter(hex, None).unwrap();
        assert_eq!((read.key.expose(), read.is_guess), (b"12345678901234567890".as_slice(), false));
        assert!(SetupKey::read(hex).is_err());
        assert!(SetupKey::read_parameter("MTIzNDU2Nzg5MA==", Some("base64")).is_ok());
        assert_eq!(SetupKey::read_parameter("MZXW", Some("rot13")).err(), Some(OtpError::UnclearParameter));
    }
}
