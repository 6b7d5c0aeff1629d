//! Tests the use cases through [`App::handle`], with a worker that is stopped between requests.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot continue should fail"
)]

mod absence;
mod absence_rule;
mod adding;
mod appearance;
mod arranging;
mod borrowed_names;
mod bulk_actions;
mod chosen_icons;
mod clocks;
mod concurrency;
mod counters;
mod damage;
mod effects;
mod first_screen;
mod hostile;
mod hostile_renderer;
mod import_export;
mod key_uris;
mod language;
mod look_alike_servers;
mod many_connections;
mod names;
#[path = "../support/offline.rs"]
mod offline;
mod placement;
mod policy;
mod policy_sign_in;
mod policy_values;
mod policy_vault;
#[path = "../support/processor_time.rs"]
mod processor_time;
#[path = "../support/quick_keys.rs"]
mod quick_keys;
mod recovery;
mod renewal;
mod requests;
mod saving_results;
#[path = "../support/seeded.rs"]
mod seeded;
mod sites;
mod two_sign_ins;
mod updates;
mod worker;
mod write_cost;

use casdoor_authenticator::app::protocol::{
    AccountForm, AccountList, AddAccount, AllowSite, ChangePassword, CounterCode, CreateVault, DuplicateKind,
    EditAccount, FormKind, GenerateNextCode, ListTrash, LockVault, MoveToTrash, PinAccount, ReadAccountForm,
    ReadScreen, ReadSealedFile, ReadSettings, ReadText, RestoreAccount, RestoreCopy, SaveScanResults, Screen,
    SetSettings, StartNewVault, UnlockVault,
};
use casdoor_authenticator::vault::{AccountId, Area, Envelope, Settings, VaultCopy};
use futures_lite::future::block_on;
use worker::{Disk, NOW, SECRET, Seeded, account_list, add, app, ask, ask_at, failure, form, found, quick, with_vault};

#[test]
fn a_vault_is_created_locked_and_unlocked_and_a_wrong_password_changes_nothing() {
    let disk = Disk::default();
    assert!(matches!(ask(&disk, ReadScreen { origin: None }), Ok(Screen::FirstRun)));
    assert_eq!(failure(ask(&disk, AddAccount { form: form("a") })), "error_no_vault");
    assert_eq!(failure(ask(&disk, CreateVault { password: String::new(), pbkdf2: true })), "error_empty_password");
    account_list(ask(&disk, CreateVault { password: "one".into(), pbkdf2: true }));
    add(&disk, form("alice"));

    let _ = ask(&disk, LockVault);
    assert!(matches!(ask(&disk, ReadScreen { origin: None }), Ok(Screen::Locked)));
    assert!(
        disk.memory.value(Area::Session, "unlocked").is_none() && disk.memory.value(Area::Session, "board").is_none()
    );
    assert_eq!(failure(ask(&disk, UnlockVault { password: "two".into() })), "vault_wrong_password");
    assert_eq!(failure(ask(&disk, CreateVault { password: "x".into(), pbkdf2: true })), "error_vault_exists");
    let rows = account_list(ask(&disk, UnlockVault { password: "one".into() })).rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].name, "alice");
}

#[test]
fn local_storage_is_not_readable_without_the_password() {
    let disk = with_vault();
    add(&disk, form("alice@example.com"));
    for key in ["vault.last", "vault.previous", "state"] {
        let text = disk.memory.value(Area::Local, key).expect("written");
        assert!(!text.contains("alice") && !text.contains(SECRET) && !text.contains("Acme"), "{key}");
    }
}

#[test]
fn the_vault_locks_automatically_when_its_time_is_up() {
    let disk = with_vault();
    let lock_at = account_list(ask(&disk, ReadScreen { origin: None })).lock_at;
    assert_eq!(lock_at, NOW + 8 * 3600);
    account_list(ask_at(&disk, ReadScreen { origin: None }, lock_at - 1));
    assert!(matches!(ask_at(&disk, ReadScreen { origin: None }, lock_at), Ok(Screen::Locked)));
    assert!(disk.memory.value(Area::Session, "unlocked").is_none());
}

