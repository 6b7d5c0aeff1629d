//! Algorithm, digits and period, as types whose values are always in range.

use std::fmt;
use std::str::FromStr;

use super::OtpError;

/// The hash function of HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, which nearly all issuers use.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl fmt::Display for Algorithm {
    /// Prints the name in the key URI format: `SHA1`, `SHA256`, `SHA512`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        })
    }
}

impl FromStr for Algorithm {
    type Err = OtpError;

    /// Parses the spellings that programs use: `SHA1`, `sha-256`, `HmacSHA512`, `Algorithm.sha1`. An empty text is
    /// SHA-1.
    fn from_str(text: &str) -> Result<Self, OtpError> {
        // A name may be quoted, or preceded by the name of its type.
        let text = text.trim().trim_matches(['"', '\'']);
        let text = text.rsplit_once('.').filter(|(kind, _)| kind.ends_with("lgorithm")).map_or(text, |(_, name)| name);
        let is_separator = |c: &char| c.is_whitespace() || "-_./".contains(*c);
        let plain: String =
            text.chars().filter(|c| !is_separator(c)).map(|c| c.to_ascii_lowercase()).take(32).collect();
        // A text without a name, such as `-` or `HMAC`, is not the default.
        if plain.is_empty() != text.is_empty() {
            return Err(OtpError::Algorithm);
        }
        let plain = plain.strip_prefix("algorithm").unwrap_or(&plain);
        match plain.strip_prefix("hmac").unwrap_or(plain) {
            "" if text.is_empty() => Ok(Self::Sha1),
            "sha1" => Ok(Self::Sha1),
            // FIPS 180-4 and Node call the algorithm "SHA2-256", after the family.
            "sha256" | "sha2256" => Ok(Self::Sha256),
            "sha512" | "sha2512" => Ok(Self::Sha512),
            _ => Err(OtpError::Algorithm),
        }
    }
}

/// The length of a code, 4 to 10 digits; 6 by default. Locks and door systems use 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits(u8);

impl Digits {
    /// The five characters of a Steam code.
    pub const STEAM: Self = Self(5);

    /// The eight digits of a Battle.net code.
    pub const BATTLE_NET: Self = Self(8);

    /// Creates a code length.
    ///
    /// # Errors
    /// [`OtpError::Digits`] outside 4 to 10.
    pub fn new(digits: u64) -> Result<Self, OtpError> {
        match u8::try_from(digits) {
            Ok(n @ 4..=10) => Ok(Self(n)),
            _ => Err(OtpError::Digits),
        }
    }

    /// Returns the number of digits, 4 to 10.
    pub fn count(self) -> u8 {
        self.0
    }
}

impl Default for Digits {
    fn default() -> Self {
        Self(6)
    }
}

/// The validity of a TOTP code, 1 to 86,400 seconds; 30 by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(u32);

impl Period {
    /// Creates a period.
    ///
    /// # Errors
    /// [`OtpError::Period`] outside 1 to 86,400.
    pub fn new(seconds: u64) -> Result<Self, OtpError> {
        match u32::try_from(seconds) {
            Ok(n @ 1..=86_400) => Ok(Self(n)),
            _ => Err(OtpError::Period),
        }
    }

    /// Creates a period that another program wrote. No code is valid for hours, so values such as 30000 are
    /// milliseconds.
    ///
    /// # Errors
    /// [`OtpError::Milliseconds`], and as in [`Period::new`].
    pub fn of_other_program(seconds: u64) -> Result<Self, OtpError> {
        let is_milliseconds = seconds >= 5_000 && seconds.is_multiple_of(1_000);
        if is_milliseconds { Err(OtpError::Milliseconds) } else { Self::new(seconds) }
    }

    /// Returns the period in seconds, 1 to 86,400.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl Default for Period {
    fn default() -> Self {
        Self(30)
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Digits, Period};

    #[test]
    fn algorithms_are_read_in_the_spellings_that_programs_write() {
        for text in [
            "SHA256",
            "sha256",
            "SHA-256",
            "HmacSHA256",
            "Algorithm.sha256",
            "HMAC-SHA-256",
            "OtpAlgorithm.SHA256",
            "\"SHA256\"",
        ] {
            assert_eq!(text.parse(), Ok(Algorithm::Sha256), "{text}");
        }
        assert_eq!("".parse(), Ok(Algorithm::Sha1));
        assert!("MD5".parse::<Algorithm>().is_err());
    }

    #[test]
    fn ranges_hold_at_both_ends() {
        assert!(Digits::new(3).is_err() && Digits::new(11).is_err() && Digits::new(262).is_err());
        assert!((4..=10).all(|n| Digits::new(n).is_ok()));
        assert!(Period::new(0).is_err() && Period::new(86_401).is_err() && Period::new(u64::MAX).is_err());
        assert!(Period::new(1).is_ok() && Period::new(86_400).is_ok());
    }
}
