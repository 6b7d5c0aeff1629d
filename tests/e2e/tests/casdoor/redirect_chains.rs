//! Redirects in several steps between two hostile servers. The browser is signed in to both, so that each chain could
//! bring what belongs to one server to the other.

use e2e::server::HOST;
use e2e::user;
use mock_casdoor::{MockServer, PASSWORD, ProxiedRequest, Proxy, ProxyResponse};
use serde_json::{Value, json};

use crate::fixture::{self, Setup};

/// The other server's host name. It has to differ because cookies do not distinguish ports.
const OTHER_HOST: &str = "other.acme.test";
/// A code of the other server.
const OTHER_CODE: &str = "code-of-the-other-server";

/// A step of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hop {
    /// To the server that the user connects to.
    First,
    /// To the other server.
    Other,
}
use Hop::{First, Other};

/// Chains of two and three hops. All of them leave the first server.
const CHAINS: [&[Hop]; 5] =
    [&[Other, First], &[First, Other], &[Other, First, Other], &[First, Other, First], &[Other, Other, First]];

struct TwoServers {
    /// The browser, and the server behind the first proxy.
    setup: Setup,
    first: Proxy,
    other: Proxy,
    _behind_other: MockServer,
}

impl TwoServers {
    /// Starts both servers, and signs the browser in to the first as alice and to the other as bob.
    fn new() -> Self {
        let setup = Setup::new();
        let behind_other = fixture::server();
        let (first, other) =
            (Proxy::start(setup.server.address()).unwrap(), Proxy::start(behind_other.address()).unwrap());
        let servers = Self { setup, first, other, _behind_other: behind_other };
        for (address, name) in [(servers.address(First), "alice"), (servers.address(Other), "bob")] {
            let page = servers.setup.installed.browser.open(&format!("{address}/login/acme")).unwrap();
            user::sign_in(&page, name, PASSWORD).unwrap();
            page.wait_for("!location.pathname.startsWith('/login')").unwrap();
            page.close().unwrap();
        }
        servers.setup.tab.activate().unwrap();
        servers
    }

    fn address(&self, server: Hop) -> String {
        match server {
            First => self.first.url(HOST),
            Other => self.other.url(OTHER_HOST),
        }
    }

    /// Redirects each request to a path of the first server along a chain. The number of the step is in the query.
    fn redirect(&self, path: &'static str, chain: &[Hop], status: u16) {
        let targets: Vec<String> = chain.iter().map(|hop| self.address(*hop)).collect();
        let rule = move |request: &ProxiedRequest| {
            let step: usize = request.parameter("hop").and_then(|step| step.parse().ok()).unwrap_or(0);
            let target = targets.get(step).filter(|_| request.path() == path)?;
            let separator = if request.target.contains('?') { '&' } else { '?' };
            let rest = request.target.replace(&format!("&hop={step}"), "").replace(&format!("?hop={step}"), "");
            Some(ProxyResponse::redirect(status, format!("{target}{rest}{separator}hop={}", step + 1)))
        };
        self.first.answer(rule.clone());
        self.other.answer(rule);
    }

    /// Tries to connect, and returns the message.
    fn connect(&self) -> String {
        self.setup.go("connect");
        user::ask_to_connect(&self.setup.tab, &self.address(First)).unwrap();
        user::choose_organization(&self.setup.tab, "acme").unwrap();
        let (words, failed) = user::status_message(&self.setup.tab).unwrap();
        assert!(failed, "{words}");
        words
    }

    /// Returns the requests that the other server received since it had received `count`.
    fn new_requests(&self, count: usize) -> Vec<ProxiedRequest> {
        self.other.requests().split_off(count)
    }
}

/// Returns true if a request contains something that belongs to the user.
fn has_secret(request: &ProxiedRequest) -> bool {
    let has_header = |name: &str| request.head.lines().any(|line| line.to_ascii_lowercase().starts_with(name));
    has_header("cookie:") || has_header("authorization:") || !request.body.is_empty()
}

#[test]
fn no_chain_of_redirects_brings_cookies_codes_or_tokens_to_another_server() {
    let servers = TwoServers::new();
    for path in ["/api/login", "/api/login/oauth/access_token", "/api/userinfo", "/api/get-user"] {
        for (chain, status) in CHAINS.into_iter().zip([302, 303, 307, 308, 301]) {
            let (before, own) = (servers.other.requests().len(), servers.first.requests().len());
            servers.redirect(path, chain, status);
            servers.connect();
            let asked = servers.first.requests().split_off(own);
            assert!(asked.iter().any(|request| request.path() == path), "{path} was not requested");
            assert_eq!(servers.new_requests(before), Vec::new(), "{path} {chain:?} {status}");
            let followed = asked.iter().filter(|request| request.parameter("hop").is_some());
            assert_eq!(followed.count(), 0, "{path} {chain:?} {status}");
            assert!(servers.setup.connections().is_empty(), "{path} {chain:?} {status}");
        }
    }
}

