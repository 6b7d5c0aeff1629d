//! The vault and its codes, in the real popup with the real worker.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "test functions outside #[test]")]

use e2e::clock::unix_seconds;
use e2e::package::{Installed, ask};
use e2e::user::{self, Typed, VAULT_PASSWORD};
use serde_json::json;

const ALICE: Typed = Typed { issuer: "Example", name: "alice", secret: "JBSWY3DPEHPK3PXP" };
const ROOT: Typed = Typed { issuer: "AWS", name: "root", secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" };

/// Returns the codes that an independent implementation computes for now and a moment ago, in case the period just
/// ended.
fn right_codes(secret: &str) -> Vec<String> {
    let now = unix_seconds();
    [now - 2, now].iter().map(|second| mock_casdoor::totp::code(secret, *second).unwrap()).collect()
}

#[test]
fn a_vault_is_created_locked_and_unlocked_with_correct_codes() {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::create_vault(&popup).unwrap();
    user::add(&popup, &ALICE).unwrap();
    user::add(&popup, &ROOT).unwrap();
    let rows = user::rows(&popup).unwrap();
    assert_eq!(rows.len(), 2);
    for (row, account) in rows.iter().zip([ALICE, ROOT]) {
        assert!(right_codes(account.secret).contains(&row.code), "{row:?}");
        assert!(row.who.contains(account.issuer) && row.who.contains(account.name), "{row:?}");
    }

    user::lock(&popup).unwrap();
    user::try_password(&popup, "wrong password").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(failed && words.to_lowercase().contains("password"), "{words}");
    user::unlock(&popup).unwrap();
    assert_eq!(user::rows(&popup).unwrap().len(), 2);
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_popup_shows_correct_codes_after_the_worker_stopped() {
    let (installed, page) = with_accounts(&[ALICE, ROOT]);
    installed.extension.stop_worker().unwrap();
    let popup = installed.popup(&page).unwrap();
    let rows = user::rows(&popup).unwrap();
    assert!(right_codes(ALICE.secret).contains(&rows[0].code), "{rows:?}");
    assert!(right_codes(ROOT.secret).contains(&rows[1].code), "{rows:?}");
}

#[test]
fn the_side_panel_shows_the_list_and_follows_the_vault() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    popup.click("[data-action=menu]").unwrap();
    popup.click_and_close("[data-menu] [data-action=side-panel]").unwrap();
    let panel = installed.browser.wait_for_side_panel("popup.html?panel").unwrap();
    user::wait_for_screen(&panel, &["list"]).unwrap();
    assert!(right_codes(ALICE.secret).contains(&user::rows(&panel).unwrap()[0].code));
    let size = "JSON.stringify(Object.values(document.documentElement.getBoundingClientRect().toJSON()).slice(2, 4))";
    let window = "JSON.stringify([innerWidth, innerHeight])";
    assert_eq!(panel.evaluate(size).unwrap(), panel.evaluate(window).unwrap(), "the panel uses all of its space");

    // A panel has access to no tab, and it is open already.
    panel.click("[data-action=menu]").unwrap();
    panel.wait_for("document.querySelector('[data-menu] [data-action=settings]')").unwrap();
    let of_the_popup =
        "document.querySelectorAll('[data-menu] :is([data-action=scan], [data-action=side-panel])').length";
    assert_eq!(panel.evaluate(of_the_popup).unwrap(), 0);
    panel.press("Escape").unwrap();

    // Changes elsewhere show up without a click.
    let tab = installed.open("manifest.json").unwrap();
    let form = json!({ "issuer": ROOT.issuer, "name": ROOT.name, "secret": ROOT.secret, "keep": "device" });
    ask(&tab, &json!({ "do": "AddAccount", "form": form })).unwrap();
    panel.wait_for("document.querySelectorAll('[data-row]').length === 2").unwrap();
    ask(&tab, &json!({ "do": "LockVault" })).unwrap();
    user::unlock(&panel).unwrap();
    assert_eq!(user::rows(&panel).unwrap().len(), 2);
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

/// Describes the list: each row's position, text and code. The first frame has no labels for screen readers.
const LOOK: &str = "JSON.stringify([...document.querySelectorAll('[data-row], [data-row] *')].map(part => [
    part.className, Object.values(part.getBoundingClientRect().toJSON()),
    part.children.length > 0 || part.matches('[data-label]') ? '' : part.textContent, part.dataset.code]))";

