//! Detects stored data that is damaged or older than the last write. The vault opens anyway, and the user is told.
//!
//! | problem | detected by | reaction |
//! |---|---|---|
//! | the state is damaged | its authentication tag | it is set aside; counters come from their copies |
//! | the state is old | a copy of the counters that was written after it | the larger counters are used |
//! | the vault is old | its revision, which another database also contains | none: the user decides |
//!
//! Tokens and sync bases that are lost with a damaged state are restored by signing in and syncing.
//!
//! The counters are stored three times: in the state, in a copy that is sealed separately, and with the accounts in
//! each copy of the document. The largest value is used.

use crate::app::protocol::Screen;
use crate::app::session::Session;
use crate::app::storage_keys::{IndexedDbKey, LocalKey};
use crate::app::{App, AppError, Platform, VERSION, account_list};
use crate::secret::Entropy;
use crate::vault::{Area, Change, CounterCopy, State, StorageProblem, Store, VaultCopies, VaultKey};

impl<P: Platform> App<P> {
    /// Returns the state with the largest counters. Replaces a missing or damaged state with an empty one, and reports
    /// it.
    pub(in crate::app) async fn load_state(&self, key: &VaultKey) -> Result<State, AppError> {
        let keys = [LocalKey::State, LocalKey::Counters, LocalKey::DamagedState].map(LocalKey::name);
        let mut texts = self.store.load(Area::Local, &keys).await?.into_iter();
        let (text, copy) = (texts.next().flatten(), texts.next().flatten());
        let copy = copy.and_then(|copy| CounterCopy::open(&copy, key).ok()).unwrap_or_default();
        if let Some(mut state) = text.as_deref().and_then(|text| State::open(text, key).ok()) {
            if copy.writes > state.writes {
                state.problems.insert(StorageProblem::StateOld);
                state.advance(&copy.counters);
                state.writes = copy.writes;
            }
            return Ok(state);
        }
        let mut state = State { writes: copy.writes, counters: copy.counters, ..State::default() };
        state.problems.insert(StorageProblem::StateDamaged);
        // Only the first damaged state is set aside, because later ones contain only what could be recovered from it.
        let is_first = texts.next().flatten().is_none();
        let mut changes = self.state_changes(&mut state, key)?;
        changes.extend(text.filter(|_| is_first).map(|text| (LocalKey::DamagedState.name(), Some(text))));
        self.store.commit(Area::Local, changes).await?;
        Ok(state)
    }

    /// Returns the changes that write the state and the copy of its counters.
    pub(in crate::app) fn state_changes(&self, state: &mut State, key: &VaultKey) -> Result<Vec<Change>, AppError> {
        state.writes = state.writes.saturating_add(1);
        if state.known_version.is_empty() {
            state.known_version = VERSION.to_owned();
        }
        sealed_state(state, key, &mut *self.entropy.borrow_mut())
    }

    /// Detects a vault or a state that is older than the last one written in this browser.
    pub(in crate::app) async fn compare_with_written(&self, session: &mut Session) -> Result<(), AppError> {
        // Without the second database, an old vault goes undetected, but nothing is lost.
        let texts = self.store.load(Area::IndexedDb, &[IndexedDbKey::Written.name()]).await.unwrap_or_default();
        let written = texts.into_iter().flatten().next();
        let Some((revision, writes)) = written.as_deref().and_then(parse_revisions) else { return Ok(()) };
        let is_old = newest(&session.copies) < revision;
        let state = &mut session.state;
        let is_known = state.problems.contains(&StorageProblem::StateOld)
            || state.problems.contains(&StorageProblem::StateDamaged);
        if !is_old && (state.writes >= writes || is_known) {
            return Ok(());
        }
        state.problems.insert(if is_old { StorageProblem::VaultOld } else { StorageProblem::StateOld });
        state.writes = state.writes.max(writes);
        // The warning is stored before the record of the last write is updated, so that it is shown until the user
        // dismisses it.
        let changes = self.state_changes(&mut session.state, &session.key)?;
        self.store.commit(Area::Local, changes).await?;
        self.record_write(session).await;
        Ok(())
    }

    /// Records the last write in the second database.
    pub(in crate::app) async fn record_write(&self, session: &Session) {
        let text = format!("{} {}", newest(&session.copies), session.state.writes);
        // The vault is already saved. Without the record, only a later rollback would go undetected.
        let _ = self.store.commit(Area::IndexedDb, vec![(IndexedDbKey::Written.name(), Some(text))]).await;
    }

    /// Dismisses a warning about stored data.
    pub(in crate::app) async fn dismiss(&self, problem: StorageProblem, now: u64) -> Result<Screen, AppError> {
        let account_list = self.change_state(now, |session| {
            session.state.problems.remove(&problem);
            Ok(account_list::complete(session, None, now))
        });
        Ok(Screen::AccountList(account_list.await?))
    }

    /// Dismisses the notice that the extension was updated.
    pub(in crate::app) async fn dismiss_update(&self, now: u64) -> Result<Screen, AppError> {
        let account_list = self.change_state(now, |session| {
            VERSION.clone_into(&mut session.state.known_version);
            Ok(account_list::complete(session, None, now))
        });
        Ok(Screen::AccountList(account_list.await?))
    }
}

/// Seals the state and the copy of its counters.
pub(in crate::app) fn sealed_state(
    state: &State,
    key: &VaultKey,
    entropy: &mut impl Entropy,
) -> Result<Vec<Change>, AppError> {
    Ok(vec![
        (LocalKey::State.name(), Some(state.seal(key, entropy)?)),
        (LocalKey::Counters.name(), Some(state.seal_counters(key, entropy)?)),
    ])
}

fn newest(copies: &VaultCopies) -> u64 {
    copies.iter().map(|(_, envelope)| envelope.revision()).max().unwrap_or(0)
}

fn parse_revisions(text: &str) -> Option<(u64, u64)> {
    let (revision, writes) = text.split_once(' ')?;
    Some((revision.parse().ok()?, writes.parse().ok()?))
}
