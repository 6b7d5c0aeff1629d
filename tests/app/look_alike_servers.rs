//! Connecting to a server whose host could be mistaken for one that the user knows. The user is warned before signing
//! in there.

use casdoor_authenticator::app::protocol::{LookUpServer, ReadConnectionCode};
use casdoor_authenticator::vault::Site;
use futures_lite::future::block_on;
use serde_json::json;

use super::policy::set;
use super::renewal::{FIRST, Servers, app, connect, token};
use super::worker::{Disk, NOW, add, change, form, with_vault};

/// Returns the host that a server is said to look like when its address is entered.
fn warning(disk: &Disk, servers: &Servers, server: &str) -> Option<String> {
    let request = LookUpServer {
        server: server.into(),
        organization: Some("acme".into()),
        application: None,
        client_id: Some("client".into()),
        allow_http: false,
    };
    block_on(app(disk, servers).ask(request, NOW)).unwrap().looks_like
}

/// Connected to `a.example.com`, with an account for `login.acme-works.org`.
fn vault() -> (Disk, Servers) {
    let (disk, servers) = (with_vault(), Servers::default());
    connect(&disk, &servers, FIRST);
    let id = add(&disk, form("Acme"));
    change(&disk, |vault| {
        vault.account_mut(id).unwrap().sites = vec![Site::Origin("https://login.acme-works.org".into())];
    });
    (disk, servers)
}

#[test]
fn a_server_that_imitates_a_connected_server_a_site_or_a_vendor_is_announced() {
    let (disk, servers) = vault();
    for (server, known) in [
        ("a.examp1e.com", FIRST),
        ("https://a.example.com.evil.net/sso", FIRST),
        ("https://example-login.com:8443", FIRST),
        ("xn--exmple-cua.com", FIRST),
        ("login.acrne-works.org", "login.acme-works.org"),
        ("acme-works.com", "login.acme-works.org"),
        ("door.casd00r.com", "casdoor.com"),
        ("login.micros0ft.com", "microsoft.com"),
    ] {
        assert_eq!(warning(&disk, &servers, server).as_deref(), Some(known), "{server}");
    }
}

#[test]
fn known_and_unrelated_servers_are_not_announced() {
    let (disk, servers) = vault();
    for server in [FIRST, "b.example.com", "sso.login.acme-works.org", "id.widgets.org", "10.0.0.5", "door.casdoor.com"]
    {
        let server = if server == "10.0.0.5" { "https://10.0.0.5" } else { server };
        assert_eq!(warning(&disk, &servers, server), None, "{server}");
    }
    // The administrator knows which server is meant.
    set(&disk, "servers", json!([{ "address": "a.examp1e.com", "organization": "acme" }]));
    assert_eq!(warning(&disk, &servers, "a.examp1e.com"), None);
    assert!(warning(&disk, &servers, "b.examp1e.com").is_some());
}

#[test]
fn internal_servers_of_different_departments_are_not_announced() {
    for (first, second) in [("sso.a.internal", "sso.b.internal"), ("10.0.0.5", "10.0.0.6")] {
        let (disk, servers) = (with_vault(), Servers::default());
        connect(&disk, &servers, first);
        assert_eq!(warning(&disk, &servers, &format!("https://{second}")), None, "{second}");
    }
}

#[test]
fn the_server_of_a_connection_code_is_announced_in_the_same_way() {
    let (disk, servers) = vault();
    let owner = |server: &str| {
        let code = format!("casdoor-authenticator://login?serverUrl=https://{server}&accessToken={}", token());
        block_on(app(&disk, &servers).ask(ReadConnectionCode { code, allow_http: false }, NOW)).unwrap()
    };
    assert_eq!(owner("a.examp1e.com").looks_like.as_deref(), Some(FIRST));
    assert_eq!(owner("id.widgets.org").looks_like, None);
}
