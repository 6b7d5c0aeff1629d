//! Loads and saves the unlocked vault.

use async_lock::MutexGuard;
use serde::{Deserialize, Serialize};

use crate::app::policy::Policy;
use crate::app::protocol::Phase;
use crate::app::storage_keys::{LocalKey, SessionKey};
use crate::app::{App, AppError, Platform};
use crate::casdoor;
use crate::otp::Kind;
use crate::secret::Secret;
use crate::vault::{
    Account, Area, Change, Envelope, KeySlot, State, Store, Vault, VaultCopies, VaultCopy, VaultError, VaultKey,
};

/// An unlocked vault. All of it can be loaded from storage again.
pub(in crate::app) struct Session {
    pub(in crate::app) key: VaultKey,
    pub(in crate::app) slots: Vec<KeySlot>,
    pub(in crate::app) copies: VaultCopies,
    pub(in crate::app) vault: Vault,
    pub(in crate::app) state: State,
    pub(in crate::app) lock_at: u64,
    /// The organization's policy when the session was loaded. It has been applied to the vault.
    pub(in crate::app) policy: Policy,
}

impl Session {
    /// Returns the counter of a HOTP account's next code, which never decreases; `None` for other accounts.
    pub(in crate::app) fn counter(&self, account: &Account) -> Option<u64> {
        let Kind::Hotp { counter } = account.otp.kind else { return None };
        Some(self.state.counters.get(&account.id).map_or(counter, |known| counter.max(*known)))
    }

    /// Replaces the settings that the organization's policy decides.
    pub(in crate::app) fn enforce(&mut self) {
        let has_password = self.has_password();
        self.policy.apply(&mut self.vault, has_password);
    }

    /// Returns `true` if a password opens the vault, and `false` if this device opens it without asking.
    pub(in crate::app) fn has_password(&self) -> bool {
        self.slots.iter().any(KeySlot::is_password)
    }
}

#[derive(Serialize, Deserialize)]
struct Unlocked {
    key: String,
    lock_at: u64,
}

/// The session behind its locked mutex, so that changes are made one at a time.
pub(in crate::app) struct Open<'a>(MutexGuard<'a, Option<Session>>);

impl Open<'_> {
    /// Returns the session.
    ///
    /// # Errors
    /// [`AppError::Locked`], which cannot happen in practice, because an `Open` is only created for an unlocked
    /// session.
    pub(in crate::app) fn session(&mut self) -> Result<&mut Session, AppError> {
        self.0.as_mut().ok_or(AppError::Locked)
    }

    /// Discards a session that was partly changed, so that the next one is loaded from storage.
    pub(in crate::app) fn discard(&mut self) {
        *self.0 = None;
    }

    /// Returns the previous session, if any, before a new one replaces it.
    pub(in crate::app) fn previous_session(&mut self) -> Option<&mut Session> {
        self.0.as_mut()
    }
}

