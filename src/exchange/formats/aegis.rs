//! Aegis Authenticator's vault, plain and encrypted.
//!
//! ```text
//! { "version": 1,
//!   "header": { "slots": [ slot… ] | null, "params": { "nonce": hex 12, "tag": hex 16 } | null },
//!   "db": content | base64 of AES-256-GCM ciphertext without its tag }
//! ```
//!
//! | member of a slot | meaning |
//! |---|---|
//! | `type` | 0 raw, 1 password, 2 biometric; only type 1 is supported |
//! | `key`, `key_params` | the master key, encrypted with AES-256-GCM, hex |
//! | `n`, `r`, `p`, `salt` | parameters of scrypt, which derives 32 bytes |
//! | `repaired` | absent or false: a password of more than 64 bytes was hashed with trailing zeros |
//!
//! The content has `entries` with `type`, `name`, `issuer`, `note`, `favorite`, `icon`, `info`, and `groups` (ids,
//! version 3) or `group` (a name, versions 1 and 2).

use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::account_fields::{AccountFields, numbers};
use super::ciphers::{self, Key};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, budget, encoding};
use crate::otp::{Kind, OtpError};
use crate::secret::{Entropy, Secret};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "aegis",
    title: "Aegis Authenticator",
    detect: &[Detect::Json(sniff)],
    read: Read::MayBeEncrypted(read),
    export: Some(Export {
        can_encrypt: true,
        groups: Groups::All,
        notes_and_pins: true,
        icons: true,
        ..Export::DEFAULT
    }),
    write: |mut it| match it.password {
        Some(password) => Ok(write_sealed(it.accounts, password, &mut it.entropy)?.into_bytes()),
        None => Ok(write(it.accounts, &mut it.entropy).into_bytes()),
    },
    ..Entry::DEFAULT
};

/// The maximum number of password slots, more than any user has. Each of them requires a key derivation.
const MAX_SLOTS: usize = 16;

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("header").is_some() && value.get("db").is_some()
}

/// Reads a vault, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let vault = json::parse(bytes)?;
    match vault.get("db") {
        Some(db @ Value::Object(_)) => content(db),
        Some(Value::String(sealed)) => {
            let db = open(&vault, sealed, password)?;
            content(&json::parse(db.expose())?)
        }
        _ => Err(ExchangeError::Damaged("content")),
    }
}

fn open(vault: &Value, sealed: &str, password: Option<&Secret<String>>) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let header = vault.get("header").ok_or(ExchangeError::Damaged("header"))?;
    let parameters = header.get("params").and_then(Parameters::read);
    let parameters = parameters.ok_or(ExchangeError::Damaged("nonce"))?;
    let mut sealed = encoding::base64(sealed).ok_or(ExchangeError::Damaged("base64"))?;
    let slots: Vec<_> = json::list(header, "slots").iter().filter(|slot| json::count(slot, "type") == 1).collect();
    if slots.is_empty() {
        return Err(ExchangeError::Damaged("slots"));
    }
    let password = ciphers::require_password(password)?;
    let key = unlock(&slots, password)?;
    sealed.extend_from_slice(&parameters.tag);
    // The tag of the slot has confirmed the password, so if the content cannot be decrypted, it is damaged.
    ciphers::gcm_decrypt(key.expose(), &parameters.nonce, &sealed, &[]).ok_or(ExchangeError::Damaged("content"))
}

/// Tries the password on every password slot, and returns the master key. A malformed slot does not prevent trying the
/// others.
fn unlock(slots: &[&Value], password: &[u8]) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let costs = slots.iter().take(MAX_SLOTS).flat_map(|slot| slot_costs(slot, password));
    budget::check_total(&costs.collect::<Vec<_>>())?;
    let (mut was_tried, mut failure) = (false, ExchangeError::WrongPassword);
    for slot in slots.iter().take(MAX_SLOTS) {
        match unlock_one(slot, password) {
            Ok(Some(key)) => return Ok(key),
            Ok(None) => was_tried = true,
            Err(error) => failure = error,
        }
    }
    Err(if was_tried { ExchangeError::WrongPassword } else { failure })
}

/// Returns the cost of a slot's derivations, one for each candidate. A slot whose own parameters are too high costs
/// nothing, because it is never derived.
fn slot_costs(slot: &Value, password: &[u8]) -> Vec<u64> {
    let number = |key| u32::try_from(json::count(slot, key)).unwrap_or(u32::MAX);
    let cost = ciphers::scrypt_cost(json::count(slot, "n"), number("r"), number("p"));
    let count = candidates(password, json::flag(slot, "repaired")).len();
    vec![cost; if cost > budget::BUDGET { 0 } else { count }]
}

