//! Each way to sign in.

use casdoor_authenticator::casdoor::sign_in::{
    Attempt, Choice, ConnectionCode, Prompt, SignedIn, discover, exchange, needs_refresh, password_grant, refresh,
    revoke, with_token,
};
use casdoor_authenticator::casdoor::{Body, CasdoorError, Http, Method, Request, ServerAddress, privacy};
use casdoor_authenticator::secret::Secret;
use futures_lite::future::block_on;
use mock_casdoor::{Fault, MockServer, Options, PASSWORD};
use serde_json::{Value, json};

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

fn organization(name: &str) -> Choice {
    Choice { organization: Some(name.into()), ..Choice::default() }
}

fn attempt(server: &MockServer, choice: &Choice) -> Attempt {
    let offer = block_on(discover(&Network::new(), &address(server), choice)).unwrap();
    Attempt::new(&offer, REDIRECT, &mut Seeded(7)).unwrap()
}

/// Does what Casdoor's sign-in page does: posts the parameters and follows the redirect.
fn sign_in_on_the_page(server: &MockServer, attempt: &Attempt, user: &str) -> String {
    let url = attempt.authorize_url(&Prompt::Any);
    let query = url.split_once('?').unwrap().1;
    let parameter = |name: &str| {
        let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_default().to_owned()
    };
    let target = format!(
        "/api/login?clientId={}&responseType=code&redirectUri={}&type=code&scope={}&state={}&nonce={}&code_challenge_method=S256&code_challenge={}",
        parameter("client_id"),
        parameter("redirect_uri"),
        parameter("scope"),
        parameter("state"),
        parameter("nonce"),
        parameter("code_challenge"),
    );
    let (owner, name) = user.split_once('/').unwrap();
    let body = json!({
        "application": format!("app-{owner}"), "organization": owner, "username": name, "password": PASSWORD,
        "autoSignin": true, "signinMethod": "Password", "type": "code", "language": "",
    });
    let request = Request {
        method: Method::Post,
        url: format!("{}{target}", address(server)),
        bearer: None,
        body: Some(Body::Json(Secret::new(body.to_string()))),
        timeout_ms: 5000,
    };
    let response = block_on(Network::new().send(request)).unwrap();
    let reply: Value = serde_json::from_slice(response.body.expose()).unwrap();
    format!("{REDIRECT}?code={}&state={}", reply["data"].as_str().expect("a code"), parameter("state"))
}

#[test]
fn an_address_is_enough_and_lists_the_organizations() {
    let server = start();
    let offer = block_on(discover(&Network::new(), &address(&server), &Choice::default())).unwrap();
    let names: Vec<_> = offer.organizations.iter().map(|organization| organization.name.as_str()).collect();
    assert!(names.contains(&"acme") && offer.client_id.is_none());
    assert_eq!(Attempt::new(&offer, REDIRECT, &mut Seeded(1)).unwrap_err(), CasdoorError::ChoiceNeeded);
    let offer = block_on(discover(&Network::new(), &address(&server), &organization("acme"))).unwrap();
    assert_eq!((offer.client_id.as_deref(), offer.application.as_deref()), (Some("acme-client"), Some("app-acme")));
    let typed = Choice { application: Some("app-acme-plain".into()), ..Choice::default() };
    let offer = block_on(discover(&Network::new(), &address(&server), &typed)).unwrap();
    assert_eq!(offer.client_id.as_deref(), Some("acme-plain-client"));
    let unknown = |choice: Choice| block_on(discover(&Network::new(), &address(&server), &choice)).unwrap_err();
    assert_eq!(unknown(organization("nobody")), CasdoorError::UnknownOrganization);
    assert_eq!(
        unknown(Choice { application: Some("no-such-app".into()), ..Choice::default() }),
        CasdoorError::UnknownApplication
    );
}

