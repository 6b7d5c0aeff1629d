//! Converts a vault for the merge, and applies the merge's changes to it.

use std::collections::{BTreeMap, HashSet};

use super::{AccountLocation, AddReason, LocalAccount, LocalChange, MergeResult};
use crate::casdoor::row::RowContent;
use crate::otp::Kind;
use crate::vault::{
    Account, AccountId, BaseRow, Connection, ConnectionId, ImportedExtras, Presence, State, StorageLocation,
    TrashedAccount, Vault,
};

/// A vault as the merge with one connection sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalAccounts {
    /// All accounts, including those in the trash.
    pub accounts: Vec<LocalAccount>,
}

impl LocalAccounts {
    /// Converts a vault for the merge with `connection`.
    pub fn from_vault(vault: &Vault, state: &State, connection: ConnectionId) -> Self {
        let settled: HashSet<(ConnectionId, AccountId)> = vault
            .connections
            .iter()
            .flat_map(|Connection { id, .. }| state.bases.get(id).into_iter().flatten().map(|row| (*id, row)))
            .filter(|(_, row)| row.presence == Presence::Present)
            .filter_map(|(id, row)| Some((id, row.account?)))
            .collect();
        let location = |account: &Account| match account.location {
            StorageLocation::Connection(id) if id == connection => AccountLocation::Here,
            StorageLocation::Connection(id) => {
                AccountLocation::Elsewhere { settled: settled.contains(&(id, account.id)) }
            }
            StorageLocation::Device => AccountLocation::Elsewhere { settled: true },
        };
        let seen = |account: &Account, location| LocalAccount {
            id: account.id,
            content: RowContent::of_account(account, state.counters.get(&account.id).copied()),
            location,
            missing: account.missing_since.is_some(),
            trashed_here: false,
            old_version_of: None,
        };
        let trashed = vault.trash.iter().map(|trashed| LocalAccount {
            trashed_here: trashed.by_sync && trashed.account.location == StorageLocation::Connection(connection),
            old_version_of: trashed.old_version_of,
            ..seen(&trashed.account, AccountLocation::InTrash { by_sync: trashed.by_sync })
        });
        Self {
            accounts: vault.accounts.iter().map(|account| seen(account, location(account))).chain(trashed).collect(),
        }
    }
}

impl MergeResult {
    /// Returns `true` if changes are waiting to be sent, but nothing may be written.
    pub(in crate::casdoor) fn has_unsent_changes(&self) -> bool {
        let unsent = |row: &BaseRow| matches!(row.presence, Presence::Removing | Presence::Sending);
        self.summary.no_room > 0 || self.summary.held_back > 0 || (self.write.is_none() && self.base.iter().any(unsent))
    }

    /// Applies the changes to the vault and the counters. Returns `true` if the vault was changed; a change of a HOTP
    /// counter only affects `counters`.
    pub fn apply(
        &self,
        vault: &mut Vault,
        counters: &mut BTreeMap<AccountId, u64>,
        connection: ConnectionId,
        now: u64,
    ) -> bool {
        let mut changed = false;
        for change in &self.changes {
            changed |= change.apply(vault, counters, connection, now);
        }
        changed
    }
}

impl LocalChange {
    fn apply(
        &self,
        vault: &mut Vault,
        counters: &mut BTreeMap<AccountId, u64>,
        connection: ConnectionId,
        now: u64,
    ) -> bool {
        match self {
            Self::Add { id, content, reason } => {
                let mut account = new_account(*id, content, StorageLocation::Connection(connection), now);
                note_counter(counters, *id, content);
                match reason {
                    AddReason::Received => {}
                    AddReason::Returned => account.returned = true,
                    AddReason::OnlyInBase => account.missing_since = Some(now),
                    AddReason::Conflict(of) => account.conflict_of = Some(*of),
                    AddReason::Replaced(of) => {
                        let old_version_of = Some(*of);
                        vault.trash.push(TrashedAccount {
                            account,
                            trashed_at: now,
                            by_sync: true,
                            old_version_of,
                            index: None,
                        });
                        return true;
                    }
                }
                // If the vault is full, the row stays in the base and is received when there is room.
                vault.add(account).is_ok()
            }
            Self::Update { id, content } => vault.account_mut(*id).is_ok_and(|account| {
                if account.otp.key == content.otp.key {
                    note_counter(counters, *id, content);
                } else {
                    begin_counter(counters, *id, content);
                }
                update(account, content, now)
            }),
            Self::Missing { id } => mark(vault, *id, |account| account.missing_since = Some(now)),
            Self::Found { id } => mark(vault, *id, |account| account.missing_since = None),
            Self::MoveToTrash { id } => {
                mark(vault, *id, |account| account.missing_since = Some(now))
                    && vault.move_to_trash(*id, now, true).is_ok()
            }
            Self::Restore { id, returned } => {
                vault.restore(*id).is_ok()
                    && mark(vault, *id, |account| {
                        account.location = StorageLocation::Connection(connection);
                        account.missing_since = None;
                        account.returned = *returned;
                    })
            }
        }
    }
}

fn mark(vault: &mut Vault, id: AccountId, change: impl FnOnce(&mut Account)) -> bool {
    vault.account_mut(id).map(change).is_ok()
}

fn update(account: &mut Account, content: &RowContent, now: u64) -> bool {
    let same_names = account.name == content.name && account.issuer == content.issuer;
    let same_secret = RowContent::of_account(account, None).secret() == content.secret();
    if same_names && same_secret {
        return false;
    }
    account.name.clone_from(&content.name);
    account.issuer.clone_from(&content.issuer);
    if !same_secret {
        account.otp = content.otp.clone();
    }
    account.changed_at = now;
    true
}

fn note_counter(counters: &mut BTreeMap<AccountId, u64>, id: AccountId, content: &RowContent) {
    if let Kind::Hotp { counter } = content.otp.kind {
        let known = counters.entry(id).or_default();
        *known = (*known).max(counter);
    }
}

/// Resets the counter for a new secret, because the previous secret's counter does not apply to it.
fn begin_counter(counters: &mut BTreeMap<AccountId, u64>, id: AccountId, content: &RowContent) {
    match content.counter() {
        Some(counter) => counters.insert(id, counter),
        None => counters.remove(&id),
    };
}

fn new_account(id: AccountId, content: &RowContent, location: StorageLocation, now: u64) -> Account {
    Account {
        id,
        issuer: content.issuer.clone(),
        name: content.name.clone(),
        otp: content.otp.clone(),
        note: String::new(),
        group: String::new(),
        icon: None,
        pinned: false,
        sites: Vec::new(),
        location,
        unconfirmed: false,
        missing_since: None,
        returned: false,
        conflict_of: None,
        recovery_codes: Vec::new(),
        imported_extras: ImportedExtras::default(),
        created_at: now,
        changed_at: now,
    }
}
