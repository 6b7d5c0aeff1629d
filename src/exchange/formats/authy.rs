//! Authy's preferences, copied from a rooted phone. Authy itself has no export.
//!
//! | preference | content, as a JSON list |
//! |---|---|
//! | `com.authy.storage.tokens.authenticator.key` | `decryptedSecret`, or `encryptedSecret` with `salt`; `digits`, `name`, `originalIssuer`, `originalName`, `accountType` |
//! | `com.authy.storage.tokens.authy.key` | Authy's own tokens: `secretSeed` (hexadecimal), 7 digits, **10 seconds** |
//!
//! The answers of Authy's server, which some users record, are JSON objects with the lists `authenticator_tokens` and
//! `apps`. Their members have other names (`encrypted_seed`, `secret_seed`, `original_name`, `account_type`), and
//! `unique_iv` and `key_derivation_iterations` in addition. `decrypted_authenticator_tokens` with `decrypted_seed` is
//! the same list after a script has decrypted it.
//!
//! Secrets are encrypted with AES-256-CBC and no authentication; the IV is zero unless there is one. The key is derived
//! with PBKDF2-HMAC-SHA-1 from the salt as text, in 1,000 rounds unless there is a number.

use super::account_fields::AccountFields;
use super::ciphers::{self, Prf};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, android_preferences, budget, encoding};
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

/// The lists in an answer of Authy's server.
const LISTS: [&str; 3] = ["authenticator_tokens", "decrypted_authenticator_tokens", "apps"];

pub(in crate::exchange) fn sniff(item: &Value) -> bool {
    let is_token = |item: &Value| [DECRYPTED, ENCRYPTED, OWN_SEED].iter().flatten().any(|key| item.get(key).is_some());
    is_token(item) || LISTS.iter().any(|list| json::list(item, list).iter().take(8).any(is_token))
}

/// The names of a member, in the preferences and in an answer of the server.
type Names = [&'static str; 2];

const DECRYPTED: Names = ["decryptedSecret", "decrypted_seed"];
const ENCRYPTED: Names = ["encryptedSecret", "encrypted_seed"];
const OWN_SEED: Names = ["secretSeed", "secret_seed"];

fn text(item: &Value, names: Names) -> Option<&str> {
    names.iter().find_map(|name| json::text(item, name))
}

pub(in crate::exchange) fn sniff_preferences(entries: &[(String, String)]) -> bool {
    entries.iter().any(|(key, _)| key == THIRD_PARTY || key == OWN)
}

/// Reads the preferences, or only one of their lists.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let lists = if json::is_json(bytes) {
        let file = json::parse(bytes)?;
        let lists: Vec<Value> = LISTS.iter().filter_map(|list| file.get(list).cloned()).collect();
        if lists.is_empty() { vec![file] } else { lists }
    } else {
        let entries = android_preferences::read(bytes)?;
        let lists = [THIRD_PARTY, OWN].iter().filter_map(|key| android_preferences::find(&entries, key));
        lists.map(|list| json::parse(list.as_bytes())).collect::<Result<_, _>>()?
    };
    let items: Vec<&Value> = lists.iter().filter_map(Value::as_array).flatten().collect();
    let is_sealed = |item: &&Value| text(item, DECRYPTED).is_none() && text(item, ENCRYPTED).is_some();
    let sealed = items.iter().filter(|item| is_sealed(item)).count();
    let password = if sealed > 0 { Some(ciphers::require_password(password)?) } else { None };
    budget::check_total(&items.iter().filter(|item| is_sealed(item)).map(|item| cost(item)).collect::<Vec<_>>())?;
    // Each encrypted row requires a key derivation, so their number is limited.
    if sealed > MAX_SEALED_ROWS {
        return Err(ExchangeError::TooCostly);
    }
    let report = Rows::read(Format::Authy, items, |row, item| account(row, item, password))?;
    let unopened = report.skipped.iter().filter(|row| row.reason == Reason::Sealed).count();
    if sealed > 0 && unopened == sealed { Err(ExchangeError::WrongPassword) } else { Ok(report) }
}

const MAX_SEALED_ROWS: usize = 5000;

/// The number of rounds, unless a row contains it.
const ROUNDS: u32 = 1000;

fn rounds(item: &Value) -> Result<u32, Reason> {
    match item.get("key_derivation_iterations") {
        None | Some(Value::Null) => Ok(ROUNDS),
        Some(rounds) => json::number(rounds).and_then(|rounds| u32::try_from(rounds).ok()).ok_or(Reason::Malformed),
    }
}

fn cost(item: &Value) -> u64 {
    rounds(item).map_or(0, |rounds| budget::cost_of(rounds.into(), ciphers::MAX_PBKDF2_ROUNDS.into()))
}

fn account(row: usize, item: &Value, password: Option<&[u8]>) -> Result<Imported, Reason> {
    let (issuer, name) = names(item);
    let digits = json::whole_number(item, "digits", OtpError::Digits)?;
    let draft = AccountFields { kind: "totp", issuer: &issuer, name: &name, digits, ..AccountFields::default() };
    if let Some(seed) = text(item, OWN_SEED) {
        let draft = AccountFields { digits: digits.or(Some(7)), period: Some(10), ..draft };
        return draft.with_key(row, encoding::hex_key(seed));
    }
    if let Some(secret) = text(item, DECRYPTED) {
        return draft.with_base32(row, secret);
    }
    let (sealed, salt) = text(item, ENCRYPTED).zip(json::text(item, "salt")).ok_or(Reason::Malformed)?;
    let sealed = encoding::base64(sealed).ok_or(Reason::SecretEncoding)?;
    let iv = match json::text(item, "unique_iv") {
        Some(iv) => encoding::hex(iv).filter(|iv| iv.len() == 16).ok_or(Reason::SecretEncoding)?,
        None => vec![0; 16],
    };
    let key = ciphers::derive_pbkdf2(Prf::Sha1, password.unwrap_or_default(), salt.as_bytes(), rounds(item)?)
        .map_err(|_| Reason::Sealed)?;
    let open = ciphers::cbc_open(key.expose(), &iv, &sealed).ok_or(Reason::Sealed)?;
    let secret = std::str::from_utf8(open.expose()).map_err(|_| Reason::Sealed)?;
    // One in 256 wrong passwords results in valid padding, but almost never in valid base32 as well.
    draft.with_key(row, Key::from_base32(secret).map_err(|_| Reason::Sealed))
}

/// Returns the issuer and the account name. The issuer is the original one, or the head of a name, or the account type.
/// The account name is the rest of the name. Authy's own tokens are named after the site, and have no account name.
fn names(item: &Value) -> (String, String) {
    let name = json::text_or_empty(item, "name");
    if text(item, OWN_SEED).is_some() && !name.trim().is_empty() {
        return (name.to_owned(), String::new());
    }
    let original = text(item, ["originalName", "original_name"]).and_then(|name| name.split_once(':'));
    let own_issuer = ["originalIssuer", "issuer"].iter().find_map(|key| item.get(key)?.as_str());
    let issuer = match (own_issuer, original, name.split_once(" - ")) {
        (Some(issuer), ..) => issuer.to_owned(),
        (None, Some((issuer, _)), _) => issuer.to_owned(),
        (None, None, Some((issuer, _))) => issuer.to_owned(),
        (None, None, None) => capitalised(text(item, ["accountType", "account_type"]).unwrap_or_default()),
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
    fn a_name_that_is_only_the_site_is_the_issuer() {
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
