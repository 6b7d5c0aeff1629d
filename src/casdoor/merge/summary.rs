//! The summary of a merge, for the user.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::message;
use crate::message::Message;

/// Counts of the changes of a merge, in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Accounts that were received from the server.
    pub added: usize,
    /// Accounts that were renamed on the server.
    pub renamed: usize,
    /// Accounts whose secret was changed on the server. The old version is in the trash.
    pub replaced: usize,
    /// Accounts that are no longer on the server's list.
    pub missing: usize,
    /// Accounts that are on the server's list again.
    pub found: usize,
    /// Accounts that were deleted on this device and received again.
    pub returned: usize,
    /// Accounts that were moved to the trash because another client deleted them on the server.
    pub trashed: usize,
    /// Accounts that were changed on both sides. Both versions are kept.
    pub conflicts: usize,
    /// The number of rows that are sent to the server, for the first time or again.
    pub sent: usize,
    /// The rows in `sent` that are sent again because they vanished right after they were written.
    pub rewritten: usize,
    /// Rows that are changed on the server.
    pub updated: usize,
    /// Rows that are removed from the server.
    pub removed: usize,
    /// Accounts to whose names a number was appended because another account has the same ones.
    pub numbered: usize,
    /// Accounts that were not uploaded because the server's list is full.
    pub no_room: usize,
    /// Rows that are not downloaded, because the connection has reached a limit of what it may store here.
    #[serde(default)]
    pub left: usize,
    /// Rows that would be written if the connection were not receive-only.
    pub held_back: usize,
    /// The space left in the server's list, in bytes.
    pub room_left_bytes: usize,
}

impl Summary {
    /// Combines two merges of one sync: adds up the received changes, and uses the sent changes of the later merge.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let sum = |a: usize, b: usize| a.saturating_add(b);
        Self {
            added: sum(self.added, later.added),
            renamed: sum(self.renamed, later.renamed),
            replaced: sum(self.replaced, later.replaced),
            missing: sum(self.missing, later.missing),
            found: sum(self.found, later.found),
            returned: sum(self.returned, later.returned),
            trashed: sum(self.trashed, later.trashed),
            conflicts: sum(self.conflicts, later.conflicts),
            numbered: sum(self.numbered, later.numbered),
            ..later
        }
    }

    /// Returns `true` if no change is visible to the user.
    pub fn is_quiet(&self) -> bool {
        self.received().is_empty() && self.sent_there().is_empty()
    }
}

impl Summary {
    /// Returns the changes that were received from the server, as list items.
    fn received(&self) -> Vec<Message> {
        let counts = [
            (self.added, message!("sync_added", self.added)),
            (self.renamed, message!("sync_renamed", self.renamed)),
            (self.replaced, message!("sync_replaced", self.replaced)),
            (self.missing, message!("sync_missing", self.missing)),
            (self.found, message!("sync_found", self.found)),
            (self.returned, message!("sync_returned", self.returned)),
            (self.trashed, message!("sync_trashed", self.trashed)),
            (self.conflicts, message!("sync_conflicts", self.conflicts)),
        ];
        nonzero(counts)
    }

    /// Returns the changes that were sent to the server, and those that could not be, as list items.
    fn sent_there(&self) -> Vec<Message> {
        let counts = [
            (self.sent, message!("sync_sent", self.sent)),
            (self.updated, message!("sync_updated", self.updated)),
            (self.removed, message!("sync_removed", self.removed)),
            (self.numbered, message!("sync_numbered", self.numbered)),
            (self.no_room, message!("sync_no_room", self.no_room)),
            (self.left, message!("sync_left", self.left)),
        ];
        nonzero(counts)
    }

    /// Returns the message for the user, e.g. "From Casdoor: 2 added, 1 renamed. To Casdoor: 1 sent".
    pub fn message(&self) -> Message {
        let (received, sent) = (self.received(), self.sent_there());
        match (received.is_empty(), sent.is_empty()) {
            (true, true) => message!("sync_done"),
            (false, true) => message!("sync_from", received),
            (true, false) => message!("sync_to", sent),
            (false, false) => message!("sync_from_and_to", received, sent),
        }
    }
}

/// Returns the messages whose count is not 0.
fn nonzero<const N: usize>(counts: [(usize, Message); N]) -> Vec<Message> {
    counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, message)| message).collect()
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(formatter)
    }
}
