//! LastPass Authenticator's export.
//!
//! ```text
//! { "deviceName", "version", "accounts": [ { "issuerName", "originalIssuerName", "userName", "originalUserName",
//!     "secret", "timeStep", "digits", "algorithm", "isFavorite", "pushNotification", "folderData": { "folderId" } } ],
//!   "folders": [ { "id", "name" } ] }
//! ```

use crate::exchange::registry::{Detect, Entry, Read};
use std::collections::BTreeMap;

use super::account_fields::AccountFields;
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::otp::OtpError;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "lastpass",
    title: "LastPass Authenticator",
    detect: &[Detect::Json(sniff)],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("accounts").is_some_and(Value::is_array)
        && ["deviceName", "deviceId", "localDeviceId", "backupInfo"].iter().any(|key| value.get(key).is_some())
}

/// Reads an export.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    // Ids are numbers in some files and strings in others.
    let folders = json::list(&file, "folders").iter();
    let folders: BTreeMap<String, &str> =
        folders.filter_map(|folder| Some((plain(folder.get("id")?), json::text(folder, "name")?))).collect();
    Rows::read(Format::LastPass, json::rows(&file, "accounts")?, |row, entry| account(row, entry, &folders))
}

fn account(row: usize, entry: &Value, folders: &BTreeMap<String, &str>) -> Result<Imported, Reason> {
    let either = |name, original| json::text(entry, name).or_else(|| json::text(entry, original)).unwrap_or_default();
    let draft = AccountFields {
        kind: "totp",
        issuer: either("issuerName", "originalIssuerName"),
        name: either("userName", "originalUserName"),
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        digits: json::whole_number(entry, "digits", OtpError::Digits)?,
        period: json::whole_number(entry, "timeStep", OtpError::Period)?,
        counter: None,
    };
    let account = draft.with_base32(row, json::text_or_empty(entry, "secret"))?;
    let folder = entry.get("folderData").and_then(|data| folders.get(&plain(data.get("folderId")?)).copied());
    Ok(account.with_groups(folder).with_pin(json::flag(entry, "isFavorite")))
}

fn plain(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
