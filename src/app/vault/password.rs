//! Creates, unlocks and re-keys the vault, and recovers from a forgotten password or a damaged copy.

use std::collections::BTreeMap;

use crate::app::protocol::{CopyCard, Message, Phase, Screen};
use crate::app::session::{Open, Session, copy_changes, is_device_only};
use crate::app::storage_keys::LocalKey;
use crate::app::vault::device_key::{DeviceKey, NEVER};
use crate::app::vault::integrity::sealed_state;
use crate::app::{App, AppError, Platform};
use crate::message;
use crate::secret::{Entropy, Secret};
use crate::vault::{
    AccountId, Area, Change, ConnectionId, Envelope, Kdf, KeySlot, Presence, State, StorageLocation, Store, Vault,
    VaultCopies, VaultCopy, VaultError, VaultKey,
};

impl<P: Platform> App<P> {
    /// Creates a vault with a password.
    pub(in crate::app) async fn create(
        &self,
        password: Secret<String>,
        kdf: Kdf,
        now: u64,
    ) -> Result<Screen, AppError> {
        if self.has_vault().await? {
            return Err(AppError::VaultExists);
        }
        let key = VaultKey::generate(&mut *self.entropy.borrow_mut());
        let slot = self.password_slot(&key, &password, kdf).await?;
        let held = self.lock_session(self.locks.get()).await?;
        // If two pages ask at the same time, the second one must not replace the first one's vault with an empty one.
        if self.has_vault().await? {
            return Err(AppError::VaultExists);
        }
        self.begin_empty(held, key, slot, now).await
    }

    /// Stores a new vault without accounts, and starts its session.
    pub(in crate::app) async fn begin_empty(
        &self,
        mut held: Open<'_>,
        key: VaultKey,
        slot: KeySlot,
        now: u64,
    ) -> Result<Screen, AppError> {
        let (policy, mut vault) = (self.policy().await, Vault::default());
        policy.check_has_password(slot.is_password())?;
        policy.apply(&mut vault, slot.is_password());
        let session = Session {
            lock_at: lock_at(&slot, &vault, now),
            copies: VaultCopies::default(),
            state: State::default(),
            policy,
            key,
            slots: vec![slot],
            vault,
        };
        self.begin(&mut held, session).await?;
        self.saved_screen(held, now).await
    }

    /// Unlocks the vault with the password.
    pub(in crate::app) async fn unlock(&self, password: Secret<String>, now: u64) -> Result<Screen, AppError> {
        let since = self.locks.get();
        let copies = self.load_copies().await?;
        if !self.has_vault().await? {
            return Err(AppError::NoVault);
        }
        if self.is_newer().await? {
            return Err(VaultError::Newer.into());
        }
        let key = match self.find_key(&copies, &password).await {
            Err(AppError::Vault(VaultError::WrongPassword)) if copies.iter().next().is_none() => {
                return self.damaged().await;
            }
            found => found?,
        };
        match self.begin_with(key, since, now).await {
            Ok(()) => self.screen(None, now).await,
            Err(AppError::Vault(VaultError::Damaged)) => self.damaged().await,
            Err(error) => Err(error),
        }
    }

    /// Starts a session with a key. If another page has already started one, it is kept, because it may contain
    /// changes.
    async fn begin_with(&self, key: VaultKey, since: u64, now: u64) -> Result<(), AppError> {
        let mut held = self.lock_session(since).await?;
        if let Some(session) = held.previous_session()
            && session.key == key
            && now < session.lock_at
        {
            session.lock_at = now.saturating_add(session.vault.settings.lock_after_seconds);
            return self.store_key(session).await;
        }
        let mut session = self.session_with(key, now).await?;
        session.lock_at = now.saturating_add(session.vault.settings.lock_after_seconds);
        self.begin(&mut held, session).await
    }

    /// Returns the screen with the copies that can replace a damaged latest one.
    pub(in crate::app) async fn damaged(&self) -> Result<Screen, AppError> {
        let copies = self.load_copies().await?;
        Ok(Screen::Damaged(older(&copies).map(card).collect()))
    }

