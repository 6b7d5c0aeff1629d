//! Proton Pass's exports: CSV, and a zip archive with `Proton Pass/data.json`.
//!
//! ```text
//! { "vaults": { ID: { "name", "items": [ { "pinned", "state", "data": {
//!     "metadata": { "name", "note" }, "content": { "totpUri" },
//!     "extraFields": [ { "fieldName", "type": "totp", "data": { "totpUri" } } ] } } ] } } }
//! ```
//!
//! An item may have several one-time passwords, and the position of a row counts these. The extra fields of an item
//! that the user designed are in `content.sections[].sectionFields`. `data.pgp` is encrypted with OpenPGP and not
//! supported.

use std::borrow::Cow;

use super::account_fields;
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::zip_archive::Archive;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::entry_codes;
use crate::exchange::mapping::read_manager;
use crate::exchange::registry::{Detect, Entry, Read};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "proton-pass",
    title: "Proton Pass",
    detect: &[
        Detect::Json(sniff),
        Detect::Member("proton pass/data.json"),
        Detect::Member("proton pass/data.pgp"),
        Detect::Csv(|header| ["type", "totp", "vault"].iter().all(|name| header.iter().any(|column| column == name))),
    ],
    read: Read::Plain(read),
    read_zip: Some(|archive, _| read_zip(archive)),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    let vaults = value.get("vaults").and_then(Value::as_object);
    vaults.is_some_and(|vaults| vaults.values().any(|vault| vault.get("items").is_some()))
}

/// Reads an archive.
pub(in crate::exchange) fn read_zip(archive: &mut Archive<'_>) -> Result<Report, ExchangeError> {
    match archive.find("data.json") {
        Some(member) => read(&archive.read(&member, None)?),
        None if archive.find(".pgp").is_some() => Err(ExchangeError::UnknownProtection),
        None => Err(ExchangeError::Damaged("data.json")),
    }
}

/// Reads `data.json`, or the CSV export, whose columns `mapping` finds.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    if !json::is_json(bytes) {
        return read_manager(bytes, Format::ProtonPass);
    }
    let file = json::parse(bytes)?;
    let vaults = file.get("vaults").and_then(Value::as_object).ok_or(ExchangeError::Damaged("vaults"))?;
    let mut rows = Rows::new(Format::ProtonPass);
    for vault in vaults.values() {
        for item in json::list(vault, "items") {
            let codes = codes(item.get("data").unwrap_or(&Value::Null));
            if codes.is_empty() {
                rows.pass();
            }
            for (uri, field) in codes {
                let row = rows.next();
                rows.push(row, uri.and_then(|uri| account(row, item, vault, &uri, field)))?;
            }
        }
    }
    Ok(rows.finish())
}

/// A one-time password, and the name of the extra field that it is in.
type Code<'a> = (Result<Cow<'a, str>, Reason>, Option<&'a str>);

/// Returns the one-time passwords of an item. One in an extra field comes with the name of that field.
fn codes(data: &Value) -> Vec<Code<'_>> {
    let content = data.get("content").unwrap_or(&Value::Null);
    let own = json::text(content, "totpUri").or_else(|| json::text(content, "totp")).map(|uri| (uri, None));
    let sections = json::list(content, "sections").iter().flat_map(|section| json::list(section, "sectionFields"));
    let fields: Vec<&Value> = json::list(data, "extraFields").iter().chain(sections).collect();
    let extra = fields.iter().filter_map(|field| {
        let uri = field.get("data").and_then(|data| json::text(data, "totpUri"))?;
        (json::text(field, "type") == Some("totp")).then(|| (uri, json::text(field, "fieldName")))
    });
    let codes: Vec<(&str, Option<&str>)> = own.into_iter().chain(extra).collect();
    let known = codes.iter().map(|(uri, _)| *uri).collect();
    let others: Vec<&Value> = fields.into_iter().chain(data.get("metadata").and_then(|it| it.get("note"))).collect();
    let all = entry_codes::codes(known, &others).into_iter().enumerate();
    all.map(|(index, code)| (code, codes.get(index).and_then(|(_, field)| *field))).collect()
}

/// The state of an item in the trash.
const IN_TRASH: u64 = 2;

fn account(row: usize, item: &Value, vault: &Value, uri: &str, field: Option<&str>) -> Result<Imported, Reason> {
    if json::count(item, "state") == IN_TRASH {
        return Err(Reason::InTrash);
    }
    let data = item.get("data").unwrap_or(&Value::Null);
    let (metadata, content) =
        (data.get("metadata").unwrap_or(&Value::Null), data.get("content").unwrap_or(&Value::Null));
    let user = ["itemUsername", "username", "itemEmail"].iter().find_map(|key| json::text(content, key));
    let name = field.or(user).unwrap_or_default();
    let account = account_fields::field(row, uri, json::text_or_empty(metadata, "name"), name)?
        .with_groups(json::text(vault, "name"))
        .with_note(json::text(metadata, "note"))
        .with_pin(json::flag(item, "pinned"));
    let urls = json::list(content, "urls").iter().filter_map(Value::as_str);
    let account = urls.fold(account, |account, url| account.with_site(Some(url)));
    Ok(if json::text(content, "password").is_some() { account.with_loss(Loss::OtherSecrets) } else { account })
}
