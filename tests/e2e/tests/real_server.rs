//! The extension with a real Casdoor server and its own web pages at `$CASDOOR_URL` on this machine, with the users of
//! the recordings. Without that variable, the tests do nothing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on should fail")]

use casdoor_authenticator::app::protocol::Message;
use e2e::package::{Installed, OPTIONS};
use e2e::page::Page;
use e2e::user::{self, VAULT_PASSWORD};
use mock_casdoor::PASSWORD;
use serde_json::{Value, json};

/// Returns the server's address with a public-looking name.
fn address() -> Option<String> {
    let url = std::env::var("CASDOOR_URL").ok()?;
    let port = url.rsplit_once(':').and_then(|(_, port)| port.trim_end_matches('/').parse::<u16>().ok()).unwrap_or(80);
    Some(format!("http://{}:{port}", e2e::server::HOST))
}

fn ask(tab: &Page, request: &Value) -> Value {
    tab.evaluate(&format!("chrome.runtime.sendMessage({{ page: {request} }})")).unwrap()
}

fn card(tab: &Page) -> Value {
    ask(tab, &json!({ "do": "ListConnections" }))["Ok"][0].clone()
}

fn sign_in_on_the_page(page: &Page, address: &str) {
    page.navigate(&format!("{address}/login/acme")).unwrap();
    user::sign_in(page, "bob", PASSWORD).unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
}

/// Connects bob with a new vault.
fn connected(address: &str) -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let tab = installed.open(OPTIONS).unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true }));
    let tab = user::connect(&installed, address, "bob", PASSWORD).unwrap();
    user::join_nothing(&tab).unwrap();
    (installed, tab)
}

/// Adds an account that is stored on the server, and syncs. Returns its name and id. The name is unique, because the
/// server still has the accounts of earlier runs.
fn send_account(tab: &Page) -> (String, Value) {
    let name = format!("live {}", e2e::clock::unix_seconds());
    let keep = json!({ "connection": card(tab)["connection"]["id"] });
    let form = json!({ "secret": "JBSWY3DPEHPK3PXP", "issuer": "Live", "name": name, "keep": keep });
    let added = ask(tab, &json!({ "do": "AddAccount", "form": form }));
    let said = ask(tab, &json!({ "do": "SyncNow" }));
    assert!(english(&said).contains("sent"), "{said}");
    let rows = added["Ok"]["account_list"]["rows"].as_array().unwrap().clone();
    let id = rows.iter().find(|row| row["name"] == name.as_str()).unwrap()["id"].clone();
    (name, id)
}

/// Returns the list that the server has stored for the user who is signed in on this page.
fn stored(page: &Page) -> String {
    let list = "fetch('/api/get-account').then(answer => answer.json()).then(answer => answer.data.mfaAccounts ?? [])";
    page.evaluate(list).unwrap().to_string()
}

#[test]
fn a_real_server_connects_and_syncs() {
    let Some(address) = address() else { return };
    let (installed, tab) = connected(&address);
    assert_eq!(
        (&card(&tab)["owner"], &card(&tab)["name"], &card(&tab)["until"]),
        (&json!("acme"), &json!("bob"), &Value::Null)
    );
    let (name, id) = send_account(&tab);
    let page = installed.browser.open(&format!("{address}/login/acme")).unwrap();
    sign_in_on_the_page(&page, &address);
    assert!(stored(&page).contains(&name), "{}", stored(&page));
    ask(&tab, &json!({ "do": "MoveToTrash", "id": id }));
    let said = ask(&tab, &json!({ "do": "SyncNow" }));
    assert_eq!(card(&tab)["waits"], Value::Null, "{said}");
    assert!(!stored(&page).contains(&name), "{}", stored(&page));
}

#[test]
fn a_sign_out_everywhere_is_detected_and_the_sign_in_is_renewed() {
    let Some(address) = address() else { return };
    let (installed, tab) = connected(&address);
    let (name, id) = send_account(&tab);

    // Signing out everywhere revokes the extension's tokens. Then the browser signs in again, so the renewal is silent.
    let page = installed.browser.open(&format!("{address}/login/acme")).unwrap();
    sign_in_on_the_page(&page, &address);
    let out =
        "fetch('/api/sso-logout', { method: 'POST' }).then(answer => answer.json()).then(answer => answer.status)";
    assert_eq!(page.evaluate(out).unwrap(), "ok");
    sign_in_on_the_page(&page, &address);
    ask(&tab, &json!({ "do": "MoveToTrash", "id": id }));
    let said = ask(&tab, &json!({ "do": "SyncNow" }));
    assert_eq!(card(&tab)["waits"], Value::Null, "{said}");
    // Syncs once more, in case the automatic sync was still running.
    ask(&tab, &json!({ "do": "SyncNow" }));
    assert!(!stored(&page).contains(&name), "{}", stored(&page));

    // If the browser is signed out as well, the user must sign in again.
    assert_eq!(page.evaluate(out).unwrap(), "ok");
    ask(&tab, &json!({ "do": "SyncNow" }));
    assert_eq!(card(&tab)["waits"], "sign_in");
    assert!(!ask(&tab, &json!({ "do": "ReadScreen" }))["Ok"]["account_list"]["rows"].is_null());
}

#[test]
fn a_real_second_factor_is_turned_on_used_and_turned_off() {
    let Some(address) = address() else { return };
    let installed = Installed::headless().unwrap();
    let tab = installed.open(OPTIONS).unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true }));
    let tab = user::connect(&installed, &address, "eve", PASSWORD).unwrap();
    user::join_nothing(&tab).unwrap();
    let connection = card(&tab)["connection"]["id"].clone();
    let change = |change: Value| {
        let request = json!({
            "do": "ChangeFactors", "connection": connection, "change": change, "password": VAULT_PASSWORD
        });
        let reply = ask(&tab, &request);
        assert!(reply["Ok"].is_object(), "{reply}");
        reply["Ok"]["factors"]["methods"].as_array().unwrap().clone()
    };
    let app = |methods: &[Value]| methods.iter().find(|factor| factor["method"] == "app").unwrap().clone();
    let on = app(&change(json!("switch_on_app")));
    assert_eq!((&on["is_on"], &on["is_preferred"]), (&json!(true), &json!(true)));

    // A new sign-in asks for the passcode of the new account.
    let page = installed.browser.open(&format!("{address}/login/acme")).unwrap();
    page.evaluate("fetch('/api/logout', { method: 'POST' })").unwrap();
    page.navigate(&format!("{address}/login/acme")).unwrap();
    user::sign_in(&page, "eve", PASSWORD).unwrap();
    page.wait_for("document.querySelectorAll('div#passcode.ant-otp input').length === 6").unwrap();
    let popup = installed.popup(&page).unwrap();
    popup.click("[data-row] [data-action=fill]").unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();

    let off = change(json!("switch_off"));
    assert!(off.iter().all(|factor| factor["is_on"] == false), "{off:?}");
}

/// Returns the English text of a reply's message.
fn english(reply: &Value) -> String {
    serde_json::from_value::<Message>(reply["Ok"].clone()).unwrap_or_default().to_string()
}
