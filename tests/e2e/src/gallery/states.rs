//! Operates the extension like a user through every state that needs no server.

use crate::package::{Installed, OPTIONS, POPUP, ask};
use crate::page::Page;
use crate::user::{self, VAULT_PASSWORD};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The size of the popup, in CSS pixels.
const POPUP_SIZE: (u32, u32) = (400, 576);
/// The height of the window with the options page, in CSS pixels.
const OPTIONS_HEIGHT: u32 = 900;
/// The accounts of the gallery: issuer, name, group, and further parameters of the key URI.
const ACCOUNTS: [(&str, &str, &str, &str); 8] = [
    ("GitHub", "alice@acme.test", "Work", ""),
    ("Amazon Web Services", "root", "Work", ""),
    ("Acme Works", "acme/eve", "Work", ""),
    ("Discord", "alexandra.meier@example.org", "Private", ""),
    ("Stadtwerke München", "12345", "Private", ""),
    ("日本銀行", "アリス", "", ""),
    ("Battle.net", "eve", "", "&digits=8"),
    ("Google", "alice@example.org", "", ""),
];
/// The pages of the options page, and an element that is there once the page is complete.
const SECTIONS: [(&str, &str); 13] = [
    ("welcome", "[data-screen=welcome]"),
    ("accounts", "[data-account]"),
    ("add", "[data-screen=add]"),
    ("connect", "[data-step=address]"),
    ("sites", "[data-screen=sites]"),
    ("security", "[data-step=copies]"),
    ("exchange", "[data-action=backup]"),
    ("import", "[data-app] [data-icon]"),
    ("backup", "[data-step=backup]"),
    ("export", "[data-step=export]"),
    ("appearance", "[data-field=theme]"),
    ("about", "[data-screen=about]"),
    ("shortcuts", ".keys + h2 + .keys"),
];

/// Receives a page that shows a state, and the state's name.
pub type Keep<'a> = &'a mut dyn FnMut(&Page, &str) -> Result<()>;

/// How the states are set up, which needs more than a change of the style.
#[derive(Clone, Copy)]
pub struct Setup {
    /// The name of a folder in `_locales`.
    pub language: &'static str,
    /// The text size in percent. It applies once there is a vault.
    pub text_size_percent: u32,
    /// The width of the options page, in CSS pixels.
    pub options_width: u32,
}

/// Goes through all states in a browser with an empty profile.
///
/// # Errors
/// The extension does not show an expected state, or `keep` fails.
pub fn show_all(installed: &Installed, setup: Setup, keep: Keep) -> Result<()> {
    let tab = installed.open("manifest.json")?;
    ask(&tab, &json!({ "do": "SetLanguage", "language": setup.language }))?;
    let options_size = (setup.options_width, OPTIONS_HEIGHT);
    first_screens(installed, options_size, keep)?;
    fill_vault(&tab)?;
    set_text_size(&tab, setup.text_size_percent)?;
    popup_states(installed, keep)?;
    options_states(installed, options_size, keep)?;
    ask(&tab, &json!({ "do": "LockVault" }))?;
    let popup = popup(installed)?;
    user::wait_for_screen(&popup, &["locked"])?;
    keep(&popup, "popup-locked")?;
    user::try_password(&popup, "wrong")?;
    user::status_message(&popup)?;
    keep(&popup, "popup-wrong-password")?;
    popup.click("[data-action=forgot]")?;
    user::wait_for_screen(&popup, &["forgot"])?;
    keep(&popup, "popup-forgot")
}

fn set_text_size(tab: &Page, percent: u32) -> Result<()> {
    let mut settings = ask(tab, &json!({ "do": "ReadSettings" }))?.pointer("/Ok").cloned().unwrap_or_default();
    if let Some(fields) = settings.as_object_mut() {
        fields.insert("text_size_percent".into(), percent.into());
    }
    ask(tab, &json!({ "do": "SetSettings", "settings": settings }))?;
    Ok(())
}

/// Opens a document of the extension in a window of this size.
fn opened(installed: &Installed, path: &str, (width, height): (u32, u32)) -> Result<Page> {
    let tab = installed.browser.open("about:blank#gallery")?;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics)?;
    tab.navigate(&installed.extension.url(path))?;
    tab.wait_for("document.body.hasAttribute('data-ready')")?;
    Ok(tab)
}

fn popup(installed: &Installed) -> Result<Page> {
    opened(installed, POPUP, POPUP_SIZE)
}

/// Shows the states without a vault, and then those with an empty vault.
fn first_screens(installed: &Installed, options_size: (u32, u32), keep: Keep) -> Result<()> {
    let tab = popup(installed)?;
    user::wait_for_screen(&tab, &["first-run"])?;
    keep(&tab, "popup-first-run")?;
    tab.fill("[data-field=password]", VAULT_PASSWORD)?;
    tab.fill("[data-field=password-again]", "other")?;
    tab.click("[data-action=create]")?;
    tab.wait_for("document.querySelector('[aria-invalid]')")?;
    keep(&tab, "popup-first-run-rejected")?;
    tab.click("[data-action=without-password]")?;
    user::wait_for_screen(&tab, &["without-password"])?;
    keep(&tab, "popup-without-password")?;
    tab.click("[data-action=back]")?;
    user::create_vault(&tab)?;
    keep(&tab, "popup-empty")?;
    tab.close()?;
    let tab = opened(installed, &format!("{OPTIONS}#accounts"), options_size)?;
    tab.wait_for("document.querySelector('.empty .add-options')")?;
    keep(&tab, "options-accounts-empty")?;
    tab.close()
}

