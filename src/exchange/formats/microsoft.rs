//! Microsoft Authenticator's own database (`PhoneFactor`), copied from a rooted phone. For Google's database, which is
//! also an SQLite file, see `google_database`.
//!
//! | column of `accounts` | content |
//! |---|---|
//! | `account_type` | 0 third party; 1 Microsoft account; other types approve sign-ins and have no codes |
//! | `oath_secret_key` | base32 for type 0; base64 for type 1, whose codes have 8 digits |
//! | `encrypted_oath_secret_key` | set without `oath_secret_key` if the secret is in the phone's keystore |
//! | `name`, `username` | issuer and account name |
//!
//! The database is in WAL mode, so recent accounts may be only in `PhoneFactor-wal`. See [`super::merge_wal`].

use super::account_fields::AccountFields;
use super::report::Rows;
use super::sqlite::{self, Cell, Database, Table};
use super::zip_archive::{self, Archive};
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::Key;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "microsoft",
    title: "Microsoft Authenticator (database)",
    detect: &[Detect::Table("accounts", sniff), Detect::Member("phonefactor")],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(table: &Table) -> bool {
    table.has("oath_secret_key")
}

/// Reads a database, or a zip archive with a database and its write-ahead log.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    if !bytes.starts_with(zip_archive::MAGIC) {
        return read_database(bytes);
    }
    let mut archive = Archive::open(bytes)?;
    let member = archive.find("phonefactor").ok_or(ExchangeError::Damaged("PhoneFactor"))?;
    let database = archive.read(&member, None)?;
    match archive.find("phonefactor-wal") {
        Some(log) => read_database(&sqlite::merge_wal(&database, &archive.read(&log, None)?)?),
        None => read_database(&database),
    }
}

fn read_database(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Database::open(bytes)?.table("accounts")?;
    let table = table.ok_or(ExchangeError::Damaged("table"))?;
    Rows::read(Format::Microsoft, table.rows(), |row, cells| account(row, &table, cells))
}

fn account(row: usize, table: &Table, cells: &[Cell]) -> Result<Imported, Reason> {
    let secret = table.text(cells, "oath_secret_key");
    if secret.is_empty() && !table.cell(cells, "encrypted_oath_secret_key").is_empty() {
        return Err(Reason::DeviceBound);
    }
    let kind = table.cell(cells, "account_type").integer();
    let draft = AccountFields {
        kind: "totp",
        issuer: table.text(cells, "name"),
        name: table.text(cells, "username"),
        digits: Some(if kind == Some(1) { 8 } else { 6 }),
        ..AccountFields::default()
    };
    let key = match kind {
        Some(0) => Key::from_base32(secret).map_err(Reason::Otp),
        Some(1) => encoding::base64_key(secret),
        _ => return Err(Reason::NoCodes),
    };
    draft.with_key(row, key)
}
