//! Backups that are made on a schedule: how often, and under which key.

use serde::{Deserialize, Serialize};

use super::{KeySlot, VaultKey};

/// How often a backup is put into the downloads folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// Days between two of them, at least 1.
    pub every_days: u32,
    /// The key of a password of their own; without one they open with the vault's password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnKey>,
}

/// A key that seals backups only. It lies in the vault, so that a backup needs no password while it is made; the
/// password itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnKey {
    /// What seals the document.
    #[serde(with = "key_text")]
    pub key: VaultKey,
    /// The same key, wrapped by the backups' password.
    pub slot: KeySlot,
}

/// A key that lies inside something sealed is written as text.
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
