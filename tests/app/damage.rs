//! Stored data that is damaged, truncated, or restored from an older copy: the user is informed, the vault can still be
//! opened, and no counter decreases.

use casdoor_authenticator::app::protocol::{
    AccountForm, ChangePassword, CounterCode, CreateVault, DismissStorageProblem, FormKind, GenerateNextCode,
    LockVault, ReadScreen, RestoreCopy, StartNewVault, UnlockVault,
};
use casdoor_authenticator::vault::{AccountId, Area, StorageProblem, VaultCopy};

use super::worker::{Disk, account_list, add, ask, form, with_vault};

const KEYS: [&str; 7] =
    ["vault.last", "vault.previous", "vault.day", "vault.week", "state", "counters", "state.damaged"];

/// Creates a vault with a HOTP account that has generated codes since the document was last saved.
fn vault_with_counter() -> (Disk, AccountId) {
    let disk = with_vault();
    let id = add(&disk, AccountForm { kind: FormKind::Hotp, counter: Some(5), ..form("alice") });
    for _ in 0..4 {
        next(&disk, id);
    }
    (disk, id)
}

/// Generates a code, and returns the counter after it.
fn next(disk: &Disk, id: AccountId) -> u64 {
    match ask(disk, GenerateNextCode { id }) {
        Ok(CounterCode { counter, .. }) => counter,
        other => panic!("expected a code, got {other:?}"),
    }
}

fn local(disk: &Disk) -> Vec<Option<String>> {
    KEYS.iter().map(|key| disk.memory.value(Area::Local, key)).collect()
}

fn put(disk: &Disk, values: &[Option<String>]) {
    for (key, value) in KEYS.iter().zip(values) {
        disk.memory.set(Area::Local, key, value.clone());
    }
}

/// Restores the given values, and removes the mark in the second database.
fn put_all(disk: &Disk, values: &[Option<String>]) {
    put(disk, values);
    disk.memory.set(Area::IndexedDb, "written", None);
}

/// Returns the notices about stored data that are shown after a restart of the worker.
fn notices(disk: &Disk) -> Vec<String> {
    let notices = account_list(ask(disk, ReadScreen { origin: None })).notices;
    let keys = notices.into_iter().map(|message| message.key.as_str().to_owned());
    keys.filter(|key| key.starts_with("notice_state") || key.starts_with("notice_vault")).collect()
}

