//! Exports of Bitwarden and Bitwarden Authenticator: JSON, CSV, and JSON that is encrypted with a password.
//!
//! | form | program |
//! |---|---|
//! | `{ "encrypted": false, "folders": […], "items": [ { "type": 1, "name", "notes", "favorite", "folderId", "login": { "uris", "username", "totp" } } ] }` | both |
//! | `{ "encrypted": true, "passwordProtected": true, "salt", "kdfType", "kdfIterations", …, "data" }` | Bitwarden |
//! | a zip archive with one of these as `data.json`, and attachments | Bitwarden |
//! | `folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp` | Bitwarden |
//! | the same with `collections` instead of `folder` and `favorite` | Bitwarden, organizations |
//! | `folder,favorite,type,name,login_uri,login_totp`, and three more cells in each row: issuer, period, digits | Bitwarden Authenticator |
//!
//! | encrypted with a password | meaning |
//! |---|---|
//! | salt | the base64 text as bytes; for Argon2id, their SHA-256 |
//! | key | PBKDF2-HMAC-SHA-256 or Argon2id, then HKDF-Expand for the keys `enc` and `mac` |
//! | `encKeyValidation_DO_NOT_EDIT`, `data` | `2.IV\|CIPHERTEXT\|MAC`: AES-256-CBC with HMAC-SHA-256 |

pub(in crate::exchange) mod write;

use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::exchange::account_fields;
use crate::exchange::codecs::ciphers::{self, Argon2Cost, Key, Prf};
use crate::exchange::codecs::csv_table::{Cells, Table};
use crate::exchange::codecs::json::{self, Value};
use crate::exchange::codecs::zip_archive::Archive;
use crate::exchange::report::{Loss, Rows};
use crate::exchange::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::{embedded_uris, entry_codes};
use crate::otp::{Digits, Kind, OtpError, Period};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "bitwarden",
    title: "Bitwarden",
    detect: &[Detect::Json(sniff), Detect::LooseJson(sniff_empty)],
    read: Read::MayBeEncrypted(read),
    read_zip: Some(read_zip),
    export: Some(Export { can_encrypt: true, ..EXPORT }),
    write: |mut it| match it.password {
        Some(password) => Ok(write::sealed_json(it.accounts, password, &mut it.entropy)?.into_bytes()),
        None => Ok(write::json(it.accounts, &mut it.entropy).into_bytes()),
    },
};

/// The parts of an account that both of Bitwarden's formats store.
const EXPORT: Export = Export {
    holds: |account| !matches!(account.uri.otp.kind, Kind::Hotp { .. }),
    // Bitwarden calculates codes of ten digits with 32-bit numbers, so they differ from the standard.
    is_supported_by_vendor: |account| account.uri.otp.digits.count() < 10,
    groups: Groups::One,
    notes_and_pins: true,
    sites: true,
    ..Export::DEFAULT
};

pub(in crate::exchange) const CSV: Entry = Entry {
    id: "bitwarden-csv",
    title: "Bitwarden (CSV)",
    detect: &[Detect::Csv(sniff_csv)],
    read: Read::Plain(read_csv),
    export: Some(EXPORT),
    write: |it| write::csv(it.accounts),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("encKeyValidation_DO_NOT_EDIT").is_some()
        || (value.get("encrypted").is_some() && value.get("items").or(value.get("data")).is_some())
        || json::list(value, "items").iter().take(8).any(|item| item.get("login").is_some())
}

/// Recognizes a vault without logins: it has folders, and no item has the fields of Enpass.
pub(in crate::exchange) fn sniff_empty(value: &Value) -> bool {
    // Other programs also have a list of items, but not these members.
    let is_item = |item: &Value| item.get("folderId").or_else(|| item.get("collectionIds")).is_some();
    let is_one = value.get("items").and_then(Value::as_array).is_some_and(|items| items.iter().take(8).all(is_item));
    is_one && value.get("folders").is_some()
}

pub(in crate::exchange) fn sniff_csv(header: &[String]) -> bool {
    let has = |column: &str| header.iter().any(|found| found == column);
    has("login_totp") && (has("folder") || has("collections"))
}

/// Reads an archive, which Bitwarden writes if attachments are exported.
pub(in crate::exchange) fn read_zip(
    archive: &mut Archive<'_>,
    password: Option<&Secret<String>>,
) -> Result<Report, ExchangeError> {
    let member = archive.find("data.json").ok_or(ExchangeError::Damaged("data.json"))?;
    read(&archive.read(&member, None)?, password)
}

