//! What an import brought of an account that nothing here needs: kept, so that the next program gets it again.

use serde::{Deserialize, Serialize};

/// Fields of other programs. They stay on this device and go into backups and exports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// The groups or tags besides the account's own one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_groups: Vec<String>,
    /// A picture, as a `data:` address; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// Addresses of sites: suggestions, never permissions. Nothing is filled because of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// How many times it was used.
    #[serde(default)]
    pub used: u64,
    /// When it was used last, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<u64>,
}

impl Brought {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