#[test]
fn the_first_frame_matches_the_final_list() {
    let (installed, page) = with_accounts(&[ALICE, ROOT]);
    let popup = installed.popup(&page).unwrap();
    let stored_frame = popup
        .wait_for(
            "chrome.storage.session.get('first_frame').then(({ first_frame: frame }) => frame?.includes('AWS') && frame)",
        )
        .unwrap();
    for code in right_codes(ALICE.secret) {
        assert!(!stored_frame.as_str().unwrap().contains(&code), "the stored first frame contains a code");
    }
    popup.close().unwrap();

    // In the last ten seconds of a period, the next code is shown too, which would change the list.
    while unix_seconds() % 30 > 10 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // Blocks the wasm so that the script's first frame stays.
    let tab = installed.browser.open("about:blank#first").unwrap();
    tab.call("Network.enable", json!({})).unwrap();
    tab.call("Network.setBlockedURLs", json!({ "urls": ["*pages_bg.wasm"] })).unwrap();
    tab.call(
        "Emulation.setDeviceMetricsOverride",
        json!({ "width": 400, "height": 560, "deviceScaleFactor": 1, "mobile": false }),
    )
    .unwrap();
    tab.navigate(&installed.extension.url("popup.html")).unwrap();
    tab.wait_for("document.querySelector('[data-row] [data-code]')?.textContent.trim()").unwrap();
    let early = tab.evaluate(LOOK).unwrap();
    assert!(
        tab.evaluate("document.body.dataset.ready === undefined").unwrap().as_bool().unwrap(),
        "the wasm was not blocked"
    );
    tab.call("Network.setBlockedURLs", json!({ "urls": [] })).unwrap();
    tab.navigate(&installed.extension.url("popup.html?again")).unwrap();
    tab.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    assert_eq!(early, tab.evaluate(LOOK).unwrap());
    assert!(right_codes(ROOT.secret).contains(&user::rows(&tab).unwrap()[1].code));
}

/// Returns a browser with a vault that contains these accounts, with the popup closed.
fn with_accounts(accounts: &[Typed]) -> (Installed, e2e::page::Page) {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::create_vault(&popup).unwrap();
    for account in accounts {
        user::add(&popup, account).unwrap();
    }
    popup.close().unwrap();
    (installed, page)
}

#[test]
fn browser_storage_holds_no_plaintext_secret_or_name() {
    let (installed, _page) = with_accounts(&[ALICE]);
    let tab = installed.open("manifest.json").unwrap();
    let stored = tab.evaluate("chrome.storage.local.get().then(JSON.stringify)").unwrap();
    let stored = stored.as_str().unwrap();
    assert!(stored.len() > 200, "nothing is stored");
    for private in [ALICE.secret, ALICE.issuer, ALICE.name, VAULT_PASSWORD] {
        assert!(!stored.contains(private), "{private} is stored unencrypted");
    }
}

#[test]
fn a_locked_vault_leaves_no_code_in_the_session() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    user::lock(&popup).unwrap();
    let session = popup.evaluate("chrome.storage.session.get().then(JSON.stringify)").unwrap();
    for code in right_codes(ALICE.secret) {
        assert!(!session.as_str().unwrap().contains(&code), "{session}");
    }
    assert!(!session.as_str().unwrap().contains(ALICE.issuer), "the first frame is still stored: {session}");
    let rejected = ask(&popup, &json!({ "do": "ReadScreen" })).unwrap();
    assert_eq!(rejected["Ok"], "locked");
}

#[test]
fn a_click_copies_the_code_and_confirms() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    let pasted = user::copied_code(&popup).unwrap();
    assert!(right_codes(ALICE.secret).iter().any(|code| pasted == code.as_str()), "{pasted}");
}