#[test]
fn the_account_list_has_the_right_codes_for_the_coming_steps() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let row = account_list(ask(&disk, ReadScreen { origin: None })).rows.remove(0);
    let otp = casdoor_authenticator::otp::Otp::standard(casdoor_authenticator::otp::Key::from_base32(SECRET).unwrap());
    for now in (NOW..NOW + 300).step_by(7) {
        let (code, until) = row.code_at(now).expect("codes for five minutes");
        assert_eq!(code, otp.code_at(now).expose());
        assert_eq!(until, otp.window_at(now).unwrap().until);
    }
    assert!(row.code_at(row.from - 1).is_none() && row.code_at(NOW + 3600).is_none());
}

#[test]
fn the_painted_account_list_contains_codes_but_no_secret() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let painted = disk.memory.value(Area::Session, "board").expect("painted");
    assert!(painted.contains("alice") && !painted.contains(SECRET));
    let painted: AccountList = serde_json::from_str(&painted).expect("an account list");
    assert!(painted.rows[0].code_at(NOW + 1200).is_some());
}

#[test]
fn a_new_password_opens_every_copy_and_the_old_one_opens_none() {
    let disk = with_vault();
    for day in 0..40 {
        let request = AddAccount { form: form(&format!("day {day}")) };
        let reply = ask_at(&disk, request, NOW + day * 86_400);
        if reply.is_err() {
            account_list(ask_at(&disk, UnlockVault { password: "one".into() }, NOW + day * 86_400));
        }
    }
    let now = NOW + 40 * 86_400;
    account_list(ask_at(&disk, UnlockVault { password: "one".into() }, now));
    assert_eq!(
        failure(ask_at(&disk, ChangePassword { old: "two".into(), new: "x".into(), pbkdf2: true }, now)),
        "vault_wrong_password"
    );
    let changed = ask_at(&disk, ChangePassword { old: "one".into(), new: "two".into(), pbkdf2: true }, now);
    assert!(changed.is_ok(), "{changed:?}");

    let mut kept = 0;
    for copy in VaultCopy::ALL {
        let text = disk.memory.value(Area::Local, copy.key()).expect("after 40 days, all four copies exist");
        let envelope = Envelope::from_text(&text).expect("an envelope");
        let opens = |password: &str| {
            envelope.slots().iter().any(|slot| {
                let (_, salt) = slot.derivation().expect("valid parameters");
                let key = slot.open(&quick(password, &salt));
                key.is_ok_and(|key| envelope.open(&key).is_ok())
            })
        };
        assert!(!opens("one") && opens("two"), "{copy:?}");
        kept += 1;
    }
    assert_eq!(kept, 4);
    let _ = ask_at(&disk, LockVault, now);
    assert_eq!(failure(ask_at(&disk, UnlockVault { password: "one".into() }, now)), "vault_wrong_password");
    assert!(!account_list(ask_at(&disk, UnlockVault { password: "two".into() }, now)).rows.is_empty());
}

#[test]
fn a_hotp_counter_is_stored_before_its_code_is_shown_and_never_goes_back() {
    let disk = with_vault();
    let id = add(&disk, AccountForm { kind: FormKind::Hotp, counter: Some(0), ..form("alice") });
    let code = |reply| match reply {
        Ok(CounterCode { code, counter }) => (code, counter),
        other => panic!("expected a code, got {other:?}"),
    };
    assert_eq!(code(ask(&disk, GenerateNextCode { id })), ("755224".into(), 1));
    assert_eq!(code(ask(&disk, GenerateNextCode { id })), ("287082".into(), 2));
    disk.full.set(true);
    assert_eq!(failure(ask(&disk, GenerateNextCode { id })), "store_full");
    disk.full.set(false);
    assert_eq!(code(ask(&disk, GenerateNextCode { id })), ("359152".into(), 3));

    // An older copy is restored, but the counter does not decrease.
    disk.memory.set(Area::Local, "vault.last", Some("damaged".into()));
    let _ = ask(&disk, LockVault);
    account_list(ask(&disk, RestoreCopy { copy: VaultCopy::Previous, password: "one".into() }));
    account_list(ask(&disk, AddAccount { form: form("other") }));
    let id =
        account_list(ask(&disk, ReadScreen { origin: None })).rows.iter().find(|row| row.period == 0).map(|row| row.id);
    if let Some(id) = id {
        assert_eq!(code(ask(&disk, GenerateNextCode { id })).1, 4);
    }
    let time_based = add(&disk, form("bob"));
    assert_eq!(failure(ask(&disk, GenerateNextCode { id: time_based })), "error_not_counter_based");
}

