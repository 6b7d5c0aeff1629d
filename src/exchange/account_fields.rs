//! The fields of a row before it becomes an account: parses the type names that programs use, and fills in defaults.

use super::json::{self, Value};
use super::{Imported, Reason};
use crate::otp::{Digits, Key, KeyUri, Kind, Otp, OtpError, Period, SetupKey, addresses};

/// The fields of a row. Missing fields get the defaults of the key URI format: SHA-1, 6 digits, 30 s, counter 0.
#[derive(Default)]
pub(super) struct AccountFields<'a> {
    /// `totp`, `hotp` or `steam`, in upper or lower case. Other types, such as `motp` and `yandex`, are rejected.
    pub(super) kind: &'a str,
    pub(super) issuer: &'a str,
    pub(super) name: &'a str,
    pub(super) algorithm: &'a str,
    pub(super) digits: Option<u64>,
    pub(super) period: Option<u64>,
    pub(super) counter: Option<u64>,
}

impl AccountFields<'_> {
    /// Creates the account with a key that is already decoded.
    pub(super) fn with_key(self, row: usize, key: Result<Key, Reason>) -> Result<Imported, Reason> {
        let kind = self.kind()?;
        let otp = match kind {
            Kind::Steam => Otp::steam(key?),
            _ => Otp {
                kind,
                key: key?,
                algorithm: self.algorithm.parse()?,
                digits: self.digits.map_or(Ok(Digits::default()), Digits::new)?,
            },
        };
        let uri = KeyUri { issuer: self.issuer.trim().to_owned(), name: self.name.trim().to_owned(), otp };
        Ok(Imported::new(row, uri))
    }

    /// Creates the account with a base32 key.
    pub(super) fn with_base32(self, row: usize, secret: &str) -> Result<Imported, Reason> {
        let key = Key::from_base32(secret).map_err(Reason::Otp);
        self.with_key(row, key)
    }

    /// Creates the account with a setup key, whose prefix may say which service's codes it generates.
    pub(super) fn with_setup_key(self, row: usize, secret: &str) -> Result<Imported, Reason> {
        let SetupKey { key, mark, is_guess, .. } = SetupKey::read(secret)?;
        if is_guess {
            // The setup key has look-alike characters, and an import cannot ask the user about each row.
            return Err(Reason::Otp(OtpError::LookAlikes));
        }
        let mut account = self.with_key(row, Ok(key))?;
        if mark.is_some() {
            account.uri.otp = account.uri.otp.with_mark(mark);
        }
        Ok(account)
    }

    fn kind(&self) -> Result<Kind, Reason> {
        match self.kind.to_ascii_lowercase().as_str() {
            "totp" => Ok(Kind::Totp { period: self.period.map_or(Ok(Period::default()), Period::of_other_program)? }),
            "hotp" => Ok(Kind::Hotp { counter: self.counter.unwrap_or(0) }),
            // Steam's codes change every 30 seconds, so another period is that of something else.
            "steam" if self.period.is_some_and(|period| !matches!(period, 0 | 30)) => {
                Err(Reason::Otp(OtpError::Contradiction))
            }
            "steam" => Ok(Kind::Steam),
            "motp" => Err(Reason::Motp),
            "yandex" | "yaotp" => Err(Reason::Yandex),
            _ => Err(Reason::Kind),
        }
    }
}

/// Returns whether a bare key is a word, such as `NONE` or `DECRYPTION FAILED`, although it is valid base32: it has
/// letters only, and is either short or in groups as in prose.
pub(super) fn is_words(secret: &str) -> bool {
    let groups: Vec<usize> = secret.split_whitespace().map(str::len).collect();
    let letters = groups.iter().fold(0, |sum: usize, length| sum.saturating_add(*length));
    let is_even = match groups.split_last() {
        Some((last, [first, rest @ ..])) => *first <= 8 && last <= first && rest.iter().all(|length| length == first),
        _ => true,
    };
    let is_short = letters < if groups.len() > 1 { 16 } else { 10 };
    secret.chars().all(|c| c.is_ascii_alphabetic() || c.is_whitespace()) && (is_short || !is_even)
}

