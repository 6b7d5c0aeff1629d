//! Signing in to a server that the organization's policy names.

use crate::app::{App, AppError, Platform};
use crate::casdoor::sign_in::SignInChoice;
use crate::secret::Secret;
use crate::vault::Kdf;

impl<P: Platform> App<P> {
    /// Prepares a sign-in to a server of the policy, by its index: creates a vault if there is none, in the way that
    /// the policy allows. Sends no request.
    ///
    /// # Errors
    /// [`AppError::NothingPending`] if the policy has no such server, [`AppError::PasswordRequired`], a message if the
    /// password is too weak, [`AppError::Locked`], [`AppError::Store`].
    pub async fn prepare_managed_sign_in(
        &self,
        server: usize,
        password: Option<Secret<String>>,
        now: u64,
    ) -> Result<(), AppError> {
        self.policy().await.servers.get(server).ok_or(AppError::NothingPending)?;
        if !self.has_vault().await? {
            match password {
                Some(password) => self.create(password, Kdf::ARGON2ID, now).await?,
                None => self.create_without_password(now).await?,
            };
        }
        Ok(())
    }

    /// Starts a sign-in at a server of the policy, by its index, and returns its id; [`App::continue_sign_in`]
    /// continues it. The server is the policy's, whichever server was looked up last.
    ///
    /// # Errors
    /// [`AppError::NothingPending`] if the policy has no such server, [`AppError::Locked`], [`AppError::Store`], and
    /// the server's errors.
    pub async fn begin_managed_sign_in(&self, server: usize, redirect_uri: &str, now: u64) -> Result<String, AppError> {
        self.read(now, |_| Ok(())).await?;
        let policy = self.policy().await;
        let server = policy.servers.get(server).ok_or(AppError::NothingPending)?;
        let choice = SignInChoice {
            organization: server.organization.clone(),
            application: server.application.clone(),
            client_id: server.client_id.clone(),
        };
        // The administrator has agreed to http, if the address has it.
        let address = self.server_address(&server.address, true)?;
        self.begin_sign_in_at(address, choice, redirect_uri).await
    }
}