impl<P: Platform> App<P> {
    /// Returns the unlocked session, and loads it first if the worker has just started.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoVault`], [`AppError::Store`], and [`AppError::PasswordRequired`] until a
    /// vault without a password has one.
    pub(in crate::app) async fn open(&self, now: u64) -> Result<Open<'_>, AppError> {
        let mut open = self.open_without_password(now).await?;
        let session = open.session()?;
        session.policy.check_has_password(session.has_password())?;
        Ok(open)
    }

    /// Returns the unlocked session like [`App::open`], even if the policy requires a password and the vault has none.
    /// Setting the first password needs this.
    pub(in crate::app) async fn open_without_password(&self, now: u64) -> Result<Open<'_>, AppError> {
        let mut guard = self.session.lock().await;
        if guard.as_ref().is_some_and(|session| self.is_over(session, now)) {
            *guard = None;
            self.forget_key().await?;
        }
        if guard.is_none() {
            *guard = Some(self.load_session(now).await?);
        }
        Ok(Open(guard))
    }

    /// Locks the session's mutex for starting a new session, so that no other change happens between reading and
    /// writing. `since` is the value of `locks` when the request arrived.
    ///
    /// # Errors
    /// [`AppError::Locked`] if the vault was locked since then.
    pub(in crate::app) async fn lock_session(&self, since: u64) -> Result<Open<'_>, AppError> {
        let guard = self.session.lock().await;
        if self.locks.get() == since { Ok(Open(guard)) } else { Err(AppError::Locked) }
    }

    async fn load_session(&self, now: u64) -> Result<Session, AppError> {
        let names = [SessionKey::Unlocked, SessionKey::AwakeAt].map(SessionKey::name);
        let mut stored = self.store.load(Area::Session, &names).await?;
        let awake_at = stored.pop().flatten();
        self.awake_at.set(awake_at.and_then(|seconds| seconds.parse().ok()));
        let unlocked = stored.pop().flatten().map(Secret::new);
        let Some(unlocked) = unlocked else { return self.without_key().await };
        let unlocked: Unlocked = serde_json::from_str(unlocked.expose()).map_err(|_| AppError::Locked)?;
        if now >= unlocked.lock_at || self.has_slept(now) {
            self.forget_key().await?;
            return Err(AppError::Locked);
        }
        let key = VaultKey::from_text(Secret::new(unlocked.key).expose())?;
        match self.session_with(key, unlocked.lock_at).await {
            Ok(session) => self.limit_lock_time(session, now).await,
            // The vault may have a new key instead of being damaged, so the old key is deleted and the password asked
            // for first.
            Err(AppError::Vault(VaultError::Damaged)) => {
                self.forget_key().await?;
                self.without_key().await
            }
            found => found,
        }
    }

    /// Shortens the time until a session locks, if it began before the policy that limits it.
    async fn limit_lock_time(&self, mut session: Session, now: u64) -> Result<Session, AppError> {
        let latest = now.saturating_add(session.vault.settings.lock_after_seconds);
        if session.has_password() && session.policy.auto_lock_minutes.is_some() && session.lock_at > latest {
            session.lock_at = latest;
            self.store_key(&session).await?;
        }
        Ok(session)
    }

    /// Opens a vault whose key is not in session memory. Only the device key may do this without asking the user.
    async fn without_key(&self) -> Result<Session, AppError> {
        let copies = self.load_copies().await?;
        match copies.iter().next() {
            None => Err(AppError::NoVault),
            Some(_) if is_device_only(&copies) => self.open_by_device(&copies).await,
            Some(_) => Err(AppError::Locked),
        }
    }

    /// Opens the latest copy of the vault and its state with a key.
    pub(in crate::app) async fn session_with(&self, key: VaultKey, lock_at: u64) -> Result<Session, AppError> {
        let copies = self.load_copies().await?;
        let last = copies.envelope(VaultCopy::Last).ok_or(VaultError::Damaged)?;
        let (vault, slots) = (last.open(&key)?, last.slots().to_vec());
        let state = self.load_state(&key).await?;
        let policy = self.policy().await;
        let mut session = Session { key, slots, copies, vault, state, lock_at, policy };
        session.enforce();
        self.compare_with_written(&mut session).await?;
        Ok(session)
    }

    pub(in crate::app) async fn load_copies(&self) -> Result<VaultCopies, AppError> {
        let texts = self.store.load(Area::Local, &VaultCopy::ALL.map(VaultCopy::key)).await?;
        Ok(VaultCopies::from_texts(&texts))
    }

    /// Returns `true` if a vault is stored, readable or not.
    pub(in crate::app) async fn has_vault(&self) -> Result<bool, AppError> {
        let texts = self.store.load(Area::Local, &VaultCopy::ALL.map(VaultCopy::key)).await?;
        Ok(texts.iter().any(Option::is_some))
    }

    /// Returns `true` if a newer version of the extension wrote the latest copy. That is not damage, so older copies
    /// are not offered.
    pub(in crate::app) async fn is_newer(&self) -> Result<bool, AppError> {
        let last = self.store.load(Area::Local, &[VaultCopy::Last.key()]).await?.pop().flatten();
        Ok(last.is_some_and(|text| Envelope::from_text(&text) == Err(VaultError::Newer)))
    }

    /// Replaces the previous session, and stores the key in session memory.
    pub(in crate::app) async fn begin(&self, held: &mut Open<'_>, session: Session) -> Result<(), AppError> {
        self.store_key(&session).await?;
        *held.0 = Some(session);
        Ok(())
    }

    /// Stores the key in session memory, with the time at which it is deleted. The rule for absence is derived again.
    pub(in crate::app) async fn store_key(&self, session: &Session) -> Result<(), AppError> {
        let unlocked = Unlocked { key: session.key.to_text().expose().clone(), lock_at: session.lock_at };
        let text = serde_json::to_string(&unlocked).map_err(|_| VaultError::Damaged)?;
        let changes = vec![(SessionKey::Unlocked.name(), Some(text)), (SessionKey::AbsenceRule.name(), None)];
        self.store.commit(Area::Session, changes).await?;
        self.store_phase(if session.has_password() { Phase::Locked } else { Phase::Device }).await
    }

    /// Stores the vault's phase for the first frame of the next popup.
    async fn store_phase(&self, phase: Phase) -> Result<(), AppError> {
        Ok(self.store.commit(Area::Local, vec![(LocalKey::Phase.name(), Some(phase.name().into()))]).await?)
    }

    /// Stores the phase of an extension without a vault, unless it is already stored.
    pub(in crate::app) async fn store_no_vault_phase(&self) -> Result<(), AppError> {
        let noted = self.store.load(Area::Local, &[LocalKey::Phase.name()]).await?.pop().flatten();
        let phase = if self.policy().await.servers.is_empty() { Phase::New } else { Phase::Managed };
        if noted.as_deref() == Some(phase.name()) { Ok(()) } else { self.store_phase(phase).await }
    }

    /// Seals the document as a new copy, seals the state, stores both in one write, and repaints the account list. If
    /// the write fails, the session is discarded and loaded again, so that memory never differs from storage.
    pub(in crate::app) async fn save(&self, open: &mut Open<'_>, now: u64) -> Result<(), AppError> {
        let (copies, changes) = match self.sealed(open.session()?, now) {
            Ok(sealed) => sealed,
            Err(error) => {
                open.discard();
                return Err(error);
            }
        };
        if let Err(error) = self.store.commit(Area::Local, changes).await {
            open.discard();
            return Err(error.into());
        }
        let session = open.session()?;
        session.copies = copies;
        self.record_write(session).await;
        self.paint(session, now).await
    }

    /// Seals the document as a new copy and the state, and returns all copies and the changes to write.
    fn sealed(&self, session: &mut Session, now: u64) -> Result<(VaultCopies, Vec<Change>), AppError> {
        for expired in session.vault.expire_trash(now, &session.copies) {
            casdoor::forget(&mut session.state, expired);
        }
        session.vault.keep_counters(&session.state.counters);
        let revision = session.copies.iter().map(|(_, envelope)| envelope.revision()).max().unwrap_or(0);
        let envelope = Envelope::seal(
            &session.vault,
            &session.key,
            session.slots.clone(),
            revision.saturating_add(1),
            now,
            &mut *self.entropy.borrow_mut(),
        )?;
        let copies = session.copies.clone().push(envelope);
        let mut changes = copy_changes(&copies)?;
        changes.extend(self.state_changes(&mut session.state, &session.key)?);
        let settings = &session.vault.settings;
        changes.extend([
            (LocalKey::Theme.name(), Some(settings.theme.name().to_owned())),
            (LocalKey::TextSize.name(), Some(settings.text_size_percent.to_string())),
            (LocalKey::Density.name(), Some(settings.density.name().to_owned())),
        ]);
        Ok((copies, changes))
    }

    /// Writes only the state: tokens, sync bases and counters.
    pub(in crate::app) async fn save_state(&self, open: &mut Open<'_>) -> Result<(), AppError> {
        let session = open.session()?;
        let changes = self.state_changes(&mut session.state, &session.key)?;
        if let Err(error) = self.store.commit(Area::Local, changes).await {
            *open.0 = None;
            return Err(error.into());
        }
        self.record_write(open.session()?).await;
        Ok(())
    }

    pub(in crate::app) async fn forget_key(&self) -> Result<(), AppError> {
        let keys = [
            SessionKey::Unlocked.name(),
            SessionKey::AccountList.name(),
            SessionKey::FirstFrame.name(),
            SessionKey::ScanResults.name(),
            SessionKey::AwakeAt.name(),
            SessionKey::AbsenceRule.name(),
        ];
        self.awake_at.set(None);
        Ok(self.store.commit(Area::Session, keys.map(|key| (key, None)).to_vec()).await?)
    }
}

/// Returns `true` if the vault has no password. Returns `false` if there is no vault.
pub(in crate::app) fn is_device_only(copies: &VaultCopies) -> bool {
    copies.iter().next().is_some_and(|(_, newest)| !newest.has_password())
}

/// Returns the changes that write all saved copies at once.
pub(in crate::app) fn copy_changes(copies: &VaultCopies) -> Result<Vec<Change>, AppError> {
    let texts = VaultCopy::ALL.map(|copy| {
        let text = copies.envelope(copy).map(Envelope::to_text).transpose();
        text.map(|text| (copy.key(), text))
    });
    Ok(texts.into_iter().collect::<Result<_, _>>()?)
}
