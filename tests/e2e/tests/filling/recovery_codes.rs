//! The life of a recovery code, with the built extension: it is saved on the enrollment page, selected and filled in
//! its form after the user entered the vault password, and marked as used.

use super::enrolled_user::Enrolled;
use super::*;
use e2e::package::POPUP;
use e2e::server::Server;
use e2e::user::{self, VAULT_PASSWORD};
use serde_json::Value;

const FORM: &str = ".login-form input[type=passcode]";

impl Enrolled {
    /// Returns the state of each code.
    fn code_states(&self) -> Vec<(String, String)> {
        let shown = self.ask(&json!({ "do": "ShowRecoveryCodes", "id": self.id, "password": VAULT_PASSWORD }));
        let text = |code: &Value, field: &str| code[field].as_str().unwrap().to_owned();
        shown["Ok"].as_array().unwrap().iter().map(|code| (text(code, "code"), text(code, "fate"))).collect()
    }

    /// Signs in again, up to the recovery-code form.
    fn open_recovery_form(&self) {
        self.used_chip.set(false);
        self.page.activate().unwrap();
        self.page.call("Network.clearBrowserCookies", json!({})).unwrap();
        self.page.navigate(&format!("{}/login/acme", self.server.url())).unwrap();
        submit_password(&self.page, "alice");
        self.page.wait_for("document.querySelector('#passcode')").unwrap();
        self.page.click_named("Use a recovery code").unwrap();
        self.page.wait_for(&format!("document.querySelector('{FORM}')")).unwrap();
    }

    /// Clicks the chip, and waits for the popup that asks for the password.
    fn pick(&self) -> Page {
        self.page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
        // The chip has one button here. It is below the chip's message, if there is one.
        let (number, lines) = if self.used_chip.replace(true) { (1, 2) } else { (0, 1) };
        click_button(&self.page, number, lines);
        let popup = self.installed.browser.wait_for_page(&self.installed.extension.url(POPUP)).unwrap();
        user::wait_for_screen(&popup, &["use-recovery"]).unwrap();
        popup
    }

    fn typed(&self) -> String {
        self.page
            .evaluate(&format!("document.querySelector('{FORM}')?.value"))
            .unwrap()
            .as_str()
            .unwrap_or("-")
            .to_owned()
    }
}

fn enter_password(popup: &Page, password: &str) {
    popup.fill("[data-field=password]", password).unwrap();
    popup.press("Enter").unwrap();
}

#[test]
fn a_recovery_code_is_filled_after_the_password_and_marked_used() {
    let enrolled = Enrolled::new();
    enrolled.open_recovery_form();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(enrolled.typed(), "", "nothing is filled automatically");
    let popup = enrolled.pick();
    assert!(popup.text("[data-step=confirm] p").unwrap().contains("id.acme.test"));
    assert_eq!(enrolled.typed(), "", "nothing is filled before the password");
    enter_password(&popup, "something else");
    assert!(user::status_message(&popup).unwrap().1);
    assert_eq!(enrolled.typed(), "");
    popup.close().unwrap();
    assert_eq!(enrolled.code_states(), [(enrolled.code.clone(), "unused".to_owned())]);
    enrolled.page.activate().unwrap();

    let popup = enrolled.pick();
    enter_password(&popup, VAULT_PASSWORD);
    until("the code is filled", || Ok((enrolled.typed() == enrolled.code).then_some(()))).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(enrolled.page.evaluate("location.pathname").unwrap() == "/login/acme", "the user has to press the button");
    assert_eq!(enrolled.code_states(), [(enrolled.code.clone(), "filled".to_owned())]);
    enrolled.page.activate().unwrap();
    enrolled.page.click_named("Verify").unwrap();
    wait_until_signed_in(&enrolled.page);
    until("the code is marked as used", || {
        Ok((enrolled.code_states() == [(enrolled.code.clone(), "used".to_owned())]).then_some(()))
    })
    .unwrap();

    enrolled.open_recovery_form();
    std::thread::sleep(std::time::Duration::from_millis(800));
    assert_eq!(enrolled.page.evaluate("document.querySelector('casdoor-authenticator')").unwrap(), json!(null));
}

