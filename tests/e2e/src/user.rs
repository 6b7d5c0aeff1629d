//! What a user does with the extension and on Casdoor's pages, by mouse and keyboard.
//!
//! The extension's elements are named by the `data-` attributes that `src/ui/mod.rs` lists; Casdoor's by the ids and
//! classes of its own pages.

use crate::package::{Installed, OPTIONS};
use crate::page::Page;
use anyhow::Result;
use serde_json::Value;

/// The password of every vault here.
pub const VAULT_PASSWORD: &str = "correct horse battery";

/// An account as typed into the form.
pub struct Typed<'a> {
    /// Who issued it.
    pub issuer: &'a str,
    /// Whose it is.
    pub name: &'a str,
    /// Base32, or a link.
    pub secret: &'a str,
}

/// Waits for a screen of the popup, by its `data-screen`.
pub fn wait_for_screen(popup: &Page, screens: &[&str]) -> Result<String> {
    let shown = popup.wait_for(&format!(
        "(shown => {} .includes(shown) && shown)(document.querySelector('[data-screen]')?.dataset.screen)",
        serde_json::json!(screens)
    ))?;
    Ok(shown.as_str().unwrap_or_default().to_owned())
}

/// First run: chooses a password and comes to the empty list.
pub fn create_vault(popup: &Page) -> Result<()> {
    wait_for_screen(popup, &["first-run"])?;
    popup.fill("[data-field=password]", VAULT_PASSWORD)?;
    popup.fill("[data-field=password-again]", VAULT_PASSWORD)?;
    popup.click("[data-action=create]")?;
    wait_for_screen(popup, &["empty", "list"])?;
    Ok(())
}

/// Types a password into the locked popup and presses Enter.
pub fn try_password(popup: &Page, password: &str) -> Result<()> {
    wait_for_screen(popup, &["locked"])?;
    popup.fill("[data-field=password]", password)?;
    popup.press("Enter")
}

/// Unlocks and waits for the list.
pub fn unlock(popup: &Page) -> Result<()> {
    try_password(popup, VAULT_PASSWORD)?;
    wait_for_screen(popup, &["empty", "list"])?;
    Ok(())
}

/// Opens the menu and locks.
pub fn lock(popup: &Page) -> Result<()> {
    choose(popup, "lock")?;
    wait_for_screen(popup, &["locked"])?;
    Ok(())
}

/// Clicks a line of the main menu, by its `data-action`.
pub fn choose(popup: &Page, action: &str) -> Result<()> {
    popup.click("[data-action=menu]")?;
    popup.click(&format!("[data-menu] [data-action={action}]"))
}

/// Opens an account's menu and clicks a line of it.
pub fn choose_for(popup: &Page, id: &str, action: &str) -> Result<()> {
    popup.click(&format!("[data-row='{id}'] [data-action=row-menu]"))?;
    popup.click(&format!("[data-menu] [data-action={action}]"))
}

/// Adds an account by hand.
pub fn add(popup: &Page, account: &Typed) -> Result<()> {
    popup.click("[data-action=add], [data-action=add-by-hand]")?;
    wait_for_screen(popup, &["add"])?;
    popup.fill("[data-field=secret]", account.secret)?;
    popup.fill("[data-field=issuer]", account.issuer)?;
    popup.fill("[data-field=name]", account.name)?;
    popup.click("[data-action=save]")?;
    wait_for_screen(popup, &["list"])?;
    Ok(())
}

/// Scans the page behind the popup, and keeps what was found.
pub fn scan_and_keep(popup: &Page) -> Result<()> {
    scan(popup)?;
    popup.wait_for("document.querySelector('[data-card]')")?;
    popup.click("[data-action=keep-found]")?;
    wait_for_screen(popup, &["list"])?;
    Ok(())
}

/// Scans the page behind the popup.
pub fn scan(popup: &Page) -> Result<()> {
    match wait_for_screen(popup, &["empty", "list"])?.as_str() {
        "empty" => popup.click("[data-action=scan]")?,
        _ => choose(popup, "scan")?,
    }
    wait_for_screen(popup, &["found"])?;
    Ok(())
}

/// One row of the list, as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The account's id.
    pub id: String,
    /// Issuer and name, one after the other.
    pub who: String,
    /// The code's characters without spaces.
    pub code: String,
}

