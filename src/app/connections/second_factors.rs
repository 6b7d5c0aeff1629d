//! Lists, enables, prefers and disables the connected user's second factors without opening the server's page.
//!
//! Each change requires the vault's password, because the server does not ask for any. When the authenticator app is
//! enabled, the account and its recovery code are stored before the server is told to require it, so that the codes are
//! available here even if a later step fails.

use crate::app::account_list::connection_name;
use crate::app::protocol::{FactorChange, FactorsCard};
use crate::app::{App, AppError, Platform};
use crate::casdoor::factors::{self, FactorMethod, FactorSetup, Factors};
use crate::casdoor::{CasdoorError, ServerAddress};
use crate::message;
use crate::secret::Secret;
use crate::time::Clock;
use crate::vault::{Account, AccountId, ConnectionId, Site, Vault};

impl<P: Platform> App<P> {
    /// Returns the connected user's second factors.
    pub(in crate::app) async fn read_factors(
        &self,
        id: ConnectionId,
        clock: Clock<'_>,
    ) -> Result<FactorsCard, AppError> {
        let factors = self.as_user(id, clock, factors::read).await?;
        self.factors_card(id, factors, clock).await
    }

    /// Changes the second factors, and returns what the server reports afterwards.
    pub(in crate::app) async fn change_factors(
        &self,
        id: ConnectionId,
        change: FactorChange,
        password: &Secret<String>,
        clock: Clock<'_>,
    ) -> Result<FactorsCard, AppError> {
        let policy = self.policy().await;
        policy.check_factor_changes()?;
        self.find_key(&self.load_copies().await?, password).await?;
        // This also verifies that the name still belongs to this user, because changes identify the user by name.
        let before = self.as_user(id, clock, factors::read).await?;
        let mut recovery_code = None;
        let message = match change {
            FactorChange::SwitchOnApp => {
                let setup = self.enable_app(id, &before, clock).await?;
                // The recovery code is exposed because it is shown once, to a user who has just entered the vault's
                // password.
                recovery_code = Some(setup.recovery_code.expose().clone());
                if policy.check_showing_secrets().is_err() {
                    recovery_code = None;
                }
                message!("factors_app_on")
            }
            FactorChange::Prefer(method) => {
                self.as_user(id, clock, async |user| factors::set_preferred(user, method).await).await?;
                message!("factors_preferred")
            }
            FactorChange::SwitchOff => {
                self.as_user(id, clock, factors::delete_all).await?;
                message!("factors_off")
            }
        };
        // The change is complete, so failing to read the result again is not an error.
        let after = self.as_user(id, clock, factors::read).await.unwrap_or(before);
        let card = self.factors_card(id, after, clock).await?;
        let must_be_set_up_again = change == FactorChange::SwitchOff && !card.required.is_empty();
        let message = if must_be_set_up_again { message!("factors_off_required") } else { message };
        Ok(FactorsCard { message: Some(message), recovery_code, ..card })
    }

    async fn factors_card(
        &self,
        id: ConnectionId,
        factors: Factors,
        clock: Clock<'_>,
    ) -> Result<FactorsCard, AppError> {
        // Without the rules, the methods can still be changed.
        let required = self.as_user(id, clock, factors::required).await.unwrap_or_default();
        self.read(clock().seconds(), |session| {
            let connection = session.vault.connection(id).ok_or(CasdoorError::NotConnected)?;
            Ok(FactorsCard {
                connection: connection_name(connection),
                server: connection.server.clone(),
                factors,
                required,
                message: None,
                recovery_code: None,
            })
        })
        .await
    }

    /// Requests a secret, verifies a code, stores the account, and only then enables it on the server.
    async fn enable_app(&self, id: ConnectionId, before: &Factors, clock: Clock<'_>) -> Result<FactorSetup, AppError> {
        let setup = self.as_user(id, clock, factors::initiate).await?;
        // The server verifies the code with its own clock, whose time came with the secret.
        let passcode = setup.uri.otp.code_at(setup.server_time.unwrap_or_else(|| clock().seconds()));
        self.as_user(id, clock, async |user| factors::verify(user, &setup, &passcode).await).await?;
        let account = self.store_setup(id, &setup, clock().seconds()).await?;
        if let Err(error) = self.as_user(id, clock, async |user| factors::enable(user, &setup).await).await {
            // The request may have succeeded and only the reply been lost. If no app was enabled before, an app that is
            // enabled now is this one.
            let after = self.as_user(id, clock, factors::read).await;
            if before.has(FactorMethod::App) || !after.is_ok_and(|after| after.has(FactorMethod::App)) {
                return Err(error);
            }
        }
        self.confirm(id, account, clock().seconds()).await?;
        Ok(setup)
    }

    /// Stores the account as unconfirmed. It is the server's own second factor, so it stays on this device.
    async fn store_setup(&self, id: ConnectionId, setup: &FactorSetup, now: u64) -> Result<AccountId, AppError> {
        self.change(now, |session| {
            let origin = origin_of(&session.vault, id)?;
            let mut account = Account::new(setup.uri.clone(), now, &mut *self.entropy.borrow_mut());
            account.unconfirmed = true;
            account.sites.push(Site::Origin(origin));
            account.keep_recovery_code(setup.recovery_code.clone());
            let account_id = account.id;
            let location = session.policy.location_for_new(None, &session.vault)?;
            session.vault.add_new(vec![account], location)?;
            Ok(account_id)
        })
        .await
    }

    /// Marks the account as confirmed by the server. The user's previous account there remains in the list, but is no
    /// longer offered on that server.
    async fn confirm(&self, id: ConnectionId, account: AccountId, now: u64) -> Result<(), AppError> {
        self.change(now, |session| {
            let origin = origin_of(&session.vault, id)?;
            session.vault.confirm_enrolled(account, &origin);
            Ok(())
        })
        .await
    }
}

fn origin_of(vault: &Vault, id: ConnectionId) -> Result<String, AppError> {
    let connection = vault.connection(id).ok_or(CasdoorError::NotConnected)?;
    let server = ServerAddress::parse(&connection.server, true).map_err(|_| CasdoorError::BadServer)?;
    Ok(server.origin())
}
