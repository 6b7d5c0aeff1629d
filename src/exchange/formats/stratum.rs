//! Stratum's (formerly Authenticator Pro's) backup: unencrypted, encrypted, and with the older encryption; and its own
//! database, copied from a rooted phone. For its HTML backup, which is a list of URIs, see `otpauth_list`.
//!
//! | file begins with | content |
//! |---|---|
//! | `{` | JSON |
//! | `AUTHENTICATORPRO` | salt 16, IV 12, AES-256-GCM ciphertext and tag; Argon2id, 64 MiB, 3 passes, 4 lanes |
//! | `AuthenticatorPro` | salt 20, IV 16, AES-256-CBC; PBKDF2-HMAC-SHA-1, 64,000 rounds; no authentication |
//!
//! | `Type` | account type | `Algorithm` | hash function |
//! |---|---|---|---|
//! | 1 | HOTP | 0 | SHA-1 |
//! | 2 | TOTP | 1 | SHA-256 |
//! | 3 | mOTP | 2 | SHA-512 |
//! | 4 | Steam | | |
//! | 5 | Yandex | | |
//!
//! Categories refer to accounts by the account's secret.
//!
//! The tables `authenticator`, `category`, `authenticatorcategory` and `customicon` of the database have the same
//! fields as columns, with a lowercase first letter.

use crate::exchange::registry::{Detect, Entry, Read};
use std::collections::BTreeMap;

use super::account_fields::AccountFields;
use super::byte_reader::Bytes;
use super::ciphers::{self, Argon2Cost, Prf};
use super::json::{self, Value};
use super::report::Rows;
use super::sqlite::{self, Cell, Database, Table};
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::otp::OtpError;
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "stratum",
    title: "Stratum",
    detect: &[
        Detect::Magic(MAGIC),
        Detect::Magic(OLD_MAGIC),
        Detect::Json(sniff),
        Detect::Table("authenticator", sniff_table),
    ],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) const MAGIC: &[u8] = b"AUTHENTICATORPRO";
pub(in crate::exchange) const OLD_MAGIC: &[u8] = b"AuthenticatorPro";

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("Authenticators").is_some()
}

pub(in crate::exchange) fn sniff_table(table: &Table) -> bool {
    ["type", "issuer", "username", "secret"].iter().all(|column| table.has(column))
}

/// Reads a backup, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    if let Some(sealed) = bytes.strip_prefix(MAGIC) {
        let open = open(sealed, password)?;
        content(&json::parse(open.expose())?)
    } else if let Some(sealed) = bytes.strip_prefix(OLD_MAGIC) {
        let open = open_old(sealed, password)?;
        // One in 256 wrong passwords results in valid padding, so content that is not JSON also means a wrong password.
        content(&json::parse(open.expose()).map_err(|_| ExchangeError::WrongPassword)?)
    } else if bytes.starts_with(sqlite::MAGIC) {
        content(&from_database(bytes)?)
    } else {
        content(&json::parse(bytes)?)
    }
}

/// The tables of the database, and the names of the corresponding lists in a backup.
const TABLES: [(&str, &str); 4] = [
    ("authenticator", "Authenticators"),
    ("category", "Categories"),
    ("authenticatorcategory", "AuthenticatorCategories"),
    ("customicon", "CustomIcons"),
];

/// Converts the database to the JSON of a backup.
fn from_database(bytes: &[u8]) -> Result<Value, ExchangeError> {
    let database = Database::open(bytes)?;
    let mut file = serde_json::Map::new();
    for (name, list) in TABLES {
        if let Some(table) = database.table(name)? {
            file.insert(list.to_owned(), table.rows().iter().map(|cells| row_as_json(&table, cells)).collect());
        }
    }
    Ok(Value::Object(file))
}

fn row_as_json(table: &Table, cells: &[Cell]) -> Value {
    let member = |column: &String| {
        let mut name = column.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let value = match table.cell(cells, column) {
            Cell::Integer(integer) => (*integer).into(),
            Cell::Text(Some(text)) => text.as_str().into(),
            Cell::Blob(blob) => encoding::to_base64(blob).into(),
            _ => Value::Null,
        };
        (name, value)
    };
    table.columns().iter().map(member).collect::<serde_json::Map<_, _>>().into()
}

