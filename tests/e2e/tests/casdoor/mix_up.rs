//! Authorization-server mix-up attacks: a connected server becomes hostile, and the browser is signed in to another,
//! honest server.
//!
//! The hostile server redirects the browser from its sign-in page to the honest server's, with the extension's redirect
//! URI and its own PKCE challenge. The code that comes back is the honest server's. If the extension sent it to the
//! hostile server, that server could obtain the user's tokens.

use std::io::{Read, Write};
use std::net::TcpStream;

use e2e::devtools::until;
use e2e::server::HOST;
use e2e::user;
use mock_casdoor::{MockServer, PASSWORD, ProxiedRequest, Proxy, ProxyResponse};
use serde_json::{Value, json};

use crate::fixture::{self, Setup};

/// The other server's host name. It has to differ because cookies do not distinguish ports.
const HONEST_HOST: &str = "other.acme.test";
/// The hostile server's own PKCE pair, the example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct TwoServers {
    /// The browser, and the server behind the hostile proxy.
    setup: Setup,
    hostile: Proxy,
    honest: MockServer,
}

impl TwoServers {
    /// Starts both servers, and signs the browser in to the honest one as bob.
    fn new() -> Self {
        let setup = Setup::new();
        let hostile = Proxy::start(setup.server.address()).unwrap();
        let this = Self { setup, hostile, honest: fixture::server() };
        let page = this.setup.installed.browser.open(&format!("{}/login/acme", this.honest.url(HONEST_HOST))).unwrap();
        user::sign_in(&page, "bob", PASSWORD).unwrap();
        page.wait_for("!location.pathname.startsWith('/login')").unwrap();
        page.close().unwrap();
        this.setup.tab.activate().unwrap();
        this.honest.clear_requests();
        this
    }

    fn address(&self) -> String {
        self.hostile.url(HOST)
    }

    /// Connects alice to the proxy while it still forwards all requests.
    fn connect(&self) {
        self.setup.go("connect");
        user::ask_to_connect(&self.setup.tab, &self.address()).unwrap();
        user::choose_organization(&self.setup.tab, "acme").unwrap();
        let window = self.setup.installed.browser.wait_for_page("/login/").unwrap();
        user::sign_in(&window, "alice", PASSWORD).unwrap();
        user::join_nothing(&self.setup.tab).unwrap();
    }

    /// Makes every page of the hostile server redirect to the honest server's sign-in page.
    fn turn_hostile(&self) {
        let redirect_uri = format!("https%3A%2F%2F{}.chromiumapp.org%2F", self.setup.installed.extension.id());
        let honest = self.honest.url(HONEST_HOST);
        self.hostile.answer(move |request| {
            let state = request.parameter("state").unwrap_or("any");
            let location = format!(
                "{honest}/login/oauth/authorize?client_id=acme-client&response_type=code&redirect_uri={redirect_uri}\
                 &scope=openid%20profile&state={state}&nonce=n&code_challenge_method=S256&code_challenge={CHALLENGE}\
                 &silentSignin=1"
            );
            request.path().starts_with("/login").then(|| ProxyResponse::redirect(302, location))
        });
    }

    /// Tries to redeem every code that the hostile server received, and returns the honest server's responses.
    fn stolen_tokens(&self) -> Vec<String> {
        let requests = self.hostile.requests();
        let is_exchange = |request: &&ProxiedRequest| request.path() == "/api/login/oauth/access_token";
        let codes = requests.iter().filter(is_exchange).filter_map(|request| request.parameter("code"));
        let answers = codes.map(|code| redeem(self.honest.port(), code));
        answers.filter(|answer| answer.contains("access_token")).collect()
    }

    /// Returns `true` if the honest server was made to issue a code.
    fn was_attacked(&self) -> bool {
        self.honest.requests().iter().any(|line| line.path == "/api/login" && line.status == Some(200))
    }
}

/// Sends a code with the hostile server's verifier to the token endpoint on that port, and returns the response.
fn redeem(port: u16, code: &str) -> String {
    let form = format!("grant_type=authorization_code&client_id=acme-client&code={code}&code_verifier={VERIFIER}");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "POST /api/login/oauth/access_token HTTP/1.1\r\nHost: {HONEST_HOST}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_silent_renewal_sends_no_server_the_code_of_another() {
    let servers = TwoServers::new();
    servers.connect();
    user::sign_out_of(&servers.setup.tab, HOST).unwrap();
    servers.turn_hostile();
    servers.setup.server.expire_tokens("acme/alice");
    servers.setup.sync();
    assert_eq!(servers.stolen_tokens(), Vec::<String>::new());
    assert_eq!(servers.setup.connections()[0]["waits"], "sign_in");
    assert!(!servers.was_attacked(), "a silent renewal opens no page");
}

