//! The key URI format: `otpauth://TYPE/LABEL?PARAMETERS`, and `steam://SECRET`.
//!
//! [`KeyUri::read`] reads URIs from other programs: QR codes, links, pasted text, files. It supports their conventions,
//! and reports every guess. The [`FromStr`] implementation reads what [`KeyUri`] printed.
//!
//! | part | read as | written as |
//! |---|---|---|
//! | type | `totp`, `hotp`, `steam`, either case | lower case |
//! | label | `issuer:account` or `account`, percent-encoded, up to the query | `issuer:account`, encoded |
//! | `secret` | see [`SetupKey`] | upper case, no padding |
//! | `issuer` | takes precedence over the label's issuer | unless it is empty |
//! | `algorithm`, `digits`, `period` | if absent, SHA1, 6, 30; if unknown, an error | unless it is the default; `digits` always if the issuer is Steam |
//! | `counter` | if absent, 0; if unknown, an error | always for `hotp` |
//!
//! Steam is recognized by the scheme, the type, `encoder=steam`, `digits=s`, WinAuth's `deviceid`, and the prefix
//! `stm-` of the secret. In URIs from other programs, it is also recognized by the issuer Steam if there are no digits
//! or 5. `docs/key-uris.md` compares these rules with those of other programs.
//!
//! Source: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>. The labels of Casdoor contain a `/`.

mod label;
mod parameter_name;
mod query;
mod wrapped;

use std::fmt;
use std::str::FromStr;

use super::setup_key::{SecretPrefix, SetupKey};
use super::{Algorithm, Digits, Key, Kind, Otp, OtpError, Period, percent};
use query::Query;

pub(crate) use wrapped::{SCHEMES, from_quoted_printable, is_continuation};
pub use wrapped::{addresses, lines};

/// Maximum length of a key URI, in bytes.
pub const MAX_KEY_URI_BYTES: usize = 16 * 1024;

/// The minimum length of a key for accepting a text without a URI scheme as a setup key, in bytes.
const MIN_BARE_KEY_BYTES: usize = 10;

/// An [`Otp`] and the names of its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUri {
    /// The issuer; may be empty.
    pub issuer: String,
    /// The account name; may be empty.
    pub name: String,
    /// The key and the parameters of the codes.
    pub otp: Otp,
}

/// A key URI from another program, and what the user should know before it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The account.
    pub uri: KeyUri,
    /// The issuer in the label if it differs from the `issuer` parameter; otherwise empty.
    pub label_issuer: String,
    /// The secret contains `0`, `1` or `8`, which are not base32 characters. The user must confirm the letters that
    /// replace them.
    pub is_guess: bool,
    /// An alternative to [`uri`](Self::uri)'s key in this case.
    pub other: Option<Key>,
}

impl FromStr for KeyUri {
    type Err = OtpError;

    /// Parses a key URI that [`KeyUri`] printed. Like a strict program, this guesses nothing.
    fn from_str(text: &str) -> Result<Self, OtpError> {
        if text.len() > MAX_KEY_URI_BYTES { Err(OtpError::TooLong) } else { Self::parse_kept(text) }
    }
}

/// The origin of a key URI.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UriSource {
    /// This extension, so it is read strictly.
    Here,
    /// Another program, whose conventions apply.
    Outside,
}

impl KeyUri {
    /// Reads a key URI that another program wrote: from a QR code, a link, a pasted text or a file.
    ///
    /// # Errors
    /// [`OtpError`], with the reason for the user.
    pub fn read(text: &str) -> Result<Reading, OtpError> {
        if text.len() > MAX_KEY_URI_BYTES { Err(OtpError::TooLong) } else { parse(text, UriSource::Outside) }
    }

