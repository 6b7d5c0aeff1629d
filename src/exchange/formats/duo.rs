//! Duo Mobile's `accounts.json`, copied from a rooted phone.
//!
//! A list of `{ "name", "accountType", "otpGenerator": { "otpSecret", "counter" } }`. Entries with a counter are HOTP
//! accounts.

use super::account_fields::AccountFields;
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;

pub(in crate::exchange) const ENTRY: Entry =
    Entry { id: "duo", title: "Duo Mobile", detect: &[Detect::Item(sniff)], read: Read::Plain(read), ..Entry::DEFAULT };

pub(in crate::exchange) fn sniff(item: &Value) -> bool {
    item.get("otpGenerator").is_some()
}

/// Reads the list.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let entries = file.as_array().ok_or(ExchangeError::Damaged("list"))?;
    Rows::read(Format::Duo, entries, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let generator = entry.get("otpGenerator").filter(|it| it.is_object()).ok_or(Reason::NoCodes)?;
    let counter = json::whole_number(generator, "counter", OtpError::Counter)?;
    let draft = AccountFields {
        kind: if counter.is_some() { "hotp" } else { "totp" },
        name: json::text_or_empty(entry, "name"),
        counter,
        ..AccountFields::default()
    };
    draft.with_base32(row, json::text_or_empty(generator, "otpSecret"))
}
