//! A server's own second factor is stored on this device, however it is added. Other accounts are stored as usual.

use casdoor_authenticator::app::protocol::{
    AccountForm, AddAccount, EditAccount, ExportAccounts, ImportRows, ImportedAccounts, ListConnections,
    ReadAccountForm, ReadText, SaveScanResults, SelectAccounts, StoreAccountOn, StoreAccountsOn,
};
use casdoor_authenticator::app::{App, Platform};
use casdoor_authenticator::autofill::{FramePosition, PageContext, PageReply, PageRequest, Seen, Shape};
use casdoor_authenticator::exchange::PortableAccount;
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{Account, AccountId, ConnectionId, NewAccounts, StorageLocation, Vault};
use futures_lite::future::block_on;

use super::with_vault;
use super::worker::{
    Disk, NOW, SECRET, account_list, add, app, ask, ask_app, change, connect, failure, form, found, stored_vault,
};

const HERE: &str = "https://id.example.com";
const SERVER: &str = "https://id.example.com/casdoor";
const ELSEWHERE: &str = "https://sso.example.org";
const OTHER_SECRET: &str = "MZXW6YTBOIMZXW6Y";

/// Creates a vault with a connection on which new accounts are stored.
fn connected() -> (Disk, ConnectionId) {
    let disk = with_vault();
    let id = connect(&disk, 1, SERVER, true);
    (disk, id)
}

fn keep_all(disk: &Disk, texts: &[String], site: Option<&str>, location: Option<StorageLocation>) -> Vec<Account> {
    let texts: Vec<Secret<String>> = texts.iter().cloned().map(Secret::new).collect();
    let shown = block_on(app(disk).read_texts(&texts, site, NOW)).unwrap();
    let cards = (0..shown.cards.len()).collect();
    account_list(ask(disk, SaveScanResults { id: shown.id, cards, update: vec![], location }));
    stored_vault(disk).accounts
}

fn address(label: &str, secret: &str) -> String {
    format!("otpauth://totp/{label}?secret={secret}")
}

fn keeps(disk: &Disk) -> Vec<StorageLocation> {
    stored_vault(disk).accounts.iter().map(|account| account.location).collect()
}

#[test]
fn accounts_scanned_on_the_servers_own_page_stay_on_this_device() {
    for label in ["Acme:acme/alice", "acme/alice", "My%20login", "Acme:someone"] {
        let (disk, id) = connected();
        for location in [None, Some(StorageLocation::Connection(id))] {
            let kept = keep_all(&disk, &[address(label, SECRET)], Some(HERE), location);
            assert!(kept.iter().all(|account| account.location == StorageLocation::Device), "{label} {location:?}");
        }
    }
    let (disk, id) = connected();
    let kept = keep_all(&disk, &[address("Shop:alice", SECRET)], Some("https://shop.example"), None);
    assert_eq!(
        kept[0].location,
        StorageLocation::Connection(id),
        "an account of another site must be stored on the server"
    );
}

#[test]
fn a_pasted_own_factor_stays_on_this_device() {
    let (disk, id) = connected();
    let text = format!("{}\n{}", address("Acme%20Inc:acme/alice", SECRET), address("Shop:alice", OTHER_SECRET));
    let shown = found(ask(&disk, ReadText { text }));
    account_list(ask(&disk, SaveScanResults { id: shown.id, cards: vec![0, 1], update: vec![], location: None }));
    assert_eq!(keeps(&disk), [StorageLocation::Device, StorageLocation::Connection(id)]);
    // A bare setup key has no label, but its secret is already known.
    let kept = keep_all(&disk, &[SECRET.to_owned()], None, Some(StorageLocation::Connection(id)));
    assert_eq!(kept.last().unwrap().location, StorageLocation::Device);
}

#[test]
fn an_own_factor_from_a_picture_or_the_camera_stays_on_this_device() {
    for site in [None, Some(HERE), Some("https://mail.example")] {
        let (disk, _) = connected();
        let kept = keep_all(&disk, &[address("Built-in%20Organization:ACME/Alice", SECRET)], site, None);
        assert_eq!(kept[0].location, StorageLocation::Device, "{site:?}");
    }
}

#[test]
fn a_typed_own_factor_stays_on_this_device() {
    let typed = |name: &str, issuer: &str, secret: &str| AccountForm {
        secret: secret.into(),
        name: name.into(),
        issuer: issuer.into(),
        ..AccountForm::default()
    };
    let forms = [
        typed("acme/alice", "", SECRET),
        typed("alice", "acme", SECRET),
        typed("alice", "id.example.com", SECRET),
        typed("Work", "", &address("Acme:acme/alice", SECRET)),
        typed("", "", &address("Acme:acme/alice", SECRET)),
    ];
    for form in forms {
        let (disk, id) = connected();
        for location in [None, Some(StorageLocation::Connection(id))] {
            account_list(ask(&disk, AddAccount { form: AccountForm { location, ..form.clone() } }));
        }
        assert_eq!(keeps(&disk), [StorageLocation::Device, StorageLocation::Device], "{form:?}");
    }
    let (disk, id) = connected();
    add(&disk, typed("alice", "Shop", SECRET));
    assert_eq!(keeps(&disk), [StorageLocation::Connection(id)]);
}

