//! The query of a key URI: splits it into parameters, and rejects what cannot be interpreted.
//!
//! A parameter that affects the code (secret, algorithm, digits, period, counter) is either interpreted or an error.
//! The default applies only if the parameter is absent. Parameters that only describe the account are read leniently.
//!
//! | text | read as |
//! |---|---|
//! | `&amp;`, `&#38;`, `\u0026` | `&` |
//! | `;`, `?` or `#` before the name of a known parameter and `=` | `&` |
//! | a part without `=` after the issuer (`issuer=A & B`) | the rest of the issuer |
//! | any other `#…` at the end of the query, except in an issuer | a fragment, which is dropped |
//! | a known name in another case, or a common synonym (`digit`, `algo`, `step`) | that parameter |
//! | another name that resembles a known one (`digts`, `hashAlgorithm`) | [`OtpError::UnclearParameter`] |
//! | another name that may mean a setting (`size=8`, `hmac=sha256`) | the same, unless the codes have this setting |
//! | a repeated parameter with a different value | [`OtpError::Contradiction`] |

use super::parameter_name::{Name, name_of};
use crate::otp::{Algorithm, Kind, Otp, OtpError, percent};

/// The decoded parameters of a key URI.
#[derive(Default)]
pub(super) struct Query {
    pub(super) secret: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) algorithm: Option<String>,
    pub(super) digits: Option<String>,
    pub(super) period: Option<String>,
    pub(super) counter: Option<String>,
    /// The encoding of the secret, for example `hex`.
    pub(super) encoding: Option<String>,
    /// The URI is marked as Steam's, by `encoder=steam`, WinAuth's `deviceid`, or a flag named `steam`.
    pub(super) is_steam: bool,
    /// The name of a parameter resembles `counter`. This matters only for HOTP.
    pub(super) has_unclear_counter: bool,
    /// The codes count from a shifted time. This matters only for TOTP.
    pub(super) has_offset: bool,
    /// The type in a parameter such as `otpType`, in lower case.
    pub(super) kind: Option<String>,
    /// Parameters that may have been meant as a setting.
    hints: Vec<Hint>,
}

/// A parameter that no program is known to read, but that may have been meant as a setting. It is harmless only if the
/// codes have this setting anyway.
enum Hint {
    /// For example `size=8`.
    Digits(String),
    /// For example `duration=60`.
    Period(String),
    /// A parameter with any name whose value is a hash function.
    Algorithm(Algorithm),
}