    /// Returns the copies before the latest one that the vault's key opens, with their content.
    pub(in crate::app) async fn list_copies(&self, now: u64) -> Result<Vec<CopyCard>, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let counted = |kept: (VaultCopy, &Envelope)| {
            let accounts = kept.1.open(&session.key).ok()?.accounts.len();
            Some(CopyCard { accounts: Some(accounts), ..card(kept) })
        };
        Ok(older(&session.copies).filter_map(counted).collect())
    }

    /// Restores an older copy of the vault. The latest copy becomes the previous one, or is set aside if it is damaged.
    /// HOTP counters are in the state and never decrease.
    pub(in crate::app) async fn restore_copy(
        &self,
        copy: VaultCopy,
        password: Secret<String>,
        now: u64,
    ) -> Result<Screen, AppError> {
        let since = self.locks.get();
        let before = self.load_copies().await?;
        let chosen = before.envelope(copy).ok_or(VaultError::Damaged)?;
        let key = self.key_in(chosen, &password).await?;
        let mut held = self.lock_session(since).await?;
        // Copies that were saved while the key was derived are kept, even if they displaced the selected one.
        let copies = self.load_copies().await?;
        let last = copies.envelope(VaultCopy::Last);
        let newest = last.and_then(|last| last.open(&key).ok());
        if newest.is_none() {
            // The vault has been given a new password in the meantime, so it is not damaged.
            if last != before.envelope(VaultCopy::Last) {
                return Err(VaultError::WrongPassword.into());
            }
            let aside = self.store.load(Area::Local, &[VaultCopy::Last.key()]).await?.pop().flatten();
            self.store.commit(Area::Local, vec![(LocalKey::DamagedVault.name(), aside)]).await?;
        }
        let mut vault = chosen.open(&key)?;
        let state = self.load_state(&key).await?;
        keep_on_servers(&mut vault, newest.as_ref(), &state);
        let policy = self.policy().await;
        policy.apply(&mut vault, chosen.has_password());
        let session = Session {
            lock_at: if chosen.has_password() { now.saturating_add(vault.settings.lock_after_seconds) } else { NEVER },
            slots: chosen.slots().to_vec(),
            state,
            policy,
            // Damaged copies are left out, so that they do not push out one that can be opened.
            copies: copies.clone().map(|kept| kept.open(&key).is_ok().then(|| kept.clone())),
            key,
            vault,
        };
        self.begin(&mut held, session).await?;
        self.saved_screen(held, now).await
    }

    /// Creates a new vault key under a new password and seals every copy again, so that the old password opens none of
    /// them.
    pub(in crate::app) async fn change_password(
        &self,
        old: Secret<String>,
        new: Secret<String>,
        kdf: Kdf,
        now: u64,
    ) -> Result<Message, AppError> {
        let copies = self.load_copies().await?;
        let old_key = self.find_key(&copies, &old).await?;
        let key = VaultKey::generate(&mut *self.entropy.borrow_mut());
        let slot = self.password_slot(&key, &new, kdf).await?;
        self.rekey(&old_key, key, slot, now).await?;
        if is_device_only(&copies) {
            // The old device key no longer opens anything, so failing to delete it is harmless.
            let _ = self.keys.forget().await;
            return Ok(message!("done_password_set"));
        }
        Ok(message!("done_password_changed"))
    }

    /// Seals everything under the new key in one write. The session is locked until it has the new key, because a
    /// waiting request would otherwise write under the old one.
    async fn rekey(&self, old: &VaultKey, key: VaultKey, slot: KeySlot, now: u64) -> Result<(), AppError> {
        let mut open = self.open_without_password(now).await?;
        let session = open.session()?;
        if session.key != *old {
            return Err(VaultError::WrongPassword.into());
        }
        // A vault that never locked, because it had no password, now locks after the usual time.
        let lock_at = session.lock_at.min(lock_at(&slot, &session.vault, now));
        let slots = vec![slot];
        let (copies, changes) = resealed(session, &key, &slots, &mut *self.entropy.borrow_mut())?;
        // If the worker stops after this point, the next one asks for the password instead of trying a key that no
        // longer opens anything.
        self.forget_key().await?;
        if let Err(error) = self.store.commit(Area::Local, changes).await {
            self.store_key(session).await?;
            self.paint(session, now).await?;
            return Err(error.into());
        }
        (session.key, session.slots, session.copies, session.lock_at) = (key, slots, copies, lock_at);
        // The password is already changed. If session memory is full, the user has to enter it again.
        let _ = self.store_key(session).await;
        let _ = self.paint(session, now).await;
        Ok(())
    }

    /// Returns the sealed file as it is stored.
    pub(in crate::app) async fn sealed_file(&self) -> Result<String, AppError> {
        let texts = self.store.load(Area::Local, &VaultCopy::ALL.map(VaultCopy::key)).await?;
        let text = texts.into_iter().flatten().next().ok_or(AppError::NoVault)?;
        Ok(text)
    }

    /// Sets the sealed vault aside, so that the user starts again without one.
    pub(in crate::app) async fn start_new_vault(&self, now: u64) -> Result<Screen, AppError> {
        self.forget().await?;
        let texts = self.store.load(Area::Local, &VaultCopy::ALL.map(VaultCopy::key)).await?;
        let newest = texts.into_iter().flatten().next();
        let phase = Some(Phase::New.name().to_owned());
        let mut changes = vec![(LocalKey::ForgottenVault.name(), newest), (LocalKey::Phase.name(), phase)];
        let appearance = [LocalKey::Theme, LocalKey::TextSize, LocalKey::Density];
        let replaced = [LocalKey::State, LocalKey::Counters, LocalKey::DamagedState].into_iter().chain(appearance);
        changes.extend(replaced.map(|key| (key.name(), None)));
        changes.extend(VaultCopy::ALL.map(|copy| (copy.key(), None)));
        self.store.commit(Area::Local, changes).await?;
        self.screen(None, now).await
    }
}