#[test]
fn rejected_and_unused_recovery_codes_are_kept() {
    let enrolled = Enrolled::new();
    enrolled.open_recovery_form();
    enter_password(&enrolled.pick(), VAULT_PASSWORD);
    until("the code is filled", || Ok((enrolled.typed() == enrolled.code).then_some(()))).unwrap();
    // The user leaves without pressing the button.
    enrolled.open_recovery_form();
    assert_eq!(enrolled.code_states(), [(enrolled.code.clone(), "filled".to_owned())]);

    let Server::Mock(server) = &enrolled.server else { unreachable!() };
    server.set_field("acme/alice", "recoveryCodes", json!(["00000000-0000-4000-8000-000000000000"]));
    enrolled.page.activate().unwrap();
    enter_password(&enrolled.pick(), VAULT_PASSWORD);
    until("the code is filled", || Ok((enrolled.typed() == enrolled.code).then_some(()))).unwrap();
    enrolled.page.activate().unwrap();
    enrolled.page.click_named("Verify").unwrap();
    until("the code is marked as rejected", || {
        Ok((enrolled.code_states() == [(enrolled.code.clone(), "refused".to_owned())]).then_some(()))
    })
    .unwrap();
}

#[test]
fn a_closed_recovery_form_gets_no_code() {
    let enrolled = Enrolled::new();
    enrolled.open_recovery_form();
    let popup = enrolled.pick();
    // The same form on another origin in the same tab, and then again on the first origin, is a different document.
    let there = enrolled.server.url();
    for address in [there.replace("id.acme.test", "evil.acme.test"), there] {
        enrolled.page.evaluate(&format!("location.assign('{address}/login/acme')")).unwrap();
        enrolled
            .page
            .wait_for(&format!("location.origin === '{address}' && document.querySelector('#input')"))
            .unwrap();
        enrolled.page.evaluate("document.body.insertAdjacentHTML('beforeend',
            '<div class=login-form><div><input class=ant-input type=passcode><button class=ant-btn-primary type=button>')").unwrap();
        popup.fill("[data-field=password]", VAULT_PASSWORD).unwrap();
        popup.click("[data-action=fill-recovery]").unwrap();
        popup.wait_for("document.querySelector('[data-status=failed]')").unwrap();
        popup.click("[data-action=dismiss]").unwrap();
        assert!(
            !enrolled
                .page
                .evaluate("[...document.querySelectorAll('input')].map(input => input.value).join()")
                .unwrap()
                .as_str()
                .unwrap()
                .contains(&enrolled.code)
        );
    }
    assert_eq!(enrolled.code_states(), [(enrolled.code.clone(), "unused".to_owned())]);
}

#[test]
fn recovery_codes_are_counted_and_managed_after_the_password() {
    let enrolled = Enrolled::new();
    let popup = enrolled.installed.popup(&enrolled.page).unwrap();
    user::choose_for(&popup, &enrolled.id, "edit").unwrap();
    assert_eq!(popup.text("[data-recovery-count]").unwrap(), "1 of 1 left");
    popup.click("[data-action=recovery]").unwrap();
    user::wait_for_screen(&popup, &["recovery"]).unwrap();
    enter_password(&popup, "something else");
    assert!(user::status_message(&popup).unwrap().1);
    assert!(!popup.evaluate("document.body.innerText").unwrap().as_str().unwrap().contains(&enrolled.code));
    enter_password(&popup, VAULT_PASSWORD);
    assert_eq!(popup.text("[data-recovery=unused] code").unwrap(), enrolled.code);
    popup.click("[data-action=copy-recovery]").unwrap();
    assert!(!user::status_message(&popup).unwrap().1);
    popup.click("[data-action=remove-recovery]").unwrap();
    assert_eq!(enrolled.code_states().len(), 1, "the first press only asks for confirmation");
}
