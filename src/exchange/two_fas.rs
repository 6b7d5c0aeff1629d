//! 2FAS Authenticator's backup (`.2fas`), schema 1 to 4, plain and encrypted.
//!
//! ```text
//! { "services": [ service… ], "groups": [ { "id", "name" } ], "schemaVersion": 4,
//!   "servicesEncrypted": "DATA:SALT:IV", "reference": "DATA:SALT:IV", … }
//! ```
//!
//! | part, base64 | bytes |
//! |---|---|
//! | DATA | AES-256-GCM ciphertext and tag; of `servicesEncrypted` the JSON list of services |
//! | SALT | 256; PBKDF2-HMAC-SHA-256, 10,000 rounds, 32 bytes; the same in both |
//! | IV | 12 |
//!
//! `reference` is a constant text: where it opens and the services do not, the file is damaged and the password right.

use std::collections::BTreeMap;

use super::crypt::{self, Prf};
use super::draft::{Draft, numbers};
use super::google_migration::names;
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::secret::Secret;

const ROUNDS: u32 = 10_000;

pub(super) fn sniff(value: &Value) -> bool {
    value.get("services").is_some() && (value.get("schemaVersion").is_some() || value.get("appOrigin").is_some())
        || value.get("servicesEncrypted").is_some()
}

/// Reads a backup.
pub(super) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let backup = json::parse(bytes)?;
    let groups: BTreeMap<&str, &str> = json::list(&backup, "groups")
        .iter()
        .filter_map(|group| Some((json::text(group, "id")?, json::text(group, "name")?)))
        .collect();
    let Some(sealed) = json::text(&backup, "servicesEncrypted") else {
        return Rows::read(Format::TwoFas, json::rows(&backup, "services")?, |row, it| account(row, it, &groups));
    };
    let services = json::parse(open(&backup, sealed, password)?.expose())?;
    let services = services.as_array().ok_or(ExchangeError::Damaged("its services are no list"))?;
    Rows::read(Format::TwoFas, services, |row, it| account(row, it, &groups))
}

fn open(backup: &Value, sealed: &str, password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let sealed = Sealed::read(sealed).ok_or(ExchangeError::Damaged("its sealed part"))?;
    let key = crypt::derive_pbkdf2(Prf::Sha256, crypt::needed(password)?, &sealed.salt, ROUNDS)?;
    crypt::gcm_open(key.expose(), &sealed.iv, &sealed.data, &[]).ok_or_else(|| {
        let reference = json::text(backup, "reference").and_then(Sealed::read).filter(|it| it.salt == sealed.salt);
        match reference.and_then(|it| crypt::gcm_open(key.expose(), &it.iv, &it.data, &[])) {
            Some(_) => ExchangeError::Damaged("its services"),
            None => ExchangeError::WrongPassword,
        }
    })
}

struct Sealed {
    data: Vec<u8>,
    salt: Vec<u8>,
    iv: Vec<u8>,
}

impl Sealed {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':').map(|part| encoding::base64(part.trim()));
        let (data, salt, iv) = (parts.next()??, parts.next()??, parts.next()??);
        (iv.len() == 12 && data.len() >= 16).then_some(Self { data, salt, iv })
    }
}

fn account(row: usize, service: &Value, groups: &BTreeMap<&str, &str>) -> Result<Imported, Reason> {
    let otp = service.get("otp").unwrap_or(&Value::Null);
    let title = json::text_or_empty(service, "name");
    let issuer = json::text(otp, "issuer").unwrap_or(title);
    let name = json::text(otp, "account").unwrap_or_else(|| names(issuer, json::text_or_empty(otp, "label")).1);
    let draft = Draft {
        kind: json::text(otp, "tokenType").unwrap_or("totp"),
        issuer,
        name,
        algorithm: json::text_or_empty(otp, "algorithm"),
        ..Draft::default()
    };
    let secret = json::text(service, "secret").or_else(|| json::text(otp, "secret")).unwrap_or_default();
    let account = numbers(otp, draft)?.with_base32(row, secret)?;
    let group = json::text(service, "groupId").and_then(|id| groups.get(id).copied());
    Ok(account.with_groups(group))
}
