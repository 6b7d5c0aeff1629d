//! User actions in the extension and on Casdoor's pages, by mouse and keyboard.
//!
//! The extension's elements are identified by the `data-` attributes listed in `src/ui/mod.rs`, Casdoor's by their ids
//! and classes.

use crate::package::{Installed, OPTIONS};
use crate::page::Page;
use anyhow::Result;
use serde_json::Value;

/// The password of every test vault.
pub const VAULT_PASSWORD: &str = "correct horse battery";

/// Resolves once the chip has stayed at its place for longer than it requires, in frames that follow each other
/// quickly. Between two late frames, the chip cannot know what was shown, and ignores a press.
const STEADY_FRAMES: &str = "new Promise(done => {
    let [place, since, last] = ['', 0, 0];
    const deadline = performance.now() + 4000;
    const watch = now => {
        const box = document.querySelector('casdoor-authenticator')?.getBoundingClientRect() ?? {};
        const seen = [box.x, box.y, box.width, box.height].join();
        if (seen !== place || now - last > 150) since = now;
        [place, last] = [seen, now];
        if (now - since >= 700 || now > deadline) done(now - since >= 700);
        else requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
})";

/// An account as typed into the form.
pub struct Typed<'a> {
    /// The service.
    pub issuer: &'a str,
    /// The account name.
    pub name: &'a str,
    /// A base32 secret or a link.
    pub secret: &'a str,
}

/// Waits for one of these screens of the popup, by `data-screen`, and returns it.
pub fn wait_for_screen(popup: &Page, screens: &[&str]) -> Result<String> {
    let shown = popup.wait_for(&format!(
        "(shown => {} .includes(shown) && shown)(document.querySelector('[data-screen]')?.dataset.screen)",
        serde_json::json!(screens)
    ))?;
    Ok(shown.as_str().unwrap_or_default().to_owned())
}

/// Creates a vault on the first-run screen and waits for the empty list.
pub fn create_vault(popup: &Page) -> Result<()> {
    wait_for_screen(popup, &["first-run"])?;
    popup.fill("[data-field=password]", VAULT_PASSWORD)?;
    popup.fill("[data-field=password-again]", VAULT_PASSWORD)?;
    popup.click("[data-action=create]")?;
    wait_for_screen(popup, &["empty", "list"])?;
    Ok(())
}

/// Types a password on the locked screen and presses Enter.
pub fn try_password(popup: &Page, password: &str) -> Result<()> {
    wait_for_screen(popup, &["locked"])?;
    popup.fill("[data-field=password]", password)?;
    popup.press("Enter")
}

/// Unlocks the vault and waits for the list.
pub fn unlock(popup: &Page) -> Result<()> {
    try_password(popup, VAULT_PASSWORD)?;
    wait_for_screen(popup, &["empty", "list"])?;
    Ok(())
}

/// Locks the vault from the menu.
pub fn lock(popup: &Page) -> Result<()> {
    choose(popup, "lock")?;
    wait_for_screen(popup, &["locked"])?;
    Ok(())
}

/// Clicks an entry of the main menu, by its `data-action`.
pub fn choose(popup: &Page, action: &str) -> Result<()> {
    popup.click("[data-action=menu]")?;
    popup.click(&format!("[data-menu] [data-action={action}]"))
}

/// Clicks an entry of an account's menu, by its `data-action`.
pub fn choose_for(popup: &Page, id: &str, action: &str) -> Result<()> {
    popup.click(&format!("[data-row='{id}'] [data-action=row-menu]"))?;
    popup.click(&format!("[data-menu] [data-action={action}]"))
}

/// Copies the code of the first row by a click, pastes it into the search field, and returns the pasted text.
pub fn copied_code(popup: &Page) -> Result<Value> {
    popup.click("[data-row] [data-action=copy]")?;
    popup.wait_for("document.querySelector('[data-copied]')")?;
    popup.click("[data-field=search]")?;
    popup.paste()?;
    popup.wait_for("document.querySelector('[data-field=search]').value")
}

/// Adds an account with the form.
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

