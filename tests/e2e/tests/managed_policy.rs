//! An organization's policy in a real browser: a managed policy file, as administrators install it, and the first run
//! with it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test functions outside of tests")]

use std::fs;
use std::time::Instant;

use e2e::browser::Options;
use e2e::package::{Installed, OPTIONS, ask, granted, guide_examples, root};
use e2e::page::Page;
use e2e::policies::PolicyFolder;
use e2e::server::HOST;
use e2e::user;
use mock_casdoor::{MockServer, Options as ServerOptions, PASSWORD};
use serde_json::{Value, json};

/// Starts the mock server with its pages. Alice's list has two accounts.
fn server() -> MockServer {
    let web = root().join("dist/mock-casdoor-web");
    MockServer::start(ServerOptions { web, sample: true, ..ServerOptions::default() }).unwrap()
}

/// A browser that reads policies from a folder, and the extension in it.
struct Managed {
    installed: Installed,
    folder: PolicyFolder,
}

impl Managed {
    /// Starts the browser. Returns `None` if this machine does not let a test install a policy.
    fn start() -> Option<Self> {
        let folder = PolicyFolder::for_chromium().unwrap();
        if !folder.is_supported() {
            println!("not tested: this machine does not allow mount namespaces");
            return None;
        }
        let options = Options { policies: Some(&folder), ..Options::default() };
        Some(Self { installed: Installed::start(&granted(), &options).unwrap(), folder })
    }

    /// Installs a policy for the extension, and waits until the browser has delivered it.
    fn set(&self, policy: &Value) {
        let extensions = json!({ (self.installed.extension.id()): policy });
        self.install(&json!({ "3rdparty": { "extensions": extensions } }), policy);
    }

    /// Installs a complete file, which contains `policy` for the extension.
    fn install(&self, file: &Value, policy: &Value) {
        fs::write(self.folder.path().join("casdoor-authenticator.json"), file.to_string()).unwrap();
        let tab = self.installed.open("manifest.json").unwrap();
        let keys = policy.as_object().unwrap().len();
        tab.wait_for(&format!("chrome.storage.managed.get().then(values => Object.keys(values).length === {keys})"))
            .unwrap();
        tab.close().unwrap();
    }
}

fn policy(address: &str) -> Value {
    json!({
        "servers": [{ "address": address, "organization": "acme", "displayName": "Acme Corporation" }],
        "onlyTheseServers": true,
        "requireSignIn": true,
        "automaticFilling": "on",
        "newAccounts": "device",
        "autoLockMinutes": 60,
        "idleLockMinutes": 10,
        "forbidShowingSecrets": true,
        "language": "de",
        "supportText": "Help desk: 1234",
    })
}

#[test]
fn two_clicks_and_the_servers_own_sign_in_lead_to_the_first_synced_code() {
    let server = server();
    let Some(managed) = Managed::start() else { return };
    managed.set(&policy(&server.url(HOST)));
    let installed = &managed.installed;
    let page = installed.browser.open("about:blank#page").unwrap();
    let tab = installed.open("manifest.json").unwrap();
    tab.wait_for("chrome.storage.local.get('language').then(({ language }) => language === 'de')").unwrap();

    // The first click opens the popup, the second is on its only button.
    let start = Instant::now();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["sign-in"]).unwrap();
    assert_eq!(popup.text("[data-screen=sign-in] h1").unwrap(), "Acme Corporation");
    assert_eq!(popup.text("[data-action=sign-in-managed]").unwrap(), "Bei Acme Corporation anmelden");
    assert_eq!(popup.text("[data-support-text]").unwrap(), "Help desk: 1234");
    let others = "document.querySelectorAll('[data-screen=sign-in] :is(button, input)').length";
    assert_eq!(popup.evaluate(others).unwrap(), 1, "there is one button and nothing to type");
    popup.click("[data-action=sign-in-managed]").unwrap();

    // The server's own sign-in page opens in a window.
    let window = installed.browser.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "alice", PASSWORD).unwrap();

    // The sign-in window takes the focus, which closes the popup. The worker continues without it.
    let tab = installed.open(OPTIONS).unwrap();
    tab.wait_for(
        "chrome.runtime.sendMessage({ page: { do: 'ReadScreen' } }).then(reply => reply.Ok?.account_list?.rows?.length === 2)",
    )
    .unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    let rows = user::rows(&popup).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.code.len() == 6), "{rows:?}");
    eprintln!("from the click on the icon to the first synced code: {} ms", start.elapsed().as_millis());

    show_locked_choices(&popup);

    // The policy applies to the new connection.
    let connections = ask(&tab, &json!({ "do": "ListConnections" })).unwrap();
    let connection = &connections["Ok"][0];
    assert_eq!((&connection["fills_automatically"], &connection["new_accounts"]), (&json!(true), &json!("device")));
    let tab = installed.open(&format!("{OPTIONS}#connect")).unwrap();
    let locked = "[data-managed] [data-field=fills-by-itself]:disabled";
    tab.wait_for(&format!("document.querySelector('{locked}')?.checked")).unwrap();
    let reason = format!(
        "document.getElementById(document.querySelector('{locked}').getAttribute('aria-describedby')).textContent"
    );
    assert_eq!(tab.evaluate(&reason).unwrap(), "Von Ihrer Organisation festgelegt.");
    let rejected = tab
        .evaluate("chrome.runtime.sendMessage({ page: { do: 'LookUpServer', server: 'https://other.acme.test' } })")
        .unwrap();
    assert!(rejected["Err"].is_object(), "{rejected}");
    let language = tab.evaluate("chrome.runtime.sendMessage({ page: { do: 'SetLanguage', language: 'en' } })").unwrap();
    assert_eq!(language["Err"]["key"], "policy_not_allowed", "{language}");
}

