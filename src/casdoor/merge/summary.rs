//! What a merge did, for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Counts of what a merge did, in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Accounts that came from the server.
    pub added: usize,
    /// Accounts that were renamed there.
    pub renamed: usize,
    /// Accounts whose secret was changed there; the old version is in the bin.
    pub replaced: usize,
    /// Accounts that are no longer there.
    pub missing: usize,
    /// Accounts that are there again.
    pub found: usize,
    /// Accounts that were deleted here and came back.
    pub returned: usize,
    /// Accounts that were binned because they were deleted there.
    pub binned: usize,
    /// Accounts that both sides changed; both versions are kept.
    pub conflicts: usize,
    /// Rows that are sent for the first time, or again.
    pub sent: usize,
    /// Of those, rows that vanished right after they were written.
    pub rewritten: usize,
    /// Rows that are changed on the server.
    pub updated: usize,
    /// Rows that are taken off the server.
    pub removed: usize,
    /// Accounts that got a number because another has the same name.
    pub numbered: usize,
    /// Accounts that do not fit on the server any more.
    pub no_room: usize,
    /// Rows that stay on the server only, because the connection has reached a limit of what it may store here.
    #[serde(default)]
    pub left: usize,
    /// Rows that would be written if the connection did not only receive.
    pub held_back: usize,
    /// How much more the server's list can take, in bytes.
    pub room_left_bytes: usize,
}

impl Summary {
    /// Two merges of one sync: what came adds up, what goes is what the later one says.
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

    /// Whether the vault changes in a way that the person can see.
    pub fn is_quiet(&self) -> bool {
        self.to_string() == Self::default().to_string()
    }
}

impl fmt::Display for Summary {
    /// `2 added, 1 renamed from Casdoor; 1 sent`.
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
