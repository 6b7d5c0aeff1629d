//! The check for absence runs every minute, so it reads a few values of the session instead of opening the vault.

use casdoor_authenticator::app::protocol::{ReadScreen, Screen, SetSettings};
use casdoor_authenticator::vault::{Area, Settings};
use futures_lite::future::block_on;

use super::worker::{Disk, NOW, account_list, app, ask, ask_at, with_vault};

/// Makes the vault unreadable for a worker that tries to open it.
fn damage(disk: &Disk) -> Option<String> {
    let sealed = disk.memory.value(Area::Local, "vault.last");
    disk.memory.set(Area::Local, "vault.last", Some("damaged".into()));
    sealed
}

#[test]
fn the_check_does_not_open_the_vault() {
    let disk = with_vault();
    let settings = Settings { lock_when_idle_seconds: 300, ..Settings::default() };
    ask(&disk, SetSettings { settings }).unwrap();
    assert_eq!(block_on(app(&disk).record_awake(NOW)).unwrap(), Some(300), "the first check opens it");
    let sealed = damage(&disk);
    for minute in 1..4 {
        assert_eq!(block_on(app(&disk).record_awake(NOW + 60 * minute)).unwrap(), Some(300), "{minute}");
    }
    disk.memory.set(Area::Local, "vault.last", sealed);
    account_list(ask_at(&disk, ReadScreen { origin: None }, NOW + 200));
}

#[test]
fn the_check_locks_a_vault_that_it_does_not_open() {
    for (later, why) in [(600, "the computer slept"), (9 * 3600, "its time is up")] {
        let disk = with_vault();
        block_on(app(&disk).record_awake(NOW)).unwrap();
        let sealed = damage(&disk);
        assert_eq!(block_on(app(&disk).record_awake(NOW + later)).unwrap(), None, "{why}");
        for name in ["unlocked", "board", "awake_at", "absence_rule"] {
            assert_eq!(disk.memory.value(Area::Session, name), None, "{why}: {name}");
        }
        disk.memory.set(Area::Local, "vault.last", sealed);
        let locked = ask_at(&disk, ReadScreen { origin: None }, NOW + later);
        assert!(matches!(locked, Ok(Screen::Locked)), "{why}");
    }
}

#[test]
fn a_changed_setting_applies_at_the_next_check() {
    let disk = with_vault();
    block_on(app(&disk).record_awake(NOW)).unwrap();
    let settings = Settings { lock_when_idle_seconds: 600, lock_after_seconds: 120, ..Settings::default() };
    ask(&disk, SetSettings { settings }).unwrap();
    assert_eq!(block_on(app(&disk).record_awake(NOW + 60)).unwrap(), Some(600));
    assert_eq!(block_on(app(&disk).record_awake(NOW + 121)).unwrap(), None, "the shorter time until the lock");
}