fn fill_vault(tab: &Page) -> Result<()> {
    let uri = |(issuer, name, _, rest): &(&str, &str, &str, &str)| {
        let issuer = issuer.replace(' ', "%20");
        format!("otpauth://totp/{issuer}:{name}?secret=JBSWY3DPEHPK3PXP&issuer={issuer}{rest}")
    };
    let lines: Vec<String> = ACCOUNTS.iter().map(uri).collect();
    let cards: Vec<usize> = (0..lines.len()).collect();
    let read = ask(tab, &json!({ "do": "ReadText", "text": lines.join("\n") }))?;
    ask(tab, &json!({ "do": "SaveScanResults", "id": read.pointer("/Ok/id"), "cards": cards }))?;
    let account_list = ask(tab, &json!({ "do": "ReadScreen" }))?;
    let rows = account_list.pointer("/Ok/account_list/rows").and_then(Value::as_array).cloned().unwrap_or_default();
    for group in ["Work", "Private"] {
        let is_in = |row: &&Value| {
            ACCOUNTS.iter().any(|(issuer, _, own, _)| *own == group && row.get("issuer") == Some(&json!(issuer)))
        };
        let accounts: Vec<&Value> = rows.iter().filter(is_in).filter_map(|row| row.get("id")).collect();
        let change = json!({ "what": "group", "group": group });
        ask(tab, &json!({ "do": "ChangeAccounts", "accounts": accounts, "change": change }))?;
    }
    Ok(())
}

fn popup_states(installed: &Installed, keep: Keep) -> Result<()> {
    let tab = popup(installed)?;
    tab.wait_for("document.querySelector('[data-row] [data-icon]')")?;
    keep(&tab, "popup-list")?;
    tab.click("[data-action=menu]")?;
    tab.wait_for("document.querySelector('[data-menu]')")?;
    keep(&tab, "popup-menu")?;
    tab.press("Escape")?;
    let id = user::rows(&tab)?.into_iter().next().context("the list is empty")?.id;
    tab.click(&format!("[data-row='{id}'] [data-action=row-menu]"))?;
    tab.wait_for("document.querySelector('[data-menu]')")?;
    keep(&tab, "popup-row-menu")?;
    tab.press("Escape")?;
    for (query, shown) in [("alice", "mark"), ("nobody", "[data-no-match]")] {
        tab.fill("[data-field=search]", query)?;
        tab.wait_for(&format!("document.querySelector('{shown}')"))?;
        keep(&tab, &format!("popup-search-{query}"))?;
    }
    tab.press("Escape")?;
    for (action, screen) in [("edit", "edit"), ("show-qr", "qr")] {
        user::choose_for(&tab, &id, action)?;
        user::wait_for_screen(&tab, &[screen])?;
        keep(&tab, &format!("popup-{screen}"))?;
        tab.click("[data-action=back]")?;
    }
    user::choose(&tab, "shortcuts")?;
    user::wait_for_screen(&tab, &["shortcuts"])?;
    keep(&tab, "popup-shortcuts")?;
    tab.click("[data-action=back]")?;
    tab.click("[data-action=add]")?;
    user::wait_for_screen(&tab, &["add"])?;
    keep(&tab, "popup-add")?;
    let link = "otpauth://totp/Acme:bob?secret=JBSWY3DPEHPK3PXP&issuer=Acme";
    tab.fill("[data-field=secret]", link)?;
    tab.click("[data-action=save]")?;
    user::wait_for_screen(&tab, &["found"])?;
    keep(&tab, "popup-found")?;
    tab.click("[data-action=back]")?;
    user::choose_for(&tab, &id, "move-to-trash")?;
    user::status_message(&tab)?;
    keep(&tab, "popup-trashed")?;
    tab.click("[data-action=undo]")?;
    tab.close()
}

fn options_states(installed: &Installed, options_size: (u32, u32), keep: Keep) -> Result<()> {
    let tab = opened(installed, OPTIONS, options_size)?;
    for (section, shown) in SECTIONS {
        tab.evaluate(&format!("void (location.hash = '#{section}')"))?;
        tab.wait_for(&format!("document.querySelector('{shown}')"))?;
        keep(&tab, &format!("options-{section}"))?;
    }
    tab.evaluate("void (location.hash = '#accounts')")?;
    tab.click("[data-account] [data-field=select]")?;
    tab.wait_for("document.querySelector('[data-bulk-actions]')")?;
    keep(&tab, "options-accounts-selected")?;
    let account = tab.evaluate("document.querySelector('[data-account]').dataset.account")?;
    tab.evaluate(&format!("void (location.hash = '#code?account={}')", account.as_str().unwrap_or_default()))?;
    tab.wait_for("document.querySelector('[data-seconds]')?.textContent")?;
    keep(&tab, "options-large-code")?;
    tab.close()
}
