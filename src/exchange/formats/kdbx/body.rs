//! Decrypts the body: derives the keys, checks the blocks, decrypts and decompresses. The result is the XML.
//!
//! | part | KDBX 3.1 | KDBX 4 |
//! |---|---|---|
//! | key | SHA-256(master seed, derived key) | the same; and a key for the HMAC-SHA-256 of each block |
//! | outer layer | ciphertext | blocks: HMAC 32, length 4, data; the last one has length 0 |
//! | inner layer | start bytes 32, then blocks: index 4, SHA-256 32, length 4, data | ciphertext, gzip, inner header |
//!
//! The HMAC of KDBX 4's header and KDBX 3.1's start bytes distinguish a wrong password from a damaged file.

use std::io::Read;

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use chacha20::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};

use super::header::{Cipher, Derivation, Header};
use super::stream::Stream;
use super::{DAMAGED, MAX_BYTES};
use crate::exchange::ExchangeError;
use crate::exchange::budget;
use crate::exchange::codecs::byte_reader::{Bytes, length};
use crate::exchange::codecs::ciphers::{self, Argon2Cost};
use crate::secret::Secret;

/// Maximum number of AES rounds. KeePass suggests the number that takes one second on the user's computer, which is 20
/// to 60 million.
const MAX_AES_ROUNDS: u64 = 100_000_000;

/// Returns the XML, and the cipher of its protected values.
pub(super) fn open(bytes: &[u8], header: &Header, password: &[u8]) -> Result<(Secret<Vec<u8>>, Stream), ExchangeError> {
    let derived = derive(&header.derivation, password)?;
    let mut key = Sha256::new();
    key.update(&header.master_seed);
    key.update(derived.expose());
    let key: Secret<[u8; 32]> = Secret::new(key.finalize().into());
    let head = bytes.get(..header.size).ok_or(DAMAGED)?;
    let mut rest = Bytes(bytes.get(header.size..).ok_or(DAMAGED)?);
    if header.is_4 {
        let hmac_key = Sha512::new().chain_update(&header.master_seed).chain_update(derived.expose()).chain_update([1]);
        let hmac_key = Secret::new(hmac_key.finalize().to_vec());
        check_header(head, &mut rest, hmac_key.expose())?;
        let sealed = blocks_4(&mut rest, hmac_key.expose())?;
        let open = unpacked(decrypt(header, &key, &sealed)?, header.is_compressed)?;
        inner_header(&open)
    } else {
        let open = decrypt(header, &key, rest.0).map_err(|_| ExchangeError::WrongPassword)?;
        let blocks = open.strip_prefix(header.start_bytes.as_slice()).filter(|_| header.start_bytes.len() == 32);
        let xml = blocks_3(blocks.ok_or(ExchangeError::WrongPassword)?)?;
        Ok((unpacked(xml, header.is_compressed)?, Stream::new(header.stream_id, &header.stream_key)?))
    }
}

fn derive(derivation: &Derivation, password: &[u8]) -> Result<Secret<[u8; 32]>, ExchangeError> {
    // The composite key of a database that has only a password.
    let composite = Secret::new(<[u8; 32]>::from(Sha256::digest(Sha256::digest(password))));
    match derivation {
        Derivation::Aes { seed, rounds } => {
            if *rounds > MAX_AES_ROUNDS {
                return Err(ExchangeError::TooCostly);
            }
            budget::spend(budget::cost_of(*rounds, MAX_AES_ROUNDS))?;
            let cipher = aes::Aes256::new(seed.into());
            let (first, second) = composite.expose().split_at(16);
            let mut blocks = [first, second].map(|half| aes::Block::try_from(half).unwrap_or_default());
            for _ in 0..*rounds {
                cipher.encrypt_blocks(&mut blocks);
            }
            Ok(Secret::new(Sha256::digest(blocks.concat()).into()))
        }
        Derivation::Argon2 { algorithm, salt, kib, passes, lanes } => {
            let cost = Argon2Cost { algorithm: *algorithm, kib: *kib, passes: *passes, lanes: *lanes };
            ciphers::derive_argon2(cost, composite.expose(), salt)
        }
    }
}

