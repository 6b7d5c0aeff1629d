//! A vault without a password: it is created after a warning, opens directly, and can get a password later.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test functions outside #[test]")]

use e2e::package::{Installed, OPTIONS, ask, root};
use e2e::page::Page;
use e2e::user::{self, Typed, VAULT_PASSWORD};
use serde_json::{Value, json};

const ALICE: Typed = Typed { issuer: "Example", name: "alice", secret: "JBSWY3DPEHPK3PXP" };

/// Saves a screenshot in light and dark for visual review.
fn picture(page: &Page, name: &str) {
    for scheme in ["light", "dark"] {
        page.emulate_media("prefers-color-scheme", scheme).unwrap();
        page.screenshot(&root().join(format!("dist/states/{name}-{scheme}.png"))).unwrap();
    }
}

/// Returns a browser with a vault without a password that has one account. The popup is closed.
fn without_password() -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["first-run"]).unwrap();
    picture(&popup, "first-run");
    popup.click("[data-action=without-password]").unwrap();
    user::wait_for_screen(&popup, &["without-password"]).unwrap();
    let words = popup.text("[data-screen=without-password]").unwrap();
    assert!(words.contains("Anyone who can use the profile"), "{words}");
    picture(&popup, "without-password");
    popup.click("[data-action=create-without-password]").unwrap();
    user::wait_for_screen(&popup, &["empty"]).unwrap();
    user::add(&popup, &ALICE).unwrap();
    popup.close().unwrap();
    (installed, page)
}

/// Has the effects of a browser restart: session storage is empty, and the worker is stopped.
fn restart(installed: &Installed) {
    let tab = installed.open("manifest.json").unwrap();
    tab.evaluate("chrome.storage.session.clear()").unwrap();
    tab.close().unwrap();
    installed.extension.stop_worker().unwrap();
}

/// Returns the number of keys in the device key's database, and whether any of them can be extracted.
fn keys(tab: &Page) -> Value {
    tab.evaluate(
        "new Promise((done, failed) => {
            const opening = indexedDB.open('device', 1);
            opening.onerror = () => failed(opening.error);
            opening.onsuccess = () => {
                const keys = opening.result.transaction('keys').objectStore('keys').getAll();
                keys.onsuccess = async () => {
                    opening.result.close();
                    const given = await Promise.all(keys.result.map(key =>
                        crypto.subtle.exportKey('raw', key).then(() => 'given', () => 'rejected')));
                    done(keys.result.map((key, at) => [key.algorithm.name, key.algorithm.length, key.extractable, given[at]]));
                };
            };
        })",
    )
    .unwrap()
}

#[test]
fn a_vault_without_a_password_opens_directly_and_cannot_be_locked() {
    let (installed, page) = without_password();
    restart(&installed);
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(user::rows(&popup).unwrap()[0].code.len(), 6);
    popup.click("[data-action=menu]").unwrap();
    popup.wait_for("document.querySelector('[data-menu] [data-action=settings]')").unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-menu] [data-action=lock]')").unwrap(), Value::Null);
    popup.press("Escape").unwrap();
    popup.press("Ctrl+l").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(failed && words.contains("no password"), "{words}");
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
    let stored = popup.evaluate("chrome.storage.local.get().then(JSON.stringify)").unwrap();
    for private in [ALICE.secret, ALICE.issuer, ALICE.name] {
        assert!(!stored.as_str().unwrap().contains(private), "{private} is stored unencrypted");
    }
    assert_eq!(keys(&popup), json!([["AES-GCM", 256, false, "rejected"]]));
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_first_popup_after_browser_start_shows_codes_immediately() {
    let (installed, page) = without_password();
    restart(&installed);
    // Dispatches the event of a browser start.
    installed.open("manifest.json").unwrap().close().unwrap();
    let worker = installed.extension.worker("typeof chrome.alarms === 'object'").unwrap();
    worker.evaluate("chrome.runtime.onStartup.dispatch()").unwrap();
    let tab = installed.open("manifest.json").unwrap();
    tab.wait_for("chrome.storage.session.get('board').then(({ board }) => board?.includes('alice'))").unwrap();
    tab.close().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
}

