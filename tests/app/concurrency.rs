//! Concurrent requests in one worker. Storage and key derivation let other requests continue, as in a browser.

use std::cell::Cell;

use casdoor_authenticator::app::protocol::{
    AddAccount, ChangePassword, CreateVault, ListCopies, LockVault, ReadScreen, RestoreCopy, Screen, UnlockVault,
};
use casdoor_authenticator::app::{App, DeriveKey, DeviceKey};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{Area, Change, Envelope, Kdf, Store, StoreError, VaultCopy, VaultError};
use futures_lite::future::{block_on, yield_now, zip};

use super::worker::Offline;
use super::{Disk, NOW, Seeded, account_list, add, ask, failure, form, quick, with_vault};

/// Slow storage.
struct Slow<'a>(&'a Disk);

impl Store for Slow<'_> {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        yield_now().await;
        self.0.memory.load(area, keys).await
    }

    async fn commit(&self, area: Area, changes: Vec<Change>) -> Result<(), StoreError> {
        yield_now().await;
        let committed = (&self.0).commit(area, changes).await;
        yield_now().await;
        committed
    }
}

/// A key derivation that yields this many times, and twice as often each time.
struct YieldingKeys(Cell<usize>);

impl DeviceKey for YieldingKeys {}

impl DeriveKey for YieldingKeys {
    async fn derive_key(
        &self,
        _: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> Result<Secret<[u8; 32]>, VaultError> {
        let turns = self.0.get();
        self.0.set(turns * 2);
        for _ in 0..turns {
            yield_now().await;
        }
        Ok(quick(password.expose(), salt))
    }
}

type Worker<'a> = App<(Slow<'a>, Offline, YieldingKeys, Seeded)>;

fn worker(disk: &Disk, turns: usize) -> Worker<'_> {
    App::new(Slow(disk), Offline, YieldingKeys(Cell::new(turns)), Seeded(99))
}

async fn add_several(worker: &Worker<'_>, count: usize) {
    for number in 0..count {
        let added = worker.ask(AddAccount { form: form(&format!("added {number}")) }, NOW).await;
        assert!(added.is_ok(), "{added:?}");
    }
}

fn unlock(password: &str) -> UnlockVault {
    UnlockVault { password: password.into() }
}

/// Returns the names that are shown after a restart of the worker.
fn names(disk: &Disk) -> Vec<String> {
    account_list(ask(disk, ReadScreen { origin: None })).rows.into_iter().map(|row| row.name).collect()
}

fn opens(disk: &Disk, copy: VaultCopy, password: &str) -> bool {
    let Some(text) = disk.memory.value(Area::Local, copy.key()) else { return false };
    let envelope = Envelope::from_text(&text).unwrap();
    envelope.slots().iter().any(|slot| {
        let (_, salt) = slot.derivation().unwrap();
        slot.open(&quick(password, &salt)).is_ok_and(|key| envelope.open(&key).is_ok())
    })
}

#[test]
fn an_account_added_while_the_password_changes_is_sealed_under_the_new_one() {
    for turns in [1, 4, 16, 64] {
        let disk = with_vault();
        add(&disk, form("before"));
        let worker = worker(&disk, turns);
        let change = ChangePassword { old: "one".into(), new: "two".into(), pbkdf2: true };
        let (changed, ()) = block_on(zip(worker.ask(change, NOW), add_several(&worker, 12)));
        assert!(changed.is_ok(), "{changed:?}");
        assert_eq!(names(&disk).len(), 13, "{turns} turns");
        assert!(VaultCopy::ALL.iter().all(|copy| !opens(&disk, *copy, "one")), "{turns} turns");
        let _ = ask(&disk, LockVault);
        assert_eq!(failure(ask(&disk, unlock("one"))), "vault_wrong_password");
        assert_eq!(account_list(ask(&disk, unlock("two"))).rows.len(), 13);
    }
}

