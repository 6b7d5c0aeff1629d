//! andOTP's backup: unencrypted, and encrypted in two ways.
//!
//! | form | content |
//! |---|---|
//! | plain | JSON list of `{ "secret", "issuer", "label", "digits", "type", "algorithm", "period" \| "counter", "tags", "last_used", "used_frequency" }` |
//! | encrypted | rounds (4, big-endian), salt 12, nonce 12, AES-256-GCM ciphertext and tag; PBKDF2-HMAC-SHA-1 |
//! | encrypted, old | nonce 12, AES-256-GCM ciphertext and tag; the key is SHA-256 of the password |
//!
//! Encrypted files have no signature, so the newer form is tried first. Old rows have no `issuer`; their label is
//! `Issuer - account` or `Issuer - Issuer:account`. The oldest rows have no `type` either and are TOTP.

use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::account_fields::{AccountFields, numbers};
use super::byte_reader::Bytes;
use super::ciphers::{self, MAX_PBKDF2_ROUNDS, Prf};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::otp::{Kind, OtpError};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "andotp",
    title: "andOTP",
    detect: &[Detect::Item(sniff)],
    read: Read::MayBeEncrypted(read),
    export: Some(Export { groups: Groups::All, ..Export::DEFAULT }),
    write: |it| Ok(write(it.accounts).into_bytes()),
    ..Entry::DEFAULT
};

/// The members of a row. A list with any other member, such as `algo`, is another program's, and its settings would be
/// lost if it were read here.
const MEMBERS: [&str; 13] = [
    "secret",
    "issuer",
    "label",
    "digits",
    "type",
    "algorithm",
    "thumbnail",
    "last_used",
    "used_frequency",
    "period",
    "counter",
    "tags",
    "tag",
];

/// andOTP chooses a random number of rounds from this range. Files with other numbers are read if the user names the
/// format.
const USUAL_ROUNDS: std::ops::RangeInclusive<u32> = 140_000..=160_000;

/// The minimum size of an encrypted file: a nonce, a tag and `[]`.
const MIN_SEALED_BYTES: usize = 30;

pub(in crate::exchange) fn sniff(item: &Value) -> bool {
    let has_both = item.get("secret").is_some_and(Value::is_string) && item.get("label").is_some();
    let is_known = |member: &String| MEMBERS.contains(&member.as_str());
    let has_foreign = item.as_object().is_some_and(|members| !members.keys().all(is_known));
    has_both && !has_foreign && (item.get("type").is_some() || !has_address(item))
}

/// Returns whether an item contains a URI. andOTP's rows do not, and lists of unknown programs that do are read by
/// their URIs.
fn has_address(item: &Value) -> bool {
    let mut members = item.as_object().into_iter().flat_map(|members| members.values());
    members.any(|member| member.as_str().is_some_and(|text| text.contains("://")))
}

/// Returns whether a file may be encrypted. Encrypted files have no signature, so this is any file that is neither text
/// nor of another known type.
pub(in crate::exchange) fn may_be_sealed(bytes: &[u8]) -> bool {
    let others: [&[u8]; 13] = [
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"RIFF",
        b"GIF8",
        b"II*\0",
        b"MM\0*",
        b"%PDF",
        b"\x1f\x8b",
        b"7z\xbc\xaf",
        b"Rar!",
        b"\xfd7zXZ",
        b"OggS",
        b"\x7fELF",
    ];
    bytes.len() >= MIN_SEALED_BYTES
        && !others.iter().any(|magic| bytes.starts_with(magic))
        && std::str::from_utf8(bytes).is_err()
}

/// Returns whether a file begins with a number of rounds that andOTP chooses. This is the only sign of the newer form.
pub(in crate::exchange) fn has_rounds(bytes: &[u8]) -> bool {
    Bytes(bytes).u32_be().is_some_and(|rounds| USUAL_ROUNDS.contains(&rounds))
}

/// Reads a backup, decrypting it with the password if it is encrypted.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    if json::is_json(bytes) {
        return entries(&json::parse(bytes)?);
    }
    if bytes.len() < MIN_SEALED_BYTES {
        return Err(ExchangeError::Damaged("length"));
    }
    let open = open(bytes, ciphers::require_password(password)?)?;
    entries(&json::parse(open.expose())?)
}

fn open(bytes: &[u8], password: &[u8]) -> Result<Secret<Vec<u8>>, ExchangeError> {
    open_new(bytes, password).or_else(|| open_old(bytes, password)).ok_or(ExchangeError::WrongPassword)
}

