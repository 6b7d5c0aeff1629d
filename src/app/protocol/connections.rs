//! Servers as pages see them: before the sign-in, right after it, and in the list.

use serde::{Deserialize, Serialize};

use super::reply::Message;
use super::screen::ConnectionName;
use crate::casdoor::factors::{Factors, Method};
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

/// Whose a connection code is, in its server's own words. Anybody can make one, so that a person has to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOwner {
    /// The server's address.
    pub server: String,
    /// The user's organization.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// What the server calls the user.
    pub display_name: String,
    /// The token is an administrator's: it can read and change every user.
    pub is_admin: bool,
    /// When the code's token ends, in seconds since 1970.
    pub until: u64,
}

/// What a person lets a sync do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// The server's list is gone: what was on it is written anew.
    EmptyList,
    /// Anybody can read the list: it is written all the same.
    PublicList,
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// A new sign-in.
    SignIn,
    /// The person's word that a list that is gone may be written anew.
    EmptyList,
    /// The person's word that a list that anybody can read may be written.
    PublicList,
    /// The server's administrator, who hides the list from its own user.
    Administrator,
    /// Something else that only the person can see to: the last summary says what.
    Person,
}

/// What a new connection brought.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connected {
    /// Which connection.
    pub connection: ConnectionName,
    /// The user's organization, whose administrators can read what is kept there.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The server's address.
    pub server: String,
    /// The same user at the same server was connected already: the sign-in was renewed.
    #[serde(default)]
    pub again: bool,
    /// The public demo server.
    #[serde(default)]
    pub is_demo: bool,
    /// When a connection that cannot be renewed ends, in seconds since 1970.
    #[serde(default)]
    pub until: Option<u64>,
    /// Where new accounts go, where the person said so before.
    #[serde(default)]
    pub new_accounts: Option<NewAccounts>,
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

/// What a person changes about the second factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// A new account here becomes the authenticator app; one that was it before is it no more.
    SwitchOnApp,
    /// This method is asked for first.
    Prefer(Method),
    /// All methods and recovery codes are removed.
    SwitchOff,
}

/// The second factors of a connected user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorsCard {
    /// Which connection.
    pub connection: ConnectionName,
    /// The server's address, for its own page.
    pub server: String,
    /// How they stand on the server.
    pub factors: Factors,
    /// What was done; `None` after a look.
    #[serde(default)]
    pub message: Option<Message>,
    /// The recovery code that came with a new authenticator app, shown once; it is kept with the account.
    #[serde(default)]
    pub recovery_code: Option<String>,
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
    /// The user's organization, whose administrators can read what is kept there.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The public demo server.
    #[serde(default)]
    pub is_demo: bool,
    /// It only receives, until the person ticks what to send.
    #[serde(default)]
    pub receives_only: bool,
    /// When a connection that cannot be renewed ends, in seconds since 1970.
    #[serde(default)]
    pub until: Option<u64>,
    /// What it waits for, if it does.
    #[serde(default)]
    pub waits: Option<Waits>,
    /// Rows that stay on the server only: the connection has reached a limit of what it may store here.
    #[serde(default)]
    pub left_on_server: Option<u64>,
    /// How much more the server's list can take, in bytes.
    #[serde(default)]
    pub room_left_bytes: Option<u64>,
    /// The last sync's summary.
    #[serde(default)]
    pub last: Option<Message>,
    /// When that was, in seconds since 1970.
    #[serde(default)]
    pub last_at: Option<u64>,
}
