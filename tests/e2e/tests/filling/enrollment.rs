//! The enrollment page, from "Save to Authenticator and continue" until the user is signed in with the new factor.

use super::*;

/// Opens the enrollment page's second step, which shows the QR code.
pub fn second_step(scene: &Scene) -> Page {
    let page = scene.open("/login/acme");
    submit_password(&page, "bob");
    wait_until_signed_in(&page);
    page.navigate(&format!("{}/mfa/setup?mfaType=app", scene.origin())).unwrap();
    page.fill("#password", PASSWORD).unwrap();
    page.click("form button[type=submit]").unwrap();
    page.wait_for("!!document.querySelector('.ant-qrcode canvas') && !!document.querySelector('#passcode')").unwrap();
    page
}

pub fn enrolled(scene: &Scene) -> Option<Account> {
    let state = scene.worker.state();
    state.vault.as_ref().unwrap().accounts.iter().find(|account| account.name == "acme/bob").cloned()
}

#[test]
fn one_click_saves_the_account_and_enables_the_factor() {
    for (release, theme) in
        [(Release::V3_158, "light"), (Release::V3_158, "dark"), (Release::V2_211, "light"), (Release::V1_783, "light")]
    {
        let scene = Scene::new(release);
        let page = second_step(&scene);
        page.evaluate(&format!("localStorage.setItem('themeAlgorithm', '[\"{theme}\"]')")).unwrap();
        if theme == "dark" {
            page.navigate(&format!("{}/mfa/setup?mfaType=app&theme=dark", scene.origin())).unwrap();
            page.fill("#password", PASSWORD).unwrap();
            page.click("form button[type=submit]").unwrap();
            page.wait_for("!!document.querySelector('.ant-qrcode canvas')").unwrap();
        }
        click_chip(&page);
        let code = page.text("code").unwrap();
        let account = enrolled(&scene).unwrap();
        assert!(account.unconfirmed && account.sites == [Site::Origin(scene.origin())], "{release:?} {theme}");
        assert_eq!(scene.server.user("acme/bob").unwrap().totp_secret, "", "the server stores nothing before Enable");
        click_button(&page, 0, 4);
        scene.wait("the recovery code is kept", |state| (state.recovery_codes == [code.clone()]).then_some(()));
        page.click("main .ant-btn-primary, .content-warp-card .ant-btn-primary").unwrap();
        scene.wait("it is confirmed", |state| {
            let accounts = &state.vault.as_ref()?.accounts;
            accounts.iter().any(|account| account.name == "acme/bob" && !account.unconfirmed).then_some(())
        });
        let stored = scene.server.user("acme/bob").unwrap().totp_secret;
        assert_eq!(&stored, account.otp.key.to_base32().expose(), "{release:?} {theme}");
        assert_eq!(scene.browser.problems(), Vec::<String>::new());
    }
}

#[test]
fn while_locked_the_chip_says_that_unlocking_saves_the_account_and_it_does() {
    let scene = Scene::new(Release::V3_158);
    let vault = scene.worker.state().vault.take();
    let page = second_step(&scene);
    scene.wait_for_reply("it is locked", |reply| *reply == PageReply::Locked);
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    let shadow = page.call("DOM.getDocument", json!({ "depth": -1, "pierce": true })).unwrap().to_string();
    assert!(shadow.contains("Unlock to save this account") && !shadow.contains("Unlock to fill"));
    click_chip(&page);
    scene.worker.state().vault = vault;
    // The page asks again when the user returns to it.
    page.evaluate("void dispatchEvent(new Event('focus'))").unwrap();
    scene.wait("the account is saved", |state| {
        let accounts = &state.vault.as_ref()?.accounts;
        accounts.iter().any(|account| account.name == "acme/bob").then_some(())
    });
}

#[test]
fn the_new_factor_signs_in() {
    let scene = Scene::new(Release::V3_158);
    let page = second_step(&scene);
    click_chip(&page);
    page.text("code").unwrap();
    page.click(".content-warp-card .ant-btn-primary").unwrap();
    page.wait_for("location.pathname === '/account'").unwrap();
    page.call("Network.clearBrowserCookies", json!({})).unwrap();
    let before = scene.worker.state().codes().len();
    page.navigate(&format!("{}/login/acme", scene.origin())).unwrap();
    submit_password(&page, "bob");
    wait_until_signed_in(&page);
    assert_eq!(scene.worker.state().codes().len(), before + 1);
}

#[test]
fn the_qr_code_or_the_text_alone_is_saved_and_a_mismatch_is_not() {
    for (change, saved) in [
        ("document.querySelector('.ant-qrcode').remove()", true),
        ("document.querySelector('.ant-space').remove()", true),
        ("document.querySelector('.ant-space input').value = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'", false),
    ] {
        let scene = Scene::new(Release::V3_158);
        let page = second_step(&scene);
        page.evaluate(change).unwrap();
        click_chip(&page);
        scene.wait("it was tried", |state| {
            (state.count(|request| matches!(request, PageRequest::Enroll { .. })) == 1).then_some(())
        });
        if saved {
            page.text("code").unwrap();
        }
        assert_eq!(scene.worker.state().vault.as_ref().unwrap().accounts.len(), if saved { 2 } else { 1 }, "{change}");
    }
}
