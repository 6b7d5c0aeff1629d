//! The backup and the preferences of TOTP Authenticator (by BinaryBoot).
//!
//! | file | content |
//! |---|---|
//! | backup | base64 of AES-256-CBC with a zero IV, whose key is the SHA-256 of the password (`TotpAuthenticator` unless the user set one); contains a JSON object with one member, whose **name** is a JSON list |
//! | preferences | the list in `STATIC_TOTP_CODES_LIST` |
//!
//! An item has `base` (16, 32 or 64: the encoding of `key`), `key`, `name`, `issuer`, `digits` and `period`. The
//! encryption is not authenticated.

use crate::exchange::registry::{Detect, Entry, Read};
use sha2::{Digest, Sha256};

use super::account_fields::{AccountFields, numbers};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, android_preferences, ciphers, encoding};
use crate::otp::Key;
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "totp-authenticator",
    title: "TOTP Authenticator",
    detect: &[Detect::Preferences(sniff_preferences), Detect::Text(sniff)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

const DEFAULT_PASSWORD: &str = "TotpAuthenticator";
const LIST: &str = "STATIC_TOTP_CODES_LIST";

/// Maximum size of a text that is checked as a possible backup, in bytes. Backups have no signature that could be
/// checked instead.
const MAX_SNIFFED_BYTES: usize = 4 << 20;

/// Returns whether a text is base64 of whole AES blocks.
pub(in crate::exchange) fn sniff(text: &str) -> bool {
    if text.len() > MAX_SNIFFED_BYTES {
        return false;
    }
    let text = text.trim();
    text.len() >= 24
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=\r\n".contains(&b))
        && encoding::base64(text).is_some_and(|bytes| bytes.len().is_multiple_of(16))
}

pub(in crate::exchange) fn sniff_preferences(entries: &[(String, String)]) -> bool {
    android_preferences::find(entries, LIST).is_some()
}

/// Reads a backup or the preferences. A backup is decrypted with the default password, or else the given one.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let text = encoding::text(bytes).ok_or(ExchangeError::Damaged("UTF-8"))?;
    if android_preferences::is_xml(&text) {
        let entries = android_preferences::read(bytes)?;
        let list = android_preferences::find(&entries, LIST).ok_or(ExchangeError::Damaged("list"))?;
        return items(list.as_bytes());
    }
    let sealed = encoding::base64(&text).ok_or(ExchangeError::Damaged("base64"))?;
    let file = open(&sealed, DEFAULT_PASSWORD.as_bytes()).map_or_else(|| open_with(&sealed, password), Ok)?;
    let members = json::members(file.expose()).map_err(|_| ExchangeError::WrongPassword)?;
    let (list, _) = members.first().ok_or(ExchangeError::Damaged("list"))?;
    items(list.as_bytes())
}

fn open_with(sealed: &[u8], password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    open(sealed, ciphers::require_password(password)?).ok_or(ExchangeError::WrongPassword)
}

/// Decrypts a backup. The encryption is not authenticated, so the result is valid if it is a JSON object.
fn open(sealed: &[u8], password: &[u8]) -> Option<Secret<Vec<u8>>> {
    let key = Secret::new(Sha256::digest(password).to_vec());
    ciphers::cbc_open(key.expose(), &[0; 16], sealed).filter(|open| json::members(open.expose()).is_ok())
}

fn items(list: &[u8]) -> Result<Report, ExchangeError> {
    let list = json::parse(list)?;
    let items = list.as_array().ok_or(ExchangeError::Damaged("list"))?;
    Rows::read(Format::TotpAuthenticator, items, account)
}

fn account(row: usize, item: &Value) -> Result<Imported, Reason> {
    let draft = AccountFields {
        kind: "totp",
        issuer: json::text_or_empty(item, "issuer"),
        name: json::text_or_empty(item, "name"),
        ..AccountFields::default()
    };
    let text = json::text_or_empty(item, "key");
    let key = match json::count(item, "base") {
        16 => encoding::hex_key(text),
        32 => Key::from_base32(text).map_err(Reason::Otp),
        64 => encoding::base64_key(text),
        _ => Err(Reason::SecretEncoding),
    };
    let draft = numbers(item, draft)?;
    // A number that was never set may be 0.
    let set = |number: Option<u64>| number.filter(|number| *number > 0);
    AccountFields { digits: set(draft.digits), period: set(draft.period), ..draft }.with_key(row, key)
}
