//! Tests every way to sign in.

use casdoor_authenticator::casdoor::sign_in::{
    Attempt, CodeResponse, ConnectionCode, SignInChoice, SignedIn, complete, discover, exchange, needs_refresh,
    password_grant, refresh, request_code, revoke, with_token,
};
use casdoor_authenticator::casdoor::{CasdoorError, ServerAddress, privacy};
use casdoor_authenticator::secret::Secret;
use futures_lite::future::block_on;
use mock_casdoor::{Fault, MockServer, Options, PASSWORD, Release};
use serde_json::json;

use super::browser::Browser;
use super::device::{Seeded, address, signed_in};
use super::http::Network;

const REDIRECT: &str = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/";

fn start() -> MockServer {
    MockServer::start(Options::default()).expect("a free port")
}

/// Signs a user in with the password grant.
pub fn by_password(server: &MockServer, client_id: &str, user: &str) -> SignedIn {
    let password = Secret::new(PASSWORD.to_owned());
    let now = server.now() as u64;
    block_on(password_grant(&Network::new(), &address(server), client_id, (user, &password), now)).unwrap()
}

fn organization(name: &str) -> SignInChoice {
    SignInChoice { organization: Some(name.into()), ..SignInChoice::default() }
}

/// Starts a sign-in at a server, up to the request for the code.
pub fn attempt_at(server: &ServerAddress, choice: &SignInChoice, seed: u64) -> Result<Attempt, CasdoorError> {
    let network = Network::new();
    let offer = block_on(discover(&network, server, choice))?;
    Attempt::new(&block_on(complete(&network, offer, REDIRECT))?, REDIRECT, &mut Seeded(seed))
}

fn attempt(server: &MockServer, choice: &SignInChoice) -> Attempt {
    attempt_at(&address(server), choice, 7).unwrap()
}

/// Returns a browser that is signed in to the server as this user.
fn browser(server: &MockServer, user: &str) -> Browser {
    let browser = Browser::new();
    assert_eq!(browser.sign_in(&server.url("127.0.0.1"), user), "ok");
    browser
}

#[test]
fn an_address_alone_lists_the_organizations() {
    let server = start();
    let offer = block_on(discover(&Network::new(), &address(&server), &SignInChoice::default())).unwrap();
    let names: Vec<_> = offer.organizations.iter().map(|organization| organization.name.as_str()).collect();
    assert!(names.contains(&"acme") && offer.client_id.is_none());
    assert_eq!(Attempt::new(&offer, REDIRECT, &mut Seeded(1)).unwrap_err(), CasdoorError::ChoiceNeeded);
    let offer = block_on(discover(&Network::new(), &address(&server), &organization("acme"))).unwrap();
    assert_eq!((offer.client_id.as_deref(), offer.application.as_deref()), (Some("acme-client"), Some("app-acme")));
    let typed = SignInChoice { application: Some("app-acme-plain".into()), ..SignInChoice::default() };
    let offer = block_on(discover(&Network::new(), &address(&server), &typed)).unwrap();
    assert_eq!(offer.client_id.as_deref(), Some("acme-plain-client"));
    let unknown = |choice: SignInChoice| block_on(discover(&Network::new(), &address(&server), &choice)).unwrap_err();
    assert_eq!(unknown(organization("nobody")), CasdoorError::UnknownOrganization);
    assert_eq!(
        unknown(SignInChoice { application: Some("no-such-app".into()), ..SignInChoice::default() }),
        CasdoorError::UnknownApplication
    );
}

#[test]
fn an_address_without_casdoor_is_reported() {
    let server = start();
    server.fail(Fault::Html, "");
    let error = block_on(discover(&Network::new(), &address(&server), &SignInChoice::default())).unwrap_err();
    assert_eq!(error, CasdoorError::NotCasdoor);
    let nobody = ServerAddress::parse("127.0.0.1:1", false).unwrap();
    let error = block_on(discover(&Network::new(), &nobody, &SignInChoice::default())).unwrap_err();
    assert_eq!(error, CasdoorError::Unreachable);
}

#[test]
fn an_authorization_code_with_pkce_returns_tokens_and_user() {
    let server = start();
    let mut attempt = attempt(&server, &organization("acme"));
    let code = browser(&server, "acme/alice").code(&mut attempt).unwrap();
    let now = server.now() as u64;
    let signed_in = block_on(exchange(&Network::new(), &attempt, &code, now)).unwrap();
    assert_eq!((signed_in.owner.as_str(), signed_in.name.as_str()), ("acme", "alice"));
    assert_eq!(signed_in.user_id, server.user("acme/alice").unwrap().uuid);
    assert!(!signed_in.is_admin && signed_in.tokens.expires_at > now && !signed_in.tokens.refresh.expose().is_empty());
    let again = block_on(exchange(&Network::new(), &attempt, &code, now)).unwrap_err();
    assert_eq!(again, CasdoorError::CodeRejected);
}