/// Reads JSON, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    if !json::flag(&file, "encrypted") {
        return items(&file);
    }
    if !json::flag(&file, "passwordProtected") {
        return Err(ExchangeError::AccountBound);
    }
    let keys = Keys::derive(&file, ciphers::require_password(password)?)?;
    let part = |name: &str| json::text(&file, name).ok_or(ExchangeError::Damaged("ciphertext"));
    match keys.open(part("encKeyValidation_DO_NOT_EDIT")?) {
        Ok(_) => {}
        Err(Unsealed::Mac) => return Err(ExchangeError::WrongPassword),
        Err(Unsealed::Form) => return Err(ExchangeError::Damaged("validation")),
    }
    let data = keys.open(part("data")?).map_err(|_| ExchangeError::Damaged("data"))?;
    items(&json::parse(data.expose())?)
}

/// The two keys of an encrypted export.
struct Keys {
    enc: Key,
    mac: Key,
}

enum Unsealed {
    Form,
    Mac,
}

impl Keys {
    fn derive(file: &Value, password: &[u8]) -> Result<Self, ExchangeError> {
        let salt = json::text(file, "salt").ok_or(ExchangeError::Damaged("salt"))?.as_bytes();
        let cost = |name| u32::try_from(json::count(file, name)).map_err(|_| ExchangeError::TooCostly);
        let key = match json::count(file, "kdfType") {
            0 => ciphers::derive_pbkdf2(Prf::Sha256, password, salt, cost("kdfIterations")?)?,
            1 => {
                let kib = cost("kdfMemory")?.saturating_mul(1024);
                let argon2 = Argon2Cost::id(kib, cost("kdfIterations")?, cost("kdfParallelism")?);
                ciphers::derive_argon2(argon2, password, &Sha256::digest(salt))?
            }
            _ => return Err(ExchangeError::Damaged("KDF")),
        };
        Self::stretch(&key)
    }

    fn stretch(key: &Key) -> Result<Self, ExchangeError> {
        let expand = |info: &[u8]| {
            let mut out = [0; 32];
            let hkdf = hkdf::Hkdf::<Sha256>::from_prk(key.expose()).ok();
            hkdf.and_then(|hkdf| hkdf.expand(info, &mut out).ok()).ok_or(ExchangeError::Damaged("key"))?;
            Ok(Key::new(out))
        };
        Ok(Self { enc: expand(b"enc")?, mac: expand(b"mac")? })
    }

    fn open(&self, text: &str) -> Result<Secret<Vec<u8>>, Unsealed> {
        let (iv, sealed, tag) = parts(text).ok_or(Unsealed::Form)?;
        let mut mac = self.hmac();
        mac.update(&iv);
        mac.update(&sealed);
        mac.verify_slice(&tag).map_err(|_| Unsealed::Mac)?;
        ciphers::cbc_open(self.enc.expose(), &iv, &sealed).ok_or(Unsealed::Form)
    }

    fn seal(&self, open: &[u8], iv: [u8; 16]) -> String {
        let sealed = ciphers::cbc_seal(self.enc.expose(), &iv, open);
        let mut mac = self.hmac();
        mac.update(&iv);
        mac.update(&sealed);
        let [iv, sealed, tag] = [&iv[..], &sealed, &mac.finalize().into_bytes()].map(encoding::to_base64);
        format!("2.{iv}|{sealed}|{tag}")
    }

    fn hmac(&self) -> Hmac<Sha256> {
        // HMAC pads a short key with zeros to its block size of 64 bytes.
        let mut block = [0_u8; 64];
        block.iter_mut().zip(self.mac.expose()).for_each(|(to, from)| *to = *from);
        Hmac::new(&block.into())
    }
}

fn parts(text: &str) -> Option<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let mut parts = text.strip_prefix("2.")?.split('|').map(encoding::base64);
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// Reads the items with a one-time password. The others are logins, cards and notes of a password manager.
fn items(file: &Value) -> Result<Report, ExchangeError> {
    let folders: BTreeMap<&str, &str> = ["folders", "collections"]
        .iter()
        .flat_map(|list| json::list(file, list))
        .filter_map(|folder| Some((json::text(folder, "id")?, json::text(folder, "name")?)))
        .collect();
    // Exports of Bitwarden Authenticator have neither list.
    let is_authenticator = ["folders", "collections"].iter().all(|list| file.get(list).is_none());
    let mut rows = Rows::new(Format::Bitwarden);
    for (index, item) in json::rows(file, "items")?.iter().enumerate() {
        let row = index.saturating_add(1);
        let totp = item.get("login").and_then(|login| json::text(login, "totp"));
        let own = totp.filter(|totp| !totp.trim().is_empty());
        let others = ["fields", "notes"].map(|name| item.get(name).unwrap_or(&Value::Null));
        let codes = entry_codes::codes(own.into_iter().collect(), &others);
        if codes.is_empty() {
            rows.pass();
        }
        for totp in codes {
            let account = totp.and_then(|totp| account(row, item, &totp, &folders));
            rows.push(row, if is_authenticator { account.map(unescaped) } else { account })?;
        }
    }
    Ok(rows.finish())
}

