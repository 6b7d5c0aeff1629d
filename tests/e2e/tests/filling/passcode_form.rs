//! The passcode form at sign-in in its three forms, and other forms that look like it.

use super::*;
use serde_json::Value;
use test_worker::{first_id, rejection};

/// Measures the milliseconds from the form's appearance to the first digit in it.
const STOPWATCH: &str = "
    let began = 0;
    new MutationObserver(() => { if (!began && document.getElementById('passcode')) began = performance.now(); })
        .observe(document, { childList: true, subtree: true });
    addEventListener('input', ({ target }) => {
        if (began && target.closest('#passcode')) globalThis.took ??= performance.now() - began;
    }, true);";

#[test]
fn the_code_is_filled_automatically_in_each_form_and_submitted_once() {
    for (release, boxes) in [(Release::V3_158, CELLS), (Release::V2_211, CELLS), (Release::V1_783, SINGLE)] {
        let scene = Scene::new(release);
        let page = scene.open("/login/acme");
        page.evaluate(STOPWATCH).unwrap();
        scene.server.fail_times(mock_casdoor::Fault::Slow(1000), "/api/login", 2);
        submit_password(&page, "alice");
        println!(
            "{release:?}: {:.0} ms from the form's appearance to the first digit",
            page.wait_for("globalThis.took").unwrap()
        );
        wait_until_signed_in(&page);
        assert_eq!((scene.passcodes(), scene.worker.state().codes().len()), (1, 1), "{release:?}, {boxes}");
        assert_eq!(scene.picks(), 0, "{release:?}");
        assert_eq!(scene.browser.problems(), Vec::<String>::new(), "{release:?}");
    }
}

#[test]
fn one_click_fills_and_keeps_the_remember_checkbox() {
    let scene = Scene::new(Release::V3_158).offering();
    let page = scene.sign_in("alice");
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    page.click("#enableMfaRemember").unwrap();
    scene.server.fail_times(mock_casdoor::Fault::Slow(1500), "/api/login", 1);
    click_chip(&page);
    page.wait_for("[...document.querySelectorAll('#passcode input')].every(cell => cell.value)").unwrap();
    assert_eq!(page.evaluate("document.querySelector('#enableMfaRemember').checked").unwrap(), json!(true));
    wait_until_signed_in(&page);
    assert_eq!((scene.passcodes(), scene.picks()), (1, 1));
}

#[test]
fn the_chip_works_with_the_keyboard() {
    let scene = Scene::new(Release::V3_158).offering();
    let page = scene.sign_in("alice");
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    page.click("#passcode input").unwrap();
    page.press("Tab").unwrap();
    page.wait_for("document.activeElement.localName === 'casdoor-authenticator'").unwrap();
    scene.press_enter(&page);
    wait_until_signed_in(&page);
    assert_eq!(scene.passcodes(), 1);
}

#[test]
fn a_different_user_name_turns_filling_into_an_offer() {
    let scene = Scene::new(Release::V3_158);
    scene.server.set_field("acme/alice", "email", json!("alice@acme.example"));
    let page = scene.sign_in("alice@acme.example");
    scene.wait_for_reply(
        "the account is offered",
        |reply| matches!(reply, PageReply::Offer { entries } if entries.len() == 1),
    );
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    assert_eq!(scene.worker.state().codes().len(), 0);
}

#[test]
fn several_accounts_are_listed_and_the_selected_one_is_filled() {
    let scene = Scene::new(Release::V3_158);
    let uri = "otpauth://totp/Acme%20Works:other/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20Works";
    let other = account(uri, &scene.origin());
    scene.worker.state().vault.as_mut().unwrap().accounts.push(other);
    let page = scene.sign_in("alice");
    scene.wait_for_reply(
        "both are offered",
        |reply| matches!(reply, PageReply::Offer { entries } if entries.len() == 2),
    );
    page.click("#passcode input").unwrap();
    page.press("Tab").unwrap();
    page.wait_for("document.activeElement.localName === 'casdoor-authenticator'").unwrap();
    scene.press_enter(&page);
    wait_until_signed_in(&page);
    assert_eq!((scene.passcodes(), scene.picks()), (1, 1));
}

