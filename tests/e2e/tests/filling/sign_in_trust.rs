//! A code is typed without a click only after a sign-in that the user made by hand, in a visible form.

use super::*;

/// Sets both values without trusted events, as a script does.
const PREFILL: &str = "
    var set = (selector, text) => {
        const field = document.querySelector(selector);
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    };
    set('#input', 'alice'); set('#normal_login_password', 'pass-word-1');";

const SUBMIT: &str = "document.querySelector('#normal_login').requestSubmit()";
const BUTTON: &str = "#normal_login button[type=submit]";

/// The actions of the page and the user on the sign-in page, up to the submission.
type SignIn = fn(&Page);

/// Checks that a sign-in results in an offer instead of a code.
fn is_only_offered(name: &str, sign_in: SignIn) {
    let scene = Scene::new(Release::V3_158);
    let page = scene.open("/login/acme");
    page.wait_for("document.querySelector('#normal_login_password')").unwrap();
    sign_in(&page);
    scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
    assert_eq!(scene.worker.state().codes(), Vec::<String>::new(), "{name}");
}

#[test]
fn a_form_submitted_by_a_script_around_a_harmless_click_identifies_no_user() {
    is_only_offered("a click on something else in the form", |page| {
        page.evaluate(&format!(
            "{PREFILL} document.querySelector('.login-forget-password').addEventListener('click', () => {SUBMIT})"
        ))
        .unwrap();
        page.click(".login-auto-signin").unwrap();
    });
}

#[test]
fn prefilled_values_identify_no_user_even_if_the_user_submits_them() {
    is_only_offered("values of a script", |page| {
        page.evaluate(PREFILL).unwrap();
        page.click(BUTTON).unwrap();
    });
}

#[test]
fn text_inserted_by_a_script_while_the_user_types_identifies_no_user() {
    is_only_offered("inserted by a script", |page| {
        page.evaluate(
            "for (const [selector, text] of [['#input', 'alice'], ['#normal_login_password', 'pass-word-1']]) {
                document.querySelector(selector).addEventListener('keydown', (event) => {
                    event.preventDefault();
                    document.execCommand('selectAll');
                    document.execCommand('insertText', false, text);
                });
            }",
        )
        .unwrap();
        for field in ["#input", "#normal_login_password"] {
            page.click(field).unwrap();
            page.type_text("x").unwrap();
        }
        page.click(BUTTON).unwrap();
    });
}

#[test]
fn a_name_that_is_replaced_at_the_press_identifies_no_user() {
    is_only_offered("exchanged", |page| {
        page.fill("#input", "bob").unwrap();
        page.fill("#normal_login_password", PASSWORD).unwrap();
        page.evaluate(&format!(
            "document.querySelector('{BUTTON}').addEventListener('click', () => {{ {PREFILL} }}, true)"
        ))
        .unwrap();
        page.click(BUTTON).unwrap();
    });
}

#[test]
fn an_invisible_form_identifies_no_user() {
    for effect in ["opacity:.01", "mask-image:linear-gradient(transparent,transparent)", "filter:opacity(.02)"] {
        let scene = Scene::new(Release::V3_158);
        let page = scene.open("/login/acme");
        page.wait_for("document.querySelector('#normal_login_password')").unwrap();
        page.evaluate(&format!("document.querySelector('#normal_login').parentElement.style.cssText = '{effect}'"))
            .unwrap();
        submit_password(&page, "alice");
        scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
        assert_eq!(scene.worker.state().codes(), Vec::<String>::new(), "{effect}");
    }
}

#[test]
fn corrected_typing_and_enter_identify_the_user() {
    let scene = Scene::new(Release::V3_158);
    let page = scene.open("/login/acme");
    page.fill("#input", "alixe").unwrap();
    for _ in 0..2 {
        page.press("Backspace").unwrap();
    }
    page.type_text("ce").unwrap();
    page.fill("#normal_login_password", PASSWORD).unwrap();
    page.press("Enter").unwrap();
    wait_until_signed_in(&page);
    // The guard of `state` must be dropped before `picks` locks it again.
    let codes = scene.worker.state().codes().len();
    assert_eq!((codes, scene.picks()), (1, 0));
}

/// Saves alice's password in the browser's password manager, and opens the sign-in page, which the browser then fills.
fn filled_by_the_browser(scene: &Scene) -> Page {
    let manager = scene.browser.open("chrome://password-manager/passwords").unwrap();
    manager.wait_for("typeof chrome.passwordsPrivate === 'object'").unwrap();
    let saved = manager.evaluate(&format!(
        "new Promise((done) => chrome.passwordsPrivate.addPassword(
            {{ url: '{}/login/acme', username: 'alice', password: '{PASSWORD}', note: '', useAccountStore: false }},
            () => done(chrome.runtime.lastError?.message ?? 'saved')))",
        scene.origin()
    ));
    assert_eq!(saved.unwrap(), "saved");
    manager.close().unwrap();
    let page = scene.open("/login/acme");
    let is_filled = |field: &str| format!("document.querySelector('{field}')?.matches(':autofill')");
    for field in ["#input", "#normal_login_password"] {
        page.wait_for(&is_filled(field)).unwrap();
    }
    // The browser shows the values to the page only after the user has acted in it.
    page.click(".login-logo-box").unwrap();
    page.wait_for("document.querySelector('#input').value === 'alice'").unwrap();
    page
}

#[test]
fn values_of_the_browsers_password_manager_identify_the_user() {
    let scene = Scene::new(Release::V3_158);
    let page = filled_by_the_browser(&scene);
    page.click(BUTTON).unwrap();
    wait_until_signed_in(&page);
    let codes = scene.worker.state().codes().len();
    assert_eq!((codes, scene.picks()), (1, 0));
}

#[test]
fn values_that_a_script_changes_or_submits_after_the_browser_filled_them_identify_no_user() {
    let acts: [(&str, SignIn); 3] = [
        ("another name", |page| {
            let bobs = format!("{PREFILL} set('#input', 'bob')");
            page.evaluate(&bobs).unwrap();
            page.click(BUTTON).unwrap();
        }),
        ("the same name, set by a script", |page| {
            page.evaluate(&format!("{PREFILL} set('#input', ''); set('#input', 'alice')")).unwrap();
            page.click(BUTTON).unwrap();
        }),
        ("submitted by a script during a harmless click", |page| {
            page.evaluate(&format!(
                "document.querySelector('.login-forget-password').addEventListener('click', () => {SUBMIT})"
            ))
            .unwrap();
            page.click(".login-auto-signin").unwrap();
        }),
    ];
    for (name, act) in acts {
        let scene = Scene::new(Release::V3_158);
        scene.server.enroll("acme/bob", SECRET, "00000000-0000-4000-8000-000000000001");
        let page = filled_by_the_browser(&scene);
        act(&page);
        page.wait_for("document.querySelector('#passcode')").unwrap();
        std::thread::sleep(Duration::from_millis(800));
        assert_eq!(scene.worker.state().codes(), Vec::<String>::new(), "{name}");
    }
}
