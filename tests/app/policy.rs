//! Every key of the organization's policy has an effect. `policy_values` tests how the values are read.

use casdoor_authenticator::app::LocalKey;
use casdoor_authenticator::app::policy::Policy;
use casdoor_authenticator::app::protocol::{
    AccountForm, AddAccount, AllowSite, ChangeConnection, ChangeFactors, ConnectByCode, ConnectionCard, ExportAccounts,
    FactorChange, ImportRows, ListConnections, LookUpServer, Message, ReadConnectionCode, ReadFactors, ReadPolicy,
    ReadScreen, ReadText, SaveScanResults, Screen, SelectAccounts, SetLanguage, ShowKeyUri, ShowRecoveryCodes,
    SignInScreen, StoreAccountOn, StoreAccountsOn,
};
use casdoor_authenticator::autofill::{FillDecision, FramePosition, PageContext, PageReply, PageRequest, Seen};
use casdoor_authenticator::exchange::PortableAccount;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{Area, NewAccounts, StorageLocation};
use futures_lite::future::block_on;
use serde_json::json;

use super::worker::{
    Disk, NOW, SECRET, account_list, add, app, ask, ask_any, connect, failure, form, found, stored_vault, with_vault,
};

pub const SERVER: &str = "https://id.example.com";
const OTHER: &str = "https://sso.example.org";

/// Sets one key, as the browser delivers it.
pub fn set(disk: &Disk, key: &'static str, value: serde_json::Value) {
    disk.memory.set(Area::Managed, key, Some(value.to_string()));
}

pub fn policy(disk: &Disk) -> Policy {
    match ask(disk, ReadPolicy) {
        Ok(policy) => policy,
        other => panic!("expected the policy, got {other:?}"),
    }
}

pub fn offer(reply: Result<Screen, Message>) -> SignInScreen {
    match reply {
        Ok(Screen::SignIn(offer)) => offer,
        other => panic!("expected an offer to sign in, got {other:?}"),
    }
}

fn name_server(disk: &Disk) {
    set(disk, "servers", json!([{ "address": SERVER, "organization": "acme", "displayName": "Acme Corporation" }]));
}

fn row(name: &str, secret: &str) -> PortableAccount {
    PortableAccount { uri: format!("otpauth://totp/Shop:{name}?secret={secret}"), ..PortableAccount::default() }
}

#[test]
fn servers_are_offered_before_anything_else() {
    let disk = Disk::default();
    name_server(&disk);
    let shown = offer(ask(&disk, ReadScreen { origin: None }));
    assert_eq!(shown.servers.len(), 1);
    assert_eq!(shown.servers[0].name, "Acme Corporation");
    assert_eq!(shown.servers[0].permission, "https://id.example.com/*");
    assert!(shown.can_skip && !shown.needs_password);
    assert_eq!(
        disk.memory.value(Area::Local, "phase").as_deref(),
        Some("managed"),
        "no first frame without the policy"
    );
    // A server without a name is called by its organization, or else by its host.
    set(&disk, "servers", json!([{ "address": "id.example.com", "organization": "acme" }, { "address": OTHER }]));
    let names: Vec<String> = policy(&disk).servers.into_iter().map(|server| server.name).collect();
    assert_eq!(names, ["acme", "sso.example.org"]);
}

#[test]
fn only_these_servers_can_be_connected() {
    let disk = with_vault();
    name_server(&disk);
    let discover = |server: &str| LookUpServer {
        server: server.into(),
        organization: None,
        application: None,
        client_id: Some("client".into()),
        allow_http: false,
    };
    assert!(ask(&disk, discover(OTHER)).is_ok(), "another server is allowed without the rule");
    set(&disk, "onlyTheseServers", json!(true));
    assert_eq!(failure(ask(&disk, discover(OTHER))), "policy_server");
    assert!(ask(&disk, discover(SERVER)).is_ok());
    // Also for what is not the same server: another port, another path, an address that only begins in the same way.
    for other in ["https://id.example.com:8443", "https://id.example.com/sso", "https://id.example.com.evil.example"] {
        assert_eq!(failure(ask(&disk, discover(other))), "policy_server", "{other}");
    }
    let code = format!("casdoor-authenticator://login?serverUrl={OTHER}&accessToken=a.b.c");
    let read = ReadConnectionCode { code: code.clone(), allow_http: false };
    assert_eq!(failure(ask(&disk, read)), "policy_server");
    assert_eq!(failure(ask(&disk, ConnectByCode { code, allow_http: false })), "policy_server");
    // A server that was looked up before the policy came cannot be signed in to either.
    set(&disk, "onlyTheseServers", json!(false));
    let _ = ask(&disk, discover(OTHER));
    set(&disk, "onlyTheseServers", json!(true));
    let begun = block_on(app(&disk).begin_sign_in(None, None, "https://extension.example/", NOW));
    assert_eq!(begun.unwrap_err().message().key, "policy_server");
}

