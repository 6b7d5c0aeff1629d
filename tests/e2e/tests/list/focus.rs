//! The focus is never lost to the body, and messages disappear with their view.

use super::*;
use e2e::package::OPTIONS;
use e2e::user;

fn assert_focused(page: &Page, view: &str) {
    page.wait_for("document.activeElement && document.activeElement !== document.body")
        .unwrap_or_else(|error| panic!("the focus is on the body: {view}: {error}"));
}

fn step(page: &Page, selector: &str, screen: &str) {
    page.click(selector).unwrap();
    user::wait_for_screen(page, &[screen]).unwrap();
    assert_focused(page, screen);
}

#[test]
fn the_popup_never_loses_the_focus() {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    assert_focused(&popup, "first-run");
    step(&popup, "[data-action=without-password]", "without-password");
    step(&popup, "[data-action=back]", "first-run");
    user::create_vault(&popup).unwrap();
    assert_focused(&popup, "empty");
    step(&popup, "[data-action=add-by-hand]", "add");
    step(&popup, "[data-action=back]", "empty");
    step(&popup, "[data-action=add]", "add");
    popup.fill("[data-field=secret]", &uri("Acme", "one", "")).unwrap();
    step(&popup, "[data-action=save]", "found");
    // The primary action has the focus, so Enter adds the account.
    popup.press("Enter").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_focused(&popup, "list after adding");
    let id = user::rows(&popup).unwrap().remove(0).id;
    for (action, screen) in [("edit", "edit"), ("show-qr", "qr")] {
        user::choose_for(&popup, &id, action).unwrap();
        user::wait_for_screen(&popup, &[screen]).unwrap();
        assert_focused(&popup, screen);
        step(&popup, "[data-action=back]", "list");
    }
    // The QR code needs a confirmation with the password.
    user::choose_for(&popup, &id, "show-qr").unwrap();
    popup.fill("[data-step=confirm] [data-field=confirm]", "export").unwrap();
    popup.fill("[data-screen=qr] [data-field=password]", VAULT_PASSWORD).unwrap();
    popup.press("Enter").unwrap();
    popup.wait_for("document.querySelector('[data-qr]')").unwrap();
    assert_focused(&popup, "qr shown");
    step(&popup, "[data-action=back]", "list");
    // An empty page has no code, or the browser does not allow a screenshot of it.
    user::choose(&popup, "scan").unwrap();
    popup.wait_for("document.querySelector('[data-screen=found], [data-status]')").unwrap();
    assert_focused(&popup, "nothing found");
    if user::wait_for_screen(&popup, &["found", "list"]).unwrap() == "found" {
        step(&popup, "[data-action=back]", "list");
    }
    // The focus is not lost either when an account is moved to the trash or a message is closed.
    user::choose_for(&popup, &id, "move-to-trash").unwrap();
    user::wait_for_screen(&popup, &["empty"]).unwrap();
    assert_focused(&popup, "trashed");
    popup.click("[data-action=undo]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_focused(&popup, "restored");
    popup.type_text("nobody").unwrap();
    popup.click("[data-action=clear-search]").unwrap();
    assert_focused(&popup, "search cleared");
    user::lock(&popup).unwrap();
    assert_focused(&popup, "locked");
    user::try_password(&popup, "wrong").unwrap();
    user::status_message(&popup).unwrap();
    assert_focused(&popup, "wrong password");
    step(&popup, "[data-action=forgot]", "forgot");
    step(&popup, "[data-action=back]", "locked");
    user::unlock(&popup).unwrap();
    assert_focused(&popup, "unlocked");
}

pub const SECTIONS: [&str; 7] = ["accounts", "connect", "sites", "security", "exchange", "appearance", "about"];

#[test]
fn the_settings_never_lose_the_focus() {
    let (installed, first) = with_uris(&[uri("Acme", "one", ""), uri("Acme", "two", "")]);
    for section in SECTIONS.iter().chain(&["add", "camera"]) {
        let tab = installed.open(&format!("{OPTIONS}#{section}")).unwrap();
        user::wait_for_screen(&tab, &[section]).unwrap();
        assert_focused(&tab, section);
        tab.close().unwrap();
    }
    let tab = installed.open(&format!("{OPTIONS}#accounts")).unwrap();
    for section in SECTIONS {
        step(&tab, &format!("nav [data-section={section}]"), section);
    }
    tab.click("nav [data-section=accounts]").unwrap();
    step(&tab, "[data-account] [data-action=edit]", "edit");
    step(&tab, "[data-action=back]", "accounts");
    step(&tab, "[data-action=add]", "add");
    step(&tab, "[data-action=back]", "accounts");
    tab.click("[data-account] [data-field=select]").unwrap();
    tab.click("[data-action=trash-selected]").unwrap();
    tab.wait_for("document.querySelectorAll('[data-trashed]').length === 1").unwrap();
    assert_focused(&tab, "trashed");
    tab.click("[data-action=undo]").unwrap();
    tab.wait_for("document.querySelectorAll('[data-account]').length === 2").unwrap();
    assert_focused(&tab, "restored");
    tab.click("nav [data-section=security]").unwrap();
    tab.click("[data-action=lock]").unwrap();
    user::wait_for_screen(&tab, &["locked"]).unwrap();
    assert_focused(&tab, "locked");
    step(&tab, "[data-action=forgot]", "forgot");
    step(&tab, "[data-action=back]", "locked");
    ask(&first, &json!({ "do": "UnlockVault", "password": VAULT_PASSWORD })).unwrap();
    tab.wait_for("document.querySelector('[data-screen=security]')").unwrap();
    assert_focused(&tab, "unlocked");
}

#[test]
fn a_message_ends_with_its_view() {
    let (installed, _first) = with_uris(&[uri("Acme", "one", ""), uri("Acme", "two", "")]);
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    let no_message = "!document.querySelector('[data-status]')";
    let id = user::rows(&popup).unwrap().remove(0).id;
    user::choose_for(&popup, &id, "move-to-trash").unwrap();
    user::status_message(&popup).unwrap();
    popup.click("[data-action=add]").unwrap();
    user::wait_for_screen(&popup, &["add"]).unwrap();
    popup.wait_for(no_message).unwrap();
    popup.fill("[data-field=secret]", "not base32 1890!").unwrap();
    popup.click("[data-action=save]").unwrap();
    user::status_message(&popup).unwrap();
    popup.click("[data-action=back]").unwrap();
    popup.wait_for(no_message).unwrap();
    user::lock(&popup).unwrap();
    user::try_password(&popup, "wrong").unwrap();
    user::status_message(&popup).unwrap();
    popup.click("[data-action=forgot]").unwrap();
    user::wait_for_screen(&popup, &["forgot"]).unwrap();
    popup.wait_for(no_message).unwrap();
}
