//! Tests against a hostile server that tries to obtain another server's codes and tokens.

use casdoor_authenticator::casdoor::CasdoorError;
use casdoor_authenticator::casdoor::ServerAddress;
use casdoor_authenticator::casdoor::sign_in::{
    Attempt, SignInChoice, exchange, password_grant, request_code, with_token,
};
use casdoor_authenticator::secret::Secret;
use futures_lite::future::block_on;
use mock_casdoor::{MockServer, Options, PASSWORD, Proxy, ProxyResponse};
use serde_json::{Value, json};

use super::browser::Browser;
use super::device::Device;
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
    let acme = SignInChoice { organization: Some("acme".into()), ..SignInChoice::default() };
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
    assert_eq!(block_on(exchange(&Browser::new(), &ours, &code, NOW)).unwrap_err(), CasdoorError::CodeRejected);
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
    assert_eq!(ask().unwrap_err(), CasdoorError::TokenOfAnotherUser);
}

#[test]
fn a_token_never_expires_later_than_a_date_that_can_be_shown() {
    let (behind, proxy) = hostile();
    let alice = behind.user("acme/alice").unwrap().uuid;
    let server = ServerAddress::parse(&proxy.url(LOCAL), false).unwrap();
    let (subject, record) = (json!({ "sub": alice }), json!({ "owner": "acme", "name": "alice", "id": alice }));
    proxy.answer(move |request| match request.path() {
        "/api/userinfo" => Some(ProxyResponse::json(subject.to_string())),
        "/api/get-user" => Some(ProxyResponse::json(json!({ "status": "ok", "data": record }).to_string())),
        _ => None,
    });
    let ask = |expiry: u64| {
        let token = Secret::new(token_with(&json!({ "sub": alice, "exp": expiry })));
        block_on(with_token(&Browser::new(), &server, token, NOW)).map(|signed_in| signed_in.tokens.expires_at)
    };
    assert_eq!(ask(NOW + 60).unwrap(), NOW + 60);
    // The end of the year 9999.
    for absurd in [253_402_300_800, 8_640_000_000_001, u64::MAX] {
        assert_eq!(ask(absurd).unwrap(), 253_402_300_799, "{absurd}");
    }
    assert_eq!(ask(0).unwrap_err(), CasdoorError::ConnectionCodeExpired);
}

#[test]
fn a_token_for_another_sign_in_is_rejected_by_its_nonce() {
    let (behind, proxy) = hostile();
    let browser = Browser::new();
    assert_eq!(browser.sign_in(&behind.url(LOCAL), "acme/alice"), "ok");
    let other = SignInChoice { client_id: Some("acme-jwt-client".into()), ..SignInChoice::default() };
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
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["nonce"] = json!("of-another-sign-in");
    token_with(&claims)
}

/// Returns a token with these claims. Casdoor's client does not verify its signature.
fn token_with(claims: &Value) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// Returns a device whose connection belongs to alice, at a server that is about to turn hostile. Its token is due for
/// a refresh.
fn device_of_alice(behind: &MockServer, proxy: &Proxy) -> Device {
    let alice = super::sign_in::by_password(behind, "acme-client", "alice");
    let device = Device::of(behind, alice, "acme-client", 1);
    device.with(|vault, _| vault.connections[0].server = proxy.url(LOCAL));
    device.ahead.set(4 * 86_400);
    device
}

/// Lets the proxy answer a refresh with a token that has these claims, and `userinfo` with those.
fn refresh_with(proxy: &Proxy, token: Value, userinfo: Value) {
    proxy.answer(move |request| match request.path() {
        "/api/login/oauth/refresh_token" => {
            let tokens = json!({ "access_token": token_with(&token), "refresh_token": "next", "expires_in": 604_800 });
            Some(ProxyResponse::json(tokens.to_string()))
        }
        "/api/userinfo" => Some(ProxyResponse::json(userinfo.to_string())),
        _ => None,
    });
}