#[test]
fn a_connection_to_a_server_that_is_no_longer_allowed_gets_nothing() {
    let disk = with_vault();
    let old = connect(&disk, 1, OTHER, true);
    name_server(&disk);
    assert_eq!(block_on(app(&disk).servers_to_fill(NOW)).unwrap(), [OTHER]);
    set(&disk, "onlyTheseServers", json!(true));
    assert!(block_on(app(&disk).servers_to_fill(NOW)).unwrap().is_empty());
    let synced = block_on(app(&disk).sync_one(old, &|| UnixMilliseconds::of_seconds(NOW)));
    assert_eq!(synced.unwrap_err().message().key, "policy_server");
    let renewed = block_on(app(&disk).begin_renewal(old, "https://extension.example/", NOW));
    assert_eq!(renewed.unwrap_err().message().key, "policy_server");
    assert_eq!(failure(ask(&disk, ReadFactors { connection: old })), "policy_server");
    let page =
        PageContext { origin: OTHER.into(), path: "/login".into(), frame: FramePosition::Top, seen: Seen::default() };
    let reply = block_on(app(&disk).page(PageRequest::FormFound { seen: Seen::default() }, page, &[], NOW));
    assert!(matches!(reply, PageReply::Nothing), "{reply:?}");
}

#[test]
fn a_required_sign_in_comes_before_every_account() {
    let disk = with_vault();
    name_server(&disk);
    account_list(ask(&disk, ReadScreen { origin: None }));
    set(&disk, "requireSignIn", json!(true));
    assert!(!offer(ask(&disk, ReadScreen { origin: None })).can_skip);
    assert_eq!(failure(ask(&disk, AddAccount { form: form("a") })), "policy_sign_in_first");
    assert_eq!(
        failure(ask(&disk, ImportRows { rows: vec![row("a", SECRET)], location: None })),
        "policy_sign_in_first"
    );
    let shown = found(ask(&disk, ReadText { text: format!("otpauth://totp/Shop:a?secret={SECRET}") }));
    let keep = SaveScanResults { id: shown.id, cards: vec![0], update: vec![], location: None };
    assert_eq!(failure(ask(&disk, keep)), "policy_sign_in_first");
    // A connection elsewhere is not enough.
    connect(&disk, 1, OTHER, false);
    assert_eq!(failure(ask(&disk, AddAccount { form: form("a") })), "policy_sign_in_first");
    connect(&disk, 2, SERVER, false);
    add(&disk, form("a"));
    account_list(ask(&disk, ReadScreen { origin: None }));
}

#[test]
fn accounts_that_exist_stay_usable_when_a_sign_in_becomes_required() {
    let disk = with_vault();
    add(&disk, form("a"));
    name_server(&disk);
    set(&disk, "requireSignIn", json!(true));
    assert_eq!(account_list(ask(&disk, ReadScreen { origin: None })).rows.len(), 1);
}

