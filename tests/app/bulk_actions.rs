//! Bulk actions, restoring older copies, settings, and the content of diagnostics.

use super::worker::Quick;
use super::{Disk, NOW, SECRET, Seeded, account_list, add, app, ask, ask_at, failure, form, quick, with_vault};
use casdoor_authenticator::app::App;
use casdoor_authenticator::app::protocol::{
    AccountForm, BulkChange, ChangeAccounts, CopyCard, CounterCode, Diagnose, Disconnect, FormKind, GenerateNextCode,
    ListCopies, ListTrash, LockVault, Message, MoveToTrash, ReadScreen, RestoreAccount, RestoreCopy, Screen,
    SetSettings, StartNewVault, StoreAccountOn, StoreAccountsOn, UnlockVault,
};
use casdoor_authenticator::casdoor::sign_in::SignedIn;
use casdoor_authenticator::casdoor::{Http, HttpError, HttpRequest, HttpResponse, ServerAddress};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{
    AccountId, Area, ConnectionId, Envelope, Settings, StorageLocation, Theme, Tokens, Vault, VaultCopy, VaultKey,
};
use futures_lite::future::{block_on, yield_now, zip};

fn change(accounts: Vec<AccountId>, change: BulkChange) -> ChangeAccounts {
    ChangeAccounts { accounts, change }
}

#[test]
fn several_accounts_change_in_one_write_or_not_at_all() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["a", "b", "c"].iter().map(|name| add(&disk, form(name))).collect();
    let group = BulkChange::Group { group: " Work ".into() };
    let rows = account_list(ask(&disk, change(vec![ids[0], ids[2]], group))).rows;
    assert_eq!(rows.iter().map(|row| row.group.as_str()).collect::<Vec<_>>(), ["Work", "", "Work"]);

    assert_eq!(account_list(ask(&disk, change(ids[..2].to_vec(), BulkChange::MoveToTrash))).rows.len(), 1);
    // One of the accounts is already in the trash, so the other one is not changed either.
    assert_eq!(failure(ask(&disk, change(vec![ids[2], ids[0]], BulkChange::MoveToTrash))), "vault_no_such_account");
    assert_eq!(account_list(ask(&disk, ReadScreen { origin: None })).rows.len(), 1);
    assert_eq!(account_list(ask(&disk, change(ids[..2].to_vec(), BulkChange::Restore))).rows.len(), 3);
    let Ok(rows) = ask(&disk, ListTrash) else { panic!("no trash") };
    assert!(rows.is_empty());
}

#[test]
fn a_restored_account_returns_to_its_previous_position() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["a", "b", "c", "d", "e"].iter().map(|name| add(&disk, form(name))).collect();
    let names = |reply| account_list(reply).rows.iter().map(|row| row.name.clone()).collect::<String>();
    let _ = ask(&disk, MoveToTrash { id: ids[1] });
    assert_eq!(names(ask(&disk, RestoreAccount { id: ids[1] })), "abcde");
    let chosen = vec![ids[0], ids[2], ids[3]];
    assert_eq!(names(ask(&disk, change(chosen.clone(), BulkChange::MoveToTrash))), "be");
    assert_eq!(names(ask(&disk, change(chosen, BulkChange::Restore))), "abcde");
    // The list may have become shorter in the meantime.
    let _ = ask(&disk, MoveToTrash { id: ids[4] });
    let _ = ask(&disk, change(ids[..3].to_vec(), BulkChange::MoveToTrash));
    assert_eq!(names(ask(&disk, RestoreAccount { id: ids[4] })), "de");
}

#[test]
fn accounts_cannot_be_stored_on_an_unknown_connection() {
    let disk = with_vault();
    let id = add(&disk, form("a"));
    let nowhere = StorageLocation::Connection("00000000-0000-4000-8000-000000000000".parse().unwrap());
    assert_eq!(failure(ask(&disk, StoreAccountsOn { accounts: vec![id], location: nowhere })), "casdoor_not_connected");
    assert!(ask(&disk, StoreAccountsOn { accounts: vec![id], location: StorageLocation::Device }).is_ok());
}