    /// Reads a key URI, or a bare setup key of at least 10 bytes, as issuers show it next to the QR code.
    ///
    /// # Errors
    /// [`OtpError::NotAKeyUri`] if the text is neither, otherwise as in [`KeyUri::read`].
    pub fn read_or_setup_key(text: &str) -> Result<Reading, OtpError> {
        match Self::read(text) {
            Err(OtpError::NotAKeyUri) => {
                let setup_key = SetupKey::read(text).map_err(|_| OtpError::NotAKeyUri)?;
                if setup_key.key.expose().len() < MIN_BARE_KEY_BYTES {
                    return Err(OtpError::NotAKeyUri);
                }
                Ok(Reading::of_setup_key(setup_key))
            }
            read => read,
        }
    }

    /// Reads a key URI that this extension wrote and stored. There is no length limit, so that no stored account is
    /// lost.
    pub(crate) fn parse_kept(text: &str) -> Result<Self, OtpError> {
        match parse(text, UriSource::Here)? {
            Reading { is_guess: true, .. } => Err(OtpError::LookAlikes),
            reading => Ok(reading.uri),
        }
    }
}

impl Reading {
    fn of_setup_key(setup_key: SetupKey) -> Self {
        let SetupKey { key, mark, is_guess, other } = setup_key;
        let uri = KeyUri { issuer: String::new(), name: String::new(), otp: Otp::standard(key).with_mark(mark) };
        Self { uri, label_issuer: String::new(), is_guess, other }
    }
}

/// Returns whether a character is removed around a URI because it belongs to the text that the URI was copied from.
fn is_wrapping(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{feff}' | '\u{200b}' | '"' | '<' | '>' | '`')
}

fn parse(text: &str, source: UriSource) -> Result<Reading, OtpError> {
    let text = text.trim_matches(is_wrapping);
    let unquoted = wrapped::from_quoted_printable(text).filter(|_| source == UriSource::Outside);
    let text = unquoted.as_deref().unwrap_or(text);
    if let Some(secret) = strip_scheme(text, "steam://") {
        let read = SetupKey::read_steam(percent::decode(secret)?.trim_end_matches('/'))?;
        let mut reading = Reading::of_setup_key(SetupKey { mark: Some(SecretPrefix::Steam), ..read });
        reading.uri.issuer = "Steam".into();
        return Ok(reading);
    }
    if strip_scheme(text, "motp://").is_some() {
        return Err(OtpError::Motp);
    }
    if let Some(app) = app_of(text) {
        return Err(OtpError::OtherApp(app));
    }
    let decoded;
    let rest = match strip_scheme(text, "otpauth://").or_else(|| strip_scheme(text, "apple-otpauth://")) {
        Some(rest) => rest,
        // The entire URI is percent-encoded.
        None if strip_scheme(text, "otpauth%3A%2F%2F").is_some() => {
            decoded = percent::decode_or_replace(text);
            strip_scheme(&decoded, "otpauth://").ok_or(OtpError::NotAKeyUri)?
        }
        None => return Err(OtpError::NotAKeyUri),
    };
    if source == UriSource::Outside && wrapped::contains_another(rest) {
        return Err(OtpError::Contradiction);
    }
    let (head, query) = split_query(rest);
    let (kind, label) = head.trim_start_matches('/').split_once('/').unwrap_or((head, ""));
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "totp" | "hotp" | "steam" => {}
        "motp" => return Err(OtpError::Motp),
        "yaotp" => return Err(OtpError::Yandex),
        "push" | "pipush" => return Err(OtpError::Push),
        _ => return Err(OtpError::UnknownKind),
    }
    let query = Query::read(query)?;
    let names = label::split(&percent::decode_or_replace(label), query.issuer.as_deref());
    let secret = query.secret.as_deref().filter(|secret| !is_placeholder(secret, source)).ok_or(OtpError::NoSecret)?;
    let kind = query.kind_with(&kind, source)?;
    let setup_key = match query.encoding.as_deref() {
        None if kind == "steam" || query.is_marked_steam() => SetupKey::read_steam(secret)?,
        encoding => SetupKey::read_parameter(secret, encoding)?,
    };
    // WinAuth writes the name of the service as the account name.
    let has_five = query.digits.as_deref().is_some_and(|digits| digits.trim() == "5");
    let issuer = if names.issuer.is_empty() && has_five { &names.account } else { &names.issuer };
    let otp = query.to_otp(kind, issuer, &setup_key, source)?;
    query.check_hints(&otp)?;
    Ok(Reading {
        uri: KeyUri { issuer: names.issuer, name: names.account, otp },
        label_issuer: names.other_issuer,
        is_guess: setup_key.is_guess,
        other: setup_key.other,
    })
}

