//! The vault locks after the computer slept, and reports when it must lock because the user is away.

use casdoor_authenticator::app::protocol::{
    LockVault, Message, ReadScreen, ReadSettings, Screen, SetSettings, UnlockVault,
};
use casdoor_authenticator::vault::{Area, Settings};
use futures_lite::future::block_on;

use super::worker::{Disk, NOW, account_list, app, ask, ask_at, failure, with_vault};

fn is_locked(reply: &Result<Screen, Message>) -> bool {
    matches!(reply, Ok(Screen::Locked))
}

fn open_at(disk: &Disk, now: u64) -> Result<Screen, Message> {
    ask_at(disk, ReadScreen { origin: None }, now)
}

#[test]
fn the_vault_locks_after_a_gap_in_which_the_computer_slept() {
    let disk = with_vault();
    for minute in 0..5 {
        assert_eq!(block_on(app(&disk).record_awake(NOW + 60 * minute)).unwrap(), Some(0), "{minute}");
    }
    account_list(open_at(&disk, NOW + 240 + 170));
    // The user opens the popup before the next alarm.
    assert!(is_locked(&open_at(&disk, NOW + 240 + 600)), "the worker that stopped in the meantime");
    assert_eq!(disk.memory.value(Area::Session, "unlocked"), None);
    assert_eq!(disk.memory.value(Area::Session, "board"), None, "no codes for the next popup's first frame");
    account_list(ask_at(&disk, UnlockVault { password: "one".into() }, NOW + 900));
    account_list(open_at(&disk, NOW + 2_000));
}

#[test]
fn a_worker_that_kept_running_notices_the_gap_too() {
    let disk = with_vault();
    let app = app(&disk);
    let open = |now| block_on(app.ask(ReadScreen { origin: None }, now));
    account_list(open(NOW));
    block_on(app.record_awake(NOW)).unwrap();
    account_list(open(NOW + 120));
    assert_eq!(block_on(app.record_awake(NOW + 3_600)).unwrap(), None, "the alarm itself comes first");
    assert!(is_locked(&open(NOW + 3_601)));
    // A clock that is set back is not a gap.
    account_list(block_on(app.ask(UnlockVault { password: "one".into() }, NOW)));
    block_on(app.record_awake(NOW)).unwrap();
    assert_eq!(block_on(app.record_awake(NOW - 7_200)).unwrap(), Some(0));
}

#[test]
fn nothing_is_watched_without_an_open_vault_that_locks() {
    let disk = Disk::default();
    assert_eq!(block_on(app(&disk).record_awake(NOW)).unwrap(), None);
    let disk = with_vault();
    let _ = ask(&disk, LockVault);
    assert_eq!(block_on(app(&disk).record_awake(NOW)).unwrap(), None);
    assert_eq!(failure(ask(&disk, ReadSettings)), "error_locked");
}

#[test]
fn the_time_without_input_is_a_setting_within_bounds() {
    let disk = with_vault();
    for (chosen, expected) in [(900, 900), (5, 60), (0, 0), (u64::MAX, 86_400)] {
        let settings = Settings { lock_when_idle_seconds: chosen, ..Settings::default() };
        let _ = ask(&disk, SetSettings { settings });
        assert_eq!(block_on(app(&disk).record_awake(NOW)).unwrap(), Some(expected), "{chosen}");
    }
}
