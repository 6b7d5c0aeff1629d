//! Decides whether a scanned or imported account is already in the vault. Names are compared without their invisible
//! characters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::app::protocol::{Duplicate, DuplicateKind};
use crate::label;
use crate::otp::KeyUri;
use crate::vault::{Account, Vault};

/// Indexes the vault's accounts by secret and by names, so that 20,000 rows can be compared with 20,000 accounts
/// quickly.
pub(in crate::app) struct KnownAccounts<'a> {
    by_key: BTreeMap<&'a [u8], &'a Account>,
    by_names: BTreeMap<(Cow<'a, str>, Cow<'a, str>), &'a Account>,
}

impl<'a> KnownAccounts<'a> {
    pub(in crate::app) fn new(vault: &'a Vault) -> Self {
        let (mut by_key, mut by_names) = (BTreeMap::new(), BTreeMap::new());
        // If several accounts are alike, the first one is used.
        for account in vault.accounts.iter().rev() {
            // The exposed secret is used only as a lookup key.
            by_key.insert(account.otp.key.expose(), account);
            by_names.insert((label::key(&account.issuer), label::key(&account.name)), account);
        }
        Self { by_key, by_names }
    }

    /// Returns the account with the same issuer and name, unless both names are empty.
    pub(in crate::app) fn of_same_names(&self, uri: &KeyUri) -> Option<&'a Account> {
        let names = (label::key(&uri.issuer), label::key(&uri.name));
        let is_named = !(names.0.is_empty() && names.1.is_empty());
        self.by_names.get(&names).copied().filter(|_| is_named)
    }

    /// Returns the account that this one may duplicate, and how they are alike.
    pub(in crate::app) fn find(&self, uri: &KeyUri) -> Option<Duplicate> {
        let key: &[u8] = uri.otp.key.expose();
        let (how, account) = match (self.by_key.get(key).copied(), self.of_same_names(uri)) {
            (Some(same), _) if has_names(same, uri) => (DuplicateKind::Same, same),
            (Some(same), _) => (DuplicateKind::SameSecret, same),
            (None, Some(same)) => (DuplicateKind::SameName, same),
            (None, None) => return None,
        };
        Some(Duplicate { how, who: format!("{} {}", account.issuer, account.name).trim().to_owned() })
    }
}

/// Returns `true` if the account's names look the same to the user as those of a code.
fn has_names(account: &Account, uri: &KeyUri) -> bool {
    label::same(&account.issuer, &uri.issuer) && label::same(&account.name, &uri.name)
}
