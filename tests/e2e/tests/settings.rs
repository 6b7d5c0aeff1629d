//! The sections of the options page, with the real page and the real worker.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

use e2e::package::{Installed, OPTIONS, ask, root};
use e2e::page::Page;
use e2e::user::{self, VAULT_PASSWORD};
use serde_json::{Value, json};

const SECRET: &str = "JBSWY3DPEHPK3PXP";

/// Returns a browser with these accounts, in a section of the options page.
fn opened(section: &str, names: &[&str]) -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let first = installed.open("manifest.json").unwrap();
    ask(&first, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true })).unwrap();
    for name in names {
        let form = json!({ "secret": SECRET, "issuer": "Acme", "name": name });
        ask(&first, &json!({ "do": "AddAccount", "form": form })).unwrap();
    }
    first.close().unwrap();
    let tab = installed.open(&format!("{OPTIONS}#{section}")).unwrap();
    tab.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    (installed, tab)
}

/// Saves a screenshot in light and dark for visual review.
fn picture(page: &Page, name: &str) {
    for scheme in ["light", "dark"] {
        page.emulate_media("prefers-color-scheme", scheme).unwrap();
        page.screenshot(&root().join(format!("dist/states/{name}-{scheme}.png"))).unwrap();
    }
}

fn account_list(tab: &Page) -> Value {
    ask(tab, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"].clone()
}

/// Returns one field of each account, in the list's order.
fn each(tab: &Page, field: &str) -> Vec<String> {
    let rows = account_list(tab)["rows"].as_array().cloned().unwrap();
    rows.iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
}

fn id(tab: &Page, name: &str) -> String {
    let rows = account_list(tab)["rows"].as_array().cloned().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

fn tick(tab: &Page, name: &str) {
    tab.click(&format!("[data-account='{}'] [data-field=select]", id(tab, name))).unwrap();
}

#[test]
fn several_accounts_are_grouped_and_filtered_by_group() {
    let (installed, tab) = opened("accounts", &["one", "two", "three"]);
    tick(&tab, "one");
    tick(&tab, "three");
    tab.fill("[data-bulk-actions] [data-field=group]", "Work").unwrap();
    tab.click("[data-action=group-many]").unwrap();
    tab.wait_for("document.querySelector('[data-group=Work]')").unwrap();
    assert_eq!(each(&tab, "group"), ["Work", "", "Work"]);
    picture(&tab, "accounts");
    tab.click("[data-group=Work]").unwrap();
    tab.wait_for("document.querySelectorAll('[data-account]').length === 2").unwrap();
    tab.fill("[data-field=search-accounts]", "three").unwrap();
    tab.wait_for("document.querySelectorAll('[data-account]').length === 1").unwrap();
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn all_matches_are_trashed_at_once_and_restored_by_undo() {
    let (_installed, tab) = opened("accounts", &["one", "two", "other"]);
    tab.fill("[data-field=search-accounts]", "o").unwrap();
    tab.click("[data-field=select-all]").unwrap();
    tab.wait_for("document.querySelector('[data-ticked=\"3\"]')").unwrap();
    tick(&tab, "other");
    picture(&tab, "accounts-ticked");
    tab.click("[data-action=trash-selected]").unwrap();
    tab.wait_for("document.querySelectorAll('[data-trashed]').length === 2").unwrap();
    assert_eq!(each(&tab, "name"), ["other"]);
    tab.click("[data-action=undo]").unwrap();
    tab.wait_for("document.querySelectorAll('[data-account]').length === 3").unwrap();
    tab.wait_for("document.querySelector('[data-trash=empty]')").unwrap();
}

#[test]
fn an_account_is_edited_from_the_list() {
    let (_installed, tab) = opened("accounts", &["one"]);
    tab.click("[data-account] [data-action=edit]").unwrap();
    user::wait_for_screen(&tab, &["edit"]).unwrap();
    tab.fill("[data-field=name]", "renamed").unwrap();
    tab.click("[data-action=save]").unwrap();
    tab.wait_for("document.querySelector('[data-account]')?.textContent.includes('renamed')").unwrap();
}

#[test]
fn each_approved_site_is_listed_and_can_be_revoked() {
    let (_installed, tab) = opened("sites", &["one", "two"]);
    tab.wait_for("document.querySelector('[data-sites=none]')").unwrap();
    for name in ["one", "two"] {
        let request =
            json!({ "do": "AllowSite", "id": id(&tab, name), "origin": "https://login.example.com", "allowed": true });
        ask(&tab, &request).unwrap();
    }
    tab.evaluate("location.reload()").unwrap();
    let site = "[data-site='example.com']";
    tab.wait_for(&format!("document.querySelectorAll(\"{site} [data-allowed]\").length === 2")).unwrap();
    picture(&tab, "sites");
    tab.click(&format!("{site} [data-allowed='{}'] [data-action=remove-site]", id(&tab, "one"))).unwrap();
    tab.wait_for(&format!("document.querySelectorAll(\"{site} [data-allowed]\").length === 1")).unwrap();
    let sites: Vec<Value> =
        account_list(&tab)["rows"].as_array().unwrap().iter().map(|row| row["sites"].clone()).collect();
    assert_eq!(sites, [json!([]), json!([{ "domain": "example.com" }])]);
}

/// Computes the contrast of the page's text according to WCAG.
const CONTRAST: &str = "(() => {
    const light = (color) => {
        const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = light(getComputedStyle(document.body).backgroundColor);
    const against = (selector) => {
        const text = light(getComputedStyle(document.querySelector(selector)).color);
        return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
    };
    return Math.min(against('main h1'), against('main .quiet'));
})()";

#[test]
fn the_theme_applies_immediately_to_all_pages() {
    let (installed, tab) = opened("appearance", &["one"]);
    let ground = |page: &Page| page.evaluate("getComputedStyle(document.body).backgroundColor").unwrap();
    tab.emulate_media("prefers-color-scheme", "light").unwrap();
    assert_eq!(ground(&tab), "rgb(247, 247, 249)");
    user::select(&tab, "[data-field=theme]", "dark").unwrap();
    tab.wait_for("document.documentElement.dataset.theme === 'dark'").unwrap();
    assert_eq!(ground(&tab), "rgb(16, 17, 22)");
    picture(&tab, "appearance");
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    assert_eq!(ground(&popup), "rgb(23, 24, 30)");
    user::lock(&popup).unwrap();
    popup.close().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["locked"]).unwrap();
    assert_eq!(ground(&popup), "rgb(23, 24, 30)");
    user::unlock(&popup).unwrap();
    popup.close().unwrap();

    tab.activate().unwrap();
    user::select(&tab, "[data-field=theme]", "light").unwrap();
    tab.emulate_media("prefers-color-scheme", "dark").unwrap();
    tab.wait_for("getComputedStyle(document.body).backgroundColor === 'rgb(247, 247, 249)'").unwrap();
    user::select(&tab, "[data-field=theme]", "contrast").unwrap();
    tab.wait_for("document.documentElement.dataset.theme === 'contrast'").unwrap();
    for scheme in ["light", "dark"] {
        tab.emulate_media("prefers-color-scheme", scheme).unwrap();
        let contrast = tab.evaluate(CONTRAST).unwrap().as_f64().unwrap();
        assert!(contrast >= 7.0, "{scheme}: {contrast}");
        tab.screenshot(&root().join(format!("dist/states/contrast-{scheme}.png"))).unwrap();
    }
}

#[test]
fn codes_can_be_hidden_and_the_next_code_shown() {
    let (installed, tab) = opened("appearance", &["one"]);
    tab.click("[data-field=hides-codes]").unwrap();
    tab.click("[data-field=shows-next]").unwrap();
    tab.wait_for(
        "chrome.runtime.sendMessage({ page: { do: 'ReadSettings' } })
        .then(({ Ok: settings }) => settings.hides_codes && settings.shows_next)",
    )
    .unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    popup.wait_for("document.querySelector('[data-row].hidden .code')?.textContent.trim() === '••• •••'").unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-row] [data-next]')").unwrap(), Value::Null);
    popup.press("ArrowDown").unwrap();
    popup.wait_for("document.querySelector('[data-row] [data-next]')").unwrap();
}

