//! 1Password's exports: 1PUX, the older 1PIF, and CSV.
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
//! 1PIF is one line of JSON for each item, with lines of asterisks between them:
//!
//! ```text
//! { "title", "trashed", "location", "secureContents": { "notesPlain", "URLs": [ { "url" } ],
//!     "fields": [ { "designation", "value" } ],
//!     "sections": [ { "fields": [ { "n": "TOTP_…", "t": "name", "v": "key URI or setup key" } ] } ] } }
//! ```
//!
//! The CSV has the columns `Title`, `Url`, `Username`, `Password`, `OTPAuth`, `Favorite`, `Archived`, `Tags`, `Notes`.
//! The position of a row counts one-time passwords in 1PUX, and rows in CSV.

use std::borrow::Cow;

use super::account_fields;
use super::csv_table::Table;
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::zip_archive::Archive;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::entry_codes;
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::addresses;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "1password",
    title: "1Password (1PUX)",
    detect: &[
        Detect::Json(sniff),
        Detect::Json(|value| value.get("secureContents").is_some()),
        Detect::Item(|item| item.get("secureContents").is_some()),
        Detect::Member("export.data"),
        Detect::Member("data.1pif"),
    ],
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
    let member = archive.find("export.data").or_else(|| archive.find("data.1pif"));
    let member = member.ok_or(ExchangeError::Damaged("export.data"))?;
    read(&archive.read(&member, None)?)
}

/// Reads `export.data`, or 1PIF.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    if file.get("accounts").is_none() {
        return read_lines(file.as_array().map_or(std::slice::from_ref(&file), Vec::as_slice));
    }
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
                rows.push(row, totp.and_then(|totp| account(row, item, vault, &totp)))?;
            }
        }
    }
    Ok(rows.finish())
}

/// A one-time password, or the reason why it cannot be read.
type Code<'a> = Result<Cow<'a, str>, Reason>;

fn codes(item: &Value) -> Vec<Code<'_>> {
    let details = item.get("details").unwrap_or(&Value::Null);
    let fields = || json::list(details, "sections").iter().flat_map(|section| json::list(section, "fields"));
    let own = fields().filter_map(|field| json::text(field.get("value")?, "totp")).collect();
    entry_codes::codes(own, &fields().chain(details.get("notesPlain")).collect::<Vec<_>>())
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

/// Reads the items of 1PIF.
fn read_lines(items: &[Value]) -> Result<Report, ExchangeError> {
    let mut rows = Rows::new(Format::OnePassword);
    for (index, item) in items.iter().enumerate() {
        let row = index.saturating_add(1);
        let contents = item.get("secureContents").unwrap_or(&Value::Null);
        let sections = || json::list(contents, "sections").iter();
        let fields = || sections().flat_map(|section| json::list(section, "fields"));
        let is_own = |field: &&Value| json::text(field, "n").is_some_and(|name| name.starts_with("TOTP_"));
        let own = fields().filter(is_own).filter_map(|field| json::text(field, "v")).collect();
        let others: Vec<&Value> = fields().filter(|field| !is_own(field)).chain(contents.get("notesPlain")).collect();
        let codes = entry_codes::codes(own, &others);
        if codes.is_empty() {
            rows.pass();
        }
        for code in codes {
            let code = if json::flag(item, "trashed") { Err(Reason::InTrash) } else { code };
            rows.push(row, code.and_then(|code| account_of_line(row, item, contents, &code)))?;
        }
    }
    Ok(rows.finish())
}

fn account_of_line(row: usize, item: &Value, contents: &Value, code: &str) -> Result<Imported, Reason> {
    let login = |designation: &str| {
        let mut fields = json::list(contents, "fields").iter();
        fields.find(|it| json::text(it, "designation") == Some(designation)).and_then(|it| json::text(it, "value"))
    };
    let user = login("username").or_else(|| json::text(contents, "username")).unwrap_or_default();
    let account = account_fields::field(row, code, json::text_or_empty(item, "title"), user)?;
    let sites = json::list(contents, "URLs").iter().filter_map(|url| json::text(url, "url"));
    let tags = item.get("openContents").map_or(&[][..], |open| json::list(open, "tags"));
    let account = sites.chain(json::text(item, "location")).fold(account, |it, url| it.with_site(Some(url)));
    let account =
        account.with_groups(tags.iter().filter_map(Value::as_str)).with_note(json::text(contents, "notesPlain"));
    Ok(if login("password").is_some() { account.with_loss(Loss::OtherSecrets) } else { account })
}

/// Reads CSV.
pub(in crate::exchange) fn read_csv(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Table::read(bytes)?;
    let mut rows = Rows::new(Format::OnePasswordCsv);
    for (row, cells) in table.rows() {
        let own = Some(cells.text("otpauth")).filter(|cell| !cell.is_empty()).into_iter().flat_map(addresses);
        let codes = entry_codes::codes_in_texts(own.collect(), &[], &[cells.text("notes")]);
        if codes.is_empty() {
            rows.pass();
        }
        for totp in codes {
            let read =
                |totp: Cow<'_, str>| account_fields::field(row, &totp, cells.text("title"), cells.text("username"));
            let account = totp.and_then(read);
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
