//! The key URI format: `otpauth://TYPE/LABEL?PARAMETERS`, and `steam://SECRET`.
//!
//! | part | read as | written as |
//! |---|---|---|
//! | type | `totp`, `hotp`, `steam`, either case | lower case |
//! | label | `issuer:account` or `account`, percent-encoded, everything up to `?` | `issuer:account`, encoded |
//! | `secret` | base32, see [`Key::from_base32`] | upper case, no padding |
//! | `issuer` | wins over the label's; `+` is a space | when there is one |
//! | `algorithm`, `digits`, `period` | defaults SHA1, 6, 30 | when they are not the default; digits of Steam's always |
//! | `counter` | default 0 | always for `hotp` |
//!
//! Source: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>. Casdoor's own labels hold a `/`.

use std::fmt;
use std::str::FromStr;

use super::{Algorithm, Digits, Key, Kind, Otp, OtpError, Period, percent};

/// The longest text that is looked at, in bytes.
pub const MAX_KEY_URI_BYTES: usize = 16 * 1024;

/// An [`Otp`] and the label that a person knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUri {
    /// Who issued it; may be empty.
    pub issuer: String,
    /// Whose account it is there; may be empty.
    pub name: String,
    /// What makes the codes.
    pub otp: Otp,
}

impl FromStr for KeyUri {
    type Err = OtpError;

    fn from_str(text: &str) -> Result<Self, OtpError> {
        if text.len() > MAX_KEY_URI_BYTES { Err(OtpError::TooLong) } else { Self::parse_kept(text) }
    }
}

impl KeyUri {
    /// Reads an address that was printed here and kept: whatever its length, an account that is there is never given up.
    pub(crate) fn parse_kept(text: &str) -> Result<Self, OtpError> {
        let text = text.trim();
        if let Some(secret) = strip_scheme(text, "steam://") {
            let key = Key::from_base32(&percent::decode(secret.trim_end_matches('/'))?)?;
            return Ok(Self { issuer: "Steam".into(), name: String::new(), otp: Otp::steam(key) });
        }
        let rest = strip_scheme(text, "otpauth://")
            .or_else(|| strip_scheme(text, "apple-otpauth://"))
            .ok_or(OtpError::NotAKeyUri)?;
        let (head, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, label) = head.split_once('/').unwrap_or((head, ""));
        let parameters = Parameters::read(query)?;
        let (issuer, name) = names(&percent::decode(label)?, parameters.issuer.as_deref());
        Ok(Self { issuer, name, otp: parameters.into_otp(kind)? })
    }
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let head = text.get(..scheme.len())?;
    if head.eq_ignore_ascii_case(scheme) { text.get(scheme.len()..) } else { None }
}

/// Splits `issuer:account`. The issuer parameter wins over the label's; its repetition before the account is dropped.
fn names(label: &str, issuer: Option<&str>) -> (String, String) {
    let label = label.trim();
    let one_colon = label.split_once(':').filter(|(_, name)| !name.contains(':'));
    let Some(issuer) = issuer.map(str::trim).filter(|issuer| !issuer.is_empty()) else {
        let (prefix, name) = label.split_once(':').unwrap_or(("", label));
        return (prefix.trim().into(), name.trim().into());
    };
    let repeated = label.strip_prefix(issuer).and_then(|rest| rest.trim_start().strip_prefix(':'));
    let name = repeated.or(one_colon.map(|(_, name)| name)).unwrap_or(label);
    (issuer.into(), name.trim().into())
}

/// The query's parameters that count; unknown ones are skipped, of one named twice the first counts.
#[derive(Default)]
struct Parameters {
    secret: Option<String>,
    issuer: Option<String>,
    algorithm: Option<String>,
    digits: Option<String>,
    period: Option<String>,
    counter: Option<String>,
}

