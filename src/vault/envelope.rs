//! The sealed document with its key slots.
//!
//! | field | content |
//! |---|---|
//! | `format` | `casdoor-authenticator-vault` |
//! | `version` | 1 |
//! | `revision` | number of writes; authenticated with `version` |
//! | `sealed_at` | seconds since 1970; authenticated |
//! | `slots` | the vault key, wrapped once in each [`KeySlot`] |
//! | `nonce`, `data` | the document, JSON, sealed under the vault key |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{Kdf, KeySlot, Sealed, Vault, VaultError};
use crate::json;
use crate::secret::{Entropy, Secret};

pub(super) const FORMAT: &str = "casdoor-authenticator-vault";
pub(super) const VERSION: u32 = 1;
/// Maximum size of an envelope, in bytes. A vault of 20,000 accounts with long notes is smaller.
const MAX_ENVELOPE_BYTES: usize = 64 * 1024 * 1024;
const MAX_SLOTS: usize = 16;

/// The random 256-bit key that seals the document and the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultKey(Secret<[u8; 32]>);

impl VaultKey {
    /// Generates a new key.
    pub fn generate(entropy: &mut impl Entropy) -> Self {
        let mut key = Secret::<[u8; 32]>::default();
        entropy.fill(key.expose_mut());
        Self(key)
    }

    /// Returns the text that is stored in session memory while the vault is unlocked.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(STANDARD.encode(self.0.expose()))
    }

    /// Parses the output of [`VaultKey::to_text`].
    ///
    /// # Errors
    /// [`VaultError::NotAVault`] if it is not 32 bytes of base64.
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        let bytes = Secret::new(STANDARD.decode(text).map_err(|_| VaultError::NotAVault)?);
        Self::from_bytes(&bytes).ok_or(VaultError::NotAVault)
    }

    /// Returns the bytes, for sealing.
    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// Returns the bytes, for a device key that wraps them.
    pub fn to_bytes(&self) -> Secret<[u8; 32]> {
        self.0.clone()
    }

    /// Creates the key from the bytes that a device key has unwrapped.
    pub fn from_unwrapped(bytes: Secret<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Creates the key from the content of a slot; `None` unless it has 32 bytes.
    pub(super) fn from_bytes(bytes: &Secret<Vec<u8>>) -> Option<Self> {
        Secret::from_slice(bytes.expose()).map(Self)
    }
}

/// A sealed [`Vault`], which is stored by the browser and written to backup files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "EnvelopeRecord")]
pub struct Envelope {
    format: String,
    version: u32,
    revision: u64,
    sealed_at: u64,
    slots: Vec<KeySlot>,
    sealed: Sealed,
}

/// The form that is stored: one object, which also has the fields of [`Sealed`].
#[derive(Deserialize)]
struct EnvelopeRecord {
    format: String,
    version: u32,
    revision: u64,
    sealed_at: u64,
    slots: Vec<KeySlot>,
    nonce: String,
    data: String,
}

impl From<EnvelopeRecord> for Envelope {
    fn from(record: EnvelopeRecord) -> Self {
        let EnvelopeRecord { format, version, revision, sealed_at, slots, nonce, data } = record;
        Self { format, version, revision, sealed_at, slots, sealed: Sealed { nonce, data } }
    }
}

// Written without an `EnvelopeRecord`, because the document may have megabytes, which would have to be copied.
impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("Envelope", 7)?;
        record.serialize_field("format", &self.format)?;
        record.serialize_field("version", &self.version)?;
        record.serialize_field("revision", &self.revision)?;
        record.serialize_field("sealed_at", &self.sealed_at)?;
        record.serialize_field("slots", &self.slots)?;
        record.serialize_field("nonce", &self.sealed.nonce)?;
        record.serialize_field("data", &self.sealed.data)?;
        record.end()
    }
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

    /// Parses the text form. Checks format, version and sizes, but decrypts nothing.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`], [`VaultError::Newer`], and [`VaultError::Kdf`] if its slots together require more
    /// work than the most expensive single derivation that is allowed.
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
        if envelope.slots.len() > MAX_SLOTS {
            return Err(VaultError::NotAVault);
        }
        // A slot with parameters out of bounds costs nothing, because it is never derived, and must not prevent the
        // others from being tried.
        let costs = envelope.slots.iter().filter_map(KeySlot::kdf).filter(|kdf| kdf.check().is_ok()).map(Kdf::cost);
        let total = costs.fold(0_u64, u64::saturating_add);
        if total > Kdf::MAX_COST { Err(VaultError::Kdf) } else { Ok(envelope) }
    }

    /// Returns the text form.
    ///
    /// # Errors
    /// [`VaultError::Full`] if it is longer than [`Envelope::from_text`] accepts.
    pub fn to_text(&self) -> Result<String, VaultError> {
        let text = serde_json::to_string(self).map_err(|_| VaultError::Damaged)?;
        if text.len() > MAX_ENVELOPE_BYTES { Err(VaultError::Full) } else { Ok(text) }
    }

    /// Decrypts the document with the vault key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn open(&self, key: &VaultKey) -> Result<Vault, VaultError> {
        let label = body_label(self.version, self.revision, self.sealed_at);
        let plain = self.sealed.open(key.expose(), &label)?;
        json::from_bytes(plain.expose()).ok_or(VaultError::Damaged)
    }

    /// Returns the key slots.
    pub fn slots(&self) -> &[KeySlot] {
        &self.slots
    }

    /// Returns `true` if a password opens the envelope, and `false` if only the device that created it can.
    pub fn has_password(&self) -> bool {
        self.slots.iter().any(KeySlot::is_password)
    }

    /// Returns the revision, which is incremented by every write.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns when it was sealed, in seconds since 1970.
    pub fn sealed_at(&self) -> u64 {
        self.sealed_at
    }

    /// Returns the same document at the same revision, sealed under a new key with new slots.
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
