//! Servers as pages see them: before the sign-in, right after it, and in the list of connections.

use serde::{Deserialize, Serialize};

use super::screen::ConnectionName;
use crate::casdoor::factors::{FactorMethod, Factors};
use crate::message::Message;
use crate::vault::{AccountId, NewAccounts};

/// The organizations and applications that a server offers for signing in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ServerLookup {
    /// The parsed address.
    pub server: String,
    /// The match pattern of the host permission to request, for example `https://id.example.com/*`.
    pub permission: String,
    /// `true` if the permission is already granted. Without it, no request was sent to the server yet: the page
    /// requests the permission and then looks the server up again.
    #[serde(default)]
    pub granted: bool,
    /// The organizations to choose from; at most one if there is no choice.
    #[serde(default)]
    pub organizations: Vec<String>,
    /// The selected organization.
    #[serde(default)]
    pub organization: String,
    /// The selected application.
    #[serde(default)]
    pub application: String,
    /// The application's display name.
    #[serde(default)]
    pub application_name: String,
    /// The host that the server's host could be mistaken for. The user has to confirm that another one is meant.
    #[serde(default)]
    pub looks_like: Option<String>,
}

/// The user that a connection code belongs to, as its server reports. Anyone can make a code, so the user has to
/// confirm this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOwner {
    /// The server's address.
    pub server: String,
    /// The user's organization.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The user's display name.
    pub display_name: String,
    /// The token belongs to an administrator, so it can read and change every user.
    pub is_admin: bool,
    /// When the code's token expires, in seconds since 1970.
    pub until: u64,
    /// The host that the server's host could be mistaken for, as in [`ServerLookup`].
    #[serde(default)]
    pub looks_like: Option<String>,
}

/// A decision of the user that lets a stopped sync continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// The server's list is empty or gone: write it again.
    EmptyList,
    /// Anyone can read the list: write it anyway.
    PublicList,
}

/// The action that a connection is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredAction {
    /// A new sign-in.
    SignIn,
    /// The user's approval to write a list again that is gone.
    EmptyList,
    /// The user's approval to write a list that anyone can read.
    PublicList,
    /// The server's administrator, who hides the list from its own user.
    Administrator,
    /// Another action by the user, which the last summary describes.
    User,
}

/// The result of connecting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connected {
    /// The connection.
    pub connection: ConnectionName,
    /// The user's organization, whose administrators can read what is stored there.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The server's address.
    pub server: String,
    /// The same user at the same server was already connected, so the sign-in was renewed.
    #[serde(default)]
    pub again: bool,
    /// The server is the public demo server.
    #[serde(default)]
    pub is_demo: bool,
    /// When a connection that cannot be renewed expires, in seconds since 1970.
    #[serde(default)]
    pub until: Option<u64>,
    /// Where new accounts are stored, if the user has already decided.
    #[serde(default)]
    pub new_accounts: Option<NewAccounts>,
    /// The number of accounts that were received.
    pub received: usize,
    /// The accounts on this device, which stay here unless the user selects them.
    pub local: Vec<JoinableAccount>,
    /// Warnings, for example that the list is public or hidden, that the token is an administrator's, or that it cannot
    /// be refreshed.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// An account that could be stored on a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JoinableAccount {
    /// The account's id.
    pub id: AccountId,
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// The account is this server's own second factor, so it stays here unless the user selects it explicitly.
    #[serde(default)]
    pub own_factor: bool,
}

/// A change of the user's second factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// Makes a new account the authenticator app. A previous app stops working.
    SwitchOnApp,
    /// Makes this method the preferred one.
    Prefer(FactorMethod),
    /// Removes all methods and recovery codes.
    SwitchOff,
}

/// The second factors of a connected user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorsCard {
    /// The connection.
    pub connection: ConnectionName,
    /// The server's address, for opening its own page.
    pub server: String,
    /// The second factors that the server reports.
    pub factors: Factors,
    /// The methods that the server requires of this user; empty if it requires none or does not say.
    #[serde(default)]
    pub required: Vec<FactorMethod>,
    /// The result of a change; `None` if nothing was changed.
    #[serde(default)]
    pub message: Option<Message>,
    /// The recovery code that came with a new authenticator app. It is shown once and stored with the account.
    #[serde(default)]
    pub recovery_code: Option<String>,
}

/// A connection on the options page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectionCard {
    /// The connection.
    pub connection: ConnectionName,
    /// The server's address.
    pub server: String,
    /// The number of accounts that are stored there.
    pub accounts: usize,
    /// Where new accounts are stored.
    pub new_accounts: Option<NewAccounts>,
    /// Passcodes are filled automatically on the server's pages.
    pub fills_automatically: bool,
    /// Accounts that another client deleted are moved to the trash on this device.
    pub follows_deletions: bool,
    /// The user's organization, whose administrators can read what is stored there.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The server is the public demo server.
    #[serde(default)]
    pub is_demo: bool,
    /// The connection only receives until the user selects what to send.
    #[serde(default)]
    pub receives_only: bool,
    /// When a connection that cannot be renewed expires, in seconds since 1970.
    #[serde(default)]
    pub until: Option<u64>,
    /// The action that the connection is waiting for, if any.
    #[serde(default, rename = "waits")]
    pub required_action: Option<RequiredAction>,
    /// The number of rows that are not downloaded, because the connection has reached a limit of what it may store
    /// here.
    #[serde(default)]
    pub left_on_server: Option<u64>,
    /// The space left in the server's list, in bytes.
    #[serde(default)]
    pub room_left_bytes: Option<u64>,
    /// The summary of the last sync.
    #[serde(default)]
    pub last: Option<Message>,
    /// The time of the last sync, in seconds since 1970.
    #[serde(default)]
    pub last_at: Option<u64>,
}