#[test]
fn a_refreshed_token_is_stored_only_if_the_server_says_that_it_belongs_to_the_connections_user() {
    let (behind, proxy) = hostile();
    let [alice, eve] = ["acme/alice", "acme/eve"].map(|user| behind.user(user).unwrap().uuid);
    let signed_out = json!({ "status": "error", "msg": "Please login first" });
    for (token, userinfo, why) in [
        (json!({ "sub": eve }), json!({ "sub": alice }), "the token names another user"),
        (json!({ "sub": alice }), json!({ "sub": eve }), "the server names another user"),
        (json!({}), json!({ "sub": eve }), "the token names nobody"),
        (json!("opaque"), json!({ "sub": eve }), "the token has no claims"),
        (json!({ "sub": alice, "owner": "private" }), json!({ "sub": alice }), "another organization"),
        (json!({ "sub": alice }), json!({ "sub": alice, "owner": "private" }), "another organization, by userinfo"),
        (json!({ "sub": alice, "preferred_username": "eve" }), json!({ "sub": alice }), "another name"),
        (json!({ "sub": alice }), json!({ "sub": alice, "preferred_username": "eve" }), "another name, by userinfo"),
        (
            json!({ "sub": alice, "iss": "https://other.example" }),
            json!({ "sub": alice, "iss": "https://id.example" }),
            "another issuer",
        ),
        (json!({ "sub": alice }), json!({ "sub": "" }), "the server names nobody"),
        (json!({ "sub": alice }), signed_out, "the server does not know the token"),
    ] {
        let device = device_of_alice(&behind, &proxy);
        let before = device.with(|_, state| state.tokens.clone());
        refresh_with(&proxy, token, userinfo);
        let _ = device.sync();
        let (tokens, unconfirmed) = device.with(|_, state| (state.tokens.clone(), state.unconfirmed_tokens.clone()));
        assert_eq!(tokens, before, "{why}");
        assert!(unconfirmed.is_empty(), "{why}");
        let used = proxy.requests().into_iter().filter(|request| request.head.contains("e30."));
        let used: Vec<_> = used.filter(|request| request.path() != "/api/userinfo").collect();
        assert!(used.is_empty(), "{why}: {used:?}");
    }
}

#[test]
fn a_refreshed_token_is_used_for_nothing_until_the_server_has_confirmed_its_user() {
    let (behind, proxy) = hostile();
    let device = device_of_alice(&behind, &proxy);
    let before = device.with(|_, state| state.tokens[&device.id].clone());
    // The refresh succeeds, and then the server stops responding. The previous tokens no longer work.
    proxy.answer(|request| (request.path() == "/api/userinfo").then(ProxyResponse::unavailable));
    assert_eq!(device.sync().unwrap_err(), CasdoorError::ServerFault { status: 503 });
    let set_aside = device.with(|_, state| state.unconfirmed_tokens[&device.id].clone());
    assert_eq!(device.with(|_, state| state.tokens[&device.id].clone()), before);
    assert_eq!(device.sync().unwrap_err(), CasdoorError::ServerFault { status: 503 });
    let asked = proxy.requests();
    assert!(!asked.iter().any(|request| request.path() == "/api/get-user"), "{asked:?}");
    let refreshes = asked.iter().filter(|request| request.path() == "/api/login/oauth/refresh_token");
    assert_eq!(refreshes.count(), 1, "a refresh token can be used only once");
    proxy.answer(|_| None);
    device.sync().unwrap();
    device.with(|_, state| {
        assert_eq!(state.tokens[&device.id], set_aside);
        assert!(state.unconfirmed_tokens.is_empty());
    });
}

#[test]
fn a_sign_in_with_contradicting_claims_is_rejected() {
    let (behind, proxy) = hostile();
    let alice = behind.user("acme/alice").unwrap().uuid;
    let server = ServerAddress::parse(&proxy.url(LOCAL), false).unwrap();
    let ask = |token: Value, userinfo: Value| {
        let record = json!({ "status": "ok", "data": { "owner": "acme", "name": "alice", "id": token["sub"] } });
        let given = json!({ "access_token": token_with(&token), "expires_in": 604_800 });
        proxy.answer(move |request| match request.path() {
            "/api/login/oauth/access_token" => Some(ProxyResponse::json(given.to_string())),
            "/api/userinfo" => Some(ProxyResponse::json(userinfo.to_string())),
            "/api/get-user" => Some(ProxyResponse::json(record.to_string())),
            _ => None,
        });
        let who = ("alice", &Secret::new(PASSWORD.to_owned()));
        block_on(password_grant(&Browser::new(), &server, "acme-client", who, NOW)).map(|signed_in| signed_in.name)
    };
    let (id, issuer) = (json!({ "sub": alice }), "https://id.example");
    assert_eq!(ask(id.clone(), id.clone()).unwrap(), "alice");
    let all = json!({ "sub": alice, "owner": "acme", "preferred_username": "alice", "iss": issuer });
    assert_eq!(ask(all.clone(), all.clone()).unwrap(), "alice");
    // `name` is the display name in one token format, and other claims may have any type.
    let odd = json!({ "sub": alice, "name": "Alice Doe", "owner": 7, "preferred_username": null, "iss": [] });
    assert_eq!(ask(odd.clone(), all.clone()).unwrap(), "alice");
    for (claim, other) in [("owner", "private"), ("preferred_username", "eve"), ("iss", "https://other.example")] {
        let mut wrong = all.clone();
        wrong[claim] = json!(other);
        assert_eq!(ask(wrong.clone(), all.clone()).unwrap_err(), CasdoorError::TokenOfAnotherUser, "{claim}");
        assert_eq!(ask(all.clone(), wrong).unwrap_err(), CasdoorError::TokenOfAnotherUser, "{claim}");
    }
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
