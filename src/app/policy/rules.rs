//! The rules of a policy, one method each. Use cases call them; pages call those that only describe.

use super::{KeyDerivation, Policy, Rule, WhenRemoved};
use crate::app::AppError;
use crate::autofill;
use crate::exchange::ExchangeError;
use crate::message;
use crate::message::Message;
use crate::vault::{BackupPlan, Connection, Kdf, NewAccounts, Vault};

const MINUTE_SECONDS: u64 = 60;

impl Policy {
    /// Returns `true` if the policy names this server.
    pub fn names_server(&self, server: &str) -> bool {
        self.servers.iter().any(|known| known.address == server)
    }

    /// Returns `true` if users may connect to this server.
    pub fn allows_server(&self, server: &str) -> bool {
        !self.has(Rule::OnlyTheseServers) || self.names_server(server)
    }

    /// Checks that users may connect to this server.
    ///
    /// # Errors
    /// A message, if they may not.
    pub(in crate::app) fn check_server(&self, server: &str) -> Result<(), AppError> {
        ensure(self.allows_server(server), || message!("policy_server"))
    }

    /// Returns `true` if a connection is to the organization's server: one that the policy names, or any if it names
    /// none.
    pub(super) fn is_organizations(&self, connection: &Connection) -> bool {
        self.servers.is_empty() || self.names_server(&connection.server)
    }

    pub(super) fn is_signed_in(&self, vault: &Vault) -> bool {
        vault.connections.iter().any(|connection| self.is_organizations(connection))
    }

    /// Returns `true` if signing in is the only thing that the popup offers. Accounts that already exist stay usable.
    pub(in crate::app) fn wants_sign_in(&self, vault: &Vault) -> bool {
        self.has(Rule::RequireSignIn)
            && !self.servers.is_empty()
            && vault.accounts.is_empty()
            && !self.is_signed_in(vault)
    }

    /// Returns where a connection stores new accounts, given the user's choice.
    pub(in crate::app) fn new_accounts(&self, connection: &Connection, choice: NewAccounts) -> NewAccounts {
        match self.new_accounts {
            Some(NewAccounts::Device) => NewAccounts::Device,
            Some(NewAccounts::Server) if self.is_organizations(connection) => NewAccounts::Server,
            _ => choice,
        }
    }

    /// Returns `true` if passcodes are filled without a click on a connection's pages, given the user's choice.
    pub(in crate::app) fn fills_automatically(&self, connection: &Connection, choice: bool) -> bool {
        match self.automatic_filling {
            Some(false) => false,
            Some(true) if self.is_organizations(connection) => true,
            _ => choice,
        }
    }

    /// Checks that accounts may be exported.
    ///
    /// # Errors
    /// A message, if they may not.
    pub(in crate::app) fn check_exports(&self) -> Result<(), AppError> {
        ensure(!self.has(Rule::ForbidExports), || ExchangeError::Managed.message())
    }

    /// Returns `true` if the secrets of stored accounts may be shown. A secret on the screen is an export, too.
    pub fn shows_secrets(&self) -> bool {
        !self.has(Rule::ForbidExports) && !self.has(Rule::ForbidShowingSecrets)
    }

    /// Checks that the secrets of stored accounts may be shown.
    ///
    /// # Errors
    /// A message, if they may not.
    pub(in crate::app) fn check_showing_secrets(&self) -> Result<(), AppError> {
        self.check_exports()?;
        ensure(self.shows_secrets(), || message!("policy_not_allowed"))
    }

    /// Checks that second factors may be changed from the extension.
    ///
    /// # Errors
    /// A message, if they may not.
    pub(in crate::app) fn check_factor_changes(&self) -> Result<(), AppError> {
        ensure(!self.has(Rule::ForbidMfaChanges), || message!("policy_not_allowed"))
    }

    /// Checks that the vault has a password if the policy requires one.
    ///
    /// # Errors
    /// [`AppError::PasswordRequired`].
    pub(in crate::app) fn check_has_password(&self, has_password: bool) -> Result<(), AppError> {
        if self.has(Rule::RequirePassword) && !has_password { Err(AppError::PasswordRequired) } else { Ok(()) }
    }