/// Returns whether the text in a field for a key is prose or a placeholder. Any other single word may be a short key.
fn is_no_key(text: &str) -> bool {
    let placeholders = ["none", "null", "undefined", "unknown"];
    let is_prose = text.contains(char::is_whitespace) && is_words(text);
    is_prose || placeholders.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder))
}

/// Returns the type of an account, which is TOTP if the file has none.
pub(super) fn or_totp(kind: &str) -> &str {
    if kind.is_empty() { "totp" } else { kind }
}

/// Decodes a key in the encoding that a program names. Without a name, it is base32.
pub(super) fn key_in(encoding: &str, text: &str) -> Result<Key, Reason> {
    match encoding.to_ascii_lowercase().as_str() {
        "" | "base32" => Ok(Key::from_base32(text)?),
        "hex" | "base16" => super::encoding::hex_key(text),
        // In a query, a plus sign may have been read as a space.
        "base64" => super::encoding::base64_key(&text.replace(' ', "+")),
        "utf8" | "utf-8" => Ok(Key::new(text.as_bytes().to_vec())?),
        _ => Err(Reason::SecretEncoding),
    }
}

/// Reads the digits, period and counter of an object that uses these names as keys.
pub(super) fn numbers<'a>(row: &Value, draft: AccountFields<'a>) -> Result<AccountFields<'a>, Reason> {
    Ok(AccountFields {
        digits: json::whole_number(row, "digits", OtpError::Digits)?,
        period: json::whole_number(row, "period", OtpError::Period)?,
        counter: json::whole_number(row, "counter", OtpError::Counter)?,
        ..draft
    })
}

/// Parses the TOTP field of a password manager: a key URI, a `steam://` link, or a bare base32 secret.
pub(super) fn field(row: usize, text: &str, issuer: &str, name: &str) -> Result<Imported, Reason> {
    let text = text.trim();
    if addresses(text).len() > 1 {
        // One account cannot be made of several URIs.
        return Err(Reason::Malformed);
    }
    if text.contains("://") {
        let mut account = super::formats::otpauth_list::account(row, text)?;
        account.uri = named(account.uri, issuer, name);
        return Ok(account.with_title(issuer));
    }
    if let Some(settings) = super::formats::keepassxc::old_settings(text) {
        return settings.and_then(|(draft, key)| AccountFields { issuer, name, ..draft }.with_key(row, key));
    }
    if is_no_key(text) {
        return Err(Reason::Otp(OtpError::NoSecret));
    }
    AccountFields { kind: "totp", issuer, name, ..AccountFields::default() }.with_setup_key(row, text)
}

/// Returns whether an account is one for which some programs generate Steam codes because of its issuer, even if it has
/// six digits.
pub(super) fn is_steam_by_issuer(uri: &KeyUri) -> bool {
    matches!(uri.otp.kind, Kind::Totp { .. }) && uri.issuer.trim().eq_ignore_ascii_case("steam")
}

/// Reads an account like a program that generates Steam codes for every time-based account with the issuer Steam.
pub(super) fn steam_by_issuer(mut uri: KeyUri) -> KeyUri {
    if is_steam_by_issuer(&uri) {
        uri.otp = Otp::steam(uri.otp.key);
    }
    uri
}

/// Fills in the names that a key URI lacks. A label that only repeats the issuer is not an account name.
pub(super) fn named(mut uri: KeyUri, issuer: &str, name: &str) -> KeyUri {
    let repeats = uri.name.trim() == uri.issuer.trim() || (uri.issuer.is_empty() && uri.name.trim() == issuer.trim());
    if repeats && !name.trim().is_empty() {
        uri.name.clear();
    }
    // A `steam://` link contains no names, so the item's own title is a better issuer than the scheme's default.
    if uri.issuer.is_empty() || (uri.name.is_empty() && uri.otp.kind == Kind::Steam && !issuer.is_empty()) {
        issuer.trim().clone_into(&mut uri.issuer);
    }
    if uri.name.is_empty() {
        name.trim().clone_into(&mut uri.name);
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_with_another_algorithm_are_rejected_before_the_secret_is_read() {
        for (kind, reason) in [("MOTP", Reason::Motp), ("yandex", Reason::Yandex), ("push", Reason::Kind)] {
            let draft = AccountFields { kind, ..AccountFields::default() };
            assert_eq!(draft.with_base32(1, "not base32!").unwrap_err(), reason);
        }
    }
}
