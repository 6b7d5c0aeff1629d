//! Builds the list for the server, and the sync base before and after writing it, from the decisions about each row.

use std::collections::{HashMap, HashSet};

use super::{LocalChange, MAX_LIST_BYTES, MergeResult, Merger, Slot, Summary};
use crate::casdoor::row::{ListRow, MAX_ROWS, RowContent};
use crate::secret::Entropy;
use crate::vault::{BaseRow, Presence};

impl<E: Entropy> Merger<'_, E> {
    pub(super) fn finish(mut self, remote: &[ListRow]) -> MergeResult {
        if self.policy.receives_only {
            self.discard_writes();
        } else {
            self.make_keys_unique();
            self.drop_rows_without_space();
        }
        let write = self.list(remote);
        let absent = self.absent;
        let base = self.slots.iter().filter_map(Slot::unwritten).chain(absent.iter().cloned()).collect();
        let written_base = self.slots.iter().filter_map(|slot| slot.written(self.now)).chain(absent).collect();
        MergeResult { changes: self.changes, base, write, written_base, summary: self.summary }
    }

    /// Discards all writes: the rows stay as they are on the server, and the changes are sent by a later sync.
    fn discard_writes(&mut self) {
        let waiting = self.slots.iter().filter(|slot| !slot.is_untouched()).count();
        self.summary.held_back = waiting;
        for slot in &mut self.slots {
            if slot.is_new {
                slot.row = None;
            } else if !slot.is_left {
                slot.row = slot.before.as_ref().map(ListRow::from);
            }
        }
        self.summary.removed = 0;
    }

    /// Ensures that no two rows share `accountName:issuer`, by which the mobile app identifies rows. Unchanged rows
    /// keep their names; if a changed row has the same ones as an earlier row, a number is appended to its name.
    fn make_keys_unique(&mut self) {
        let mut keys = HashSet::new();
        let mut last_number: HashMap<String, u32> = HashMap::new();
        let (untouched, touched): (Vec<_>, Vec<_>) = self.slots.iter_mut().partition(|slot| slot.is_untouched());
        for slot in untouched.into_iter().chain(touched) {
            let Some(row) = &slot.row else { continue };
            if keys.insert(row.mobile_app_key()) {
                continue;
            }
            let (Some(content), Some(id)) = (&slot.content, slot.account) else { continue };
            let last = last_number.entry(row.mobile_app_key()).or_insert(1);
            let free =
                numbered(content, *last).find(|(_, numbered)| keys.insert(row.with_content(numbered).mobile_app_key()));
            if let Some((number, free)) = free {
                *last = number;
                slot.row = Some(row.with_content(&free));
                slot.content = Some(free.clone());
                self.summary.numbered = self.summary.numbered.saturating_add(1);
                self.changes.push(LocalChange::Update { id, content: free });
            }
        }
    }

    /// Removes new rows that do not fit into the server's list. A later sync sends them.
    fn drop_rows_without_space(&mut self) {
        let mut bytes =
            ListRow::list_bytes(self.slots.iter().filter(|slot| !slot.is_new).filter_map(|s| s.row.as_ref()));
        for slot in self.slots.iter_mut().filter(|slot| slot.is_new) {
            let Some(row) = &slot.row else { continue };
            // The length includes two brackets instead of one comma, so it is one byte too large.
            let more = ListRow::list_bytes(std::iter::once(row));
            if bytes.saturating_add(more) > MAX_LIST_BYTES {
                slot.row = None;
                self.summary.no_room = self.summary.no_room.saturating_add(1);
            } else {
                bytes = bytes.saturating_add(more);
                self.summary.sent = self.summary.sent.saturating_add(1);
            }
        }
        self.summary.room_left_bytes = MAX_LIST_BYTES.saturating_sub(bytes);
    }

    fn list(&mut self, remote: &[ListRow]) -> Option<Vec<ListRow>> {
        let changed = self.slots.iter().filter(|slot| !slot.is_new && slot.row.is_some() && !slot.is_untouched());
        self.summary.updated = changed.count();
        let rows = || self.slots.iter().filter_map(|slot| slot.row.as_ref());
        if !self.policy.receives_only && !rows().eq(remote) {
            return Some(rows().cloned().collect());
        }
        let bytes = ListRow::list_bytes(remote.iter());
        self.summary = Summary { room_left_bytes: MAX_LIST_BYTES.saturating_sub(bytes), ..self.summary };
        None
    }
}

/// Returns `name (2)`, `name (3)` and so on, after `last`, up to the maximum number of rows.
fn numbered(content: &RowContent, last: u32) -> impl Iterator<Item = (u32, RowContent)> {
    (last.saturating_add(1)..).take(MAX_ROWS).map(|number| {
        let name = format!("{} ({number})", content.name).trim_start().into();
        (number, RowContent { name, ..content.clone() })
    })
}

impl Slot {
    /// Returns `true` if the row stays as it is on the server.
    fn is_untouched(&self) -> bool {
        let is_same = || self.row.as_ref().zip(self.before.as_ref()).is_some_and(|(row, before)| row.is(before));
        self.is_left || (!self.is_new && is_same())
    }

    /// Returns its entry in the base before anything is written.
    fn unwritten(&self) -> Option<BaseRow> {
        match (&self.before, &self.row) {
            // If writing a vanished row again fails, the next sync decides about it again.
            (before @ Some(_), _) if self.rewritten => before.clone(),
            (_, Some(row)) if self.is_new => Some(row.to_base_row(self.account, Presence::Sending, 0)),
            (before, _) => before.clone(),
        }
    }

    /// Returns its entry in the base after the list was written and read back.
    fn written(&self, now: u64) -> Option<BaseRow> {
        match (&self.row, &self.before) {
            (_, before) if self.is_left => before.clone(),
            (Some(row), _) => {
                let written_at = if self.is_untouched() { self.written_at } else { now };
                let row = row.to_base_row(self.account, Presence::Present, written_at);
                Some(BaseRow { rewritten: self.rewritten, ..row })
            }
            (None, Some(before)) if before.presence == Presence::Removing => {
                Some(BaseRow { presence: Presence::Deleted, written_at: now, ..before.clone() })
            }
            (None, before) => before.clone(),
        }
    }
}