/// A server that turns out to be unreachable after a delay.
struct Slow;

impl Http for Slow {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        yield_now().await;
        Err(HttpError::Unreachable)
    }
}

/// Connects by code to a server that does not respond. The connection is receive-only.
fn connect(disk: &Disk, user: &str) -> ConnectionId {
    let access = Secret::new("token".to_owned());
    let tokens = Tokens { access, refresh: Secret::default(), received_at: NOW, expires_at: NOW + 86_400 };
    let signed_in = SignedIn {
        server: ServerAddress::parse("https://id.example.com", false).unwrap(),
        client_id: String::new(),
        tokens,
        owner: "acme".into(),
        name: user.into(),
        user_id: format!("{user}-uuid"),
        display_name: user.into(),
        is_admin: false,
    };
    block_on(app(disk).connect(signed_in, &|| UnixMilliseconds::of_seconds(NOW))).unwrap().connection.id
}

fn stored(disk: &Disk) -> (Envelope, VaultKey, Vault) {
    let envelope = Envelope::from_text(&disk.memory.value(Area::Local, "vault.last").unwrap()).unwrap();
    let (_, salt) = envelope.slots()[0].derivation().unwrap();
    let key = envelope.slots()[0].open(&quick("one", &salt)).unwrap();
    let vault = envelope.open(&key).unwrap();
    (envelope, key, vault)
}

/// Changes an account as if a sync had received it from `source`, and a later one had not found it there.
fn receive(disk: &Disk, id: AccountId, source: ConnectionId) {
    let (envelope, key, mut vault) = stored(disk);
    let account = vault.account_mut(id).unwrap();
    (account.location, account.missing_since) = (StorageLocation::Connection(source), Some(NOW));
    let slots = envelope.slots().to_vec();
    let sealed = Envelope::seal(&vault, &key, slots, envelope.revision(), NOW, &mut Seeded(9)).unwrap();
    disk.memory.set(Area::Local, "vault.last", Some(sealed.to_text().unwrap()));
}

#[test]
fn a_failed_move_changes_no_account_and_does_not_make_a_connection_upload() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["received", "local"].iter().map(|name| add(&disk, form(name))).collect();
    let (source, target) = (connect(&disk, "alice"), connect(&disk, "bob"));
    receive(&disk, ids[0], source);
    let before = stored(&disk).2;
    assert_eq!(before.connections.iter().filter(|connection| connection.receives_only).count(), 2);
    let location = StorageLocation::Connection(target);
    assert_eq!(failure(ask(&disk, StoreAccountOn { id: ids[0], location })), "casdoor_unreachable");
    assert_eq!(stored(&disk).2, before);
    assert_eq!(failure(ask(&disk, StoreAccountsOn { accounts: ids, location })), "casdoor_unreachable");
    assert_eq!(stored(&disk).2, before);
}

#[test]
fn a_failed_move_reverts_only_what_the_user_did_not_change_in_the_meantime() {
    let disk = with_vault();
    let names = ["received", "local", "trashed"];
    let ids: Vec<AccountId> = names.iter().map(|name| add(&disk, form(name))).collect();
    let (source, target) = (connect(&disk, "alice"), connect(&disk, "bob"));
    receive(&disk, ids[0], source);
    let app = App::new(&disk, Slow, Quick, Seeded(5));
    let clock = || UnixMilliseconds::of_seconds(NOW);
    let moving = app.store_accounts_on(&ids, StorageLocation::Connection(target), &clock);
    let meanwhile = async {
        account_list(app.ask(MoveToTrash { id: ids[2] }, NOW).await);
        app.ask(Disconnect { connection: source, forget: false }, NOW).await
    };
    let (moved, left) = block_on(zip(moving, meanwhile));
    assert_eq!(moved.unwrap_err().message().key, "casdoor_unreachable");
    assert!(left.is_ok(), "{left:?}");
    let vault = stored(&disk).2;
    let kept: Vec<_> = vault.accounts.iter().map(|account| (account.id, account.location)).collect();
    assert_eq!(kept, [(ids[0], StorageLocation::Device), (ids[1], StorageLocation::Device)]);
    assert_eq!(vault.trash[0].account.id, ids[2]);
    assert!(vault.connections[0].id == target && vault.connections[0].receives_only);
}

