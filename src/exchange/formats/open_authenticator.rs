//! Open Authenticator's backup, `.bak`, which is always encrypted.
//!
//! ```text
//! { "salt": base64 32, "passwordSignature": base64 32, "totps": [ { "uuid", "secret": sealed, "label": sealed,
//!   "issuer": sealed, "algorithm": "sha1", "digits": 6, "validity": 30, "encryptionSalt": bytes } ] }
//! ```
//!
//! A sealed text is a list of bytes: nonce 12, AES-256-GCM ciphertext and tag. The key is derived with Argon2id: 4 MiB,
//! 3 passes, 8 lanes. An entry that was encrypted with an older password has another salt.

use super::account_fields::AccountFields;
use super::ciphers::{self, Argon2Cost};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "open-authenticator",
    title: "Open Authenticator",
    detect: &[Detect::Json(|value| ["salt", "passwordSignature", "totps"].iter().all(|key| value.get(key).is_some()))],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

/// Reads a backup.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let salt = json::text(&file, "salt").and_then(encoding::base64).ok_or(ExchangeError::Damaged("salt"))?;
    let key = ciphers::derive_argon2(Argon2Cost::id(4096, 3, 8), ciphers::require_password(password)?, &salt)?;
    let entries = json::rows(&file, "totps")?;
    let has_other_salt = |entry: &Value| {
        let own = json::signed_bytes(entry.get("encryptionSalt"));
        own.is_some_and(|own| own != salt)
    };
    let can_open = |entry: &Value| open(key.expose(), entry, "secret").is_ok();
    // With a wrong password, no entry can be opened.
    if entries.iter().any(|entry| !has_other_salt(entry)) && !entries.iter().any(can_open) {
        return Err(ExchangeError::WrongPassword);
    }
    Rows::read(Format::OpenAuthenticator, entries, |row, entry| account(row, entry, key.expose()))
}

fn account(row: usize, entry: &Value, key: &[u8; 32]) -> Result<Imported, Reason> {
    let secret = open(key, entry, "secret")?;
    let text =
        |name| if entry.get(name).is_none_or(Value::is_null) { Ok(String::new()) } else { open(key, entry, name) };
    let (issuer, name) = (text("issuer")?, text("label")?);
    let draft = AccountFields {
        kind: "totp",
        issuer: &issuer,
        name: &name,
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        digits: json::whole_number(entry, "digits", OtpError::Digits)?,
        period: json::whole_number(entry, "validity", OtpError::Period)?,
        counter: None,
    };
    draft.with_base32(row, &secret)
}

/// Decrypts a text of an entry.
fn open(key: &[u8; 32], entry: &Value, name: &str) -> Result<String, Reason> {
    let bytes = json::signed_bytes(entry.get(name)).ok_or(Reason::Malformed)?;
    let (nonce, sealed) = bytes.split_at_checked(12).ok_or(Reason::Malformed)?;
    let open = ciphers::gcm_decrypt(key, nonce, sealed, &[]).ok_or(Reason::Sealed)?;
    String::from_utf8(open.expose().clone()).map_err(|_| Reason::Text)
}