#[test]
fn one_of_two_simultaneous_password_changes_wins_and_opens_everything() {
    let disk = with_vault();
    add(&disk, form("before"));
    let worker = worker(&disk, 4);
    let change = |new: &str| ChangePassword { old: "one".into(), new: new.into(), pbkdf2: true };
    let (first, second) = block_on(zip(worker.ask(change("two"), NOW), worker.ask(change("three"), NOW)));
    let new = match (&first, &second) {
        (Ok(_), Err(_)) => "two",
        (Err(_), Ok(_)) => "three",
        both => panic!("exactly one must succeed: {both:?}"),
    };
    disk.memory.end_session();
    assert_eq!(account_list(ask(&disk, unlock(new))).rows.len(), 1);
}

#[test]
fn a_worker_stopped_during_a_password_change_asks_for_the_new_password() {
    let disk = with_vault();
    add(&disk, form("before"));
    let key = disk.memory.value(Area::Session, "unlocked");
    let change = ChangePassword { old: "one".into(), new: "two".into(), pbkdf2: true };
    assert!(ask(&disk, change).is_ok());
    disk.memory.set(Area::Session, "unlocked", key);
    assert!(matches!(ask(&disk, ReadScreen { origin: None }), Ok(Screen::Locked)));
    assert_eq!(account_list(ask(&disk, unlock("two"))).rows.len(), 1);
}

#[test]
fn a_full_disk_keeps_the_old_password_and_the_open_vault() {
    let disk = with_vault();
    add(&disk, form("before"));
    let worker = worker(&disk, 1);
    disk.full.set(true);
    let change = ChangePassword { old: "one".into(), new: "two".into(), pbkdf2: true };
    assert!(block_on(worker.ask(change, NOW)).is_err());
    disk.full.set(false);
    assert_eq!(names(&disk), ["before"]);
    let _ = ask(&disk, LockVault);
    assert_eq!(account_list(ask(&disk, unlock("one"))).rows.len(), 1);
}

#[test]
fn changes_of_one_page_are_kept_while_another_unlocks() {
    for turns in [1, 8, 32] {
        let disk = with_vault();
        let _ = ask(&disk, LockVault);
        let worker = worker(&disk, turns);
        let first = async {
            account_list(worker.ask(unlock("one"), NOW).await);
            add_several(&worker, 8).await;
        };
        let (_, second) = block_on(zip(first, worker.ask(unlock("one"), NOW)));
        account_list(second);
        assert_eq!(account_list(block_on(worker.ask(ReadScreen { origin: None }, NOW))).rows.len(), 8, "{turns} turns");
        assert_eq!(names(&disk).len(), 8, "{turns} turns");
    }
}

#[test]
fn locking_the_screen_during_the_derivation_leaves_the_vault_locked() {
    let disk = with_vault();
    let _ = ask(&disk, LockVault);
    let worker = worker(&disk, 20);
    let (unlocked, _) = block_on(zip(worker.ask(unlock("one"), NOW), worker.ask(LockVault, NOW)));
    assert_eq!(failure(unlocked), "error_locked");
    assert!(disk.memory.value(Area::Session, "unlocked").is_none());
    assert!(matches!(ask(&disk, ReadScreen { origin: None }), Ok(Screen::Locked)));
}

#[test]
fn a_document_saved_while_an_older_copy_is_restored_stays_a_copy() {
    let disk = with_vault();
    for name in ["a", "b"] {
        add(&disk, form(name));
    }
    let worker = worker(&disk, 40);
    let open = RestoreCopy { copy: VaultCopy::Previous, password: "one".into() };
    let (opened, ()) = block_on(zip(worker.ask(open, NOW), add_several(&worker, 1)));
    let count = account_list(opened).rows.len();
    assert!(count == 1 || count == 2, "{count}");
    let Ok(copies) = ask(&disk, ListCopies) else { panic!("no list") };
    assert!(copies.iter().any(|card| card.accounts == Some(3)), "{copies:?}");
}

#[test]
fn only_one_of_two_pages_creates_the_vault() {
    let disk = Disk::default();
    let worker = worker(&disk, 4);
    let create = |password: &str| CreateVault { password: password.into(), pbkdf2: true };
    let (first, second) = block_on(zip(worker.ask(create("one"), NOW), worker.ask(create("two"), NOW)));
    let replies = [first, second];
    let rejected: Vec<_> = replies.iter().filter(|reply| reply.is_err()).collect();
    assert_eq!(rejected.len(), 1, "{replies:?}");
}
