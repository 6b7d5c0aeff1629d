//! Keeping what was found: as new accounts, or as another secret of one that is there.

use super::accounts::default_keep;
use super::found::{PENDING, of_same_name};
use super::protocol::Reply;
use super::sync::put_by_hand;
use super::{App, AppError, DeriveKey};
use crate::casdoor::Http;
use crate::otp::{KeyUri, Kind};
use crate::secret::Entropy;
use crate::vault::{Account, AccountId, Area, Binned, Keep, Site, Store};

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// Keeps some of what was found last. Those in `update` give their secret to the account of the same name; what that
    /// one was before goes to the bin.
    pub(super) async fn keep_found(
        &self,
        cards: &[usize],
        update: &[usize],
        keep: Option<Keep>,
        now: u64,
    ) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let pending = self.pending().await?;
        let session = open.session()?;
        if let Some(keep) = keep {
            put_by_hand(&mut session.vault, keep)?;
        }
        let keep = keep.unwrap_or_else(|| default_keep(session));
        let site = pending.site.map(Site::Origin);
        for index in cards {
            let uri: KeyUri = pending.uris.get(*index).ok_or(AppError::NothingPending)?.parse()?;
            let known = of_same_name(&uri, &session.vault).filter(|_| update.contains(index)).map(|known| known.id);
            match known {
                Some(id) => {
                    let account = session.vault.account_mut(id)?;
                    let before = replace_secret(account, &uri, site.as_ref(), now, &mut *self.entropy.borrow_mut());
                    session.vault.bin.push(before);
                    if let Kind::Hotp { counter } = uri.otp.kind {
                        session.state.counters.insert(id, counter);
                    }
                }
                None => {
                    let mut account = Account::new(uri, now, &mut *self.entropy.borrow_mut());
                    account.keep = keep;
                    account.sites = site.iter().cloned().collect();
                    session.vault.add(account)?;
                }
            }
        }
        session.state.batches.retain(|batch| !pending.batches.contains(&batch.id));
        let reply = self.saved_screen(open, now).await?;
        self.store.commit(Area::Session, vec![(PENDING, None)]).await?;
        Ok(reply)
    }
}

/// Gives an account another secret, and returns what it was before, for the bin: as an account of its own that no server
/// knows.
fn replace_secret(
    account: &mut Account,
    uri: &KeyUri,
    site: Option<&Site>,
    now: u64,
    entropy: &mut impl Entropy,
) -> Binned {
    let before = Account { id: AccountId::generate(entropy), keep: Keep::Device, ..account.clone() };
    account.otp = uri.otp.clone();
    account.changed_at = now;
    account.unconfirmed = false;
    if let Some(site) = site.filter(|site| !account.sites.contains(site)) {
        account.sites.push(site.clone());
    }
    Binned { account: before, binned_at: now, by_sync: false }
}