    /// Returns the key derivation for a new password, given the user's choice.
    pub(in crate::app) fn kdf(&self, choice: Kdf) -> Kdf {
        let kdf = match self.key_derivation {
            None => choice,
            Some(KeyDerivation::Argon2id) => Kdf::ARGON2ID,
            Some(KeyDerivation::Pbkdf2) => Kdf::PBKDF2,
        };
        match (kdf, self.minimum_iterations) {
            (Kdf::Pbkdf2 { iterations }, Some(least)) => Kdf::Pbkdf2 { iterations: iterations.max(least) },
            (kdf, _) => kdf,
        }
    }

    /// Returns the time until the vault is locked, in seconds, given the user's choice.
    pub fn lock_after_seconds(&self, choice: u64) -> u64 {
        let most = self.auto_lock_minutes.map(|minutes| u64::from(minutes).saturating_mul(MINUTE_SECONDS));
        most.map_or(choice, |most| choice.min(most))
    }

    /// Returns the time without mouse or keyboard after which the vault is locked, in seconds, given the user's choice.
    /// 0 means never.
    pub fn lock_when_idle_seconds(&self, choice: u64) -> u64 {
        let most = self.idle_lock_minutes.map(|minutes| u64::from(minutes).saturating_mul(MINUTE_SECONDS));
        match most {
            None => choice,
            Some(most) if choice == 0 => most,
            Some(most) => choice.min(most),
        }
    }

    /// Returns the number of days between two automatic backups, given the user's choice; 0 means never.
    pub fn backup_days(&self, choice: u32) -> u32 {
        match self.backup_every_days.filter(|_| !self.has(Rule::ForbidExports)) {
            None => choice,
            Some(most) if choice == 0 => most,
            Some(most) => choice.min(most),
        }
    }

    /// Returns `true` if a server's accounts are deleted when its connection ends, given the user's choice.
    pub fn forgets(&self, choice: bool) -> bool {
        match self.when_removed {
            None => choice,
            Some(then) => then == WhenRemoved::Forget,
        }
    }

    /// Returns `true` if codes may be filled on pages of `origin`, which the browser has reported. A connected server's
    /// own pages are always allowed.
    pub(in crate::app) fn may_fill(&self, origin: &str, vault: &Vault) -> bool {
        let mut servers = vault.connections.iter().filter(|connection| connection.origin() == origin).peekable();
        if servers.peek().is_some() {
            return servers.any(|connection| self.allows_server(&connection.server));
        }
        self.fill_sites.as_ref().is_none_or(|sites| sites.iter().any(|site| autofill::covers(site, origin)))
    }

    /// Checks that codes may be filled on pages of `origin`, which the browser has reported.
    ///
    /// # Errors
    /// A message, if they may not.
    pub(in crate::app) fn check_fill(&self, origin: &str, vault: &Vault) -> Result<(), AppError> {
        ensure(self.may_fill(origin, vault), || message!("policy_site"))
    }

    /// Replaces the settings of a vault that the policy decides. The stored document changes with the next write.
    pub(in crate::app) fn apply(&self, vault: &mut Vault, has_password: bool) {
        vault.settings.lock_after_seconds = self.lock_after_seconds(vault.settings.lock_after_seconds);
        vault.settings.lock_when_idle_seconds = self.lock_when_idle_seconds(vault.settings.lock_when_idle_seconds);
        for connection in &mut vault.connections {
            connection.fills_automatically = self.fills_automatically(connection, connection.fills_automatically);
            let before = connection.new_accounts;
            let after = self.new_accounts(connection, before.unwrap_or(NewAccounts::Device));
            if self.new_accounts.is_some() && !connection.is_demo && before != Some(after) {
                connection.new_accounts = Some(after);
                connection.receives_only &= after == NewAccounts::Device;
            }
        }
        let Some(most) = self.backup_every_days.filter(|_| !self.has(Rule::ForbidExports)) else { return };
        match &mut vault.backups {
            Some(plan) => plan.every_days = plan.every_days.min(most),
            // A vault without a password needs a separate one for its backups, which only the user can choose.
            None if has_password => vault.backups = Some(BackupPlan { every_days: most, own: None }),
            None => {}
        }
    }
}

/// Returns the message as an error unless something is allowed.
pub(super) fn ensure(is_allowed: bool, message: impl FnOnce() -> Message) -> Result<(), AppError> {
    if is_allowed { Ok(()) } else { Err(AppError::Message(message())) }
}