#[test]
fn automatic_filling_is_on_off_or_the_users_choice() {
    let disk = with_vault();
    let id = connect(&disk, 1, SERVER, false);
    let choose = |fills| ChangeConnection {
        connection: id,
        fills_automatically: Some(fills),
        follows_deletions: None,
        new_accounts: None,
    };
    let fills = |reply: Result<Vec<ConnectionCard>, Message>| match reply {
        Ok(connections) => connections[0].fills_automatically,
        other => panic!("{other:?}"),
    };
    for (value, choice, expected) in [
        ("on", false, true),
        ("off", true, false),
        ("user", true, true),
        ("user", false, false),
        ("sometimes", true, false),
    ] {
        set(&disk, "automaticFilling", json!(value));
        assert_eq!(fills(ask(&disk, choose(choice))), expected, "{value} {choice}");
        assert_eq!(stored_vault(&disk).connections[0].fills_automatically, expected, "{value} {choice}");
    }
    // The policy also applies to a connection that the user does not change.
    set(&disk, "automaticFilling", json!("on"));
    assert!(fills(ask(&disk, ListConnections)));
}

#[test]
fn new_accounts_stay_on_the_device() {
    let disk = with_vault();
    let id = connect(&disk, 1, SERVER, true);
    set(&disk, "newAccounts", json!("device"));
    let account = add(&disk, form("shop"));
    assert_eq!(stored_vault(&disk).accounts[0].location, StorageLocation::Device);
    let there = Some(StorageLocation::Connection(id));
    let other = || AccountForm { secret: "MZXW6YTBOIMZXW6Y".into(), issuer: "Shop".into(), ..form("b") };
    let adding = AddAccount { form: AccountForm { location: there, ..other() } };
    let importing = ImportRows { rows: vec![row("c", "MFRGGZDFMZTWQ2LK")], location: there };
    let moving = StoreAccountOn { id: account, location: StorageLocation::Connection(id) };
    let several = StoreAccountsOn { accounts: vec![account], location: StorageLocation::Connection(id) };
    let joining = SelectAccounts { connection: id, accounts: vec![account], new_accounts: NewAccounts::Server };
    for request in [adding.into(), importing.into(), moving.into(), several.into(), joining.into()] {
        let shown = format!("{request:?}");
        assert_eq!(failure(ask_any(&disk, request)), "policy_place", "{shown}");
    }
    let _ = ask(&disk, SelectAccounts { connection: id, accounts: vec![], new_accounts: NewAccounts::Server });
    assert_eq!(stored_vault(&disk).connections[0].new_accounts, Some(NewAccounts::Device));
    // What pages show as locked.
    let shown = account_list(ask(&disk, ReadScreen { origin: None }));
    assert_eq!(shown.allowed_locations, Some(vec![StorageLocation::Device]));
    assert_eq!(shown.rows[0].forbidden_locations, [StorageLocation::Connection(id)]);
    set(&disk, "newAccounts", json!("user"));
    let shown = account_list(ask(&disk, ReadScreen { origin: None }));
    assert!(shown.allowed_locations.is_none() && shown.rows[0].forbidden_locations.is_empty());
    let _ = ask(&disk, SelectAccounts { connection: id, accounts: vec![], new_accounts: NewAccounts::Server });
    assert_eq!(stored_vault(&disk).connections[0].new_accounts, Some(NewAccounts::Server));
}

#[test]
fn new_accounts_are_stored_on_the_server() {
    let disk = with_vault();
    let id = connect(&disk, 1, SERVER, false);
    add(&disk, AccountForm { issuer: "Before".into(), ..form("b") });
    assert_eq!(stored_vault(&disk).accounts[0].location, StorageLocation::Device);
    set(&disk, "newAccounts", json!("server"));
    let account = add(&disk, AccountForm { secret: "MZXW6YTBOIMZXW6Y".into(), issuer: "Shop".into(), ..form("a") });
    assert_eq!(stored_vault(&disk).accounts[1].location, StorageLocation::Connection(id));
    let elsewhere =
        AccountForm { secret: "MFRGGZDFMZTWQ2LK".into(), location: Some(StorageLocation::Device), ..form("c") };
    assert_eq!(failure(ask(&disk, AddAccount { form: elsewhere })), "policy_place");
    assert_eq!(failure(ask(&disk, StoreAccountOn { id: account, location: StorageLocation::Device })), "policy_place");
    // The server's own second factor belongs on this device all the same.
    let own = AccountForm { secret: "NBSWY3DPEB3W64TM".into(), issuer: String::new(), ..form("acme/alice") };
    add(&disk, own);
    assert_eq!(stored_vault(&disk).accounts[2].location, StorageLocation::Device);
    let shown = account_list(ask(&disk, ReadScreen { origin: None }));
    assert_eq!(shown.allowed_locations, Some(vec![StorageLocation::Connection(id)]));
    let closed = |id| shown.rows.iter().find(|row| row.id == id).unwrap().forbidden_locations.clone();
    assert_eq!(closed(account), [StorageLocation::Device]);
    assert_eq!(closed(stored_vault(&disk).accounts[0].id), [], "an account from before may be moved there");
}