fn older(reply: Result<Vec<CopyCard>, Message>) -> Vec<CopyCard> {
    match reply {
        Ok(copies) => copies,
        other => panic!("expected copies, got {other:?}"),
    }
}

#[test]
fn an_older_copy_can_be_restored_and_the_latest_becomes_the_previous_one() {
    let disk = with_vault();
    let id = add(&disk, AccountForm { kind: FormKind::Hotp, counter: Some(0), ..form("counts") });
    add(&disk, form("later"));
    let _ = ask(&disk, GenerateNextCode { id });
    let cards = older(ask(&disk, ListCopies));
    assert_eq!((cards[0].copy, cards[0].accounts), (VaultCopy::Previous, Some(1)));
    let open = |password: &str| RestoreCopy { copy: VaultCopy::Previous, password: password.into() };
    assert_eq!(failure(ask(&disk, open("wrong"))), "vault_wrong_password");
    assert_eq!(account_list(ask(&disk, open("one"))).rows.len(), 1);
    assert!(disk.memory.value(Area::Local, "vault.damaged").is_none(), "an undamaged copy was set aside");
    assert_eq!(older(ask(&disk, ListCopies))[0].accounts, Some(2));
    let Ok(CounterCode { counter, .. }) = ask(&disk, GenerateNextCode { id }) else { panic!("no code") };
    assert_eq!(counter, 2, "the counter decreased");
    assert_eq!(account_list(ask(&disk, open("one"))).rows.len(), 2);
}

#[test]
fn a_vault_of_a_newer_version_is_not_treated_as_damaged() {
    let disk = with_vault();
    add(&disk, form("a"));
    let newer = disk.memory.value(Area::Local, "vault.last").unwrap().replacen("\"version\":1", "\"version\":2", 1);
    disk.memory.set(Area::Local, "vault.last", Some(newer));
    disk.memory.end_session();
    assert!(matches!(ask(&disk, ReadScreen { origin: None }), Ok(Screen::Newer)));
    assert_eq!(failure(ask(&disk, UnlockVault { password: "one".into() })), "vault_newer");
}

#[test]
fn a_new_locking_time_starts_now_and_the_theme_is_readable_while_locked() {
    let disk = with_vault();
    let settings = Settings { lock_after_seconds: 900, theme: Theme::Dark, ..Settings::default() };
    let _ = ask_at(&disk, SetSettings { settings }, NOW + 100);
    assert_eq!(account_list(ask_at(&disk, ReadScreen { origin: None }, NOW + 200)).lock_at, NOW + 1000);
    assert_eq!(disk.memory.value(Area::Local, "theme").as_deref(), Some("dark"));
    let locked = ask_at(&disk, ReadScreen { origin: None }, NOW + 1000);
    assert!(matches!(locked, Ok(Screen::Locked)));
    let _ = ask(&disk, StartNewVault);
    assert!(disk.memory.value(Area::Local, "theme").is_none());
}

#[test]
fn diagnostics_contain_no_names() {
    let disk = with_vault();
    add(&disk, AccountForm { note: "a note".into(), group: "Family".into(), ..form("alice@example.com") });
    let Ok(text) = ask_at(&disk, Diagnose, NOW + 7_300) else { panic!("no diagnostics") };
    for there in ["accounts 1 (TOTP 1, HOTP 0, Steam 0)", "groups 1", "pbkdf2 600000", "2 h old", "Backup: none"] {
        assert!(text.contains(there), "{there}: {text}");
    }
    for private in ["alice", "example", "Acme", "a note", "Family", SECRET] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    let _ = ask(&disk, LockVault);
    assert_eq!(failure(ask(&disk, Diagnose)), "error_locked");
}
