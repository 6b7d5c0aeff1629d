//! Ente Auth's exports. For the unencrypted text form, which is a list of key URIs, see `otpauth_list`.
//!
//! | form | meaning |
//! |---|---|
//! | `{ "items": [ { "rawData": URI, "display": {…} } ] }` | an older unencrypted export |
//! | `{ "version": 1, "kdfParams": { "memLimit", "opsLimit", "salt" }, "encryptedData", "encryptionNonce" }` | encrypted |
//!
//! The key is derived with Argon2id (`memLimit` bytes, `opsLimit` passes, one lane). The ciphertext is one message of
//! libsodium's secretstream with the header `encryptionNonce`. It contains the text form.

use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use serde_json::json;

use super::account_fields::is_steam_by_issuer;
use super::ciphers::{self, Argon2Cost};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding, otpauth_list, secretstream};
use crate::otp::{Digits, KeyUri, Kind, percent_encode};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "ente",
    title: "Ente Auth",
    detect: &[Detect::Json(sniff)],
    read: Read::MayBeEncrypted(|bytes, password| {
        if json::is_json(bytes) { read(bytes, password) } else { otpauth_list::read(bytes, Format::Ente) }
    }),
    export: Some(Export {
        is_supported_by_vendor: |account| is_supported_by_vendor(&account.uri),
        groups: Groups::All,
        notes_and_pins: true,
        ..Export::DEFAULT
    }),
    write: |it| Ok(write(it.accounts).into_bytes()),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("kdfParams").is_some() && value.get("encryptedData").is_some()
        || json::list(value, "items").iter().take(8).any(|item| item.get("rawData").is_some())
}

/// Reads JSON, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    if file.get("kdfParams").is_none() {
        return Rows::read(Format::Ente, json::rows(&file, "items")?, old_item);
    }
    let text = open(&file, ciphers::require_password(password)?)?;
    let text = encoding::text(text.expose()).ok_or(ExchangeError::Damaged("UTF-8"))?;
    match json::parse(text.as_bytes()) {
        Ok(items @ Value::Object(_)) => Rows::read(Format::Ente, json::rows(&items, "items")?, old_item),
        _ => otpauth_list::read_text(&text, Format::Ente),
    }
}

fn old_item(row: usize, item: &Value) -> Result<Imported, Reason> {
    let uri = item.as_str().or_else(|| json::text(item, "rawData")).ok_or(Reason::Malformed)?;
    let account = otpauth_list::account(row, uri)?;
    // Display settings in the URI were already read together with it.
    if uri.contains("codeDisplay=") {
        return Ok(account);
    }
    otpauth_list::with_display(account, item.get("display").unwrap_or(&Value::Null))
}

fn open(file: &Value, password: &[u8]) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let parameters = file.get("kdfParams").unwrap_or(&Value::Null);
    let part = |holder: &Value, name| {
        json::text(holder, name).and_then(encoding::base64).ok_or(ExchangeError::Damaged("base64"))
    };
    let kib = json::count(parameters, "memLimit") / 1024;
    let kib = u32::try_from(kib).map_err(|_| ExchangeError::TooCostly)?;
    let passes = u32::try_from(json::count(parameters, "opsLimit")).map_err(|_| ExchangeError::TooCostly)?;
    let (salt, sealed) = (part(parameters, "salt")?, part(file, "encryptedData")?);
    let header = part(file, "encryptionNonce")?;
    let header: [u8; 24] = header.try_into().map_err(|_| ExchangeError::Damaged("stream header"))?;
    if sealed.len() < secretstream::OVERHEAD_BYTES {
        return Err(ExchangeError::Damaged("length"));
    }
    let key = ciphers::derive_argon2(Argon2Cost::id(kib, passes, 1), password, &salt)?;
    secretstream::open(&key, &header, &sealed).ok_or(ExchangeError::WrongPassword)
}

/// Returns whether all of Ente's apps generate the same codes. They show Steam codes for every time-based account of
/// the issuer Steam, and the web app shows six digits for every HOTP account.
fn is_supported_by_vendor(uri: &KeyUri) -> bool {
    let is_shortened = matches!(uri.otp.kind, Kind::Hotp { .. }) && uri.otp.digits != Digits::default();
    !is_shortened && !is_steam_by_issuer(uri)
}

/// Writes the unencrypted text form: key URIs with `codeDisplay`.
pub(in crate::exchange) fn write(accounts: &[&Imported]) -> String {
    accounts.iter().map(|account| line(account)).collect()
}

fn line(account: &Imported) -> String {
    let display = json!({
        "pinned": account.pinned,
        "trashed": false,
        "lastUsedAt": account.usage.last_seconds.unwrap_or(0).saturating_mul(1_000_000),
        "tapCount": account.usage.count,
        "tags": account.groups,
        "note": account.note,
        "position": 0,
        "iconSrc": "",
        "iconID": "",
    });
    // Ente also requires the parameters that have their default values.
    format!("{}&codeDisplay={}\n", account.uri, percent_encode(&display.to_string()))
}
