//! Authenticator Plus's backups: an archive or a database.
//!
//! | file | content |
//! |---|---|
//! | zip archive, encrypted with ZipCrypto | `Accounts.txt`, a list of key URIs |
//! | `authplus.db`, unencrypted or encrypted with SQLCipher (`sqlcipher`) | a database |
//!
//! | column of `accounts` | content |
//! |---|---|
//! | `issuer`, `email` | issuer and account; without an issuer, `original_name` may be `issuer:account` |
//! | `type` | 0 TOTP, 1 HOTP, 2 Battle.net |
//! | `secret` | base32, or hexadecimal for Battle.net, which has 8 digits |
//! | `category` | the group, except `All Accounts` |

use super::account_fields::AccountFields;
use super::report::Rows;
use super::sqlite::{self, Cell, Database, Table};
use super::zip_archive::Archive;
use super::{ExchangeError, Format, Imported, Reason, Report, ciphers, encoding, otpauth_list, sqlcipher};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::{Key, OtpError};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "authenticator-plus",
    title: "Authenticator Plus",
    detect: &[Detect::Table("accounts", sniff), Detect::Member("accounts.txt")],
    read: Read::MayBeEncrypted(read),
    read_zip: Some(read_zip),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(table: &Table) -> bool {
    ["secret", "email", "category"].iter().all(|column| table.has(column))
}

/// Reads an archive with a list of key URIs.
pub(in crate::exchange) fn read_zip(
    archive: &mut Archive<'_>,
    password: Option<&Secret<String>>,
) -> Result<Report, ExchangeError> {
    let member = archive.find("accounts.txt").or_else(|| archive.find(".txt"));
    let member = member.ok_or(ExchangeError::Damaged("Accounts.txt"))?;
    otpauth_list::read(&archive.read(&member, password)?, Format::AuthenticatorPlus)
}

/// Reads a database, or a list that was extracted from its archive.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    if bytes.starts_with(sqlite::MAGIC) {
        return read_database(bytes);
    }
    if encoding::text(bytes).is_some() {
        return otpauth_list::read(bytes, Format::AuthenticatorPlus);
    }
    let database = sqlcipher::open(bytes, ciphers::require_password(password)?)?;
    read_database(database.expose())
}

fn read_database(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Database::open(bytes)?.table("accounts")?;
    let table = table.ok_or(ExchangeError::Damaged("table"))?;
    Rows::read(Format::AuthenticatorPlus, table.rows(), |row, cells| account(row, &table, cells))
}

fn account(row: usize, table: &Table, cells: &[Cell]) -> Result<Imported, Reason> {
    let text = |column| table.text(cells, column);
    let is_battle_net = table.cell(cells, "type").integer() == Some(2);
    let kind = match table.cell(cells, "type").integer() {
        Some(0 | 2) | None => "totp",
        Some(1) => "hotp",
        Some(_) => return Err(Reason::Kind),
    };
    let counter = table.cell(cells, "counter").integer().map(u64::try_from).transpose();
    let (issuer, name) = names(text("issuer"), text("original_name"), text("email"));
    let draft = AccountFields {
        kind,
        issuer,
        name,
        digits: is_battle_net.then_some(8),
        counter: counter.map_err(|_| Reason::Otp(OtpError::Counter))?,
        ..AccountFields::default()
    };
    let secret = text("secret");
    let key = if is_battle_net { encoding::hex_key(secret) } else { Key::from_base32(secret).map_err(Reason::Otp) };
    let group = Some(text("category")).filter(|group| *group != "All Accounts");
    Ok(draft.with_key(row, key)?.with_groups(group))
}

/// Returns the issuer and the account name. If the issuer is empty, it is the head of the original name.
fn names<'a>(issuer: &'a str, original: &'a str, email: &'a str) -> (&'a str, &'a str) {
    match original.split_once(':') {
        Some((head, _)) if issuer.is_empty() => (head, email),
        _ => (issuer, email),
    }
}
