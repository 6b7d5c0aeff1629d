//! The key slots of an envelope. Each contains the wrapped vault key and is authenticated separately.
//!
//! | `kind` | fields | opened by |
//! |---|---|---|
//! | `password` | `kdf`, `salt` (16 bytes, base64), `nonce`, `data` | the output of [`Kdf::derive`] for the password |
//! | `device` | `key` (16 bytes, base64), `nonce`, `data` | the device's non-extractable key with this id |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::envelope::{FORMAT, VERSION};
use super::{Kdf, Sealed, VaultError, VaultKey};
use crate::secret::{Entropy, Secret};

/// The vault key, wrapped with a key that is derived from a password or stored by the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SlotRecord", into = "SlotRecord")]
pub struct KeySlot {
    opened_by: OpenedBy,
    sealed: Sealed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum OpenedBy {
    Password { kdf: Kdf, salt: String },
    Device { key: String },
}

/// The form that is stored: one object with the fields of both parts.
#[derive(Serialize, Deserialize)]
struct SlotRecord {
    kind: SlotKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kdf: Option<Kdf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    nonce: String,
    data: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SlotKind {
    Password,
    Device,
}

impl TryFrom<SlotRecord> for KeySlot {
    type Error = VaultError;

    fn try_from(record: SlotRecord) -> Result<Self, VaultError> {
        let opened_by = match (record.kind, record.kdf, record.salt, record.key) {
            (SlotKind::Password, Some(kdf), Some(salt), _) => OpenedBy::Password { kdf, salt },
            (SlotKind::Device, _, _, Some(key)) => OpenedBy::Device { key },
            _ => return Err(VaultError::NotAVault),
        };
        Ok(Self { opened_by, sealed: Sealed { nonce: record.nonce, data: record.data } })
    }
}

impl From<KeySlot> for SlotRecord {
    fn from(slot: KeySlot) -> Self {
        let (kind, kdf, salt, key) = match slot.opened_by {
            OpenedBy::Password { kdf, salt } => (SlotKind::Password, Some(kdf), Some(salt), None),
            OpenedBy::Device { key } => (SlotKind::Device, None, None, Some(key)),
        };
        Self { kind, kdf, salt, key, nonce: slot.sealed.nonce, data: slot.sealed.data }
    }
}

/// Instructions for the device key to make or open a device slot: AES-256-GCM with this nonce and label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceWrap {
    /// The id of the device key.
    pub key: [u8; 16],
    /// The nonce.
    pub nonce: [u8; 12],
    /// The associated data.
    pub label: String,
}

impl KeySlot {
    /// Wraps `key` with the key that `kdf` derived from the password and `salt`.
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
        let opened_by = OpenedBy::Password { kdf: kdf.check()?, salt: STANDARD.encode(salt) };
        let sealed = Sealed::seal(derived.expose(), &opened_by.label(), key.expose(), entropy)?;
        Ok(Self { opened_by, sealed })
    }

    /// Returns the key derivation and the salt, after checking their bounds.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`] for a slot that no password opens, [`VaultError::Kdf`], [`VaultError::NotAVault`]
    /// for a salt that is not 16 bytes long.
    pub fn derivation(&self) -> Result<(Kdf, [u8; 16]), VaultError> {
        let OpenedBy::Password { kdf, salt } = &self.opened_by else { return Err(VaultError::WrongPassword) };
        Ok((kdf.check()?, sixteen(salt)?))
    }

    /// Unwraps the vault key with the key that was derived from the password.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`], even if the slot is damaged, because the cipher cannot distinguish the two.
    pub fn open(&self, derived: &Secret<[u8; 32]>) -> Result<VaultKey, VaultError> {
        let bytes = self.sealed.open(derived.expose(), &self.opened_by.label());
        VaultKey::from_bytes(&bytes.map_err(|_| VaultError::WrongPassword)?).ok_or(VaultError::WrongPassword)
    }

    /// Returns the instructions for the device key; [`KeySlot::from_device`] takes the result.
    pub fn device_wrap(key: [u8; 16], entropy: &mut impl Entropy) -> DeviceWrap {
        let opened_by = OpenedBy::Device { key: STANDARD.encode(key) };
        DeviceWrap { key, nonce: entropy.generate(), label: opened_by.label() }
    }

    /// Creates a slot from a vault key that the device key has wrapped.
    pub fn from_device(wrap: &DeviceWrap, wrapped: &[u8]) -> Self {
        let opened_by = OpenedBy::Device { key: STANDARD.encode(wrap.key) };
        Self { opened_by, sealed: Sealed::from_parts(wrap.nonce, wrapped) }
    }

    /// Returns the instructions for unwrapping the vault key with the device key, and the wrapped bytes; `None` for a
    /// slot that a password opens.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] for a key id or nonce of the wrong length.
    pub fn to_unwrap(&self) -> Result<Option<(DeviceWrap, Vec<u8>)>, VaultError> {
        let OpenedBy::Device { key } = &self.opened_by else { return Ok(None) };
        let (nonce, wrapped) = self.sealed.parts()?;
        let label = self.opened_by.label();
        Ok(Some((DeviceWrap { key: sixteen(key).map_err(|_| VaultError::Damaged)?, nonce, label }, wrapped)))
    }

    /// Returns `true` if a password opens the slot.
    pub fn is_password(&self) -> bool {
        matches!(self.opened_by, OpenedBy::Password { .. })
    }

    /// Returns the key derivation; `None` if no password opens the slot.
    pub fn kdf(&self) -> Option<Kdf> {
        match self.opened_by {
            OpenedBy::Password { kdf, .. } => Some(kdf),
            OpenedBy::Device { .. } => None,
        }
    }
}

impl OpenedBy {
    fn label(&self) -> String {
        match self {
            Self::Password { kdf, salt } => format!("{FORMAT} slot {VERSION} password {kdf} {salt}"),
            Self::Device { key } => format!("{FORMAT} slot {VERSION} device {key}"),
        }
    }
}

fn sixteen(text: &str) -> Result<[u8; 16], VaultError> {
    let bytes = STANDARD.decode(text).map_err(|_| VaultError::NotAVault)?;
    <[u8; 16]>::try_from(bytes).map_err(|_| VaultError::NotAVault)
}
