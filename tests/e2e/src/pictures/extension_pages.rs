//! Operates the popup and the options page, and takes screenshots of their states.

use super::camera::{Camera, PAGE_SIZE, POPUP_SIZE, SHOWN_SERVER, opened, wait_for_fresh_codes};
use crate::package::{Installed, OPTIONS, POPUP, ask};
use crate::page::Page;
use crate::server::Server;
use crate::user::{self, VAULT_PASSWORD};
use anyhow::{Context, Result};
use mock_casdoor::PASSWORD;
use serde_json::{Value, json};
use std::fs;

/// The accounts in the pictures: service, name, secret and group. The secrets are words without a meaning for anyone.
const ACCOUNTS: [(&str, &str, &str, &str); 4] = [
    ("Google", "alice.doe@example.com", "MFRGGZDFMZTWQ2LK", "Private"),
    ("Figma", "alice@acme.example", "NNWG23TPOBYXE43U", "Work"),
    ("Dropbox", "alice.doe@example.com", "OV3HO6DZPJQWEY3E", "Private"),
    ("Cloudflare", "alice@acme.example", "MVTGO2DJNJVWY3LO", "Work"),
];

/// Accounts of another app, as a list of links, for the picture of an import.
const IMPORTED: [(&str, &str, &str); 3] = [
    ("Mastodon", "alice_doe", "ON2HK5TXPB4XUYLC"),
    ("Proton", "alice.doe@example.com", "MNSGKZTHNBUWU23M"),
    ("Twitch", "alice_doe", "O54HS6TBMJRWIZLG"),
];

/// The first two rows of the list.
const ROWS: &str = "(({ y }) => [0, y, innerWidth, 120])(document.querySelector('[data-row]').getBoundingClientRect())";

/// Creates the vault and connects to the server.
pub fn begin(installed: &Installed, server: &Server, camera: &Camera) -> Result<()> {
    let popup = popup(installed)?;
    user::wait_for_screen(&popup, &["first-run"])?;
    popup.fill("[data-field=password]", VAULT_PASSWORD)?;
    popup.fill("[data-field=password-again]", VAULT_PASSWORD)?;
    camera.keep_popup(&popup, "first-run")?;
    popup.click("[data-action=create]")?;
    user::wait_for_screen(&popup, &["empty"])?;
    camera.keep_popup(&popup, "empty")?;
    popup.close()?;
    let welcome = opened(installed, &format!("{OPTIONS}#welcome"), PAGE_SIZE)?;
    welcome.wait_for("document.querySelector('[data-screen=welcome]')")?;
    camera.keep(&welcome, "welcome")?;
    welcome.close()?;
    let tab = opened(installed, &format!("{OPTIONS}#connect"), PAGE_SIZE)?;
    tab.fill("[data-field=server]", SHOWN_SERVER)?;
    camera.keep(&tab, "connect")?;
    user::ask_to_connect(&tab, &server.url())?;
    user::sign_in_window(installed, &tab, "alice", PASSWORD)?;
    camera.keep(&tab, "connected")?;
    user::join_nothing(&tab)?;
    camera.keep(&tab, "connection")?;
    user::sign_out_of_pages(&tab)?;
    tab.close()
}

/// Adds the accounts of the pictures.
pub fn fill_vault(installed: &Installed) -> Result<()> {
    let tab = installed.open("manifest.json")?;
    let links: Vec<String> = ACCOUNTS.iter().map(|(service, name, secret, _)| link(service, name, secret)).collect();
    let cards: Vec<usize> = (0..links.len()).collect();
    let read = ask(&tab, &json!({ "do": "ReadText", "text": links.join("\n") }))?;
    ask(&tab, &json!({ "do": "SaveScanResults", "id": read.pointer("/Ok/id"), "cards": cards }))?;
    let account_list = ask(&tab, &json!({ "do": "ReadScreen" }))?;
    let rows = account_list.pointer("/Ok/account_list/rows").and_then(Value::as_array).cloned().unwrap_or_default();
    for group in ["Work", "Private"] {
        let is_in = |row: &&Value| {
            let is_named = |service: &str| row.get("issuer").and_then(Value::as_str) == Some(service);
            ACCOUNTS.iter().any(|(service, _, _, own)| *own == group && is_named(service))
                || (group == "Work" && is_named("Acme Works"))
        };
        let accounts: Vec<&Value> = rows.iter().filter(is_in).filter_map(|row| row.get("id")).collect();
        let change = json!({ "what": "group", "group": group });
        ask(&tab, &json!({ "do": "ChangeAccounts", "accounts": accounts, "change": change }))?;
    }
    tab.close()
}