#[test]
fn while_locked_the_chip_asks_to_unlock_and_fills_once_unlocked() {
    let scene = Scene::new(Release::V3_158).offering();
    let vault = scene.worker.state().vault.take();
    let page = scene.sign_in("alice");
    scene.wait_for_reply("it is locked", |reply| *reply == PageReply::Locked);
    click_chip(&page);
    scene.wait("the popup is asked for", |state| {
        (state.count(|request| matches!(request, PageRequest::OpenPopup)) == 1).then_some(())
    });
    scene.worker.state().vault = vault;
    scene.extension.worker("self.isReady === true").unwrap().evaluate("tell({ unlocked: true })").unwrap();
    wait_until_signed_in(&page);
    assert_eq!((scene.passcodes(), scene.picks()), (1, 0));
}

#[test]
fn a_rejected_code_is_not_resent_and_the_next_one_is_offered() {
    let scene = Scene::new(Release::V3_158);
    scene.server.set_skew(3600);
    let page = scene.sign_in("alice");
    let rejected = scene.wait("the code is rejected", rejection);
    assert_eq!(rejected.id, first_id(&scene.worker.state()));
    assert_eq!(scene.passcodes(), 1);
    scene.server.set_skew(0);
    // Up to thirty seconds, which is the timeout of a condition.
    let left = rejected.until.saturating_sub(u64::try_from(e2e::clock::unix_seconds()).unwrap());
    if left > 3 {
        // The page's theme may differ from the browser's, so the chip's text has its own background.
        page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
        assert_eq!(chip_style(&page, "P").0, "rgb(255, 255, 255)");
    }
    let left = rejected.until.saturating_sub(u64::try_from(e2e::clock::unix_seconds()).unwrap());
    std::thread::sleep(std::time::Duration::from_secs(left));
    scene.wait_for_reply("the next code is offered", |reply| matches!(reply, PageReply::Offer { .. }));
    assert_eq!(scene.passcodes(), 1, "nothing is sent automatically after a rejection");
    click_chip(&page);
    wait_until_signed_in(&page);
    let codes = scene.worker.state().codes();
    assert_eq!(scene.passcodes(), 2);
    assert!(codes.len() == 2 && codes[0] != codes[1]);
}

#[test]
fn other_forms_are_ignored_and_the_sms_form_offers_the_authenticator() {
    for kind in ["sms", "email", "radius", "push"] {
        let scene = Scene::new(Release::V3_158);
        scene.server.enroll_other("acme/alice", kind, "00000000-0000-4000-8000-000000000001");
        scene.server.set_preferred_factor("acme/alice", kind);
        let page = scene.sign_in("alice");
        page.wait_for("!!document.querySelector('#enableMfaRemember')").unwrap();
        page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
        assert!(scene.worker.state().codes().is_empty(), "{kind}");
        click_chip(&page);
        wait_until_signed_in(&page);
        assert_eq!(scene.passcodes(), 1, "{kind}: switched to the authenticator and filled");
    }
}

#[test]
fn the_recovery_form_is_ignored_without_saved_codes() {
    for release in [Release::V3_158, Release::V2_211, Release::V1_783] {
        let scene = Scene::new(release).offering();
        let page = scene.sign_in("alice");
        page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
        page.evaluate("[...document.querySelectorAll('a')].find(a => /recovery/.test(a.textContent)).click()").unwrap();
        page.wait_for("!!document.querySelector('input[type=passcode]')").unwrap();
        page.wait_for("!document.querySelector('casdoor-authenticator')").unwrap();
        scene.wait("it was asked about", |state| {
            let last = state.talk.last()?;
            (matches!(&last.0, PageRequest::FormFound { seen } if seen.shape == Shape::Recovery)
                && last.1 == PageReply::Nothing)
                .then_some(())
        });
        assert_eq!(scene.worker.state().codes().len(), 0, "{release:?}");
    }
}

