//! OTP Auth for iOS: backups, `.otpauthdb`, and single accounts, `.otpauth`. Both are always encrypted.
//!
//! The outer layer is encrypted with AES-256-CBC and a constant key. It is a keyed archive of a dictionary, whose
//! `WrappedData` (backup) or `Data` (account) is the inner layer:
//!
//! | version | inner layer |
//! |---|---|
//! | backup 1.0, account 1.1 | AES-256-CBC; the key is SHA-256 of `Salt-password`, the IV is of SHA-1 of `IV` |
//! | backup 1.1, account 1.2 | RNCryptor 2 or 3: version 1, options 1, salts 8 and 8, IV 16, AES-256-CBC, HMAC-SHA-256; the keys are derived with PBKDF2-HMAC-SHA-1, 10,000 rounds |
//!
//! The inner layer is another keyed archive. A backup has `Folders` with a `name` and `accounts`. An account has
//! `label`, `issuer`, `secret`, `type` (1 HOTP, 2 TOTP), `algorithm` (1 SHA-1, 2 SHA-256, 3 SHA-512, 4 MD5), `digits`,
//! `counter`, `period`, and the date from which time steps are counted: `referenceDate` in a backup, `refDate` in a
//! single account. Digits, seconds and an algorithm of 0 are the defaults.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::account_fields::AccountFields;
use super::ciphers::{self, Prf};
use super::property_list::{self, KeyedArchive};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::{Key, OtpError};
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "otp-auth",
    title: "OTP Auth (iOS)",
    detect: &[Detect::Magic(property_list::MAGIC)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

/// The texts whose SHA-256 hashes are the keys of the outer layer of backups and of single accounts.
const OUTER_KEYS: [&[u8]; 2] = [b"Authenticator", b"OTPAuth"];
const RNCRYPTOR_ROUNDS: u32 = 10_000;
const UNREADABLE: ExchangeError = ExchangeError::ReadableByOtpAuthOnly;

/// Returns whether the outer layer of a file can be opened.
pub(in crate::exchange) fn is_one(bytes: &[u8]) -> bool {
    outer_key(bytes).is_some()
}

fn outer_key(bytes: &[u8]) -> Option<[u8; 32]> {
    let first = bytes.get(..16)?;
    let opens = |key: &[u8; 32]| {
        ciphers::cbc_open_blocks(key, &[0; 16], first).is_some_and(|block| block.starts_with(property_list::MAGIC))
    };
    OUTER_KEYS.iter().map(|text| Sha256::digest(text).into()).find(opens)
}

fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let outer = outer_key(bytes).and_then(|key| ciphers::cbc_open(&key, &[0; 16], bytes)).ok_or(UNREADABLE)?;
    let wrapping = KeyedArchive::parse(outer.expose()).map_err(|_| UNREADABLE)?;
    let root = wrapping.root();
    let sealed = wrapping.field(root, "WrappedData").or_else(|| wrapping.field(root, "Data"));
    let sealed = sealed.and_then(|at| wrapping.data(at)).ok_or(UNREADABLE)?;
    let password = ciphers::require_password(password)?;
    let open = match wrapping.field(root, "Salt").and_then(|at| wrapping.text(at)) {
        Some(salt) => {
            let iv = wrapping.field(root, "IV").ok_or(UNREADABLE)?;
            let iv = wrapping.text(iv).map(str::as_bytes).or_else(|| wrapping.data(iv)).ok_or(UNREADABLE)?;
            open_with_salt(sealed, password, salt, iv)
        }
        None => open_rncryptor(sealed, password)?,
    };
    let open = open.ok_or(ExchangeError::WrongPassword)?;
    if !open.expose().starts_with(property_list::MAGIC) {
        return Err(ExchangeError::WrongPassword);
    }
    let archive = KeyedArchive::parse(open.expose())?;
    accounts(&archive)
}

/// Opens the inner layer of the older versions.
fn open_with_salt(sealed: &[u8], password: &[u8], salt: &str, iv: &[u8]) -> Option<Secret<Vec<u8>>> {
    let key = Sha256::new().chain_update(salt).chain_update(b"-").chain_update(password).finalize();
    let iv = Sha1::digest(iv);
    ciphers::cbc_open(&key, iv.get(..16)?, sealed)
}

