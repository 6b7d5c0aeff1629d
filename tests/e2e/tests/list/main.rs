//! The list of accounts in the popup, and what all views of both pages share: focus, titles, labels and messages.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test functions outside #[test]"
)]

mod accounts_table;
mod adding;
mod arranging;
mod comfort;
mod current_site;
mod first_steps;
mod focus;
mod hidden_codes;
mod icons;
mod pictures;
mod rows;
mod searching;
mod settings;

use e2e::package::{Installed, POPUP, ask};
use e2e::page::Page;
use e2e::user::VAULT_PASSWORD;
use serde_json::json;

const SECRET: &str = "JBSWY3DPEHPK3PXP";

/// Returns a browser with a vault that contains these key URIs, and a tab of the extension.
fn with_uris(uris: &[String]) -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let tab = with_uris_in(&installed, uris);
    (installed, tab)
}

/// Creates a vault with these accounts in a browser that was started before.
fn with_uris_in(installed: &Installed, uris: &[String]) -> Page {
    let tab = installed.open("manifest.json").unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true })).unwrap();
    if !uris.is_empty() {
        let cards: Vec<usize> = (0..uris.len()).collect();
        let read = ask(&tab, &json!({ "do": "ReadText", "text": uris.join("\n") })).unwrap();
        ask(&tab, &json!({ "do": "SaveScanResults", "id": read["Ok"]["id"], "cards": cards })).unwrap();
    }
    tab
}

fn uri(issuer: &str, name: &str, rest: &str) -> String {
    let issuer = issuer.replace(' ', "%20");
    format!("otpauth://totp/{issuer}:{name}?secret={SECRET}&issuer={issuer}{rest}")
}

fn set(tab: &Page, setting: &str, value: bool) {
    let mut settings = ask(tab, &json!({ "do": "ReadSettings" })).unwrap()["Ok"].clone();
    settings.as_object_mut().unwrap().insert(setting.to_owned(), value.into());
    ask(tab, &json!({ "do": "SetSettings", "settings": settings })).unwrap();
}

/// Opens the popup's document in a tab of this size.
fn popup_tab(installed: &Installed, (width, height): (u32, u32)) -> Page {
    let tab = installed.browser.open("about:blank#popup").unwrap();
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
    tab.navigate(&installed.extension.url(POPUP)).unwrap();
    tab
}
