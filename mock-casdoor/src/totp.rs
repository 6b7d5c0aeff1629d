//! One-time passwords as Casdoor's server generates and checks them: SHA-1, six digits, 30 seconds, one step of
//! tolerance.
//!
//! This is deliberately not the library's implementation: the mock server tests the library, and tests compare both.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_SECONDS: i64 = 30;

/// The reason why a passcode is rejected, in Casdoor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasscodeError {
    /// Not six characters.
    #[error("Input length unexpected")]
    Length,
    /// Six characters, but not the right code.
    #[error("totp passcode error")]
    Wrong,
}

/// Returns the six digits for a base32 secret at this time; `None` if the secret is not base32.
pub fn code(secret: &str, unix_seconds: i64) -> Option<String> {
    let key = decode(secret)?;
    let step = u64::try_from(unix_seconds.div_euclid(STEP_SECONDS)).ok()?;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 15);
    let four: [u8; 4] = digest.get(offset..)?.get(..4)?.try_into().ok()?;
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

/// Accepts the code of the current, the previous and the next step.
pub(crate) fn check(secret: &str, passcode: &str, unix_seconds: i64) -> Result<(), PasscodeError> {
    let passcode = passcode.trim();
    if passcode.chars().count() != 6 {
        return Err(PasscodeError::Length);
    }
    let right = [0, -STEP_SECONDS, STEP_SECONDS]
        .into_iter()
        .any(|shift| code(secret, unix_seconds.saturating_add(shift)).as_deref() == Some(passcode));
    if right { Ok(()) } else { Err(PasscodeError::Wrong) }
}

/// Encodes a key in base32 without padding.
pub(crate) fn encode(key: &[u8]) -> String {
    let bits: Vec<u8> = key.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1)).collect();
    bits.chunks(5)
        .map(|five| (0..5).fold(0_u8, |value, at| (value << 1) | five.get(at).copied().unwrap_or(0)))
        .filter_map(|value| ALPHABET.get(usize::from(value)))
        .map(|sign| char::from(*sign))
        .collect()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for sign in text.trim_end_matches('=').bytes() {
        let sign = sign.to_ascii_uppercase();
        let value = ALPHABET.iter().position(|known| *known == sign)?;
        bits.extend((0..5).rev().map(|bit| u8::from((value >> bit) & 1 == 1)));
    }
    let bytes = bits.chunks_exact(8);
    Some(bytes.map(|eight| eight.iter().fold(0, |byte, bit| (byte << 1) | bit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238's key in base32; the expected codes are the last six digits of its SHA-1 column.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (moment, eight_digits) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(KEY, moment).unwrap(), eight_digits[2..]);
        }
    }

    #[test]
    fn a_code_is_valid_one_step_before_and_after_its_own() {
        assert_eq!(check(KEY, "287082", 59), Ok(()));
        assert_eq!(check(KEY, " 287082 ", 59 + 30), Ok(()));
        assert_eq!(check(KEY, "287082", 59 - 30), Ok(()));
        assert_eq!(check(KEY, "287082", 59 + 60), Err(PasscodeError::Wrong));
        assert_eq!(check(KEY, "28708", 59), Err(PasscodeError::Length));
    }

    #[test]
    fn base32_round_trips() {
        assert_eq!(encode(b"12345678901234567890"), KEY);
        assert_eq!(decode(KEY).unwrap(), b"12345678901234567890");
        assert_eq!(decode("not base32!"), None);
    }
}
