//! What a sync remembers, and what the app tells it.

use serde::{Deserialize, Serialize};

use crate::casdoor::row::own_id;
use crate::vault::{AccountId, ConnectionId, Presence, State};

/// What the sync of a connection remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The server refuses the list alone and takes the whole user (before v3.48).
    #[serde(default)]
    pub writes_whole_user: bool,
    /// The list never was: `null` was looked into.
    #[serde(default)]
    pub null_is_empty: bool,
    /// The person said that a list that is gone is to be taken as an empty one. Used once.
    #[serde(default)]
    pub accept_null: bool,
    /// When it was last looked at who can read the list, in seconds since 1970.
    #[serde(default)]
    pub looked_at: u64,
    /// The person was told that anybody can read the list, and sends all the same.
    #[serde(default)]
    pub accept_public: bool,
    /// When the server was first seen without an authenticator app of this user, in seconds since 1970; nothing while one
    /// is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_app_since: Option<u64>,
    /// A sign-in without any question was tried since the sign-in ended: from there on the person is asked.
    #[serde(default)]
    pub tried_silently: bool,
}

impl Memory {
    /// What is remembered of a connection.
    pub fn of(state: &State, connection: ConnectionId) -> Self {
        let known = state.sync.get(&connection).cloned();
        known.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }

    /// Remembers it.
    pub fn store(&self, state: &mut State, connection: ConnectionId) {
        if let Ok(value) = serde_json::to_value(self) {
            state.sync.insert(connection, value);
        }
    }
}

/// Marks an account that goes to the bin, or is removed for good, as deleted on its servers too. Without it, an account
/// that has left the bin before a sync came by would come back: an account that is in the base and nowhere else looks
/// like one that an older document lost.
pub fn forget(state: &mut State, account: AccountId) {
    for row in state.bases.values_mut().flatten().filter(|row| row.account == Some(account)) {
        row.presence = match row.presence {
            Presence::Present | Presence::Sending | Presence::Removing => Presence::Removing,
            Presence::Missing | Presence::Deleted => Presence::Deleted,
        };
    }
}

/// Lets go of the rows that others had made before an account here was joined to them: they stay on their servers, and
/// arrive again.
pub fn leave(state: &mut State, account: AccountId) {
    for rows in state.bases.values_mut() {
        rows.retain(|row| row.account != Some(account) || own_id(&row.origin) == Some(account));
    }
}
