//! CXF, the FIDO Alliance's Credential Exchange Format, as JSON.
//!
//! ```text
//! { "version": { "major", "minor" }, "exporterRpId", "timestamp",
//!   "accounts": [ { "collections": […], "items": [ { "id", "title", "favorite", "scope": { "urls" }, "tags",
//!     "credentials": [ { "type": "totp", "secret", "period", "digits", "username", "algorithm", "issuer" } ] } ] } ] }
//! ```
//!
//! A file may also consist of a single item of `accounts`. An item may contain several one-time passwords, and notes as
//! credentials of type `note`. The position of a row counts one-time passwords.

use crate::exchange::entry_codes;
use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use std::collections::BTreeMap;

use serde_json::json;

use super::account_fields::{self, AccountFields, numbers};
use super::json::{self, Value};
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::otp::{Kind, OtpError, Period};
use crate::secret::Entropy;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "cxf",
    title: "Credential Exchange Format",
    detect: &[Detect::Json(sniff)],
    read: Read::Plain(read),
    export: Some(Export {
        holds: |account| matches!(account.uri.otp.kind, Kind::Totp { .. }),
        groups: Groups::All,
        notes_and_pins: true,
        sites: true,
        ..Export::DEFAULT
    }),
    write: |mut it| Ok(write(it.accounts, it.now_seconds, &mut it.entropy).into_bytes()),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("exporterRpId").is_some()
        || has_credentials(value)
        || json::list(value, "accounts").iter().take(4).any(has_credentials)
}

/// Returns whether a value is an item of `accounts`.
fn has_credentials(holder: &Value) -> bool {
    json::list(holder, "items").iter().take(8).any(|item| item.get("credentials").is_some())
}

/// Reads an export.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    let mut rows = Rows::new(Format::Cxf);
    // On phones, programs transfer a single account without the enclosing object.
    let alone = has_credentials(&file).then(|| std::slice::from_ref(&file));
    for holder in alone.map_or_else(|| json::rows(&file, "accounts"), Ok)? {
        let titles = collections(holder);
        for item in json::list(holder, "items") {
            let credentials = json::list(item, "credentials");
            let (codes, others): (Vec<_>, Vec<_>) =
                credentials.iter().partition(|credential| json::text(credential, "type") == Some("totp"));
            for credential in &codes {
                let row = rows.next();
                rows.push(row, account(row, item, credential, &titles))?;
            }
            let uris = entry_codes::codes(Vec::new(), &others);
            let has_others = !uris.is_empty();
            for uri in uris {
                let row = rows.next();
                let title = json::text_or_empty(item, "title");
                let account = uri.and_then(|uri| account_fields::field(row, &uri, title, ""));
                rows.push(row, account.map(|account| with_surroundings(account, item, &titles)))?;
            }
            if codes.is_empty() && !has_others {
                rows.pass();
            }
        }
    }
    Ok(rows.finish())
}

fn account(row: usize, item: &Value, totp: &Value, titles: &Collections<'_>) -> Result<Imported, Reason> {
    let credentials = json::list(item, "credentials");
    let of_type = |kind: &str| credentials.iter().find(|it| json::text(it, "type") == Some(kind));
    let login_name = of_type("basic-auth").and_then(|login| field(login.get("username")?)).unwrap_or_default();
    let draft = AccountFields {
        kind: "totp",
        issuer: json::text(totp, "issuer").unwrap_or(json::text_or_empty(item, "title")),
        name: json::text(totp, "username").or(json::text(item, "subtitle")).unwrap_or(login_name),
        algorithm: json::setting(totp, "algorithm", OtpError::Algorithm)?,
        ..AccountFields::default()
    };
    let account = numbers(totp, draft)?.with_base32(row, json::text_or_empty(totp, "secret"))?;
    Ok(with_surroundings(account, item, titles))
}

/// Adds the sites, groups, note and mark of the item to one of its accounts.
fn with_surroundings(account: Imported, item: &Value, titles: &Collections<'_>) -> Imported {
    let credentials = json::list(item, "credentials");
    let of_type = |kind: &str| credentials.iter().find(|it| json::text(it, "type") == Some(kind));
    let urls = item.get("scope").map_or(&[][..], |scope| json::list(scope, "urls"));
    let note = of_type("note").and_then(|note| field(note.get("content")?));
    let tags = json::list(item, "tags").iter().filter_map(Value::as_str);
    let account = urls.iter().filter_map(Value::as_str).fold(account, |it, url| it.with_site(Some(url)));
    let account = account
        .with_groups(titles.get(json::text_or_empty(item, "id")).into_iter().flatten().copied().chain(tags))
        .with_note(note)
        .with_pin(json::flag(item, "favorite"));
    let has_others = credentials.iter().any(|it| !matches!(json::text(it, "type"), Some("totp" | "note")));
    if has_others { account.with_loss(Loss::OtherSecrets) } else { account }
}

/// Returns a text, or the value of an editable field.
fn field(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| json::text(value, "value"))
}

/// The titles of collections, by the id of the items in them.
type Collections<'a> = BTreeMap<&'a str, Vec<&'a str>>;

fn collections(holder: &Value) -> Collections<'_> {
    let mut titles = Collections::new();
    for collection in json::list(holder, "collections") {
        let title = json::text_or_empty(collection, "title");
        for item in json::list(collection, "items").iter().filter_map(|linked| json::text(linked, "item")) {
            titles.entry(item).or_default().push(title);
        }
    }
    titles
}

/// Writes one item per account. Only TOTP is supported.
pub(in crate::exchange) fn write(accounts: &[&Imported], now_seconds: u64, entropy: &mut impl Entropy) -> String {
    let items: Vec<Value> = accounts.iter().map(|account| item(account, now_seconds, entropy)).collect();
    json!({
        "version": { "major": 1, "minor": 0 },
        "exporterRpId": "casdoor.org",
        "exporterDisplayName": "Casdoor Authenticator",
        "timestamp": now_seconds,
        "accounts": [{ "id": identifier(entropy), "username": "", "email": "", "collections": [], "items": items }],
    })
    .to_string()
}

fn item(account: &Imported, now_seconds: u64, entropy: &mut impl Entropy) -> Value {
    let otp = &account.uri.otp;
    let mut credentials = vec![json!({
        "type": "totp",
        "secret": otp.key.to_base32().expose(),
        "period": otp.period().map(Period::seconds),
        "digits": otp.digits.count(),
        "username": account.uri.name,
        "algorithm": otp.algorithm.to_string().to_lowercase(),
        "issuer": account.uri.issuer,
    })];
    if !account.note.is_empty() {
        credentials.push(json!({ "type": "note", "content": { "fieldType": "string", "value": account.note } }));
    }
    json!({
        "id": identifier(entropy),
        "creationAt": now_seconds,
        "modifiedAt": now_seconds,
        "title": account.uri.issuer,
        "favorite": account.pinned,
        "scope": { "urls": account.sites, "androidApps": [] },
        "tags": account.groups,
        "credentials": credentials,
    })
}

/// Generates an identifier as the format requires it: 16 random bytes in base64url.
fn identifier(entropy: &mut impl Entropy) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&entropy.generate::<16>())
}