#[test]
fn older_copies_replace_a_damaged_latest_one_which_is_set_aside() {
    let disk = with_vault();
    add(&disk, form("alice"));
    add(&disk, form("bob"));
    let _ = ask(&disk, LockVault);
    let good = disk.memory.value(Area::Local, "vault.last").expect("written");
    for damage in
        [good[..good.len() / 2].to_owned(), good.replacen("\"revision\":", "\"revision\":1", 1), String::new()]
    {
        disk.memory.set(Area::Local, "vault.last", Some(damage.clone()));
        let screen = ask(&disk, UnlockVault { password: "one".into() });
        let Ok(Screen::Damaged(copies)) = screen else { panic!("{screen:?}") };
        assert_eq!(copies[0].copy, VaultCopy::Previous);
        let again = RestoreCopy { copy: VaultCopy::Previous, password: "one".into() };
        assert_eq!(account_list(ask(&disk, again)).rows.len(), 1);
        assert_eq!(disk.memory.value(Area::Local, "vault.damaged"), Some(damage));
        let _ = ask(&disk, LockVault);
    }
    assert_eq!(account_list(ask(&disk, UnlockVault { password: "one".into() })).rows.len(), 1);
}

#[test]
fn after_a_forgotten_password_the_sealed_file_is_saved_and_a_new_vault_starts() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let _ = ask(&disk, LockVault);
    let Ok(text) = ask(&disk, ReadSealedFile) else { panic!("no file") };
    assert!(Envelope::from_text(&text).is_ok());
    assert!(matches!(ask(&disk, StartNewVault), Ok(Screen::FirstRun)));
    assert_eq!(disk.memory.value(Area::Local, "vault.forgotten"), Some(text));
    assert!(account_list(ask(&disk, CreateVault { password: "new".into(), pbkdf2: true })).rows.is_empty());
}

#[test]
fn a_deletion_can_be_undone_and_the_trash_is_emptied_after_thirty_days() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    assert!(account_list(ask(&disk, MoveToTrash { id })).rows.is_empty());
    assert_eq!(account_list(ask(&disk, RestoreAccount { id })).rows[0].id, id);
    let _ = ask(&disk, MoveToTrash { id });
    let later = NOW + 31 * 86_400;
    account_list(ask_at(&disk, UnlockVault { password: "one".into() }, later));
    let Ok(rows) = ask_at(&disk, ListTrash, later) else { panic!("no trash") };
    assert_eq!(rows.len(), 1, "nothing is deleted before the vault is saved");
    for (name, trashed) in [("bob", 1), ("carol", 0)] {
        let _ = ask_at(&disk, AddAccount { form: form(name) }, later);
        let Ok(rows) = ask_at(&disk, ListTrash, later) else { panic!("no trash") };
        assert_eq!(rows.len(), trashed, "entries are deleted only by the second save, because the clock may be wrong");
    }
}

#[test]
fn a_temporarily_wrong_clock_does_not_empty_the_trash() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let trashed = || {
        let Ok(rows) = ask(&disk, ListTrash) else { panic!("no trash") };
        rows.into_iter().map(|row| (row.id, row.until)).collect::<Vec<_>>()
    };
    // The clock is reset because its battery is empty, and the network corrects it minutes later.
    account_list(ask_at(&disk, MoveToTrash { id }, NOW - 20 * 365 * 86_400));
    for name in ["bob", "carol"] {
        add(&disk, form(name));
        assert_eq!(trashed(), [(id, NOW + 30 * 86_400)]);
    }
    let ahead = NOW + 60 * 86_400;
    account_list(ask_at(&disk, UnlockVault { password: "one".into() }, ahead));
    account_list(ask_at(&disk, AddAccount { form: form("dave") }, ahead));
    account_list(ask_at(&disk, AddAccount { form: form("erin") }, NOW + 1));
    assert_eq!(trashed(), [(id, NOW + 30 * 86_400)]);
}

#[test]
fn an_edit_keeps_the_secret_unless_a_new_one_is_typed() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let before = account_list(ask(&disk, ReadScreen { origin: None })).rows[0].codes.clone();
    let Ok(shown) = ask(&disk, ReadAccountForm { id }) else { panic!("no form") };
    assert!(shown.secret.is_empty());
    let renamed =
        account_list(ask(&disk, EditAccount { id, form: AccountForm { name: "carol".into(), ..shown.clone() } }));
    assert_eq!((renamed.rows[0].name.as_str(), &renamed.rows[0].codes), ("carol", &before));
    let rekeyed = account_list(ask(
        &disk,
        EditAccount { id, form: AccountForm { secret: "MZXW6YTBOI".into(), ..shown.clone() } },
    ));
    assert_ne!(rekeyed.rows[0].codes, before);
    let bad = EditAccount { id, form: AccountForm { secret: "MZX$".into(), ..shown } };
    assert_eq!(failure(ask(&disk, bad)), "otp_secret_character");
    assert_eq!(account_list(ask(&disk, ReadScreen { origin: None })).rows[0].codes, rekeyed.rows[0].codes);
}

