//! The data that syncs store between runs, and the app's access to it.

use serde::{Deserialize, Serialize};

use crate::casdoor::row::own_id;
use crate::vault::{AccountId, ConnectionId, Presence, State};

/// The data that the syncs of a connection store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncMemory {
    /// The server rejects the list alone, and accepts the complete user (before v3.48).
    #[serde(default)]
    pub writes_whole_user: bool,
    /// The list was never written: `null` was investigated and means an empty list.
    #[serde(default)]
    pub null_is_empty: bool,
    /// The user decided that a list that is gone counts as empty. Used once.
    #[serde(default)]
    pub accept_null: bool,
    /// When it was last checked who can read the list, in seconds since 1970.
    #[serde(default)]
    pub looked_at: u64,
    /// The user was told that anyone can read the list, and decided to send anyway.
    #[serde(default)]
    pub accept_public: bool,
    /// When the server was first seen without an authenticator app of this user, in seconds since 1970; `None` while
    /// one is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_app_since: Option<u64>,
    /// A silent sign-in was tried since the sign-in expired, so the user has to be asked.
    #[serde(default)]
    pub tried_silently: bool,
}

impl SyncMemory {
    /// Returns the stored data of a connection.
    pub fn of(state: &State, connection: ConnectionId) -> Self {
        let known = state.sync.get(&connection).cloned();
        known.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }

    /// Writes this sync data of a connection into the vault's state.
    pub fn store(&self, state: &mut State, connection: ConnectionId) {
        if let Ok(value) = serde_json::to_value(self) {
            state.sync.insert(connection, value);
        }
    }
}

/// Marks an account as deleted on its servers, when it is moved to the trash or removed permanently. Otherwise, an
/// account that was removed before the next sync would come back, because an account that is only in the base looks
/// like one that was lost with an older document.
pub fn forget(state: &mut State, account: AccountId) {
    for row in state.bases.values_mut().flatten().filter(|row| row.account == Some(account)) {
        row.presence = match row.presence {
            Presence::Present | Presence::Sending | Presence::Removing => Presence::Removing,
            Presence::Missing | Presence::Deleted => Presence::Deleted,
        };
    }
}

/// Drops the link to rows that other clients had created before an account was joined with them. They stay on their
/// servers, and are received again.
pub fn leave(state: &mut State, account: AccountId) {
    for rows in state.bases.values_mut() {
        rows.retain(|row| row.account != Some(account) || own_id(&row.origin) == Some(account));
    }
}