#[test]
fn a_sign_in_window_sends_no_server_the_code_of_another() {
    let servers = TwoServers::new();
    servers.turn_hostile();
    user::ask_to_connect(&servers.setup.tab, &servers.address()).unwrap();
    user::choose_organization(&servers.setup.tab, "acme").unwrap();
    let (words, failed) = user::status_message(&servers.setup.tab).unwrap();
    assert!(servers.was_attacked(), "the attack did not take place");
    assert_eq!(servers.stolen_tokens(), Vec::<String>::new());
    assert!(failed && words.contains("didn't complete the sign-in"), "{words}");
    assert!(servers.setup.connections().is_empty());
}

#[test]
fn a_request_with_cookies_or_tokens_follows_no_redirect() {
    let servers = TwoServers::new();
    let honest = servers.honest.url(HONEST_HOST);
    let away =
        move |request: &ProxiedRequest| Some(ProxyResponse::redirect(307, format!("{honest}{}", request.target)));
    let to_login = away.clone();
    servers.hostile.answer(move |request| (request.path() == "/api/login").then(|| to_login(request)).flatten());
    user::ask_to_connect(&servers.setup.tab, &servers.address()).unwrap();
    user::choose_organization(&servers.setup.tab, "acme").unwrap();
    let (words, failed) = user::status_message(&servers.setup.tab).unwrap();
    assert!(failed, "{words}");
    assert!(servers.honest.requests().is_empty(), "{:?}", servers.honest.requests());

    // The sign-in issues a code, and then the token endpoint redirects.
    servers.hostile.answer(|_| None);
    servers.connect();
    servers.setup.server.expire_tokens("acme/alice");
    servers.hostile.answer(move |request| (request.path().contains("/oauth/")).then(|| away(request)).flatten());
    let is_refresh = |request: &ProxiedRequest| request.path().ends_with("/oauth/refresh_token");
    // A sync that is already running may have used the old token before it expired.
    until("the refresh token is sent", || {
        servers.setup.sync();
        Ok(servers.hostile.requests().iter().any(is_refresh).then_some(()))
    })
    .unwrap();
    assert!(servers.honest.requests().is_empty(), "{:?}", servers.honest.requests());
}

#[test]
fn public_requests_are_redirected_within_the_server_but_not_to_another() {
    let servers = TwoServers::new();
    let honest = servers.honest.url(HONEST_HOST);
    let names = "/api/get-organization-names";
    servers.hostile.answer(move |request| {
        (request.path() == names).then(|| ProxyResponse::redirect(302, format!("{honest}{}", request.target)))
    });
    user::ask_to_connect(&servers.setup.tab, &servers.address()).unwrap();
    let (words, failed) = user::status_message(&servers.setup.tab).unwrap();
    assert!(failed && words.contains("redirects to another address"), "{words}");

    servers.hostile.answer(move |request| {
        let is_first = request.path() == names && !request.target.contains("again");
        is_first.then(|| ProxyResponse::redirect(302, format!("{names}?owner=admin&again=1")))
    });
    servers.connect();
    assert_eq!(servers.setup.connections()[0]["name"], "alice");
}

#[test]
fn a_renewal_with_another_users_token_changes_nothing() {
    let servers = TwoServers::new();
    servers.connect();
    let eves = servers.setup.server.token("acme-client", "acme/eve", HOST).unwrap();
    let given = json!({ "access_token": eves, "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600 });
    servers
        .hostile
        .answer(move |request| request.path().contains("/oauth/").then(|| ProxyResponse::json(given.to_string())));
    for how_it_ends in [MockServer::expire_tokens, MockServer::expire_access_tokens] {
        how_it_ends(&servers.setup.server, "acme/alice");
        servers.setup.add("mine");
        servers.setup.sync();
        assert_eq!(servers.setup.connections()[0]["name"], "alice");
        assert_ne!(servers.setup.connections()[0]["waits"], Value::Null);
        assert!(servers.setup.stored("acme/eve").is_empty());
    }
}
