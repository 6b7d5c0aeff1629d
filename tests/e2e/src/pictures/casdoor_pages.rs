//! Sets up a second factor on Casdoor's own page and signs in with it, as the guide and the animation show.

use super::camera::resize;
use crate::package::Installed;
use crate::page::Page;
use crate::server::Server;
use crate::user;
use anyhow::{Context, Result};
use mock_casdoor::PASSWORD;
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

/// How long the extension needs to show that the recovery code is saved.
const SAVING: Duration = Duration::from_millis(900);
/// The number of buttons that offer to save the recovery code.
const RECOVERY_BUTTONS: u32 = 4;

/// Shows the QR code and everything below it, or the button if there is no QR code.
const SCROLL: &str = "(() => {
    const code = document.querySelector('.ant-qrcode');
    if (!code) return document.querySelector('casdoor-authenticator-space').scrollIntoView({ block: 'center' });
    code.scrollIntoView({ block: 'start' });
    document.scrollingElement.scrollBy(0, -16);
})()";

/// The sizes of pages in CSS pixels, each with the physical pixels per CSS pixel.
pub struct Sizes {
    /// The size while the authenticator is set up, on a high page.
    pub setup: ((u32, u32), f64),
    /// The size at the sign-in, on pages with a small form.
    pub sign_in: ((u32, u32), f64),
}

/// Called with the name of each state and the page that shows it.
pub type Keep<'a> = &'a mut dyn FnMut(&str, &Page) -> Result<()>;

/// Sets up alice's authenticator with the buttons on Casdoor's page, signs her out, and signs her in with the code.
///
pub fn enroll_and_sign_in(installed: &Installed, server: &Server, sizes: &Sizes, keep: Keep) -> Result<()> {
    let address = server.url();
    let page = installed.browser.open(&format!("{address}/login/acme#tab"))?;
    resize(&page, sizes.setup.0, sizes.setup.1)?;
    user::sign_in(&page, "alice", PASSWORD)?;
    page.wait_for("!location.pathname.startsWith('/login')")?;
    page.navigate(&format!("{address}/mfa/setup?mfaType=app"))?;
    page.fill("input#password", PASSWORD)?;
    page.press("Enter")?;
    page.wait_for("document.querySelector('.ant-qrcode canvas')")?;
    point_at_button(&page, 0, 1)?;
    keep("enroll", &page)?;
    press(&page)?;
    page.wait_for("document.querySelector('code')")?;
    point_at_button(&page, 0, RECOVERY_BUTTONS)?;
    keep("recovery-code", &page)?;
    press(&page)?;
    thread::sleep(SAVING);
    keep("recovery-code-saved", &page)?;
    page.click(".content-warp-card .ant-btn-primary")?;
    page.wait_for("location.pathname === '/account' && document.body.innerText.length > 20")?;
    keep("account", &page)?;
    page.call("Network.clearBrowserCookies", json!({}))?;
    resize(&page, sizes.sign_in.0, sizes.sign_in.1)?;
    page.navigate(&format!("{address}/login/acme"))?;
    page.fill("input#input", "alice")?;
    page.fill("input#normal_login_password", PASSWORD)?;
    keep("sign-in", &page)?;
    page.click("button.login-button")?;
    point_at_button(&page, 0, 1)?;
    keep("passcode", &page)?;
    // Without an answer, the page keeps showing the code.
    page.call("Network.enable", json!({}))?;
    page.call("Network.emulateNetworkConditions", slow_network())?;
    press(&page)?;
    page.wait_for("[...document.querySelectorAll('#passcode input')].every(cell => cell.value)")?;
    keep("passcode-filled", &page)?;
    page.wait_for("!location.pathname.startsWith('/login')")?;
    page.wait_for("document.body.innerText.length > 20")?;
    keep("signed-in", &page)?;
    page.close()
}

fn slow_network() -> Value {
    json!({ "offline": false, "latency": 2000, "downloadThroughput": -1, "uploadThroughput": -1 })
}

/// Moves the pointer to a button of the extension by its number, where all `count` buttons have the same height.
fn point_at_button(page: &Page, number: u32, count: u32) -> Result<()> {
    page.wait_for("document.querySelector('casdoor-authenticator')")?;
    page.evaluate(SCROLL)?;
    thread::sleep(Duration::from_millis(300));
    let place = page.evaluate(&format!(
        "(() => {{ const {{ x, y, width, height }} = document.querySelector('casdoor-authenticator').getBoundingClientRect();
         return globalThis.pointed = [x + width / 2, y + height * ({number} + .5) / {count}]; }})()"
    ))?;
    let at = |index: usize| place.get(index).and_then(Value::as_f64).context("a position has two numbers");
    mouse(page, "mouseMoved", (at(0)?, at(1)?))?;
    user::rest_on_chip(page)
}

/// Presses the button to which the pointer was moved.
fn press(page: &Page) -> Result<()> {
    let place = page.evaluate("globalThis.pointed")?;
    let at = |index: usize| place.get(index).and_then(Value::as_f64).context("nothing was pointed at");
    mouse(page, "mousePressed", (at(0)?, at(1)?))?;
    mouse(page, "mouseReleased", (at(0)?, at(1)?))
}

fn mouse(page: &Page, kind: &str, (x, y): (f64, f64)) -> Result<()> {
    let count = i32::from(kind != "mouseMoved");
    let button = if count == 1 { "left" } else { "none" };
    page.call(
        "Input.dispatchMouseEvent",
        json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count }),
    )?;
    Ok(())
}