#[test]
fn a_public_request_in_a_chain_has_no_cookies_and_counts_only_if_the_server_answers_itself() {
    let servers = TwoServers::new();
    let path = "/api/get-organization-names";
    for chain in CHAINS {
        let before = servers.other.requests().len();
        servers.redirect(path, chain, 302);
        servers.setup.go("connect");
        user::ask_to_connect(&servers.setup.tab, &servers.address(First)).unwrap();
        if chain.last() == Some(&Other) {
            let (words, failed) = user::status_message(&servers.setup.tab).unwrap();
            assert!(failed && words.contains("redirects to another address"), "{chain:?}: {words}");
        } else {
            servers.setup.tab.wait_for("document.querySelector('[data-step=offer]')").unwrap();
        }
        let asked = servers.new_requests(before);
        assert!(!asked.is_empty() && !asked.iter().any(has_secret), "{chain:?}: {asked:?}");
        assert!(servers.setup.connections().is_empty());
    }
}

#[test]
fn a_code_that_another_server_returns_with_the_right_state_is_sent_nowhere() {
    let servers = TwoServers::new();
    let own_page = format!("https://{}.chromiumapp.org/", servers.setup.installed.extension.id());
    let (first, other) = (servers.address(First), servers.address(Other));
    user::sign_out_of(&servers.setup.tab, HOST).unwrap();
    // The first server sends its login page to the other one, which returns its own code: to the first server, and from
    // there to the extension, or directly.
    let is_page = |request: &ProxiedRequest| request.path().starts_with("/login");
    let leave = move |request: &ProxiedRequest| {
        let state = request.parameter("state").unwrap_or("any");
        match request.parameter("code") {
            Some(code) => ProxyResponse::redirect(302, format!("{own_page}?code={code}&state={state}")),
            None => ProxyResponse::redirect(302, format!("{other}/login/oauth/authorize?state={state}")),
        }
    };
    servers.first.answer(move |request| is_page(request).then(|| leave(request)));
    for target in [
        format!("{first}/login/oauth/authorize"),
        format!("https://{}.chromiumapp.org/", servers.setup.installed.extension.id()),
    ] {
        let (before, own) = (servers.other.requests().len(), servers.first.requests().len());
        servers.other.answer(move |request| {
            let state = request.parameter("state").unwrap_or("any");
            Some(ProxyResponse::redirect(302, format!("{target}?code={OTHER_CODE}&state={state}")))
        });
        servers.connect();
        assert!(!servers.new_requests(before).is_empty(), "the attack did not take place");
        let asked = servers.first.requests().split_off(own);
        // The pages themselves carry the code. The extension's requests do not.
        let sent = asked.iter().filter(|request| !is_page(request));
        let sent: Vec<_> = sent.filter(|request| format!("{request:?}").contains(OTHER_CODE)).collect();
        assert!(sent.is_empty(), "{sent:?}");
        assert!(!asked.iter().any(|request| request.path().ends_with("/access_token")), "{asked:?}");
        assert!(servers.setup.connections().is_empty());
    }
}

#[test]
fn a_renewal_in_a_chain_changes_nothing() {
    let servers = TwoServers::new();
    servers.setup.go("connect");
    user::ask_to_connect(&servers.setup.tab, &servers.address(First)).unwrap();
    user::connect_as_signed_in(&servers.setup.tab, "acme").unwrap();
    user::join_nothing(&servers.setup.tab).unwrap();
    for path in ["/api/login/oauth/refresh_token", "/api/login", "/api/login/oauth/access_token"] {
        for (chain, status) in CHAINS.into_iter().zip([307, 308, 302, 303, 301]) {
            let before = servers.other.requests().len();
            servers.setup.server.expire_tokens("acme/alice");
            servers.redirect(path, chain, status);
            servers.setup.sync();
            assert_eq!(servers.new_requests(before), Vec::new(), "{path} {chain:?} {status}");
            assert_eq!(servers.setup.connections()[0]["name"], json!("alice"));
        }
    }
    assert_ne!(servers.setup.connections()[0]["waits"], Value::Null, "the sign-in could not be renewed");
}
