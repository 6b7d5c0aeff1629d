//! The extension against a real Casdoor at `$CASDOOR_URL` on this machine, with the users of the recordings and its own
//! front end; without that variable there is nothing to do.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on should fail")]

use e2e::package::{Installed, OPTIONS};
use e2e::page::Page;
use e2e::user::{self, VAULT_PASSWORD};
use mock_casdoor::PASSWORD;
use serde_json::{Value, json};

/// The server under a name that it takes for public.
fn address() -> Option<String> {
    let url = std::env::var("CASDOOR_URL").ok()?;
    let port = url.rsplit_once(':').and_then(|(_, port)| port.trim_end_matches('/').parse::<u16>().ok()).unwrap_or(80);
    Some(format!("http://{}:{port}", e2e::server::HOST))
}

fn ask(tab: &Page, request: &Value) -> Value {
    tab.evaluate(&format!("chrome.runtime.sendMessage({{ page: {request} }})")).unwrap()
}

fn card(tab: &Page) -> Value {
    ask(tab, &json!({ "do": "list_connections" }))["connections"][0].clone()
}

fn sign_in_on_the_page(page: &Page, address: &str) {
    page.navigate(&format!("{address}/login/acme")).unwrap();
    user::sign_in(page, "bob", PASSWORD).unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
}

#[test]
fn a_real_server_connects_syncs_and_renews_the_sign_in() {
    let Some(address) = address() else { return };
    let installed = Installed::headless().unwrap();
    let tab = installed.open(OPTIONS).unwrap();
    ask(&tab, &json!({ "do": "create", "password": VAULT_PASSWORD, "pbkdf2": true }));
    let tab = user::connect(&installed, &address, "bob", PASSWORD).unwrap();
    user::join_nothing(&tab).unwrap();
    assert_eq!(
        (&card(&tab)["owner"], &card(&tab)["name"], &card(&tab)["until"]),
        (&json!("acme"), &json!("bob"), &Value::Null)
    );

    // A name of its own, since the server keeps what earlier runs sent.
    let name = format!("live {}", e2e::clock::unix_seconds());
    let keep = json!({ "connection": card(&tab)["connection"]["id"] });
    let form = json!({ "secret": "JBSWY3DPEHPK3PXP", "issuer": "Live", "name": name, "keep": keep });
    let added = ask(&tab, &json!({ "do": "add", "form": form }));
    let said = ask(&tab, &json!({ "do": "sync" }));
    assert!(said["message"]["text"].as_str().unwrap().contains("sent"), "{said}");
    let rows = added["screen"]["board"]["rows"].as_array().unwrap().clone();
    let id = rows.iter().find(|row| row["name"] == name.as_str()).unwrap()["id"].clone();

    // Signing out everywhere ends our tokens; then the browser is signed in again, and asks nobody.
    let page = installed.browser.open(&format!("{address}/login/acme")).unwrap();
    sign_in_on_the_page(&page, &address);
    let out =
        "fetch('/api/sso-logout', { method: 'POST' }).then(answer => answer.json()).then(answer => answer.status)";
    assert_eq!(page.evaluate(out).unwrap(), "ok");
    sign_in_on_the_page(&page, &address);
    ask(&tab, &json!({ "do": "bin", "id": id }));
    let said = ask(&tab, &json!({ "do": "sync" }));
    assert_eq!(card(&tab)["waits"], Value::Null, "{said}");
    // Once more, in case the burst's own sync was under way.
    ask(&tab, &json!({ "do": "sync" }));
    let stored = page
        .evaluate(
            "fetch('/api/get-account').then(answer => answer.json()).then(answer => answer.data.mfaAccounts ?? [])",
        )
        .unwrap();
    assert!(!stored.to_string().contains(&name), "{stored}");

    // Signed out everywhere and in the browser: the user is asked.
    assert_eq!(page.evaluate(out).unwrap(), "ok");
    ask(&tab, &json!({ "do": "sync" }));
    assert_eq!(card(&tab)["waits"], "sign_in");
    assert!(!ask(&tab, &json!({ "do": "open" }))["screen"]["board"]["rows"].is_null());
}

#[test]
fn a_real_second_factor_is_turned_on_used_and_turned_off() {
    let Some(address) = address() else { return };
    let installed = Installed::headless().unwrap();
    let tab = installed.open(OPTIONS).unwrap();
    ask(&tab, &json!({ "do": "create", "password": VAULT_PASSWORD, "pbkdf2": true }));
    let tab = user::connect(&installed, &address, "eve", PASSWORD).unwrap();
    user::join_nothing(&tab).unwrap();
    let connection = card(&tab)["connection"]["id"].clone();
    let change = |change: Value| {
        let request = json!({
            "do": "change_factors", "connection": connection, "change": change, "password": VAULT_PASSWORD
        });
        let reply = ask(&tab, &request);
        assert_eq!(reply["is"], "factors", "{reply}");
        reply["card"]["factors"]["methods"].as_array().unwrap().clone()
    };
    let app = |methods: &[Value]| methods.iter().find(|factor| factor["method"] == "app").unwrap().clone();
    let on = app(&change(json!("switch_on_app")));
    assert_eq!((&on["is_on"], &on["is_preferred"]), (&json!(true), &json!(true)));

    // A fresh sign-in asks for the passcode, which the new account has.
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