#[test]
fn radius_and_push_forms_are_ignored() {
    for (release, kind) in
        [(Release::V3_158, "radius"), (Release::V3_158, "push"), (Release::V2_211, "radius"), (Release::V2_211, "push")]
    {
        let scene = Scene::new(release);
        scene.server.enroll_other("acme/bob", kind, "00000000-0000-4000-8000-000000000001");
        let page = scene.sign_in("bob");
        page.wait_for("!!document.querySelector('input#passcode')").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(600));
        assert!(scene.worker.state().talk.is_empty(), "{release:?} {kind}: {:?}", scene.worker.state().talk.first());
        assert_eq!(page.evaluate("document.querySelector('casdoor-authenticator')").unwrap(), json!(null));
        assert_eq!(page.evaluate("document.querySelector('#passcode').value").unwrap(), "", "{release:?} {kind}");
    }
}

#[test]
fn forms_for_sent_codes_are_ignored() {
    for release in [Release::V3_158, Release::V2_211, Release::V1_783] {
        let scene = Scene::new(release);
        for path in ["/by-code/acme", "/signup/app-acme", "/forget/app-acme", "/reset/acme"] {
            let page = scene.open(path);
            page.wait_for("!!document.querySelector('.verification-code-input input[autocomplete=\"one-time-code\"]')")
                .unwrap();
            std::thread::sleep(std::time::Duration::from_millis(400));
            assert!(scene.worker.state().talk.is_empty(), "{release:?} {path}");
            let typed =
                "[...document.querySelectorAll('.verification-code-input input')].map(field => field.value).join('')";
            assert_eq!(page.evaluate(typed).unwrap(), "", "{release:?} {path}");
            assert_eq!(
                page.evaluate("document.querySelector('casdoor-authenticator')").unwrap(),
                json!(null),
                "{path}"
            );
            page.close().unwrap();
        }
    }
}

#[test]
fn the_next_code_is_filled_in_the_last_two_seconds() {
    let scene = Scene::new(Release::V3_158).offering();
    let page = scene.sign_in("alice");
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    // The click is 1.5 seconds before the boundary, but not before the chip has been visible long enough.
    let left = 28_500 - i64::try_from(now() % 30_000).unwrap();
    let wait = if left < 1_300 { left + 30_000 } else { left };
    mouse(&page, "mouseMoved", center_of_button(&page, 0, 1));
    std::thread::sleep(std::time::Duration::from_millis(u64::try_from(wait).unwrap()));
    let boundary = (now() / 30_000 + 1) * 30;
    press_at(&page, center_of_button(&page, 0, 1));
    let typed = scene.wait("a code is typed", |state| state.codes().first().cloned());
    assert!(now() / 1000 < boundary, "the machine was too slow for this test");
    assert_eq!(Some(typed), mock_casdoor::totp::code(SECRET, i64::try_from(boundary).unwrap()));
    wait_until_signed_in(&page);
    assert_eq!(scene.passcodes(), 1);
}

#[test]
fn the_chip_is_light_on_a_light_page_in_both_themes_and_moves_nothing() {
    let scene = Scene::new(Release::V3_158).offering();
    // Casdoor's page is light in both.
    for scheme in ["light", "dark"] {
        let page = scene.open("/login/acme");
        page.emulate_media("prefers-color-scheme", scheme).unwrap();
        submit_password(&page, "alice");
        page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
        let shadow = page.call("DOM.getDocument", json!({ "depth": -1, "pierce": true })).unwrap().to_string();
        assert!(shadow.contains("Fill Acme Works"), "the chip names the account");
        let (background, motion) = chip_style(&page, "BUTTON");
        assert_eq!(background, "rgb(255, 255, 255)", "{scheme}");
        assert_eq!(motion, "none 0s", "{scheme}");
        page.close().unwrap();
    }
}

