//! Signing in to the organization's server at the first run, and which accounts are kept when the server disables the
//! user.

use casdoor_authenticator::app::SignInStep;
use casdoor_authenticator::app::protocol::{AccountForm, AddAccount, Connected, ReadScreen};
use casdoor_authenticator::vault::StorageLocation;
use futures_lite::future::block_on;
use serde_json::json;

use super::policy::{offer, set};
use super::renewal::{FIRST, REDIRECT, Servers, app, clock};
use super::worker::{Disk, NOW, account_list, ask, form, stored_vault};

fn managed() -> (Disk, Servers) {
    let disk = Disk::default();
    set(
        &disk,
        "servers",
        json!([{ "address": FIRST, "organization": "acme", "clientId": "client", "displayName": "Acme Corporation" }]),
    );
    set(&disk, "requireSignIn", json!(true));
    set(&disk, "requirePassword", json!(true));
    set(&disk, "newAccounts", json!("server"));
    set(&disk, "automaticFilling", json!("on"));
    let mut servers = Servers::default();
    servers.is_signed_in = true;
    (disk, servers)
}

fn sign_in(disk: &Disk, servers: &Servers) -> Connected {
    let password = Some("a lantern that hums at noon".to_owned().into());
    block_on(app(disk, servers).prepare_managed_sign_in(0, password, NOW)).unwrap();
    let begun = block_on(app(disk, servers).begin_managed_sign_in(0, REDIRECT, NOW)).unwrap();
    match block_on(app(disk, servers).continue_sign_in(&begun, &clock)).unwrap() {
        SignInStep::Finished(connected) => connected,
        SignInStep::Page(page) => panic!("the browser is signed in, but the page {page:?} is opened"),
    }
}

#[test]
fn one_request_leads_from_no_vault_to_a_synced_connection_under_the_policy() {
    let (disk, servers) = managed();
    let shown = offer(ask(&disk, ReadScreen { origin: None }));
    assert!(shown.needs_password && !shown.can_skip && shown.servers[0].name == "Acme Corporation");
    let without = block_on(app(&disk, &servers).prepare_managed_sign_in(0, None, NOW));
    assert_eq!(without.unwrap_err().message().key, "policy_password");
    let elsewhere = block_on(app(&disk, &servers).prepare_managed_sign_in(1, None, NOW));
    assert_eq!(elsewhere.unwrap_err().message().key, "error_nothing_pending");
    let connected = sign_in(&disk, &servers);
    assert_eq!((connected.owner.as_str(), connected.name.as_str()), ("acme", "alice"));
    account_list(ask(&disk, ReadScreen { origin: None }));
    let connection = &stored_vault(&disk).connections[0];
    assert!(connection.fills_automatically && connection.new_accounts.is_some() && !connection.receives_only);
}

#[test]
fn an_incomplete_sign_in_is_offered_again() {
    let (disk, mut servers) = managed();
    servers.is_signed_in = false;
    let password = Some("a lantern that hums at noon".to_owned().into());
    block_on(app(&disk, &servers).prepare_managed_sign_in(0, password, NOW)).unwrap();
    let again = offer(ask(&disk, ReadScreen { origin: None }));
    assert!(!again.needs_password, "the vault exists now");
    servers.is_signed_in = true;
    sign_in(&disk, &servers);
}

#[test]
fn a_user_whom_the_server_disables_loses_the_servers_accounts_only_if_the_policy_says_so() {
    for (value, remaining) in [("forget", 1), ("user", 2), ("keep", 2)] {
        let (disk, mut servers) = managed();
        sign_in(&disk, &servers);
        set(&disk, "newAccounts", json!("user"));
        let id = stored_vault(&disk).connections[0].id;
        let place = |name: &str, secret: &str, keep| AccountForm {
            secret: secret.into(),
            issuer: name.into(),
            location: Some(keep),
            ..form(name)
        };
        let _ = ask(&disk, AddAccount { form: place("Shop", "MZXW6YTBOIMZXW6Y", StorageLocation::Connection(id)) });
        let _ = ask(&disk, AddAccount { form: place("Mine", "MFRGGZDFMZTWQ2LK", StorageLocation::Device) });
        set(&disk, "whenRemoved", json!(value));
        servers.disables = true;
        let synced = block_on(app(&disk, &servers).sync_one(id, &clock));
        assert_eq!(synced.unwrap_err().message().key, "casdoor_user_forbidden");
        let vault = stored_vault(&disk);
        assert_eq!(vault.accounts.len(), remaining, "{value}");
        assert_eq!(vault.connections.is_empty(), value == "forget", "{value}");
        assert!(vault.trash.is_empty(), "{value}: nothing waits in the trash");
    }
}
