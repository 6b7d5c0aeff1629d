//! Where the policy lets accounts be stored.

use super::rules::ensure;
use super::{Policy, Rule};
use crate::app::AppError;
use crate::message;
use crate::vault::{Account, ConnectionId, Keep, NewAccounts, OwnFactors, Vault};

impl Policy {
    /// Decides where new accounts are stored: `wanted` is the user's choice, and `None` the default.
    ///
    /// # Errors
    /// A message, if the user has to sign in first, or chose a place that the policy does not allow.
    pub(in crate::app) fn place(&self, wanted: Option<Keep>, vault: &Vault) -> Result<Option<Keep>, AppError> {
        if self.has(Rule::RequireSignIn) && !self.is_signed_in(vault) {
            return Err(AppError::Message(message!("policy_sign_in_first")));
        }
        let is_allowed = wanted.is_none_or(|keep| self.takes_new(keep, vault));
        ensure(is_allowed, || message!("policy_place")).map(|()| wanted)
    }

    /// Returns the places where users may store new accounts; `None` if the policy does not limit them.
    pub(in crate::app) fn places_for_new(&self, vault: &Vault) -> Option<Vec<Keep>> {
        self.new_accounts?;
        Some(all_places(vault).filter(|keep| self.takes_new(*keep, vault)).collect())
    }

    fn takes_new(&self, keep: Keep, vault: &Vault) -> bool {
        match self.new_accounts {
            None => true,
            Some(NewAccounts::Device) => keep == Keep::Device,
            // Without a connection there is no other place.
            Some(NewAccounts::Server) if keep == Keep::Device => vault.default_keep() == Keep::Device,
            Some(NewAccounts::Server) => self.is_organizations_place(keep, vault),
        }
    }

    fn is_organizations_place(&self, keep: Keep, vault: &Vault) -> bool {
        let Keep::Connection(id) = keep else { return false };
        vault.connection(id).is_some_and(|connection| self.is_organizations(connection))
    }

    /// Decides whether an account that exists may be stored elsewhere.
    ///
    /// # Errors
    /// A message, if the policy does not allow the new place.
    pub(in crate::app) fn check_move(&self, account: &Account, keep: Keep, vault: &Vault) -> Result<(), AppError> {
        self.check_move_of(account.keep, keep, vault, |keep| vault.holds_back(account, keep))
    }

    /// Does the same for an account at `from`; `is_own_factor` returns `true` if it is the own second factor of a
    /// place's server.
    fn check_move_of(
        &self,
        from: Keep,
        to: Keep,
        vault: &Vault,
        is_own_factor: impl Fn(Keep) -> bool,
    ) -> Result<(), AppError> {
        if self.has(Rule::ForbidOwnFactorOnServer) && from != to && is_own_factor(to) {
            return Err(AppError::Message(message!("policy_not_allowed")));
        }
        let is_allowed = match self.new_accounts {
            None => true,
            Some(NewAccounts::Device) => to == Keep::Device || to == from,
            Some(NewAccounts::Server) => {
                // A server's own second factor belongs on this device.
                let may_leave = to == Keep::Device && is_own_factor(from);
                may_leave || !self.is_organizations_place(from, vault) || self.is_organizations_place(to, vault)
            }
        };
        ensure(is_allowed, || message!("policy_place"))
    }
}

/// Finds the places to which a policy does not let accounts be moved, for many accounts.
pub(in crate::app) struct ClosedPlaces<'a> {
    policy: &'a Policy,
    vault: &'a Vault,
    own_factors: Vec<(ConnectionId, OwnFactors)>,
}

impl<'a> ClosedPlaces<'a> {
    /// Returns `None` if the policy lets users move all accounts.
    pub(in crate::app) fn new(policy: &'a Policy, vault: &'a Vault) -> Option<Self> {
        if policy.new_accounts.is_none() && !policy.has(Rule::ForbidOwnFactorOnServer) {
            return None;
        }
        let own_factors = vault.connections.iter().map(|connection| (connection.id, vault.own_factors(connection)));
        Some(Self { policy, vault, own_factors: own_factors.collect() })
    }

    /// Returns the places to which an account must not be moved.
    pub(in crate::app) fn of(&self, account: &Account) -> Vec<Keep> {
        let is_own_factor = |keep| {
            let own = self.own_factors.iter().find(|(id, _)| keep == Keep::Connection(*id));
            own.is_some_and(|(_, own)| own.contains(account))
        };
        let is_closed =
            |keep: &Keep| self.policy.check_move_of(account.keep, *keep, self.vault, is_own_factor).is_err();
        all_places(self.vault).filter(is_closed).collect()
    }
}

fn all_places(vault: &Vault) -> impl Iterator<Item = Keep> {
    let connections = vault.connections.iter().map(|connection| Keep::Connection(connection.id));
    std::iter::once(Keep::Device).chain(connections)
}