/// The rows that are drawn, from the top.
pub fn rows(popup: &Page) -> Result<Vec<Shown>> {
    let drawn = popup.evaluate(
        "[...document.querySelectorAll('[data-row]')]
            .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
            .map(row => [row.dataset.row, row.querySelector('.who').innerText, row.querySelector('[data-code]').dataset.code])",
    )?;
    let text = |row: &Value, index: usize| row.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
    let rows = drawn.as_array().cloned().unwrap_or_default();
    Ok(rows
        .iter()
        .map(|row| Shown { id: text(row, 0), who: text(row, 1).replace('\n', " "), code: text(row, 2) })
        .collect())
}

/// What the line at the bottom says, once it says something; and whether it reports a failure.
pub fn said(popup: &Page) -> Result<(String, bool)> {
    let kind = popup.wait_for("document.querySelector('[data-said]')?.dataset.said")?;
    Ok((popup.text("[data-said]")?, kind == "failed"))
}

/// Signs in on Casdoor's login page with user name and password, up to what comes next.
pub fn sign_in(page: &Page, user: &str, password: &str) -> Result<()> {
    page.fill("input#input", user)?;
    page.fill("input#normal_login_password", password)?;
    page.click("button.login-button")
}

/// The digits that stand in the six cells of Casdoor's passcode form; nothing while there is no such form.
pub fn passcode(page: &Page) -> Result<Option<String>> {
    let typed = page.evaluate(
        "document.querySelector('div#passcode.ant-otp') &&
            [...document.querySelectorAll('div#passcode.ant-otp input')].map(cell => cell.value).join('')",
    )?;
    Ok(typed.as_str().map(str::to_owned))
}

/// Connects to a server from the options page, up to the card that says what arrived.
pub fn connect(installed: &Installed, server: &str, user: &str, password: &str) -> Result<Page> {
    let tab = installed.open(&format!("{OPTIONS}#connect"))?;
    ask_to_connect(&tab, server)?;
    sign_in_window(installed, &tab, user, password)?;
    Ok(tab)
}

/// Types a server's address into the options page and clicks *Connect*, agreeing to http where it is that.
pub fn ask_to_connect(tab: &Page, server: &str) -> Result<()> {
    tab.fill("[data-field=server]", server)?;
    tab.click("[data-step=address] [data-action=connect]")?;
    if server.starts_with("http:") {
        tab.click("[data-field=allow-http]")?;
        tab.click("[data-step=address] [data-action=connect]")?;
    }
    Ok(())
}

/// Signs in in the browser's sign-in window, and waits for the card that says what arrived.
pub fn sign_in_window(installed: &Installed, tab: &Page, user: &str, password: &str) -> Result<()> {
    sign_in_window_of(installed, tab, "acme", user, password)
}

/// The same for an organization of that name.
pub fn sign_in_window_of(
    installed: &Installed,
    tab: &Page,
    organization: &str,
    user: &str,
    password: &str,
) -> Result<()> {
    choose_organization(tab, organization)?;
    let window = installed.browser.wait_for_page("/login/oauth/authorize")?;
    sign_in(&window, user, password)?;
    tab.wait_for("document.querySelector('[data-step=connected]')")?;
    Ok(())
}

/// Where the server has several organizations, picks one and goes on to the sign-in.
fn choose_organization(tab: &Page, organization: &str) -> Result<()> {
    let step = tab.wait_for("document.querySelector('[data-step=offer], [data-step=signing-in]')?.dataset.step")?;
    if step == "offer" {
        select(tab, "[data-field=organization]", organization)?;
        // The offer is drawn again for the organization; its application is named after it.
        tab.wait_for(&format!(
            "document.querySelector('[data-step=offer] h3')?.textContent.includes({organization:?})
                && document.querySelector('[data-action=sign-in]')?.disabled === false"
        ))?;
        tab.click("[data-action=sign-in]")?;
    }
    Ok(())
}

/// Accepts the card after connecting as it is: nothing of this device is ticked.
pub fn join_nothing(tab: &Page) -> Result<()> {
    tab.click("[data-step=connected] [data-action=join]")?;
    tab.wait_for("document.querySelector('[data-connection]')")?;
    Ok(())
}

/// Chooses from a list by its value.
pub fn select(page: &Page, selector: &str, value: &str) -> Result<()> {
    page.wait_for(&format!(
        "(list => {{
            if (!list || ![...list.options].some(option => option.value === {value:?})) return false;
            list.value = {value:?};
            list.dispatchEvent(new Event('input', {{ bubbles: true }}));
            list.dispatchEvent(new Event('change', {{ bubbles: true }}));
            return true;
        }})(document.querySelector({selector:?}))"
    ))?;
    Ok(())
}
