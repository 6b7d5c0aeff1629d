//! The three-way merge, a pure function: base, local, remote and the time in; changes for both sides out.
//!
//! | what happened to a row on the server | what happens here |
//! |---|---|
//! | it is new | an account is added |
//! | another client renamed it | the account is renamed |
//! | both sides changed the same field | the server's version stays, ours becomes an account of its own |
//! | another client of this kind changed its secret | taken; the old version goes to the trash |
//! | it is gone, within ten minutes of our writing it | it is written again, once |
//! | it is gone otherwise | the account stays, marked as missing; or is binned, if the person follows deletions |
//! | it was deleted here and is still there | it is left out of the list that is written |
//! | it was deleted here, seen gone, and came back | the account is back, marked as returned |
//! | it cannot be read | it is kept as it is, in its place |
//! | it is over a limit of the connection (see [`MAX_CONNECTION_ACCOUNTS`]) | the same, and it is counted |
//!
//! Counters of HOTP accounts merge by the larger, as long as they count for the same key. A secret never changes
//! because a row with the same name has another one: that is another account. No two rows that are written share
//! `accountName:issuer`.

mod apply;
mod budget;
mod compose;
mod decide;
mod matching;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::row::{Meaning, Row};
use crate::secret::Entropy;
use crate::vault::{AccountId, BaseRow};

pub use apply::Local;
pub use budget::{
    MAX_CONNECTION_ACCOUNTS, MAX_CONNECTION_BYTES, MAX_OLD_VERSIONS, MAX_ROW_BYTES, MAX_TRASHED, MAX_TRASHED_BYTES,
};
pub use summary::Summary;

/// How much the list may take on the server, in bytes of JSON: MySQL's BLOB holds 65,535.
pub const MAX_LIST_BYTES: usize = 60_000;

/// An account vanished so soon after our writing it that a race is likelier than a deletion, in seconds.
const RACE_SECONDS: u64 = 600;
/// How long a deleted row is remembered, in seconds: as long as its account is in the bin.
const REMEMBER_SECONDS: u64 = 30 * 24 * 60 * 60;

/// An account as the merge sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalAccount {
    /// Its id.
    pub id: AccountId,
    /// Its names and what makes its codes.
    pub meaning: Meaning,
    /// Where it is.
    pub place: Place,
    /// It is marked as no longer on the server. *Put back* takes the mark away.
    pub missing: bool,
    /// It is in the trash because a sync of this connection put it there.
    pub trashed_here: bool,
    /// It is in the trash as an old version of this account.
    pub old_version_of: Option<AccountId>,
}

/// Where an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Kept on the connection that is merged.
    Here,
    /// Kept on this device, or on another connection. Settled once it surely is there: only then its row goes away here.
    Elsewhere {
        /// It is on this device only, or seen on the other connection's server.
        settled: bool,
    },
    /// In the bin.
    Binned {
        /// Put there because another client deleted it.
        by_sync: bool,
    },
}

/// What the person chose for a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Nothing is written.
    pub receives_only: bool,
    /// What another client deleted is binned here.
    pub follows_deletions: bool,
}

/// A change to the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalChange {
    /// A new account.
    Add {
        /// Its id.
        id: AccountId,
        /// What it says.
        meaning: Meaning,
        /// Why it is there.
        why: Why,
    },
    /// Names, secret or counter of an account.
    Update {
        /// Its id.
        id: AccountId,
        /// What it says now.
        meaning: Meaning,
    },
    /// Its row is no longer on the server.
    Missing {
        /// Its id.
        id: AccountId,
    },
    /// Its row is on the server again.
    Found {
        /// Its id.
        id: AccountId,
    },
    /// Another client deleted it, and the person follows deletions.
    Bin {
        /// Its id.
        id: AccountId,
    },
    /// Out of the bin: its row came back.
    Restore {
        /// Its id.
        id: AccountId,
        /// The person had deleted it.
        returned: bool,
    },
}

