//! The sections of the settings, the views of an account and the first screens are accessible.

use super::*;

#[test]
fn every_section_of_the_settings_is_accessible() {
    let (installed, _page) = with_accounts("about:blank#page", &[ALICE, ROOT]);
    let tab = installed.open(OPTIONS).unwrap();
    let trashed = user_accounts(&tab)[1].clone();
    ask(&tab, &json!({ "do": "MoveToTrash", "id": trashed })).unwrap();
    for (section, shown) in [
        ("accounts", "[data-screen=accounts]"),
        ("add", "[data-screen=add]"),
        ("connect", "[data-screen=connect]"),
        ("sites", "[data-screen=sites]"),
        ("security", "[data-screen=security]"),
        ("exchange", "[data-action=backup]"),
        ("import", "[data-app=Aegis]"),
        ("backup", "[data-step=backup]"),
        ("export", "[data-step=export]"),
        ("appearance", "[data-screen=appearance]"),
        ("about", "[data-screen=about]"),
        ("shortcuts", "[data-screen=shortcuts]"),
        ("welcome", "[data-screen=welcome]"),
    ] {
        tab.evaluate(&format!("location.hash = '#{section}'")).unwrap();
        tab.wait_for(&format!("document.querySelector('{shown}')")).unwrap();
        // Waits until the section has loaded its data.
        tab.evaluate("new Promise(done => setTimeout(done, 400))").unwrap();
        picture(&tab, &format!("settings-{section}"));
    }
    tab.evaluate("location.hash = '#accounts'").unwrap();
    tab.click("[data-field=select]").unwrap();
    tab.wait_for("document.querySelector('[data-bulk-actions]')").unwrap();
    picture(&tab, "settings-accounts-selected");
    ask(&tab, &json!({ "do": "LockVault" })).unwrap();
    user::wait_for_screen(&tab, &["locked"]).unwrap();
    picture(&tab, "settings-locked");
}

/// Returns the ids of all accounts.
fn user_accounts(tab: &Page) -> Vec<Value> {
    let rows = ask(tab, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["rows"].clone();
    rows.as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}

#[test]
fn the_views_of_an_account_are_accessible() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let popup = installed.popup(&page).unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    popup.click(&format!("[data-row='{id}'] [data-action=row-menu]")).unwrap();
    popup.wait_for("document.querySelector('[data-menu]')").unwrap();
    picture(&popup, "row-menu");
    popup.press("Escape").unwrap();
    for (action, screen) in [("edit", "edit"), ("show-qr", "qr")] {
        user::choose_for(&popup, &id, action).unwrap();
        user::wait_for_screen(&popup, &[screen]).unwrap();
        picture(&popup, screen);
        popup.click("[data-action=back]").unwrap();
        user::wait_for_screen(&popup, &["list"]).unwrap();
    }
    popup.click("[data-row] [data-action=copy]").unwrap();
    popup.wait_for("document.querySelector('[data-copied]')").unwrap();
    picture(&popup, "copied");
    user::choose_for(&popup, &id, "move-to-trash").unwrap();
    user::wait_for_screen(&popup, &["empty"]).unwrap();
    picture(&popup, "trashed");
}

#[test]
fn the_first_screens_are_accessible() {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["first-run"]).unwrap();
    picture(&popup, "first-run");
    popup.close().unwrap();
    let tab = installed.open(OPTIONS).unwrap();
    user::wait_for_screen(&tab, &["first-run"]).unwrap();
    picture(&tab, "settings-first-run");
}
