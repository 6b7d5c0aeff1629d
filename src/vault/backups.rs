//! Scheduled backups: their interval and their key.

use serde::{Deserialize, Serialize};

use super::{KeySlot, VaultKey};

/// The schedule of automatic backups to the downloads folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// Days between two backups, at least 1.
    pub every_days: u32,
    /// The key for a separate backup password; `None` if the vault's password opens the backups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<BackupKey>,
}

/// A key that seals only backups. It is stored in the vault, so that making a backup does not require a password. The
/// password itself is not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupKey {
    /// The key that seals the document.
    #[serde(with = "key_text")]
    pub key: VaultKey,
    /// The same key, wrapped with the backups' password.
    pub slot: KeySlot,
}

/// Serializes a key as text, inside a sealed document.
mod key_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::VaultKey;
    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(key: &VaultKey, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(key.to_text().expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<VaultKey, D::Error> {
        let text = Secret::new(String::deserialize(deserializer)?);
        VaultKey::from_text(text.expose()).map_err(|_| D::Error::custom("not a key"))
    }
}
