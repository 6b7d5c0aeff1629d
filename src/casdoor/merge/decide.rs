//! Decides what happens to each row.

use std::collections::{HashMap, HashSet};

use super::budget::Budget;
use super::matching::{ComparableRow, secret_bytes};
use super::{
    AccountLocation, AddReason, LocalAccount, LocalChange, MergeOptions, Merger, RACE_SECONDS, Slot, Summary,
    TOMBSTONE_SECONDS,
};
use crate::casdoor::row::{ListRow, RowContent};
use crate::otp::Kind;
use crate::secret::Entropy;
use crate::vault::{AccountId, BaseRow, Presence};

impl<'a, E: Entropy> Merger<'a, E> {
    pub(super) fn new(
        base: &[BaseRow],
        local: &'a [LocalAccount],
        policy: MergeOptions,
        now: u64,
        entropy: &'a mut E,
    ) -> Self {
        let based: HashSet<AccountId> = base.iter().filter_map(|row| row.account).collect();
        let mut unlinked: HashMap<Vec<u8>, Vec<&LocalAccount>> = HashMap::new();
        for account in
            local.iter().filter(|account| account.location == AccountLocation::Here && !based.contains(&account.id))
        {
            unlinked.entry(secret_bytes(&account.content)).or_default().push(account);
        }
        Self {
            local,
            by_id: local.iter().map(|account| (account.id, account)).collect(),
            unlinked,
            policy,
            budget: Budget::new(base, local),
            now,
            entropy,
            taken: local.iter().map(|account| account.id).chain(based).collect(),
            placed: HashSet::new(),
            changes: Vec::new(),
            slots: Vec::new(),
            absent: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Handles a row of the server that is in the base.
    pub(super) fn matched(&mut self, base: &BaseRow, before: Option<&RowContent>, remote: &ComparableRow<'_>) {
        use Presence::{Deleted, Missing, Present, Removing, Sending};
        let (Some(id), Some(theirs)) = (base.account, &remote.content) else { return self.unmatched(remote) };
        let Some(account) = self.by_id.get(&id).copied() else {
            return match base.presence {
                Removing => self.remove(base, remote),
                Deleted => self.receive(id, AddReason::Returned, remote.row, theirs),
                Present | Sending | Missing => self.receive(id, AddReason::Received, remote.row, theirs),
            };
        };
        match (account.location, base.presence) {
            (AccountLocation::Here, _) => self.three_way(base, before, account, remote.row, theirs),
            (AccountLocation::InTrash { by_sync: true }, _)
            | (AccountLocation::InTrash { by_sync: false }, Missing | Deleted) => {
                if self.restore(account, None) {
                    self.three_way(base, before, account, remote.row, theirs);
                } else {
                    self.leave_on_server(Some(id), Some(base), remote.row);
                }
            }
            (AccountLocation::Elsewhere { .. }, Missing | Deleted) => {
                let copy = self.fresh_id();
                self.receive(copy, AddReason::Returned, remote.row, theirs);
            }
            (AccountLocation::Elsewhere { settled: false }, _) => self.leave(Some(id), remote.row, base.written_at),
            (AccountLocation::InTrash { .. } | AccountLocation::Elsewhere { .. }, Present | Sending | Removing) => {
                self.remove(base, remote)
            }
        }
    }

    /// Handles a row of the server that is not in the base.
    pub(super) fn unmatched(&mut self, remote: &ComparableRow<'_>) {
        let Some(theirs) = &remote.content else {
            return if self.budget.note(remote.row) {
                self.leave(None, remote.row, 0);
            } else {
                self.leave_on_server(None, None, remote.row);
            };
        };
        let own = remote.row.own_id().filter(|id| !self.placed.contains(id));
        if let Some(account) = self.unlinked_account(own, &remote.secret) {
            return self.join(account, remote.row, theirs);
        }
        match own.and_then(|id| self.by_id.get(&id).copied()) {
            Some(account)
                if matches!(account.location, AccountLocation::InTrash { .. })
                    && secret_bytes(&account.content) == remote.secret =>
            {
                if self.restore(account, Some(remote.row)) {
                    self.join(account, remote.row, theirs);
                } else {
                    self.leave_on_server(None, None, remote.row);
                }
            }
            _ => {
                let id = own.filter(|id| !self.taken.contains(id)).unwrap_or_else(|| self.fresh_id());
                self.receive(id, AddReason::Received, remote.row, theirs);
            }
        }
    }

    /// Finds the account of this connection that a new row belongs to: the one with the id in the row's `origin`, or
    /// else the only one with its secret.
    fn unlinked_account(&mut self, own: Option<AccountId>, secret: &[u8]) -> Option<&'a LocalAccount> {
        let candidates = self.unlinked.get_mut(secret)?;
        let at = match own.and_then(|id| candidates.iter().position(|account| account.id == id)) {
            Some(at) => at,
            None if candidates.len() == 1 => 0,
            None => return None,
        };
        Some(candidates.swap_remove(at))
    }

    /// Joins an account that has no base entry with its row. Uses the server's names and the larger counter.
    fn join(&mut self, account: &LocalAccount, row: &ListRow, theirs: &RowContent) {
        let mut content = theirs.clone();
        advance(&mut content, account.content.counter());
        if !self.budget.change(&account.content, None, row, &content) {
            return self.leave_on_server(Some(account.id), None, row);
        }
        self.settle(account, (row, theirs), &content, 0);
    }

    fn three_way(
        &mut self,
        base: &BaseRow,
        before: Option<&RowContent>,
        account: &LocalAccount,
        row: &ListRow,
        theirs: &RowContent,
    ) {
        let (before, ours) = (before.unwrap_or(theirs), &account.content);
        let (issuer, issuer_clash) = choose(&before.issuer, &ours.issuer, &theirs.issuer);
        let (name, name_clash) = choose(&before.name, &ours.name, &theirs.name);
        let (secret, secret_clash) = choose(&before.secret(), &ours.secret(), &theirs.secret());
        let is_clash = issuer_clash || name_clash || secret_clash;
        let is_replaced = !is_clash && secret != ours.secret();
        let mut content = RowContent { name, issuer, otp: secret };
        // The counter of a different key is irrelevant.
        let key = content.otp.key.clone();
        for version in [before, ours, theirs].into_iter().filter(|version| version.otp.key == key) {
            advance(&mut content, version.counter());
        }
        let fits = self.budget.change(ours, Some(base), row, &content)
            && (!is_clash || self.budget.add(&ListRow::of_account(account.id, ours), ours))
            && (!is_replaced || self.budget.trash_old_version(account.id, ours));
        if !fits {
            return self.leave_on_server(Some(account.id), Some(base), row);
        }
        if is_clash {
            self.keep_both(account);
        } else if is_replaced {
            self.keep_old_version(account);
        }
        self.settle(account, (row, theirs), &content, base.written_at);
    }

    /// Keeps the local version of an account, in addition to the server's version that replaces it.
    fn keep_both(&mut self, account: &LocalAccount) {
        let id = self.fresh_id();
        let (content, reason) = (account.content.clone(), AddReason::Conflict(account.id));
        self.changes.push(LocalChange::Add { id, content: content.clone(), reason });
        self.summary.conflicts = self.summary.conflicts.saturating_add(1);
        self.send(id, ListRow::of_account(id, &content), content, None);
    }

    fn keep_old_version(&mut self, account: &LocalAccount) {
        let id = self.fresh_id();
        self.changes.push(LocalChange::Add {
            id,
            content: account.content.clone(),
            reason: AddReason::Replaced(account.id),
        });
        self.summary.replaced = self.summary.replaced.saturating_add(1);
    }

    /// Keeps the row of an account, with `content` on both sides.
    fn settle(
        &mut self,
        account: &LocalAccount,
        (row, theirs): (&ListRow, &RowContent),
        content: &RowContent,
        written_at: u64,
    ) {
        if *content != account.content {
            if content.name != account.content.name || content.issuer != account.content.issuer {
                self.summary.renamed = self.summary.renamed.saturating_add(1);
            }
            self.changes.push(LocalChange::Update { id: account.id, content: content.clone() });
        }
        if account.missing && account.location == AccountLocation::Here {
            self.summary.found = self.summary.found.saturating_add(1);
            self.changes.push(LocalChange::Found { id: account.id });
        }
        let mut slot = Slot::unchanged(Some(account.id), row, Some(content), written_at);
        if content != theirs {
            slot.row = Some(row.with_content(content));
        }
        self.place(slot);
    }

    fn receive(&mut self, id: AccountId, reason: AddReason, row: &ListRow, content: &RowContent) {
        if !self.budget.add(row, content) {
            return self.leave_on_server(None, None, row);
        }
        let count = match reason {
            AddReason::Returned => &mut self.summary.returned,
            _ => &mut self.summary.added,
        };
        *count = count.saturating_add(1);
        self.taken.insert(id);
        self.changes.push(LocalChange::Add { id, content: content.clone(), reason });
        self.place(Slot::unchanged(Some(id), row, Some(content), 0));
    }

    /// Takes an account out of the trash if there is room for it. It is marked as returned if the user had deleted it.
    fn restore(&mut self, account: &LocalAccount, row: Option<&ListRow>) -> bool {
        if !self.budget.restore(&account.content, row, account.trashed_here) {
            return false;
        }
        let returned = account.location == AccountLocation::InTrash { by_sync: false };
        let count = if returned { &mut self.summary.returned } else { &mut self.summary.found };
        *count = count.saturating_add(1);
        self.changes.push(LocalChange::Restore { id: account.id, returned });
        true
    }

    /// Leaves a row unchanged on the server.
    fn leave(&mut self, account: Option<AccountId>, row: &ListRow, written_at: u64) {
        self.place(Slot::unchanged(account, row, None, written_at));
    }

    /// Leaves a row, or a new version of one, that exceeds a limit: it stays unchanged on the server, and the vault
    /// does not change.
    fn leave_on_server(&mut self, account: Option<AccountId>, base: Option<&BaseRow>, row: &ListRow) {
        self.summary.left = self.summary.left.saturating_add(1);
        self.place(Slot {
            before: base.cloned(),
            row: Some(row.clone()),
            content: None,
            account,
            written_at: 0,
            rewritten: false,
            is_new: false,
            is_left: true,
        });
    }

    /// Handles a row that was deleted here.
    fn remove(&mut self, base: &BaseRow, remote: &ComparableRow<'_>) {
        self.summary.removed = self.summary.removed.saturating_add(1);
        let mut slot = Slot::unchanged(base.account, remote.row, None, base.written_at);
        if let Some(before) = &mut slot.before {
            before.presence = Presence::Removing;
        }
        slot.row = None;
        self.place(slot);
    }

    fn place(&mut self, slot: Slot) {
        self.placed.extend(slot.account);
        self.slots.push(slot);
    }

    /// Handles a row of the base that the server does not have.
    pub(super) fn vanished(&mut self, base: &BaseRow, before: Option<&RowContent>) {
        use Presence::{Deleted, Missing, Present, Removing, Sending};
        // A row that was never read as an account can be dropped, because it was not deleted here.
        let Some(id) = base.account else { return };
        let Some(before) = before else { return self.expire_tombstone(base) };
        let Some(account) = self.by_id.get(&id).copied() else {
            return match base.presence {
                Removing | Deleted => self.expire_tombstone(base),
                Present | Sending | Missing => self.restore_from_base(base, id, before),
            };
        };
        match (account.location, base.presence) {
            (AccountLocation::Here, Present) => self.removed_elsewhere(base, before, account),
            (AccountLocation::Here, Missing) if account.missing => self.set_absent(base, Missing),
            (AccountLocation::Here, Sending | Missing | Deleted | Removing) => self.send_again(base, account),
            (AccountLocation::InTrash { by_sync: true } | AccountLocation::Elsewhere { settled: false }, _) => {
                self.set_absent(base, Missing)
            }
            (AccountLocation::InTrash { .. } | AccountLocation::Elsewhere { .. }, _) => self.expire_tombstone(base),
        }
    }

    /// Handles a row that vanished from the server and was not deleted here.
    fn removed_elsewhere(&mut self, base: &BaseRow, before: &RowContent, account: &LocalAccount) {
        let soon = base.written_at > 0 && self.now.abs_diff(base.written_at) <= RACE_SECONDS;
        if soon && !base.rewritten && !self.policy.receives_only {
            self.summary.rewritten = self.summary.rewritten.saturating_add(1);
            let row = ListRow::from(base).with_content(&account.content);
            self.send(account.id, row, account.content.clone(), Some(base.clone()));
            if let Some(slot) = self.slots.last_mut() {
                slot.rewritten = true;
            }
        } else if self.policy.follows_deletions && *before == account.content && self.budget.trash(before) {
            self.summary.trashed = self.summary.trashed.saturating_add(1);
            self.changes.push(LocalChange::MoveToTrash { id: account.id });
            self.set_absent(base, Presence::Missing);
        } else {
            self.summary.missing = self.summary.missing.saturating_add(1);
            self.changes.push(LocalChange::Missing { id: account.id });
            self.set_absent(base, Presence::Missing);
        }
    }

    /// Sends a row again because the user has restored it or because it never reached the server.
    fn send_again(&mut self, base: &BaseRow, account: &LocalAccount) {
        let row = ListRow::from(base).with_content(&account.content);
        self.send(account.id, row, account.content.clone(), Some(base.clone()));
    }

    /// Restores an account from the base if the document lost it (an older copy was restored) and the server does not
    /// have it.
    fn restore_from_base(&mut self, base: &BaseRow, id: AccountId, before: &RowContent) {
        self.summary.missing = self.summary.missing.saturating_add(1);
        self.changes.push(LocalChange::Add { id, content: before.clone(), reason: AddReason::OnlyInBase });
        self.set_absent(base, Presence::Missing);
    }

    fn expire_tombstone(&mut self, base: &BaseRow) {
        if base.presence != Presence::Deleted {
            self.absent.push(BaseRow { presence: Presence::Deleted, written_at: self.now, ..base.clone() });
        } else if self.now.saturating_sub(base.written_at) < TOMBSTONE_SECONDS {
            self.absent.push(base.clone());
        }
    }

    fn set_absent(&mut self, base: &BaseRow, presence: Presence) {
        self.absent.push(BaseRow { presence, ..base.clone() });
    }

    /// Sends the accounts of this connection that were never on its server.
    pub(super) fn send_new(&mut self) {
        let mut new: Vec<&LocalAccount> = self.unlinked.values().flatten().copied().filter(|a| !a.missing).collect();
        let order: HashMap<AccountId, usize> = self.local.iter().enumerate().map(|(at, a)| (a.id, at)).collect();
        new.sort_by_key(|account| order.get(&account.id));
        for account in new {
            self.send(account.id, ListRow::of_account(account.id, &account.content), account.content.clone(), None);
        }
    }

    fn send(&mut self, id: AccountId, row: ListRow, content: RowContent, before: Option<BaseRow>) {
        let slot = Slot { before, is_new: true, ..Slot::unchanged(Some(id), &row, Some(&content), 0) };
        self.place(slot);
    }

    fn fresh_id(&mut self) -> AccountId {
        let id = AccountId::generate(self.entropy);
        self.taken.insert(id);
        id
    }
}

/// Returns the version of a field that was changed. If both were changed, returns the server's version and reports a
/// conflict.
fn choose<T: Clone + PartialEq>(before: &T, ours: &T, theirs: &T) -> (T, bool) {
    if ours == theirs || before == theirs { (ours.clone(), false) } else { (theirs.clone(), before != ours) }
}

fn advance(content: &mut RowContent, counter: Option<u64>) {
    if let Kind::Hotp { counter: own } = &mut content.otp.kind {
        *own = (*own).max(counter.unwrap_or(0));
    }
}

impl Slot {
    /// Returns the slot of a row that is on the server, before any change to it.
    fn unchanged(account: Option<AccountId>, row: &ListRow, content: Option<&RowContent>, written_at: u64) -> Self {
        Self {
            before: Some(row.to_base_row(account, Presence::Present, written_at)),
            row: Some(row.clone()),
            content: content.cloned(),
            account,
            written_at,
            rewritten: false,
            is_new: false,
            is_left: false,
        }
    }
}
