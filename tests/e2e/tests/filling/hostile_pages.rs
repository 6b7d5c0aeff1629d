//! Pages that try to get a code that the user did not give them.

use super::*;

/// Opens the passcode form with an offer in the chip, after a user's sign-in.
fn offered(scene: &Scene) -> Page {
    let page = scene.sign_in("alice");
    page.wait_for("!!document.querySelector('casdoor-authenticator')").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1200));
    page
}

fn popups(scene: &Scene) -> usize {
    scene.worker.state().count(|request| matches!(request, PageRequest::OpenPopup))
}

#[test]
fn a_script_can_neither_read_nor_click_the_chip() {
    let scene = Scene::new(Release::V3_158).offering();
    let page = offered(&scene);
    assert_eq!(page.evaluate("document.querySelector('casdoor-authenticator').shadowRoot").unwrap(), json!(null));
    page.evaluate(
        "const host = document.querySelector('casdoor-authenticator');
         const { x, y, width, height } = host.getBoundingClientRect();
         const at = { bubbles: true, composed: true, detail: 1, clientX: x + width / 2, clientY: y + height / 2 };
         for (const kind of ['pointerdown', 'mousedown', 'mouseup', 'click']) host.dispatchEvent(new MouseEvent(kind, at));
         host.click(); host.focus();
         host.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }));",
    )
    .unwrap();
    click_chip(&page);
    wait_until_signed_in(&page);
    assert_eq!(scene.picks(), 1, "only the user's click counts");
}

#[test]
fn clicks_on_a_covered_or_dimmed_chip_are_ignored() {
    for trick in [
        "document.body.insertAdjacentHTML('beforeend', '<div style=\"position:fixed;inset:0;z-index:9;pointer-events:none;background:red\">')",
        "document.querySelector('casdoor-authenticator-space').parentElement.style.opacity = .01",
        "document.documentElement.style.filter = 'opacity(0.02)'",
    ] {
        let scene = Scene::new(Release::V3_158).offering();
        let page = offered(&scene);
        page.evaluate(trick).unwrap();
        click_chip(&page);
        scene.wait("the popup is asked for instead", |state| {
            (state.count(|request| matches!(request, PageRequest::OpenPopup)) == 1).then_some(())
        });
        assert_eq!((scene.picks(), scene.passcodes()), (0, 0), "{trick}");
    }
}

#[test]
fn a_chip_that_just_appeared_under_the_pointer_ignores_clicks() {
    let scene = Scene::new(Release::V3_158).offering();
    let page = scene.sign_in("alice");
    page.wait_for("!!document.querySelector('casdoor-authenticator')").unwrap();
    page.evaluate("document.querySelector('casdoor-authenticator').remove()").unwrap();
    page.click("casdoor-authenticator").unwrap();
    assert_eq!((scene.picks(), scene.passcodes()), (0, 0));
}

#[test]
fn the_chip_returns_when_the_page_rerenders() {
    let scene = Scene::new(Release::V3_158).offering();
    let page = offered(&scene);
    page.evaluate("document.querySelector('casdoor-authenticator').remove()").unwrap();
    click_chip(&page);
    wait_until_signed_in(&page);
    assert_eq!((scene.picks(), popups(&scene)), (1, 0));
}

#[test]
fn a_scripted_sign_in_identifies_no_user() {
    let scene = Scene::new(Release::V3_158);
    let page = scene.open("/login/acme");
    page.wait_for("!!document.querySelector('#normal_login_password')").unwrap();
    page.evaluate(
        "for (const [selector, text] of [['#input', 'alice'], ['#normal_login_password', 'pass-word-1']]) {
             const field = document.querySelector(selector);
             Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
             field.dispatchEvent(new InputEvent('input', { bubbles: true }));
         }
         document.querySelector('#normal_login button[type=submit]').click();",
    )
    .unwrap();
    scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
    assert_eq!(scene.worker.state().codes().len(), 0);
}

#[test]
fn another_origin_with_the_servers_form_gets_no_code() {
    let scene = Scene::new(Release::V3_158);
    let page = scene.browser.open(&format!("{}/login/acme", scene.server.url("evil.acme.test"))).unwrap();
    submit_password(&page, "alice");
    page.wait_for(&format!("!!document.querySelector('{CELLS}')")).unwrap();
    scene.wait_for_reply("it is told", |_| true);
    page.evaluate("history.pushState(0, '', '/login/acme?x=http://id.acme.test')").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(scene.worker.state().talk.iter().all(|(_, reply)| *reply == PageReply::Nothing));
    assert_eq!(page.evaluate("document.querySelector('casdoor-authenticator')").unwrap(), json!(null));
}
