//! An expired sign-in is renewed silently, with a few requests to its own server and none to other servers.

use std::cell::RefCell;
use std::collections::BTreeMap;

use casdoor_authenticator::app::App;
use casdoor_authenticator::app::protocol::ListConnections;
use casdoor_authenticator::casdoor::sign_in::SignedIn;
use casdoor_authenticator::casdoor::{Http, HttpError, HttpRequest, HttpResponse, ServerAddress};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::Tokens;
use data_encoding::BASE64URL_NOPAD;
use futures_lite::future::block_on;

use super::worker::{Disk, NOW, Quick};
use super::{Seeded, ask, with_vault};

pub const REDIRECT: &str = "https://extension.example/";
pub const FIRST: &str = "a.example.com";
pub const SECOND: &str = "b.example.com";

/// Several servers with one user each, with the endpoints that a sync and a sign-in need.
#[derive(Default)]
pub struct Servers {
    /// The requests by host, each with its method and path.
    requests: RefCell<BTreeMap<String, Vec<String>>>,
    /// Hosts where the first token and its refresh token have expired.
    ended: Vec<&'static str>,
    /// The browser is signed in on every server.
    pub is_signed_in: bool,
    /// A field of the user that is different for a new token, with its value.
    pub renewed_as: Option<(&'static str, &'static str)>,
    /// The response in place of a code, if every server requires a page first.
    pub requires: Option<serde_json::Value>,
    /// Every user is disabled.
    pub disables: bool,
}

impl Servers {
    /// Returns how many requests a host has received.
    pub fn count(&self, host: &str) -> usize {
        self.requests.borrow().get(host).map_or(0, Vec::len)
    }

    /// Lets the sign-in of a host expire.
    pub fn end(&mut self, host: &'static str) {
        self.ended.push(host);
    }

    fn forget(&self) {
        self.requests.borrow_mut().clear();
    }
}

/// Returns an access token of every server's user.
pub fn token() -> String {
    format!("head.{}.signature", BASE64URL_NOPAD.encode(br#"{"sub":"alice-uuid"}"#))
}

fn json(value: &serde_json::Value) -> HttpResponse {
    let body = Secret::new(value.to_string().into_bytes());
    HttpResponse { status: 200, content_type: "application/json".into(), date: None, body }
}

impl Http for &Servers {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (host, path) = request.url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).unwrap();
        let path = path.split('?').next().unwrap();
        let line = format!("{} /{path}", request.method.as_str());
        self.requests.borrow_mut().entry(host.to_owned()).or_default().push(line);
        let is_first = request.bearer.as_ref().is_some_and(|token| token.expose() == "first");
        Ok(json(&match path {
            "api/login/oauth/refresh_token" => {
                serde_json::json!({ "error": "invalid_grant", "error_description": "the refresh token is over" })
            }
            "api/login/oauth/access_token" => {
                serde_json::json!({ "access_token": token(), "refresh_token": "r", "expires_in": 604_800 })
            }
            "api/get-app-login" => serde_json::json!({ "status": "ok", "data": {
                "name": "app-acme", "organization": "acme", "clientId": "client",
            } }),
            "api/login" if !request.with_session => serde_json::json!({ "status": "error", "msg": "no session" }),
            "api/login" if self.requires.is_some() => serde_json::json!({ "status": "ok", "data": self.requires }),
            "api/login" if self.is_signed_in => serde_json::json!({ "status": "ok", "data": "code" }),
            "api/login" => {
                serde_json::json!({ "status": "error", "msg": "Unknown authentication type (not password or provider)" })
            }
            "api/userinfo" => serde_json::json!({ "sub": "alice-uuid" }),
            "api/get-user" if self.disables => serde_json::json!({
                "status": "error", "msg": "The user is forbidden to sign in, please contact the administrator",
            }),
            "api/get-user" if is_first && self.ended.contains(&host) => {
                serde_json::json!({ "status": "error", "msg": "Please login first" })
            }
            "api/get-user" => {
                let mut user = serde_json::json!({
                    "id": "alice-uuid", "owner": "acme", "name": "alice", "displayName": "Alice", "mfaAccounts": [],
                });
                if let Some((field, value)) = self.renewed_as.filter(|_| !is_first) {
                    user[field] = value.into();
                }
                serde_json::json!({ "status": "ok", "data": user })
            }
            // The server does not reveal who can read the list.
            _ => serde_json::json!({ "status": "error", "msg": "not here" }),
        }))
    }
}

pub fn app<'a>(disk: &'a Disk, servers: &'a Servers) -> App<(&'a Disk, &'a Servers, Quick, Seeded)> {
    // Each worker gets a different seed.
    App::new(disk, servers, Quick, Seeded(disk.writes.get() as u64))
}

