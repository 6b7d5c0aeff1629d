//! Several accounts at once, older generations by the person's wish, settings, and what a fault report may hold.

use super::{NOW, SECRET, add, ask, ask_at, board, failure, form, with_vault};
use casdoor_authenticator::app::protocol::{AccountForm, GenerationCard, ManyChange, Reply, Request, Screen};
use casdoor_authenticator::vault::{AccountId, Area, Generation, Keep, Settings, Theme};

fn change(accounts: Vec<AccountId>, change: ManyChange) -> Request {
    Request::ChangeMany { accounts, change }
}

#[test]
fn several_accounts_change_in_one_write_or_not_at_all() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["a", "b", "c"].iter().map(|name| add(&disk, form(name))).collect();
    let group = ManyChange::Group { group: " Work ".into() };
    let rows = board(ask(&disk, change(vec![ids[0], ids[2]], group))).rows;
    assert_eq!(rows.iter().map(|row| row.group.as_str()).collect::<Vec<_>>(), ["Work", "", "Work"]);

    assert_eq!(board(ask(&disk, change(ids[..2].to_vec(), ManyChange::Bin))).rows.len(), 1);
    // One of them is in the bin already: nothing happens to the other.
    assert_eq!(failure(ask(&disk, change(vec![ids[2], ids[0]], ManyChange::Bin))), "vault_no_such_account");
    assert_eq!(board(ask(&disk, Request::Open { origin: None })).rows.len(), 1);
    assert_eq!(board(ask(&disk, change(ids[..2].to_vec(), ManyChange::Restore))).rows.len(), 3);
    let Reply::Binned { rows } = ask(&disk, Request::ListBin) else { panic!("no bin") };
    assert!(rows.is_empty());
}

#[test]
fn accounts_are_kept_nowhere_that_is_not_connected() {
    let disk = with_vault();
    let id = add(&disk, form("a"));
    let nowhere = Keep::Connection("00000000-0000-4000-8000-000000000000".parse().unwrap());
    assert_eq!(failure(ask(&disk, Request::KeepManyOn { accounts: vec![id], keep: nowhere })), "casdoor_not_connected");
    assert!(matches!(ask(&disk, Request::KeepManyOn { accounts: vec![id], keep: Keep::Device }), Reply::Done { .. }));
}

fn older(reply: Reply) -> Vec<GenerationCard> {
    match reply {
        Reply::Generations { generations } => generations,
        other => panic!("expected generations, got {other:?}"),
    }
}

#[test]
fn an_older_generation_is_opened_by_wish_and_the_newest_becomes_the_one_before_it() {
    let disk = with_vault();
    let id = add(&disk, AccountForm { kind: "hotp".into(), counter: Some(0), ..form("counts") });
    add(&disk, form("later"));
    ask(&disk, Request::NextCode { id });
    let cards = older(ask(&disk, Request::ListGenerations));
    assert_eq!((cards[0].generation, cards[0].accounts), (Generation::Previous, Some(1)));
    let open = |password: &str| Request::OpenGeneration { generation: Generation::Previous, password: password.into() };
    assert_eq!(failure(ask(&disk, open("wrong"))), "vault_wrong_password");
    assert_eq!(board(ask(&disk, open("one"))).rows.len(), 1);
    assert!(disk.memory.value(Area::Local, "vault.damaged").is_none(), "nothing was damaged");
    assert_eq!(older(ask(&disk, Request::ListGenerations))[0].accounts, Some(2));
    let Reply::Code { counter, .. } = ask(&disk, Request::NextCode { id }) else { panic!("no code") };
    assert_eq!(counter, 2, "the counter went back");
    assert_eq!(board(ask(&disk, open("one"))).rows.len(), 2);
}

#[test]
fn a_vault_of_a_newer_version_is_not_taken_for_a_damaged_one() {
    let disk = with_vault();
    add(&disk, form("a"));
    let newer = disk.memory.value(Area::Local, "vault.last").unwrap().replacen("\"version\":1", "\"version\":2", 1);
    disk.memory.set(Area::Local, "vault.last", Some(newer));
    disk.memory.end_session();
    assert!(matches!(ask(&disk, Request::Open { origin: None }), Reply::Screen { screen: Screen::Newer }));
    assert_eq!(failure(ask(&disk, Request::Unlock { password: "one".into() })), "vault_newer");
}

#[test]
fn another_time_to_lock_counts_from_now_and_the_theme_is_known_before_the_vault_is_open() {
    let disk = with_vault();
    let settings = Settings { lock_after_seconds: 900, theme: Theme::Dark, ..Settings::default() };
    ask_at(&disk, Request::SetSettings { settings }, NOW + 100);
    assert_eq!(board(ask_at(&disk, Request::Open { origin: None }, NOW + 200)).lock_at, NOW + 1000);
    assert_eq!(disk.memory.value(Area::Local, "theme").as_deref(), Some("dark"));
    let locked = ask_at(&disk, Request::Open { origin: None }, NOW + 1000);
    assert!(matches!(locked, Reply::Screen { screen: Screen::Locked }));
    ask(&disk, Request::BeginAnew);
    assert!(disk.memory.value(Area::Local, "theme").is_none());
}

#[test]
fn diagnostics_name_nobody() {
    let disk = with_vault();
    add(&disk, AccountForm { note: "a note".into(), group: "Family".into(), ..form("alice@example.com") });
    let Reply::Diagnostics { text } = ask_at(&disk, Request::Diagnose, NOW + 7_300) else { panic!("no diagnostics") };
    for there in ["accounts 1 (TOTP 1, HOTP 0, Steam 0)", "groups 1", "pbkdf2 600000", "2 h old", "Backup: none"] {
        assert!(text.contains(there), "{there}: {text}");
    }
    for private in ["alice", "example", "Acme", "a note", "Family", SECRET] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    ask(&disk, Request::Lock);
    assert_eq!(failure(ask(&disk, Request::Diagnose)), "error_locked");
}
