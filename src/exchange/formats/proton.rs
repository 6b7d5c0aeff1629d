//! Proton Authenticator's export, unencrypted and encrypted.
//!
//! | form | meaning |
//! |---|---|
//! | `{ "version": 1, "entries": [ { "content": { "uri", "entry_type", "name" }, "note" } ] }` | unencrypted |
//! | `{ "version": 1, "salt": base64 16, "content": base64 }` | encrypted: nonce 12, AES-256-GCM ciphertext and tag |
//!
//! The key is derived with Argon2id: 19 MiB, 2 passes, 1 lane. The associated data is `proton.authenticator.export.v1`.

use super::account_fields;
use super::ciphers::{self, Argon2Cost};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding, otpauth_list};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "proton",
    title: "Proton Authenticator",
    detect: &[Detect::Json(sniff)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

const ASSOCIATED_DATA: &[u8] = b"proton.authenticator.export.v1";

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    let encrypted = ["content", "salt"].iter().all(|key| value.get(key).is_some_and(Value::is_string));
    let entries = value.get("entries").and_then(Value::as_array);
    let is_one = |entry: &Value| entry.get("content").is_some() || entry.get("id").is_some();
    let is_plain = entries.is_some_and(|entries| entries.is_empty() || entries.iter().take(8).any(is_one));
    encrypted || (is_plain && value.get("version").is_some())
}

/// Reads an export, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    if file.get("entries").is_some() {
        return entries(&file);
    }
    let part = |name| json::text(&file, name).and_then(encoding::base64).ok_or(ExchangeError::Damaged("base64"));
    let (salt, content) = (part("salt")?, part("content")?);
    let (nonce, sealed) = content.split_at_checked(12).ok_or(ExchangeError::Damaged("length"))?;
    let key = ciphers::derive_argon2(Argon2Cost::id(19_456, 2, 1), ciphers::require_password(password)?, &salt)?;
    let open =
        ciphers::gcm_decrypt(key.expose(), nonce, sealed, ASSOCIATED_DATA).ok_or(ExchangeError::WrongPassword)?;
    entries(&json::parse(open.expose())?)
}

fn entries(file: &Value) -> Result<Report, ExchangeError> {
    Rows::read(Format::Proton, json::rows(file, "entries")?, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let content = entry.get("content").ok_or(Reason::Malformed)?;
    let mut account = otpauth_list::account(row, json::text(content, "uri").ok_or(Reason::Malformed)?)?;
    // A `steam://` link contains no name, so the name is that of the entry, as the app shows it.
    account.uri = account_fields::named(account.uri, "", json::text_or_empty(content, "name"));
    Ok(account.with_note(json::text(entry, "note")))
}