/// Decrypts the newer form. Also returns `None` if the number of rounds is out of range, because then the file has the
/// old form.
fn open_new(bytes: &[u8], password: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut rest = Bytes(bytes);
    let rounds = rest.u32_be().filter(|rounds| (1..=MAX_PBKDF2_ROUNDS).contains(rounds))?;
    let (salt, nonce) = (rest.take(12)?, rest.take(12)?);
    let key = ciphers::derive_pbkdf2(Prf::Sha1, password, salt, rounds).ok()?;
    ciphers::gcm_decrypt(key.expose(), nonce, rest.0, &[])
}

fn open_old(bytes: &[u8], password: &[u8]) -> Option<Secret<Vec<u8>>> {
    let (nonce, sealed) = bytes.split_at_checked(12)?;
    let key = Secret::new(Sha256::digest(password).to_vec());
    ciphers::gcm_decrypt(key.expose(), nonce, sealed, &[])
}

fn entries(file: &Value) -> Result<Report, ExchangeError> {
    let entries = file.as_array().ok_or(ExchangeError::Damaged("list"))?;
    Rows::read(Format::AndOtp, entries, account)
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let label = json::text_or_empty(entry, "label");
    let tags = || json::list(entry, "tags").iter().filter_map(Value::as_str);
    let (issuer, name) = match entry.get("issuer") {
        Some(issuer) => (issuer.as_str().unwrap_or_default(), label),
        None => old_label(label),
    };
    // GNOME Authenticator's old backup has the issuer as the first tag.
    let is_gnome = entry.get("issuer").is_none() && issuer.is_empty();
    let issuer = if is_gnome { tags().next().unwrap_or_default() } else { issuer };
    let draft = AccountFields {
        kind: match entry.get("type") {
            None if entry.get("secret").is_some() => "totp",
            // In GNOME Authenticator's old backup, which has a period.
            Some(kind) if kind == "OTP" && entry.get("period").is_some() => "totp",
            kind => kind.and_then(Value::as_str).unwrap_or_default(),
        },
        issuer,
        name,
        algorithm: json::setting(entry, "algorithm", OtpError::Algorithm)?,
        ..AccountFields::default()
    };
    let account = numbers(entry, draft)?.with_base32(row, json::text_or_empty(entry, "secret"))?;
    let last_used = json::count(entry, "last_used").checked_div(1000);
    Ok(account.with_groups(tags()).with_usage(json::count(entry, "used_frequency"), last_used))
}

/// Splits `Issuer - Issuer:account`, `Issuer - account`, `Issuer:account` or an account name into issuer and account
/// name.
fn old_label(label: &str) -> (&str, &str) {
    match label.split_once(" - ") {
        Some((issuer, rest)) => {
            let repeated = rest.strip_prefix(issuer).and_then(|rest| rest.strip_prefix(':'));
            (issuer, repeated.unwrap_or(rest))
        }
        None => label.split_once(':').unwrap_or(("", label)),
    }
}

/// Writes an unencrypted backup.
pub(in crate::exchange) fn write(accounts: &[&Imported]) -> String {
    Value::Array(accounts.iter().map(|account| entry(account)).collect()).to_string()
}

fn entry(account: &Imported) -> Value {
    let otp = &account.uri.otp;
    let mut entry = json!({
        "secret": base32_padded(otp.key.expose()),
        "issuer": account.uri.issuer,
        "label": account.uri.name,
        "digits": otp.digits.count(),
        "algorithm": otp.algorithm.to_string(),
        "thumbnail": "Default",
        "last_used": account.usage.last_seconds.unwrap_or(0).saturating_mul(1000),
        "used_frequency": account.usage.count,
        "tags": account.groups,
    });
    let (kind, name, number) = match otp.kind {
        Kind::Totp { period } => ("TOTP", "period", u64::from(period.seconds())),
        Kind::Hotp { counter } => ("HOTP", "counter", counter),
        Kind::Steam => ("STEAM", "period", 30),
    };
    if let Some(members) = entry.as_object_mut() {
        members.insert("type".into(), kind.into());
        members.insert(name.into(), number.into());
    }
    entry
}

/// Encodes a key in base32 with padding, as andOTP does.
fn base32_padded(key: &[u8]) -> String {
    data_encoding::BASE32.encode(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_type_is_totp() {
        let row = json::parse(br#"{"secret": "MZXW6YTB", "label": "Acme - bob"}"#).unwrap();
        let uri = account(1, &row).unwrap().uri;
        assert!(sniff(&row) && matches!(uri.otp.kind, Kind::Totp { .. }));
        assert_eq!((uri.issuer.as_str(), uri.name.as_str()), ("Acme", "bob"));
        let other = br#"{"secret": "MZXW6YTB", "label": "bob", "url": "otpauth://totp/bob?secret=MZXW6YTB"}"#;
        assert!(!sniff(&json::parse(other).unwrap()));
        assert_eq!(account(1, &Value::from(7)).unwrap_err(), Reason::Kind);
    }
}
