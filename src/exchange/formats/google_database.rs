//! Google Authenticator's own database (`databases`), copied from a rooted phone.
//!
//! | column of `accounts` | content |
//! |---|---|
//! | `email` | the account name, or `issuer:account` |
//! | `issuer` | may be NULL |
//! | `secret` | base32 |
//! | `type` | 0 TOTP, 1 HOTP |
//! | `counter` | for HOTP |
//! | `isencrypted` | 1 if the secret is in the phone's keystore |
//!
//! All accounts use SHA-1, 6 digits and 30 s.

use super::account_fields::AccountFields;
use super::google_migration::names;
use super::report::Rows;
use super::sqlite::{Cell, Database, Table};
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::OtpError;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "google-database",
    title: "Google Authenticator (database)",
    detect: &[Detect::Table("accounts", sniff)],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(table: &Table) -> bool {
    table.has("secret") && table.has("email")
}

/// Reads a database.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Database::open(bytes)?.table("accounts")?;
    let table = table.ok_or(ExchangeError::Damaged("table"))?;
    Rows::read(Format::GoogleDatabase, table.rows(), |row, cells| account(row, &table, cells))
}

fn account(row: usize, table: &Table, cells: &[Cell]) -> Result<Imported, Reason> {
    if table.cell(cells, "isencrypted").integer() == Some(1) {
        return Err(Reason::DeviceBound);
    }
    let (issuer, name) = names(table.text(cells, "issuer"), table.text(cells, "email"));
    let kind = match table.cell(cells, "type").integer() {
        Some(0) | None => "totp",
        Some(1) => "hotp",
        Some(_) => return Err(Reason::Kind),
    };
    let counter = match table.cell(cells, "counter").integer() {
        Some(counter) => Some(u64::try_from(counter).map_err(|_| Reason::Otp(OtpError::Counter))?),
        None => None,
    };
    let draft = AccountFields { kind, issuer, name, counter, ..AccountFields::default() };
    draft.with_base32(row, table.text(cells, "secret"))
}
