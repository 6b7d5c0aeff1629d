//! Making, unlocking and re-keying the vault; a forgotten password; a damaged last generation.

use super::device::{NEVER, is_device_only};
use super::protocol::{GenerationCard, Message, Reply, Screen};
use super::session::{STATE, Session, THEME, generation_changes};
use super::{App, AppError, DeriveKey};
use crate::casdoor::Http;
use crate::secret::{Entropy, Secret};
use crate::vault::{
    Area, Change, Envelope, Generation, Generations, Kdf, KeySlot, State, Store, Vault, VaultError, VaultKey,
};

/// Where the sealed file of a forgotten password is set aside.
const FORGOTTEN: &str = "vault.forgotten";
/// Where a damaged last generation is set aside when an older one takes its place.
const DAMAGED: &str = "vault.damaged";

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// Makes a vault with a password.
    pub(super) async fn create(&self, password: Secret<String>, kdf: Kdf, now: u64) -> Result<Reply, AppError> {
        if self.has_vault().await? {
            return Err(AppError::VaultExists);
        }
        let key = VaultKey::generate(&mut *self.entropy.borrow_mut());
        let slot = self.password_slot(&key, &password, kdf).await?;
        self.begin_empty(key, slot, now).await
    }

    /// Begins a vault without accounts.
    pub(super) async fn begin_empty(&self, key: VaultKey, slot: KeySlot, now: u64) -> Result<Reply, AppError> {
        let vault = Vault::default();
        let session = Session {
            lock_at: lock_at(&slot, &vault, now),
            generations: Generations::default(),
            state: State::default(),
            exports_forbidden: self.exports_forbidden().await,
            key,
            slots: vec![slot],
            vault,
        };
        self.begin(session).await?;
        let open = self.open(now).await?;
        self.saved_screen(open, now).await
    }

    /// Opens the vault with the password.
    pub(super) async fn unlock(&self, password: Secret<String>, now: u64) -> Result<Reply, AppError> {
        let generations = self.load_generations().await?;
        if !self.has_vault().await? {
            return Err(AppError::NoVault);
        }
        if self.is_newer().await? {
            return Err(VaultError::Newer.into());
        }
        let key = match self.find_key(&generations, &password).await {
            Err(AppError::Vault(VaultError::WrongPassword)) if generations.iter().next().is_none() => {
                return Ok(Reply::Screen { screen: self.damaged().await? });
            }
            found => found?,
        };
        match self.session_with(key, now).await {
            Ok(mut session) => {
                session.lock_at = now.saturating_add(session.vault.settings.lock_after_seconds);
                self.begin(session).await?;
                self.screen(None, now).await
            }
            Err(AppError::Vault(VaultError::Damaged)) => Ok(Reply::Screen { screen: self.damaged().await? }),
            Err(error) => Err(error),
        }
    }

    /// The generations that can be offered instead of a damaged last one.
    pub(super) async fn damaged(&self) -> Result<Screen, AppError> {
        let generations = self.load_generations().await?;
        Ok(Screen::Damaged { generations: older(&generations).map(card).collect() })
    }

    /// The generations before the last that the vault's key opens, with what is in them.
    pub(super) async fn list_generations(&self, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let counted = |kept: (Generation, &Envelope)| {
            let accounts = kept.1.open(&session.key).ok()?.accounts.len();
            Some(GenerationCard { accounts: Some(accounts), ..card(kept) })
        };
        Ok(Reply::Generations { generations: older(&session.generations).filter_map(counted).collect() })
    }

    /// Makes an older generation the last one. What lay there is the one before it from now on; where it is damaged, it is
    /// set aside. Counters are in the state, and never go back.
    pub(super) async fn open_generation(
        &self,
        generation: Generation,
        password: Secret<String>,
        now: u64,
    ) -> Result<Reply, AppError> {
        let generations = self.load_generations().await?;
        let envelope = generations.envelope(generation).ok_or(VaultError::Damaged)?;
        let key = self.key_in(envelope, &password).await?;
        let vault = envelope.open(&key)?;
        if generations.envelope(Generation::Last).is_none_or(|last| last.open(&key).is_err()) {
            let aside = self.store.load(Area::Local, &[Generation::Last.key()]).await?.pop().flatten();
            self.store.commit(Area::Local, vec![(DAMAGED, aside)]).await?;
        }
        let session = Session {
            lock_at: if envelope.has_password() {
                now.saturating_add(vault.settings.lock_after_seconds)
            } else {
                NEVER
            },
            slots: envelope.slots().to_vec(),
            state: self.load_state(&key).await?,
            exports_forbidden: self.exports_forbidden().await,
            // What does not open is set aside, and must not push out a generation that does.
            generations: generations.clone().map(|kept| kept.open(&key).is_ok().then(|| kept.clone())),
            key,
            vault,
        };
        self.begin(session).await?;
        let open = self.open(now).await?;
        self.saved_screen(open, now).await
    }

    /// A new vault key under a new password, and every kept generation sealed anew: the old password opens none.
    pub(super) async fn change_password(
        &self,
        old: Secret<String>,
        new: Secret<String>,
        kdf: Kdf,
        now: u64,
    ) -> Result<Reply, AppError> {
        let generations = self.load_generations().await?;
        let old_key = self.find_key(&generations, &old).await?;
        let key = VaultKey::generate(&mut *self.entropy.borrow_mut());
        let slot = self.password_slot(&key, &new, kdf).await?;
        let lock_at = self.rekey(&old_key, key.clone(), slot, now).await?;
        self.begin(self.session_with(key, lock_at).await?).await?;
        if is_device_only(&generations) {
            // Nothing is left that it opens: that it could not be deleted changes nothing.
            let _ = self.derive.forget().await;
            let text = "The vault has a password. It is asked for when the browser has started, and after a lock.";
            return Ok(Reply::Done { message: Message::new("done_password_set", text) });
        }
        let text = "The password was changed. Backups made before still open with the old one.";
        Ok(Reply::Done { message: Message::new("done_password_changed", text) })
    }

    /// Seals everything under the new key in one write, holding the session so that no change falls between.
    async fn rekey(&self, old: &VaultKey, key: VaultKey, slot: KeySlot, now: u64) -> Result<u64, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        if session.key != *old {
            return Err(VaultError::WrongPassword.into());
        }
        // A vault that never locked does from now on.
        let lock_at = session.lock_at.min(lock_at(&slot, &session.vault, now));
        let changes = resealed(session, &key, &[slot], &mut *self.entropy.borrow_mut())?;
        self.store.commit(Area::Local, changes).await?;
        Ok(lock_at)
    }

    /// The sealed file as it lies in storage.
    pub(super) async fn sealed_file(&self) -> Result<Reply, AppError> {
        let texts = self.store.load(Area::Local, &Generation::ALL.map(Generation::key)).await?;
        let text = texts.into_iter().flatten().next().ok_or(AppError::NoVault)?;
        Ok(Reply::SealedFile { text })
    }

    /// Sets the sealed file aside and leaves no vault: the next step is the first run.
    pub(super) async fn begin_anew(&self, _now: u64) -> Result<Reply, AppError> {
        self.forget().await?;
        let texts = self.store.load(Area::Local, &Generation::ALL.map(Generation::key)).await?;
        let newest = texts.into_iter().flatten().next();
        let mut changes = vec![(FORGOTTEN, newest), (STATE, None), (THEME, None), ("phase", None)];
        changes.extend(Generation::ALL.map(|generation| (generation.key(), None)));
        self.store.commit(Area::Local, changes).await?;
        Ok(Reply::Screen { screen: Screen::FirstRun })
    }
}

