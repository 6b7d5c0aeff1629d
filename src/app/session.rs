//! The open vault while it is unlocked, and how it is loaded and written.

use async_lock::MutexGuard;
use serde::{Deserialize, Serialize};

use crate::app::board;
use crate::app::protocol::{Board, Message, Phase, Reply, Screen};
use crate::app::vault::device_key::is_device_only;
use crate::app::{App, AppError, DeriveKey};
use crate::casdoor::Http;
use crate::secret::{Entropy, Secret};
use crate::vault::{
    Area, Change, Envelope, Generation, Generations, KeySlot, State, Store, Vault, VaultError, VaultKey,
};

/// Session key: the vault key and when it is forgotten. In memory, trusted contexts only.
const UNLOCKED: &str = "unlocked";
/// Session key: the board for the popup's first paint.
const BOARD: &str = "board";
/// Session key: how the popup drew the list, for the frame before its wasm is compiled.
const LOOK: &str = "look";
/// Session key: what the context menu or a shortcut left to the popup, which may hold a secret.
pub const WISH: &str = "wish";
/// Local key: the [`Phase`], so that the popup can draw before the worker is awake.
pub(in crate::app) const PHASE: &str = "phase";
/// Local key: the name of the theme, so that pages have their colours before the vault is open.
pub(in crate::app) const THEME: &str = "theme";
/// Local key: tokens, bases, counters.
pub(in crate::app) const STATE: &str = "state";

/// What is known while the vault is unlocked. All of it can be loaded again.
pub(in crate::app) struct Session {
    pub(in crate::app) key: VaultKey,
    pub(in crate::app) slots: Vec<KeySlot>,
    pub(in crate::app) generations: Generations,
    pub(in crate::app) vault: Vault,
    pub(in crate::app) state: State,
    pub(in crate::app) lock_at: u64,
    /// An administrator forbids that accounts leave.
    pub(in crate::app) exports_forbidden: bool,
}

impl Session {
    /// Whether a password opens the vault; otherwise this device does, without a question.
    pub(in crate::app) fn has_password(&self) -> bool {
        self.slots.iter().any(KeySlot::is_password)
    }
}

#[derive(Serialize, Deserialize)]
struct Unlocked {
    key: String,
    lock_at: u64,
}

/// The guard of an unlocked session: changes go through it one at a time.
pub(in crate::app) struct Open<'a>(MutexGuard<'a, Option<Session>>);

