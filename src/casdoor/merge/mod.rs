//! The three-way merge, a pure function of base, local state, remote state and time. It returns changes for both sides.
//!
//! | the server's row | result |
//! |---|---|
//! | it is new | an account is added |
//! | another client renamed it | the account is renamed |
//! | both sides changed the same field | the server's version is used, and the local one becomes a separate account |
//! | this extension changed its secret on another device | the new secret is used, the old version goes to the trash |
//! | it is gone within ten minutes of being written here | it is written again, once |
//! | it is gone later | the account stays, marked as missing, or goes to the trash if the user follows deletions |
//! | it was deleted here and is still there | it is omitted from the list that is written |
//! | it was deleted here, was gone, and came back | the account is restored and marked as returned |
//! | it cannot be read | it is kept unchanged in its place |
//! | it exceeds a limit of the connection, such as [`MAX_CONNECTION_ACCOUNTS`] | it is kept unchanged, and counted |
//!
//! The larger HOTP counter wins, as long as both belong to the same key. A secret never changes because a row with the
//! same name has a different one, because that is a different account. No two written rows share `accountName:issuer`.

mod apply;
mod budget;
mod compose;
mod decide;
mod matching;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::row::{ListRow, RowContent};
use crate::secret::Entropy;
use crate::vault::{AccountId, BaseRow};

pub use apply::LocalAccounts;
pub use budget::{
    MAX_CONNECTION_ACCOUNTS, MAX_CONNECTION_BYTES, MAX_OLD_VERSIONS, MAX_ROW_BYTES, MAX_TRASHED, MAX_TRASHED_BYTES,
};
pub use summary::Summary;

/// Maximum size of the list on the server, in bytes of JSON. MySQL's BLOB holds 65,535.
pub const MAX_LIST_BYTES: usize = 60_000;

/// If a row vanishes within this many seconds of being written here, another client has more likely overwritten the
/// list than deleted the row.
const RACE_SECONDS: u64 = 600;
/// How long the tombstone of a deleted row is kept, in seconds: as long as its account is in the trash.
const TOMBSTONE_SECONDS: u64 = 30 * 24 * 60 * 60;

/// An account as the merge sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalAccount {
    /// The id of the account.
    pub id: AccountId,
    /// The account's names and parameters of code generation.
    pub content: RowContent,
    /// Where it is stored.
    pub location: AccountLocation,
    /// The account is marked as no longer on the server. Restoring it removes the mark.
    pub missing: bool,
    /// The account is in the trash because a sync of this connection moved it there.
    pub trashed_here: bool,
    /// The account of which this is an old version in the trash, if it is one.
    pub old_version_of: Option<AccountId>,
}

/// Where an account is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountLocation {
    /// On the connection that is being merged.
    Here,
    /// On this device only, or on another connection. The row on this connection's server is removed only once the
    /// account is certain to be stored there (`settled`).
    Elsewhere {
        /// The account is on this device only, or was seen on the other connection's server.
        settled: bool,
    },
    /// In the trash.
    InTrash {
        /// A sync moved it there, because another client deleted it.
        by_sync: bool,
    },
}

/// The user's choices for a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeOptions {
    /// Nothing is written to the server.
    pub receives_only: bool,
    /// Accounts that another client deleted are moved to the trash on this device.
    pub follows_deletions: bool,
}

/// A change to the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalChange {
    /// A new account.
    Add {
        /// The id of the account.
        id: AccountId,
        /// The account's names and parameters of code generation.
        content: RowContent,
        /// The reason for adding it.
        reason: AddReason,
    },
    /// New names, secret or counter of an account.
    Update {
        /// The id of the account.
        id: AccountId,
        /// The account's new names and parameters of code generation.
        content: RowContent,
    },
    /// The account's row is no longer on the server.
    Missing {
        /// The id of the account.
        id: AccountId,
    },
    /// The account's row is on the server again.
    Found {
        /// The id of the account.
        id: AccountId,
    },
    /// Moves an account to the trash, because another client deleted it and the connection follows deletions.
    MoveToTrash {
        /// The id of the account.
        id: AccountId,
    },
    /// Takes an account out of the trash, because its row is on the server again.
    Restore {
        /// The id of the account.
        id: AccountId,
        /// The user had deleted it.
        returned: bool,
    },
}

