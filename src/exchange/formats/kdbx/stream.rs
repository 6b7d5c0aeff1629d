//! The stream cipher of a document's protected values, which are decrypted in document order.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use salsa20::Salsa20;
use sha2::{Digest, Sha256, Sha512};

use crate::exchange::ExchangeError;

/// KeePass's fixed nonce for Salsa20.
const SALSA20_NONCE: [u8; 8] = *b"\xe8\x30\x09\x4b\x97\x20\x5d\x2a";

/// The cipher. The ids in the file are 0 for none, 2 for Salsa20 and 3 for ChaCha20.
#[derive(Default)]
pub(super) enum Stream {
    #[default]
    Open,
    Salsa20(Box<Salsa20>),
    ChaCha20(Box<ChaCha20>),
}

impl Stream {
    pub(super) fn new(id: u32, key: &[u8]) -> Result<Self, ExchangeError> {
        match id {
            0 => Ok(Self::Open),
            2 => {
                let key: [u8; 32] = Sha256::digest(key).into();
                Ok(Self::Salsa20(Box::new(Salsa20::new(&key.into(), &SALSA20_NONCE.into()))))
            }
            3 => {
                let digest = Sha512::digest(key);
                let (key, rest) = digest.split_at(32);
                let nonce = rest.get(..12).unwrap_or_default();
                let cipher = ChaCha20::new_from_slices(key, nonce);
                cipher.map(|cipher| Self::ChaCha20(Box::new(cipher))).map_err(|_| super::DAMAGED)
            }
            _ => Err(ExchangeError::UnknownProtection),
        }
    }

    /// Decrypts the next value.
    pub(super) fn open(&mut self, value: &mut [u8]) -> Option<()> {
        match self {
            Self::Open => Some(()),
            Self::Salsa20(cipher) => cipher.try_apply_keystream(value).ok(),
            Self::ChaCha20(cipher) => cipher.try_apply_keystream(value).ok(),
        }
    }
}