/// When a vault that is opened now locks by itself.
fn lock_at(slot: &KeySlot, vault: &Vault, now: u64) -> u64 {
    if slot.is_password() { now.saturating_add(vault.settings.lock_after_seconds) } else { NEVER }
}

fn older(generations: &Generations) -> impl Iterator<Item = (Generation, &Envelope)> {
    generations.iter().filter(|(generation, _)| *generation != Generation::Last)
}

fn card((generation, envelope): (Generation, &Envelope)) -> GenerationCard {
    let device_only = !envelope.has_password();
    GenerationCard { generation, sealed_at: envelope.sealed_at(), device_only, accounts: None }
}

/// Every generation and the state under a new key. What was set aside is sealed under the old key, and would open
/// with the old password: it goes.
fn resealed(
    session: &Session,
    key: &VaultKey,
    slots: &[KeySlot],
    entropy: &mut impl Entropy,
) -> Result<Vec<Change>, AppError> {
    let generations = session.generations.clone();
    let generations = generations.map(|kept| kept.reseal(&session.key, key, slots.to_vec(), entropy).ok());
    // A generation that could not be opened is damaged beyond any password: it is not kept under the old key.
    let mut changes: Vec<Change> = Generation::ALL.iter().map(|generation| (generation.key(), None)).collect();
    changes.extend(generation_changes(&generations)?);
    changes.push((STATE, Some(session.state.seal(key, entropy)?)));
    changes.push((DAMAGED, None));
    Ok(changes)
}
