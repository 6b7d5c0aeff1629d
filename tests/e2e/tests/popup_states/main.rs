//! Each state of the popup explains itself. The test saves screenshots in `dist/states/` for visual review.
//! `casdoor/popup_states.rs` covers the states that depend on a server.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test functions outside #[test]"
)]

mod accessibility;
mod updates;

use e2e::clock::unix_seconds;
use e2e::drawn_state;
use e2e::other_site::{Answer, serve};
use e2e::package::{Installed, OPTIONS, ask};
use e2e::page::Page;
use e2e::user::{self, Typed, VAULT_PASSWORD};
use serde_json::{Value, json};

const ALICE: Typed = Typed { issuer: "Example", name: "alice", secret: "JBSWY3DPEHPK3PXP" };
const ROOT: Typed = Typed { issuer: "AWS", name: "root", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" };

/// Checks what is drawn, and saves its screenshots.
fn picture(popup: &Page, name: &str) {
    drawn_state::check(popup, name).unwrap();
}

/// Returns a browser in front of a page, with a vault that contains these accounts and the popup closed.
fn with_accounts(page: &str, accounts: &[Typed]) -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open(page).unwrap();
    let popup = installed.popup(&page).unwrap();
    user::create_vault(&popup).unwrap();
    for account in accounts {
        user::add(&popup, account).unwrap();
    }
    popup.close().unwrap();
    (installed, page)
}

#[test]
fn an_empty_vault_offers_ways_to_add_and_the_pin_hint() {
    let (installed, page) = with_accounts("about:blank#page", &[]);
    let popup = installed.popup(&page).unwrap();
    let heights = popup
        .evaluate(
            "[...document.querySelectorAll('.add-options button')].map(door => door.getBoundingClientRect().height)",
        )
        .unwrap();
    let heights = heights.as_array().unwrap();
    assert!(heights.len() == 4 && heights.iter().all(|height| height == &heights[0]), "{heights:?}");
    let words = popup.text("[data-pin]").unwrap();
    assert!(words.contains("puzzle piece") && words.contains("pin"), "{words}");
    picture(&popup, "empty");
    popup.close().unwrap();
    // Once pinned, there is no hint.
    let tab = installed.browser.open("about:blank#pinned").unwrap();
    tab.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": "if (globalThis.chrome?.action) chrome.action.getUserSettings = async () => ({ isOnToolbar: true })" }),
    )
    .unwrap();
    tab.call("Page.enable", json!({})).unwrap();
    tab.navigate(&installed.extension.url("popup.html")).unwrap();
    user::wait_for_screen(&tab, &["empty"]).unwrap();
    tab.evaluate("new Promise(done => setTimeout(done, 300))").unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-pin]')").unwrap(), Value::Null);
}

#[test]
fn one_and_many_accounts_are_listed_and_an_empty_search_is_explained() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let popup = installed.popup(&page).unwrap();
    picture(&popup, "one");
    let lines: Vec<String> = (0..60)
        .map(|at| format!("otpauth://totp/Service%20{at}:alice?secret=JBSWY3DPEHPK3PXP&issuer=Service%20{at}"))
        .collect();
    let rows: Vec<Value> = (0..60).map(|at| json!(at)).collect();
    let read = ask(&popup, &json!({ "do": "ReadText", "text": lines.join("\n") })).unwrap();
    ask(&popup, &json!({ "do": "SaveScanResults", "id": read["Ok"]["id"], "cards": rows })).unwrap();
    popup.close().unwrap();
    let popup = installed.popup(&page).unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length > 6").unwrap();
    picture(&popup, "many");
    popup.click("[data-action=menu]").unwrap();
    popup.wait_for("document.querySelector('[data-menu]')").unwrap();
    picture(&popup, "menu");
    popup.press("Escape").unwrap();
    popup.wait_for("!document.querySelector('[data-menu]')").unwrap();
    popup.click("[data-field=search]").unwrap();
    popup.type_text("nobody").unwrap();
    popup.wait_for("document.querySelector('[data-no-match]')?.textContent.includes('nobody')").unwrap();
    picture(&popup, "no-match");
    popup.click("[data-action=clear-search]").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length > 6").unwrap();
}

