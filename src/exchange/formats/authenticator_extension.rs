//! Authenticator-Extension's backups: unencrypted, and its three versions of encryption.
//!
//! A backup is an object with entries by id. In old files, `dataType` is missing.
//!
//! | entry | content |
//! |---|---|
//! | `dataType` is `OTPStorage`, or missing | `account`, `issuer`, `secret`, `type`, and, if not the default, `digits`, `period`, `algorithm`, `counter`, `pinned` |
//! | `dataType` is `EncOTPStorage` (v3) | `keyId`, `data`: the entire entry as JSON, encrypted with the passphrase of that key |
//! | `dataType` is `Key` (v3) | `id`, `salt` for deriving the passphrase from the password, `hash` for checking it |
//! | named `key` (v2) | `enc`: the data key encrypted with the password, `hash` for checking it; or both at the top level |
//!
//! | version | passphrase of the ciphertexts | encrypted content |
//! |---|---|---|
//! | v1 | the password | `secret` of entries with `encrypted: true` |
//! | v2 | the data key as hex text | the same |
//! | v3 | unpadded base64 of Argon2id(password, salt as text, 19,456 KiB, 2 passes, 1 lane, 32 bytes) | whole entries |
//!
//! The ciphertexts have CryptoJS's format: `Salted__`, MD5, AES-256-CBC, no authentication.

use crate::exchange::registry::{Detect, Entry, Read};
use std::collections::BTreeSet;

use super::account_fields::{AccountFields, numbers};
use super::argon2_phc;
use super::ciphers::{self, Argon2Cost};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::otp::{Digits, Key, OtpError, is_hex};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "authenticator-extension",
    title: "Authenticator Extension",
    detect: &[Detect::LooseJson(sniff)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    let Some(members) = value.as_object() else { return false };
    old_key(value).is_some() || (!members.is_empty() && members.values().any(is_member))
}

/// Names of settings that this program does not write, in lower case.
const FOREIGN: [&str; 12] = [
    "algo",
    "alg",
    "hashalgorithm",
    "hash_algorithm",
    "digest",
    "length",
    "digit",
    "interval",
    "step",
    "timestep",
    "time_step",
    "codelength",
];

fn is_member(value: &Value) -> bool {
    let known = ["OTPStorage", "EncOTPStorage", "Key"];
    match json::text(value, "dataType") {
        Some(kind) => known.contains(&kind),
        None => {
            let has_own = value.get("secret").is_some_and(Value::is_string)
                && ["hash", "account", "issuer"].iter().any(|key| value.get(key).is_some());
            // The settings of another program's entry would be lost here.
            let is_foreign = |member: &String| FOREIGN.contains(&member.to_ascii_lowercase().as_str());
            has_own && !value.as_object().is_some_and(|members| members.keys().any(is_foreign))
        }
    }
}

/// Returns whether a member is a key of v2 or v3, and not an entry.
fn is_key(value: &Value) -> bool {
    json::text(value, "dataType") == Some("Key") || (value.get("enc").is_some() && value.get("secret").is_none())
}

/// Reads a backup, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let mut members = json::members(bytes)?;
    let whole: Value = Value::Object(members.iter().cloned().collect());
    // Every object that is not a key is an entry, even if some of its members are missing.
    members.retain(|(_, value)| value.is_object() && !is_key(value));
    // `index` is the position in the app's list. Entries without one come last, in file order.
    members.sort_by_key(|(_, entry)| entry.get("index").and_then(json::number).unwrap_or(u64::MAX));
    let is_sealed = |entry: &Value| json::flag(entry, "encrypted") || entry.get("data").is_some();
    let sealed = members.iter().filter(|(_, entry)| is_sealed(entry));
    let key_ids: BTreeSet<&str> = sealed.map(|(_, entry)| json::text_or_empty(entry, "keyId")).collect();
    let passphrases = if key_ids.is_empty() {
        Passphrases(Vec::new())
    } else {
        Passphrases::derive(&whole, &key_ids, ciphers::require_password(password)?)?
    };
    Rows::read(Format::AuthenticatorExtension, &members, |row, (_, entry)| {
        let entry = passphrases.open(entry)?;
        account(row, &entry)
    })
    .and_then(|report| passphrases.judge(report))
}

/// The passphrases of a file by the id of their key. In v1 and v2, there is one passphrase without an id.
struct Passphrases(Vec<(String, Secret<String>)>);