#[test]
fn only_the_request_for_a_code_has_a_cookie_and_it_has_no_token() {
    let server = start();
    let browser = browser(&server, "acme/alice");
    server.clear_requests();
    let mut attempt = attempt(&server, &organization("acme"));
    let code = browser.code(&mut attempt).unwrap();
    block_on(exchange(&browser, &attempt, &code, server.now() as u64)).unwrap();
    for line in server.requests() {
        assert_eq!(line.has_cookie, line.path == "/api/login", "{line:?}");
        assert!(!(line.has_cookie && line.has_bearer), "{line:?}");
    }
}

#[test]
fn a_browser_that_is_signed_out_or_half_signed_in_needs_the_login_page() {
    let server = start();
    let mut attempt = attempt(&server, &organization("acme"));
    let nobody = Browser::new();
    assert_eq!(block_on(request_code(&nobody, &mut attempt)), Ok(CodeResponse::SignInNeeded));
    server.enroll("acme/alice", "JBSWY3DPEHPK3PXP", "recovery-1");
    let half = browser(&server, "acme/alice");
    assert_eq!(block_on(request_code(&half, &mut attempt)), Ok(CodeResponse::SignInNeeded), "the passcode is missing");
    assert!(browser(&server, "acme/bob").code(&mut attempt).is_ok());
}

#[test]
fn what_a_server_requires_first_needs_the_applications_page_and_then_gives_a_code() {
    for release in Release::ALL {
        let server = MockServer::start(Options { release, ..Options::default() }).unwrap();
        let mut attempt = attempt(&server, &organization("acme"));
        let session = browser(&server, "acme/alice");
        let mut ask = |session: &Browser| block_on(request_code(session, &mut attempt)).unwrap();
        let is_new = release == Release::V3_158;

        server.set_custom_scopes("app-acme", &["profile", "calendar"]);
        assert_eq!(ask(&session) == CodeResponse::PageNeeded, release >= Release::V3_40, "consent, {}", release.name());
        let consent = json!([{ "application": "admin/app-acme", "grantedScopes": ["profile"] }]);
        server.set_field("acme/alice", "applicationScopes", consent);
        assert!(matches!(ask(&session), CodeResponse::Code(_)), "with consent, {}", release.name());

        server.set_field("acme/alice", "needUpdatePassword", json!(true));
        assert_eq!(ask(&session), CodeResponse::PageNeeded, "a new password, {}", release.name());
        server.set_field("acme/alice", "needUpdatePassword", json!(false));

        server.require_factor("acme", "app");
        assert_eq!(ask(&session) == CodeResponse::PageNeeded, is_new, "a second factor, {}", release.name());
        // The password is right, but the session of the login page is not usable yet.
        let half = browser(&server, "acme/alice");
        assert_eq!(ask(&half) == CodeResponse::PageNeeded, is_new, "{}", release.name());
        server.enroll("acme/alice", "JBSWY3DPEHPK3PXP", "recovery-1");
        assert!(matches!(ask(&session), CodeResponse::Code(_)), "with the second factor, {}", release.name());
    }
}

#[test]
fn a_client_id_alone_is_completed_with_the_names_of_its_application() {
    let server = start();
    let typed = |client_id: &str| SignInChoice { client_id: Some(client_id.into()), ..SignInChoice::default() };
    let attempt = attempt(&server, &typed("private-client"));
    assert_eq!((attempt.application(), attempt.organization()), ("app-private", "private"));
    assert!(attempt.login_page(None).ends_with("/login/private"));
    let unknown = attempt_at(&address(&server), &typed("no-such-client"), 7).unwrap_err();
    assert_eq!(unknown, CasdoorError::UnknownClient);
    assert!(unknown.to_string().contains("rejected the client ID"));
}

#[test]
fn the_code_of_another_sign_in_is_rejected() {
    let server = start();
    let ours = attempt(&server, &organization("acme"));
    let mut theirs = attempt_at(&address(&server), &organization("acme"), 99).unwrap();
    let code = browser(&server, "acme/eve").code(&mut theirs).unwrap();
    let error = block_on(exchange(&Network::new(), &ours, &code, server.now() as u64)).unwrap_err();
    assert_eq!(error, CasdoorError::CodeRejected, "the PKCE verifier belongs to another sign-in");
}

/// Signs in as bob with a code for the browser's session, on a mock server or a real one.
fn code_by_session(url: &str) {
    let server = ServerAddress::parse(url, false).unwrap();
    let browser = Browser::new();
    let mut attempt = attempt_at(&server, &organization("acme"), 7).unwrap();
    assert_eq!(block_on(request_code(&browser, &mut attempt)), Ok(CodeResponse::SignInNeeded));
    assert_eq!(browser.sign_in(url, "acme/bob"), "ok");
    let code = browser.code(&mut attempt).unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let signed_in = block_on(exchange(&browser, &attempt, &code, now)).unwrap();
    assert_eq!((signed_in.owner.as_str(), signed_in.name.as_str()), ("acme", "bob"));
    assert!(!signed_in.tokens.refresh.expose().is_empty());
    let mut by_id =
        attempt_at(&server, &SignInChoice { client_id: Some("acme-client".into()), ..SignInChoice::default() }, 8)
            .unwrap();
    let code = browser.code(&mut by_id).unwrap();
    assert_eq!(block_on(exchange(&browser, &by_id, &code, now)).unwrap().user_id, signed_in.user_id);
    println!("{url}: {}/{} signed in with a code for the browser's session", signed_in.owner, signed_in.name);
}

