//! Requests about servers and connections.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{
    Acceptance, CodeOwner, Connected, ConnectionCard, FactorChange, FactorsCard, Message, ServerLookup,
};
use crate::vault::{AccountId, ConnectionId, NewAccounts};

requests! {
    /// A request about servers and connections.
    ConnectionsRequest in Request::Connections;

    /// Looks up a Casdoor server.
    LookUpServer -> ServerLookup {
        /// The address that the user typed.
        server: String,
        /// The organization, if the server has several.
        #[serde(default)]
        organization: Option<String>,
        /// The application, if the user typed one.
        #[serde(default)]
        application: Option<String>,
        /// The client id, if the user typed one. If so, the server is not asked for it.
        #[serde(default)]
        client_id: Option<String>,
        /// The user agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    }
    /// Asks the server who a connection code belongs to, and stores nothing.
    ReadConnectionCode -> CodeOwner {
        /// `casdoor-authenticator://login?serverUrl=…&accessToken=…`; empty for the code that was scanned last.
        code: String,
        /// The user agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    }
    /// Connects with a connection code.
    ConnectByCode -> Connected {
        /// The code, as in [`ReadConnectionCode`].
        code: String,
        /// The user agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    }
    /// Lists all connections.
    ListConnections -> Vec<ConnectionCard> {}
    /// Changes a connection's settings.
    ChangeConnection -> Vec<ConnectionCard> {
        /// The id of the connection.
        connection: ConnectionId,
        /// Fill passcodes automatically on the server's pages.
        #[serde(default)]
        fills_automatically: Option<bool>,
        /// Move accounts that another client deleted to the trash on this device.
        #[serde(default)]
        follows_deletions: Option<bool>,
        /// Where new accounts are stored.
        #[serde(default)]
        new_accounts: Option<NewAccounts>,
    }
    /// Lets a stopped sync continue after the user read the reason.
    ResumeSync -> Vec<ConnectionCard> {
        /// The id of the connection.
        connection: ConnectionId,
        /// The user's decision.
        acceptance: Acceptance,
    }
    /// Signs out, and removes the connection.
    Disconnect -> Vec<ConnectionCard> {
        /// The id of the connection.
        connection: ConnectionId,
        /// Moves the accounts that were stored there to the trash; otherwise they stay on this device.
        forget: bool,
    }
    /// Chooses which accounts are sent to the connection, and where new ones are stored.
    SelectAccounts -> Message {
        /// The id of the connection.
        connection: ConnectionId,
        /// The ids of the selected accounts.
        accounts: Vec<AccountId>,
        /// Where accounts that are added later are stored.
        new_accounts: NewAccounts,
    }
    /// Syncs with every server now.
    SyncNow -> Message {}
    /// Returns the connected user's second factors.
    ReadFactors -> FactorsCard {
        /// The id of the connection.
        connection: ConnectionId,
    }
    /// Changes the connected user's second factors on the server.
    ChangeFactors -> FactorsCard {
        /// The id of the connection.
        connection: ConnectionId,
        /// The change.
        change: FactorChange,
        /// The vault's password. It is required because the server does not ask for any.
        password: String,
    }
}