pub fn connect(disk: &Disk, servers: &Servers, host: &str) {
    let tokens = Tokens {
        access: Secret::new("first".into()),
        refresh: Secret::new("over".into()),
        received_at: NOW - 60,
        expires_at: NOW + 86_400,
    };
    let signed_in = SignedIn {
        server: ServerAddress::parse(host, false).unwrap(),
        client_id: "client".into(),
        tokens,
        owner: "acme".into(),
        name: "alice".into(),
        user_id: "alice-uuid".into(),
        display_name: "Alice".into(),
        is_admin: false,
    };
    block_on(app(disk, servers).connect(signed_in, &clock)).unwrap();
}

pub fn clock() -> UnixMilliseconds {
    UnixMilliseconds::of_seconds(NOW)
}

fn two_servers(is_signed_in: bool) -> (Disk, Servers) {
    let (disk, mut servers) = (with_vault(), Servers::default());
    for host in [FIRST, SECOND] {
        connect(&disk, &servers, host);
    }
    servers.ended = vec![FIRST];
    servers.is_signed_in = is_signed_in;
    servers.forget();
    (disk, servers)
}

#[test]
fn only_the_server_with_the_renewed_sign_in_is_synced_again() {
    let (disk, servers) = two_servers(true);
    let message = block_on(app(&disk, &servers).sync_and_renew(&clock, REDIRECT)).unwrap();
    assert_eq!(message.to_string(), "Synced with Casdoor.", "the reply does not describe the final result");
    assert_eq!(servers.count(SECOND), 1, "{:?}", servers.requests);
    let first = &servers.requests.borrow()[FIRST];
    // The expected requests: one that is rejected, a failed refresh, requesting and redeeming a code, requesting the
    // user of the new token, and one sync.
    let expected = [
        "GET /api/get-user",
        "POST /api/login/oauth/refresh_token",
        "GET /api/get-app-login",
        "POST /api/login",
        "POST /api/login/oauth/access_token",
        "GET /api/userinfo",
        "GET /api/get-user",
        "GET /api/get-user",
    ];
    assert_eq!(first, &expected);
}

#[test]
fn a_signed_out_browser_is_tried_once_before_the_user_is_asked() {
    let (disk, servers) = two_servers(false);
    for (round, requests) in [(1, 4), (2, 6)] {
        block_on(app(&disk, &servers).sync_and_renew(&clock, REDIRECT)).unwrap();
        assert_eq!((servers.count(FIRST), servers.count(SECOND)), (requests, round));
    }
    let asked = servers.requests.borrow()[FIRST].iter().filter(|line| *line == "POST /api/login").count();
    assert_eq!(asked, 1, "the server is asked for a code once, not at each sync");
    let Ok(connections) = ask(&disk, ListConnections) else { panic!("no connections") };
    assert!(connections[0].required_action.is_some() && connections[1].required_action.is_none());
}

#[test]
fn a_due_sync_renews_in_the_same_way_and_skips_what_is_not_due() {
    let (disk, servers) = two_servers(true);
    block_on(app(&disk, &servers).sync_if_due(&|| UnixMilliseconds::of_seconds(NOW + 60), REDIRECT)).unwrap();
    assert_eq!((servers.count(FIRST), servers.count(SECOND)), (0, 0), "both were synced a minute ago");
    block_on(app(&disk, &servers).sync_if_due(&|| UnixMilliseconds::of_seconds(NOW + 20 * 60), REDIRECT)).unwrap();
    assert_eq!((servers.count(FIRST), servers.count(SECOND)), (8, 1));
}

#[test]
fn a_silent_renewal_opens_no_page_if_the_server_requires_one() {
    let required = [
        serde_json::json!({ "required": true }),
        serde_json::json!("RequiredMfa"),
        serde_json::json!("RequiredUpdatePassword"),
        serde_json::json!("NextMfa"),
    ];
    for requires in required {
        let (disk, mut servers) = two_servers(true);
        servers.requires = Some(requires.clone());
        block_on(app(&disk, &servers).sync_and_renew(&clock, REDIRECT)).unwrap();
        let asked = servers.requests.borrow()[FIRST].clone();
        assert_eq!(asked.last().unwrap(), "POST /api/login", "{requires}: {asked:?}");
        let Ok(connections) = ask(&disk, ListConnections) else { panic!("no connections") };
        assert!(connections[0].required_action.is_some(), "{requires}");
    }
}

#[test]
fn a_renewal_as_a_user_with_another_name_or_organization_changes_nothing() {
    for other in [("owner", "private"), ("name", "eve"), ("id", "eve-uuid")] {
        let (disk, mut servers) = two_servers(true);
        servers.renewed_as = Some(other);
        block_on(app(&disk, &servers).sync_and_renew(&clock, REDIRECT)).unwrap();
        let Ok(connections) = ask(&disk, ListConnections) else { panic!("no connections") };
        assert!(connections[0].required_action.is_some(), "{other:?}");
        let asked = servers.requests.borrow()[FIRST].clone();
        assert!(!asked.ends_with(&["GET /api/get-user".into(), "GET /api/get-user".into()]), "{other:?}: {asked:?}");
    }
}