fn account(row: usize, item: &Value, totp: &str, folders: &BTreeMap<&str, &str>) -> Result<Imported, Reason> {
    if json::text(item, "deletedDate").is_some() {
        return Err(Reason::InTrash);
    }
    let login = item.get("login").unwrap_or(&Value::Null);
    let title = json::text_or_empty(item, "name");
    let account = account_fields::field(row, totp, title, json::text_or_empty(login, "username"))?;
    let ids = json::list(item, "collectionIds").iter().filter_map(Value::as_str);
    let groups = json::text(item, "folderId").into_iter().chain(ids).filter_map(|id| folders.get(id).copied());
    let sites = json::list(login, "uris").iter().filter_map(|uri| json::text(uri, "uri"));
    let account =
        account.with_groups(groups).with_note(json::text(item, "notes")).with_pin(json::flag(item, "favorite"));
    let account = sites.fold(account, |account, site| account.with_site(Some(site)));
    Ok(if json::text(login, "password").is_some() { account.with_loss(Loss::OtherSecrets) } else { account })
}

/// Reads CSV.
pub(in crate::exchange) fn read_csv(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Table::read(bytes)?;
    let is_authenticator = !table.has("login_username");
    let mut rows = Rows::new(Format::BitwardenCsv);
    for (row, cells) in table.rows() {
        if !matches!(cells.text("type"), "login" | "1" | "") {
            if !read_fields(row, &cells, "", &mut rows)? {
                rows.pass();
            }
            continue;
        }
        let totp = cells.text("login_totp");
        let shifted = if is_authenticator && !totp.contains("://") { shifted(&cells) } else { None };
        let account = match shifted {
            Some((address, issuer)) => account_fields::field(row, address, &issuer, ""),
            None if !totp.is_empty() => from_cells(row, totp, &cells),
            // Every entry of Bitwarden Authenticator has a code, so a row without one is incomplete.
            None if is_authenticator && cells.text("type") == "1" => Err(Reason::Malformed),
            None => {
                if !read_fields(row, &cells, "", &mut rows)? {
                    rows.pass();
                }
                continue;
            }
        };
        let own = account.as_ref().map(|account| account.uri.to_string()).unwrap_or_default();
        rows.push(row, if is_authenticator { account.map(unescaped) } else { account })?;
        read_fields(row, &cells, &own, &mut rows)?;
    }
    Ok(rows.finish())
}

/// Reads the codes in the user's own fields, which are lines of `name: value`, and in the note, unless they are the
/// same as the entry's own. Returns whether there are any.
fn read_fields(row: usize, cells: &Cells<'_>, own: &str, rows: &mut Rows) -> Result<bool, ExchangeError> {
    let fields: Vec<(&str, &str)> = cells.text("fields").lines().filter_map(|line| line.split_once(": ")).collect();
    let own: Vec<&str> = Some(own).filter(|own| !own.is_empty()).into_iter().collect();
    let count = own.len();
    let codes = entry_codes::codes_in_texts(own, &fields, &[cells.text("notes")]);
    let has_any = codes.len() > count;
    for code in codes.into_iter().skip(count) {
        rows.push(row, code.and_then(|code| from_cells(row, &code, cells)))?;
    }
    Ok(has_any)
}

/// Returns the URI in a row of Bitwarden Authenticator, and the issuer before it. The app does not quote cells, so each
/// comma in an issuer shifts the following cells by one.
fn shifted<'a>(cells: &Cells<'a>) -> Option<(&'a str, String)> {
    let all: Vec<&'a str> = cells.all().collect();
    let is_address = |cell: &&str| ["otpauth://", "steam://"].iter().any(|scheme| cell.trim().starts_with(scheme));
    let at = all.iter().position(is_address)?;
    // The cells before the URI are `folder`, `favorite`, `type`, the issuer, and `login_uri`, which is empty.
    let issuer = all.get(3..at.saturating_sub(1)).unwrap_or_default().join(",");
    Some((all.get(at).copied()?.trim(), issuer))
}

