//! Decides which accounts may be proposed for their first use on a connected server's pages.
//!
//! A label such as `acme/alice` is chosen by the server, so a hostile server can name its user like a user of another
//! server. A label therefore counts only for the connection that the account was synced from. An account that has a
//! site, or that is stored on another connection, is never proposed to a page of a new origin.

use super::PageAddress;
use super::decide::{connections_at, has_site, is_labelled, makes_passcodes};
use crate::vault::{Account, Connection, StorageLocation, Vault};

/// Returns true if a page of these connections' server may propose the account, because one of the connections synced
/// it.
pub(super) fn is_proposable(account: &Account, connections: &[&Connection]) -> bool {
    let brought_it = |connection: &&Connection| {
        is_labelled(&account.name, connection) && account.location == StorageLocation::Connection(connection.id)
    };
    account.sites.is_empty() && connections.iter().any(brought_it)
}

/// Returns the accounts that the popup may propose for a page of a connected server. The list is empty if a confirmed
/// account already has the page among its sites.
///
/// They include the accounts that the page itself may propose. Because the popup shows the address and warns about
/// look-alikes, they also include accounts of this device that have the connected user's label and no site.
pub fn proposals<'a, 'p>(page: impl Into<PageAddress<'p>>, vault: &'a Vault) -> Vec<&'a Account> {
    let page = page.into();
    let connections = connections_at(vault, page.origin);
    let usable = || vault.accounts.iter().filter(|account| makes_passcodes(&account.otp));
    if usable().any(|account| has_site(account, page) && !account.unconfirmed) {
        return Vec::new();
    }
    usable().filter(|account| may_be_confirmed(account, &connections)).collect()
}

/// Returns true if the user may allow the account on these connections' server by confirming it in the popup.
fn may_be_confirmed(account: &Account, connections: &[&Connection]) -> bool {
    let is_users = |connection: &&Connection| is_labelled(&account.name, connection);
    let is_devices =
        account.location == StorageLocation::Device && account.sites.is_empty() && connections.iter().any(is_users);
    is_devices || is_proposable(account, connections)
}

/// Returns true if the account may be used on this origin after the user confirms it in the popup, which adds the
/// origin to the account's sites.
pub fn can_confirm(account: &Account, origin: &str, vault: &Vault) -> bool {
    makes_passcodes(&account.otp) && may_be_confirmed(account, &connections_at(vault, origin))
}

#[cfg(test)]
mod tests;