/// The beginnings of links that set up an account in one particular app. They contain a one-time registration code
/// instead of a key.
const APPS: [(&str, &str); 15] = [
    ("phonefactor://", "Microsoft Authenticator"),
    ("microsoft-authenticator://", "Microsoft Authenticator"),
    ("duo://", "Duo Mobile"),
    ("oktaverify://", "Okta Verify"),
    ("com.okta.authenticator:", "Okta Verify"),
    ("com.rsa.securid://", "RSA SecurID"),
    ("com.rsa.securid.iphone://", "RSA SecurID"),
    ("http://127.0.0.1/securid/", "RSA SecurID"),
    ("pushauth://", "ForgeRock Authenticator"),
    ("igmobileotp://", "Entrust Identity"),
    ("mobileotp://", "Entrust Identity"),
    ("tiqrenroll://", "tiqr"),
    ("tiqrauth://", "tiqr"),
    ("authy://", "Authy"),
    ("battlenet://", "Battle.net"),
];

/// Returns the app that a link is for.
fn app_of(text: &str) -> Option<&'static str> {
    APPS.iter().find(|(beginning, _)| strip_scheme(text, beginning).is_some()).map(|(_, app)| *app)
}

/// Returns whether a secret is what a faulty program writes instead of a missing one. It would be valid base32.
fn is_placeholder(secret: &str, source: UriSource) -> bool {
    let words = ["undefined", "null", "none", "nil", "nan"];
    source == UriSource::Outside && words.iter().any(|word| secret.trim().eq_ignore_ascii_case(word))
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let head = text.get(..scheme.len())?;
    if head.eq_ignore_ascii_case(scheme) { text.get(scheme.len()..) } else { None }
}

/// Splits at the first `?` that is followed by a parameter. The label may also contain a `?`.
fn split_query(rest: &str) -> (&str, &str) {
    let mut marks = rest.match_indices('?').map(|(at, _)| (at, rest.get(at.saturating_add(1)..).unwrap_or_default()));
    let first = marks.clone().next();
    let found = marks.find(|(_, query)| query::begins_query(query)).or(first);
    found.map_or((rest, ""), |(at, query)| (rest.get(..at).unwrap_or_default(), query))
}

impl Query {
    fn to_otp(&self, kind: &str, issuer: &str, setup_key: &SetupKey, source: UriSource) -> Result<Otp, OtpError> {
        let key = setup_key.key.clone();
        if kind == "steam" || self.is_marked_steam() || setup_key.mark == Some(SecretPrefix::Steam) {
            return if kind == "hotp" { Err(OtpError::UnknownKind) } else { self.steam(key) };
        }
        if kind == "totp" && source == UriSource::Outside && self.is_steam_by_issuer(issuer) {
            return self.steam(key);
        }
        if setup_key.mark == Some(SecretPrefix::BattleNet) {
            let has_digits = matches!(whole(self.digits.as_deref(), 8, OtpError::Digits), Ok(8));
            let is_one = kind == "totp" && has_digits && self.has_parameters_of_steam();
            return if is_one {
                Ok(Otp::standard(key).with_mark(setup_key.mark))
            } else {
                Err(OtpError::Contradiction)
            };
        }
        let kind = match kind {
            "totp" if self.has_offset => return Err(OtpError::Epoch),
            "totp" => Kind::Totp { period: self.read_period(source)? },
            _ if self.counter.is_none() && self.has_unclear_counter => return Err(OtpError::UnclearParameter),
            _ => Kind::Hotp { counter: whole(self.counter.as_deref(), 0, OtpError::Counter)? },
        };
        let digits = whole(self.digits.as_deref(), 6, OtpError::Digits).and_then(Digits::new)?;
        Ok(Otp { kind, key, algorithm: self.read_algorithm()?, digits })
    }