fn unlock_one(slot: &Value, password: &[u8]) -> Result<Option<Secret<Vec<u8>>>, ExchangeError> {
    let damaged = ExchangeError::Damaged("slots");
    let parameters = slot.get("key_params").and_then(Parameters::read).ok_or(damaged)?;
    let salt = json::text(slot, "salt").and_then(encoding::hex).ok_or(damaged)?;
    let mut sealed = json::text(slot, "key").and_then(encoding::hex).filter(|key| key.len() == 32).ok_or(damaged)?;
    sealed.extend_from_slice(&parameters.tag);
    let cost = |key| u32::try_from(json::count(slot, key)).map_err(|_| ExchangeError::TooCostly);
    let derive = |password: &[u8]| -> Result<Key, ExchangeError> {
        ciphers::derive_scrypt(password, &salt, json::count(slot, "n"), cost("r")?, cost("p")?)
    };
    for candidate in candidates(password, json::flag(slot, "repaired")) {
        let wrapping = derive(candidate.expose())?;
        if let Some(key) = ciphers::gcm_decrypt(wrapping.expose(), &parameters.nonce, &sealed, &[]) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Returns the passwords to try. Slots without `repaired` may have been created from the whole buffer of the text
/// encoder, which has 1.1 or 2 bytes per character and ends with zeros. For up to 64 bytes, this makes no difference,
/// because HMAC pads the password with zeros anyway.
fn candidates(password: &[u8], repaired: bool) -> Vec<Secret<Vec<u8>>> {
    let mut candidates = vec![Secret::new(password.to_vec())];
    let characters = String::from_utf8_lossy(password).encode_utf16().count();
    for size in [characters.saturating_mul(11) / 10, characters.saturating_mul(2)] {
        if !repaired && size > 64 && size > password.len() {
            let mut padded = password.to_vec();
            padded.resize(size, 0);
            candidates.push(Secret::new(padded));
        }
    }
    candidates
}

/// A nonce and a tag of the correct lengths.
struct Parameters {
    nonce: Vec<u8>,
    tag: Vec<u8>,
}

impl Parameters {
    fn read(value: &Value) -> Option<Self> {
        let nonce = json::text(value, "nonce").and_then(encoding::hex).filter(|nonce| nonce.len() == 12)?;
        let tag = json::text(value, "tag").and_then(encoding::hex).filter(|tag| tag.len() == 16)?;
        Some(Self { nonce, tag })
    }
}

fn content(db: &Value) -> Result<Report, ExchangeError> {
    let groups: BTreeMap<&str, &str> = json::list(db, "groups")
        .iter()
        .filter_map(|group| Some((json::text(group, "uuid")?, json::text(group, "name")?)))
        .collect();
    Rows::read(Format::Aegis, json::rows(db, "entries")?, |row, entry| account(row, entry, &groups))
}

fn account(row: usize, entry: &Value, groups: &BTreeMap<&str, &str>) -> Result<Imported, Reason> {
    let info = entry.get("info").ok_or(Reason::Malformed)?;
    let kind = json::text_or_empty(entry, "type");
    let algorithm = json::setting(info, "algo", OtpError::Algorithm)?;
    // Only mOTP uses MD5. Aegis let users choose it for other types by mistake, and generates their codes with SHA-1.
    let is_mistaken = algorithm.eq_ignore_ascii_case("MD5") && !kind.eq_ignore_ascii_case("motp");
    let draft = AccountFields {
        kind,
        issuer: json::text_or_empty(entry, "issuer"),
        name: json::text_or_empty(entry, "name"),
        algorithm: if is_mistaken { "SHA1" } else { algorithm },
        ..AccountFields::default()
    };
    let account = numbers(info, draft)?.with_base32(row, json::text_or_empty(info, "secret"))?;
    let names = json::list(entry, "groups").iter().filter_map(|id| groups.get(id.as_str()?).copied());
    Ok(account
        .with_groups(names.chain(json::text(entry, "group")))
        .with_note(json::text(entry, "note"))
        .with_pin(json::flag(entry, "favorite"))
        .with_icon(json::text(entry, "icon"), json::text(entry, "icon_mime")))
}

/// Writes an unencrypted vault whose content has version 3.
pub(in crate::exchange) fn write(accounts: &[&Imported], entropy: &mut impl Entropy) -> String {
    json!({ "version": 1, "header": { "slots": null, "params": null }, "db": database(accounts, entropy) }).to_string()
}

/// Writes a vault that is encrypted with a password, with one slot and Aegis's own parameters.
pub(in crate::exchange) fn write_sealed(
    accounts: &[&Imported],
    password: &Secret<String>,
    entropy: &mut impl Entropy,
) -> Result<String, ExchangeError> {
    let (master, salt) = (Key::new(entropy.generate()), entropy.generate::<32>());
    // Exposed for the key derivation.
    let wrapping = ciphers::derive_scrypt(password.expose().as_bytes(), &salt, 1 << 15, 8, 1)?;
    let (key, key_params) = seal(&wrapping, master.expose(), entropy);
    let db = Secret::new(database(accounts, entropy).to_string());
    let (db, params) = seal(&master, db.expose().as_bytes(), entropy);
    let slot = json!({
        "type": 1, "uuid": encoding::uuid(entropy), "key": encoding::to_hex(&key), "key_params": key_params,
        "n": 1 << 15, "r": 8, "p": 1, "salt": encoding::to_hex(&salt), "repaired": true, "is_backup": false,
    });
    let header = json!({ "slots": [slot], "params": params });
    Ok(json!({ "version": 1, "header": header, "db": encoding::to_base64(&db) }).to_string())
}

/// Returns the ciphertext, and its nonce and tag in the format of the header.
fn seal(key: &Key, open: &[u8], entropy: &mut impl Entropy) -> (Vec<u8>, Value) {
    let nonce = entropy.generate::<12>();
    let mut sealed = ciphers::gcm_encrypt(key.expose(), &nonce, open, &[]);
    let tag = sealed.split_off(sealed.len().saturating_sub(16));
    (sealed, json!({ "nonce": encoding::to_hex(&nonce), "tag": encoding::to_hex(&tag) }))
}

fn database(accounts: &[&Imported], entropy: &mut impl Entropy) -> Value {
    let names: BTreeSet<&String> = accounts.iter().flat_map(|account| &account.groups).collect();
    let groups: BTreeMap<&String, String> = names.into_iter().map(|name| (name, encoding::uuid(entropy))).collect();
    let entries: Vec<Value> = accounts.iter().map(|account| entry(account, &groups, entropy)).collect();
    let groups: Vec<Value> = groups.iter().map(|(name, id)| json!({ "uuid": id, "name": name })).collect();
    json!({ "version": 3, "entries": entries, "groups": groups, "icons_optimized": true })
}

fn entry(account: &Imported, groups: &BTreeMap<&String, String>, entropy: &mut impl Entropy) -> Value {
    let otp = &account.uri.otp;
    let mut info = json!({
        "secret": otp.key.to_base32().expose(), "algo": otp.algorithm.to_string(), "digits": otp.digits.count(),
    });
    let (kind, name, number) = match otp.kind {
        Kind::Totp { period } => ("totp", "period", u64::from(period.seconds())),
        Kind::Hotp { counter } => ("hotp", "counter", counter),
        Kind::Steam => ("steam", "period", 30),
    };
    if let Some(members) = info.as_object_mut() {
        members.insert(name.into(), number.into());
    }
    let ids: Vec<&String> = account.groups.iter().filter_map(|name| groups.get(name)).collect();
    let icon = account.icon.as_ref();
    json!({
        "type": kind, "uuid": encoding::uuid(entropy), "name": account.uri.name, "issuer": account.uri.issuer,
        "note": account.note, "favorite": account.pinned, "groups": ids, "info": info,
        "icon": icon.map(|icon| encoding::to_base64(&icon.bytes)),
        "icon_mime": icon.map(|icon| icon.media_type.as_str()),
        "icon_hash": icon.map(|icon| encoding::to_hex(&Sha256::digest(&icon.bytes))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Algorithm;

    #[test]
    fn md5_means_sha_1_except_for_motp() {
        let file = |kind: &str| {
            let info = json!({ "secret": "MZXW6YTB", "algo": "md5", "digits": 6, "period": 30, "counter": 1 });
            let entries = json!([{ "type": kind, "name": "bob", "issuer": "Acme", "info": info }]);
            json!({ "version": 1, "header": {}, "db": { "version": 3, "entries": entries } }).to_string()
        };
        for kind in ["totp", "hotp"] {
            let report = read(file(kind).as_bytes(), None).unwrap();
            assert_eq!(report.accounts[0].uri.otp.algorithm, Algorithm::Sha1, "{kind}");
        }
        assert_eq!(read(file("motp").as_bytes(), None).unwrap().skipped[0].reason, Reason::Motp);
    }
}