/// Replaces one character of base64, or of the JSON around it.
fn flipped(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_damaged_state_is_reported_and_set_aside_and_no_counter_decreases() {
    let (disk, id) = vault_with_counter();
    let before = local(&disk);
    let state = disk.memory.value(Area::Local, "state").unwrap();
    let flips = (0..state.len()).step_by(state.len() / 60).chain([state.len() - 1]).map(|at| Some(flipped(&state, at)));
    let cuts = [0, 1, state.len() / 2, state.len() - 1].map(|length| Some(state[..length].to_owned()));
    let others = [None, Some("null".to_owned()), Some("{}".to_owned()), Some(state.clone() + "x")];
    for damaged in flips.chain(cuts).chain(others) {
        put_all(&disk, &before);
        disk.memory.set(Area::Local, "state", damaged.clone());
        assert_eq!(notices(&disk), ["notice_state_damaged"], "{damaged:?}");
        assert_eq!(disk.memory.value(Area::Local, "state.damaged"), damaged);
        assert_eq!(next(&disk, id), 10, "{damaged:?}");
        assert_eq!(notices(&disk), ["notice_state_damaged"], "the notice stays until it is dismissed");
        account_list(ask(&disk, DismissStorageProblem { problem: StorageProblem::StateDamaged }));
        assert!(notices(&disk).is_empty());
    }
}

#[test]
fn counters_survive_damage_to_the_state_or_to_their_copy_and_after_a_save_to_both() {
    let (disk, id) = vault_with_counter();
    let before = local(&disk);
    let copy = disk.memory.value(Area::Local, "counters").unwrap();
    let state = disk.memory.value(Area::Local, "state").unwrap();
    for at in (0..copy.len()).step_by(7) {
        put_all(&disk, &before);
        disk.memory.set(Area::Local, "counters", Some(flipped(&copy, at)));
        assert!(notices(&disk).is_empty(), "the state still contains the counters");
        assert_eq!(next(&disk, id), 10);
    }
    put_all(&disk, &before);
    // Saving the document stores the counters in it.
    add(&disk, form("bob"));
    disk.memory.set(Area::Local, "counters", Some(flipped(&copy, 40)));
    disk.memory.set(Area::Local, "state", Some(flipped(&state, 40)));
    assert_eq!(notices(&disk), ["notice_state_damaged"]);
    assert_eq!(next(&disk, id), 10);
}

#[test]
fn an_older_state_is_detected_and_the_larger_counter_is_used() {
    let (disk, id) = vault_with_counter();
    let old = disk.memory.value(Area::Local, "state");
    for _ in 0..3 {
        next(&disk, id);
    }
    disk.memory.set(Area::Local, "state", old);
    assert_eq!(notices(&disk), ["notice_state_old"]);
    assert_eq!(next(&disk, id), 13);
    account_list(ask(&disk, DismissStorageProblem { problem: StorageProblem::StateOld }));
    assert!(notices(&disk).is_empty());
}

#[test]
fn a_profile_restored_from_an_older_copy_is_detected_and_still_opens() {
    let (disk, _) = vault_with_counter();
    let old = local(&disk);
    add(&disk, form("bob"));
    add(&disk, form("carol"));
    disk.memory.end_session();
    put(&disk, &old);
    account_list(ask(&disk, UnlockVault { password: "one".into() }));
    assert_eq!(notices(&disk), ["notice_vault_old"]);
    add(&disk, form("dora"));
    let _ = ask(&disk, LockVault);
    account_list(ask(&disk, UnlockVault { password: "one".into() }));
    assert_eq!(notices(&disk), ["notice_vault_old"], "the notice stays until it is dismissed");
    account_list(ask(&disk, DismissStorageProblem { problem: StorageProblem::VaultOld }));
    assert!(notices(&disk).is_empty());
}

#[test]
fn an_older_profile_is_detected_even_if_only_the_state_was_written_since() {
    let (disk, id) = vault_with_counter();
    let old = local(&disk);
    next(&disk, id);
    disk.memory.end_session();
    put(&disk, &old);
    account_list(ask(&disk, UnlockVault { password: "one".into() }));
    assert_eq!(notices(&disk), ["notice_state_old"]);
}

#[test]
fn no_action_of_the_user_makes_the_vault_look_older() {
    let (disk, id) = vault_with_counter();
    next(&disk, id);
    let _ = ask(&disk, LockVault);
    account_list(ask(&disk, UnlockVault { password: "one".into() }));
    assert!(notices(&disk).is_empty());
    let _ = ask(&disk, ChangePassword { old: "one".into(), new: "two".into(), pbkdf2: true });
    assert!(notices(&disk).is_empty());
    disk.memory.end_session();
    account_list(ask(&disk, UnlockVault { password: "two".into() }));
    let older = RestoreCopy { copy: VaultCopy::Previous, password: "two".into() };
    account_list(ask(&disk, older));
    assert!(notices(&disk).is_empty());
    // Without the mark in the second database, the revisions cannot be compared.
    disk.memory.set(Area::IndexedDb, "written", None);
    disk.memory.end_session();
    account_list(ask(&disk, UnlockVault { password: "two".into() }));
    assert!(notices(&disk).is_empty());
    // A new vault starts at the first revision.
    let _ = ask(&disk, StartNewVault);
    account_list(ask(&disk, CreateVault { password: "three".into(), pbkdf2: true }));
    disk.memory.end_session();
    account_list(ask(&disk, UnlockVault { password: "three".into() }));
    assert!(notices(&disk).is_empty());
}

#[test]
fn an_invalid_mark_of_the_last_revision_changes_nothing() {
    let (disk, id) = vault_with_counter();
    for text in ["", "x", "1", "1 x", "99999999999999999999999 1", " "] {
        disk.memory.set(Area::IndexedDb, "written", Some(text.into()));
        assert!(notices(&disk).is_empty(), "{text}");
    }
    assert_eq!(next(&disk, id), 10);
}
