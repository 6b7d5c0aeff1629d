//! 2FAuth's export, JSON.
//!
//! ```text
//! { "app": "2fauth_v5.0.0", "schema": 1, "datetime", "data": [ { "otp_type", "account", "service", "secret", "digits",
//!     "algorithm", "period", "counter", "icon_mime", "icon_file", "legacy_uri" } ] }
//! ```
//!
//! `otp_type` is `totp`, `hotp` or `steamtotp`; `icon_file` is base64.

use super::account_fields::{AccountFields, numbers};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;

pub(in crate::exchange) const ENTRY: Entry =
    Entry { id: "2fauth", title: "2FAuth", detect: &[Detect::Json(sniff)], read: Read::Plain(read), ..Entry::DEFAULT };

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    json::text(value, "app").is_some_and(|app| app.to_ascii_lowercase().starts_with("2fauth"))
        || json::list(value, "data").iter().take(8).any(|entry| entry.get("otp_type").is_some())
}

/// Reads an export.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    Rows::read(Format::TwoFAuth, json::rows(&file, "data")?, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let kind = json::text_or_empty(entry, "otp_type");
    let draft = AccountFields {
        kind: if kind.eq_ignore_ascii_case("steamtotp") { "steam" } else { kind },
        issuer: json::text_or_empty(entry, "service"),
        name: json::text_or_empty(entry, "account"),
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        ..AccountFields::default()
    };
    let account = numbers(entry, draft)?.with_base32(row, json::text_or_empty(entry, "secret"))?;
    Ok(account.with_icon(json::text(entry, "icon_file"), json::text(entry, "icon_mime")))
}