#[test]
fn typing_searches_and_reports_no_match() {
    let (installed, page) = with_accounts(&[ALICE, ROOT]);
    let popup = installed.popup(&page).unwrap();
    popup.type_text("aws").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1").unwrap();
    assert!(user::rows(&popup).unwrap()[0].who.contains("root"));
    popup.type_text("zzz").unwrap();
    popup.wait_for("document.querySelector('[data-no-match]')").unwrap();
}

#[test]
fn undo_restores_a_trashed_account() {
    let (installed, page) = with_accounts(&[ALICE, ROOT]);
    let popup = installed.popup(&page).unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    user::choose_for(&popup, &id, "move-to-trash").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1").unwrap();
    popup.click("[data-action=undo]").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 2").unwrap();
    assert!(user::rows(&popup).unwrap().iter().any(|row| row.id == id));
}

#[test]
fn editing_changes_the_name_but_not_the_secret() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    user::choose_for(&popup, &id, "edit").unwrap();
    user::wait_for_screen(&popup, &["edit"]).unwrap();
    popup.fill("[data-field=name]", "alice at work").unwrap();
    popup.click("[data-action=save]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    let row = user::rows(&popup).unwrap().remove(0);
    assert!(row.who.contains("alice at work"), "{row:?}");
    assert!(right_codes(ALICE.secret).contains(&row.code), "{row:?}");
}

#[test]
fn an_invalid_form_explains_and_keeps_the_input() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    for (secret, what) in [
        ("not base32 1890!", "a secret that is not base32"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=0", "a period of 0"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=11", "11 digits"),
    ] {
        popup.click("[data-action=add]").unwrap();
        popup.fill("[data-field=secret]", secret).unwrap();
        popup.click("[data-action=save]").unwrap();
        popup
            .wait_for("document.querySelector('[data-status=failed], [data-screen=found] [data-notice]')")
            .expect(what);
        popup.click("[data-action=back]").unwrap();
        user::wait_for_screen(&popup, &["list"]).unwrap();
    }
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
}

#[test]
fn the_vault_survives_a_browser_restart() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    // Session storage ends with the browser; here it is cleared immediately, and the worker is stopped.
    popup.evaluate("chrome.storage.session.clear()").unwrap();
    popup.close().unwrap();
    installed.extension.stop_worker().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::unlock(&popup).unwrap();
    assert!(right_codes(ALICE.secret).contains(&user::rows(&popup).unwrap()[0].code));
}

#[test]
fn a_damaged_vault_offers_earlier_versions() {
    for change in [
        "text.slice(0, text.length / 2)",
        "text.replace(/(\"data\":\"[^\"]{40})(.)/g, (all, head, one) => head + (one === 'A' ? 'B' : 'A'))",
    ] {
        let (installed, page) = with_accounts(&[ALICE, ROOT]);
        installed.alter_vault(change).unwrap();
        let popup = installed.popup(&page).unwrap();
        if user::wait_for_screen(&popup, &["locked", "damaged"]).unwrap() == "locked" {
            user::try_password(&popup, VAULT_PASSWORD).unwrap();
        }
        user::wait_for_screen(&popup, &["damaged"]).expect(change);
        popup.fill("[data-field=password]", VAULT_PASSWORD).unwrap();
        popup.click("[data-action=open-copy]").unwrap();
        user::wait_for_screen(&popup, &["list"]).unwrap();
        let rows = user::rows(&popup).unwrap();
        assert!(right_codes(ALICE.secret).contains(&rows[0].code), "{rows:?}");
    }
}

#[test]
fn a_one_megabyte_label_is_rejected_and_loses_nothing() {
    let (installed, page) = with_accounts(&[ALICE]);
    let popup = installed.popup(&page).unwrap();
    let link = format!("otpauth://totp/{}?secret=JBSWY3DPEHPK3PXP", "x".repeat(1 << 20));
    let reply = popup
        .evaluate(&format!("chrome.runtime.sendMessage({{ page: {} }})", json!({ "do": "ReadText", "text": link })));
    let reply = reply.unwrap().to_string();
    assert!(!reply.contains("xxxxxxxxxxxxxxxx"), "the reply contains the text");
    assert!(reply.contains("\"cards\":[]") || reply.contains("failed"), "{}", &reply[..reply.len().min(300)]);
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
}
