//! A vault without a password: only this device opens it, by a key that it keeps and never gives out.
//!
//! It protects nothing from who can use the browser's profile, so there is nothing to lock: the vault opens by itself when
//! it is needed. Where the password is asked for again, the person types a word instead, and the request has an empty
//! password. A password that is set later makes a new vault key; the device's key is forgotten then.

use std::future::{Future, ready};

use crate::app::protocol::Reply;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::secret::{Entropy, Secret};
use crate::vault::{DeviceWrap, Envelope, Generations, KeySlot, StoreError, VaultError, VaultKey};

/// The last second of the year 9999: a vault that nothing locks.
pub(in crate::app) const NEVER: u64 = 253_402_300_799;

/// The port to a key that the device keeps and never gives out: AES-256-GCM with the nonce and label of a [`DeviceWrap`].
/// Where there is no such thing, as by default, a vault without a password can neither be made nor opened.
pub trait DeviceKey {
    /// Makes a new key under the id in `wrap`, in place of every other, and wraps a vault key with it.
    fn wrap(
        &self,
        wrap: &DeviceWrap,
        vault_key: &Secret<[u8; 32]>,
    ) -> impl Future<Output = Result<Vec<u8>, StoreError>> {
        let _ = (wrap, vault_key);
        ready(Err(StoreError::Unavailable))
    }

    /// What [`DeviceKey::wrap`] wrapped; `None` where the key is no longer there, or is another.
    fn unwrap(
        &self,
        wrap: &DeviceWrap,
        wrapped: &[u8],
    ) -> impl Future<Output = Result<Option<Secret<[u8; 32]>>, StoreError>> {
        let _ = (wrap, wrapped);
        ready(Ok(None))
    }

    /// Forgets the key.
    fn forget(&self) -> impl Future<Output = Result<(), StoreError>> {
        ready(Ok(()))
    }
}

impl<P: Platform> App<P> {
    /// Makes a vault that this device opens by itself.
    pub(in crate::app) async fn create_without_password(&self, now: u64) -> Result<Reply, AppError> {
        // Held from the look to the vault: a second page's key would take the place of the one that this vault needs.
        let held = self.hold(self.locks.get()).await?;
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
        Ok(KeySlot::of_device(&wrap, &wrapped))
    }

    /// The session of a vault without a password, opened without a question.
    pub(in crate::app) async fn open_by_device(&self, generations: &Generations) -> Result<Session, AppError> {
        let key = self.device_key(generations).await?;
        let session = self.session_with(key, NEVER).await?;
        self.keep_key(&session).await?;
        Ok(session)
    }

    /// The key in the newest generation that this device opens.
    pub(in crate::app) async fn device_key(&self, generations: &Generations) -> Result<VaultKey, AppError> {
        for (_, envelope) in generations.iter() {
            if let Some(key) = self.device_key_in(envelope).await? {
                return Ok(key);
            }
        }
        Err(VaultError::NoDeviceKey.into())
    }

    /// The key in one envelope, if this device opens it.
    pub(in crate::app) async fn device_key_in(&self, envelope: &Envelope) -> Result<Option<VaultKey>, AppError> {
        for slot in envelope.slots() {
            // A slot that was altered is like one whose key is gone: another generation's may be whole.
            let Ok(Some((wrap, wrapped))) = slot.to_unwrap() else { continue };
            if let Some(bytes) = self.keys.unwrap(&wrap, &wrapped).await? {
                return Ok(Some(VaultKey::of(bytes)));
            }
        }
        Ok(None)
    }
}