#[test]
fn the_locked_and_forgot_screens_offer_the_encrypted_vault() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let popup = installed.popup(&page).unwrap();
    user::lock(&popup).unwrap();
    picture(&popup, "locked");
    popup.click("[data-action=forgot]").unwrap();
    user::wait_for_screen(&popup, &["forgot"]).unwrap();
    picture(&popup, "forgot");
    popup.wait_for("document.querySelector('[data-action=download-vault]')").unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-action=start-over]').disabled").unwrap(), true);
}

#[test]
fn damaged_and_newer_vaults_are_distinguished() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE, ROOT]);
    installed.alter_vault("text.slice(0, 99)").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::try_password(&popup, VAULT_PASSWORD).unwrap();
    user::wait_for_screen(&popup, &["damaged"]).unwrap();
    picture(&popup, "damaged");
    popup.fill("[data-field=password]", VAULT_PASSWORD).unwrap();
    popup.click("[data-action=open-copy]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    popup.close().unwrap();

    installed.alter_vault("text.replace('\"version\":1', '\"version\":2')").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["newer"]).unwrap();
    assert!(popup.text("[data-screen=newer]").unwrap().contains("Nothing is damaged"));
    picture(&popup, "newer");
}

#[test]
fn a_profile_that_is_set_back_to_an_older_copy_is_reported_until_dismissed() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let tab = installed.open("manifest.json").unwrap();
    tab.evaluate("chrome.storage.local.get().then(all => { globalThis.copy = all })").unwrap();
    page.activate().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::add(&popup, &ROOT).unwrap();
    popup.close().unwrap();
    tab.evaluate(
        "chrome.storage.local.clear().then(() => chrome.storage.local.set(globalThis.copy))
            .then(() => chrome.storage.session.clear())",
    )
    .unwrap();
    tab.close().unwrap();
    installed.extension.stop_worker().unwrap();
    page.activate().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::unlock(&popup).unwrap();
    // The older copy opens, and the notice says that it is older.
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
    popup.wait_for("document.querySelector('[data-notice=notice_vault_old]')").unwrap();
    picture(&popup, "set-back");
    popup.click("[data-notice=notice_vault_old] [data-action=dismiss]").unwrap();
    popup.wait_for("!document.querySelector('[data-notice=notice_vault_old]')").unwrap();
    popup.close().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-notice=notice_vault_old]')").unwrap(), Value::Null);
}

#[test]
fn full_storage_is_reported_and_loses_nothing() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let popup = installed.popup(&page).unwrap();
    let worker = installed.extension.worker("typeof chrome.storage === 'object'").unwrap();
    worker
        .evaluate(
            "globalThis.whole = chrome.storage.local.set.bind(chrome.storage.local);
            void (chrome.storage.local.set = async () => { throw new Error('QUOTA_BYTES quota exceeded') })",
        )
        .unwrap();
    popup.click("[data-action=add]").unwrap();
    popup.fill("[data-field=secret]", ROOT.secret).unwrap();
    popup.fill("[data-field=issuer]", ROOT.issuer).unwrap();
    popup.click("[data-action=save]").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(failed && words.contains("storage is full") && words.contains("nothing changed"), "{words}");
    picture(&popup, "storage-full");
    // The typed values are still there, and are saved once there is space.
    assert_eq!(popup.evaluate("document.querySelector('[data-field=secret]').value").unwrap(), ROOT.secret);
    worker.evaluate("void (chrome.storage.local.set = globalThis.whole)").unwrap();
    popup.click("[data-action=save]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(user::rows(&popup).unwrap().len(), 2);
}

#[test]
fn unreadable_pages_and_blocked_screenshots_are_distinguished() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let worker = installed.extension.worker("typeof chrome.tabs === 'object'").unwrap();
    for (rejected, told, name) in [
        ("Cannot access contents of the page.", "Extensions can't read this page", "page-unreadable"),
        ("Taking screenshots has been disabled", "administrator blocked screenshots", "screenshots-forbidden"),
    ] {
        worker
            .evaluate(&format!(
                "void (chrome.tabs.captureVisibleTab = async () => {{ throw new Error({rejected:?}) }})"
            ))
            .unwrap();
        let popup = installed.popup(&page).unwrap();
        user::choose(&popup, "scan").unwrap();
        let (words, failed) = user::status_message(&popup).unwrap();
        assert!(failed && words.contains(told) && words.contains("aste its text"), "{words}");
        picture(&popup, name);
        popup.close().unwrap();
    }
}