/// Scans the page behind the popup and saves the result.
pub fn scan_and_keep(popup: &Page) -> Result<()> {
    scan(popup)?;
    popup.wait_for("document.querySelector('[data-card]')")?;
    popup.click("[data-action=save-accounts]")?;
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

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRow {
    /// The account's id.
    pub id: String,
    /// Service and account name, separated by a space.
    pub who: String,
    /// The code without spaces.
    pub code: String,
}

/// Returns the visible rows from top to bottom.
pub fn rows(popup: &Page) -> Result<Vec<ShownRow>> {
    let drawn = popup.evaluate(
        "[...document.querySelectorAll('[data-row]')]
            .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
            .map(row => [row.dataset.row, row.querySelector('.who').innerText, row.querySelector('[data-code]').dataset.code])",
    )?;
    let text = |row: &Value, index: usize| row.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
    let rows = drawn.as_array().cloned().unwrap_or_default();
    Ok(rows
        .iter()
        .map(|row| ShownRow { id: text(row, 0), who: text(row, 1).replace('\n', " "), code: text(row, 2) })
        .collect())
}

/// Waits for the message at the bottom. Returns its text, and true if it reports a failure.
pub fn status_message(popup: &Page) -> Result<(String, bool)> {
    let kind = popup.wait_for("document.querySelector('[data-status]')?.dataset.status")?;
    Ok((popup.text("[data-status]")?, kind == "failed"))
}

/// Enters user name and password on Casdoor's sign-in page and submits them.
pub fn sign_in(page: &Page, user: &str, password: &str) -> Result<()> {
    page.fill("input#input", user)?;
    page.fill("input#normal_login_password", password)?;
    page.click("button.login-button")
}

/// Returns the digits in the six cells of Casdoor's passcode form; `None` if the form is not shown.
pub fn passcode(page: &Page) -> Result<Option<String>> {
    let typed = page.evaluate(
        "document.querySelector('div#passcode.ant-otp') &&
            [...document.querySelectorAll('div#passcode.ant-otp input')].map(cell => cell.value).join('')",
    )?;
    Ok(typed.as_str().map(str::to_owned))
}

/// Connects to a server from the options page, until the summary of received accounts appears. Then signs the browser
/// out of the server's pages, as if their session had expired.
pub fn connect(installed: &Installed, server: &str, user: &str, password: &str) -> Result<Page> {
    let tab = installed.open(&format!("{OPTIONS}#connect"))?;
    ask_to_connect(&tab, server)?;
    sign_in_window(installed, &tab, user, password)?;
    sign_out_of_pages(&tab)?;
    Ok(tab)
}

/// Ends the browser's sessions at all servers. Tokens stay valid.
pub fn sign_out_of_pages(page: &Page) -> Result<()> {
    page.call("Network.clearBrowserCookies", serde_json::json!({}))?;
    Ok(())
}

/// Enters a server address on the options page, accepts http if necessary, and clicks *Connect*.
pub fn ask_to_connect(tab: &Page, server: &str) -> Result<()> {
    tab.fill("[data-field=server]", server)?;
    if server.starts_with("http:") {
        tab.click("[data-step=address] [data-field=allow-http]")?;
    }
    tab.click("[data-step=address] [data-action=connect]")
}

/// Opens the other ways to connect: a connection code, and the demo server.
pub fn open_other_ways(tab: &Page) -> Result<()> {
    tab.click("[data-details=other-methods] summary")
}

/// Signs in in the browser's sign-in window, until the summary of received accounts appears.
pub fn sign_in_window(installed: &Installed, tab: &Page, user: &str, password: &str) -> Result<()> {
    sign_in_window_of(installed, tab, "acme", user, password)
}

/// Like [`sign_in_window`], for this organization.
pub fn sign_in_window_of(
    installed: &Installed,
    tab: &Page,
    organization: &str,
    user: &str,
    password: &str,
) -> Result<()> {
    choose_organization(tab, organization)?;
    let window = installed.browser.wait_for_page_ending(&format!("/login/{organization}"))?;
    sign_in(&window, user, password)?;
    tab.wait_for("document.querySelector('[data-step=connected]')")?;
    Ok(())
}

/// Ends the browser's session at one host by deleting Casdoor's cookie.
pub fn sign_out_of(page: &Page, host: &str) -> Result<()> {
    page.call("Network.deleteCookies", serde_json::json!({ "name": "casdoor_session_id", "domain": host }))?;
    Ok(())
}

/// Connects as the user who is already signed in to the server's pages. No window opens.
pub fn connect_as_signed_in(tab: &Page, organization: &str) -> Result<()> {
    choose_organization(tab, organization)?;
    tab.wait_for("document.querySelector('[data-step=connected]')")?;
    Ok(())
}

/// Selects one of the server's organizations, if there are several, and continues to the sign-in.
pub fn choose_organization(tab: &Page, organization: &str) -> Result<()> {
    let step = tab.wait_for("document.querySelector('[data-step=offer], [data-step=signing-in]')?.dataset.step")?;
    if step == "offer" {
        select(tab, "[data-field=organization]", organization)?;
        // The form is redrawn after the selection. Its heading then contains the name of the selected organization.
        tab.wait_for(&format!(
            "document.querySelector('[data-step=offer] h2')?.textContent.includes({organization:?})
                && document.querySelector('[data-action=sign-in]')?.disabled === false"
        ))?;
        tab.click("[data-action=sign-in]")?;
    }
    Ok(())
}

/// Accepts the summary after connecting, without selecting any local account.
pub fn join_nothing(tab: &Page) -> Result<()> {
    tab.click("[data-step=connected] [data-action=join]")?;
    tab.wait_for("document.querySelector('[data-connection]')")?;
    Ok(())
}

/// Selects an option by its value.
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

/// Waits with the pointer or the focus on the chip until a press counts.
pub fn rest_on_chip(page: &Page) -> Result<()> {
    page.wait_for(STEADY_FRAMES)?;
    Ok(())
}