/// Returns the background, and the animation and transition, of the chip's first element with a name. DevTools can read
/// the closed shadow root.
fn chip_style(page: &Page, name: &str) -> (String, String) {
    page.call("DOM.enable", json!({})).unwrap();
    page.call("CSS.enable", json!({})).unwrap();
    let root = page.call("DOM.getDocument", json!({ "depth": -1, "pierce": true })).unwrap();
    let element = node(&root["root"], name, false).unwrap();
    let style = page.call("CSS.getComputedStyleForNode", json!({ "nodeId": element })).unwrap();
    let of = |name: &str| {
        let all = style["computedStyle"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    (of("background-color"), format!("{} {}", of("animation-name"), of("transition-duration")))
}

/// Returns the first element with a name in the chip's shadow root.
fn node(at: &serde_json::Value, name: &str, in_chip: bool) -> Option<i64> {
    let in_chip = in_chip || at["nodeName"] == "CASDOOR-AUTHENTICATOR";
    if in_chip && at["nodeName"] == name {
        return at["nodeId"].as_i64();
    }
    let parts = ["children", "shadowRoots"].into_iter().filter_map(|part| at[part].as_array()).flatten();
    parts.into_iter().find_map(|part| node(part, name, in_chip))
}

#[test]
fn other_paths_languages_and_themes_show_the_same_form() {
    let scene = Scene::new(Release::V3_158);
    let authorize = "/login/oauth/authorize?client_id=acme-client&response_type=code&scope=openid&state=x\
                     &redirect_uri=https%3A%2F%2Frp.example%2Fcallback";
    for (number, path) in
        [authorize, "/login/acme?language=de", "/login/acme?language=zh&theme=dark", "/login/acme?language=ar"]
            .into_iter()
            .enumerate()
    {
        let page = scene.open(path);
        submit_password(&page, "alice");
        scene.wait("it is filled", |state| (state.codes().len() == number + 1).then_some(()));
        page.wait_for("!location.pathname.startsWith('/login')").unwrap();
        page.call("Network.clearBrowserCookies", json!({})).unwrap();
        page.close().unwrap();
    }
}

/// Returns the background color of the chip's button, which is in a closed shadow root.
fn chip_background(page: &Page) -> String {
    fn find<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
        if node["nodeName"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(node);
        }
        let inside = ["children", "shadowRoots"].into_iter().filter_map(|kind| node[kind].as_array());
        inside.flatten().find_map(|child| find(child, name))
    }
    for domain in ["DOM.enable", "CSS.enable"] {
        page.call(domain, json!({})).unwrap();
    }
    let document = page.call("DOM.getDocument", json!({ "depth": -1, "pierce": true })).unwrap();
    let host = find(&document["root"], "casdoor-authenticator").unwrap();
    let button = find(host, "button").unwrap();
    let styles = page.call("CSS.getComputedStyleForNode", json!({ "nodeId": button["nodeId"] })).unwrap();
    let styles = styles["computedStyle"].as_array().cloned().unwrap();
    let style = styles.iter().find(|style| style["name"] == "background-color").unwrap();
    style["value"].as_str().unwrap().to_owned()
}

#[test]
fn the_chip_is_as_dark_as_the_page_and_not_as_the_system() {
    const LIGHT: &str = "rgb(255, 255, 255)";
    const DARK: &str = "rgb(29, 34, 48)";
    let scene = Scene::new(Release::V3_158).offering();
    let page = scene.sign_in("alice");
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    let becomes = |color: &str, case: &str| {
        until(case, || Ok((chip_background(&page) == color).then_some(()))).unwrap();
    };
    page.emulate_media("prefers-color-scheme", "dark").unwrap();
    becomes(LIGHT, "Casdoor's page is light although the system is dark");
    page.screenshot(&root().join("dist/states/chip-on-light-page.png")).unwrap();
    // The page switches to its own dark theme.
    let plain = "document.querySelectorAll('body, body *').forEach(it => it.style.setProperty('background', 'none', 'important'))";
    for (color, expected) in [
        ("#141414", DARK),
        ("oklch(0.95 0.02 250)", LIGHT),
        ("color(display-p3 0.1 0.1 0.12)", DARK),
        ("rgb(0 0 0 / 10%)", LIGHT),
    ] {
        page.evaluate(&format!("{plain}; document.documentElement.style.background = '{color}'")).unwrap();
        becomes(expected, color);
    }
    // Without a color, the page's declared scheme decides.
    page.evaluate("document.documentElement.style.background = 'none'").unwrap();
    for (scheme, expected) in [("dark", DARK), ("light", LIGHT), ("light dark", DARK)] {
        page.evaluate(&format!("document.documentElement.style.colorScheme = '{scheme}'")).unwrap();
        becomes(expected, scheme);
    }
    page.emulate_media("prefers-color-scheme", "light").unwrap();
    becomes(LIGHT, "the page follows the system");
    click_chip(&page);
    wait_until_signed_in(&page);
}
