//! Creates and opens vaults without a password, which only this device can open, with a key that cannot be exported.
//!
//! Such a vault is not protected from anyone who can use the browser profile, so locking it would be pointless: it is
//! opened automatically when it is needed. Where the password would be asked for again, the user types a word instead,
//! and the request contains an empty password. Setting a password later creates a new vault key and deletes the
//! device's key.

use std::future::{Future, ready};

use crate::app::protocol::Screen;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::secret::{Entropy, Secret};
use crate::vault::{DeviceWrap, Envelope, KeySlot, StoreError, VaultCopies, VaultError, VaultKey};

/// The last second of the year 9999, for a vault that is never locked.
pub(in crate::app) const NEVER: u64 = 253_402_300_799;

/// The interface to a key that the device stores and does not export: AES-256-GCM with the nonce and label of a
/// [`DeviceWrap`]. Without it, which is the default, a vault without a password can neither be created nor opened.
pub trait DeviceKey {
    /// Creates a new key under the id in `wrap`, replacing all other keys, and wraps a vault key with it.
    fn wrap(
        &self,
        wrap: &DeviceWrap,
        vault_key: &Secret<[u8; 32]>,
    ) -> impl Future<Output = Result<Vec<u8>, StoreError>> {
        let _ = (wrap, vault_key);
        ready(Err(StoreError::Unavailable))
    }

    /// Unwraps the output of [`DeviceKey::wrap`]; `None` if the key no longer exists or is a different one.
    fn unwrap(
        &self,
        wrap: &DeviceWrap,
        wrapped: &[u8],
    ) -> impl Future<Output = Result<Option<Secret<[u8; 32]>>, StoreError>> {
        let _ = (wrap, wrapped);
        ready(Ok(None))
    }

    /// Deletes the key.
    fn forget(&self) -> impl Future<Output = Result<(), StoreError>> {
        ready(Ok(()))
    }
}

impl<P: Platform> App<P> {
    /// Creates a vault that this device opens automatically.
    pub(in crate::app) async fn create_without_password(&self, now: u64) -> Result<Screen, AppError> {
        // Locked from the check until the vault is stored, because a second page's key would replace the one that this
        // vault needs.
        let held = self.lock_session(self.locks.get()).await?;
        self.policy().await.check_has_password(false)?;
        if self.has_vault().await? {
            return Err(AppError::VaultExists);
        }
        let key = VaultKey::generate(&mut *self.entropy.borrow_mut());
        let slot = self.device_slot(&key).await?;
        self.begin_empty(held, key, slot, now).await
    }

    async fn device_slot(&self, key: &VaultKey) -> Result<KeySlot, AppError> {
        let wrap = {
            let entropy = &mut *self.entropy.borrow_mut();
            KeySlot::device_wrap(entropy.generate(), entropy)
        };
        let wrapped = self.keys.wrap(&wrap, &key.to_bytes()).await?;
        Ok(KeySlot::from_device(&wrap, &wrapped))
    }

    /// Opens a vault without a password.
    pub(in crate::app) async fn open_by_device(&self, copies: &VaultCopies) -> Result<Session, AppError> {
        let key = self.device_key(copies).await?;
        let session = self.session_with(key, NEVER).await?;
        self.store_key(&session).await?;
        Ok(session)
    }

    /// Returns the key from the newest copy that this device can open.
    pub(in crate::app) async fn device_key(&self, copies: &VaultCopies) -> Result<VaultKey, AppError> {
        for (_, envelope) in copies.iter() {
            if let Some(key) = self.device_key_in(envelope).await? {
                return Ok(key);
            }
        }
        Err(VaultError::NoDeviceKey.into())
    }

    /// Returns the key from one envelope, if this device can open it.
    pub(in crate::app) async fn device_key_in(&self, envelope: &Envelope) -> Result<Option<VaultKey>, AppError> {
        for slot in envelope.slots() {
            // A modified slot is treated like a missing key, because another copy's slot may be intact.
            let Ok(Some((wrap, wrapped))) = slot.to_unwrap() else { continue };
            if let Some(bytes) = self.keys.unwrap(&wrap, &wrapped).await? {
                return Ok(Some(VaultKey::from_unwrapped(bytes)));
            }
        }
        Ok(None)
    }
}