/// Reads a row whose cells are in the columns that the header names.
fn from_cells(row: usize, totp: &str, cells: &Cells<'_>) -> Result<Imported, Reason> {
    let issuer = cells.beyond(0).filter(|issuer| !issuer.is_empty()).unwrap_or(cells.text("name"));
    let account = account_fields::field(row, totp, issuer, cells.text("login_username"))?;
    let account =
        if totp.contains("://") { account } else { numbers_beyond(account, cells.beyond(1), cells.beyond(2))? };
    let account = account
        .with_groups(cells.text("folder").split('\n').chain(cells.text("collections").split(',')))
        .with_note(Some(cells.text("notes")))
        .with_pin(cells.text("favorite") == "1");
    let account = cells.text("login_uri").split(',').fold(account, |it, site| it.with_site(Some(site)));
    Ok(if cells.text("login_password").is_empty() { account } else { account.with_loss(Loss::OtherSecrets) })
}

/// Unescapes the account name. Bitwarden Authenticator HTML-escapes the label of a URI before it percent-encodes it.
fn unescaped(mut account: Imported) -> Imported {
    account.uri.name = embedded_uris::unescaped(&account.uri.name);
    account
}

/// Sets the period and the digits, which Bitwarden Authenticator writes after the last named column.
fn numbers_beyond(mut account: Imported, period: Option<&str>, digits: Option<&str>) -> Result<Imported, Reason> {
    let number = |text: &str, error| text.trim().parse::<u64>().map_err(|_| Reason::Otp(error));
    if let Some(period) = period.filter(|text| !text.trim().is_empty()) {
        account.uri.otp.kind = Kind::Totp { period: Period::new(number(period, OtpError::Period)?)? };
    }
    if let Some(digits) = digits.filter(|text| !text.trim().is_empty()) {
        account.uri.otp.digits = Digits::new(number(digits, OtpError::Digits)?)?;
    }
    Ok(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTP: &str = "otpauth://totp/AT%26amp%3BT%3Ao%26%2339%3Bbrien?secret=MZXW6YTB&issuer=AT%26T";

    fn names(report: &Report) -> Vec<(&str, &str)> {
        report.accounts.iter().map(|account| (account.uri.issuer.as_str(), account.uri.name.as_str())).collect()
    }

    #[test]
    fn commas_in_an_issuer_of_bitwarden_authenticator_move_the_address_and_lose_no_row() {
        let table = "folder,favorite,type,name,login_uri,login_totp\n\
                     ,,1,A, Inc,,otpauth://totp/A%2C%20Inc%3Aalice?secret=MZXW6YTB&issuer=A%2C%20Inc,A, Inc,30,6\n\
                     ,,1,B, C, D,,steam://MZXW6YTB,B, C, D,30,5\n\
                     ,,1,E, F,,,E, F,30,6\n";
        let report = read_csv(table.as_bytes()).unwrap();
        assert_eq!(names(&report), [("A, Inc", "alice"), ("B, C, D", "")]);
        assert_eq!((report.skipped.len(), report.skipped[0].row), (1, 3));
        assert_eq!(report.skipped[0].reason, Reason::Malformed);
        assert!(report.accounts.iter().all(|account| account.sites.is_empty()));
    }

    #[test]
    fn the_label_of_bitwarden_authenticator_is_unescaped_and_bitwardens_own_is_not() {
        let item = format!(r#"{{"name": "AT&T", "type": 1, "login": {{"totp": "{TOTP}"}}}}"#);
        let short = format!("folder,favorite,type,name,login_uri,login_totp\n,,1,AT&T,,{TOTP},AT&T,30,6\n");
        let long = format!("folder,type,name,login_username,login_totp\n,login,AT&T,,{TOTP}\n");
        for (report, name) in [
            (read(format!(r#"{{"encrypted": false, "items": [{item}]}}"#).as_bytes(), None), "o'brien"),
            (read(format!(r#"{{"folders": [], "items": [{item}]}}"#).as_bytes(), None), "o&#39;brien"),
            (read_csv(short.as_bytes()), "o'brien"),
            (read_csv(long.as_bytes()), "o&#39;brien"),
        ] {
            assert_eq!(names(&report.unwrap()), [("AT&T", name)]);
        }
    }
}