fn link(service: &str, name: &str, secret: &str) -> String {
    let service = service.replace(' ', "%20");
    format!("otpauth://totp/{service}:{name}?secret={secret}&issuer={service}")
}

/// Takes screenshots of the list and the pages of the options page.
pub fn show(installed: &Installed, camera: &Camera) -> Result<()> {
    back_up(installed, camera)?;
    let popup = popup(installed)?;
    popup.wait_for("document.querySelector('[data-row] [data-icon]')")?;
    wait_for_fresh_codes();
    camera.keep_popup(&popup, "list")?;
    camera.keep_part(&popup, "rows", ROWS)?;
    popup.close()?;
    let tab = opened(installed, OPTIONS, PAGE_SIZE)?;
    for (section, shown) in [
        ("accounts", "[data-account] [data-icon]"),
        ("security", "[data-step=copies]"),
        ("import", "[data-app] [data-icon]"),
    ] {
        tab.evaluate(&format!("void (location.hash = '#{section}')"))?;
        tab.wait_for(&format!("document.querySelector('{shown}')"))?;
        camera.keep(&tab, section)?;
    }
    tab.evaluate("void (location.hash = '#security')")?;
    tab.wait_for("document.querySelector('[data-copies]')")?;
    tab.evaluate("document.querySelector('[data-step=copies]').scrollIntoView({ block: 'end' })")?;
    camera.keep(&tab, "version-history")?;
    import(&tab, camera)?;
    tab.close()
}

/// Saves a backup, so that the list shows no reminder.
fn back_up(installed: &Installed, camera: &Camera) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let tab = opened(installed, &format!("{OPTIONS}#backup"), PAGE_SIZE)?;
    tab.call("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder.path() }))?;
    tab.wait_for("document.querySelector('[data-step=backup]')")?;
    camera.keep(&tab, "backup")?;
    tab.click("[data-step=backup] [data-action=back-up]")?;
    user::status_message(&tab)?;
    tab.close()
}

/// Takes screenshots of the preview of an import, which saves nothing.
fn import(tab: &Page, camera: &Camera) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("accounts.txt");
    let links: Vec<String> = IMPORTED.iter().map(|(service, name, secret)| link(service, name, secret)).collect();
    fs::write(&file, links.join("\n"))?;
    tab.evaluate("void (location.hash = '#import')")?;
    tab.choose_files("[data-step=import] input[type=file]", &[file])?;
    tab.wait_for("document.querySelectorAll('[data-import-row]').length === 3")?;
    camera.keep(tab, "import-preview")
}

/// Locks the vault and takes screenshots of its locked screens.
pub fn lock(installed: &Installed, camera: &Camera) -> Result<()> {
    let tab = installed.open("manifest.json")?;
    ask(&tab, &json!({ "do": "LockVault" }))?;
    tab.close()?;
    let popup = popup(installed)?;
    user::wait_for_screen(&popup, &["locked"])?;
    camera.keep_popup(&popup, "locked")?;
    popup.click("[data-action=forgot]")?;
    user::wait_for_screen(&popup, &["forgot"])?;
    camera.keep_popup(&popup, "forgot")?;
    popup.close()
}

fn popup(installed: &Installed) -> Result<Page> {
    opened(installed, POPUP, POPUP_SIZE).context("the popup did not open")
}
