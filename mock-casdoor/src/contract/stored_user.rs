//! Reads what a real server has stored for one user.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::ContractError;
use super::preconditions::{self, password_grant, remove_factors};

/// Reads a user's record from a real server with that user's token.
///
/// The token is requested once with the password grant and kept, because a second factor that is added later changes
/// what a sign-in requires.
#[derive(Clone, Debug)]
pub struct StoredUserReader {
    server: SocketAddr,
    id: String,
    token: String,
}

impl StoredUserReader {
    /// Signs in a user of the recordings. `id` is `owner/name`; `client` is an application that allows the password
    /// grant.
    pub fn sign_in(server: SocketAddr, client: &str, id: &str) -> Result<Self, ContractError> {
        let name = id.rsplit('/').next().unwrap_or(id);
        Ok(Self { server, id: id.to_owned(), token: password_grant(server, client, name)? })
    }

    /// Returns the record from `get-user`, or null if the server returned none.
    pub fn record(&self) -> Result<Value, ContractError> {
        preconditions::record(self.server, &self.token, &self.id)
    }

    /// Stores the user's list and removes every second factor.
    pub fn reset(&self, accounts: &Value) -> Result<(), ContractError> {
        preconditions::store(self.server, &self.token, &self.id, &json!({ "mfaAccounts": accounts }))?;
        let (owner, name) = self.id.split_once('/').unwrap_or_default();
        remove_factors(self.server, &self.token, owner, name)?;
        if self.record()?.get("mfaAccounts") == Some(accounts) {
            Ok(())
        } else {
            Err(ContractError::Precondition(format!("the list of {} was not stored", self.id)))
        }
    }
}
