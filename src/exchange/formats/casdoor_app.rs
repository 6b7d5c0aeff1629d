//! Data of the Casdoor mobile app: its database, or the list that it stores on a server.
//!
//! | field | database, table `accounts` | JSON: a list, or a user's `mfaAccounts` |
//! |---|---|---|
//! | account | `account_name` | `accountName` |
//! | issuer | `issuer` | `issuer` |
//! | secret, base32 | `secret` | `secretKey` |
//! | deleted | `deleted_at` | |
//!
//! The app stores the label and the issuer as they are in the QR code: percent-encoded, and the label includes the
//! issuer. It stores no parameters; they are SHA-1, 6 digits and 30 s. If the secret is a key URI, it was written by
//! this extension, for accounts that need other parameters.

use super::account_fields::AccountFields;
use super::google_migration::names;
use super::json::{self, Value};
use super::report::Rows;
use super::sqlite::{Cell, Database, Table};
use super::{ExchangeError, Format, Imported, Reason, Report, otpauth_list};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::percent_decode;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "casdoor-app",
    title: "Casdoor Authenticator (mobile app)",
    detect: &[Detect::Json(sniff_user), Detect::Item(sniff), Detect::Table("accounts", sniff_table)],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(item: &Value) -> bool {
    item.get("secretKey").is_some() && item.get("accountName").is_some()
}

pub(in crate::exchange) fn sniff_user(value: &Value) -> bool {
    let list = value.get("mfaAccounts").or_else(|| value.get("data")?.get("mfaAccounts"));
    list.is_some_and(Value::is_array)
}

pub(in crate::exchange) fn sniff_table(table: &Table) -> bool {
    table.has("account_name") && table.has("secret")
}

/// Reads a database or a JSON file.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    if json::is_json(bytes) {
        let file = json::parse(bytes)?;
        let holder = file.get("data").filter(|data| data.is_object()).unwrap_or(&file);
        let list = file.as_array().or_else(|| holder.get("mfaAccounts")?.as_array());
        let list = list.ok_or(ExchangeError::Damaged("list"))?;
        return Rows::read(Format::CasdoorApp, list, |row, it| {
            let text = |key| json::text_or_empty(it, key);
            account(row, text("issuer"), text("accountName"), text("secretKey"))
        });
    }
    let table = Database::open(bytes)?.table("accounts")?;
    let table = table.ok_or(ExchangeError::Damaged("table"))?;
    Rows::read(Format::CasdoorApp, table.rows(), |row, cells: &Vec<Cell>| {
        if !table.cell(cells, "deleted_at").is_empty() {
            return Err(Reason::InTrash);
        }
        let text = |column| table.text(cells, column);
        account(row, text("issuer"), text("account_name"), text("secret"))
    })
}

fn account(row: usize, issuer: &str, name: &str, secret: &str) -> Result<Imported, Reason> {
    if secret.contains("://") {
        return otpauth_list::account(row, secret);
    }
    let plain = |text: &str| percent_decode(text).unwrap_or_else(|_| text.to_owned());
    let (issuer, name) = (plain(issuer), plain(name));
    let (issuer, name) = names(&issuer, &name);
    AccountFields { kind: "totp", issuer, name, ..AccountFields::default() }.with_base32(row, secret)
}
