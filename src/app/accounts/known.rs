//! Whether an account that a scan or a file holds is in the vault already: one rule for both.

use std::collections::BTreeMap;

use crate::app::protocol::{Known, Likeness};
use crate::otp::KeyUri;
use crate::vault::{Account, Vault};

/// The vault's accounts by secret and by names, so that 20,000 rows against 20,000 accounts take no time.
pub(in crate::app) struct KnownAccounts<'a> {
    by_key: BTreeMap<&'a [u8], &'a Account>,
    by_names: BTreeMap<(&'a str, &'a str), &'a Account>,
}

impl<'a> KnownAccounts<'a> {
    pub(in crate::app) fn new(vault: &'a Vault) -> Self {
        let (mut by_key, mut by_names) = (BTreeMap::new(), BTreeMap::new());
        // Of several alike the first counts.
        for account in vault.accounts.iter().rev() {
            // A secret is spent as a key to look up by; it goes nowhere.
            by_key.insert(account.otp.key.expose(), account);
            by_names.insert((account.issuer.as_str(), account.name.as_str()), account);
        }
        Self { by_key, by_names }
    }

    /// Returns the account of the same issuer and name, if they say anything.
    pub(in crate::app) fn of_same_names(&self, uri: &KeyUri) -> Option<&'a Account> {
        let is_named = !(uri.issuer.is_empty() && uri.name.is_empty());
        self.by_names.get(&(uri.issuer.as_str(), uri.name.as_str())).copied().filter(|_| is_named)
    }

    /// Returns which account this one may be, and how they are alike.
    pub(in crate::app) fn find(&self, uri: &KeyUri) -> Option<Known> {
        let key: &[u8] = uri.otp.key.expose();
        let (how, account) = match (self.by_key.get(key).copied(), self.of_same_names(uri)) {
            (Some(same), _) if same.issuer == uri.issuer && same.name == uri.name => (Likeness::Same, same),
            (Some(same), _) => (Likeness::SameSecret, same),
            (None, Some(same)) => (Likeness::SameName, same),
            (None, None) => return None,
        };
        Some(Known { how, who: format!("{} {}", account.issuer, account.name).trim().to_owned() })
    }
}