impl Parameters {
    fn read(query: &str) -> Result<Self, OtpError> {
        let mut parameters = Self::default();
        let query = query.split('#').next().unwrap_or(query);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match name.to_ascii_lowercase().as_str() {
                "secret" => &mut parameters.secret,
                "issuer" => &mut parameters.issuer,
                "algorithm" => &mut parameters.algorithm,
                "digits" => &mut parameters.digits,
                "period" => &mut parameters.period,
                "counter" => &mut parameters.counter,
                _ => continue,
            };
            if slot.is_none() {
                *slot = Some(percent::decode(&value.replace('+', " "))?);
            }
        }
        Ok(parameters)
    }

    fn into_otp(self, kind: &str) -> Result<Otp, OtpError> {
        let kind = match kind.to_ascii_lowercase().as_str() {
            "totp" => Kind::Totp { period: whole(self.period.as_deref(), 30, OtpError::Period).and_then(Period::new)? },
            "hotp" => Kind::Hotp { counter: whole(self.counter.as_deref(), 0, OtpError::Counter)? },
            "steam" => Kind::Steam,
            _ => return Err(OtpError::UnknownKind),
        };
        let key = Key::from_base32(&self.secret.ok_or(OtpError::NoSecret)?)?;
        if kind == Kind::Steam {
            return Ok(Otp::steam(key));
        }
        let algorithm = self.algorithm.unwrap_or_default().parse::<Algorithm>()?;
        let digits = whole(self.digits.as_deref(), 6, OtpError::Digits).and_then(Digits::new)?;
        Ok(Otp { kind, key, algorithm, digits })
    }
}

fn whole(text: Option<&str>, default: u64, error: OtpError) -> Result<u64, OtpError> {
    match text.map(str::trim) {
        None | Some("") => Ok(default),
        Some(text) => text.parse().map_err(|_| error),
    }
}

