//! Decrypts databases of SQLCipher 3, in which every page of SQLite is encrypted separately.
//!
//! | offset in a page of 1,024 bytes | content |
//! |---|---|
//! | 0 | page 1 only: the salt, 16 bytes, in place of SQLite's magic |
//! | after it, up to 976 | AES-256-CBC ciphertext without padding |
//! | 976 | IV, 16 bytes |
//! | 992 | HMAC-SHA-1 of ciphertext, IV and page number (little-endian), 20 bytes; then 12 unused bytes |
//!
//! The key is derived with PBKDF2-HMAC-SHA-1 in 64,000 rounds. The HMAC key is derived from the key in two more rounds,
//! with each byte of the salt XORed with 0x3a.
//! Source: <https://www.zetetic.net/sqlcipher/design/>.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::byte_reader::Bytes;
use super::ciphers::{self, Prf};
use super::{ExchangeError, sqlite};
use crate::secret::Secret;

const PAGE_BYTES: usize = 1024;
const SALT_BYTES: usize = 16;
const IV_BYTES: usize = 16;
const TAG_BYTES: usize = 20;
/// The bytes at the end of a page for IV and tag, rounded up to a multiple of the cipher's block size.
const RESERVED_BYTES: usize = 48;
const ROUNDS: u32 = 64_000;

/// Returns whether a file without any signature may be such a database: it has whole pages, and at least two.
pub(in crate::exchange) fn may_be_one(bytes: &[u8]) -> bool {
    bytes.len() >= PAGE_BYTES.saturating_mul(2) && bytes.len().is_multiple_of(PAGE_BYTES)
}

/// Decrypts the database. If the tag of the first page is wrong, so is the password; in any other page, the page is
/// damaged.
pub(in crate::exchange) fn open(bytes: &[u8], password: &[u8]) -> Result<Secret<Vec<u8>>, ExchangeError> {
    if !may_be_one(bytes) {
        return Err(ExchangeError::Damaged("length"));
    }
    let salt = bytes.get(..SALT_BYTES).unwrap_or_default();
    let key = ciphers::derive_pbkdf2(Prf::Sha1, password, salt, ROUNDS)?;
    let mac_salt: Vec<u8> = salt.iter().map(|byte| byte ^ 0x3a).collect();
    let mac_key = ciphers::derive_pbkdf2(Prf::Sha1, key.expose(), &mac_salt, 2)?;
    let mut database = sqlite::MAGIC.to_vec();
    for (page, number) in bytes.chunks(PAGE_BYTES).zip(1_u32..) {
        let (page, failure) = match number {
            1 => (page.get(SALT_BYTES..).unwrap_or_default(), ExchangeError::WrongPassword),
            _ => (page, ExchangeError::Damaged("SQLite page")),
        };
        database.extend_from_slice(&open_page(page, number, key.expose(), mac_key.expose()).ok_or(failure)?);
        database.extend_from_slice(&[0; RESERVED_BYTES]);
    }
    Ok(Secret::new(database))
}

fn open_page(page: &[u8], number: u32, key: &[u8], mac_key: &[u8]) -> Option<Vec<u8>> {
    let mut rest = Bytes(page);
    let sealed = rest.take(page.len().checked_sub(RESERVED_BYTES)?)?;
    let (iv, tag) = (rest.take(IV_BYTES)?, rest.take(TAG_BYTES)?);
    let mut mac = Hmac::<Sha1>::new_from_slice(mac_key).ok()?;
    mac.update(sealed);
    mac.update(iv);
    mac.update(&number.to_le_bytes());
    mac.verify_slice(tag).ok()?;
    ciphers::cbc_open_blocks(key, iv, sealed)
}
