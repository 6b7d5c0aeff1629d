//! FreeOTP 2's backup (`externalBackup.xml`, which is not XML but a serialized Java map; see `java_serialization`).
//!
//! | key | JSON value |
//! |---|---|
//! | `masterKey` | `mAlgorithm` (PBKDF2withHmacSHA1, …SHA512), `mIterations`, `mSalt`, `mEncryptedKey` |
//! | a UUID | `{ "key": "…" }`, where the string is JSON with the members of `mEncryptedKey`, encrypted with the master key |
//! | the UUID followed by `-token` | everything except the secret; see `freeotp` |
//!
//! `mEncryptedKey` has `mCipherText` (signed bytes, AES-256-GCM ciphertext and tag), `mParameters` (DER, with the
//! nonce) and `mToken` (the associated data: `AES`, `HmacSHA1`, …). Here, a counter is the next one to use.

use crate::exchange::registry::{Detect, Entry, Read};
use std::collections::BTreeMap;

use super::ciphers::{self, Prf};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, freeotp, java_serialization};
use crate::otp::Key;
use crate::secret::Secret;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "freeotp-2",
    title: "FreeOTP 2",
    detect: &[Detect::Magic(java_serialization::MAGIC)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

/// Reads a backup, decrypting it with the password.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let pairs = java_serialization::string_map(bytes)?;
    let values: BTreeMap<&str, &str> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let master = values.get("masterKey").ok_or(ExchangeError::Damaged("masterKey"))?;
    let master = open_master(&json::parse(master.as_bytes())?, ciphers::require_password(password)?)?;
    let tokens = pairs.iter().filter_map(|(key, token)| Some((key.strip_suffix("-token")?, token.as_str())));
    let tokens: Vec<_> = tokens.collect();
    Rows::read(Format::FreeOtp2, &tokens, |row, (id, token)| {
        let sealed = values.get(id).ok_or(Reason::Malformed)?;
        account(row, token, sealed, master.expose())
    })
}

fn open_master(master: &Value, password: &[u8]) -> Result<Secret<Vec<u8>>, ExchangeError> {
    let damaged = ExchangeError::Damaged("master key");
    let prf = match json::text_or_empty(master, "mAlgorithm").to_ascii_lowercase().as_str() {
        "pbkdf2withhmacsha1" => Prf::Sha1,
        "pbkdf2withhmacsha256" => Prf::Sha256,
        "pbkdf2withhmacsha512" => Prf::Sha512,
        _ => return Err(damaged),
    };
    let rounds = u32::try_from(json::count(master, "mIterations")).map_err(|_| ExchangeError::TooCostly)?;
    let salt = json::signed_bytes(master.get("mSalt")).ok_or(damaged)?;
    let sealed = Sealed::read(master.get("mEncryptedKey").ok_or(damaged)?).ok_or(damaged)?;
    let key = ciphers::derive_pbkdf2(prf, password, &salt, rounds)?;
    sealed.open(key.expose()).ok_or(ExchangeError::WrongPassword)
}

fn account(row: usize, token: &str, sealed: &str, master: &[u8]) -> Result<Imported, Reason> {
    let parse = |text: &str| json::parse(text.as_bytes()).map_err(|_| Reason::Malformed);
    let (token, holder) = (parse(token)?, parse(sealed)?);
    let inner = parse(json::text(&holder, "key").ok_or(Reason::Malformed)?)?;
    let sealed = Sealed::read(&inner).ok_or(Reason::Malformed)?;
    let mut draft = freeotp::draft(&token, 0)?;
    if draft.algorithm.is_empty() {
        draft.algorithm = &sealed.associated_data;
    }
    let key = sealed.open(master).ok_or(Reason::Sealed);
    draft.with_key(row, key.and_then(|key| Ok(Key::new(key.expose().clone())?)))
}

struct Sealed {
    nonce: Vec<u8>,
    ciphertext: Vec<u8>,
    associated_data: String,
}

impl Sealed {
    fn read(value: &Value) -> Option<Self> {
        let parameters = json::signed_bytes(value.get("mParameters"))?;
        // The cipher parameters in DER: SEQUENCE { OCTET STRING nonce, INTEGER 16 }, or only the octet string.
        let octets = parameters.strip_prefix(&[0x30, 0x11]).unwrap_or(&parameters);
        let nonce = octets.strip_prefix(&[0x04, 0x0c])?.get(..12)?.to_vec();
        let ciphertext = json::signed_bytes(value.get("mCipherText"))?;
        Some(Self { nonce, ciphertext, associated_data: json::text_or_empty(value, "mToken").to_owned() })
    }

    fn open(&self, key: &[u8]) -> Option<Secret<Vec<u8>>> {
        ciphers::gcm_decrypt(key, &self.nonce, &self.ciphertext, self.associated_data.as_bytes())
    }
}
