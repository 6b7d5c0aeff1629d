//! 1Password's exports: 1PUX and CSV.
//!
//! 1PUX is a zip archive. Its `export.data` is JSON:
//!
//! ```text
//! { "accounts": [ { "vaults": [ { "attrs": { "name" }, "items": [ { "favIndex",
//!     "overview": { "title", "url", "urls", "tags" }, "details": {
//!       "loginFields": [ { "designation", "value" } ], "notesPlain",
//!       "sections": [ { "fields": [ { "title", "value": { "totp" } } ] } ] } } ] } ] } ] }
//! ```
//!
//! The CSV has the columns `Title`, `Url`, `Username`, `Password`, `OTPAuth`, `Favorite`, `Archived`, `Tags`, `Notes`.
//! The position of a row counts one-time passwords in 1PUX, and rows in CSV.

use super::account_fields;
use super::csv_table::Table;
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::zip_archive::Archive;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::addresses;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "1password",
    title: "1Password (1PUX)",
    detect: &[Detect::Json(sniff), Detect::Member("export.data")],
    read: Read::Plain(read),
    read_zip: Some(|archive, _| read_zip(archive)),
    ..Entry::DEFAULT
};

pub(in crate::exchange) const CSV: Entry = Entry {
    id: "1password-csv",
    title: "1Password (CSV)",
    detect: &[Detect::Csv(sniff_csv)],
    read: Read::Plain(read_csv),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    json::list(value, "accounts").iter().take(4).any(|account| account.get("vaults").is_some())
}

pub(in crate::exchange) fn sniff_csv(header: &[String]) -> bool {
    let has = |column: &str| header.iter().any(|found| found == column);
    // Apple's export also has the first two columns, but none of the others.
    has("title") && has("otpauth") && (has("favorite") || has("archived") || has("tags"))
}

/// Reads 1PUX.
pub(in crate::exchange) fn read_zip(archive: &mut Archive<'_>) -> Result<Report, ExchangeError> {
    let member = archive.find("export.data").ok_or(ExchangeError::Damaged("export.data"))?;
    read(&archive.read(&member, None)?)
}

/// Reads `export.data`.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let mut rows = Rows::new(Format::OnePassword);
    let vaults = json::rows(&file, "accounts")?.iter().flat_map(|account| json::list(account, "vaults"));
    for vault in vaults {
        for item in json::list(vault, "items") {
            // An item may be wrapped in an object with the single member `item`.
            let item = item.get("item").unwrap_or(item);
            let codes = codes(item);
            if codes.is_empty() {
                rows.pass();
            }
            for totp in codes {
                let row = rows.next();
                rows.push(row, account(row, item, vault, totp))?;
            }
        }
    }
    Ok(rows.finish())
}

fn codes(item: &Value) -> Vec<&str> {
    let details = item.get("details").unwrap_or(&Value::Null);
    let fields = || json::list(details, "sections").iter().flat_map(|section| json::list(section, "fields"));
    let own = fields().filter_map(|field| json::text(field.get("value")?, "totp")).collect();
    account_fields::with_uris_in(own, &fields().collect::<Vec<_>>())
}

fn account(row: usize, item: &Value, vault: &Value, totp: &str) -> Result<Imported, Reason> {
    let part = |name: &str| item.get(name).unwrap_or(&Value::Null);
    let (overview, details) = (part("overview"), part("details"));
    let login = |designation: &str| {
        let fields = json::list(details, "loginFields").iter();
        fields
            .filter(|field| json::text(field, "designation") == Some(designation))
            .find_map(|it| json::text(it, "value"))
    };
    let account = account_fields::field(
        row,
        totp,
        json::text_or_empty(overview, "title"),
        login("username").unwrap_or_default(),
    )?;
    let tags = json::list(overview, "tags").iter().filter_map(Value::as_str);
    let name = vault.get("attrs").and_then(|attributes| json::text(attributes, "name"));
    let urls = json::list(overview, "urls").iter().filter_map(|url| json::text(url, "url"));
    let account = account.with_site(json::text(overview, "url"));
    let account = urls.fold(account, |account, url| account.with_site(Some(url)));
    let account = account
        .with_groups(tags.chain(name))
        .with_note(json::text(details, "notesPlain"))
        .with_pin(json::count(item, "favIndex") > 0);
    Ok(if login("password").is_some() { account.with_loss(Loss::OtherSecrets) } else { account })
}

/// Reads CSV.
pub(in crate::exchange) fn read_csv(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Table::read(bytes)?;
    let mut rows = Rows::new(Format::OnePasswordCsv);
    for (row, cells) in table.rows() {
        if cells.text("otpauth").is_empty() {
            rows.pass();
            continue;
        }
        for totp in addresses(cells.text("otpauth")) {
            let account = account_fields::field(row, totp, cells.text("title"), cells.text("username"));
            rows.push(
                row,
                account.map(|account| {
                    let account = account
                        .with_groups(cells.text("tags").split(';').map(str::trim))
                        .with_note(Some(cells.text("notes")))
                        .with_pin(cells.text("favorite").eq_ignore_ascii_case("true"))
                        .with_site(Some(cells.text("url")));
                    if cells.text("password").is_empty() { account } else { account.with_loss(Loss::OtherSecrets) }
                }),
            )?;
        }
    }
    Ok(rows.finish())
}
