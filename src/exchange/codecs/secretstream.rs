//! Decrypts one message of libsodium's `crypto_secretstream_xchacha20poly1305`, without associated data.
//!
//! ```text
//! 1 byte tag, encrypted │ ciphertext │ 16 bytes MAC
//! ```
//!
//! | step | input |
//! |---|---|
//! | key | HChaCha20(key, header[0..16]) |
//! | nonce | 1 as 32 bits little-endian, then header[16..24] |
//! | Poly1305 key | the first 32 bytes of ChaCha20's block 0 |
//! | tag | the first of 64 bytes encrypted with block 1 |
//! | message | encrypted from block 2 on |
//! | MAC over | those 64 bytes, the ciphertext, `len & 15` zeros, 0 and 64 + len as 64 bits little-endian |
//!
//! The padding reproduces an error in libsodium, which was meant to fill 16-byte blocks and does not. It is kept there
//! for compatibility.

use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use chacha20::{ChaCha20, R20, hchacha};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;

use super::ciphers::Key;
use crate::secret::Secret;

/// The number of bytes that encryption adds to a text.
pub(in crate::exchange) const OVERHEAD_BYTES: usize = 17;

/// Decrypts a message whose tag is 0 (more may follow) or 3 (the last). Returns `None` if the MAC or the tag is wrong.
pub(in crate::exchange) fn open(key: &Key, header: &[u8; 24], sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
    let (body, mac) = sealed.split_at_checked(sealed.len().checked_sub(16)?)?;
    let (tag, body) = body.split_first()?;
    let mut cipher = stream(key, header)?;
    let authenticator = authenticator(&mut cipher)?;
    let mut block = [0_u8; 64];
    block[0] = *tag;
    cipher.try_apply_keystream(&mut block).ok()?;
    let tag = std::mem::replace(&mut block[0], *tag);
    let expected = compute(authenticator, &block, body)?;
    if !matches!(tag, 0 | 3) || Secret::new(expected.to_vec()) != Secret::new(mac.to_vec()) {
        return None;
    }
    let mut open = body.to_vec();
    cipher.try_apply_keystream(&mut open).ok()?;
    Some(Secret::new(open))
}

/// Returns the cipher, positioned at block 0.
fn stream(key: &Key, header: &[u8; 24]) -> Option<ChaCha20> {
    let (first, second) = header.split_first_chunk::<16>()?;
    let subkey = hchacha::<R20>(key.expose().into(), first.into());
    let mut nonce = [0_u8; 12];
    let (counter, rest) = nonce.split_at_mut_checked(4)?;
    counter.copy_from_slice(&1_u32.to_le_bytes());
    rest.copy_from_slice(second);
    ChaCha20::new_from_slices(&subkey, &nonce).ok()
}

/// Returns Poly1305 with its key from block 0, and positions the cipher at block 1.
fn authenticator(cipher: &mut ChaCha20) -> Option<Poly1305> {
    let mut block = [0_u8; 64];
    cipher.try_apply_keystream(&mut block).ok()?;
    cipher.try_seek(64_u32).ok()?;
    Poly1305::new_from_slice(block.get(..32)?).ok()
}

fn compute(authenticator: Poly1305, block: &[u8; 64], body: &[u8]) -> Option<poly1305::Tag> {
    let length = u64::try_from(body.len()).ok()?;
    let mut message = block.to_vec();
    message.extend_from_slice(body);
    message.resize(message.len().checked_add(body.len() & 15)?, 0);
    message.extend_from_slice(&0_u64.to_le_bytes());
    message.extend_from_slice(&length.checked_add(64)?.to_le_bytes());
    Some(authenticator.compute_unpadded(&message))
}
