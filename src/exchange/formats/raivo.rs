//! Raivo OTP's export: a zip archive with `raivo-otp-export.json`, encrypted with WinZip's AES.
//!
//! The JSON is a list whose values are all strings: `issuer`, `account`, `secret`, `kind` (TOTP, HOTP), `algorithm`,
//! `digits`, `timer`, `counter`, `pinned`, `iconType`, `iconValue`.

use super::account_fields::AccountFields;
use super::json::{self, Value};
use super::report::Rows;
use super::zip_archive::Archive;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "raivo",
    title: "Raivo OTP",
    detect: &[Detect::Item(sniff), Detect::Member("raivo-otp-export.json")],
    read: Read::Plain(read),
    read_zip: Some(read_zip),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(item: &Value) -> bool {
    item.get("kind").is_some() && item.get("timer").is_some() && item.get("secret").is_some()
}

/// Reads an archive, decrypting it with the password.
pub(in crate::exchange) fn read_zip(
    archive: &mut Archive<'_>,
    password: Option<&Secret<String>>,
) -> Result<Report, ExchangeError> {
    let member = archive.find("raivo-otp-export.json").or_else(|| archive.find(".json"));
    read(&archive.read(&member.ok_or(ExchangeError::Damaged("JSON"))?, password)?)
}

/// Reads the JSON.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let entries = file.as_array().ok_or(ExchangeError::Damaged("list"))?;
    Rows::read(Format::Raivo, entries, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let draft = AccountFields {
        kind: json::text_or_empty(entry, "kind"),
        issuer: json::text_or_empty(entry, "issuer"),
        name: json::text_or_empty(entry, "account"),
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        digits: json::whole_number(entry, "digits", OtpError::Digits)?,
        period: json::whole_number(entry, "timer", OtpError::Period)?,
        counter: json::whole_number(entry, "counter", OtpError::Counter)?,
    };
    let account = draft.with_base32(row, json::text_or_empty(entry, "secret"))?;
    Ok(account.with_pin(json::flag(entry, "pinned")))
}
