//! 2FAS Authenticator's backup (`.2fas`), schemas 1 to 4, unencrypted and encrypted.
//!
//! ```text
//! { "services": [ service… ], "groups": [ { "id", "name" } ], "schemaVersion": 4,
//!   "servicesEncrypted": "DATA:SALT:IV", "reference": "DATA:SALT:IV", … }
//! ```
//!
//! | part, in base64 | content |
//! |---|---|
//! | DATA | AES-256-GCM ciphertext and tag; `servicesEncrypted` contains the JSON list of services |
//! | SALT | 256 bytes, the same in both; for PBKDF2-HMAC-SHA-256, 10,000 rounds, 32 bytes |
//! | IV | 12 bytes |
//!
//! `reference` is a constant text. If it can be decrypted and the services cannot, the password is correct and the file
//! is damaged.

use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::account_fields::{AccountFields, numbers, or_totp};
use super::ciphers::{self, Key, Prf};
use super::google_migration::names;
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::otp::{KeyUri, Kind, Otp, OtpError};
use crate::secret::{Entropy, Secret};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "2fas",
    title: "2FAS Authenticator",
    detect: &[Detect::Json(sniff)],
    read: Read::MayBeEncrypted(read),
    export: Some(Export {
        can_encrypt: true,
        holds: |account| is_accepted_by_vendor(&account.uri.otp),
        is_supported_by_vendor: |account| is_supported_by_vendor(&account.uri.otp),
        groups: Groups::One,
        ..Export::DEFAULT
    }),
    write: |mut it| Ok(write(it.accounts, it.password, it.now_seconds, &mut it.entropy)?.into_bytes()),
    ..Entry::DEFAULT
};

const ROUNDS: u32 = 10_000;

/// The text that the apps encrypt in addition to the services, and check before they accept a file.
const REFERENCE: &str = concat!(
    "tRViSsLKzd86Hprh4ceC2OP7xazn4rrt4xhfEUbOjxLX8Rc3mkISXE0lWbmnWfgg",
    "ogbBJhtYgpK6fMl1D6mtsy92R3HkdGfwuXbzLebqVFJsR7IZ2w58t938iymwG482",
    "4igYy1wi6n2WDpO1Q1P69zwJGs2F5a1qP4MyIiDSD7NCV2OvidXQCBnDlGfmz0f1",
    "BQySRkkt4ryiJeCjD2o4QsveJ9uDBUn8ELyOrESv5R5DMDkD4iAF8TXU7KyoJujd",
);

/// The icon collection that the apps use for services without an icon.
const ICON_COLLECTION: &str = "a5b3fb65-4ec5-43e6-8ec1-49e24ca9e7ad";

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("services").is_some() && (value.get("schemaVersion").is_some() || value.get("appOrigin").is_some())
        || value.get("servicesEncrypted").is_some()
}

/// Reads a backup, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let backup = json::parse(bytes)?;
    let groups: BTreeMap<&str, &str> = json::list(&backup, "groups")
        .iter()
        .filter_map(|group| Some((json::text(group, "id")?, json::text(group, "name")?)))
        .collect();
    let Some(sealed) = json::text(&backup, "servicesEncrypted") else {
        return Rows::read(Format::TwoFas, json::rows(&backup, "services")?, |row, it| account(row, it, &groups));
    };
    let services = json::parse(open(&backup, sealed, password)?.expose())?;
    let services = services.as_array().ok_or(ExchangeError::Damaged("services"))?;
    Rows::read(Format::TwoFas, services, |row, it| account(row, it, &groups))
}