#[test]
fn a_servers_own_factor_never_goes_there() {
    let disk = with_vault();
    let id = connect(&disk, 1, SERVER, true);
    let own = add(&disk, AccountForm { issuer: String::new(), ..form("acme/alice") });
    set(&disk, "forbidOwnFactorOnServer", json!(true));
    for request in [
        StoreAccountOn { id: own, location: StorageLocation::Connection(id) }.into(),
        SelectAccounts { connection: id, accounts: vec![own], new_accounts: NewAccounts::Device }.into(),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(failure(ask_any(&disk, request)), "policy_not_allowed", "{shown}");
    }
    let other = add(&disk, AccountForm { secret: "MZXW6YTBOIMZXW6Y".into(), issuer: "Shop".into(), ..form("b") });
    let shown = account_list(ask(&disk, ReadScreen { origin: None }));
    let closed = |id| shown.rows.iter().find(|row| row.id == id).unwrap().forbidden_locations.clone();
    assert_eq!((closed(own), closed(other)), (vec![StorageLocation::Connection(id)], vec![]));
    set(&disk, "forbidOwnFactorOnServer", json!(false));
    let moved = failure(ask(&disk, StoreAccountOn { id: own, location: StorageLocation::Connection(id) }));
    assert_ne!(moved, "policy_not_allowed", "without the rule, only the missing network is in the way");
}

#[test]
fn second_factors_are_not_changed_from_here() {
    let disk = with_vault();
    let connection = connect(&disk, 1, SERVER, false);
    set(&disk, "forbidMfaChanges", json!(true));
    for change in [FactorChange::SwitchOnApp, FactorChange::SwitchOff] {
        let request = ChangeFactors { connection, change, password: "one".into() };
        assert_eq!(failure(ask(&disk, request)), "policy_not_allowed");
    }
    set(&disk, "forbidMfaChanges", json!(false));
    let request = ChangeFactors { connection, change: FactorChange::SwitchOff, password: "one".into() };
    assert_ne!(failure(ask(&disk, request)), "policy_not_allowed");
}

#[test]
fn secrets_are_not_shown_while_exports_are_allowed() {
    let disk = with_vault();
    let id = add(&disk, form("a"));
    let one = || "one".to_owned();
    set(&disk, "forbidShowingSecrets", json!(true));
    assert_eq!(failure(ask(&disk, ShowKeyUri { id, password: one() })), "policy_not_allowed");
    assert_eq!(failure(ask(&disk, ShowRecoveryCodes { id, password: one() })), "policy_not_allowed");
    assert!(ask(&disk, ExportAccounts { password: one() }).is_ok());
    let conceals = || account_list(ask(&disk, ReadScreen { origin: None })).conceals_secrets;
    assert!(conceals());
    set(&disk, "forbidShowingSecrets", json!(false));
    assert!(!conceals());
    set(&disk, "forbidExports", json!(true));
    assert!(conceals(), "a secret on the screen is an export");
    set(&disk, "forbidExports", json!(false));
    assert!(ask(&disk, ShowKeyUri { id, password: one() }).is_ok());
}