#[test]
fn a_full_disk_is_reported_and_memory_never_differs_from_storage() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let app = app(&disk);
    account_list(block_on(app.ask(ReadScreen { origin: None }, NOW)));
    disk.full.set(true);
    assert_eq!(failure(block_on(app.ask(AddAccount { form: form("bob") }, NOW))), "store_full");
    disk.full.set(false);
    assert_eq!(account_list(block_on(app.ask(ReadScreen { origin: None }, NOW))).rows.len(), 1);
}

#[test]
fn a_scan_result_is_shown_without_its_secret_and_saved_when_the_user_decides_so() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let text = format!(
        "otpauth://totp/Acme:alice?secret={SECRET}&issuer=Acme\notpauth://totp/Other:x?secret={SECRET}\n\
         otpauth://totp/Acme:alice?secret=MZXW6YTBOI&issuer=Acme\notpauth://totp/New:bob?secret=MFRGGZDFMZTWQ2LK\n\
         otpauth://totp/a?secret=MZXW6&period=0\nhttps://example.com"
    );
    let reply = ask(&disk, ReadText { text });
    assert!(!format!("{reply:?}").contains(SECRET));
    let found = found(reply);
    let known: Vec<_> = found.cards.iter().map(|card| card.known.as_ref().map(|known| known.how)).collect();
    assert_eq!(
        known,
        [Some(DuplicateKind::Same), Some(DuplicateKind::SameSecret), Some(DuplicateKind::SameName), None]
    );
    let keys: Vec<_> = found.messages.iter().map(|message| message.key.as_str()).collect();
    assert_eq!(keys, ["otp_period", "found_no_account"]);
    let keep = |card| SaveScanResults { id: found.id.clone(), cards: vec![card], update: vec![], location: None };
    let rows = account_list(ask(&disk, keep(3))).rows;
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["alice", "bob"]);
    assert_eq!(failure(ask(&disk, keep(0))), "error_nothing_pending");
}

#[test]
fn rows_of_the_current_site_come_first_then_pinned_ones() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["a", "b", "c"].iter().map(|name| add(&disk, form(name))).collect();
    let origin = "https://id.example.com";
    let _ = ask(&disk, PinAccount { id: ids[1], pinned: true });
    let _ = ask(&disk, AllowSite { id: ids[2], origin: origin.into(), allowed: true, accepts_look_alike: false });
    let account_list_for =
        |origin: Option<&str>| account_list(ask(&disk, ReadScreen { origin: origin.map(str::to_owned) }));
    let names = |account_list: &AccountList| account_list.rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
    let here = account_list_for(Some(origin));
    assert_eq!(names(&here), ["c", "b", "a"]);
    assert_eq!(here.site.as_deref(), Some("id.example.com"));
    assert!(here.rows[0].fills && !here.rows[1].fills);
    let elsewhere = account_list_for(Some("https://id.example.com.evil.org"));
    assert_eq!(names(&elsewhere), ["b", "a", "c"]);
    assert!(elsewhere.site.is_none());
}

#[test]
fn a_clock_correction_shifts_codes_and_boundaries_alike() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let Ok(settings) = ask(&disk, ReadSettings) else { panic!("no settings") };
    for correction in [47, -100] {
        let settings = Settings { clock_correction_seconds: correction, ..settings.clone() };
        let _ = ask(&disk, SetSettings { settings });
        let row = account_list(ask(&disk, ReadScreen { origin: None })).rows.remove(0);
        let otp =
            casdoor_authenticator::otp::Otp::standard(casdoor_authenticator::otp::Key::from_base32(SECRET).unwrap());
        for now in (NOW..NOW + 200).step_by(3) {
            let server = now.saturating_add_signed(correction);
            let (code, until) = row.code_at(now).expect("covered");
            assert_eq!(code, otp.code_at(server).expose());
            assert_eq!(until.saturating_add_signed(correction), otp.window_at(server).unwrap().until);
        }
    }
}
