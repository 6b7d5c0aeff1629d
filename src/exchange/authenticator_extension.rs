//! Authenticator-Extension's backups: plain, and its three generations of encryption.
//!
//! An object of entries by id; `dataType` is absent in old files.
//!
//! | member | |
//! |---|---|
//! | `OTPStorage` | `account`, `issuer`, `secret`, `type`, and where not the default `digits`, `period`, `algorithm`, `counter`, `pinned` |
//! | `EncOTPStorage` (v3) | `keyId`, `data`: the whole entry as JSON, sealed under its key's text |
//! | `Key` (v3) | `id`, `salt`, `hash`: Argon2id of the password, and its check |
//! | `key` (v2) | `enc`: the data key sealed under the password, `hash`: its check; or both at the top |
//!
//! | generation | passphrase of the ciphertexts | what is sealed |
//! |---|---|---|
//! | v1 | the password | `secret` of entries with `encrypted: true` |
//! | v2 | the data key as hex text | the same |
//! | v3 | unpadded base64 of Argon2id(password, salt as text, 19,456 KiB, 2 passes, 1 lane, 32 bytes) | whole entries |
//!
//! Ciphertexts are CryptoJS's: `Salted__`, MD5, AES-256-CBC, no authentication.

use super::argon2_text;
use super::crypt::{self, Argon2Cost};
use super::draft::{Draft, numbers};
use super::json::{self, Value};
use super::otpauth_list::is_hex;
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::otp::{Digits, Key};
use crate::secret::Secret;

pub(super) fn sniff(value: &Value) -> bool {
    let Some(members) = value.as_object() else { return false };
    old_key(value).is_some() || (!members.is_empty() && members.values().any(is_member))
}

fn is_member(value: &Value) -> bool {
    let known = ["OTPStorage", "EncOTPStorage", "Key"];
    match json::text(value, "dataType") {
        Some(kind) => known.contains(&kind),
        None => {
            value.get("secret").is_some_and(Value::is_string)
                && ["hash", "account", "issuer"].iter().any(|key| value.get(key).is_some())
        }
    }
}

/// Reads a backup.
pub(super) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let mut members = json::members(bytes)?;
    let whole: Value = Value::Object(members.iter().cloned().collect());
    members.retain(|(_, value)| is_member(value) && json::text(value, "dataType") != Some("Key"));
    // `index` is the order on the screen; entries without one stay behind, as they are in the file.
    members.sort_by_key(|(_, entry)| entry.get("index").and_then(json::number).unwrap_or(u64::MAX));
    let is_sealed = |entry: &Value| json::flag(entry, "encrypted") || entry.get("data").is_some();
    let passphrases = if members.iter().any(|(_, entry)| is_sealed(entry)) {
        Passphrases::derive(&whole, crypt::needed(password)?)?
    } else {
        Passphrases(Vec::new())
    };
    Rows::read(Format::AuthenticatorExtension, &members, |row, (_, entry)| {
        let entry = passphrases.open(entry)?;
        account(row, &entry)
    })
    .and_then(|report| passphrases.judge(report))
}

/// The passphrases of a file by the id of their key; v1 and v2 have one without an id.
struct Passphrases(Vec<(String, Secret<String>)>);

impl Passphrases {
    fn derive(file: &Value, password: &[u8]) -> Result<Self, ExchangeError> {
        let keys = file.as_object().into_iter().flat_map(|members| members.iter());
        let keys: Vec<_> = keys.filter(|(_, value)| json::text(value, "dataType") == Some("Key")).take(8).collect();
        let mut passphrases = Vec::new();
        for (id, key) in keys {
            let id = json::text(key, "id").unwrap_or(id).to_owned();
            passphrases.push((id, third_generation(key, password)?));
        }
        if passphrases.is_empty() {
            let passphrase = match old_key(file) {
                Some((sealed, hash)) => second_generation(sealed, hash, password)?,
                None => Secret::new(String::from_utf8_lossy(password).into_owned()),
            };
            passphrases.push((String::new(), passphrase));
        }
        Ok(Self(passphrases))
    }