#[test]
fn an_own_factor_whose_secret_was_edited_in_stays_on_this_device() {
    let (disk, id) = connected();
    add(&disk, form("acme/alice"));
    let shop = add(&disk, AccountForm { secret: OTHER_SECRET.into(), issuer: "Shop".into(), ..form("alice") });
    let Ok(shown) = ask(&disk, ReadAccountForm { id: shop }) else { panic!("no form") };
    account_list(ask(&disk, EditAccount { id: shop, form: AccountForm { note: "n".into(), ..shown.clone() } }));
    assert_eq!(keeps(&disk), [StorageLocation::Device, StorageLocation::Connection(id)]);
    account_list(ask(&disk, EditAccount { id: shop, form: AccountForm { secret: SECRET.into(), ..shown } }));
    assert_eq!(keeps(&disk), [StorageLocation::Device, StorageLocation::Device]);
}

#[test]
fn an_account_on_the_server_does_not_get_a_secret_from_the_servers_own_page() {
    let (disk, id) = connected();
    let kept = keep_all(&disk, &[address("Shop:alice", SECRET)], None, None);
    assert_eq!(kept[0].location, StorageLocation::Connection(id));
    let texts = [address("Shop:alice", OTHER_SECRET).into()];
    let shown = block_on(app(&disk).read_texts(&texts, Some(HERE), NOW)).unwrap();
    account_list(ask(&disk, SaveScanResults { id: shown.id, cards: vec![0], update: vec![0], location: None }));
    let accounts = stored_vault(&disk).accounts;
    assert_eq!(accounts[0].otp, kept[0].otp);
    assert_eq!(accounts[1].location, StorageLocation::Device);
}

fn import(disk: &Disk, rows: Vec<PortableAccount>, location: Option<StorageLocation>) -> Vec<AccountId> {
    match ask(disk, ImportRows { rows, location }) {
        Ok(ImportedAccounts { accounts, .. }) => accounts,
        other => panic!("not imported: {other:?}"),
    }
}

#[test]
fn an_imported_own_factor_stays_on_this_device() {
    let portable = |label: &str, secret: &str, site: &str| PortableAccount {
        uri: address(label, secret),
        sites: [site].iter().filter(|site| !site.is_empty()).map(|site| (*site).to_owned()).collect(),
        ..PortableAccount::default()
    };
    let (disk, id) = connected();
    for location in [None, Some(StorageLocation::Connection(id))] {
        let rows = vec![
            portable("Acme:acme/alice", SECRET, ""),
            portable("login", OTHER_SECRET, "https://id.example.com/login/acme"),
            portable("unlabelled", SECRET, ""),
            portable("Shop:alice", "MFRGGZDFMZTWQ2LK", "https://shop.example"),
        ];
        let ids = import(&disk, rows, location);
        let vault = stored_vault(&disk);
        let keeps: Vec<StorageLocation> = ids.iter().map(|id| vault.account(*id).unwrap().location).collect();
        assert_eq!(
            keeps,
            [
                StorageLocation::Device,
                StorageLocation::Device,
                StorageLocation::Device,
                StorageLocation::Connection(id)
            ]
        );
    }
}

#[test]
fn an_exported_and_renamed_own_factor_stays_on_this_device_when_imported() {
    let (disk, id) = connected();
    let kept = keep_all(&disk, &[address("Acme:acme/alice", SECRET)], Some(HERE), None);
    change(&disk, |vault| vault.account_mut(kept[0].id).unwrap().name = "Work".into());
    let Ok(rows) = ask(&disk, ExportAccounts { password: "one".into() }) else { panic!("no rows") };
    // The account no longer exists when it is imported, so its secret is not known.
    change(&disk, |vault| *vault = Vault { connections: vault.connections.clone(), ..Vault::default() });
    let ids = import(&disk, rows, Some(StorageLocation::Connection(id)));
    assert_eq!(stored_vault(&disk).account(ids[0]).unwrap().location, StorageLocation::Device);
}