impl fmt::Display for KeyUri {
    /// Spends the secret: for QR codes, exports and Casdoor's rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.otp.kind {
            Kind::Totp { .. } => "totp",
            Kind::Hotp { .. } => "hotp",
            Kind::Steam => "steam",
        };
        write!(f, "otpauth://{kind}/")?;
        // An account name with a colon needs an issuer part before it, or its own head would be taken for one.
        if !self.issuer.is_empty() || self.name.contains(':') {
            write!(f, "{}:", percent::encode(&self.issuer))?;
        }
        write!(f, "{}?secret={}", percent::encode(&self.name), self.otp.key.to_base32().expose())?;
        if !self.issuer.is_empty() {
            write!(f, "&issuer={}", percent::encode(&self.issuer))?;
        }
        if self.otp.kind == Kind::Steam {
            return Ok(());
        }
        if self.otp.algorithm != Algorithm::Sha1 {
            write!(f, "&algorithm={}", self.otp.algorithm)?;
        }
        // Other programs take the issuer Steam for Steam's codes where nothing says otherwise.
        if self.otp.digits != Digits::default() || self.issuer == "Steam" {
            write!(f, "&digits={}", self.otp.digits.count())?;
        }
        match self.otp.kind {
            Kind::Totp { period } if period != Period::default() => write!(f, "&period={}", period.seconds()),
            Kind::Hotp { counter } => write!(f, "&counter={counter}"),
            Kind::Totp { .. } | Kind::Steam => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn parse(text: &str) -> Result<KeyUri, OtpError> {
        text.replace("SECRET", SECRET).parse()
    }

    #[test]
    fn casdoors_own_label_with_a_slash_is_read() {
        let uri = parse(
            "otpauth://totp/Acme%20Works:acme/bob?algorithm=SHA1&digits=6&issuer=Acme%20Works&period=30&secret=SECRET",
        )
        .unwrap();
        assert_eq!((uri.issuer.as_str(), uri.name.as_str()), ("Acme Works", "acme/bob"));
        assert!(uri.otp.is_standard());
    }

    #[test]
    fn the_issuer_parameter_wins_and_an_encoded_colon_splits() {
        for (text, issuer, name) in [
            ("otpauth://totp/A%3A%20bob?secret=SECRET", "A", "bob"),
            ("otpauth://totp/Old:bob?secret=SECRET&issuer=New", "New", "bob"),
            ("otpauth://totp/bob?secret=SECRET&issuer=Air+Canada", "Air Canada", "bob"),
            ("otpauth://totp/a+b@x.org?secret=SECRET", "", "a+b@x.org"),
            ("otpauth://totp/a:b:c?secret=SECRET&issuer=a:b", "a:b", "c"),
            ("otpauth://totp/?secret=SECRET", "", ""),
            ("otpauth://totp?secret=SECRET", "", ""),
        ] {
            let uri = parse(text).unwrap();
            assert_eq!((uri.issuer.as_str(), uri.name.as_str()), (issuer, name), "{text}");
        }
    }

    #[test]
    fn bad_values_say_which() {
        for (text, error) in [
            ("otpauth://totp/a?secret=SECRET&period=0", OtpError::Period),
            ("otpauth://totp/a?secret=SECRET&period=-30", OtpError::Period),
            ("otpauth://totp/a?secret=SECRET&digits=11", OtpError::Digits),
            ("otpauth://totp/a?secret=SECRET&algorithm=MD5", OtpError::Algorithm),
            ("otpauth://hotp/a?secret=SECRET&counter=18446744073709551616", OtpError::Counter),
            ("otpauth://totp/a", OtpError::NoSecret),
            ("otpauth://totp/a?secret=", OtpError::SecretLength),
            ("otpauth://totp/a?secret=A1", OtpError::SecretCharacter { position: 2 }),
            ("otpauth://yaotp/a?secret=SECRET", OtpError::UnknownKind),
            ("https://example.com", OtpError::NotAKeyUri),
            ("otpauth://totp/%FF?secret=SECRET", OtpError::Escape),
        ] {
            assert_eq!(parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn a_megabyte_of_label_is_refused_before_any_work() {
        let text = format!("otpauth://totp/{}?secret={SECRET}", "a".repeat(1 << 20));
        assert_eq!(text.parse::<KeyUri>().unwrap_err(), OtpError::TooLong);
    }

    #[test]
    fn steam_is_read_in_both_spellings() {
        for text in [
            "steam://SECRET",
            "otpauth://steam/Steam:bob?secret=SECRET&issuer=Steam",
            "otpauth://STEAM/Steam?secret=SECRET",
        ] {
            assert_eq!(parse(text).unwrap().otp.kind, Kind::Steam, "{text}");
        }
    }

    fn any_uri() -> impl Strategy<Value = KeyUri> {
        let kind = prop_oneof![
            (1_u64..=86_400).prop_map(|p| Kind::Totp { period: Period::new(p).unwrap() }),
            any::<u64>().prop_map(|counter| Kind::Hotp { counter }),
            Just(Kind::Steam),
        ];
        let algorithm = prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)];
        let bytes = prop::collection::vec(any::<u8>(), 1..80);
        (".{0,40}", ".{0,40}", kind, algorithm, 5_u64..=10, bytes).prop_map(
            |(issuer, name, kind, algorithm, digits, bytes)| {
                let key = Key::new(bytes).unwrap();
                let otp = match kind {
                    Kind::Steam => Otp::steam(key),
                    _ => Otp { kind, key, algorithm, digits: Digits::new(digits).unwrap() },
                };
                KeyUri { issuer: issuer.trim().into(), name: name.trim().into(), otp }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_to_the_same(uri in any_uri()) {
            prop_assert_eq!(uri.to_string().parse::<KeyUri>(), Ok(uri));
        }

        #[test]
        fn no_text_panics(text in ".*", tail in "[a-z%&=?:/0-9]*") {
            let _ = text.parse::<KeyUri>();
            let _ = format!("otpauth://totp/{text}?{tail}").parse::<KeyUri>();
        }
    }
}
