//! Finds the vault key with a password, in any copy with a slot that the password opens.

use crate::app::policy::MinimumStrength;
use crate::app::session::is_device_only;
use crate::app::vault::password_strength::{Strength, strength};
use crate::app::{App, AppError, DeriveKey, Platform};
use crate::message;
use crate::secret::{Entropy, Secret};
use crate::vault::{Envelope, Kdf, KeySlot, VaultCopies, VaultError, VaultKey};

impl<P: Platform> App<P> {
    /// Returns the vault key from the newest copy with a slot that the password opens. Slots with the same parameters
    /// and salt share one derivation. If the vault has no password, an empty one means that the user has typed the
    /// confirmation word, and the device key is used.
    pub(in crate::app) async fn find_key(
        &self,
        copies: &VaultCopies,
        password: &Secret<String>,
    ) -> Result<VaultKey, AppError> {
        if password.expose().is_empty() && is_device_only(copies) {
            return self.device_key(copies).await;
        }
        let mut derived: Vec<(Kdf, [u8; 16], Secret<[u8; 32]>)> = Vec::new();
        for slot in copies.iter().flat_map(|(_, envelope)| envelope.slots()) {
            let Ok((kdf, salt)) = slot.derivation() else { continue };
            if !derived.iter().any(|known| (known.0, known.1) == (kdf, salt)) {
                derived.push((kdf, salt, self.keys.derive_key(kdf, password, &salt).await?));
            }
            let known = derived.iter().find(|known| (known.0, known.1) == (kdf, salt));
            if let Some(Ok(key)) = known.map(|(_, _, derived)| slot.open(derived)) {
                return Ok(key);
            }
        }
        Err(VaultError::WrongPassword.into())
    }

    /// Returns the key from one envelope.
    pub(in crate::app) async fn key_in(
        &self,
        envelope: &Envelope,
        password: &Secret<String>,
    ) -> Result<VaultKey, AppError> {
        if !envelope.has_password() {
            return self.device_key_in(envelope).await?.ok_or_else(|| VaultError::NoDeviceKey.into());
        }
        for slot in envelope.slots() {
            let Ok((kdf, salt)) = slot.derivation() else { continue };
            if let Ok(key) = slot.open(&self.keys.derive_key(kdf, password, &salt).await?) {
                return Ok(key);
            }
        }
        Err(VaultError::WrongPassword.into())
    }

    /// Creates a password slot for a key. Every new password comes here: the vault's and those of backups.
    ///
    /// # Errors
    /// [`AppError::EmptyPassword`], or a message if the organization requires a stronger password.
    pub(in crate::app) async fn password_slot(
        &self,
        key: &VaultKey,
        password: &Secret<String>,
        kdf: Kdf,
    ) -> Result<KeySlot, AppError> {
        if password.expose().is_empty() {
            return Err(AppError::EmptyPassword);
        }
        let policy = self.policy().await;
        if is_too_weak(password.expose(), policy.minimum_strength) {
            return Err(AppError::Message(message!("policy_password_weak")));
        }
        let kdf = policy.kdf(kdf);
        let salt = self.entropy.borrow_mut().generate();
        let derived = self.keys.derive_key(kdf, password, &salt).await?;
        Ok(KeySlot::seal(key, kdf, salt, &derived, &mut *self.entropy.borrow_mut())?)
    }
}

fn is_too_weak(password: &str, least: Option<MinimumStrength>) -> bool {
    let least = match least {
        None => return false,
        Some(MinimumStrength::Fair) => Strength::Fair,
        Some(MinimumStrength::Good) => Strength::Good,
        Some(MinimumStrength::Strong) => Strength::Strong,
    };
    strength(password) < least
}