/// Opens RNCryptor's format for passwords. Returns `None` if the password is wrong.
fn open_rncryptor(sealed: &[u8], password: &[u8]) -> Result<Option<Secret<Vec<u8>>>, ExchangeError> {
    let damaged = ExchangeError::Damaged("RNCryptor");
    let (message, tag) = sealed.split_last_chunk::<32>().ok_or(damaged)?;
    let (header, ciphertext) = message.split_first_chunk::<34>().ok_or(damaged)?;
    let ([2 | 3, 1], salts) = header.split_first_chunk::<2>().ok_or(damaged)? else {
        return Err(ExchangeError::UnknownProtection);
    };
    let (key_salt, salts) = salts.split_at_checked(8).ok_or(damaged)?;
    let (mac_salt, iv) = salts.split_at_checked(8).ok_or(damaged)?;
    let derive = |salt: &[u8]| ciphers::derive_pbkdf2(Prf::Sha1, password, salt, RNCRYPTOR_ROUNDS);
    let mut mac = Hmac::<Sha256>::new_from_slice(derive(mac_salt)?.expose()).map_err(|_| damaged)?;
    mac.update(message);
    if mac.verify_slice(tag).is_err() {
        return Ok(None);
    }
    Ok(ciphers::cbc_open(derive(key_salt)?.expose(), iv, ciphertext))
}

fn accounts(archive: &KeyedArchive<'_>) -> Result<Report, ExchangeError> {
    let mut rows = Rows::new(Format::OtpAuth);
    let Some(folders) = archive.field(archive.root(), "Folders") else {
        rows.push(1, account(archive, 1, archive.root()))?;
        return Ok(rows.finish());
    };
    let damaged = ExchangeError::Damaged("Folders");
    for folder in archive.items(folders).ok_or(damaged)? {
        let text = |name| archive.field(*folder, name).and_then(|at| archive.text(at));
        let accounts = archive.field(*folder, "accounts").ok_or(damaged)?;
        for at in archive.items(accounts).ok_or(damaged)? {
            let row = rows.next();
            rows.push(row, account(archive, row, *at).map(|account| account.with_groups(text("name"))))?;
        }
    }
    Ok(rows.finish())
}

fn account(archive: &KeyedArchive<'_>, row: usize, at: usize) -> Result<Imported, Reason> {
    let field = |name| archive.field(at, name).filter(|value| !archive.is_null(*value));
    let text = |name| field(name).and_then(|value| archive.text(value)).unwrap_or_default();
    let number = |name, error| match field(name) {
        Some(value) => whole(archive.number(value)).map(Some).ok_or(Reason::Otp(error)),
        None => Ok(None),
    };
    let or_default = |number: Option<u64>| number.filter(|number| *number != 0);
    let kind = match number("type", OtpError::UnknownKind)? {
        Some(1) => "hotp",
        Some(2) => "totp",
        _ => return Err(Reason::Kind),
    };
    let algorithm = match number("algorithm", OtpError::Algorithm)? {
        None | Some(0 | 1) => "SHA1",
        Some(2) => "SHA256",
        Some(3) => "SHA512",
        Some(_) => return Err(Reason::Otp(OtpError::Algorithm)),
    };
    // Other apps count time steps from 1970 only.
    let epoch = ["referenceDate", "refDate"]
        .into_iter()
        .find_map(field)
        .map(|value| archive.date(value).or_else(|| archive.number(value)));
    if kind == "totp" && epoch.is_some_and(|epoch| epoch.is_none_or(|seconds| seconds.abs() >= 1.0)) {
        return Err(Reason::Otp(OtpError::Epoch));
    }
    let secret = field("secret").and_then(|value| archive.data(value)).ok_or(Reason::Otp(OtpError::NoSecret))?;
    let draft = AccountFields {
        kind,
        issuer: text("issuer"),
        name: text("label"),
        algorithm,
        digits: or_default(number("digits", OtpError::Digits)?),
        period: if kind == "totp" { or_default(number("period", OtpError::Period)?) } else { None },
        counter: if kind == "hotp" { number("counter", OtpError::Counter)? } else { None },
    };
    draft.with_key(row, Key::new(secret.to_vec()).map_err(Reason::Otp))
}

/// Returns a whole number that is not negative.
fn whole(number: Option<f64>) -> Option<u64> {
    number
        .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number))?
        .to_string()
        .parse()
        .ok()
}