#[test]
fn an_address_without_casdoor_is_reported() {
    let server = start();
    server.fail(Fault::Html, "");
    let error = block_on(discover(&Network::new(), &address(&server), &Choice::default())).unwrap_err();
    assert_eq!(error, CasdoorError::NotCasdoor);
    let nobody = ServerAddress::parse("127.0.0.1:1", false).unwrap();
    let error = block_on(discover(&Network::new(), &nobody, &Choice::default())).unwrap_err();
    assert_eq!(error, CasdoorError::Unreachable);
}

#[test]
fn an_authorization_code_with_pkce_returns_tokens_and_user() {
    let server = start();
    let attempt = attempt(&server, &organization("acme"));
    let redirect = sign_in_on_the_page(&server, &attempt, "acme/alice");
    let code = attempt.parse_redirect(&redirect).unwrap();
    let now = server.now() as u64;
    let signed_in = block_on(exchange(&Network::new(), &attempt, &code, now)).unwrap();
    assert_eq!((signed_in.owner.as_str(), signed_in.name.as_str()), ("acme", "alice"));
    assert_eq!(signed_in.user_id, server.user("acme/alice").unwrap().uuid);
    assert!(!signed_in.is_admin && signed_in.tokens.expires_at > now && !signed_in.tokens.refresh.expose().is_empty());
    let again = block_on(exchange(&Network::new(), &attempt, &code, now)).unwrap_err();
    assert_eq!(again, CasdoorError::CodeRefused);
}

#[test]
fn a_code_from_another_sign_in_is_rejected() {
    let server = start();
    let ours = attempt(&server, &organization("acme"));
    let offer = block_on(discover(&Network::new(), &address(&server), &organization("acme"))).unwrap();
    let theirs = Attempt::new(&offer, REDIRECT, &mut Seeded(99)).unwrap();
    let redirect = sign_in_on_the_page(&server, &theirs, "acme/eve");
    assert_eq!(ours.parse_redirect(&redirect).unwrap_err(), CasdoorError::StateMismatch);
    let code = theirs.parse_redirect(&redirect).unwrap();
    let error = block_on(exchange(&Network::new(), &ours, &code, server.now() as u64)).unwrap_err();
    assert_eq!(error, CasdoorError::CodeRefused, "the verifier is not theirs");
}

#[test]
fn an_unknown_client_id_is_explained() {
    let server = start();
    let typed = Choice { client_id: Some("no-such-client".into()), ..Choice::default() };
    let attempt = attempt(&server, &typed);
    let code = Secret::new("0123456789abcdef0123".to_owned());
    let error = block_on(exchange(&Network::new(), &attempt, &code, 1)).unwrap_err();
    assert_eq!(error, CasdoorError::UnknownClient);
    assert!(error.to_string().contains("wrong client ID"));
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
        let attempt = attempt(&server, &Choice { client_id: Some(client_id.into()), ..Choice::default() });
        let redirect = sign_in_on_the_page(&server, &attempt, "acme/alice");
        let code = attempt.parse_redirect(&redirect).unwrap();
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
    server.forget_requests();
    block_on(revoke(&Network::new(), &address(&server), &tokens)).unwrap();
    let asked = server.requests();
    assert_eq!((asked[0].method.as_str(), asked[0].path.as_str(), asked[0].has_bearer), ("POST", "/api/logout", false));
    let error = block_on(with_token(&Network::new(), &address(&server), tokens.access.clone(), server.now() as u64));
    assert_eq!(error.unwrap_err(), CasdoorError::ConnectionCodeExpired);
    assert!(block_on(revoke(&Network::new(), &address(&server), &tokens)).is_ok(), "twice is no error");
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
        let seen = block_on(privacy::look(&Network::new(), &address(&server), who, &token)).unwrap();
        assert_eq!((seen.is_public(), seen.hides_own_list()), (public, hidden), "{user}");
        assert_eq!(seen.stranger_read_it, public, "{user}");
    }
}