fn open(sealed: &[u8], password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let mut rest = Bytes(sealed);
    let (salt, iv) = rest.take(16).zip(rest.take(12)).ok_or(ExchangeError::Damaged("length"))?;
    let key = ciphers::derive_argon2(Argon2Cost::id(65_536, 3, 4), ciphers::require_password(password)?, salt)?;
    ciphers::gcm_decrypt(key.expose(), iv, rest.0, &[]).ok_or(ExchangeError::WrongPassword)
}

fn open_old(sealed: &[u8], password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let mut rest = Bytes(sealed);
    let (salt, iv) = rest.take(20).zip(rest.take(16)).ok_or(ExchangeError::Damaged("length"))?;
    let key = ciphers::derive_pbkdf2(Prf::Sha1, ciphers::require_password(password)?, salt, 64_000)?;
    ciphers::cbc_open(key.expose(), iv, rest.0).ok_or(ExchangeError::WrongPassword)
}

fn content(file: &Value) -> Result<Report, ExchangeError> {
    let joined = Joined::read(file);
    Rows::read(Format::Stratum, json::rows(file, "Authenticators")?, |row, it| account(row, it, &joined))
}

/// Data about accounts from other lists of the file.
struct Joined<'a> {
    /// Names of categories, by the account's secret.
    categories: BTreeMap<&'a str, Vec<&'a str>>,
    /// Icons, by id.
    icons: BTreeMap<&'a str, &'a str>,
}

impl<'a> Joined<'a> {
    fn read(file: &'a Value) -> Self {
        let pair = |row: &'a Value, a: &str, b: &str| Some((json::text(row, a)?, json::text(row, b)?));
        let names: BTreeMap<_, _> =
            json::list(file, "Categories").iter().filter_map(|row| pair(row, "Id", "Name")).collect();
        let mut categories: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in json::list(file, "AuthenticatorCategories") {
            let joined = pair(row, "AuthenticatorSecret", "CategoryId");
            if let Some((secret, name)) = joined.and_then(|(secret, id)| Some((secret, *names.get(id)?))) {
                categories.entry(secret).or_default().push(name);
            }
        }
        let icons = json::list(file, "CustomIcons").iter().filter_map(|row| pair(row, "Id", "Data")).collect();
        Self { categories, icons }
    }
}

fn account(row: usize, entry: &Value, joined: &Joined<'_>) -> Result<Imported, Reason> {
    let secret = json::text_or_empty(entry, "Secret");
    let draft = AccountFields {
        kind: match json::whole_number(entry, "Type", OtpError::UnknownKind)?.unwrap_or(0) {
            1 => "hotp",
            2 => "totp",
            3 => "motp",
            4 => "steam",
            5 => "yandex",
            _ => return Err(Reason::Kind),
        },
        issuer: json::text_or_empty(entry, "Issuer"),
        name: json::text_or_empty(entry, "Username"),
        algorithm: match json::whole_number(entry, "Algorithm", OtpError::Algorithm)?.unwrap_or(0) {
            0 => "SHA1",
            1 => "SHA256",
            2 => "SHA512",
            _ => return Err(Reason::Otp(OtpError::Algorithm)),
        },
        digits: json::whole_number(entry, "Digits", OtpError::Digits)?,
        period: json::whole_number(entry, "Period", OtpError::Period)?,
        counter: json::whole_number(entry, "Counter", OtpError::Counter)?,
    };
    let account = draft.with_base32(row, secret)?;
    let icon = json::text(entry, "Icon").and_then(|icon| joined.icons.get(icon.strip_prefix('@')?).copied());
    Ok(account
        .with_groups(joined.categories.get(secret).into_iter().flatten().copied())
        .with_icon(icon, None)
        .with_usage(json::count(entry, "CopyCount"), None))
}
