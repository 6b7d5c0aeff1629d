//! Saves scan results, as new accounts or as a new secret of an existing one.

use crate::app::accounts::known::KnownAccounts;
use crate::app::protocol::Screen;
use crate::app::scan::results::{StoredScanResults, is_shown_factor};
use crate::app::session::Session;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::otp::{KeyUri, Kind};
use crate::secret::Entropy;
use crate::vault::{Account, AccountId, Area, Site, StorageLocation, Store, TrashedAccount, Vault};

impl<P: Platform> App<P> {
    /// Saves accounts of the last scan result if its id is still `id`, because another page may have scanned something
    /// in the meantime. Those in `update` replace the secret of the account with the same names, whose previous version
    /// goes to the trash.
    pub(in crate::app) async fn save_scan_results(
        &self,
        id: &str,
        cards: &[usize],
        update: &[usize],
        location: Option<StorageLocation>,
        now: u64,
    ) -> Result<Screen, AppError> {
        // After a second click, the second request waits here and then finds nothing left to save.
        let _turn = self.saving_scan_results.lock().await;
        // If the vault was locked in the meantime, report that first.
        self.read(now, |_| Ok(())).await?;
        let pending = self.stored_results().await?;
        if pending.id != id {
            return Err(AppError::NothingPending);
        }
        let reply =
            self.change_and_paint(now, |session| self.add_selected(session, &pending, (cards, update), location, now));
        let reply = reply.await?;
        // The result is removed last, so that it can be saved again after a failure.
        self.store.commit(Area::Session, vec![(SessionKey::ScanResults.name(), None)]).await?;
        Ok(reply)
    }

    /// Adds the selected accounts to the vault.
    fn add_selected(
        &self,
        session: &mut Session,
        pending: &StoredScanResults,
        (cards, update): (&[usize], &[usize]),
        location: Option<StorageLocation>,
        now: u64,
    ) -> Result<(), AppError> {
        let site = pending.site.clone().map(Site::Origin);
        let mut added = Vec::new();
        for index in cards {
            let uri: KeyUri = pending.uris.get(*index).ok_or(AppError::NothingPending)?.expose().parse()?;
            // The user may not finish enrolling the second factor on a server's own page, so the account that is valid
            // until then keeps its secret.
            let is_enrollment = pending.site.as_deref().is_some_and(|site| is_shown_factor(&uri, site, &session.vault));
            let updates = !is_enrollment && update.contains(index);
            let known = KnownAccounts::new(&session.vault).of_same_names(&uri).filter(|_| updates);
            let known = known.filter(|known| may_update(&session.vault, known, &uri, site.as_ref()));
            let known = known.map(|known| known.id);
            match known {
                Some(id) => {
                    let used = session.counter(session.vault.account(id)?);
                    let account = session.vault.account_mut(id)?;
                    let before =
                        replace_secret(account, used, &uri, site.as_ref(), now, &mut *self.entropy.borrow_mut());
                    session.vault.trash.push(before);
                    match uri.otp.kind {
                        Kind::Hotp { counter } => session.state.counters.insert(id, counter),
                        _ => session.state.counters.remove(&id),
                    };
                }
                None => {
                    let mut account = Account::new(uri, now, &mut *self.entropy.borrow_mut());
                    account.sites = site.iter().cloned().collect();
                    account.unconfirmed = is_enrollment;
                    added.push(account);
                }
            }
        }
        let location =
            if added.is_empty() { location } else { session.policy.location_for_new(location, &session.vault)? };
        session.vault.add_new(added, location)?;
        session.state.batches.retain(|batch| !pending.batches.contains(&batch.id));
        Ok(())
    }
}

/// Returns `true` if an account may get a new secret in its place. A server's own second factor is stored separately,
/// on this device.
fn may_update(vault: &Vault, account: &Account, uri: &KeyUri, site: Option<&Site>) -> bool {
    let mut updated = Account { otp: uri.otp.clone(), ..account.clone() };
    updated.sites.extend(site.cloned());
    !vault.must_stay_on_device(&updated, account.location) || vault.must_stay_on_device(account, account.location)
}

/// Replaces an account's secret, and returns the previous version for the trash, as a separate account that is on no
/// server. `used` is the counter of a HOTP account's next code, which is stored by id and would otherwise be lost.
fn replace_secret(
    account: &mut Account,
    used: Option<u64>,
    uri: &KeyUri,
    site: Option<&Site>,
    now: u64,
    entropy: &mut impl Entropy,
) -> TrashedAccount {
    let mut before = Account { id: AccountId::generate(entropy), location: StorageLocation::Device, ..account.clone() };
    if let Some(counter) = used {
        before.otp.kind = Kind::Hotp { counter };
    }
    account.otp = uri.otp.clone();
    account.changed_at = now;
    account.unconfirmed = false;
    if let Some(site) = site.filter(|site| !account.sites.contains(site)) {
        account.sites.push(site.clone());
    }
    TrashedAccount { account: before, trashed_at: now, by_sync: false, old_version_of: None, index: None }
}
