//! A key derivation without cost. The real key derivations have their own tests.

use casdoor_authenticator::app::{DeriveKey, DeviceKey};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{Kdf, VaultError};
use sha2::{Digest, Sha256};

/// Derives a different key for each password and salt, immediately. There is no device key.
pub struct Quick;

impl DeviceKey for Quick {}

impl DeriveKey for Quick {
    async fn derive_key(
        &self,
        _: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> Result<Secret<[u8; 32]>, VaultError> {
        Ok(quick(password.expose(), salt))
    }
}

/// Returns the key that [`Quick`] derives.
pub fn quick(password: &str, salt: &[u8; 16]) -> Secret<[u8; 32]> {
    Secret::new(Sha256::new().chain_update(salt).chain_update(password).finalize().into())
}
