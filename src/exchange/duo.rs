//! Duo Mobile's `accounts.json`, as a rooted phone gives it.
//!
//! A list of `{ "name", "accountType", "otpGenerator": { "otpSecret", "counter" } }`. With a counter it is a HOTP.

use super::draft::Draft;
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::otp::OtpError;

pub(super) fn sniff(item: &Value) -> bool {
    item.get("otpGenerator").is_some()
}

/// Reads the list.
pub(super) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let entries = file.as_array().ok_or(ExchangeError::Damaged("its list is missing"))?;
    Rows::read(Format::Duo, entries, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let generator = entry.get("otpGenerator").filter(|it| it.is_object()).ok_or(Reason::NoCodes)?;
    let counter = json::whole(generator, "counter", OtpError::Counter)?;
    let draft = Draft {
        kind: if counter.is_some() { "hotp" } else { "totp" },
        name: json::text_or_empty(entry, "name"),
        counter,
        ..Draft::default()
    };
    draft.with_base32(row, json::text_or_empty(generator, "otpSecret"))
}
