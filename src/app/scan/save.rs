//! Keeping what was found: as new accounts, or as another secret of one that is there.

use crate::app::accounts::known::KnownAccounts;
use crate::app::protocol::Reply;
use crate::app::scan::results::{Pending, is_shown_factor};
use crate::app::session::Session;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::otp::{KeyUri, Kind};
use crate::secret::Entropy;
use crate::vault::{Account, AccountId, Area, Binned, Keep, Site, Store, Vault};

impl<P: Platform> App<P> {
    /// Keeps some of what was found last, if that is the find with this `id`: another page may have found something
    /// since. Those in `update` give their secret to the account of the same name; what that one was before goes to the
    /// bin.
    pub(in crate::app) async fn keep_found(
        &self,
        id: &str,
        cards: &[usize],
        update: &[usize],
        keep: Option<Keep>,
        now: u64,
    ) -> Result<Reply, AppError> {
        // A second click waits here, and then finds nothing left to keep.
        let _turn = self.saving_found.lock().await;
        // Where the vault was locked meanwhile, that is what the user is told.
        self.read(now, |_| Ok(())).await?;
        let pending = self.pending().await?;
        if pending.id != id {
            return Err(AppError::NothingPending);
        }
        let reply = self.change_on_board(now, |session| self.take_in(session, &pending, (cards, update), keep, now));
        let reply = reply.await?;
        // Only now: what could not be stored can still be kept.
        self.store.commit(Area::Session, vec![(SessionKey::Found.name(), None)]).await?;
        Ok(reply)
    }

    /// Takes the ticked ones into the vault.
    fn take_in(
        &self,
        session: &mut Session,
        pending: &Pending,
        (cards, update): (&[usize], &[usize]),
        keep: Option<Keep>,
        now: u64,
    ) -> Result<(), AppError> {
        let site = pending.site.clone().map(Site::Origin);
        let mut added = Vec::new();
        for index in cards {
            let uri: KeyUri = pending.uris.get(*index).ok_or(AppError::NothingPending)?.expose().parse()?;
            // Scanned on a server's own page it is a second factor that the server may never be told of: what worked until
            // now keeps its secret.
            let is_enrolment = pending.site.as_deref().is_some_and(|site| is_shown_factor(&uri, site, &session.vault));
            let updates = !is_enrolment && update.contains(index);
            let known = KnownAccounts::new(&session.vault).of_same_names(&uri).filter(|_| updates);
            let known = known.filter(|known| may_update(&session.vault, known, &uri, site.as_ref()));
            let known = known.map(|known| known.id);
            match known {
                Some(id) => {
                    let used = session.counter(session.vault.account(id)?);
                    let account = session.vault.account_mut(id)?;
                    let before =
                        replace_secret(account, used, &uri, site.as_ref(), now, &mut *self.entropy.borrow_mut());
                    session.vault.bin.push(before);
                    match uri.otp.kind {
                        Kind::Hotp { counter } => session.state.counters.insert(id, counter),
                        _ => session.state.counters.remove(&id),
                    };
                }
                None => {
                    let mut account = Account::new(uri, now, &mut *self.entropy.borrow_mut());
                    account.sites = site.iter().cloned().collect();
                    account.unconfirmed = is_enrolment;
                    added.push(account);
                }
            }
        }
        session.vault.add_new(added, keep)?;
        session.state.batches.retain(|batch| !pending.batches.contains(&batch.id));
        Ok(())
    }
}

/// Returns whether an account may take over a secret where it is stored: a server's own second factor is kept beside it
/// instead, on this device.
fn may_update(vault: &Vault, account: &Account, uri: &KeyUri, site: Option<&Site>) -> bool {
    let mut updated = Account { otp: uri.otp.clone(), ..account.clone() };
    updated.sites.extend(site.cloned());
    !vault.holds_back(&updated, account.keep) || vault.holds_back(account, account.keep)
}

/// Gives an account another secret, and returns what it was before, for the bin: as an account of its own that no server
/// knows. `used` is the counter of a HOTP's next code, which would stay behind with the id.
fn replace_secret(
    account: &mut Account,
    used: Option<u64>,
    uri: &KeyUri,
    site: Option<&Site>,
    now: u64,
    entropy: &mut impl Entropy,
) -> Binned {
    let mut before = Account { id: AccountId::generate(entropy), keep: Keep::Device, ..account.clone() };
    if let Some(counter) = used {
        before.otp.kind = Kind::Hotp { counter };
    }
    account.otp = uri.otp.clone();
    account.changed_at = now;
    account.unconfirmed = false;
    if let Some(site) = site.filter(|site| !account.sites.contains(site)) {
        account.sites.push(site.clone());
    }
    Binned { account: before, binned_at: now, by_sync: false, old_version_of: None }
}