    /// An entry in the clear.
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
        let passphrase = self.0.iter().find(|(known, _)| known == id).or_else(|| self.0.first());
        let (_, passphrase) = passphrase.ok_or(Reason::Sealed)?;
        crypt::salted_open(sealed, passphrase.expose().as_bytes())
            .filter(|open| !open.expose().is_empty())
            .ok_or(Reason::Sealed)
    }

    /// Nothing vouches for a v1 password: where no sealed row opens, it is wrong.
    fn judge(&self, report: Report) -> Result<Report, ExchangeError> {
        let sealed = report.skipped.iter().filter(|row| row.reason == Reason::Sealed).count();
        if sealed > 0 && report.accounts.is_empty() && sealed == report.skipped.len() {
            return Err(ExchangeError::WrongPassword);
        }
        Ok(report)
    }
}

fn third_generation(key: &Value, password: &[u8]) -> Result<Secret<String>, ExchangeError> {
    let salt = json::text(key, "salt").ok_or(ExchangeError::Damaged("a key has no salt"))?;
    let derived = crypt::derive_argon2(Argon2Cost::id(19_456, 2, 1), password, salt.as_bytes())?;
    let text = encoding::to_base64(derived.expose()).trim_end_matches('=').to_owned();
    let text = Secret::new(text);
    let check = json::text(key, "hash").ok_or(ExchangeError::Damaged("a key has no check"))?;
    if argon2_text::verify(check, text.expose().as_bytes())? { Ok(text) } else { Err(ExchangeError::WrongPassword) }
}

fn second_generation(sealed: &str, hash: &str, password: &[u8]) -> Result<Secret<String>, ExchangeError> {
    let open = crypt::salted_open(sealed, password).ok_or(ExchangeError::WrongPassword)?;
    let text = Secret::new(encoding::to_hex(open.expose()));
    if argon2_text::verify(hash, text.expose().as_bytes())? { Ok(text) } else { Err(ExchangeError::WrongPassword) }
}

/// `enc` and `hash` of v2, under `key` or, as one release wrote them, at the top.
fn old_key(file: &Value) -> Option<(&str, &str)> {
    let holder = file.get("key").filter(|key| key.get("enc").is_some()).unwrap_or(file);
    Some((json::text(holder, "enc")?, json::text(holder, "hash")?))
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let secret = json::text_or_empty(entry, "secret").trim();
    let lower = secret.to_ascii_lowercase();
    let prefixed = [("stm-", "steam"), ("blz-", "battle"), ("bliz-", "battle")]
        .into_iter()
        .find(|(prefix, _)| lower.starts_with(prefix))
        .and_then(|(prefix, kind)| Some((kind, secret.get(prefix.len()..)?)));
    let (kind, secret) = prefixed.unwrap_or((kind(entry), secret));
    // Issuers may carry a site to be recognised by: `Acme::acme.example`.
    let issuer = json::text_or_empty(entry, "issuer");
    let (issuer, site) = issuer.split_once("::").map_or((issuer, None), |(issuer, site)| (issuer, Some(site)));
    let hex = matches!(kind, "hex" | "hhex") || (Key::from_base32(secret).is_err() && is_hex(secret));
    let draft = Draft {
        kind: match kind {
            "hex" | "battle" => "totp",
            "hhex" => "hotp",
            kind => kind,
        },
        issuer,
        name: json::text_or_empty(entry, "account"),
        algorithm: json::text_or_empty(entry, "algorithm"),
        ..Draft::default()
    };
    let draft = numbers(entry, draft)?;
    let key = if hex { encoding::hex_key(secret) } else { Key::from_base32(secret).map_err(Reason::Otp) };
    let mut account = draft.with_key(row, key)?.with_site(site).with_pin(json::flag(entry, "pinned"));
    if kind == "battle" {
        account.uri.otp.digits = Digits::new(8)?;
    }
    Ok(account)
}

/// Old files number the types.
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
