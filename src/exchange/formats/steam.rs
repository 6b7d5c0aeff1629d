//! Steam's own files: `Steamguard-…` from a phone, and the `.maFile` of Steam Desktop Authenticator.
//!
//! A file contains one object, or `{ "accounts": { ID: object } }`, with `shared_secret` (base64), `account_name`,
//! `uri`, …

use super::account_fields::AccountFields;
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::registry::{Detect, Entry, Read};

pub(in crate::exchange) const ENTRY: Entry =
    Entry { id: "steam", title: "Steam", detect: &[Detect::Json(sniff)], read: Read::Plain(read), ..Entry::DEFAULT };

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("shared_secret").is_some()
        || value
            .get("accounts")
            .and_then(Value::as_object)
            .is_some_and(|accounts| accounts.values().any(|account| account.get("shared_secret").is_some()))
}

/// Reads a file.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    match file.get("accounts").and_then(Value::as_object) {
        Some(accounts) => Rows::read(Format::Steam, accounts.values(), account),
        None if file.is_object() => Rows::read(Format::Steam, [&file], account),
        None => Err(ExchangeError::Damaged("accounts")),
    }
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let key = json::text(entry, "shared_secret").ok_or(Reason::Malformed).and_then(encoding::base64_key);
    let draft = AccountFields {
        kind: "steam",
        issuer: "Steam",
        name: json::text_or_empty(entry, "account_name"),
        ..AccountFields::default()
    };
    let account = draft.with_key(row, key)?;
    // Other secrets, for trade confirmations and revocation, work only in Steam's own programs.
    let has_more = ["identity_secret", "revocation_code"].iter().any(|key| json::text(entry, key).is_some());
    Ok(if has_more { account.with_loss(Loss::OtherSecrets) } else { account })
}
