//! The invariants that must hold at the end of a history.

use std::collections::BTreeSet;

use casdoor_authenticator::vault::{Account, StorageLocation};

use super::browser::secret_of;
use super::world::World;

impl World {
    /// Checks the invariants once nothing is in transit, and returns the first violation.
    pub fn verdict(&self) -> Result<(), String> {
        let server = self.server.list.clone().unwrap_or_default();
        for (n, browser) in self.browsers.iter().enumerate() {
            match &browser.last {
                Some(Ok(outcome)) if !outcome.wrote => {}
                other => {
                    let disk = browser.disk.borrow();
                    let base = disk.state.bases.get(&browser.id);
                    return Err(format!(
                        "browser {n} still has changes to sync: {other:?}\n{server:#?}\n{base:#?}\n{:#?}",
                        disk.vault
                    ));
                }
            }
            let disk = browser.disk.borrow();
            if let Some(lost) = disk.ever.iter().find(|secret| !disk.holds(secret)) {
                return Err(format!("browser {n} lost {lost}"));
            }
            if browser.rows() != server {
                return Err(format!("browser {n} expects {:?}, the server has {server:?}", browser.rows()));
            }
            let keys: BTreeSet<_> = server.iter().map(|row| format!("{}:{}", row[0], row[1])).collect();
            if keys.len() != server.len() {
                return Err(format!("two rows share a key: {server:?}"));
            }
        }
        self.same_accounts()
    }

    /// Checks that both browsers show the same names for the server's rows.
    fn same_accounts(&self) -> Result<(), String> {
        let shown: Vec<Vec<(String, String, String)>> = self
            .browsers
            .iter()
            .map(|browser| {
                let disk = browser.disk.borrow();
                let kept = |account: &&Account| {
                    account.location == StorageLocation::Connection(browser.id) && account.missing_since.is_none()
                };
                let mut shown: Vec<_> = disk
                    .vault
                    .accounts
                    .iter()
                    .filter(kept)
                    .map(|account| (account.issuer.clone(), account.name.clone(), secret_of(account)))
                    .collect();
                shown.sort();
                shown
            })
            .collect();
        if shown[0] == shown[1] { Ok(()) } else { Err(format!("the browsers show {shown:#?}")) }
    }
}