#[test]
fn a_changed_auto_lock_time_counts_from_now() {
    let (_installed, tab) = opened("security", &["one"]);
    let before = account_list(&tab)["lock_at"].as_u64().unwrap();
    user::select(&tab, "[data-field=lock-after]", "900").unwrap();
    let at = "chrome.runtime.sendMessage({ page: { do: 'ReadScreen' } }).then(reply => reply.Ok.account_list.lock_at)";
    let now = e2e::clock::unix_seconds();
    tab.wait_for(&format!("{at}.then(at => at < {before})")).unwrap();
    let lock_at = tab.evaluate(at).unwrap().as_i64().unwrap();
    assert!(lock_at <= now.saturating_add(910), "{lock_at}");
}

#[test]
fn locking_elsewhere_clears_the_page() {
    let (installed, tab) = opened("accounts", &["private"]);
    tab.wait_for("document.querySelector('[data-account]')").unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::lock(&popup).unwrap();
    user::wait_for_screen(&tab, &["locked"]).unwrap();
    assert_eq!(tab.evaluate("document.body.textContent.includes('private')").unwrap(), false);
    user::unlock(&popup).unwrap();
    tab.wait_for("document.querySelector('[data-account]')").unwrap();
}

#[test]
fn an_earlier_version_is_restored_with_the_password() {
    let (_installed, tab) = opened("security", &["one", "two"]);
    let counted = |tab: &Page| tab.text("[data-step=copies] label:first-child small").unwrap();
    assert_eq!(counted(&tab), "1 account");
    picture(&tab, "security");
    tab.fill("[data-field=copy-password]", "wrong").unwrap();
    tab.click("[data-action=open-copy]").unwrap();
    assert!(user::status_message(&tab).unwrap().1);
    assert_eq!(each(&tab, "name"), ["one", "two"]);
    tab.fill("[data-field=copy-password]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=open-copy]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    assert_eq!(each(&tab, "name"), ["one"]);
    // The replaced version is the first in the history.
    tab.wait_for("document.querySelector('[data-step=copies] label:first-child small')?.textContent === '2 accounts'")
        .unwrap();
    tab.fill("[data-field=copy-password]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=open-copy]").unwrap();
    tab.wait_for("document.querySelector('[data-step=copies] label:first-child small')?.textContent === '1 account'")
        .unwrap();
    assert_eq!(each(&tab, "name"), ["one", "two"]);
}

#[test]
fn about_lists_every_library_and_diagnostics_contain_no_names() {
    let (_installed, tab) = opened("about", &["very private name"]);
    tab.click("[data-screen=about] summary").unwrap();
    for name in ["leptos", "aes-gcm", "Rust standard library", "Public Suffix List"] {
        tab.wait_for(&format!("document.querySelector(\"[data-license='{name}']\")")).unwrap();
    }
    let licenses =
        tab.evaluate("[...document.querySelectorAll('[data-license] small')].every(it => it.textContent)").unwrap();
    assert_eq!(licenses, true);
    let full = tab.evaluate("fetch('licenses.txt').then(it => it.text())").unwrap();
    let full = full.as_str().unwrap();
    for needed in
        ["Permission is hereby granted", "Apache License", "rqrr 0.", "wasm-bindgen 0.", "Mozilla Public License"]
    {
        assert!(full.contains(needed), "{needed}");
    }
    assert!(
        !full.contains("/root/") && !full.contains("/home/") && !full.contains("proptest"),
        "the list contains local paths or crates that are not released"
    );
    let text = tab.text("[data-diagnostics]").unwrap();
    assert!(
        text.contains("accounts 1") && text.contains("pbkdf2 600000") && text.contains("Browser: Mozilla"),
        "{text}"
    );
    assert!(!text.contains("private") && !text.contains("Acme") && !text.contains(SECRET), "{text}");
    picture(&tab, "about");
    tab.click("[data-action=copy-diagnostics]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
}

#[test]
fn managed_settings_are_locked_with_the_reason() {
    let (installed, tab) = opened("about", &["one"]);
    let worker = installed.extension.worker("typeof chrome.storage === 'object'").unwrap();
    // The browser returns this if an administrator has set the policy.
    worker.evaluate("void (chrome.storage.managed.get = async () => ({ forbidExports: true }))").unwrap();
    ask(&tab, &json!({ "do": "LockVault" })).unwrap();
    // A lock reloads all open pages, so each step opens a new one.
    let locked = installed.open(&format!("{OPTIONS}#about")).unwrap();
    ask(&locked, &json!({ "do": "UnlockVault", "password": VAULT_PASSWORD })).unwrap();
    let tab = installed.open(&format!("{OPTIONS}#exchange")).unwrap();
    tab.wait_for("document.querySelector('[data-forbidden] [data-field=exports]:disabled')").unwrap();
    let words = tab.text("[data-forbidden]").unwrap();
    assert!(words.contains("Set by your organization"), "{words}");
    assert_eq!(tab.evaluate("document.querySelector('[data-step=export], [data-step=backup]')").unwrap(), Value::Null);
    picture(&tab, "administrator");
}