impl Query {
    /// Splits a query and collects its parameters.
    ///
    /// # Errors
    /// [`OtpError::UnclearParameter`], [`OtpError::Contradiction`], [`OtpError::Escape`], [`OtpError::Epoch`],
    /// [`OtpError::TwoStep`].
    pub(super) fn read(query: &str) -> Result<Self, OtpError> {
        let mut read = Self::default();
        let query = with_plain_ampersands(query);
        let parts: Vec<&str> = query.split('&').flat_map(split_further).collect();
        let last = parts.len().saturating_sub(1);
        let mut follows_issuer = false;
        for (index, part) in parts.into_iter().enumerate() {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name_of(name), Some(value)),
                None => (name_of(part.split('#').next().unwrap_or(part)), None),
            };
            match (name, value) {
                (Name::Other, None) => {
                    if let Some(issuer) = read.issuer.as_mut().filter(|_| follows_issuer) {
                        *issuer = format!("{}&{}", issuer, free_text(part));
                    }
                    continue;
                }
                (Name::Issuer, _) => read.take_issuer(value.unwrap_or_default()),
                (Name::MaybeDigits | Name::MaybePeriod | Name::Sha | Name::Other, Some(value)) => {
                    read.take_hint(name, value)
                }
                (_, value) => {
                    let value = value.unwrap_or_default();
                    let value = if index == last { value.split('#').next().unwrap_or(value) } else { value };
                    read.take(name, value)?;
                }
            }
            follows_issuer = name == Name::Issuer;
        }
        Ok(read)
    }

    fn take_issuer(&mut self, value: &str) {
        // The issuer does not affect the code, so the first one that is not empty is used.
        if self.issuer.as_deref().is_none_or(str::is_empty) {
            self.issuer = Some(free_text(value));
        }
    }

    fn take_hint(&mut self, name: Name, value: &str) {
        let value = percent::decode_or_replace(value).trim().to_owned();
        let is_within =
            |range: std::ops::RangeInclusive<u64>| value.parse().is_ok_and(|number| range.contains(&number));
        match (name, value.parse::<Algorithm>()) {
            (Name::MaybeDigits, _) if is_within(4..=10) => self.hints.push(Hint::Digits(value)),
            // A larger number is a point in time.
            (Name::MaybePeriod, _) if is_within(5..=3600) => self.hints.push(Hint::Period(value)),
            (Name::Sha, _) => {
                if let Ok(algorithm) = format!("sha{value}").parse() {
                    self.hints.push(Hint::Algorithm(algorithm));
                }
            }
            (Name::Other, Ok(algorithm)) if !value.is_empty() => self.hints.push(Hint::Algorithm(algorithm)),
            _ => {}
        }
    }

    /// Checks that the codes have the settings that parameters with unknown names suggest.
    ///
    /// # Errors
    /// [`OtpError::UnclearParameter`].
    pub(super) fn check_hints(&self, otp: &Otp) -> Result<(), OtpError> {
        let agrees = |hint: &Hint| match (hint, otp.kind) {
            (Hint::Digits(text), _) => text.parse() == Ok(otp.digits.count()),
            (Hint::Period(text), Kind::Totp { period }) => text.parse() == Ok(period.seconds()),
            (Hint::Period(_), _) => true,
            (Hint::Algorithm(algorithm), _) => *algorithm == otp.algorithm,
        };
        if self.hints.iter().all(agrees) { Ok(()) } else { Err(OtpError::UnclearParameter) }
    }

    fn take(&mut self, name: Name, value: &str) -> Result<(), OtpError> {
        let slot = match name {
            Name::Secret => &mut self.secret,
            Name::Algorithm => &mut self.algorithm,
            Name::Digits => &mut self.digits,
            Name::Period => &mut self.period,
            Name::Counter => &mut self.counter,
            Name::Encoding => &mut self.encoding,
            Name::Encoder => return self.take_encoder(value),
            Name::Steam => {
                self.is_steam |= !["false", "0", "no"].contains(&value.to_ascii_lowercase().as_str());
                return Ok(());
            }
            Name::Epoch if ["", "0"].contains(&value.trim()) => return Ok(()),
            Name::Epoch => return Err(OtpError::Epoch),
            Name::TwoStep => return Err(OtpError::TwoStep),
            Name::Unclear => return Err(OtpError::UnclearParameter),
            Name::UnclearCounter => {
                self.has_unclear_counter = true;
                return Ok(());
            }
            Name::YandexPin => return Err(OtpError::Yandex),
            Name::Pin => return take_pin(value),
            Name::Offset => {
                self.has_unclear_counter = true;
                self.has_offset |= value.trim().parse::<f64>().is_ok_and(|seconds| seconds != 0.0);
                return Ok(());
            }
            Name::Kind => {
                self.kind = Some(value.trim().to_ascii_lowercase());
                return Ok(());
            }
            Name::Issuer | Name::MaybeDigits | Name::MaybePeriod | Name::Sha | Name::Other => return Ok(()),
        };
        let value = percent::decode(value)?;
        match slot {
            Some(before) if !is_equal(name, before, &value) => Err(OtpError::Contradiction),
            Some(_) => Ok(()),
            None => {
                *slot = Some(value);
                Ok(())
            }
        }
    }

    /// Interprets KeePassXC's `encoder=steam`. Other encoders would generate different codes, so they are rejected.
    fn take_encoder(&mut self, value: &str) -> Result<(), OtpError> {
        match value.trim().to_ascii_lowercase().as_str() {
            "steam" => self.is_steam = true,
            "" | "default" => {}
            "yandex" => return Err(OtpError::Yandex),
            _ => return Err(OtpError::UnclearParameter),
        }
        Ok(())
    }
}

/// Rejects the PIN of an account, which mOTP and Yandex Key need for the code. privacyIDEA's `pin=True` only locks the
/// app.
fn take_pin(value: &str) -> Result<(), OtpError> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && value.len() >= 4 { Err(OtpError::UnclearParameter) } else { Ok(()) }
}

