//! The sealed document with its key slots.
//!
//! | field | what |
//! |---|---|
//! | `format` | `casdoor-authenticator-vault` |
//! | `version` | 1 |
//! | `revision` | counts writes; authenticated with `version` |
//! | `sealed_at` | seconds since 1970; authenticated |
//! | `slots` | each wraps the vault key: `kind`, `kdf`, `salt` (16 bytes, base64), `nonce`, `data` |
//! | `nonce`, `data` | the document, JSON, sealed under the vault key |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{Kdf, Sealed, Vault, VaultError};
use crate::secret::{Entropy, Secret};

const FORMAT: &str = "casdoor-authenticator-vault";
const VERSION: u32 = 1;
/// A vault of 20,000 accounts with long notes stays under this.
const MAX_ENVELOPE_BYTES: usize = 64 * 1024 * 1024;
const MAX_SLOTS: usize = 16;

/// The random 256-bit key that seals the document and the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultKey(Secret<[u8; 32]>);

impl VaultKey {
    /// A new one.
    pub fn generate(entropy: &mut impl Entropy) -> Self {
        Self(Secret::new(entropy.generate()))
    }

    /// The text that the session keeps while the vault is unlocked.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(STANDARD.encode(self.0.expose()))
    }

    /// Reads [`VaultKey::to_text`].
    ///
    /// # Errors
    /// [`VaultError::NotAVault`] if it is not 32 bytes of base64.
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        let bytes = Secret::new(STANDARD.decode(text).map_err(|_| VaultError::NotAVault)?);
        let key = <[u8; 32]>::try_from(bytes.expose().as_slice()).map_err(|_| VaultError::NotAVault)?;
        Ok(Self(Secret::new(key)))
    }

    /// The bytes, for sealing.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

/// The vault key, wrapped by a key that a password gives. Authenticated by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySlot {
    kind: String,
    kdf: Kdf,
    salt: String,
    #[serde(flatten)]
    sealed: Sealed,
}

impl KeySlot {
    /// Wraps `key` with what `kdf` derived from the password and `salt`.
    ///
    /// # Errors
    /// [`VaultError::Kdf`] for parameters out of bounds.
    pub fn seal(
        key: &VaultKey,
        kdf: Kdf,
        salt: [u8; 16],
        derived: &Secret<[u8; 32]>,
        entropy: &mut impl Entropy,
    ) -> Result<Self, VaultError> {
        let salt = STANDARD.encode(salt);
        let label = slot_label(kdf.check()?, &salt);
        let sealed = Sealed::seal(derived.expose(), &label, key.expose(), entropy)?;
        Ok(Self { kind: "password".into(), kdf, salt, sealed })
    }

    /// What to derive its key with. Bounds are checked.
    ///
    /// # Errors
    /// [`VaultError::Kdf`], [`VaultError::NotAVault`] for a salt that is not 16 bytes.
    pub fn derivation(&self) -> Result<(Kdf, [u8; 16]), VaultError> {
        let salt = STANDARD.decode(&self.salt).map_err(|_| VaultError::NotAVault)?;
        Ok((self.kdf.check()?, <[u8; 16]>::try_from(salt).map_err(|_| VaultError::NotAVault)?))
    }

    /// Unwraps the vault key.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`], which also stands for a damaged slot.
    pub fn open(&self, derived: &Secret<[u8; 32]>) -> Result<VaultKey, VaultError> {
        let label = slot_label(self.kdf, &self.salt);
        let bytes = self.sealed.open(derived.expose(), &label).map_err(|_| VaultError::WrongPassword)?;
        let key = <[u8; 32]>::try_from(bytes.expose().as_slice()).map_err(|_| VaultError::WrongPassword)?;
        Ok(VaultKey(Secret::new(key)))
    }
}

fn slot_label(kdf: Kdf, salt: &str) -> String {
    format!("{FORMAT} slot {VERSION} password {} {salt}", kdf.label())
}

/// A sealed [`Vault`]: what lies in storage, and what a backup file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    format: String,
    version: u32,
    revision: u64,
    sealed_at: u64,
    slots: Vec<KeySlot>,
    #[serde(flatten)]
    sealed: Sealed,
}

impl Envelope {
    /// Seals the document.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if the document cannot be written as JSON.
    pub fn seal(
        vault: &Vault,
        key: &VaultKey,
        slots: Vec<KeySlot>,
        revision: u64,
        now: u64,
        entropy: &mut impl Entropy,
    ) -> Result<Self, VaultError> {
        let plain = Secret::new(serde_json::to_vec(vault).map_err(|_| VaultError::Damaged)?);
        let label = body_label(VERSION, revision, now);
        let sealed = Sealed::seal(key.expose(), &label, plain.expose(), entropy)?;
        Ok(Self { format: FORMAT.into(), version: VERSION, revision, sealed_at: now, slots, sealed })
    }

    /// Reads the text form. Nothing is decrypted, but format, version and sizes are checked.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`], [`VaultError::Newer`].
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        #[derive(Deserialize)]
        struct Front {
            format: String,
            version: u32,
        }
        if text.len() > MAX_ENVELOPE_BYTES {
            return Err(VaultError::NotAVault);
        }
        let front: Front = serde_json::from_str(text).map_err(|_| VaultError::NotAVault)?;
        match (front.format == FORMAT, front.version) {
            (false, _) => return Err(VaultError::NotAVault),
            (true, version) if version > VERSION => return Err(VaultError::Newer),
            (true, _) => {}
        }
        let envelope: Self = serde_json::from_str(text).map_err(|_| VaultError::NotAVault)?;
        if envelope.slots.len() > MAX_SLOTS { Err(VaultError::NotAVault) } else { Ok(envelope) }
    }

    /// The text form.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] never in practice: there is nothing in it that JSON cannot say.
    pub fn to_text(&self) -> Result<String, VaultError> {
        serde_json::to_string(self).map_err(|_| VaultError::Damaged)
    }

    /// Opens the document with the vault key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn open(&self, key: &VaultKey) -> Result<Vault, VaultError> {
        let label = body_label(self.version, self.revision, self.sealed_at);
        let plain = self.sealed.open(key.expose(), &label)?;
        serde_json::from_slice(plain.expose()).map_err(|_| VaultError::Damaged)
    }

    /// The key slots.
    pub fn slots(&self) -> &[KeySlot] {
        &self.slots
    }

    /// Counts writes.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// When it was sealed, in seconds since 1970.
    pub fn sealed_at(&self) -> u64 {
        self.sealed_at
    }

    /// The same document at the same revision under a new key with new slots.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] if the old key does not open it.
    pub fn reseal(
        &self,
        old: &VaultKey,
        new: &VaultKey,
        slots: Vec<KeySlot>,
        entropy: &mut impl Entropy,
    ) -> Result<Self, VaultError> {
        Self::seal(&self.open(old)?, new, slots, self.revision, self.sealed_at, entropy)
    }
}

fn body_label(version: u32, revision: u64, sealed_at: u64) -> String {
    format!("{FORMAT} {version} {revision} {sealed_at}")
}
