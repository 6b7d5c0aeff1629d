//! Showing an account as a QR code for a phone, after the same confirmation as an unencrypted export.

use super::{SECRET, picture, with_page};
use casdoor_authenticator::qr::{self, Luma};
use e2e::package::{Installed, OPTIONS};
use e2e::page::Page;
use e2e::user::{self, Typed, VAULT_PASSWORD};
use serde_json::{Value, json};

/// Returns a popup whose vault has one account, and that account's id.
fn with_account() -> (Installed, Page, Page, String) {
    let (installed, page) = with_page("");
    let popup = installed.popup(&page).unwrap();
    user::add(&popup, &Typed { issuer: "Acme", name: "alice", secret: SECRET }).unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    (installed, page, popup, id)
}

/// Clicks *Show* and returns the message, which must be a failure without a code.
fn rejected(popup: &Page) -> String {
    popup.click("[data-action=show-qr]").unwrap();
    let (said, failed) = user::status_message(popup).unwrap();
    assert!(failed && popup.evaluate("document.querySelector('[data-qr]') === null").unwrap() == true, "{said}");
    said
}

#[test]
fn an_account_is_shown_as_a_qr_code_after_confirmation() {
    let (installed, page, popup, id) = with_account();
    user::choose_for(&popup, &id, "show-qr").unwrap();
    popup.fill("[data-step=confirm] [data-field=password]", VAULT_PASSWORD).unwrap();
    assert!(rejected(&popup).contains("Type the word “export”"));
    popup.fill("[data-step=confirm] [data-field=confirm]", "exports").unwrap();
    assert!(rejected(&popup).contains("Type the word “export”"));
    popup.fill("[data-step=confirm] [data-field=confirm]", "export").unwrap();
    popup.fill("[data-step=confirm] [data-field=password]", "wrong").unwrap();
    assert!(rejected(&popup).contains("password"));
    picture(&popup, "qr-confirm");
    popup.fill("[data-step=confirm] [data-field=password]", VAULT_PASSWORD).unwrap();
    popup.click("[data-action=show-qr]").unwrap();
    popup.wait_for("document.querySelector('[data-qr] svg')").unwrap();
    picture(&popup, "qr-shown");

    // A phone must be able to scan it in the dark theme.
    let shot = tempfile::tempdir().unwrap();
    popup.screenshot(&shot.path().join("popup.png")).unwrap();
    let seen = image::open(shot.path().join("popup.png")).unwrap().to_rgba8();
    let found = qr::read(&Luma::from_rgba(seen.width(), seen.height(), seen.as_raw()).unwrap(), || false);
    assert!(found.len() == 1 && found[0].text.expose().contains(&format!("secret={SECRET}")));
    let ground = popup.evaluate("getComputedStyle(document.querySelector('[data-qr]')).backgroundColor").unwrap();
    assert_eq!(ground, "rgb(255, 255, 255)");

    popup.click("[data-action=back]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert!(popup.evaluate("document.querySelector('[data-qr]') === null").unwrap() == true);
    popup.close().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    let session = popup.evaluate("chrome.storage.session.get().then(JSON.stringify)").unwrap();
    assert!(!session.as_str().unwrap().contains(SECRET));
}

#[test]
fn a_policy_blocks_exports_as_qr_code_or_file() {
    let (installed, _page, popup, id) = with_account();
    // A real policy is stored outside the profile and would affect every other test, so the worker's API is replaced.
    let worker = installed.extension.worker("typeof chrome.storage.managed === 'object'").unwrap();
    worker.evaluate("chrome.storage.managed.get = async () => ({ forbidExports: true })").unwrap();
    user::lock(&popup).unwrap();
    user::unlock(&popup).unwrap();
    // The entry of the menu says why it is locked, and a click changes nothing.
    popup.click(&format!("[data-row='{id}'] [data-action=row-menu]")).unwrap();
    let entry = "[data-menu] [data-action=show-qr][aria-disabled=true]";
    assert!(popup.text(entry).unwrap().contains("Set by your organization."));
    popup.click(entry).unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-screen=qr]')").unwrap(), Value::Null);
    picture(&popup, "qr-locked");
    let request = json!({ "page": { "do": "ShowKeyUri", "id": id, "password": VAULT_PASSWORD } });
    let reply = popup.evaluate(&format!("chrome.runtime.sendMessage({request})")).unwrap();
    assert_eq!(reply["Err"]["key"], "exchange_managed", "{reply}");
    popup.close().unwrap();

    for section in ["exchange", "backup", "export"] {
        let tab = installed.open(&format!("{OPTIONS}#{section}")).unwrap();
        let said = tab.text("[data-forbidden]").unwrap();
        assert!(said.contains("Your organization doesn't allow exporting accounts from this browser."), "{said}");
        let exports = "document.querySelectorAll('[data-step=export], [data-step=backup]').length";
        assert_eq!(tab.evaluate(exports).unwrap(), 0);
    }
}
