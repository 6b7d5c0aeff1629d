//! Every flow that leads to the passcode form: OAuth, SAML, CAS, device authorization, another provider, and the pop-up
//! window of another site. Runs against the mock server and, with `./build.sh live`, against a real one.

use super::enrolled_user::Enrolled;
use super::*;
use data_encoding::BASE64;
use e2e::other_site::{self, Answer};
use e2e::server::Server;

/// A sign-in flow: its first address, and the condition that is true on the page after the sign-in.
struct SignInFlow {
    address: String,
    asks_for_the_password: bool,
    arrived: String,
}

/// A site that every server accepts as a redirect target, because it is on this device. It receives the messages of a
/// sign-in window.
fn start_site() -> String {
    let page = "<!doctype html><title>A shop</title><button onclick='open(atob(location.hash.slice(1)), \"\", \"popup,width=700,height=800\")'>Sign in</button>
        <script>addEventListener('message', event => { globalThis.message = { origin: event.origin, ...event.data } })</script>";
    let address = other_site::serve(vec![Answer { path: "/", kind: "text/html", body: page.into() }]).unwrap();
    address.replace("shop.acme.test", "localhost")
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn saml_request(site: &str, binding: &str) -> String {
    let request = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-01-01T00:00:00Z\" AssertionConsumerServiceURL=\"{site}/acs\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\"><saml:Issuer>{site}/metadata</saml:Issuer></samlp:AuthnRequest>"
    );
    encoded(&BASE64.encode(request.as_bytes()))
}

fn authorize(server: &str, site: &str) -> String {
    let back = encoded(&format!("{site}/back"));
    format!(
        "{server}/login/oauth/authorize?client_id=acme-client&response_type=code&redirect_uri={back}&scope=openid&state=s1"
    )
}

/// Starts a device authorization, which is complete when the server issues a token to the device. Returns `None` if a
/// real server is too old for it.
fn device(enrolled: &Enrolled) -> Option<SignInFlow> {
    let authorization = enrolled.page.evaluate(
        "fetch('/api/device-auth', { method: 'POST', body: new URLSearchParams({ client_id: 'acme-client', scope: 'openid' }) })
            .then(answer => answer.json())",
    );
    let authorization = authorization.unwrap();
    let codes = (authorization["user_code"].as_str(), authorization["device_code"].as_str());
    let (Some(user_code), Some(device_code)) = codes else {
        assert!(matches!(enrolled.server, Server::Real(..)), "{authorization}");
        return None;
    };
    let has_token = format!(
        "fetch('/api/login/oauth/access_token', {{ method: 'POST', body: new URLSearchParams({{
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'acme-client', device_code: '{device_code}'
         }}) }}).then(answer => answer.json()).then(answer => Boolean(answer.access_token))"
    );
    let address = format!("{}/login/oauth/device/{user_code}", enrolled.server.url());
    Some(SignInFlow { address, asks_for_the_password: true, arrived: has_token })
}

fn flows(enrolled: &Enrolled, site: &str) -> Vec<SignInFlow> {
    let server = enrolled.server.url();
    let flow = |address: String, arrived: String| SignInFlow { address, asks_for_the_password: true, arrived };
    let at = |path: &str| format!("location.href.startsWith('{site}/{path}')");
    let service = encoded(&format!("{site}/cas"));
    let saml = |binding: &str| {
        format!("{server}/login/saml/authorize/acme/app-acme?SAMLRequest={}&RelayState=r1", saml_request(site, binding))
    };
    // The device flow comes first, because a device only waits for two minutes.
    let mut flows: Vec<_> = device(enrolled).into_iter().collect();
    flows.extend([
        flow(authorize(&server, site), at("back?code=")),
        flow(saml("HTTP-Redirect"), at("acs?SAMLResponse=")),
        flow(saml("HTTP-POST"), at("acs")),
        flow(format!("{server}/cas/acme/app-acme/login?service={service}"), at("cas?ticket=ST-")),
    ]);
    // A real server would need another provider to redirect its users to.
    if matches!(enrolled.server, Server::Mock(_)) {
        let state = encoded(&BASE64.encode(b"application=app-acme&provider=provider-elsewhere&method=signin"));
        let address = format!("{server}/callback?code=alice&state={state}");
        flows.push(SignInFlow {
            address,
            asks_for_the_password: false,
            arrived: "location.pathname === '/'".to_owned(),
        });
    }
    flows
}

#[test]
fn the_passcode_form_is_filled_in_every_sign_in_flow() {
    let enrolled = Enrolled::new();
    let site = start_site();
    for SignInFlow { address, asks_for_the_password, arrived } in flows(&enrolled, &site) {
        println!("{address}");
        let page = &enrolled.page;
        page.call("Network.clearBrowserCookies", json!({})).unwrap();
        page.navigate(&address).unwrap();
        if asks_for_the_password {
            submit_password(page, "alice");
        }
        // Older servers have a single field.
        let form =
            format!("document.querySelectorAll('{CELLS}').length === 6 || document.querySelector('input#passcode')");
        page.wait_for(&form).unwrap();
        click_chip(page);
        page.wait_for(&arrived).unwrap();
    }
}

#[test]
fn a_popup_sign_in_is_filled_and_returns_to_the_site() {
    let enrolled = Enrolled::new();
    let site = start_site();
    let Enrolled { page, installed, server, .. } = &enrolled;
    page.call("Network.clearBrowserCookies", json!({})).unwrap();
    let opened = format!("{}&popup=1&popup_type=window", authorize(&server.url(), &site));
    page.navigate(&format!("{site}/#{}", BASE64.encode(opened.as_bytes()))).unwrap();
    page.click("button").unwrap();
    let window = installed.browser.wait_for_page("/login/oauth/authorize?client_id=acme-client").unwrap();
    submit_password(&window, "alice");
    click_chip(&window);
    let message = page.wait_for("globalThis.message").unwrap();
    assert_eq!((&message["type"], &message["data"]["state"]), (&json!("loginSuccess"), &json!("s1")), "{message}");
    assert!(message["data"]["code"].as_str().unwrap().len() > 10, "{message}");
    assert_eq!(message["origin"], server.url().as_str());
}
