//! Servers as pages see them: before the sign-in, right after it, and in the list.

use serde::{Deserialize, Serialize};

use super::reply::Message;
use super::screen::ConnectionName;
use crate::vault::{AccountId, NewAccounts};

/// What a server offers before signing in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ServerOffer {
    /// The address as understood.
    pub server: String,
    /// The match pattern to ask the host permission for, e.g. `https://id.example.com/*`.
    pub permission: String,
    /// Whether that permission is there already. Without it nothing could be asked of the server yet: the page asks the
    /// person for it, and then looks again.
    #[serde(default)]
    pub granted: bool,
    /// Organizations to choose from; empty or one where there is no choice.
    #[serde(default)]
    pub organizations: Vec<String>,
    /// The organization in use.
    #[serde(default)]
    pub organization: String,
    /// The application in use.
    #[serde(default)]
    pub application: String,
    /// Its name for people.
    #[serde(default)]
    pub application_name: String,
}

/// What a new connection brought.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connected {
    /// Which connection.
    pub connection: ConnectionName,
    /// How many accounts came from the server.
    pub received: usize,
    /// The accounts of this device that stay here unless ticked.
    pub local: Vec<LocalAccount>,
    /// Warnings: list public, hidden, administrator's token, no refresh.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// An account that could join a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalAccount {
    /// Which.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// It signs in to this very server: stays here unless the person insists.
    #[serde(default)]
    pub own_factor: bool,
}

/// A connection in the options page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectionCard {
    /// Which.
    pub connection: ConnectionName,
    /// The server's address.
    pub server: String,
    /// How many accounts are kept there.
    pub accounts: usize,
    /// Where new accounts go.
    pub new_accounts: Option<NewAccounts>,
    /// Fill by itself.
    pub fills_by_itself: bool,
    /// Follow deletions made elsewhere.
    pub follows_deletions: bool,
    /// The sign-in ended: the person has to sign in again.
    pub signed_out: bool,
    /// The last sync's summary.
    #[serde(default)]
    pub last: Option<Message>,
    /// When that was, in seconds since 1970.
    #[serde(default)]
    pub last_at: Option<u64>,
}
