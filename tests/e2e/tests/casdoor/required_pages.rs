//! Pages that a server requires before it issues a code: consent to an application's scopes, the enrollment of a second
//! factor, and a new password.

use e2e::devtools::until;
use e2e::page::Page;
use e2e::user;
use mock_casdoor::{PASSWORD, RequestLine};

use crate::fixture::Setup;

/// Connects until the sign-in window shows the login page, and signs in there as alice.
fn sign_in(setup: &Setup) {
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    user::choose_organization(&setup.tab, "acme").unwrap();
    let window = setup.installed.browser.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "alice", PASSWORD).unwrap();
}

/// Waits for the application's page, and continues there as the user who is signed in.
fn continue_as_signed_in(setup: &Setup) -> Page {
    let window = setup.installed.browser.wait_for_page("/login/oauth/authorize").unwrap();
    window.click(".login-form button[type=button]").unwrap();
    window
}

fn is_connected(setup: &Setup) {
    setup.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
    user::join_nothing(&setup.tab).unwrap();
    assert_eq!(setup.connections()[0]["name"], "alice");
}

/// Returns how often the extension has requested a code, and how often it has redeemed one.
fn codes(setup: &Setup) -> (usize, usize) {
    let lines = setup.server.requests();
    let count = |is: &dyn Fn(&&RequestLine) -> bool| lines.iter().filter(is).count();
    let asks = |line: &&RequestLine| line.path == "/api/login" && line.origin.is_none();
    (count(&asks), count(&|line| line.path.ends_with("/oauth/access_token")))
}

#[test]
fn consent_is_given_in_the_window_and_its_code_is_not_used() {
    let setup = Setup::new();
    setup.server.set_custom_scopes("app-acme", &["profile"]);
    setup.server.clear_requests();
    sign_in(&setup);
    continue_as_signed_in(&setup);
    let window = setup.installed.browser.wait_for_page("/consent/app-acme").unwrap();
    window.click(".consent-grant").unwrap();
    is_connected(&setup);
    let requests = setup.server.requests();
    let at = |path: &str| requests.iter().rposition(|line| line.path == path).unwrap();
    assert!(at("/api/login") > at("/api/grant-consent"), "the worker requests its own code after the consent");
    // Signed out, then with the user's session, then with the user's consent.
    assert_eq!(codes(&setup), (3, 1), "{requests:?}");
}

#[test]
fn denied_consent_connects_nothing() {
    let setup = Setup::new();
    setup.server.set_custom_scopes("app-acme", &["profile"]);
    sign_in(&setup);
    continue_as_signed_in(&setup);
    let window = setup.installed.browser.wait_for_page("/consent/app-acme").unwrap();
    setup.server.clear_requests();
    window.click(".consent-deny").unwrap();
    until("the worker requests a code again", || Ok((codes(&setup).0 > 0).then_some(()))).unwrap();
    setup.tab.wait_for("document.querySelector('[data-status=failed]')").unwrap();
    assert_eq!(codes(&setup), (1, 0), "the consent is not asked for again, and no code is redeemed");
    assert!(setup.connections().is_empty());
}

/// Types a new password into the dialog that the server requires, and saves it.
fn choose_password(window: &Page, new: &str) {
    window.wait_for("document.querySelector('#new-password')").unwrap();
    window.fill("#old-password", PASSWORD).unwrap();
    window.fill("#new-password", new).unwrap();
    window.click(".ant-modal-footer .ant-btn-primary").unwrap();
}

#[test]
fn a_required_new_password_is_chosen_in_the_window() {
    let setup = Setup::new();
    setup.server.set_field("acme/alice", "needUpdatePassword", true.into());
    setup.server.clear_requests();
    sign_in(&setup);
    // The login page has led to the account page, from which the worker continues to the application's page.
    let window = continue_as_signed_in(&setup);
    window.wait_for("location.pathname === '/account'").unwrap();
    choose_password(&window, "pass-word-2");
    // The application's page issues a code only now.
    window.wait_for("location.pathname === '/login/oauth/authorize'").unwrap();
    assert!(setup.connections().is_empty(), "the sign-in is complete before the password was changed");
    window.click(".login-form button[type=button]").unwrap();
    is_connected(&setup);
    let requests = setup.server.requests();
    let at = |path: &str| requests.iter().rposition(|line| line.path == path).unwrap();
    assert!(at("/api/login") > at("/api/set-password"), "the worker requests its own code after the change");
    assert_eq!(codes(&setup).1, 1, "only the worker's own code is redeemed: {requests:?}");
    assert_eq!(setup.server.user("acme/alice").unwrap().record["needUpdatePassword"], false);
}

#[test]
fn a_window_that_is_closed_before_the_new_password_connects_nothing() {
    let setup = Setup::new();
    setup.server.set_field("acme/alice", "needUpdatePassword", true.into());
    sign_in(&setup);
    let window = continue_as_signed_in(&setup);
    window.wait_for("location.pathname === '/account' && document.querySelector('#new-password')").unwrap();
    window.close().unwrap();
    setup.tab.wait_for("document.querySelector('[data-status=failed]')").unwrap();
    assert_eq!(codes(&setup).1, 0, "no code is redeemed");
    assert!(setup.connections().is_empty());
}

#[test]
fn a_required_second_factor_is_enrolled_in_the_window() {
    let setup = Setup::new();
    setup.server.require_factor("acme", "app");
    sign_in(&setup);
    let window = setup.installed.browser.wait_for_page("/mfa/setup").unwrap();
    window.fill("#password", PASSWORD).unwrap();
    window.click("form button[type=submit]").unwrap();
    let secret = window.wait_for("document.querySelector('.ant-space input')?.value").unwrap();
    let now = e2e::clock::unix_seconds();
    let code = mock_casdoor::totp::code(secret.as_str().unwrap(), now).unwrap();
    window.click("#passcode input").unwrap();
    // The form submits itself after the last digit.
    window.type_text(&code).unwrap();
    window.wait_for("document.querySelector('code')").unwrap();
    assert!(setup.connections().is_empty(), "the sign-in is not complete before the factor is enabled");
    window.click("main .ant-btn-primary, .content-warp-card .ant-btn-primary").unwrap();
    is_connected(&setup);
    assert_eq!(setup.server.user("acme/alice").unwrap().totp_secret, secret.as_str().unwrap());
}