fn enroll(disk: &Disk, label: &str) -> AccountId {
    let seen = Seen { shape: Shape::Setup, focused: true, secure: true, same_origin: true, ..Seen::default() };
    let page =
        PageContext { origin: HERE.into(), path: "/login".into(), frame: FramePosition::Top, seen: seen.clone() };
    let request = PageRequest::Enroll { secret: SECRET.into(), picture: String::new(), seen };
    let texts = [Secret::new(address(label, SECRET))];
    match block_on(app(disk).page(request, page, &texts, NOW)) {
        PageReply::Failed { message } => panic!("{message}"),
        _ => stored_vault(disk).accounts.last().unwrap().id,
    }
}

#[test]
fn an_account_enrolled_on_the_page_stays_here_even_if_it_was_sent_before() {
    let (disk, _) = connected();
    enroll(&disk, "Acme:acme/alice");
    assert_eq!(keeps(&disk), [StorageLocation::Device]);

    let (disk, id) = connected();
    // The server was unknown when the setup key was pasted.
    keep_all(&disk, &[SECRET.to_owned()], None, None);
    assert_eq!(keeps(&disk), [StorageLocation::Connection(id)]);
    enroll(&disk, "Acme:acme/alice");
    assert_eq!(keeps(&disk), [StorageLocation::Device]);
}

#[test]
fn own_factors_move_to_their_server_only_one_by_one() {
    let (disk, id) = connected();
    change(&disk, |vault| vault.connections[0].new_accounts = None);
    let own = add(&disk, form("acme/alice"));
    let other = add(&disk, AccountForm { secret: OTHER_SECRET.into(), ..form("shop") });
    let location = StorageLocation::Connection(id);
    // The server is unreachable, so only the stored placement is checked.
    let many = |accounts: Vec<AccountId>| ask(&disk, StoreAccountsOn { accounts, location });
    let Ok(message) = many(vec![own]) else { panic!("nothing had to be sent") };
    assert_eq!(message.key, "done_moved_own_factors");
    assert_eq!(failure(many(vec![own, other])), "casdoor_not_connected");
    assert_eq!(keeps(&disk), [StorageLocation::Device, StorageLocation::Device]);
    assert_eq!(failure(ask(&disk, StoreAccountOn { id: own, location })), "casdoor_not_connected");
}

#[test]
fn a_factor_of_one_server_may_be_stored_on_another() {
    let disk = with_vault();
    connect(&disk, 1, SERVER, false);
    let elsewhere = connect(&disk, 2, ELSEWHERE, true);
    change(&disk, |vault| vault.connections[1].name = "bob".into());
    let kept = keep_all(&disk, &[address("Acme:acme/alice", SECRET)], Some(HERE), None);
    assert_eq!(kept[0].location, StorageLocation::Connection(elsewhere));
}

/// Returns whether the only connection is receive-only and gets no new accounts.
fn only_receives<P: Platform>(worker: &App<P>) -> bool {
    let connections = ask_app(worker, ListConnections).expect("connections");
    connections[0].receives_only && connections[0].new_accounts.is_none()
}

#[test]
fn a_rejected_account_does_not_make_a_connection_upload() {
    let (disk, id) = connected();
    change(&disk, |vault| {
        (vault.connections[0].receives_only, vault.connections[0].new_accounts) = (true, None);
        let account = Account::new(address("x", SECRET).parse().unwrap(), NOW, &mut super::Seeded(3));
        vault.accounts = vec![account; Vault::MAX_ACCOUNTS];
    });
    let worker = app(&disk);
    let form = AccountForm { location: Some(StorageLocation::Connection(id)), ..form("new") };
    assert_eq!(failure(ask_app(&worker, AddAccount { form })), "vault_full");
    assert!(only_receives(&worker));
}

#[test]
fn a_failed_join_does_not_make_a_connection_upload() {
    let (disk, id) = connected();
    change(&disk, |vault| (vault.connections[0].receives_only, vault.connections[0].new_accounts) = (true, None));
    let worker = app(&disk);
    let accounts = vec![AccountId::generate(&mut super::Seeded(77))];
    let join = SelectAccounts { connection: id, accounts, new_accounts: NewAccounts::Server };
    assert_eq!(failure(ask_app(&worker, join)), "vault_no_such_account");
    assert!(only_receives(&worker));
}

#[test]
fn a_servers_own_factor_does_not_make_its_connection_upload() {
    let (disk, id) = connected();
    change(&disk, |vault| (vault.connections[0].receives_only, vault.connections[0].new_accounts) = (true, None));
    let location = Some(StorageLocation::Connection(id));
    account_list(ask(&disk, AddAccount { form: AccountForm { location, ..form("acme/alice") } }));
    assert!(stored_vault(&disk).connections[0].receives_only);
    account_list(ask(
        &disk,
        AddAccount { form: AccountForm { location, secret: OTHER_SECRET.into(), ..form("shop") } },
    ));
    assert!(!stored_vault(&disk).connections[0].receives_only);
}