#[test]
fn every_release_returns_a_code_to_a_signed_in_browser() {
    for release in Release::ALL {
        let server = MockServer::start(Options { release, ..Options::default() }).unwrap();
        code_by_session(&server.url("127.0.0.1"));
    }
}

#[test]
fn a_real_server_returns_a_code_to_a_signed_in_browser() {
    match std::env::var("CASDOOR_URL") {
        Ok(url) => code_by_session(url.trim_end_matches('/')),
        Err(_) => println!("not tested with a real server: CASDOOR_URL is not set"),
    }
}

#[test]
fn a_connection_code_finds_its_user_in_every_token_format() {
    let server = start();
    for client_id in ["acme-client", "acme-jwt-client", "acme-std-client"] {
        let token = server.token(client_id, "acme/bob", "127.0.0.1").unwrap();
        let text = format!("casdoor-authenticator://login?serverUrl={}&accessToken={token}", server.url("127.0.0.1"));
        let code = ConnectionCode::parse(&text, false).unwrap();
        let signed_in = block_on(with_token(&Network::new(), &code.server, code.token, server.now() as u64)).unwrap();
        assert_eq!((signed_in.owner.as_str(), signed_in.name.as_str()), ("acme", "bob"), "{client_id}");
        assert!(signed_in.tokens.refresh.expose().is_empty() && !needs_refresh(&signed_in.tokens, u64::MAX));
    }
}

#[test]
fn an_expired_or_administrator_connection_code_is_reported() {
    let server = start();
    let token = server.token("acme-client", "acme/bob", "127.0.0.1").unwrap();
    let later = server.now() as u64 + 365 * 86_400;
    let ask =
        |token: &str, now| block_on(with_token(&Network::new(), &address(&server), Secret::new(token.into()), now));
    assert_eq!(ask(&token, later).unwrap_err(), CasdoorError::ConnectionCodeExpired);
    server.set_administrator("acme/bob", true);
    assert!(ask(&token, server.now() as u64).unwrap().is_admin);
    server.expire_tokens("acme/bob");
    assert_eq!(ask(&token, server.now() as u64).unwrap_err(), CasdoorError::ConnectionCodeExpired);
    assert_eq!(ask("not-a-token", 1).unwrap_err(), CasdoorError::NoSubject);
}

#[test]
fn a_refresh_replaces_both_tokens() {
    let server = start();
    for client_id in ["acme-client", "acme-plain-client"] {
        let mut attempt =
            attempt(&server, &SignInChoice { client_id: Some(client_id.into()), ..SignInChoice::default() });
        let code = browser(&server, "acme/alice").code(&mut attempt).unwrap();
        let old = block_on(exchange(&Network::new(), &attempt, &code, 1000)).unwrap().tokens;
        let new = block_on(refresh(&Network::new(), &address(&server), client_id, &old, 2000)).unwrap();
        assert!(new.access != old.access && new.refresh != old.refresh && new.received_at == 2000);
        let again = block_on(refresh(&Network::new(), &address(&server), client_id, &old, 3000)).unwrap_err();
        assert_eq!(again, CasdoorError::SignedOut);
    }
}

#[test]
fn signing_out_revokes_the_token_and_keeps_it_out_of_urls() {
    let server = start();
    let tokens = signed_in(&server, "acme-client", "acme/alice").tokens;
    server.clear_requests();
    block_on(revoke(&Network::new(), &address(&server), &tokens)).unwrap();
    let asked = server.requests();
    assert_eq!((asked[0].method.as_str(), asked[0].path.as_str(), asked[0].has_bearer), ("POST", "/api/logout", false));
    let error = block_on(with_token(&Network::new(), &address(&server), tokens.access.clone(), server.now() as u64));
    assert_eq!(error.unwrap_err(), CasdoorError::ConnectionCodeExpired);
    assert!(block_on(revoke(&Network::new(), &address(&server), &tokens)).is_ok(), "revoking twice is not an error");
}

#[test]
fn list_readers_are_detected_in_each_organization() {
    let server = start();
    let list = json!([{"accountName": "a", "issuer": "", "secretKey": "JBSWY3DPEHPK3PXP", "origin": ""}]);
    for (client_id, user, public, hidden) in [
        ("acme-client", "acme/alice", false, false),
        ("hidden-client", "hidden/hana", false, true),
        ("bare-client", "bare/bert", true, false),
        ("private-client", "private/pia", false, false),
    ] {
        server.set_mfa_accounts(user, list.clone());
        let token = signed_in(&server, client_id, user).tokens.access;
        let who = user.split_once('/').unwrap();
        let seen = block_on(privacy::check(&Network::new(), &address(&server), who, &token)).unwrap();
        assert_eq!((seen.is_public(), seen.hides_own_list()), (public, hidden), "{user}");
        assert_eq!(seen.is_readable_anonymously, public, "{user}");
    }
}