impl Open<'_> {
    /// The session.
    ///
    /// # Errors
    /// [`AppError::Locked`] never in practice: an `Open` is only made of an unlocked session.
    pub(in crate::app) fn session(&mut self) -> Result<&mut Session, AppError> {
        self.0.as_mut().ok_or(AppError::Locked)
    }

    /// Forgets a session that was changed halfway: the next one is loaded from what was saved.
    pub(in crate::app) fn discard(&mut self) {
        *self.0 = None;
    }

    /// The session that is there while another one is about to be begun.
    pub(in crate::app) fn held(&mut self) -> Option<&mut Session> {
        self.0.as_mut()
    }
}

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// The unlocked session, loaded if this worker has just started.
    pub(in crate::app) async fn open(&self, now: u64) -> Result<Open<'_>, AppError> {
        let mut guard = self.session.lock().await;
        if guard.as_ref().is_some_and(|session| now >= session.lock_at) {
            *guard = None;
            self.forget_key().await?;
        }
        if guard.is_none() {
            *guard = Some(self.load_session(now).await?);
        }
        Ok(Open(guard))
    }

    /// The guard alone, to begin a session in: nothing that is read and written while it is held falls between others'
    /// changes. `since` is what `locks` was when the person asked.
    ///
    /// # Errors
    /// [`AppError::Locked`] where the vault was told to lock since then.
    pub(in crate::app) async fn hold(&self, since: u64) -> Result<Open<'_>, AppError> {
        let guard = self.session.lock().await;
        if self.locks.get() == since { Ok(Open(guard)) } else { Err(AppError::Locked) }
    }

    async fn load_session(&self, now: u64) -> Result<Session, AppError> {
        let unlocked = self.store.load(Area::Session, &[UNLOCKED]).await?.pop().flatten().map(Secret::new);
        let Some(unlocked) = unlocked else { return self.without_key().await };
        let unlocked: Unlocked = serde_json::from_str(unlocked.expose()).map_err(|_| AppError::Locked)?;
        if now >= unlocked.lock_at {
            self.forget_key().await?;
            return Err(AppError::Locked);
        }
        let key = VaultKey::from_text(Secret::new(unlocked.key).expose())?;
        match self.session_with(key, unlocked.lock_at).await {
            // A key that opens nothing is no sign of damage: the one that does is asked for first.
            Err(AppError::Vault(VaultError::Damaged)) => {
                self.forget_key().await?;
                self.without_key().await
            }
            found => found,
        }
    }

    /// The session of a vault whose key is not in the session's memory: only the device may open it unasked.
    async fn without_key(&self) -> Result<Session, AppError> {
        let generations = self.load_generations().await?;
        match generations.iter().next() {
            None => Err(AppError::NoVault),
            Some(_) if is_device_only(&generations) => self.open_by_device(&generations).await,
            Some(_) => Err(AppError::Locked),
        }
    }

    /// Opens the last generation and the state with a key.
    pub(in crate::app) async fn session_with(&self, key: VaultKey, lock_at: u64) -> Result<Session, AppError> {
        let generations = self.load_generations().await?;
        let last = generations.envelope(Generation::Last).ok_or(VaultError::Damaged)?;
        let (vault, slots) = (last.open(&key)?, last.slots().to_vec());
        let state = self.load_state(&key).await?;
        let exports_forbidden = self.exports_forbidden().await;
        Ok(Session { key, slots, generations, vault, state, lock_at, exports_forbidden })
    }

    /// The state; an empty one where it is missing or damaged: tokens come back by a sign-in, bases by a sync.
    pub(in crate::app) async fn load_state(&self, key: &VaultKey) -> Result<State, AppError> {
        let text = self.store.load(Area::Local, &[STATE]).await?.pop().flatten();
        Ok(text.and_then(|text| State::open(&text, key).ok()).unwrap_or_default())
    }

    pub(in crate::app) async fn load_generations(&self) -> Result<Generations, AppError> {
        let texts = self.store.load(Area::Local, &Generation::ALL.map(Generation::key)).await?;
        Ok(Generations::from_texts(&texts))
    }

    /// Whether something lies where the last generation belongs, readable or not.
    pub(in crate::app) async fn has_vault(&self) -> Result<bool, AppError> {
        let texts = self.store.load(Area::Local, &Generation::ALL.map(Generation::key)).await?;
        Ok(texts.iter().any(Option::is_some))
    }

    /// Whether the last generation is one of a newer version: that is no damage, and an older generation is no way out.
    pub(in crate::app) async fn is_newer(&self) -> Result<bool, AppError> {
        let last = self.store.load(Area::Local, &[Generation::Last.key()]).await?.pop().flatten();
        Ok(last.is_some_and(|text| Envelope::from_text(&text) == Err(VaultError::Newer)))
    }

    /// Begins a session in place of the one that is held: from now on the key lies in the session's memory.
    pub(in crate::app) async fn begin(&self, held: &mut Open<'_>, session: Session) -> Result<(), AppError> {
        self.keep_key(&session).await?;
        *held.0 = Some(session);
        Ok(())
    }

    /// Puts the key into the session's memory, with the second in which it is forgotten.
    pub(in crate::app) async fn keep_key(&self, session: &Session) -> Result<(), AppError> {
        let unlocked = Unlocked { key: session.key.to_text().expose().clone(), lock_at: session.lock_at };
        let text = serde_json::to_string(&unlocked).map_err(|_| VaultError::Damaged)?;
        self.store.commit(Area::Session, vec![(UNLOCKED, Some(text))]).await?;
        self.note_phase(if session.has_password() { Phase::Locked } else { Phase::Device }).await
    }

    /// Notes for the next popup what the vault is.
    async fn note_phase(&self, phase: Phase) -> Result<(), AppError> {
        Ok(self.store.commit(Area::Local, vec![(PHASE, Some(phase.name().into()))]).await?)
    }

    /// Notes that there is no vault, unless that is noted already.
    async fn note_no_vault(&self) -> Result<(), AppError> {
        let noted = self.store.load(Area::Local, &[PHASE]).await?.pop().flatten();
        if noted.as_deref() == Some(Phase::New.name()) { Ok(()) } else { self.note_phase(Phase::New).await }
    }

    /// Seals the document as a new generation, with the state, in one write; then paints the board.
    /// If storage refuses, the session is loaded anew, so that memory never says more than the disk.
    pub(in crate::app) async fn save(&self, open: &mut Open<'_>, now: u64) -> Result<(), AppError> {
        let (generations, changes) = match self.sealed(open.session()?, now) {
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
        session.generations = generations;
        self.paint(session, now).await
    }

    /// The document as a new generation, with the state: what one write is made of.
    fn sealed(&self, session: &mut Session, now: u64) -> Result<(Generations, Vec<Change>), AppError> {
        session.vault.tend_bin(now, &session.generations);
        let revision = session.generations.iter().map(|(_, envelope)| envelope.revision()).max().unwrap_or(0);
        let envelope = Envelope::seal(
            &session.vault,
            &session.key,
            session.slots.clone(),
            revision.saturating_add(1),
            now,
            &mut *self.entropy.borrow_mut(),
        )?;
        let generations = session.generations.clone().push(envelope);
        let mut changes = generation_changes(&generations)?;
        changes.push((STATE, Some(session.state.seal(&session.key, &mut *self.entropy.borrow_mut())?)));
        changes.push((THEME, Some(session.vault.settings.theme.name().to_owned())));
        Ok((generations, changes))
    }

    /// Writes the state alone: tokens, bases, counters.
    pub(in crate::app) async fn save_state(&self, open: &mut Open<'_>) -> Result<(), AppError> {
        let session = open.session()?;
        let sealed = session.state.seal(&session.key, &mut *self.entropy.borrow_mut())?;
        if let Err(error) = self.store.commit(Area::Local, vec![(STATE, Some(sealed))]).await {
            *open.0 = None;
            return Err(error.into());
        }
        Ok(())
    }

    /// Leaves the board of the coming minutes for the popup's first paint.
    pub(in crate::app) async fn paint(&self, session: &Session, now: u64) -> Result<(), AppError> {
        let board = board::painted(session, now);
        let text = serde_json::to_string(&board).map_err(|_| VaultError::Damaged)?;
        Ok(self.store.commit(Area::Session, vec![(BOARD, Some(text))]).await?)
    }

    /// Keeps how the list was drawn as long as the vault is open: it shows names.
    pub(in crate::app) async fn keep_look(&self, html: String, now: u64) -> Result<Reply, AppError> {
        let _open = self.open(now).await?;
        if html.len() <= Board::MAX_LOOK_BYTES {
            self.store.commit(Area::Session, vec![(LOOK, Some(html))]).await?;
        }
        Ok(Reply::Done { message: Message::new("look_kept", "") })
    }

    /// Paints the board again before its codes run out; called by an alarm. Locks when the time has come.
    ///
    /// # Errors
    /// [`AppError::Store`]. That the vault is locked is none.
    pub async fn tick(&self, now: u64) -> Result<(), AppError> {
        match self.open(now).await {
            Ok(mut open) => self.paint(open.session()?, now).await,
            // The first popup after the installation finds it.
            Err(AppError::NoVault) if !self.has_vault().await? => self.note_no_vault().await,
            Err(AppError::Locked | AppError::NoVault) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Forgets the key, in memory and in the session. A vault that opens without a question has nothing to lock.
    pub(in crate::app) async fn lock(&self) -> Result<Reply, AppError> {
        // Said before anything is waited for: an unlocking that is under way ends here.
        self.locks.set(self.locks.get().wrapping_add(1));
        // Storage that cannot be read is no reason to stay open.
        if self.load_generations().await.is_ok_and(|generations| is_device_only(&generations)) {
            return Err(AppError::NothingToLock);
        }
        self.forget().await
    }

    pub(in crate::app) async fn forget(&self) -> Result<Reply, AppError> {
        self.locks.set(self.locks.get().wrapping_add(1));
        let mut guard = self.session.lock().await;
        *guard = None;
        self.forget_key().await?;
        self.store.commit(Area::Session, vec![(WISH, None)]).await?;
        Ok(Reply::Screen { screen: Screen::Locked })
    }

    pub(in crate::app) async fn forget_key(&self) -> Result<(), AppError> {
        let keys = [UNLOCKED, BOARD, LOOK, crate::app::scan::results::PENDING];
        Ok(self.store.commit(Area::Session, keys.map(|key| (key, None)).to_vec()).await?)
    }

    /// What the popup draws now.
    pub(in crate::app) async fn screen(&self, origin: Option<&str>, now: u64) -> Result<Reply, AppError> {
        let screen = match self.open(now).await {
            Ok(mut open) => {
                let session = open.session()?;
                self.paint(session, now).await?;
                Screen::Board { board: board::whole(session, origin, now) }
            }
            Err(AppError::NoVault) if !self.has_vault().await? => {
                // Without it the next popup is a little later.
                let _ = self.note_no_vault().await;
                Screen::FirstRun
            }
            Err(AppError::NoVault | AppError::Vault(VaultError::Damaged)) if self.is_newer().await? => Screen::Newer,
            Err(AppError::NoVault | AppError::Vault(VaultError::Damaged)) => self.damaged().await?,
            Err(AppError::Locked) if self.is_newer().await? => Screen::Newer,
            Err(AppError::Locked) => Screen::Locked,
            Err(AppError::Vault(VaultError::NoDeviceKey)) => Screen::KeyGone,
            Err(error) => return Err(error),
        };
        Ok(Reply::Screen { screen })
    }

    /// The board after a change.
    pub(in crate::app) async fn saved_screen(&self, mut open: Open<'_>, now: u64) -> Result<Reply, AppError> {
        self.save(&mut open, now).await?;
        let board = board::whole(open.session()?, None, now);
        Ok(Reply::Screen { screen: Screen::Board { board } })
    }
}

/// All four generations as one write.
pub(in crate::app) fn generation_changes(generations: &Generations) -> Result<Vec<Change>, AppError> {
    let texts = Generation::ALL.map(|generation| {
        let text = generations.envelope(generation).map(Envelope::to_text).transpose();
        text.map(|text| (generation.key(), text))
    });
    Ok(texts.into_iter().collect::<Result<_, _>>()?)
}