fn check_header(head: &[u8], rest: &mut Bytes<'_>, hmac_key: &[u8]) -> Result<(), ExchangeError> {
    let (digest, tag) = rest.take(32).zip(rest.take(32)).ok_or(DAMAGED)?;
    if Sha256::digest(head).as_slice() != digest {
        return Err(DAMAGED);
    }
    let mut mac = block_mac(u64::MAX, hmac_key)?;
    mac.update(head);
    mac.verify_slice(tag).map_err(|_| ExchangeError::WrongPassword)
}

fn block_mac(index: u64, hmac_key: &[u8]) -> Result<Hmac<Sha256>, ExchangeError> {
    let key = Sha512::new().chain_update(index.to_le_bytes()).chain_update(hmac_key).finalize();
    Hmac::new_from_slice(&key).map_err(|_| DAMAGED)
}

fn blocks_4(rest: &mut Bytes<'_>, hmac_key: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    let mut sealed = Vec::new();
    for index in 0_u64.. {
        let (tag, size) = rest.take(32).zip(rest.u32_le()).ok_or(DAMAGED)?;
        let data = rest.take(length(size)).ok_or(DAMAGED)?;
        let mut mac = block_mac(index, hmac_key)?;
        mac.update(&index.to_le_bytes());
        mac.update(&size.to_le_bytes());
        mac.update(data);
        mac.verify_slice(tag).map_err(|_| DAMAGED)?;
        if data.is_empty() {
            break;
        }
        sealed.extend_from_slice(data);
    }
    Ok(sealed)
}

fn blocks_3(blocks: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    let mut rest = Bytes(blocks);
    let mut open = Vec::new();
    loop {
        rest.take(4).ok_or(DAMAGED)?;
        let (digest, size) = rest.take(32).zip(rest.u32_le()).ok_or(DAMAGED)?;
        let data = rest.take(length(size)).ok_or(DAMAGED)?;
        if data.is_empty() {
            return Ok(open);
        }
        if Sha256::digest(data).as_slice() != digest {
            return Err(DAMAGED);
        }
        open.extend_from_slice(data);
    }
}

fn decrypt(header: &Header, key: &Secret<[u8; 32]>, sealed: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    match header.cipher {
        Cipher::Aes => {
            ciphers::cbc_open(key.expose(), &header.iv, sealed).map(|open| open.expose().clone()).ok_or(DAMAGED)
        }
        Cipher::Twofish => ciphers::cbc_open_twofish(key.expose(), &header.iv, sealed).ok_or(DAMAGED),
        Cipher::ChaCha20 => {
            let mut open = sealed.to_vec();
            let cipher = chacha20::ChaCha20::new_from_slices(key.expose(), &header.iv);
            cipher.map_err(|_| DAMAGED)?.try_apply_keystream(&mut open).map_err(|_| DAMAGED)?;
            Ok(open)
        }
    }
}

fn unpacked(packed: Vec<u8>, is_compressed: bool) -> Result<Secret<Vec<u8>>, ExchangeError> {
    if !is_compressed {
        return Ok(Secret::new(packed));
    }
    let mut open = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let mut reader = flate2::read::GzDecoder::new(packed.as_slice()).take(limit.saturating_add(1));
    reader.read_to_end(&mut open).map_err(|_| DAMAGED)?;
    if open.len() > MAX_BYTES { Err(ExchangeError::TooLarge) } else { Ok(Secret::new(open)) }
}

/// Splits off KDBX 4's inner header. Its fields have an id of 1 byte, a length of 4 and data; id 1 is the stream
/// cipher, 2 its key, 0 the end.
fn inner_header(open: &Secret<Vec<u8>>) -> Result<(Secret<Vec<u8>>, Stream), ExchangeError> {
    let mut rest = Bytes(open.expose());
    let (mut id, mut key) = (0, &[][..]);
    loop {
        let field = rest.u8().ok_or(DAMAGED)?;
        let size = rest.u32_le().ok_or(DAMAGED)?;
        let data = rest.take(length(size)).ok_or(DAMAGED)?;
        match field {
            0 => break,
            1 => id = Bytes(data).u32_le().ok_or(DAMAGED)?,
            2 => key = data,
            _ => {}
        }
    }
    Ok((Secret::new(rest.0.to_vec()), Stream::new(id, key)?))
}
