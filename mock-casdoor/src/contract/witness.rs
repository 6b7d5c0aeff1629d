//! What a server has stored for one user, as the server itself says it.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::ContractError;
use super::http;
use super::scene::{get, password_grant, post, take_factors_away};

/// Reads one user's record from a real server, with a token of that user's.
///
/// The token comes from the password grant and is kept, because a second factor that is set up later changes what a
/// sign-in needs.
#[derive(Clone, Debug)]
pub struct Witness {
    server: SocketAddr,
    id: String,
    token: String,
}

impl Witness {
    /// Signs a user of the recordings in: `id` is `owner/name`, `client` an application that knows the password grant.
    pub fn sign_in(server: SocketAddr, client: &str, id: &str) -> Result<Self, ContractError> {
        let name = id.rsplit('/').next().unwrap_or(id);
        Ok(Self { server, id: id.to_owned(), token: password_grant(server, client, name)? })
    }

    /// The whole record, as `get-user` answers it; null where the server gave none.
    pub fn record(&self) -> Result<Value, ContractError> {
        let request = get(&format!("/api/get-user?id={}", self.id), &self.token);
        let answer = http::send(self.server, &request)?.json().unwrap_or_default();
        Ok(answer.get("data").cloned().unwrap_or_default())
    }

    /// Puts the user's list in place, and takes away every second factor.
    pub fn begin_with(&self, accounts: &Value) -> Result<(), ContractError> {
        let body = json!({ "mfaAccounts": accounts }).to_string();
        let target = format!("/api/update-user?id={}&columns=mfaaccounts", self.id);
        http::send(self.server, &post(&target, "application/json", body, Some(&self.token)))?;
        let (owner, name) = self.id.split_once('/').unwrap_or_default();
        take_factors_away(self.server, &self.token, owner, name)?;
        if self.record()?.get("mfaAccounts") == Some(accounts) {
            Ok(())
        } else {
            Err(ContractError::Scene(format!("the list of {} was not stored", self.id)))
        }
    }
}
