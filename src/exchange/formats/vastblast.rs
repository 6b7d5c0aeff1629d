//! VastBlast's authenticator-2fa extension.
//!
//! ```text
//! { "app": "2fa-authenticator", "version": 1, "exportedAt", "vault": vault }
//! ```
//!
//! | vault | content |
//! |---|---|
//! | unencrypted | `{ "format": "plain", "data": { "accounts": [ { "issuer", "label", "secret", "type", "algorithm", "digits", "period", "counter" } ] } }` |
//! | encrypted | `{ "kdf": { "iterations", "salt" }, "cipher": { "iv", "data" } }`: PBKDF2-HMAC-SHA-256, AES-256-GCM |

use super::account_fields::{AccountFields, numbers, or_totp};
use super::ciphers::{self, Prf};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "vastblast",
    title: "2FA Authenticator (VastBlast)",
    detect: &[Detect::Json(sniff)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    json::text(value, "app") == Some("2fa-authenticator")
        || value.get("vault").is_some_and(|vault| vault.get("cipher").is_some() || vault.get("data").is_some())
}

/// Reads a backup, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let vault = file.get("vault").ok_or(ExchangeError::Damaged("vault"))?;
    match vault.get("cipher") {
        None => accounts(vault.get("data").ok_or(ExchangeError::Damaged("data"))?),
        Some(cipher) => accounts(&json::parse(open(vault, cipher, password)?.expose())?),
    }
}

fn open(vault: &Value, cipher: &Value, password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let kdf = vault.get("kdf").unwrap_or(&Value::Null);
    let part = |holder: &Value, name| {
        json::text(holder, name).and_then(encoding::base64).ok_or(ExchangeError::Damaged("base64"))
    };
    let (salt, iv, sealed) = (part(kdf, "salt")?, part(cipher, "iv")?, part(cipher, "data")?);
    let rounds = u32::try_from(json::count(kdf, "iterations")).map_err(|_| ExchangeError::TooCostly)?;
    let key = ciphers::derive_pbkdf2(Prf::Sha256, ciphers::require_password(password)?, &salt, rounds)?;
    ciphers::gcm_decrypt(key.expose(), &iv, &sealed, &[]).ok_or(ExchangeError::WrongPassword)
}

fn accounts(data: &Value) -> Result<Report, ExchangeError> {
    // In the unencrypted form, the data may be JSON inside a string.
    let parsed = data.as_str().map(|text| json::parse(text.as_bytes())).transpose()?;
    Rows::read(Format::VastBlast, json::rows(parsed.as_ref().unwrap_or(data), "accounts")?, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let draft = AccountFields {
        kind: or_totp(json::setting(entry, "type", OtpError::UnknownKind)?),
        issuer: json::text_or_empty(entry, "issuer"),
        name: json::text_or_empty(entry, "label"),
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        ..AccountFields::default()
    };
    numbers(entry, draft)?.with_base32(row, json::text_or_empty(entry, "secret"))
}
