//! The keys of the organization's policy that concern the vault: password, key derivation, locking, backups, and which
//! accounts are kept when a connection ends.

use casdoor_authenticator::app::protocol::{
    AccountForm, Backups, ChangePassword, CreateVault, CreateVaultWithoutPassword, Disconnect, LockVault, MakeBackup,
    Message, ReadBackups, ReadScreen, ReadSettings, RestoreCopy, ScheduleBackups, Screen, SetSettings, UnlockVault,
};
use casdoor_authenticator::vault::{Area, Envelope, Kdf, Settings, VaultCopy};
use futures_lite::future::block_on;
use serde_json::json;

use super::policy::{SERVER, set};
use super::worker::{Disk, NOW, account_list, add, app, ask, ask_at, connect, failure, form, stored_vault, with_vault};

const STRONG: &str = "a lantern that hums at noon";

fn settings(disk: &Disk) -> Settings {
    match ask(disk, ReadSettings) {
        Ok(settings) => settings,
        other => panic!("expected the settings, got {other:?}"),
    }
}

#[test]
fn a_required_password_is_as_strong_as_the_policy_says() {
    let disk = Disk::default();
    set(&disk, "requirePassword", json!(true));
    assert_eq!(failure(ask(&disk, CreateVaultWithoutPassword)), "policy_password");
    assert!(disk.memory.value(Area::Local, "vault.last").is_none());
    set(&disk, "minimumPasswordStrength", json!("good"));
    let create = |password: &str| CreateVault { password: password.into(), pbkdf2: true };
    for weak in ["one", "password123", "Summer2024"] {
        assert_eq!(failure(ask(&disk, create(weak))), "policy_password_weak", "{weak}");
    }
    account_list(ask(&disk, create(STRONG)));
    let change = |new: &str| ChangePassword { old: STRONG.into(), new: new.into(), pbkdf2: true };
    assert_eq!(failure(ask(&disk, change("two"))), "policy_password_weak");
    let backup = MakeBackup { own: Some("two".into()), password: STRONG.into() };
    assert_eq!(failure(ask(&disk, backup)), "policy_password_weak", "a backup must not have a weaker password");
    set(&disk, "minimumPasswordStrength", serde_json::Value::Null);
    assert!(ask(&disk, change("two")).is_ok());
}

/// The key derivation of the stored vault.
fn kdf(disk: &Disk) -> Kdf {
    let text = disk.memory.value(Area::Local, VaultCopy::Last.key()).unwrap();
    Envelope::from_text(&text).unwrap().slots()[0].derivation().unwrap().0
}

#[test]
fn the_key_derivation_and_its_iterations_are_set() {
    for (derivation, iterations, asked, expected) in [
        ("argon2id", 2_000_000, true, Kdf::ARGON2ID),
        ("pbkdf2", 600_000, false, Kdf::PBKDF2),
        ("pbkdf2", 1_200_000, false, Kdf::Pbkdf2 { iterations: 1_200_000 }),
        ("user", 1_200_000, true, Kdf::Pbkdf2 { iterations: 1_200_000 }),
        ("user", 1_200_000, false, Kdf::ARGON2ID),
        ("user", 5, true, Kdf::PBKDF2),
        ("user", 4_000_000_000_u64, true, Kdf::Pbkdf2 { iterations: 10_000_000 }),
    ] {
        let disk = Disk::default();
        set(&disk, "keyDerivation", json!(derivation));
        set(&disk, "minimumPbkdf2Iterations", json!(iterations));
        account_list(ask(&disk, CreateVault { password: "one".into(), pbkdf2: asked }));
        assert_eq!(kdf(&disk), expected, "{derivation} {iterations}");
        let change = ChangePassword { old: "one".into(), new: "two".into(), pbkdf2: asked };
        assert!(ask(&disk, change).is_ok());
        assert_eq!(kdf(&disk), expected, "{derivation} {iterations}");
    }
}