fn open(backup: &Value, sealed: &str, password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let sealed = Sealed::read(sealed).ok_or(ExchangeError::Damaged("ciphertext"))?;
    let key = ciphers::derive_pbkdf2(Prf::Sha256, ciphers::require_password(password)?, &sealed.salt, ROUNDS)?;
    ciphers::gcm_decrypt(key.expose(), &sealed.iv, &sealed.data, &[]).ok_or_else(|| {
        let reference = json::text(backup, "reference").and_then(Sealed::read).filter(|it| it.salt == sealed.salt);
        match reference.and_then(|it| ciphers::gcm_decrypt(key.expose(), &it.iv, &it.data, &[])) {
            Some(_) => ExchangeError::Damaged("services"),
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
    // If the account name is present but empty, the user removed it. If it is missing, the name is part of the label.
    let account = otp.get("account").and_then(Value::as_str);
    let name = account.unwrap_or_else(|| names(issuer, json::text_or_empty(otp, "label")).1);
    let draft = AccountFields {
        kind: or_totp(json::setting(otp, "tokenType", OtpError::UnknownKind)?),
        issuer,
        name,
        algorithm: json::setting(otp, "algorithm", OtpError::Algorithm)?,
        ..AccountFields::default()
    };
    let secret = json::text(service, "secret").or_else(|| json::text(otp, "secret")).unwrap_or_default();
    let mut account = numbers(otp, draft)?.with_base32(row, secret)?;
    with_link(&mut account.uri.otp, otp)?;
    let group = json::text(service, "groupId").and_then(|id| groups.get(id).copied());
    Ok(account.with_groups(group).with_title(title))
}

/// Takes the settings that a service lacks from the link that it was created from.
///
/// # Errors
/// [`OtpError::Contradiction`] if a setting of the service is different from the link's.
fn with_link(own: &mut Otp, service: &Value) -> Result<(), Reason> {
    let link = json::text(service, "link").filter(|link| link.contains("://"));
    let Some(link) = link.and_then(|link| KeyUri::read(link).ok()).map(|read| read.uri.otp) else { return Ok(()) };
    // The app shows an account of the issuer Steam as its own field says.
    let is_comparable = link.key == own.key && own.kind != Kind::Steam && link.kind != Kind::Steam;
    if !is_comparable {
        return Ok(());
    }
    let lacks = |name: &str| service.get(name).is_none_or(Value::is_null);
    let mut merged = own.clone();
    if lacks("digits") {
        merged.digits = link.digits;
    }
    if lacks("algorithm") {
        merged.algorithm = link.algorithm;
    }
    let setting = if matches!(link.kind, Kind::Totp { .. }) { "period" } else { "counter" };
    if lacks("tokenType") || lacks(setting) {
        merged.kind = link.kind;
    }
    let is_same_kind = match (merged.kind, link.kind) {
        // The counter of the link is the first one.
        (Kind::Hotp { .. }, Kind::Hotp { .. }) => true,
        (one, other) => one == other,
    };
    if !is_same_kind || merged.digits != link.digits || merged.algorithm != link.algorithm {
        return Err(Reason::Otp(OtpError::Contradiction));
    }
    *own = merged;
    Ok(())
}

/// Returns whether 2FAS's Android app accepts a file with the account. It rejects the whole file if one counter exceeds
/// 32 bits, or if it cannot generate one code, which is the case unless the code has 5 to 8 digits.
fn is_accepted_by_vendor(otp: &Otp) -> bool {
    match otp.kind {
        Kind::Steam => true,
        Kind::Hotp { counter } if i32::try_from(counter).is_err() => false,
        Kind::Totp { .. } | Kind::Hotp { .. } => matches!(otp.digits.count(), 5..=8),
    }
}

/// Returns whether both of 2FAS's apps generate the same codes. The app for iOS supports periods of 10, 30, 60 and 90
/// seconds, and uses 30 seconds instead of any other.
fn is_supported_by_vendor(otp: &Otp) -> bool {
    match otp.kind {
        Kind::Totp { period } => matches!(period.seconds(), 10 | 30 | 60 | 90),
        Kind::Hotp { .. } | Kind::Steam => true,
    }
}

/// Writes a backup with schema 4, encrypted if there is a password. `now` is in seconds since 1970.
pub(in crate::exchange) fn write(
    accounts: &[&Imported],
    password: Option<&Secret<String>>,
    now: u64,
    entropy: &mut impl Entropy,
) -> Result<String, ExchangeError> {
    let now = now.saturating_mul(1000);
    let names: BTreeSet<&str> = accounts.iter().filter_map(|account| account.group()).collect();
    let ids: BTreeMap<&str, String> = names.into_iter().map(|name| (name, encoding::uuid(entropy))).collect();
    let services: Vec<Value> = accounts.iter().enumerate().map(|(at, it)| service(at, it, &ids, now)).collect();
    let group = |(name, id): (&&str, &String)| json!({ "id": id, "name": name, "isExpanded": true, "updatedAt": now });
    let mut file = json!({
        "services": services, "groups": ids.iter().map(group).collect::<Vec<_>>(), "updatedAt": now, "schemaVersion": 4,
        "appVersionCode": 5_000_012, "appVersionName": "5.0.12", "appOrigin": "android",
    });
    if let (Some(password), Some(members)) = (password, file.as_object_mut()) {
        let salt: [u8; 256] = entropy.generate();
        // Exposed for the key derivation.
        let key = ciphers::derive_pbkdf2(Prf::Sha256, password.expose().as_bytes(), &salt, ROUNDS)?;
        let open = members.insert("services".into(), json!([])).unwrap_or_default().to_string();
        members.insert("servicesEncrypted".into(), seal(&key, &salt, open.as_bytes(), entropy).into());
        members.insert("reference".into(), seal(&key, &salt, REFERENCE.as_bytes(), entropy).into());
    }
    Ok(file.to_string())
}

fn seal(key: &Key, salt: &[u8], open: &[u8], entropy: &mut impl Entropy) -> String {
    let iv: [u8; 12] = entropy.generate();
    [ciphers::gcm_encrypt(key.expose(), &iv, open, &[]).as_slice(), salt, &iv].map(encoding::to_base64).join(":")
}

fn service(position: usize, account: &Imported, ids: &BTreeMap<&str, String>, now: u64) -> Value {
    let (uri, otp) = (&account.uri, &account.uri.otp);
    let (kind, counter) = match otp.kind {
        Kind::Totp { .. } => ("TOTP", 0),
        Kind::Hotp { counter } => ("HOTP", counter),
        Kind::Steam => ("STEAM", 0),
    };
    let label = if uri.issuer.is_empty() { uri.name.clone() } else { format!("{}:{}", uri.issuer, uri.name) };
    json!({
        "name": uri.issuer, "secret": otp.key.to_base32().expose(), "updatedAt": now,
        "otp": {
            "link": uri.to_string(), "label": label, "account": uri.name, "issuer": uri.issuer, "tokenType": kind,
            "digits": otp.digits.count(), "period": otp.period().unwrap_or_default().seconds(),
            "algorithm": otp.algorithm.to_string(), "counter": counter, "source": "Link",
        },
        "order": { "position": position },
        "badge": { "color": "Default" },
        "icon": {
            "selected": "Label", "label": { "text": initials(&uri.issuer), "backgroundColor": "Default" },
            "iconCollection": { "id": ICON_COLLECTION },
        },
        "groupId": account.group().and_then(|name| ids.get(name)),
    })
}

/// Returns two letters, which the app shows if it has no icon.
fn initials(issuer: &str) -> String {
    issuer.chars().filter(|character| character.is_alphanumeric()).take(2).flat_map(char::to_uppercase).collect()
}
