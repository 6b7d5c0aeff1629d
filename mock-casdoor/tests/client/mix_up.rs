//! Tests against a hostile server that tries to obtain another server's codes and tokens.

use casdoor_authenticator::casdoor::CasdoorError;
use casdoor_authenticator::casdoor::ServerAddress;
use casdoor_authenticator::casdoor::sign_in::{Attempt, Choice, exchange, request_code, with_token};
use casdoor_authenticator::secret::Secret;
use futures_lite::future::block_on;
use mock_casdoor::{MockServer, Options, Proxy, ProxyResponse};
use serde_json::json;

use super::browser::Browser;
use super::sign_in::attempt_at;

const LOCAL: &str = "127.0.0.1";
const NOW: u64 = 1_790_000_000;

/// Starts a server, and a proxy in front of it that acts as the hostile server.
fn hostile() -> (MockServer, Proxy) {
    let server = MockServer::start(Options::default()).unwrap();
    let proxy = Proxy::start(server.address()).unwrap();
    (server, proxy)
}

fn attempt(url: &str) -> Attempt {
    let acme = Choice { organization: Some("acme".into()), ..Choice::default() };
    attempt_at(&ServerAddress::parse(url, false).unwrap(), &acme, 7).unwrap()
}

#[test]
fn a_redirected_request_for_a_code_fails_and_reaches_no_other_server() {
    let (_behind, proxy) = hostile();
    let honest = MockServer::start(Options::default()).unwrap();
    let target = honest.url(LOCAL);
    let mut attempt = attempt(&proxy.url(LOCAL));
    for status in [301, 302, 303, 307, 308] {
        let target = target.clone();
        proxy.answer(move |request| {
            let to = format!("{target}{}", request.target);
            (request.path() == "/api/login").then(|| ProxyResponse::redirect(status, to))
        });
        let error = block_on(request_code(&Browser::new(), &mut attempt)).unwrap_err();
        assert_eq!(error, CasdoorError::Unreachable, "{status}");
    }
    assert!(honest.requests().is_empty());
}

#[test]
fn a_code_is_redeemed_only_at_the_server_that_returned_it() {
    let (_behind, proxy) = hostile();
    let honest = MockServer::start(Options::default()).unwrap();
    let victim = Browser::new();
    assert_eq!(victim.sign_in(&honest.url(LOCAL), "acme/alice"), "ok");
    let mut theirs = attempt(&honest.url(LOCAL));
    let stolen = victim.code(&mut theirs).unwrap().expose().clone();
    honest.clear_requests();
    let mut ours = attempt(&proxy.url(LOCAL));
    proxy.answer(move |request| {
        (request.path() == "/api/login")
            .then(|| ProxyResponse::json(json!({ "status": "ok", "data": stolen }).to_string()))
    });
    let code = Browser::new().code(&mut ours).unwrap();
    assert_eq!(block_on(exchange(&Browser::new(), &ours, &code, NOW)).unwrap_err(), CasdoorError::CodeRefused);
    assert!(honest.requests().is_empty(), "a server that is not connected receives no request");
}

#[test]
fn a_token_of_a_different_user_than_it_claims_is_rejected() {
    let (behind, proxy) = hostile();
    let eve = behind.user("acme/eve").unwrap().uuid;
    let token = Secret::new(behind.token("acme-client", "acme/alice", LOCAL).unwrap());
    let server = ServerAddress::parse(&proxy.url(LOCAL), false).unwrap();
    let ask = || block_on(with_token(&Browser::new(), &server, token.clone(), NOW));
    assert_eq!(ask().unwrap().name, "alice");
    proxy.answer(move |request| {
        (request.path() == "/api/userinfo").then(|| ProxyResponse::json(json!({ "sub": eve }).to_string()))
    });
    assert_eq!(ask().unwrap_err(), CasdoorError::TokenOfAnother);
}

#[test]
fn a_token_for_another_sign_in_is_rejected_by_its_nonce() {
    let (behind, proxy) = hostile();
    let browser = Browser::new();
    assert_eq!(browser.sign_in(&behind.url(LOCAL), "acme/alice"), "ok");
    let other = Choice { client_id: Some("acme-jwt-client".into()), ..Choice::default() };
    let server = ServerAddress::parse(&behind.url(LOCAL), false).unwrap();
    let mut theirs = attempt_at(&server, &other, 99).unwrap();
    let code = browser.code(&mut theirs).unwrap();
    let given = block_on(exchange(&browser, &theirs, &code, NOW)).unwrap();
    let token = given.tokens.access.expose().clone();
    let mut ours = attempt(&proxy.url(LOCAL));
    proxy.answer(move |request| match request.path() {
        "/api/login" => {
            Some(ProxyResponse::json(json!({ "status": "ok", "data": "0123456789abcdef0123" }).to_string()))
        }
        "/api/login/oauth/access_token" => {
            Some(ProxyResponse::json(json!({ "access_token": forged(&token) }).to_string()))
        }
        _ => None,
    });
    let code = Browser::new().code(&mut ours).unwrap();
    assert_eq!(block_on(exchange(&Browser::new(), &ours, &code, NOW)).unwrap_err(), CasdoorError::NonceMismatch);
}

/// Returns a copy of a token with the nonce of another sign-in.
fn forged(token: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = token.split('.').nth(1).unwrap();
    let mut claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["nonce"] = json!("of-another-sign-in");
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[test]
fn the_servers_discovery_document_is_not_used() {
    let (behind, proxy) = hostile();
    let browser = Browser::new();
    assert_eq!(browser.sign_in(&behind.url(LOCAL), "acme/alice"), "ok");
    let mut attempt = attempt(&proxy.url(LOCAL));
    let code = browser.code(&mut attempt).unwrap();
    assert_eq!(block_on(exchange(&browser, &attempt, &code, NOW)).unwrap().name, "alice");
    let asked = proxy.requests();
    assert!(!asked.iter().any(|request| request.path().starts_with("/.well-known")), "{asked:?}");
    let tokens: Vec<_> = asked.iter().filter(|request| request.path() == "/api/login/oauth/access_token").collect();
    assert_eq!(tokens.len(), 1);
}
