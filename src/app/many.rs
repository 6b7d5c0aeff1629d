//! Several accounts at once: grouped, binned, put back, or kept elsewhere, each in one write.

use std::collections::BTreeSet;

use super::accounts::put_back;
use super::protocol::{ManyChange, Message, Reply};
use super::sync::{put_by_hand, seconds};
use super::{App, AppError, DeriveKey};
use crate::casdoor::{self, Http};
use crate::secret::Entropy;
use crate::vault::{AccountId, ConnectionId, Keep, Store};

/// More than anybody's group has letters.
const MAX_GROUP_CHARS: usize = 200;

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// Changes all of them or, where one is no longer there, none.
    pub(super) async fn change_many(
        &self,
        ids: &[AccountId],
        change: &ManyChange,
        now: u64,
    ) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let mut vault = session.vault.clone();
        for id in ids {
            match change {
                ManyChange::Group { group } => {
                    vault.account_mut(*id)?.group = group.trim().chars().take(MAX_GROUP_CHARS).collect();
                }
                ManyChange::Bin => vault.bin(*id, now, false)?,
                ManyChange::Restore => put_back(&mut vault, *id, now)?,
            }
        }
        if *change == ManyChange::Bin {
            ids.iter().for_each(|id| casdoor::forget(&mut session.state, *id));
        }
        session.vault = vault;
        self.saved_screen(open, now).await
    }

    /// Moves an account between this device and a server. The target holds it before the source lets go.
    ///
    /// # Errors
    /// What the target's server says: then the account stays where it was.
    pub async fn keep_on(&self, id: AccountId, keep: Keep, clock: &impl Fn() -> u64) -> Result<Reply, AppError> {
        self.move_to(&[id], keep, clock).await?;
        Ok(Reply::Done { message: Message::new("done_kept", "The account was moved.") })
    }

    /// The same for several, with one sync for each server.
    ///
    /// # Errors
    /// What the target's server says: then all of them stay where they were.
    pub async fn keep_many_on(
        &self,
        ids: &[AccountId],
        keep: Keep,
        clock: &impl Fn() -> u64,
    ) -> Result<Reply, AppError> {
        self.move_to(ids, keep, clock).await?;
        Ok(Reply::Done { message: Message::new("done_kept_many", "The accounts were moved.") })
    }

    async fn move_to(&self, ids: &[AccountId], keep: Keep, clock: &impl Fn() -> u64) -> Result<(), AppError> {
        let all: Vec<(AccountId, Keep)> = ids.iter().map(|id| (*id, keep)).collect();
        let before = self.set_keeps(&all, seconds(clock)).await?;
        if let Keep::Connection(target) = keep
            && let Err(error) = self.sync_one(target, clock).await
        {
            self.set_keeps(&before, seconds(clock)).await?;
            return Err(error);
        }
        let source = |(_, before): &(AccountId, Keep)| match before {
            Keep::Connection(source) if *before != keep => Some(*source),
            _ => None,
        };
        let sources: BTreeSet<ConnectionId> = before.iter().filter_map(source).collect();
        for source in sources {
            self.sync_one(source, clock).await?;
        }
        Ok(())
    }

    /// Says where each is kept, and returns where it was.
    async fn set_keeps(&self, keeps: &[(AccountId, Keep)], now: u64) -> Result<Vec<(AccountId, Keep)>, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let mut vault = session.vault.clone();
        let mut before = Vec::new();
        for (id, keep) in keeps {
            put_by_hand(&mut vault, *keep)?;
            let account = vault.account_mut(*id)?;
            before.push((*id, std::mem::replace(&mut account.keep, *keep)));
            account.missing_since = None;
        }
        session.vault = vault;
        self.save(&mut open, now).await?;
        Ok(before)
    }
}
