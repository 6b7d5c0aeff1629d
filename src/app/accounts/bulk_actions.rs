//! Actions on several accounts at once: group, delete, restore, or store elsewhere, each in one write.

use std::collections::BTreeSet;

use crate::app::accounts::edit::put_back;
use crate::app::protocol::{BulkChange, Message, Screen};
use crate::app::{App, AppError, Platform};
use crate::casdoor;
use crate::label::clean;
use crate::message;
use crate::time::Clock;
use crate::vault::{AccountId, ConnectionId, StorageLocation};

/// Maximum length of a group name, in characters.
const MAX_GROUP_CHARS: usize = 200;

/// The state before a move: where the accounts were stored, and whether the target connection was receive-only.
struct StateBeforeMove {
    locations: Vec<PreviousLocation>,
    received_only: bool,
}

/// The location of an account before a move.
struct PreviousLocation {
    id: AccountId,
    location: StorageLocation,
    missing_since: Option<u64>,
}

impl<P: Platform> App<P> {
    /// Changes all of the accounts, or none if one of them no longer exists.
    pub(in crate::app) async fn change_accounts(
        &self,
        ids: &[AccountId],
        change: &BulkChange,
        now: u64,
    ) -> Result<Screen, AppError> {
        let mut ids = ids.to_vec();
        if matches!(change, BulkChange::Restore) {
            // The last deletion is undone first, so that each account returns to its previous position.
            ids.reverse();
        }
        self.change_and_paint(now, |session| {
            for id in &ids {
                match change {
                    BulkChange::Group { group } => {
                        let group = clean(group).trim().chars().take(MAX_GROUP_CHARS).collect();
                        session.vault.account_mut(*id)?.group = group;
                    }
                    BulkChange::MoveToTrash => {
                        session.vault.move_to_trash(*id, now, false)?;
                        casdoor::forget(&mut session.state, *id);
                    }
                    BulkChange::Restore => put_back(&mut session.vault, *id, now)?,
                }
            }
            Ok(())
        })
        .await
    }

    /// Moves an account between this device and a server, even if it is that server's own second factor, because the
    /// user chose this particular account. The account is stored at the target before it is removed from the source.
    ///
    /// # Errors
    /// The error of the target's server. The account then stays where it was.
    pub async fn store_account_on(
        &self,
        id: AccountId,
        location: StorageLocation,
        clock: Clock<'_>,
    ) -> Result<Message, AppError> {
        self.move_all(&[id], location, clock).await?;
        Ok(message!("done_moved"))
    }

    /// Moves several accounts, with one sync for each server. A server's own second factors stay where they are,
    /// because the user chose a set of accounts, not each one in particular.
    ///
    /// # Errors
    /// The error of the target's server. All accounts then stay where they were.
    pub async fn store_accounts_on(
        &self,
        ids: &[AccountId],
        location: StorageLocation,
        clock: Clock<'_>,
    ) -> Result<Message, AppError> {
        let movable_accounts =
            self.read(clock().seconds(), |session| Ok(session.vault.movable_accounts(ids, location)?)).await?;
        if !movable_accounts.is_empty() {
            self.move_all(&movable_accounts, location, clock).await?;
        }
        if movable_accounts.len() < ids.len() {
            return Ok(message!("done_moved_own_factors"));
        }
        Ok(message!("done_moved_several"))
    }

    async fn move_all(&self, ids: &[AccountId], location: StorageLocation, clock: Clock<'_>) -> Result<(), AppError> {
        let before = self.set_locations(ids, location, clock().seconds()).await?;
        if let StorageLocation::Connection(target) = location
            && let Err(error) = self.sync_one(target, clock).await
        {
            self.revert_move(&before, target, clock().seconds()).await?;
            return Err(error);
        }
        let source = |previous: &PreviousLocation| match previous.location {
            StorageLocation::Connection(source) if previous.location != location => Some(source),
            _ => None,
        };
        let sources: BTreeSet<ConnectionId> = before.locations.iter().filter_map(source).collect();
        for source in sources {
            self.sync_one(source, clock).await?;
        }
        Ok(())
    }

    /// Assigns all accounts to the new location, and returns the state before.
    async fn set_locations(
        &self,
        ids: &[AccountId],
        location: StorageLocation,
        now: u64,
    ) -> Result<StateBeforeMove, AppError> {
        self.change(now, |session| {
            for id in ids {
                session.policy.check_move(session.vault.account(*id)?, location, &session.vault)?;
            }
            let vault = &mut session.vault;
            let target =
                vault.connections.iter().find(|connection| StorageLocation::Connection(connection.id) == location);
            let received_only = target.is_some_and(|target| target.receives_only);
            vault.allow_sending(location)?;
            let mut locations = Vec::with_capacity(ids.len());
            for id in ids {
                let account = vault.account_mut(*id)?;
                locations.push(PreviousLocation {
                    id: *id,
                    location: account.location,
                    missing_since: account.missing_since,
                });
                (account.location, account.missing_since) = (location, None);
            }
            Ok(StateBeforeMove { locations, received_only })
        })
        .await
    }

    /// Reverts a move whose target server failed. Because the user did not request this, it does not make any
    /// connection start sending, and it preserves changes that the user has made in the meantime.
    async fn revert_move(&self, before: &StateBeforeMove, target: ConnectionId, now: u64) -> Result<(), AppError> {
        self.change(now, |session| {
            let vault = &mut session.vault;
            if let Some(connection) = vault.connections.iter_mut().find(|connection| connection.id == target) {
                // Only set, never cleared: the second of two failing moves recorded the value that the first had
                // changed.
                connection.receives_only |= before.received_only;
            }
            for previous in &before.locations {
                let is_left = matches!(previous.location, StorageLocation::Connection(source) if vault.connection(source).is_none());
                let Ok(account) = vault.account_mut(previous.id) else { continue };
                if account.location == StorageLocation::Connection(target) {
                    // If the source was disconnected in the meantime, the account belongs on this device.
                    let was = if is_left { (StorageLocation::Device, None) } else { (previous.location, previous.missing_since) };
                    (account.location, account.missing_since) = was;
                }
            }
            Ok(())
        })
        .await
    }
}
