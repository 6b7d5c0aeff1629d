//! A code is typed without a click only after a sign-in that the user made by hand, in a form that could be seen.

use super::*;

/// Puts both values into the form as a script can, without an event that the browser trusts.
const PREFILL: &str = "
    var set = (selector, text) => {
        const field = document.querySelector(selector);
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    };
    set('#input', 'alice'); set('#normal_login_password', 'pass-word-1');";

const SUBMIT: &str = "document.querySelector('#normal_login').requestSubmit()";
const BUTTON: &str = "#normal_login button[type=submit]";

/// What the page and the user do on the sign-in page, up to the submission.
type SignIn = fn(&Page);

/// The sign-in that ends in an offer instead of a code.
fn is_only_offered(name: &str, sign_in: SignIn) {
    let scene = Scene::new(Age::V3_158);
    let page = scene.open("/login/acme");
    page.wait_for("document.querySelector('#normal_login_password')").unwrap();
    sign_in(&page);
    scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
    assert_eq!(scene.desk.books().codes(), Vec::<String>::new(), "{name}");
}

#[test]
fn a_sign_in_that_a_script_submitted_around_a_harmless_click_names_nobody() {
    is_only_offered("a click on something else in the form", |page| {
        page.evaluate(&format!(
            "{PREFILL} document.querySelector('.login-forget-password').addEventListener('click', () => {SUBMIT})"
        ))
        .unwrap();
        page.click(".login-auto-signin").unwrap();
    });
}

#[test]
fn prefilled_values_name_nobody_even_when_the_user_presses_the_button() {
    is_only_offered("values of a script", |page| {
        page.evaluate(PREFILL).unwrap();
        page.click(BUTTON).unwrap();
    });
}

#[test]
fn text_that_a_script_inserts_while_the_user_types_something_else_names_nobody() {
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
fn a_name_that_is_exchanged_at_the_press_names_nobody() {
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
fn a_form_that_nobody_can_see_names_nobody() {
    for effect in ["opacity:.01", "mask-image:linear-gradient(transparent,transparent)", "filter:opacity(.02)"] {
        let scene = Scene::new(Age::V3_158);
        let page = scene.open("/login/acme");
        page.wait_for("document.querySelector('#normal_login_password')").unwrap();
        page.evaluate(&format!("document.querySelector('#normal_login').parentElement.style.cssText = '{effect}'"))
            .unwrap();
        submit_password(&page, "alice");
        scene.wait_for_reply("it is offered", |reply| matches!(reply, PageReply::Offer { .. }));
        assert_eq!(scene.desk.books().codes(), Vec::<String>::new(), "{effect}");
    }
}

#[test]
fn corrected_typing_and_enter_are_the_users_own() {
    let scene = Scene::new(Age::V3_158);
    let page = scene.open("/login/acme");
    page.fill("#input", "alixe").unwrap();
    for _ in 0..2 {
        page.press("Backspace").unwrap();
    }
    page.type_text("ce").unwrap();
    page.fill("#normal_login_password", PASSWORD).unwrap();
    page.press("Enter").unwrap();
    signed_in(&page);
    assert_eq!((scene.desk.books().codes().len(), scene.picks()), (1, 0));
}
