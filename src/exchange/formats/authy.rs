//! Authy's preferences, copied from a rooted phone. Authy itself has no export.
//!
//! | preference | content, as a JSON list |
//! |---|---|
//! | `com.authy.storage.tokens.authenticator.key` | `decryptedSecret`, or `encryptedSecret` with `salt`; `digits`, `name`, `originalIssuer`, `originalName`, `accountType` |
//! | `com.authy.storage.tokens.authy.key` | Authy's own tokens: `secretSeed` (hexadecimal), 7 digits, **10 seconds** |
//!
//! Secrets are encrypted with AES-256-CBC, zero IV and no authentication. The key is derived with PBKDF2-HMAC-SHA-1
//! from the salt as text, in 1,000 rounds.

use super::account_fields::AccountFields;
use super::ciphers::{self, Prf};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, android_preferences, encoding};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::{Key, OtpError};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "authy",
    title: "Authy (preferences)",
    detect: &[Detect::Json(sniff), Detect::Item(sniff), Detect::Preferences(sniff_preferences)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

const THIRD_PARTY: &str = "com.authy.storage.tokens.authenticator.key";
const OWN: &str = "com.authy.storage.tokens.authy.key";

pub(in crate::exchange) fn sniff(item: &Value) -> bool {
    ["decryptedSecret", "encryptedSecret", "secretSeed"].iter().any(|key| item.get(key).is_some())
}

pub(in crate::exchange) fn sniff_preferences(entries: &[(String, String)]) -> bool {
    entries.iter().any(|(key, _)| key == THIRD_PARTY || key == OWN)
}

/// Reads the preferences, or only one of their lists.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let lists = if json::is_json(bytes) {
        vec![json::parse(bytes)?]
    } else {
        let entries = android_preferences::read(bytes)?;
        let lists = [THIRD_PARTY, OWN].iter().filter_map(|key| android_preferences::find(&entries, key));
        lists.map(|list| json::parse(list.as_bytes())).collect::<Result<_, _>>()?
    };
    let items: Vec<&Value> = lists.iter().filter_map(Value::as_array).flatten().collect();
    let is_sealed =
        |item: &&Value| json::text(item, "decryptedSecret").is_none() && json::text(item, "encryptedSecret").is_some();
    let sealed = items.iter().filter(|item| is_sealed(item)).count();
    let password = if sealed > 0 { Some(ciphers::require_password(password)?) } else { None };
    // Each encrypted row requires a key derivation, so their number is limited.
    if sealed > MAX_SEALED_ROWS {
        return Err(ExchangeError::TooCostly);
    }
    let report = Rows::read(Format::Authy, items, |row, item| account(row, item, password))?;
    let unopened = report.skipped.iter().filter(|row| row.reason == Reason::Sealed).count();
    if sealed > 0 && unopened == sealed { Err(ExchangeError::WrongPassword) } else { Ok(report) }
}

const MAX_SEALED_ROWS: usize = 5000;

fn account(row: usize, item: &Value, password: Option<&[u8]>) -> Result<Imported, Reason> {
    let (issuer, name) = names(item);
    let digits = json::whole_number(item, "digits", OtpError::Digits)?;
    let draft = AccountFields { kind: "totp", issuer: &issuer, name: &name, digits, ..AccountFields::default() };
    if let Some(seed) = json::text(item, "secretSeed") {
        let draft = AccountFields { digits: digits.or(Some(7)), period: Some(10), ..draft };
        return draft.with_key(row, encoding::hex_key(seed));
    }
    if let Some(secret) = json::text(item, "decryptedSecret") {
        return draft.with_base32(row, secret);
    }
    let (sealed, salt) = json::text(item, "encryptedSecret").zip(json::text(item, "salt")).ok_or(Reason::Malformed)?;
    let sealed = encoding::base64(sealed).ok_or(Reason::SecretEncoding)?;
    let key = ciphers::derive_pbkdf2(Prf::Sha1, password.unwrap_or_default(), salt.as_bytes(), 1000)
        .map_err(|_| Reason::Sealed)?;
    let open = ciphers::cbc_open(key.expose(), &[0; 16], &sealed).ok_or(Reason::Sealed)?;
    let secret = std::str::from_utf8(open.expose()).map_err(|_| Reason::Sealed)?;
    // One in 256 wrong passwords results in valid padding, but almost never in valid base32 as well.
    draft.with_key(row, Key::from_base32(secret).map_err(|_| Reason::Sealed))
}

/// Returns the issuer and the account name. The issuer is the original one, or the head of a name, or the account type.
/// The account name is the rest of the name. Authy's own tokens are named after the site, and have no account name.
fn names(item: &Value) -> (String, String) {
    let name = json::text_or_empty(item, "name");
    if json::text(item, "secretSeed").is_some() && !name.trim().is_empty() {
        return (name.to_owned(), String::new());
    }
    let original = json::text(item, "originalName").and_then(|name| name.split_once(':'));
    let issuer = match (item.get("originalIssuer").and_then(Value::as_str), original, name.split_once(" - ")) {
        (Some(issuer), ..) => issuer.to_owned(),
        (None, Some((issuer, _)), _) => issuer.to_owned(),
        (None, None, Some((issuer, _))) => issuer.to_owned(),
        (None, None, None) => capitalised(json::text_or_empty(item, "accountType")),
    };
    let rest = name.strip_prefix(issuer.as_str()).and_then(|rest| {
        let rest = rest.trim_start();
        rest.strip_prefix(':').or_else(|| rest.strip_prefix('-'))
    });
    // The name consists of the issuer only, so the account name is unknown.
    let rest = if name == issuer { "" } else { rest.unwrap_or(name).trim() };
    let rest = rest.to_owned();
    (issuer, rest)
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_the_site_alone_is_the_issuer() {
        for (item, issuer, name) in [
            (r#"{"name": "Twitch", "accountType": "authy", "secretSeed": "093d4e1b"}"#, "Twitch", ""),
            (r#"{"name": "A - b", "accountType": "authy", "secretSeed": "093d4e1b"}"#, "A - b", ""),
            (r#"{"name": "", "accountType": "authy", "secretSeed": "093d4e1b"}"#, "Authy", ""),
            (r#"{"name": "Acme", "originalIssuer": "Acme", "decryptedSecret": "MZXW6YTB"}"#, "Acme", ""),
            (r#"{"name": "Acme: bob", "originalIssuer": "Acme", "decryptedSecret": "MZXW6YTB"}"#, "Acme", "bob"),
        ] {
            let uri = account(1, &json::parse(item.as_bytes()).unwrap(), None).unwrap().uri;
            assert_eq!((uri.issuer.as_str(), uri.name.as_str()), (issuer, name), "{item}");
        }
    }
}