#[test]
fn exports_need_a_typed_word_and_backups_a_separate_password() {
    let (installed, page) = without_password();
    let popup = installed.popup(&page).unwrap();
    popup.wait_for("document.querySelector('[data-notice=notice_no_backup]')").unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    user::choose_for(&popup, &id, "show-qr").unwrap();
    popup.click("[data-action=show-qr]").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(failed && words.contains("export"), "{words}");
    picture(&popup, "device-confirm");
    popup.fill("[data-field=confirm]", "export").unwrap();
    popup.click("[data-action=show-qr]").unwrap();
    popup.wait_for("document.querySelector('[data-qr] svg')").unwrap();
    popup.close().unwrap();

    let tab = installed.open(&format!("{OPTIONS}#backup")).unwrap();
    let own = "[data-step=backup] [data-field=backup-password]";
    tab.wait_for(&format!("document.querySelector('{own}')")).unwrap();
    picture(&tab, "device-backup");
    tab.click("[data-action=back-up]").unwrap();
    assert!(user::status_message(&tab).unwrap().1, "a backup was created without a password");
    tab.fill(own, "own password").unwrap();
    tab.fill("[data-field=backup-again]", "own password").unwrap();
    tab.click("[data-action=back-up]").unwrap();
    tab.wait_for("document.querySelector('[data-status=failed]')?.textContent.includes('Type the word')").unwrap();
    tab.fill("[data-step=backup] [data-field=confirm-word]", "confirm").unwrap();
    tab.click("[data-action=back-up]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    popup.wait_for("!document.querySelector('[data-notice]')").unwrap();
}

#[test]
fn a_missing_device_key_is_explained_and_offers_a_new_vault() {
    let (installed, page) = without_password();
    let tab = installed.open("manifest.json").unwrap();
    tab.evaluate(
        "new Promise((done, failed) => {
            const gone = indexedDB.deleteDatabase('device');
            gone.onsuccess = done;
            gone.onerror = failed;
        }).then(() => true)",
    )
    .unwrap();
    tab.close().unwrap();
    restart(&installed);
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["key-gone"]).unwrap();
    let words = popup.text("[data-screen=key-gone]").unwrap();
    assert!(words.contains("that key is missing") && words.contains("Casdoor server return"), "{words}");
    picture(&popup, "key-gone");
    popup.wait_for("document.querySelector('[data-action=download-vault]')").unwrap();
    popup.click("[data-field=sure]").unwrap();
    popup.click("[data-action=start-over]").unwrap();
    user::create_vault(&popup).unwrap();
}

#[test]
fn a_password_set_later_is_required_and_removes_the_device_key() {
    let (installed, page) = without_password();
    let tab = installed.open(&format!("{OPTIONS}#security")).unwrap();
    tab.wait_for("document.querySelector('[data-device-only]')").unwrap();
    assert_eq!(
        tab.evaluate("document.querySelector('[data-action=lock], [data-field=lock-after]')").unwrap(),
        Value::Null
    );
    picture(&tab, "device-security");
    tab.fill("[data-field=new-password]", VAULT_PASSWORD).unwrap();
    tab.fill("[data-field=password-again]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=change-password]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    tab.wait_for("document.querySelector('[data-field=lock-after]') && document.querySelector('[data-action=lock]')")
        .unwrap();
    let stored = tab.evaluate("chrome.storage.local.get().then(JSON.stringify)").unwrap();
    assert!(
        !stored.as_str().unwrap().contains("\\\"kind\\\":\\\"device\\\""),
        "the vault still has a slot for the device key: {stored}"
    );
    assert_eq!(keys(&tab), json!([]));
    tab.close().unwrap();

    restart(&installed);
    let popup = installed.popup(&page).unwrap();
    user::unlock(&popup).unwrap();
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
    assert_eq!(ask(&popup, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["device_only"], false);
}