impl Passphrases {
    /// Derives the passphrases that encrypted entries use. A backup may also contain keys of other passwords that no
    /// entry uses.
    fn derive(file: &Value, key_ids: &BTreeSet<&str>, password: &[u8]) -> Result<Self, ExchangeError> {
        let keys = file.as_object().into_iter().flat_map(|members| members.iter());
        let keys: Vec<_> = keys.filter(|(_, value)| json::text(value, "dataType") == Some("Key")).collect();
        if keys.is_empty() {
            let passphrase = match old_key(file) {
                Some((sealed, hash)) => second_generation(sealed, hash, password)?,
                None => Secret::new(String::from_utf8_lossy(password).into_owned()),
            };
            return Ok(Self(vec![(String::new(), passphrase)]));
        }
        let keys = keys.into_iter().map(|(id, key)| (json::text(key, "id").unwrap_or(id), key)).enumerate();
        // Entries without a key id are assumed to use the first key.
        let used = keys.filter(|(index, (id, _))| key_ids.contains(id) || (*index == 0 && key_ids.contains("")));
        let (mut passphrases, mut failure) = (Vec::new(), None::<ExchangeError>);
        for (_, (id, key)) in used.take(8) {
            match third_generation(key, password) {
                Ok(passphrase) => passphrases.push((id.to_owned(), passphrase)),
                // Entries that use the other keys may still be readable.
                Err(error @ (ExchangeError::WrongPassword | ExchangeError::Damaged(_))) => {
                    failure = failure.filter(|before| *before == ExchangeError::WrongPassword).or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        match failure {
            Some(error) if passphrases.is_empty() => Err(error),
            _ => Ok(Self(passphrases)),
        }
    }

    /// Returns the entry, decrypted if it is encrypted.
    fn open(&self, entry: &Value) -> Result<Value, Reason> {
        if let Some(sealed) = json::text(entry, "data") {
            let open = self.unseal(entry, sealed)?;
            return json::parse(open.expose()).map_err(|_| Reason::Sealed);
        }
        let mut entry = entry.clone();
        if json::flag(&entry, "encrypted") {
            let open = self.unseal(&entry, json::text_or_empty(&entry, "secret"))?;
            let secret = String::from_utf8(open.expose().clone()).map_err(|_| Reason::Sealed)?;
            if let Some(members) = entry.as_object_mut() {
                members.insert("secret".into(), secret.into());
            }
        }
        Ok(entry)
    }

    fn unseal(&self, entry: &Value, sealed: &str) -> Result<Secret<Vec<u8>>, Reason> {
        let id = json::text_or_empty(entry, "keyId");
        // An entry without a key id uses the first key. Versions 1 and 2 have a single key, whose id is empty.
        let passphrase = self.0.iter().find(|(known, _)| id.is_empty() || known.is_empty() || known == id);
        let (_, passphrase) = passphrase.ok_or(Reason::Sealed)?;
        ciphers::salted_open(sealed, passphrase.expose().as_bytes())
            .filter(|open| !open.expose().is_empty())
            .ok_or(Reason::Sealed)
    }

    /// Rejects the password if no row could be decrypted. In v1, there is no other check of the password.
    fn judge(&self, report: Report) -> Result<Report, ExchangeError> {
        let sealed = report.skipped.iter().filter(|row| row.reason == Reason::Sealed).count();
        if sealed > 0 && report.accounts.is_empty() && sealed == report.skipped.len() {
            return Err(ExchangeError::WrongPassword);
        }
        Ok(report)
    }
}

fn third_generation(key: &Value, password: &[u8]) -> Result<Secret<String>, ExchangeError> {
    let salt = json::text(key, "salt").ok_or(ExchangeError::Damaged("salt"))?;
    let derived = ciphers::derive_argon2(Argon2Cost::id(19_456, 2, 1), password, salt.as_bytes())?;
    let text = encoding::to_base64(derived.expose()).trim_end_matches('=').to_owned();
    let text = Secret::new(text);
    let check = json::text(key, "hash").ok_or(ExchangeError::Damaged("check"))?;
    if argon2_phc::verify(check, text.expose().as_bytes())? { Ok(text) } else { Err(ExchangeError::WrongPassword) }
}

fn second_generation(sealed: &str, hash: &str, password: &[u8]) -> Result<Secret<String>, ExchangeError> {
    let open = ciphers::salted_open(sealed, password).ok_or(ExchangeError::WrongPassword)?;
    let text = Secret::new(encoding::to_hex(open.expose()));
    if argon2_phc::verify(hash, text.expose().as_bytes())? { Ok(text) } else { Err(ExchangeError::WrongPassword) }
}

/// Returns `enc` and `hash` of v2, which are in `key` or, in files of one release, at the top level.
fn old_key(file: &Value) -> Option<(&str, &str)> {
    let holder = file.get("key").filter(|key| key.get("enc").is_some()).unwrap_or(file);
    Some((json::text(holder, "enc")?, json::text(holder, "hash")?))
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let secret = json::text_or_empty(entry, "secret").trim();
    if !entry.get("secret").is_some_and(Value::is_string) {
        return Err(Reason::Otp(OtpError::NoSecret));
    }
    if !is_member(entry) && entry.get("data").is_none() {
        // The entry's settings have names that Authenticator-Extension does not use, so they would be lost.
        return Err(Reason::Malformed);
    }
    let lower = secret.to_ascii_lowercase();
    let prefixed = [("stm-", "steam"), ("blz-", "battle"), ("bliz-", "battle")]
        .into_iter()
        .find(|(prefix, _)| lower.starts_with(prefix))
        .and_then(|(prefix, kind)| Some((kind, secret.get(prefix.len()..)?)));
    let (kind, secret) = prefixed.unwrap_or((kind(entry), secret));
    // The issuer may end with a site for recognition: `Acme::acme.example`.
    let issuer = json::text_or_empty(entry, "issuer");
    let (issuer, site) = issuer.split_once("::").map_or((issuer, None), |(issuer, site)| (issuer, Some(site)));
    let hex = matches!(kind, "hex" | "hhex") || (Key::from_base32(secret).is_err() && is_hex(secret));
    let draft = AccountFields {
        kind: match kind {
            "hex" | "battle" => "totp",
            "hhex" => "hotp",
            kind => kind,
        },
        issuer,
        name: json::text_or_empty(entry, "account"),
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        ..AccountFields::default()
    };
    let draft = numbers(entry, draft)?;
    let key = if hex { hex_key(secret) } else { Key::from_base32(secret).map_err(Reason::Otp) };
    let mut account = draft.with_key(row, key)?.with_site(site).with_pin(json::flag(entry, "pinned"));
    if kind == "battle" {
        account.uri.otp.digits = Digits::new(8)?;
    }
    Ok(account)
}

/// Decodes a hexadecimal key. If the number of digits is odd, a last digit of 0 is dropped, and any other is completed
/// by a 0.
fn hex_key(secret: &str) -> Result<Key, Reason> {
    let digits: String = secret.split_whitespace().collect();
    if digits.len().is_multiple_of(2) {
        return encoding::hex_key(&digits);
    }
    encoding::hex_key(&digits.strip_suffix('0').map_or_else(|| format!("{digits}0"), str::to_owned))
}

/// Returns the type of an entry. Old files contain numbers instead of names.
fn kind(entry: &Value) -> &str {
    match entry.get("type") {
        None | Some(Value::Null) => "totp",
        Some(Value::String(kind)) => kind,
        Some(number) => match number.as_u64() {
            Some(1) => "totp",
            Some(2) => "hotp",
            Some(3) => "battle",
            Some(4) => "steam",
            Some(5) => "hex",
            Some(6) => "hhex",
            _ => "",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"secret":"MZXW6YTB","account":"bob"}`, encrypted with the key from [`key`] and the password `test`.
    const SEALED: &str = "U2FsdGVkX18xMjM0NTY3OPhhS+7ibZx0Ukhq2AqjZWJzoF6HEBg/CnH39tKVy+lvASIIe9Wa7dlSm+MLh4qDRw==";
    const OF_TEST: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$5AbqDicEo0tqdeqRc5o8Vilx+OSAv/6+D9Rkj8tR+gA";
    const OF_ANOTHER: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$Z3jIzLXzbqtzMJhYdd7bVDsm82vKGQjZdg6wucbqbwk";

    fn key(id: &str, hash: &str) -> String {
        format!(r#""{id}": {{"dataType": "Key", "id": "{id}", "salt": "saltsalt", "hash": "{hash}"}}"#)
    }

    /// Reads a backup with three keys (of another password, of `test`, and damaged) and an entry for each of the given
    /// key ids.
    fn backup(key_ids: &[&str]) -> Result<Report, ExchangeError> {
        let mut members = vec![key("a", OF_ANOTHER), key("b", OF_TEST), key("c", "")];
        for (index, id) in key_ids.iter().enumerate() {
            let entry = format!(r#"{{"dataType": "EncOTPStorage", "keyId": "{id}", "data": "{SEALED}"}}"#);
            members.push(format!("\"entry {index}\": {entry}"));
        }
        read(format!("{{{}}}", members.join(",")).as_bytes(), Some(&Secret::new("test".to_owned())))
    }

    #[test]
    fn a_key_that_cannot_be_decrypted_affects_only_its_own_entries() {
        let report = backup(&["b"]).unwrap();
        assert_eq!((report.accounts.len(), report.skipped.len()), (1, 0));
        let report = backup(&["a", "b", "c", "d", ""]).unwrap();
        assert_eq!(report.accounts.iter().map(|account| account.row).collect::<Vec<_>>(), [2, 5]);
        assert!(report.skipped.iter().all(|row| row.reason == Reason::Sealed));
        assert_eq!(backup(&["a"]).unwrap_err(), ExchangeError::WrongPassword);
        assert!(matches!(backup(&["c"]).unwrap_err(), ExchangeError::Damaged(_)));
    }

    #[test]
    fn a_hexadecimal_secret_with_an_odd_digit_is_completed_or_shortened() {
        for (secret, expected) in [("abc", vec![0xab_u8, 0xc0]), ("ab0", vec![0xab]), ("ab c1", vec![0xab, 0xc1])] {
            assert_eq!(hex_key(secret).unwrap().expose(), expected.as_slice(), "{secret}");
        }
    }
}