/// Why an account is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The server has a row for it.
    Received,
    /// The server has a row for it again, after the person deleted it here.
    Returned,
    /// An older document was restored, which did not have it, and neither has the server.
    Remembered,
    /// Both sides changed the account with this id; this is our version.
    Conflict(AccountId),
    /// Another client changed the secret of the account with this id; this is the old version, for the trash.
    Replaced(AccountId),
}

/// What a merge decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// For the vault, in this order. To be stored, with `base`, before anything is written.
    pub changes: Vec<LocalChange>,
    /// The base from now on: what the server held when it was read, and what is about to be sent.
    pub base: Vec<BaseRow>,
    /// The whole list to write; `None` if the server holds it already, or nothing may be written.
    pub write: Option<Vec<Row>>,
    /// The base once `write` was read back.
    pub written_base: Vec<BaseRow>,
    /// What happens, for people.
    pub summary: Summary,
}

/// Merges what a server holds with what this device has, `base` being what the server held when both were last in step.
///
/// `now` is in seconds since 1970. `entropy` makes ids for accounts that are new here.
pub fn merge(
    base: &[BaseRow],
    local: &[LocalAccount],
    remote: &[Row],
    policy: Policy,
    now: u64,
    entropy: &mut impl Entropy,
) -> Merged {
    let base_rows: Vec<Row> = base.iter().map(Row::from).collect();
    let base_known: Vec<_> = base_rows.iter().map(matching::Known::new).collect();
    let mut seen = HashSet::new();
    let remote_known: Vec<_> = remote.iter().filter(|row| seen.insert(raw(row))).map(matching::Known::new).collect();
    let matching = matching::Matching::new(base, &base_known, &remote_known);

    let mut merger = Merger::new(base, local, policy, now, entropy);
    for (known, of) in remote_known.iter().zip(&matching.of_remote) {
        match of.and_then(|index| Some((base.get(index)?, base_known.get(index)?))) {
            Some((base, before)) => merger.matched(base, before.meaning.as_ref(), known),
            None => merger.unmatched(known),
        }
    }
    for (index, (base, before)) in base.iter().zip(&base_known).enumerate() {
        if !matching.took(index) {
            merger.vanished(base, before.meaning.as_ref());
        }
    }
    merger.send_new();
    merger.finish(remote)
}

fn raw(row: &Row) -> (&str, &str, &str, &str) {
    (&row.account_name, &row.issuer, row.secret_key.expose(), &row.origin)
}

/// A merge under way.
struct Merger<'a, E> {
    local: &'a [LocalAccount],
    by_id: HashMap<AccountId, &'a LocalAccount>,
    /// Accounts of this connection that no row of the base stands for, by what makes their codes.
    loose: HashMap<Vec<u8>, Vec<&'a LocalAccount>>,
    policy: Policy,
    budget: budget::Budget,
    now: u64,
    entropy: &'a mut E,
    /// Ids that are taken, in the vault or by this merge.
    taken: HashSet<AccountId>,
    /// Accounts that a row stands for now.
    placed: HashSet<AccountId>,
    changes: Vec<LocalChange>,
    slots: Vec<Slot>,
    /// Rows of the base that stand for nothing on the server.
    absent: Vec<BaseRow>,
    summary: Summary,
}

/// A row's place in the list.
struct Slot {
    /// Its entry in the base as long as nothing is written.
    before: Option<BaseRow>,
    /// What is to stand there; `None` for a row that goes away.
    row: Option<Row>,
    /// What it says; `None` for a row that we cannot read.
    meaning: Option<Meaning>,
    /// Our account.
    account: Option<AccountId>,
    /// When we wrote it last, if it stays as it is.
    written_at: u64,
    /// It is being written again after it vanished.
    rewritten: bool,
    /// It is added behind the others.
    is_new: bool,
    /// It is over a limit: the row stays as it is on the server, and the base does not learn of it.
    is_left: bool,
}
