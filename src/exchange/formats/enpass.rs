//! Enpass's exports: JSON, and CSV with rows of names and values, which `mapping` reads.
//!
//! ```text
//! { "folders": [ { "uuid", "title" } ], "items": [ { "title", "subtitle", "note", "favorite", "trashed",
//!     "template_type", "folders": [ UUID ],
//!     "fields": [ { "type": "totp" | "username" | "email" | "url" | "password", "value", "deleted" } ] } ] }
//! ```

use std::collections::BTreeMap;

use super::account_fields;
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::entry_codes;
use crate::exchange::mapping::read_manager;
use crate::exchange::registry::{Detect, Entry, Read};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "enpass",
    title: "Enpass",
    detect: &[Detect::Json(sniff), Detect::Csv(|header| ["title", "field", "value"].iter().eq(header.iter().take(3)))],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

fn sniff(value: &Value) -> bool {
    let has_types = |item: &Value| json::list(item, "fields").iter().any(|field| field.get("type").is_some());
    let is_one = |item: &Value| {
        let is_marked = item.get("template_type").is_some() || item.get("auto_submit").is_some();
        is_marked || (item.get("title").is_some() && item.get("category").is_some() && has_types(item))
    };
    json::list(value, "items").iter().take(8).any(is_one)
}

fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    if !json::is_json(bytes) {
        return read_manager(bytes, Format::Enpass);
    }
    let file = json::parse(bytes)?;
    let folders: BTreeMap<&str, &str> = json::list(&file, "folders")
        .iter()
        .filter_map(|folder| Some((json::text(folder, "uuid")?, json::text(folder, "title")?)))
        .collect();
    let mut rows = Rows::new(Format::Enpass);
    for (index, item) in json::rows(&file, "items")?.iter().enumerate() {
        let row = index.saturating_add(1);
        let others = json::list(item, "fields").iter().filter(|field| !json::flag(field, "deleted"));
        let others: Vec<&Value> = others.chain(item.get("note")).collect();
        let codes = entry_codes::codes(values(item, "totp").collect(), &others);
        if codes.is_empty() {
            rows.pass();
        }
        for code in codes {
            rows.push(row, code.and_then(|code| account(row, item, &code, &folders)))?;
        }
    }
    if rows.next() == 1 { Err(ExchangeError::HoldsNoSecrets(Format::Enpass)) } else { Ok(rows.finish()) }
}

/// Returns the values of an item's fields of one type.
fn values<'a>(item: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a str> {
    let fields = json::list(item, "fields").iter();
    let fields = fields.filter(move |field| json::text(field, "type") == Some(kind) && !json::flag(field, "deleted"));
    fields.filter_map(|field| json::text(field, "value")).map(str::trim).filter(|value| !value.is_empty())
}

fn account(row: usize, item: &Value, code: &str, folders: &BTreeMap<&str, &str>) -> Result<Imported, Reason> {
    if json::flag(item, "trashed") {
        return Err(Reason::InTrash);
    }
    let name = values(item, "username").chain(values(item, "email")).next();
    let name = name.unwrap_or_else(|| json::text_or_empty(item, "subtitle"));
    let groups = json::list(item, "folders").iter().filter_map(|id| folders.get(id.as_str()?).copied());
    let account = account_fields::field(row, code, json::text_or_empty(item, "title"), name)?
        .with_groups(groups)
        .with_note(json::text(item, "note"))
        .with_pin(json::flag(item, "favorite"));
    let account = values(item, "url").fold(account, |account, site| account.with_site(Some(site)));
    let has_password = values(item, "password").next().is_some();
    Ok(if has_password { account.with_loss(Loss::OtherSecrets) } else { account })
}
