//! Reads the outer header, which contains everything that is needed before the password.
//!
//! | part | KDBX 3.1 | KDBX 4 |
//! |---|---|---|
//! | field | id 1, length 2, data | id 1, length 4, data |
//! | key derivation | fields 5 (seed), 6 (rounds) | field 11, a dictionary |
//! | stream cipher of protected values | fields 8 (key), 10 (id) | in the inner header |
//! | after the header | | its SHA-256, its HMAC |

use super::DAMAGED;
use crate::exchange::ExchangeError;
use crate::exchange::codecs::byte_reader::{Bytes, length};

pub(in crate::exchange) const MAGIC: &[u8] = b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5";

const AES: [u8; 16] = *b"\x31\xc1\xf2\xe6\xbf\x71\x43\x50\xbe\x58\x05\x21\x6a\xfc\x5a\xff";
const TWOFISH: [u8; 16] = *b"\xad\x68\xf2\x9f\x57\x6f\x4b\xb9\xa3\x6a\xd4\x7a\xf9\x65\x34\x6c";
const CHACHA20: [u8; 16] = *b"\xd6\x03\x8a\x2b\x8b\x6f\x4c\xb5\xa5\x24\x33\x9a\x31\xdb\xb5\x9a";
const KDF_AES_3: [u8; 16] = *b"\xc9\xd9\xf3\x9a\x62\x8a\x44\x60\xbf\x74\x0d\x08\xc1\x8a\x4f\xea";
const KDF_AES_4: [u8; 16] = *b"\x7c\x02\xbb\x82\x79\xa7\x4a\xc0\x92\x7d\x11\x4a\x00\x64\x82\x38";
const KDF_ARGON2D: [u8; 16] = *b"\xef\x63\x6d\xdf\x8c\x29\x44\x4b\x91\xf7\xa9\xa4\x03\xe3\x0a\x0c";
const KDF_ARGON2ID: [u8; 16] = *b"\x9e\x29\x8b\x19\x56\xdb\x47\x73\xb2\x3d\xfc\x3e\xc6\xf0\xa1\xe6";

/// The cipher of the body.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cipher {
    Aes,
    Twofish,
    ChaCha20,
}

/// The derivation of the key from the password.
pub(super) enum Derivation {
    Aes { seed: [u8; 32], rounds: u64 },
    Argon2 { algorithm: argon2::Algorithm, salt: Vec<u8>, kib: u32, passes: u32, lanes: u32 },
}

/// The outer header.
pub(super) struct Header {
    pub(super) is_4: bool,
    pub(super) cipher: Cipher,
    pub(super) is_compressed: bool,
    pub(super) master_seed: Vec<u8>,
    pub(super) iv: Vec<u8>,
    pub(super) derivation: Derivation,
    pub(super) stream_id: u32,
    pub(super) stream_key: Vec<u8>,
    pub(super) start_bytes: Vec<u8>,
    /// The length of the header, in bytes.
    pub(super) size: usize,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ExchangeError> {
        let mut rest = Bytes(bytes.strip_prefix(MAGIC).ok_or(DAMAGED)?);
        rest.u16_le().ok_or(DAMAGED)?;
        let is_4 = match rest.u16_le() {
            // Version 2 is from the very first releases. Version 3 differs only in parts that are not used here.
            Some(2 | 3) => false,
            Some(4) => true,
            _ => return Err(ExchangeError::UnknownProtection),
        };
        let mut fields = Fields::default();
        loop {
            let id = rest.u8().ok_or(DAMAGED)?;
            let size = if is_4 { rest.u32_le().map(length) } else { rest.u16_le().map(usize::from) };
            let data = size.and_then(|size| rest.take(size)).ok_or(DAMAGED)?;
            if id == 0 {
                break;
            }
            if let Some(slot) = fields.0.get_mut(usize::from(id)) {
                *slot = data;
            }
        }
        fields.header(is_4, bytes.len().saturating_sub(rest.0.len()))
    }
}

/// The content of the header fields, by id.
#[derive(Default)]
struct Fields<'a>([&'a [u8]; 13]);

impl Fields<'_> {
    fn field(&self, id: usize) -> &[u8] {
        self.0.get(id).copied().unwrap_or_default()
    }

    fn header(&self, is_4: bool, size: usize) -> Result<Header, ExchangeError> {
        let cipher = match self.field(2) {
            id if id == AES => Cipher::Aes,
            id if id == TWOFISH => Cipher::Twofish,
            id if id == CHACHA20 => Cipher::ChaCha20,
            _ => return Err(ExchangeError::UnknownProtection),
        };
        let derivation = if is_4 { derivation(self.field(11)) } else { self.derivation_3() };
        Ok(Header {
            is_4,
            cipher,
            is_compressed: Bytes(self.field(3)).u32_le().ok_or(DAMAGED)? == 1,
            master_seed: self.field(4).to_vec(),
            iv: self.field(7).to_vec(),
            derivation: derivation.ok_or(DAMAGED)?,
            stream_id: Bytes(self.field(10)).u32_le().unwrap_or(0),
            stream_key: self.field(8).to_vec(),
            start_bytes: self.field(9).to_vec(),
            size,
        })
    }

    fn derivation_3(&self) -> Option<Derivation> {
        Some(Derivation::Aes { seed: self.field(5).try_into().ok()?, rounds: Bytes(self.field(6)).u64_le()? })
    }
}

/// Reads KDBX 4's dictionary: version (2 bytes), then per value its type (1), its name and content (each with a length
/// of 4), and type 0 at the end.
fn derivation(dictionary: &[u8]) -> Option<Derivation> {
    let mut rest = Bytes(dictionary);
    rest.u16_le()?;
    let mut values = std::collections::BTreeMap::new();
    while rest.u8()? != 0 {
        let name_size = length(rest.u32_le()?);
        let name = rest.take(name_size)?;
        let value_size = length(rest.u32_le()?);
        values.insert(name, rest.take(value_size)?);
    }
    let value = |name: &str| values.get(name.as_bytes()).copied();
    let word = |name: &str| Bytes(value(name)?).u32_le();
    let long = |name: &str| Bytes(value(name)?).u64_le();
    let argon2 = |algorithm| {
        let kib = u32::try_from(long("M")? / 1024).unwrap_or(u32::MAX);
        let passes = u32::try_from(long("I")?).unwrap_or(u32::MAX);
        // KeePass never wrote version 1.0 of Argon2.
        (word("V")? == 0x13).then_some(())?;
        Some(Derivation::Argon2 { algorithm, salt: value("S")?.to_vec(), kib, passes, lanes: word("P")? })
    };
    match value("$UUID")? {
        id if id == KDF_AES_3 || id == KDF_AES_4 => {
            Some(Derivation::Aes { seed: value("S")?.try_into().ok()?, rounds: long("R")? })
        }
        id if id == KDF_ARGON2D => argon2(argon2::Algorithm::Argon2d),
        id if id == KDF_ARGON2ID => argon2(argon2::Algorithm::Argon2id),
        _ => None,
    }
}
