//! The end of an enrolment: the server has the new secret, and the old one of this user is worth nothing there any more.

use super::{Account, AccountId, Site, Vault};

impl Vault {
    /// Confirms an account that was enrolled at `origin`. `false` where it is not there, or was confirmed already.
    ///
    /// A server keeps one secret a user: this user's older accounts, known by the name, are offered on this origin no longer,
    /// and stay in the list. Their recovery codes go on working, since a server adds the new ones to them: the new account takes over what is good.
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
            older.sites.retain(|site| !matches!(site, Site::Origin(own) if own == origin));
            if older.sites.len() < sites {
                codes.extend(older.recovery_codes.iter().filter(|code| code.is_good()).cloned());
            }
        }
        if let Ok(account) = self.account_mut(id) {
            codes.into_iter().for_each(|code| account.take_recovery_code(code));
        }
        true
    }
}
