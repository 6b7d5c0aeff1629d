//! Steam's own files: `Steamguard-…` from a phone, and the `.maFile` of Steam Desktop Authenticator.
//!
//! A file contains one object, or `{ "accounts": { ID: object } }`, with `shared_secret` (base64), `account_name`,
//! `uri`, … ArchiSteamFarm's file of a bot has such an object as `BackingMobileAuthenticator`.

use super::account_fields::AccountFields;
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::registry::{Detect, Entry, Read};

pub(in crate::exchange) const ENTRY: Entry =
    Entry { id: "steam", title: "Steam", detect: &[Detect::Json(sniff)], read: Read::Plain(read), ..Entry::DEFAULT };

/// The member of ArchiSteamFarm's file that contains the object, in newer and older versions.
const ASF: [&str; 2] = ["BackingMobileAuthenticator", "_MobileAuthenticator"];

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("shared_secret").is_some()
        || is_manifest(value)
        || ASF.iter().any(|member| value.get(member).is_some_and(|it| it.get("shared_secret").is_some()))
        || value
            .get("accounts")
            .and_then(Value::as_object)
            .is_some_and(|accounts| accounts.values().any(|account| account.get("shared_secret").is_some()))
}

/// Recognizes the manifest of Steam Desktop Authenticator, which lists the files of the accounts.
fn is_manifest(value: &Value) -> bool {
    let is_one = |entry: &Value| entry.get("steamid").is_some() && entry.get("filename").is_some();
    json::list(value, "entries").iter().take(8).any(is_one)
}

/// Reads a file.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    if is_manifest(&file) {
        return Err(ExchangeError::HoldsNoSecrets(Format::Steam));
    }
    let file = ASF.iter().find_map(|member| file.get(member)).unwrap_or(&file);
    match file.get("accounts").and_then(Value::as_object) {
        Some(accounts) => Rows::read(Format::Steam, accounts.values(), account),
        None if file.is_object() => Rows::read(Format::Steam, [file], account),
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
