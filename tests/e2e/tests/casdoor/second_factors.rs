//! The connected user's second factors in the popup and on the options page.

use e2e::user::{self, VAULT_PASSWORD};
use mock_casdoor::{PASSWORD, Release};
use serde_json::json;

use crate::fixture::Setup;

const PIA: &str = "private/pia";

fn ask_for(page: &e2e::page::Page, action: &str, password: &str) {
    page.click(&format!("[data-action={action}]")).unwrap();
    page.fill("[data-step=confirm-factors] [data-field=password]", password).unwrap();
    page.click("[data-action=change-factors]").unwrap();
}

fn state(page: &e2e::page::Page, method: &str) -> (String, String) {
    let line = format!("document.querySelector('[data-factor={method}]')");
    let read = |name: &str| {
        let value = page.wait_for(&format!("{line}?.dataset.{name}")).unwrap();
        value.as_str().unwrap_or_default().to_owned()
    };
    (read("enabled"), read("preferred"))
}

#[test]
fn the_authenticator_app_is_turned_on_from_the_popup_and_signs_in() {
    let setup = Setup::new();
    setup.connect_pia();
    let (_page, popup) = setup.popup();
    user::choose(&popup, "factors").unwrap();
    assert_eq!(state(&popup, "app"), ("false".into(), "false".into()));
    ask_for(&popup, "factors-app", "not the password");
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(failed && words.contains("Wrong password"), "{words}");
    assert_eq!(setup.server.user(PIA).unwrap().record["totpSecret"], "", "nothing was sent");
    popup.fill("[data-step=confirm-factors] [data-field=password]", VAULT_PASSWORD).unwrap();
    popup.click("[data-action=change-factors]").unwrap();
    popup.wait_for("document.querySelector('[data-factor=app][data-enabled=true][data-preferred=true]')").unwrap();
    let recovery = popup.text("[data-new-recovery]").unwrap();
    assert_eq!(setup.server.user(PIA).unwrap().record["recoveryCodes"], json!([recovery]));
    assert_eq!(setup.names(), [PIA]);
    popup.close().unwrap();

    // The account signs in, because it is bound to this site and the server has its secret.
    let page = setup.installed.browser.open(&format!("{}/login/private", setup.address())).unwrap();
    user::sign_in(&page, "pia", PASSWORD).unwrap();
    page.wait_for("document.querySelectorAll('div#passcode.ant-otp input').length === 6").unwrap();
    let popup = setup.installed.popup(&page).unwrap();
    popup.click("[data-row] [data-action=fill]").unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
}

#[test]
fn the_options_page_lists_prefers_and_turns_off_methods() {
    let setup = Setup::new();
    setup.server.enroll_other(PIA, "email", "code-1");
    setup.server.set_field(PIA, "email", "pia@example.test".into());
    setup.server.set_field(PIA, "mfaRememberDeadline", "2099-01-01T00:00:00Z".into());
    setup.connect_pia();
    setup.go("connect");
    setup.tab.click("[data-details=factors] summary").unwrap();
    assert_eq!(state(&setup.tab, "email"), ("true".into(), "true".into()));
    assert!(!setup.tab.text("[data-factor=email] [data-destination]").unwrap().contains("pia@"), "it is masked");
    assert!(setup.tab.text("[data-remembered]").unwrap().contains("2099"));
    ask_for(&setup.tab, "factors-app", VAULT_PASSWORD);
    setup.tab.wait_for("document.querySelector('[data-factor=app][data-enabled=true]')").unwrap();
    ask_for(&setup.tab, "factors-prefer", VAULT_PASSWORD);
    setup.tab.wait_for("document.querySelector('[data-factor=app][data-preferred=true]')").unwrap();
    assert_eq!(setup.server.user(PIA).unwrap().record["preferredMfaType"], "app");
    setup.tab.click("[data-action=factors-off]").unwrap();
    let words = setup.tab.text("[data-step=confirm-factors] p").unwrap();
    assert!(words.contains("removes all methods and all recovery codes"), "{words}");
    setup.tab.click("[data-action=cancel]").unwrap();
    assert_eq!(state(&setup.tab, "app").0, "true");
    ask_for(&setup.tab, "factors-off", VAULT_PASSWORD);
    setup.tab.wait_for("document.querySelector('[data-factor=app][data-enabled=false]')").unwrap();
    assert_eq!(state(&setup.tab, "email").0, "false");
    assert_eq!(setup.names(), [PIA], "the account was removed");
    assert_eq!(setup.installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn turning_off_a_required_factor_says_that_it_must_be_set_up_again() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.server.require_factor("private", "app");
    let (_page, popup) = setup.popup();
    user::choose(&popup, "factors").unwrap();
    popup.wait_for("document.querySelector('[data-factor=app] [data-required]')").unwrap();
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-required]').length").unwrap(), 1);
    ask_for(&popup, "factors-app", VAULT_PASSWORD);
    popup.wait_for("document.querySelector('[data-factor=app][data-enabled=true] [data-required]')").unwrap();
    popup.click("[data-action=factors-off]").unwrap();
    let words = popup.text("[data-step=confirm-factors] p").unwrap();
    assert!(words.contains("requires multi-factor authentication"), "{words}");
    popup.fill("[data-step=confirm-factors] [data-field=password]", VAULT_PASSWORD).unwrap();
    popup.click("[data-action=change-factors]").unwrap();
    popup.wait_for("document.querySelector('[data-factor=app][data-enabled=false]')").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(!failed && words.contains("at your next sign-in"), "{words}");
    assert_eq!(setup.server.user(PIA).unwrap().record["totpSecret"], "");
}

#[test]
fn older_servers_are_managed_on_their_own_page() {
    let setup = Setup::new();
    setup.server.set_release(Release::V2_211);
    setup.connect_pia();
    setup.go("connect");
    setup.tab.click("[data-details=factors] summary").unwrap();
    ask_for(&setup.tab, "factors-app", VAULT_PASSWORD);
    let (words, failed) = user::status_message(&setup.tab).unwrap();
    assert!(failed && words.contains("only on its own pages"), "{words}");
    assert_eq!(setup.names(), Vec::<String>::new());
    setup.tab.click("[data-action=set-up-app]").unwrap();
    setup.installed.browser.wait_for_page("/mfa/setup?mfaType=app").unwrap();
}
