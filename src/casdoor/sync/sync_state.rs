//! The data that a connection's syncs keep between runs, and the app's access to it.

use serde::{Deserialize, Serialize};

use crate::casdoor::row::own_id;
use crate::vault::{AccountId, ConnectionId, Presence, State};

/// The data that the syncs of a connection keep between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// The server rejects a list on its own and accepts it only as part of the complete user (before v3.48).
    #[serde(default)]
    pub writes_whole_user: bool,
    /// The server's `null` was investigated and means that the list was never written, so it is empty.
    #[serde(default)]
    pub null_is_empty: bool,
    /// The user agreed to treat a vanished list as empty. Applies until the list was written once.
    #[serde(default, rename = "accept_null")]
    pub accepts_null: bool,
    /// When a sync last checked who can read the list, in seconds since 1970.
    #[serde(default, rename = "looked_at")]
    pub readers_checked_at: u64,
    /// The user was told that anyone can read the list, and decided to send anyway.
    #[serde(default, rename = "accept_public")]
    pub accepts_public: bool,
    /// When the server was first seen without an authenticator app of this user, in seconds since 1970; `None` while
    /// one is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_app_since: Option<u64>,
    /// A silent sign-in has been tried since the sign-in expired, so the user has to be asked.
    #[serde(default)]
    pub tried_silently: bool,
}

impl SyncState {
    /// Returns the stored data of a connection.
    pub fn from_state(state: &State, connection: ConnectionId) -> Self {
        let known = state.sync.get(&connection).cloned();
        known.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }

    /// Stores this data in the vault's state.
    pub fn store(&self, state: &mut State, connection: ConnectionId) {
        if let Ok(value) = serde_json::to_value(self) {
            state.sync.insert(connection, value);
        }
    }
}

/// Records that an account was moved to the trash or removed permanently, so that the next sync deletes its rows.
/// Without this record, the account would come back, because an account that is only in the base looks as if it had
/// been lost by restoring an older copy of the document.
pub fn forget(state: &mut State, account: AccountId) {
    for row in state.bases.values_mut().flatten().filter(|row| row.account == Some(account)) {
        row.presence = match row.presence {
            Presence::Present | Presence::Sending | Presence::Removing => Presence::Removing,
            Presence::Missing | Presence::Deleted => Presence::Deleted,
        };
    }
}

/// Unlinks an account from rows that other clients created and that were joined with it. The rows stay on their servers
/// and are received again.
pub fn leave(state: &mut State, account: AccountId) {
    for rows in state.bases.values_mut() {
        rows.retain(|row| row.account != Some(account) || own_id(&row.origin) == Some(account));
    }
}
