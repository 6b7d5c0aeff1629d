//! The notice that the extension was updated.

use casdoor_authenticator::app::VERSION;
use casdoor_authenticator::app::protocol::{DismissUpdate, ReadScreen};
use casdoor_authenticator::message;
use casdoor_authenticator::message::Message;
use casdoor_authenticator::vault::{Area, State, VaultKey};

use super::seeded::Seeded;
use super::worker::{Disk, account_list, add, ask, form, with_vault};

fn key(disk: &Disk) -> VaultKey {
    let unlocked = disk.memory.value(Area::Session, "unlocked").unwrap();
    let unlocked: serde_json::Value = serde_json::from_str(&unlocked).unwrap();
    VaultKey::from_text(unlocked["key"].as_str().unwrap()).unwrap()
}

/// Changes the stored state, as another version of the extension would have written it.
fn change_state(disk: &Disk, change: impl FnOnce(&mut State)) {
    let key = key(disk);
    let mut state = State::open(&disk.memory.value(Area::Local, "state").unwrap(), &key).unwrap();
    change(&mut state);
    disk.memory.set(Area::Local, "state", Some(state.seal(&key, &mut Seeded(7)).unwrap()));
}

fn notices(disk: &Disk) -> Vec<Message> {
    account_list(ask(disk, ReadScreen { origin: None })).notices
}

#[test]
fn an_update_is_announced_once_until_it_is_dismissed() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let updated = message!("notice_updated", VERSION);
    assert!(!notices(&disk).contains(&updated), "a new vault has no news");
    change_state(&disk, |state| state.known_version = "0.0.9".into());
    assert_eq!(notices(&disk).last(), Some(&updated), "after everything that needs the user");
    add(&disk, form("bob"));
    assert!(notices(&disk).contains(&updated), "a write does not dismiss it");
    assert!(!account_list(ask(&disk, DismissUpdate)).notices.contains(&updated));
    assert!(!notices(&disk).contains(&updated));
}

#[test]
fn a_state_from_before_versions_were_recorded_has_no_news() {
    let disk = with_vault();
    change_state(&disk, |state| state.known_version.clear());
    assert!(!notices(&disk).contains(&message!("notice_updated", VERSION)));
    add(&disk, form("alice"));
    change_state(&disk, |state| assert_eq!(state.known_version, VERSION));
}