/// Returns whether two spellings of a value have the same meaning.
fn is_equal(name: Name, one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        let kept = text.chars().filter(|character| character.is_alphanumeric());
        let text: String = kept.flat_map(char::to_lowercase).collect();
        match name {
            Name::Secret | Name::Encoding => text,
            Name::Algorithm => text.trim_start_matches("hmac").to_owned(),
            _ => text.trim_start_matches('0').to_owned(),
        }
    };
    plain(one) == plain(other)
}

/// Replaces the escape sequences for an ampersand in HTML and JSON.
fn with_plain_ampersands(query: &str) -> String {
    let mut text = query.to_owned();
    for escape in ["&#38;", "&#x26;", "&#X26;", "\\u0026"] {
        text = text.replace(escape, "&");
    }
    // `&amp;amp;` is an ampersand that was escaped twice.
    loop {
        let lower = text.to_ascii_lowercase();
        let Some(at) = lower.find("&amp;") else { return text };
        text.replace_range(at.saturating_add(1)..at.saturating_add(5), "");
    }
}

/// Splits a part at each `;`, `?` and `#` that is followed by the name of a known parameter and `=`.
fn split_further(part: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut from) = (0_usize, 0_usize);
    // The URL of an image may contain a query.
    while let Some(ahead) =
        part.get(from..).and_then(|rest| rest.find([';', '?', '#'])).filter(|_| !part.contains("://"))
    {
        let at = from.saturating_add(ahead);
        let next = at.saturating_add(1);
        let rest = part.get(next..).unwrap_or_default();
        if rest.split_once('=').is_some_and(|(name, _)| !matches!(name_of(name), Name::Other)) {
            parts.push(part.get(start..at).unwrap_or_default());
            start = next;
        }
        from = next;
    }
    parts.push(part.get(start..).unwrap_or_default());
    parts
}

/// Decodes text that is only displayed. A `+` between two letters or digits is a space, unless the text also contains
/// encoded spaces.
fn free_text(value: &str) -> String {
    let has_spaces = value.contains(' ') || value.contains("%20");
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let is_inside = [before, after].iter().all(|around| around.is_alphanumeric() || "%)('.,".contains(*around));
        text.push(if character == '+' && is_inside && !has_spaces { ' ' } else { character });
        before = character;
    }
    percent::decode_or_replace(&text)
}

/// Returns whether a text begins like the first parameter of a query: with a name and `=`.
pub(super) fn begins_query(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default();
    text.contains('=')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.;%".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_keeps_its_ampersand_and_its_plus() {
        for (query, issuer) in [
            ("issuer=O'Brien & Sons&digits=8", "O'Brien & Sons"),
            ("issuer=A&amp;B&amp;digits=8", "A&B"),
            ("issuer=Disney+&digits=8", "Disney+"),
            ("issuer=C++ Forum&digits=8", "C++ Forum"),
            ("issuer=Air+Canada&digits=8", "Air Canada"),
            ("issuer=C#&digits=8", "C#"),
            ("issuer=A;digits=8", "A"),
            ("issuer=B%FCcherei&digits=8", "B\u{fc}cherei"),
        ] {
            let read = Query::read(query).unwrap();
            assert_eq!((read.issuer.as_deref(), read.digits.as_deref()), (Some(issuer), Some("8")), "{query}");
        }
    }

    #[test]
    fn synonyms_are_understood_and_similar_names_are_rejected() {
        for name in ["digits", "DIGITS", "Digit", "amp;digits", "ampdigits", "%64igits", " digits"] {
            assert_eq!(Query::read(&format!("a=b&{name}=8")).unwrap().digits.as_deref(), Some("8"), "{name}");
        }
        for name in ["digts", "numDigits", "digitos", "hashAlgorithm", "algoritm", "periode", "perod", "time_period"] {
            assert_eq!(Query::read(&format!("{name}=8")).err(), Some(OtpError::UnclearParameter), "{name}");
        }
        for name in ["image", "icon", "lock", "serial", "country", "user", "tags", "codeDisplay"] {
            assert!(Query::read(&format!("{name}=8")).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_picture_with_a_query_of_its_own_hides_no_parameter() {
        let read = Query::read("secret=A&image=https://x.example/a.png?digits=9;period=1&digits=8").unwrap();
        assert_eq!((read.digits.as_deref(), read.period), (Some("8"), None));
    }
}
