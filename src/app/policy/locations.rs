//! Where the policy lets accounts be stored.

use super::rules::ensure;
use super::{Policy, Rule};
use crate::app::AppError;
use crate::message;
use crate::vault::{Account, ConnectionId, NewAccounts, OwnFactors, StorageLocation, Vault};

impl Policy {
    /// Decides where new accounts are stored: `wanted` is the user's choice, and `None` the default.
    ///
    /// # Errors
    /// A message, if the user has to sign in first, or chose a location that the policy does not allow.
    pub(in crate::app) fn location_for_new(
        &self,
        wanted: Option<StorageLocation>,
        vault: &Vault,
    ) -> Result<Option<StorageLocation>, AppError> {
        if self.has(Rule::RequireSignIn) && !self.is_signed_in(vault) {
            return Err(AppError::Message(message!("policy_sign_in_first")));
        }
        let is_allowed = wanted.is_none_or(|location| self.accepts_new(location, vault));
        ensure(is_allowed, || message!("policy_place")).map(|()| wanted)
    }

    /// Returns the locations where users may store new accounts; `None` if the policy does not limit them.
    pub(in crate::app) fn allowed_locations(&self, vault: &Vault) -> Option<Vec<StorageLocation>> {
        self.new_accounts?;
        Some(all_locations(vault).filter(|location| self.accepts_new(*location, vault)).collect())
    }

    fn accepts_new(&self, location: StorageLocation, vault: &Vault) -> bool {
        match self.new_accounts {
            None => true,
            Some(NewAccounts::Device) => location == StorageLocation::Device,
            // Without a connection there is no other location.
            Some(NewAccounts::Server) if location == StorageLocation::Device => {
                vault.default_location() == StorageLocation::Device
            }
            Some(NewAccounts::Server) => self.is_organizations_location(location, vault),
        }
    }

    fn is_organizations_location(&self, location: StorageLocation, vault: &Vault) -> bool {
        let StorageLocation::Connection(id) = location else { return false };
        vault.connection(id).is_some_and(|connection| self.is_organizations(connection))
    }

    /// Decides whether an account that exists may be stored elsewhere.
    ///
    /// # Errors
    /// A message, if the policy does not allow the new location.
    pub(in crate::app) fn check_move(
        &self,
        account: &Account,
        location: StorageLocation,
        vault: &Vault,
    ) -> Result<(), AppError> {
        self.check_move_of(account.location, location, vault, |location| vault.must_stay_on_device(account, location))
    }

    /// Checks the move of an account from `from`. `is_own_factor` returns `true` if the account is the own second
    /// factor of a location's server.
    fn check_move_of(
        &self,
        from: StorageLocation,
        to: StorageLocation,
        vault: &Vault,
        is_own_factor: impl Fn(StorageLocation) -> bool,
    ) -> Result<(), AppError> {
        if self.has(Rule::ForbidOwnFactorOnServer) && from != to && is_own_factor(to) {
            return Err(AppError::Message(message!("policy_not_allowed")));
        }
        let is_allowed = match self.new_accounts {
            None => true,
            Some(NewAccounts::Device) => to == StorageLocation::Device || to == from,
            Some(NewAccounts::Server) => {
                // A server's own second factor belongs on this device.
                let may_leave = to == StorageLocation::Device && is_own_factor(from);
                may_leave || !self.is_organizations_location(from, vault) || self.is_organizations_location(to, vault)
            }
        };
        ensure(is_allowed, || message!("policy_place"))
    }
}

/// Finds the locations to which a policy does not let accounts be moved; faster than [`Policy::check_move`] for many
/// accounts.
pub(in crate::app) struct ForbiddenMoves<'a> {
    policy: &'a Policy,
    vault: &'a Vault,
    own_factors: Vec<(ConnectionId, OwnFactors)>,
}

impl<'a> ForbiddenMoves<'a> {
    /// Returns `None` if the policy lets users move all accounts.
    pub(in crate::app) fn new(policy: &'a Policy, vault: &'a Vault) -> Option<Self> {
        if policy.new_accounts.is_none() && !policy.has(Rule::ForbidOwnFactorOnServer) {
            return None;
        }
        let own_factors = vault.connections.iter().map(|connection| (connection.id, vault.own_factors(connection)));
        Some(Self { policy, vault, own_factors: own_factors.collect() })
    }

    /// Returns the locations to which the policy does not let this account be moved.
    pub(in crate::app) fn locations_for(&self, account: &Account) -> Vec<StorageLocation> {
        let is_own_factor = |location| {
            let own = self.own_factors.iter().find(|(id, _)| location == StorageLocation::Connection(*id));
            own.is_some_and(|(_, own)| own.contains(account))
        };
        let is_closed = |location: &StorageLocation| {
            self.policy.check_move_of(account.location, *location, self.vault, is_own_factor).is_err()
        };
        all_locations(self.vault).filter(is_closed).collect()
    }
}

fn all_locations(vault: &Vault) -> impl Iterator<Item = StorageLocation> {
    let connections = vault.connections.iter().map(|connection| StorageLocation::Connection(connection.id));
    std::iter::once(StorageLocation::Device).chain(connections)
}