#[test]
fn the_vault_locks_after_the_longest_time_allowed() {
    let disk = with_vault();
    let lock_at = || account_list(ask(&disk, ReadScreen { origin: None })).lock_at;
    assert_eq!(lock_at(), NOW + 8 * 3600);
    set(&disk, "autoLockMinutes", json!(10));
    assert_eq!(lock_at(), NOW + 600, "the limit also applies to an open vault");
    assert_eq!(settings(&disk).lock_after_seconds, 600);
    let longer = Settings { lock_after_seconds: 86_400, ..settings(&disk) };
    let _ = ask(&disk, SetSettings { settings: longer });
    assert_eq!(settings(&disk).lock_after_seconds, 600);
    let shorter = Settings { lock_after_seconds: 120, ..settings(&disk) };
    let _ = ask(&disk, SetSettings { settings: shorter });
    assert_eq!((settings(&disk).lock_after_seconds, lock_at()), (120, NOW + 120), "users may choose a shorter time");
    let locked = ask_at(&disk, ReadScreen { origin: None }, NOW + 601);
    assert!(matches!(locked, Ok(Screen::Locked)));
    account_list(ask_at(&disk, UnlockVault { password: "one".into() }, NOW + 601));
}

#[test]
fn the_vault_locks_after_the_longest_time_without_input() {
    let disk = with_vault();
    let idle = || block_on(app(&disk).record_awake(NOW)).unwrap();
    let choose = |seconds| {
        let settings = Settings { lock_when_idle_seconds: seconds, ..settings(&disk) };
        let _ = ask(&disk, SetSettings { settings });
        idle()
    };
    assert_eq!((idle(), choose(900), choose(0)), (Some(0), Some(900), Some(0)), "users choose without the key");
    set(&disk, "idleLockMinutes", json!(10));
    assert_eq!(idle(), Some(600), "the limit also applies to an open vault");
    assert_eq!((choose(0), choose(1_800), choose(300)), (Some(600), Some(600), Some(300)));
    set(&disk, "idleLockMinutes", json!("ten"));
    assert_eq!(idle(), Some(60), "the strictest reading of a value that is not understood");
}

#[test]
fn backups_are_made_as_often_as_the_policy_says() {
    let disk = with_vault();
    let days = |backups: Result<Backups, Message>| match backups {
        Ok(backups) => backups.every_days,
        other => panic!("{other:?}"),
    };
    let schedule = |every_days| ScheduleBackups { every_days, own: None, password: String::new() };
    assert_eq!(days(ask(&disk, ReadBackups)), 0);
    set(&disk, "backupEveryDays", json!(7));
    assert_eq!(days(ask(&disk, ReadBackups)), 7, "the policy applies although the user set no schedule");
    add(&disk, form("a"));
    assert!(block_on(app(&disk).due_backup(NOW)).unwrap().is_some());
    for (choice, expected) in [(0, 7), (30, 7), (1, 1)] {
        assert_eq!(days(ask(&disk, schedule(choice))), expected, "{choice}");
    }
    set(&disk, "forbidExports", json!(true));
    assert!(block_on(app(&disk).due_backup(NOW)).unwrap().is_none(), "a backup is an export, too");
    assert_eq!(days(ask(&disk, schedule(0))), 0);
}

#[test]
fn accounts_are_kept_or_forgotten_when_a_connection_ends() {
    for (value, asked, remaining, trash) in [
        ("keep", true, 1, 0),
        ("forget", false, 0, 0),
        ("user", true, 0, 1),
        ("user", false, 1, 0),
        ("burn", false, 1, 0),
    ] {
        let disk = with_vault();
        let connection = connect(&disk, 1, SERVER, true);
        add(&disk, AccountForm { issuer: "Shop".into(), ..form("a") });
        set(&disk, "whenRemoved", json!(value));
        let _ = ask(&disk, Disconnect { connection, forget: asked });
        let vault = stored_vault(&disk);
        assert_eq!((vault.accounts.len(), vault.trash.len()), (remaining, trash), "{value} {asked}");
        let _ = ask(&disk, LockVault);
        let opened = |copy| {
            let disk = &disk;
            let reply = ask(disk, RestoreCopy { copy, password: "one".into() });
            if let Ok(Screen::AccountList(account_list)) = reply { account_list.rows.len() } else { 0 }
        };
        if value == "forget" {
            for copy in VaultCopy::ALL {
                assert_eq!(opened(copy), 0, "{copy:?} still has what was to be forgotten");
            }
        }
    }
}
