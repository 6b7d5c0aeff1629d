//! Two sign-ins at the same time, at two servers. The window of one server never continues the sign-in at the other.

use casdoor_authenticator::app::protocol::{ListConnections, LookUpServer};
use casdoor_authenticator::app::{AppError, SignInStep};
use casdoor_authenticator::vault::ConnectionId;
use futures_lite::future::block_on;
use serde_json::json;

use super::policy::set;
use super::renewal::{FIRST, REDIRECT, SECOND, Servers, app, clock, connect};
use super::worker::{Disk, NOW, ask, stored_vault, with_vault};

/// Two connections, in the order FIRST, SECOND.
fn connected() -> (Disk, Servers, [ConnectionId; 2]) {
    let (disk, servers) = (with_vault(), Servers::default());
    for host in [FIRST, SECOND] {
        connect(&disk, &servers, host);
    }
    let ids: Vec<_> = stored_vault(&disk).connections.iter().map(|connection| connection.id).collect();
    (disk, servers, [ids[0], ids[1]])
}

#[test]
fn a_later_sign_in_again_is_not_continued_by_the_window_of_the_first() {
    let (disk, mut servers, [first, second]) = connected();
    for id in [first, second] {
        block_on(app(&disk, &servers).begin_renewal(id, REDIRECT, NOW)).unwrap();
    }
    let step = block_on(app(&disk, &servers).continue_renewal(second, &clock)).unwrap();
    assert!(matches!(step, SignInStep::Page(page) if page.url.starts_with("https://b.example.com/login/")));
    servers.is_signed_in = true;
    let replaced = block_on(app(&disk, &servers).continue_renewal(first, &clock));
    assert!(matches!(replaced, Err(AppError::NothingPending)));
    let step = block_on(app(&disk, &servers).continue_renewal(second, &clock)).unwrap();
    assert!(matches!(step, SignInStep::Finished(_)));
}

#[test]
fn a_silent_renewal_of_one_connection_does_not_replace_the_open_window_of_another() {
    let (disk, mut servers, [first, second]) = connected();
    block_on(app(&disk, &servers).begin_renewal(first, REDIRECT, NOW)).unwrap();
    servers.end(SECOND);
    block_on(app(&disk, &servers).sync_and_renew(&clock, REDIRECT)).unwrap();
    assert!(block_on(app(&disk, &servers).continue_renewal(second, &clock)).is_err(), "it is not stored");
    let step = block_on(app(&disk, &servers).continue_renewal(first, &clock)).unwrap();
    assert!(matches!(step, SignInStep::Page(page) if page.url.starts_with("https://a.example.com/login/")));
    servers.is_signed_in = true;
    let step = block_on(app(&disk, &servers).continue_renewal(first, &clock)).unwrap();
    assert!(matches!(step, SignInStep::Finished(_)));
}

/// Returns the request that looks a server up, as the form for another connection sends it.
fn look_up(host: &str) -> LookUpServer {
    LookUpServer {
        server: host.into(),
        organization: Some("acme".into()),
        application: None,
        client_id: Some("client".into()),
        allow_http: false,
    }
}

#[test]
fn a_sign_in_under_the_policy_is_at_its_server_whatever_is_looked_up_meanwhile() {
    let (disk, mut servers, _) = connected();
    let named = json!([{ "address": "e.example.com", "organization": "acme", "clientId": "client" }]);
    set(&disk, "servers", named);
    let worker = app(&disk, &servers);
    block_on(worker.ask(look_up("c.example.com"), NOW)).unwrap();
    let open = block_on(worker.begin_sign_in(None, None, REDIRECT, NOW)).unwrap();
    // The user answers the browser's question about the policy's server, and looks up another one in between.
    block_on(worker.prepare_managed_sign_in(0, None, NOW)).unwrap();
    block_on(worker.ask(look_up("d.example.com"), NOW)).unwrap();
    let managed = block_on(worker.begin_managed_sign_in(0, REDIRECT, NOW)).unwrap();
    let step = block_on(app(&disk, &servers).continue_sign_in(&managed, &clock)).unwrap();
    assert!(matches!(step, SignInStep::Page(page) if page.url.starts_with("https://e.example.com/login/")));
    servers.is_signed_in = true;
    // The window that was open before does not continue it.
    let replaced = block_on(app(&disk, &servers).continue_sign_in(&open, &clock));
    assert!(matches!(replaced, Err(AppError::NothingPending)));
    let SignInStep::Finished(connected) = block_on(app(&disk, &servers).continue_sign_in(&managed, &clock)).unwrap()
    else {
        panic!("not finished")
    };
    assert_eq!(connected.server, "https://e.example.com");
}

#[test]
fn a_policy_that_comes_while_a_window_is_open_stops_the_sign_in_at_another_server() {
    let (disk, mut servers, [first, _]) = connected();
    block_on(app(&disk, &servers).ask(look_up("c.example.com"), NOW)).unwrap();
    let open = block_on(app(&disk, &servers).begin_sign_in(None, None, REDIRECT, NOW)).unwrap();
    block_on(app(&disk, &servers).begin_renewal(first, REDIRECT, NOW)).unwrap();
    set(&disk, "servers", json!([{ "address": "e.example.com", "organization": "acme" }]));
    set(&disk, "onlyTheseServers", json!(true));
    servers.is_signed_in = true;
    let requests = ["c.example.com", FIRST].map(|host| servers.count(host));
    let connected = block_on(app(&disk, &servers).continue_sign_in(&open, &clock));
    assert_eq!(connected.unwrap_err().message().key, "policy_server");
    let renewed = block_on(app(&disk, &servers).continue_renewal(first, &clock));
    assert_eq!(renewed.unwrap_err().message().key, "policy_server");
    assert_eq!(["c.example.com", FIRST].map(|host| servers.count(host)), requests, "a server was asked");
    assert_eq!(ask(&disk, ListConnections).unwrap().len(), 2);
}

#[test]
fn a_later_connect_is_not_continued_by_the_window_of_the_first() {
    let (disk, mut servers, _) = connected();
    let worker = app(&disk, &servers);
    let begin = |host: &str| {
        block_on(worker.ask(look_up(host), NOW)).unwrap();
        block_on(worker.begin_sign_in(None, None, REDIRECT, NOW)).unwrap()
    };
    let (first, second) = (begin("c.example.com"), begin("d.example.com"));
    assert_ne!(first, second);
    servers.is_signed_in = true;
    let replaced = block_on(app(&disk, &servers).continue_sign_in(&first, &clock));
    assert!(matches!(replaced, Err(AppError::NothingPending)));
    let SignInStep::Finished(connected) = block_on(app(&disk, &servers).continue_sign_in(&second, &clock)).unwrap()
    else {
        panic!("not finished")
    };
    assert_eq!(connected.server, "https://d.example.com");
    assert_eq!(ask(&disk, ListConnections).unwrap().len(), 3);
}