/// The reason why an account is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddReason {
    /// The server has a row for it.
    Received,
    /// The server has a row for it again after the user deleted it on this device.
    Returned,
    /// Only the base still has it: the document was restored from an older copy, and the server no longer has the row.
    OnlyInBase,
    /// Both sides changed the account with this id, and the added account is the local version.
    Conflict(AccountId),
    /// Another client changed the secret of the account with this id, and the added account is the old version, which
    /// goes to the trash.
    Replaced(AccountId),
}

/// The result of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeResult {
    /// Changes for the vault, in this order. They must be stored, together with `base`, before anything is written.
    pub changes: Vec<LocalChange>,
    /// The new base: the server's list as it was read, and what is about to be sent.
    pub base: Vec<BaseRow>,
    /// The complete list to write; `None` if the server already has it, or nothing may be written.
    pub write: Option<Vec<ListRow>>,
    /// The base after `write` was written and read back.
    pub written_base: Vec<BaseRow>,
    /// A summary for the user.
    pub summary: Summary,
}

/// Merges the server's list with the accounts on this device. `base` is the list when both sides were last in sync.
///
/// `now` is in seconds since 1970. `entropy` generates ids for new accounts.
pub fn merge(
    base: &[BaseRow],
    local: &[LocalAccount],
    remote: &[ListRow],
    policy: MergeOptions,
    now: u64,
    entropy: &mut impl Entropy,
) -> MergeResult {
    let base_rows: Vec<ListRow> = base.iter().map(ListRow::from).collect();
    let base_known: Vec<_> = base_rows.iter().map(matching::ComparableRow::new).collect();
    let mut seen = HashSet::new();
    let remote_known: Vec<_> =
        remote.iter().filter(|row| seen.insert(raw(row))).map(matching::ComparableRow::new).collect();
    let matching = matching::Matching::new(base, &base_known, &remote_known);

    let mut merger = Merger::new(base, local, policy, now, entropy);
    for (known, of) in remote_known.iter().zip(&matching.of_remote) {
        match of.and_then(|index| Some((base.get(index)?, base_known.get(index)?))) {
            Some((base, before)) => merger.matched(base, before.content.as_ref(), known),
            None => merger.unmatched(known),
        }
    }
    for (index, (base, before)) in base.iter().zip(&base_known).enumerate() {
        if !matching.is_matched(index) {
            merger.vanished(base, before.content.as_ref());
        }
    }
    merger.send_new();
    merger.finish(remote)
}

fn raw(row: &ListRow) -> (&str, &str, &str, &str) {
    (&row.account_name, &row.issuer, row.secret_key.expose(), &row.origin)
}

/// A merge in progress.
struct Merger<'a, E> {
    local: &'a [LocalAccount],
    by_id: HashMap<AccountId, &'a LocalAccount>,
    /// Accounts of this connection without a row in the base, by their parameters of code generation.
    unlinked: HashMap<Vec<u8>, Vec<&'a LocalAccount>>,
    policy: MergeOptions,
    budget: budget::Budget,
    now: u64,
    entropy: &'a mut E,
    /// Account ids that are in use, in the vault or by this merge.
    taken: HashSet<AccountId>,
    /// Accounts that already have a row in the new list.
    placed: HashSet<AccountId>,
    changes: Vec<LocalChange>,
    slots: Vec<Slot>,
    /// Rows of the base that are not on the server.
    absent: Vec<BaseRow>,
    summary: Summary,
}

/// A position in the list, and what happens to its row.
struct Slot {
    /// The row's entry in the base before anything is written.
    before: Option<BaseRow>,
    /// The row to write; `None` to remove the row.
    row: Option<ListRow>,
    /// The row's content; `None` for a row that cannot be read.
    content: Option<RowContent>,
    /// The id of the account in the row.
    account: Option<AccountId>,
    /// When this device last wrote the row, in seconds since 1970; used if the row stays unchanged.
    written_at: u64,
    /// The row vanished and is written again.
    rewritten: bool,
    /// The row is new, and is added at the end.
    is_new: bool,
    /// The row exceeds a limit: it stays unchanged on the server, and the base does not include it.
    is_left: bool,
}