#[test]
fn codes_are_filled_only_on_allowed_sites() {
    let disk = with_vault();
    connect(&disk, 1, SERVER, false);
    let id = add(&disk, AccountForm { issuer: "Shop".into(), ..form("a") });
    let allow = |origin: &str| AllowSite { id, origin: origin.into(), allowed: true, accepts_look_alike: false };
    account_list(ask(&disk, allow("https://login.elsewhere.net")));
    set(&disk, "fillSites", json!(["example.com", "https://shop.example.org:8443"]));
    for (origin, is_allowed) in [
        ("https://www.example.com", true),
        ("https://shop.example.org:8443", true),
        (SERVER, true),
        ("https://shop.example.org", false),
        ("https://notexample.com", false),
        ("https://example.com.evil.example", false),
        ("http://www.example.com", false),
        ("https://login.elsewhere.net", false),
    ] {
        let decided = block_on(app(&disk).fill_decision(id, origin, NOW));
        match is_allowed {
            true => assert!(decided.is_ok(), "{origin} {decided:?}"),
            false => {
                assert_eq!(decided.unwrap_err().message().key, "policy_site", "{origin}");
                assert_eq!(failure(ask(&disk, allow(origin))), "policy_site", "{origin}");
                assert!(block_on(app(&disk).fillable(origin, NOW)).unwrap().is_empty(), "{origin}");
            }
        }
    }
    let elsewhere = account_list(ask(&disk, ReadScreen { origin: Some("https://login.elsewhere.net".into()) }));
    assert!(elsewhere.site.is_none() && !elsewhere.rows[0].fills, "the popup does not offer what is not allowed");
    // A site can still be removed.
    let remove =
        AllowSite { id, origin: "https://login.elsewhere.net".into(), allowed: false, accepts_look_alike: false };
    account_list(ask(&disk, remove));
    set(&disk, "fillSites", json!([]));
    assert!(block_on(app(&disk).fill_decision(id, "https://www.example.com", NOW)).is_err());
    assert!(matches!(
        block_on(app(&disk).fill_decision(id, SERVER, NOW)),
        Ok(FillDecision::Confirm { .. } | FillDecision::Type { .. })
    ));
}

#[test]
fn the_language_is_set_for_every_page() {
    let disk = Disk::default();
    let _ = ask(&disk, SetLanguage { language: "fr".into() });
    set(&disk, "language", json!("pt-BR"));
    block_on(app(&disk).apply_policy_language()).unwrap();
    assert_eq!(disk.memory.value(Area::Local, LocalKey::Language.name()).as_deref(), Some("pt_BR"));
    assert_eq!(failure(ask(&disk, SetLanguage { language: "de".into() })), "policy_not_allowed");
    assert_eq!(block_on(app(&disk).language()).as_deref(), Some("pt_BR"));
    set(&disk, "language", json!("tlh"));
    assert_eq!(policy(&disk).language, None);
    assert!(ask(&disk, SetLanguage { language: "de".into() }).is_ok());
}

#[test]
fn support_is_shown_before_the_first_sign_in_and_in_the_settings() {
    let disk = Disk::default();
    name_server(&disk);
    set(&disk, "supportUrl", json!("https://help.example.com/codes"));
    set(&disk, "supportText", json!("Call the help desk: 1234"));
    let shown = offer(ask(&disk, ReadScreen { origin: None }));
    assert_eq!(shown.support_url.as_deref(), Some("https://help.example.com/codes"));
    assert_eq!(shown.support_text.as_deref(), Some("Call the help desk: 1234"));
    assert_eq!(policy(&disk).support_url, shown.support_url);
    for address in ["javascript:alert(1)", "data:text/html,x", "help", ""] {
        set(&disk, "supportUrl", json!(address));
        let read = policy(&disk);
        assert_eq!((read.support_url, read.not_understood), (None, vec!["supportUrl".to_owned()]), "{address}");
    }
}

#[test]
fn a_change_of_the_policy_applies_to_a_running_worker() {
    let disk = with_vault();
    let app = app(&disk);
    account_list(block_on(app.ask(ReadScreen { origin: None }, NOW)));
    set(&disk, "autoLockMinutes", json!(5));
    set(&disk, "language", json!("de"));
    block_on(app.policy_changed(NOW)).unwrap();
    assert_eq!(account_list(block_on(app.ask(ReadScreen { origin: None }, NOW))).lock_at, NOW + 300);
    assert_eq!(disk.memory.value(Area::Local, "language").as_deref(), Some("de"));
}
