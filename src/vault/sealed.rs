//! Seals and opens data with AES-256-GCM and a random nonce. All sealed data uses this module.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::VaultError;
use crate::secret::{Entropy, Secret};

/// Sealed bytes and their nonce, as text.
///
/// | field | content |
/// |---|---|
/// | `nonce` | 12 random bytes, base64 |
/// | `data` | ciphertext and the tag of 16 bytes, base64 |
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    pub(super) nonce: String,
    pub(super) data: String,
}

impl Sealed {
    /// Seals `plain` under `key`. `label` is authenticated as associated data, and opening requires the same label.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if `plain` is longer than AES-GCM can seal (64 GiB).
    pub fn seal(key: &[u8; 32], label: &str, plain: &[u8], entropy: &mut impl Entropy) -> Result<Self, VaultError> {
        let nonce: [u8; 12] = entropy.generate();
        let data = Aes256Gcm::new(key.into())
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: label.as_bytes() })
            .map_err(|_| VaultError::Damaged)?;
        Ok(Self::from_parts(nonce, &data))
    }

    /// Creates a value from bytes that the device key has sealed.
    pub(super) fn from_parts(nonce: [u8; 12], data: &[u8]) -> Self {
        Self { nonce: STANDARD.encode(nonce), data: STANDARD.encode(data) }
    }

    /// Returns the nonce, and the ciphertext with its tag.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if the nonce is not 12 bytes long, or the text is not base64.
    pub(super) fn parts(&self) -> Result<([u8; 12], Vec<u8>), VaultError> {
        let nonce = STANDARD.decode(&self.nonce).map_err(|_| VaultError::Damaged)?;
        let nonce = <[u8; 12]>::try_from(nonce).map_err(|_| VaultError::Damaged)?;
        Ok((nonce, STANDARD.decode(&self.data).map_err(|_| VaultError::Damaged)?))
    }

    /// Opens the output of [`Sealed::seal`] with the same key and label.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] for a wrong key, another label, or modified bytes.
    pub fn open(&self, key: &[u8; 32], label: &str) -> Result<Secret<Vec<u8>>, VaultError> {
        let (nonce, data) = self.parts()?;
        let plain = Aes256Gcm::new(key.into())
            .decrypt(&Nonce::from(nonce), Payload { msg: &data, aad: label.as_bytes() })
            .map_err(|_| VaultError::Damaged)?;
        Ok(Secret::new(plain))
    }
}