#[test]
fn page_images_are_read_when_screenshots_are_blocked() {
    let svg = casdoor_authenticator::exchange::qr_svg("otpauth://totp/Acme:drawn?secret=JBSWY3DPEHPK3PXP&issuer=Acme");
    let body = format!(
        "<!doctype html><body><img id=code width=300 height=300><script>
            document.querySelector('#code').src = 'data:image/svg+xml,' + encodeURIComponent(`{}`);
        </script>",
        svg.unwrap()
    );
    let site = serve(vec![Answer { path: "/", kind: "text/html", body: body.into() }]).unwrap();
    let (installed, page) = with_accounts(&site, &[ALICE]);
    page.wait_for("document.querySelector('#code').naturalWidth > 0").unwrap();
    let worker = installed.extension.worker("typeof chrome.tabs === 'object'").unwrap();
    worker
        .evaluate("void (chrome.tabs.captureVisibleTab = async () => { throw new Error('Taking screenshots has been disabled') })")
        .unwrap();
    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    assert!(popup.text("[data-card]").unwrap().contains("drawn"));
}

#[test]
fn every_list_action_has_a_keyboard_shortcut() {
    let body = "<!doctype html><body><form><label>Code <input autocomplete=one-time-code></label></form>";
    let site = serve(vec![Answer { path: "/", kind: "text/html", body: body.into() }]).unwrap();
    // Only https and localhost are offered.
    let site = site.replace("shop.acme.test", "localhost");
    let (installed, page) = with_accounts(&site, &[ALICE, ROOT]);
    let popup = installed.popup(&page).unwrap();
    let focused = "document.activeElement?.closest('[data-row]')?.querySelector('.who')?.innerText";

    popup.type_text("aws").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1").unwrap();
    popup.press("Escape").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 2").unwrap();
    popup.press("ArrowDown").unwrap();
    popup.wait_for(&format!("{focused}?.includes('Example')")).unwrap();
    popup.press("ArrowDown").unwrap();
    popup.wait_for(&format!("{focused}?.includes('AWS')")).unwrap();
    popup.press("Enter").unwrap();
    popup.wait_for("document.querySelector('[data-copied] .who')?.innerText.includes('AWS')").unwrap();
    popup.press("ArrowUp").unwrap();
    popup.wait_for(&format!("{focused}?.includes('Example')")).unwrap();
    popup.press("ArrowUp").unwrap();
    popup.wait_for("document.activeElement?.dataset.field === 'search'").unwrap();
    popup.press("+").unwrap();
    user::wait_for_screen(&popup, &["add"]).unwrap();
    picture(&popup, "add");
    popup.press("Escape").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    // The first time on a site, the popup asks whether the account belongs there.
    popup.press("Ctrl+Enter").unwrap();
    user::wait_for_screen(&popup, &["confirm-site"]).unwrap();
    picture(&popup, "confirm-site");
    popup.press("Escape").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    popup.press("Ctrl+l").unwrap();
    user::wait_for_screen(&popup, &["locked"]).unwrap();
    popup.close().unwrap();

    let popup = installed.popup(&page).unwrap();
    user::unlock(&popup).unwrap();
    popup.wait_for("document.activeElement?.dataset.field === 'search'").unwrap();
    popup
        .call(
            "Input.dispatchKeyEvent",
            json!({ "type": "keyDown", "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27 }),
        )
        .ok();
    e2e::devtools::until("the popup closes", || Ok((!popup.is_open()).then_some(()))).unwrap();
}

#[test]
fn the_next_code_is_copied_from_the_menu() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let popup = installed.popup(&page).unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    let before = unix_seconds();
    user::choose_for(&popup, &id, "copy-next").unwrap();
    popup.wait_for("document.querySelector('[data-copied]')").unwrap();
    popup.click("[data-field=search]").unwrap();
    popup.paste().unwrap();
    let pasted = popup.wait_for("document.querySelector('[data-field=search]').value").unwrap();
    let next = |now: i64| mock_casdoor::totp::code(ALICE.secret, now + 30).unwrap();
    assert!([next(before), next(before + 2)].iter().any(|code| pasted == code.as_str()), "{pasted}");
}
