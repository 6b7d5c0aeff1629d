//! Users who leave an enrollment or a sign-in before its end: an account stays unconfirmed until the extension has
//! observed that the server stored its factor or accepted its code.

use super::enrollment::{enrolled, second_step};
use super::*;
use casdoor_authenticator::otp::Key;
use std::time::Duration;

const ENABLE: &str = ".content-warp-card .ant-btn-primary";

/// A way to leave the page, with its name.
type Leaving = (&'static str, fn(&Scene, Page));

/// Opens the last step of an enrollment, where the account is stored and the recovery code is shown.
fn last_step(scene: &Scene) -> Page {
    let page = second_step(scene);
    click_chip(&page);
    page.text("code").unwrap();
    page
}

/// Returns `true` if the server has stored the factor.
fn has_factor(scene: &Scene) -> bool {
    !scene.server.user("acme/bob").unwrap().totp_secret.is_empty()
}

fn wait_for_reports() {
    std::thread::sleep(Duration::from_millis(1500));
}

fn is_unconfirmed(scene: &Scene) -> bool {
    wait_for_reports();
    enrolled(scene).unwrap().unconfirmed
}

fn wait_until_confirmed(scene: &Scene) {
    until("the account is confirmed", || Ok((!enrolled(scene).unwrap().unconfirmed).then_some(()))).unwrap();
}

#[test]
fn leaving_before_enabling_confirms_nothing() {
    let leave: [Leaving; 5] = [
        ("another page", |scene, page| page.navigate(&format!("{}/account", scene.origin())).unwrap()),
        ("reloaded", |_, page| drop(page.call("Page.reload", json!({})).unwrap())),
        ("closed", |_, page| page.close().unwrap()),
        ("a script presses it", |_, page| {
            page.evaluate(&format!("document.querySelector('{ENABLE}').click()")).unwrap();
            page.wait_for("location.pathname === '/account'").unwrap();
        }),
        ("a script removes the step", |_, page| {
            page.evaluate("document.querySelector('code').parentElement.remove()").unwrap();
        }),
    ];
    let scene = Scene::new(Release::V3_158);
    for (how, leave) in leave {
        let page = last_step(&scene);
        leave(&scene, page);
        assert!(is_unconfirmed(&scene), "{how}");
        scene.worker.state().vault.as_mut().unwrap().accounts.truncate(1);
        scene.server.set_field("acme/bob", "totpSecret", json!(""));
        scene.server.set_field("acme/bob", "preferredMfaType", json!(""));
    }
}

#[test]
fn leaving_before_the_enable_response_confirms_nothing() {
    let leave: [Leaving; 3] = [
        ("another page", |scene, page| page.navigate(&format!("{}/static/logo.svg", scene.origin())).unwrap()),
        ("closed", |_, page| page.close().unwrap()),
        ("a script removes the step", |_, page| {
            page.evaluate("document.querySelector('code').parentElement.remove()").unwrap();
            wait_for_reports();
            page.close().unwrap();
        }),
    ];
    let scene = Scene::new(Release::V3_158);
    for (how, leave) in leave {
        let page = last_step(&scene);
        scene.server.fail_times(mock_casdoor::Fault::Slow(6000), "/api/mfa/setup/enable", 1);
        page.click(ENABLE).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        leave(&scene, page);
        assert!(is_unconfirmed(&scene), "{how}");
        scene.worker.state().vault.as_mut().unwrap().accounts.truncate(1);
        std::thread::sleep(Duration::from_secs(5));
        scene.server.set_field("acme/bob", "totpSecret", json!(""));
        scene.server.set_field("acme/bob", "preferredMfaType", json!(""));
    }
}

#[test]
fn a_lost_enable_reply_is_confirmed_by_the_next_sign_in() {
    let scene = Scene::new(Release::V3_158);
    let page = last_step(&scene);
    // The browser repeats a request once if a reused connection was closed.
    scene.server.fail(mock_casdoor::Fault::LoseReply, "/api/mfa/setup/enable");
    page.click(ENABLE).unwrap();
    until("the server has stored the factor", || Ok(has_factor(&scene).then_some(()))).unwrap();
    wait_for_reports();
    scene.server.clear_faults();
    page.navigate(&format!("{}/account", scene.origin())).unwrap();
    assert!(is_unconfirmed(&scene));
    page.call("Network.clearBrowserCookies", json!({})).unwrap();
    page.navigate(&format!("{}/login/acme", scene.origin())).unwrap();
    submit_password(&page, "bob");
    wait_until_signed_in(&page);
    wait_until_confirmed(&scene);
}

#[test]
fn a_rejected_enable_confirms_nothing_until_it_succeeds() {
    let scene = Scene::new(Release::V3_158);
    let page = last_step(&scene);
    scene.server.fail_times(mock_casdoor::Fault::Status(502), "/api/mfa/setup/enable", 1);
    page.click(ENABLE).unwrap();
    page.wait_for("document.querySelector('.ant-message-error, .ant-message-notice-error')").unwrap();
    assert!(is_unconfirmed(&scene) && !has_factor(&scene));
    page.click(ENABLE).unwrap();
    wait_until_confirmed(&scene);
    assert!(has_factor(&scene));
}

/// Sets up a sign-in of alice, whose account was enrolled but never confirmed.
fn unconfirmed_alice() -> Scene {
    let scene = Scene::new(Release::V3_158);
    scene.worker.state().vault.as_mut().unwrap().accounts[0].unconfirmed = true;
    scene
}

fn is_alice_unconfirmed(scene: &Scene) -> bool {
    wait_for_reports();
    scene.worker.state().vault.as_ref().unwrap().accounts[0].unconfirmed
}

#[test]
fn a_successful_sign_in_confirms_the_account_in_each_form() {
    for release in [Release::V3_158, Release::V2_211, Release::V1_783] {
        let scene = Scene::new(release);
        scene.worker.state().vault.as_mut().unwrap().accounts[0].unconfirmed = true;
        let page = scene.sign_in("alice");
        wait_until_signed_in(&page);
        until("the account is confirmed", || {
            Ok((!scene.worker.state().vault.as_ref().unwrap().accounts[0].unconfirmed).then_some(()))
        })
        .unwrap_or_else(|error| panic!("{release:?}: {error}"));
    }
}

#[test]
fn leaving_before_the_sign_in_response_confirms_nothing() {
    let leave: [Leaving; 4] = [
        ("another page", |scene, page| page.navigate(&format!("{}/static/logo.svg", scene.origin())).unwrap()),
        ("closed", |_, page| page.close().unwrap()),
        ("a script removes the form", |_, page| {
            page.evaluate("document.querySelector('.login-content').remove()").unwrap();
            wait_for_reports();
            page.close().unwrap();
        }),
        ("a script navigates away", |_, page| {
            page.evaluate("location.assign('/static/logo.svg')").unwrap();
            wait_for_reports();
            page.close().unwrap();
        }),
    ];
    for (how, leave) in leave {
        let scene = unconfirmed_alice().offering();
        let page = scene.sign_in("alice");
        scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
        scene.server.fail_times(mock_casdoor::Fault::Slow(8000), "/api/login", 1);
        click_chip(&page);
        scene.wait("a code is typed", |state| (state.codes().len() == 1).then_some(()));
        std::thread::sleep(Duration::from_millis(200));
        leave(&scene, page);
        assert!(is_alice_unconfirmed(&scene), "{how}");
    }
}

#[test]
fn a_failed_sign_in_confirms_nothing() {
    for fault in [mock_casdoor::Fault::Status(502), mock_casdoor::Fault::Unreachable, mock_casdoor::Fault::Html] {
        let scene = unconfirmed_alice().offering();
        let page = scene.sign_in("alice");
        scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
        scene.server.fail(fault, "/api/login");
        click_chip(&page);
        scene.wait("a code is typed", |state| (state.codes().len() == 1).then_some(()));
        assert!(is_alice_unconfirmed(&scene), "{fault:?}");
        page.navigate(&format!("{}/static/logo.svg", scene.origin())).unwrap();
        assert!(is_alice_unconfirmed(&scene), "{fault:?}, left");
    }
}

#[test]
fn an_edited_code_does_not_confirm_the_account() {
    let scene = unconfirmed_alice().offering();
    scene.worker.state().vault.as_mut().unwrap().accounts[0].otp.key =
        Key::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
    let page = scene.sign_in("alice");
    scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
    scene.server.fail(mock_casdoor::Fault::Unreachable, "/api/login");
    click_chip(&page);
    page.wait_for("[...document.querySelectorAll('#passcode input')].every(cell => cell.value)").unwrap();
    wait_for_reports();
    scene.server.clear_faults();
    let right = mock_casdoor::totp::code(SECRET, e2e::clock::unix_seconds()).unwrap();
    let typed =
        page.evaluate("[...document.querySelectorAll('#passcode input')].map(cell => cell.value).join('')").unwrap();
    let typed = typed.as_str().unwrap();
    // The page submits the form when all digits are correct, so cells that already contain the right digit are skipped.
    for (number, (digit, _)) in right.chars().zip(typed.chars()).enumerate().filter(|(_, (digit, old))| digit != old) {
        page.fill(&format!("#passcode input[aria-label='OTP Input {}']", number + 1), &digit.to_string()).unwrap();
    }
    wait_until_signed_in(&page);
    assert!(is_alice_unconfirmed(&scene), "the server accepted a different code than the account's");
}

#[test]
fn enabling_another_factor_does_not_confirm_the_account() {
    let scene = Scene::new(Release::V3_158);
    let page = second_step(&scene);
    scene.server.fail(mock_casdoor::Fault::Status(502), "/api/mfa/setup/verify");
    click_chip(&page);
    until("the account is stored", || Ok(enrolled(&scene))).unwrap();
    wait_for_reports();
    // "Use SMS" replaces this form with another one, which ends with the same code and button.
    page.evaluate(
        "(async () => {
            const form = document.querySelector('#passcode').closest('form');
            const step = form.parentElement;
            form.remove();
            await new Promise(done => setTimeout(done, 300));
            step.insertAdjacentHTML('beforeend', `<div><code>11111111-1111-4111-8111-111111111111</code>
                <button type=button class=ant-btn-primary>Enable</button></div>`);
        })()",
    )
    .unwrap();
    wait_for_reports();
    assert_eq!(page.evaluate("document.querySelector('casdoor-authenticator')").unwrap(), json!(null));
    page.click("code + .ant-btn-primary").unwrap();
    assert!(is_unconfirmed(&scene));
}
