//! Imported data that the authenticator does not use, stored so that it can be exported again.

use serde::{Deserialize, Serialize};

/// Fields of other programs' entries. They are never sent to a server, but are included in backups and exports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedExtras {
    /// Further groups or tags, in addition to the account's group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_groups: Vec<String>,
    /// An icon as a `data:` URI; empty if there is none. It is stored in one text with the icon that the user has
    /// chosen, see [`ChosenIcon`](super::ChosenIcon).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// Addresses of sites. They are only suggestions and never permit filling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// The number of times the account was used in the other program.
    #[serde(default)]
    pub used: u64,
    /// When the account was last used in the other program, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<u64>,
}

impl ImportedExtras {
    /// Returns `true` if there is nothing to store.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