/// Returns when a vault that is opened at `now` is locked automatically, in seconds since 1970.
fn lock_at(slot: &KeySlot, vault: &Vault, now: u64) -> u64 {
    if slot.is_password() { now.saturating_add(vault.settings.lock_after_seconds) } else { NEVER }
}

fn older(copies: &VaultCopies) -> impl Iterator<Item = (VaultCopy, &Envelope)> {
    copies.iter().filter(|(copy, _)| *copy != VaultCopy::Last)
}

fn card((copy, envelope): (VaultCopy, &Envelope)) -> CopyCard {
    let device_only = !envelope.has_password();
    CopyCard { copy, sealed_at: envelope.sealed_at(), device_only, accounts: None }
}

/// Seals every copy and the state under a new key. Vaults that were set aside are sealed under the old key and would
/// still open with the old password, so they are deleted.
fn resealed(
    session: &Session,
    key: &VaultKey,
    slots: &[KeySlot],
    entropy: &mut impl Entropy,
) -> Result<(VaultCopies, Vec<Change>), AppError> {
    let copies = session.copies.clone();
    let copies = copies.map(|kept| kept.reseal(&session.key, key, slots.to_vec(), entropy).ok());
    // A copy that could not be opened is damaged, and is not kept under the old key.
    let mut changes: Vec<Change> = VaultCopy::ALL.iter().map(|copy| (copy.key(), None)).collect();
    changes.extend(copy_changes(&copies)?);
    changes.extend(sealed_state(&session.state, key, entropy)?);
    changes.extend([LocalKey::DamagedVault, LocalKey::DamagedState].map(|key| (key.name(), None)));
    Ok((copies, changes))
}