    /// Returns the type, which a parameter may repeat or replace by Steam.
    fn kind_with<'a>(&self, kind: &'a str, source: UriSource) -> Result<&'a str, OtpError> {
        match self.kind.as_deref().filter(|_| source == UriSource::Outside) {
            Some("steam" | "steamtotp") if kind != "hotp" => Ok("steam"),
            Some("totp" | "hotp" | "steam" | "steamtotp") if self.kind.as_deref() != Some(kind) && kind != "steam" => {
                Err(OtpError::Contradiction)
            }
            Some("motp") => Err(OtpError::Motp),
            Some("yandex" | "yaotp") => Err(OtpError::Yandex),
            _ => Ok(kind),
        }
    }

    fn is_marked_steam(&self) -> bool {
        self.is_steam || self.digits.as_deref().is_some_and(|digits| digits.trim().eq_ignore_ascii_case("s"))
    }

    /// Returns whether the issuer is the only sign of Steam, as in URIs of Steam's own app and Stratum. If the URI has
    /// `digits=6`, the code has six digits.
    fn is_steam_by_issuer(&self, issuer: &str) -> bool {
        let issuer = issuer.to_ascii_lowercase();
        match self.digits.as_deref().map(str::trim) {
            None => issuer == "steam" && self.has_parameters_of_steam(),
            Some("5") => issuer == "steam" || (issuer.contains("steam") && self.has_parameters_of_steam()),
            Some(_) => false,
        }
    }

    /// Returns whether the period and the algorithm are Steam's, which are also those of Battle.net.
    fn has_parameters_of_steam(&self) -> bool {
        let period = whole(self.period.as_deref(), 30, OtpError::Period);
        period == Ok(30) && self.read_algorithm() == Ok(Algorithm::Sha1)
    }

    /// Returns a Steam account. Steam has a fixed algorithm and period, so a URI with other values contradicts itself.
    fn steam(&self, key: Key) -> Result<Otp, OtpError> {
        if self.has_parameters_of_steam() { Ok(Otp::steam(key)) } else { Err(OtpError::Contradiction) }
    }

    fn read_algorithm(&self) -> Result<Algorithm, OtpError> {
        match self.algorithm.as_deref().map(str::trim) {
            None => Ok(Algorithm::default()),
            Some("") => Err(OtpError::Algorithm),
            Some(name) => name.parse(),
        }
    }

    fn read_period(&self, source: UriSource) -> Result<Period, OtpError> {
        let seconds = whole(self.period.as_deref(), 30, OtpError::Period)?;
        if source == UriSource::Outside { Period::of_other_program(seconds) } else { Period::new(seconds) }
    }
}

/// Parses a whole number. Some programs write `30.0`. An empty value is an error, like any other text.
fn whole(text: Option<&str>, default: u64, error: OtpError) -> Result<u64, OtpError> {
    let Some(text) = text.map(str::trim) else { return Ok(default) };
    let text = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0')).map_or(text, |(n, _)| n);
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().map_err(|_| error) } else { Err(error) }
}

impl fmt::Display for KeyUri {
    /// Prints the URI, including the secret: for QR codes, exports and Casdoor's rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.otp.kind {
            Kind::Totp { .. } => "totp",
            Kind::Hotp { .. } => "hotp",
            Kind::Steam => "steam",
        };
        write!(f, "otpauth://{kind}/")?;
        // An account name with a colon needs a prefix, even an empty one. Otherwise its beginning would be read as the
        // issuer.
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
        // Without digits, other programs and `KeyUri::read` interpret the issuer Steam as Steam's codes.
        if self.otp.digits != Digits::default() || self.issuer.eq_ignore_ascii_case("steam") {
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
mod tests;