/// Checks that the popup shows what the policy decides, locked and with the reason.
fn show_locked_choices(popup: &Page) {
    let reason = "Von Ihrer Organisation festgelegt.";
    popup.click("[data-action=add]").unwrap();
    user::wait_for_screen(popup, &["add"]).unwrap();
    let field = "[data-managed] [data-field=keep]:disabled";
    assert_eq!(popup.text(field).unwrap(), "Dieses Gerät");
    let described = format!(
        "document.getElementById(document.querySelector('{field}').getAttribute('aria-describedby')).textContent"
    );
    assert_eq!(popup.evaluate(&described).unwrap(), reason);
    popup.fill("[data-field=secret]", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
    popup.fill("[data-field=name]", "Werkstatt").unwrap();
    popup.click("[data-action=save]").unwrap();
    let row = "[...document.querySelectorAll('[data-row]')].find(row => row.textContent.includes('Werkstatt'))";
    let id = popup.wait_for(&format!("{row}?.dataset.row")).unwrap();
    popup.click(&format!("[data-row='{}'] [data-action=row-menu]", id.as_str().unwrap())).unwrap();
    for entry in ["[data-action=show-qr]", "[data-action=keep-on][aria-checked=false]"] {
        let entry = format!("[data-menu] {entry}[aria-disabled=true]");
        assert!(popup.text(&entry).unwrap().contains(reason), "{entry}");
        popup.click(&entry).unwrap();
    }
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-menu]').length").unwrap(), 1, "nothing happened");
}

#[test]
fn the_guides_example_for_linux_is_understood() {
    let Some(managed) = Managed::start() else { return };
    let place = "/3rdparty/extensions/abcdefghijklmnopabcdefghijklmnop";
    let [example] = guide_examples(place).unwrap().try_into().unwrap();
    let policy = &example.pointer(place).unwrap().clone();
    // The package under test has another id than the one in the store.
    let text = example.to_string();
    let example =
        text.replace("\"abcdefghijklmnopabcdefghijklmnop\":", &format!("\"{}\":", managed.installed.extension.id()));
    managed.install(&serde_json::from_str(&example).unwrap(), policy);
    let tab = managed.installed.open(OPTIONS).unwrap();
    // The browser drops values that its schema does not allow.
    assert_eq!(tab.evaluate("chrome.storage.managed.get()").unwrap(), *policy);
    let read = ask(&tab, &json!({ "do": "ReadPolicy" })).unwrap();
    assert_eq!(read["Ok"]["not_understood"], json!([]), "{read}");
    user::wait_for_screen(&tab, &["sign-in"]).unwrap();
    assert_eq!(tab.text("[data-action=sign-in-managed]").unwrap(), "Sign in to Acme Corporation");
}

#[test]
fn a_policy_that_arrives_later_applies_without_a_restart() {
    let Some(managed) = Managed::start() else { return };
    let tab = managed.installed.open(OPTIONS).unwrap();
    ask(&tab, &json!({ "do": "CreateVaultWithoutPassword" })).unwrap();
    managed.set(&json!({ "requirePassword": true, "minimumPasswordStrength": "good" }));
    let tab = managed.installed.open(OPTIONS).unwrap();
    user::wait_for_screen(&tab, &["set-password"]).unwrap();
    for (password, is_accepted) in [("password1", false), ("a lantern that hums at noon", true)] {
        tab.fill("[data-field=password]", password).unwrap();
        tab.fill("[data-field=password-again]", password).unwrap();
        tab.click("[data-action=set-password]").unwrap();
        if is_accepted {
            user::wait_for_screen(&tab, &["accounts"]).unwrap();
        } else {
            let (words, failed) = user::status_message(&tab).unwrap();
            assert!(failed && words.contains("stronger"), "{words}");
        }
    }
}
