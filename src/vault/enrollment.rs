//! Completes an enrollment: the server has stored the new secret, so the user's old one is no longer valid there.

use super::{Account, AccountId, Vault};

impl Vault {
    /// Marks an account that was enrolled at `origin` as confirmed. Returns `false` if it does not exist or was
    /// confirmed before.
    ///
    /// A server stores one secret for each user. This user's older accounts, which are recognized by their names,
    /// remain in the list but are no longer offered on this origin. Their recovery codes remain valid, because a server
    /// adds new ones to them, so the new account takes over the unused ones.
    pub fn confirm_enrolled(&mut self, id: AccountId, origin: &str) -> bool {
        let Ok(account) = self.account_mut(id) else { return false };
        if !std::mem::take(&mut account.unconfirmed) {
            return false;
        }
        let name = account.name.clone();
        let mut codes = Vec::new();
        let is_older = |account: &&mut Account| account.id != id && account.name == name && !name.is_empty();
        for older in self.accounts.iter_mut().filter(is_older) {
            let sites = older.sites.len();
            older.sites.retain(|site| site.origin() != Some(origin));
            if older.sites.len() < sites {
                codes.extend(older.recovery_codes.iter().filter(|code| code.may_be_valid()).cloned());
            }
        }
        if let Ok(account) = self.account_mut(id) {
            codes.into_iter().for_each(|code| account.append_recovery_code(code));
        }
        true
    }
}