/// Keeps accounts on the servers that store them, even if the restored copy says otherwise, because restoring a copy is
/// not a request to delete them for all devices. If several servers store an account, the restored copy's assignment
/// takes precedence over that of `newest`.
fn keep_on_servers(vault: &mut Vault, newest: Option<&Vault>, state: &State) {
    let mut holders: BTreeMap<AccountId, Vec<ConnectionId>> = BTreeMap::new();
    for connection in vault.connections.iter().map(|connection| connection.id) {
        let rows = state.bases.get(&connection).into_iter().flatten();
        for row in rows.filter(|row| matches!(row.presence, Presence::Present | Presence::Sending)) {
            if let Some(account) = row.account {
                holders.entry(account).or_default().push(connection);
            }
        }
    }
    for (id, holders) in holders {
        // This fails for an account that is not in the trash. If it is not in the vault either, the next sync receives
        // it.
        let _ = vault.restore(id);
        let holds = |location: &StorageLocation| matches!(location, StorageLocation::Connection(connection) if holders.contains(connection));
        let latest = newest.and_then(|newest| newest.account(id).ok()).map(|account| account.location).filter(holds);
        if let Ok(account) = vault.account_mut(id)
            && !holds(&account.location)
        {
            account.location =
                latest.or(holders.first().copied().map(StorageLocation::Connection)).unwrap_or(account.location);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::test_entropy::CallCountingEntropy;
    use crate::vault::{Account, BaseRow, Connection};

    fn connection(id: &str) -> Connection {
        serde_json::from_value(serde_json::json!({
            "id": id, "server": "https://id.example.com", "owner": "acme", "name": "alice", "user_id": "1",
            "display_name": "Alice",
        }))
        .unwrap()
    }

    fn row(account: AccountId, presence: Presence) -> BaseRow {
        BaseRow {
            account: Some(account),
            account_name: String::new(),
            issuer: String::new(),
            secret_key: Secret::new(String::new()),
            origin: String::new(),
            written_at: 0,
            presence,
            rewritten: false,
        }
    }

    #[test]
    fn restoring_an_older_copy_keeps_accounts_on_their_server() {
        let mut entropy = CallCountingEntropy(0);
        let mut new = || Account::new("otpauth://totp/a?secret=MZXW6YTB".parse().unwrap(), 0, &mut entropy);
        let accounts = [new(), new(), new(), new()];
        let [joined, trashed, deleted, stranger] = accounts.each_ref().map(|account| account.id);
        let (here, gone) = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002");
        let mut vault = Vault { accounts: accounts.to_vec(), connections: vec![connection(here)], ..Vault::default() };
        vault.move_to_trash(trashed, 0, false).unwrap();
        let mut state = State::default();
        let rows =
            vec![row(joined, Presence::Present), row(trashed, Presence::Sending), row(deleted, Presence::Deleted)];
        state.bases.insert(here.parse().unwrap(), rows);
        state.bases.insert(gone.parse().unwrap(), vec![row(stranger, Presence::Present)]);
        keep_on_servers(&mut vault, None, &state);
        let kept = |id| vault.account(id).unwrap().location;
        let there = StorageLocation::Connection(here.parse().unwrap());
        assert_eq!(
            [joined, trashed, deleted, stranger].map(kept),
            [there, there, StorageLocation::Device, StorageLocation::Device]
        );
    }

    #[test]
    fn if_two_servers_store_an_account_the_restored_copy_decides_and_then_the_newest_vault() {
        let ids = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
        for (meant, other) in [(ids[0], ids[1]), (ids[1], ids[0])] {
            let there = StorageLocation::Connection(meant.parse().unwrap());
            let mut account =
                Account::new("otpauth://totp/a?secret=MZXW6YTB".parse().unwrap(), 0, &mut CallCountingEntropy(0));
            let id = account.id;
            let connections = vec![connection(meant), connection(other)];
            let mut state = State::default();
            for id_of in [meant, other] {
                state.bases.insert(id_of.parse().unwrap(), vec![row(id, Presence::Present)]);
            }
            let on_device = Vault { accounts: vec![account.clone()], connections, ..Vault::default() };
            account.location = there;
            let on_server = Vault { accounts: vec![account], ..on_device.clone() };
            for (mut copy, newest) in [(on_server.clone(), None), (on_device, Some(&on_server))] {
                keep_on_servers(&mut copy, newest, &state);
                assert_eq!(copy.account(id).unwrap().location, there);
            }
        }
    }
}
