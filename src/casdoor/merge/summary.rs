//! The summary of a merge, for the user.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Counts of the changes of a merge, in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Accounts that were received from the server.
    pub added: usize,
    /// Accounts that were renamed there.
    pub renamed: usize,
    /// Accounts whose secret was changed there. The old version is in the trash.
    pub replaced: usize,
    /// Accounts that are no longer there.
    pub missing: usize,
    /// Accounts that are there again.
    pub found: usize,
    /// Accounts that were deleted here and received again.
    pub returned: usize,
    /// Accounts that were moved to the trash because they were deleted there.
    pub binned: usize,
    /// Accounts that were changed on both sides. Both versions are kept.
    pub conflicts: usize,
    /// Rows that are sent for the first time, or again.
    pub sent: usize,
    /// Of those, rows that vanished right after they were written.
    pub rewritten: usize,
    /// Rows that are changed on the server.
    pub updated: usize,
    /// Rows that are removed from the server.
    pub removed: usize,
    /// Accounts that got a number because another one has the same name.
    pub numbered: usize,
    /// Accounts that no longer fit on the server.
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
    /// Combines two merges of one sync: received changes are added, and sent changes are those of the later merge.
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
            binned: sum(self.binned, later.binned),
            conflicts: sum(self.conflicts, later.conflicts),
            numbered: sum(self.numbered, later.numbered),
            ..later
        }
    }

    /// Returns `true` if the vault does not change in a way that the user can see.
    pub fn is_quiet(&self) -> bool {
        self.to_string() == Self::default().to_string()
    }
}

impl fmt::Display for Summary {
    /// Writes a text such as `2 added, 1 renamed from Casdoor; 1 sent`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = [
            (self.added, "added"),
            (self.renamed, "renamed"),
            (self.replaced, "replaced, the old one in the bin"),
            (self.missing, "no longer on Casdoor"),
            (self.found, "there again"),
            (self.returned, "returned after it was deleted here"),
            (self.binned, "deleted elsewhere, in the bin"),
            (self.conflicts, "changed on both sides, both kept"),
        ];
        let to = [
            (self.sent, "sent"),
            (self.updated, "changed there"),
            (self.removed, "deleted there"),
            (self.numbered, "numbered because the name was taken"),
            (self.no_room, "not sent, there is no room left"),
            (self.left, "left there, over this connection's limit"),
        ];
        let list = |counts: &[(usize, &str)]| {
            let said: Vec<String> =
                counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
            said.join(", ")
        };
        match (list(&from), list(&to)) {
            (from, to) if from.is_empty() && to.is_empty() => f.write_str("In step with Casdoor"),
            (from, to) if to.is_empty() => write!(f, "From Casdoor: {from}"),
            (from, to) if from.is_empty() => write!(f, "To Casdoor: {to}"),
            (from, to) => write!(f, "From Casdoor: {from}. To Casdoor: {to}"),
        }
    }
}
