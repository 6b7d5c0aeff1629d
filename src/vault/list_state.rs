//! The arrangement of the list of accounts, and the number of times that each account was used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AccountId;

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The order that the user has set.
    #[default]
    #[serde(rename = "own")]
    Custom,
    /// By name.
    Name,
    /// By the number of uses, most used first.
    Used,
}

/// The arrangement of the list and the use counts. They are part of [`super::State`] instead of the document, so that
/// using an account or filtering the list does not push out an older copy of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListState {
    /// The order.
    #[serde(default)]
    pub sort: Sort,
    /// The group that the list is filtered by; `None` for all accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The number of uses of each account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uses: BTreeMap<AccountId, u32>,
}

impl ListState {
    /// Use count of one account at which all counts are halved, so that recent uses weigh more.
    const MAX_USES: u32 = 200;

    /// Returns `true` if the list has its default arrangement and no account was used.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Counts a use of an account.
    pub fn count_use(&mut self, id: AccountId) {
        let count = self.uses.entry(id).or_default();
        *count = count.saturating_add(1);
        if *count >= Self::MAX_USES {
            self.uses.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
    }

    /// Returns how often an account was used.
    pub fn uses_of(&self, id: AccountId) -> u32 {
        self.uses.get(&id).copied().unwrap_or(0)
    }
}
