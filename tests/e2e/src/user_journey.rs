//! The main user journey, from an empty vault to a passcode that a server accepts. The end-to-end test and the demo
//! share it.

use crate::clock::unix_seconds;
use crate::devtools::until;
use crate::other_site;
use crate::package::{Installed, root};
use crate::page::Page;
use crate::server::Server;
use crate::user::{self, ShownRow, Typed};
use anyhow::{Context, Result, ensure};
use mock_casdoor::PASSWORD;
use serde_json::json;
use std::path::Path;
use std::time::Instant;

/// The account that exists before the server is connected.
const MANUAL: Typed = Typed { issuer: "AWS", name: "root", secret: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU" };
/// A fixture image of a QR code, and the secret in it.
const IMAGE: &str = "tests/fixtures/casdoor-pages/setup-light-1.5-en.png";
const IMAGE_SECRET: &str = "TSOQLPG5JSNGHZVCABRIAZ5PRNWUFAOV";

/// Called after each step with its description and the page to show.
pub type ReportStep<'a> = &'a mut dyn FnMut(&str, &Page) -> Result<()>;

/// Performs the journey. Returns an error that describes the first step that failed.
pub fn run(installed: &Installed, server: &Server, report_step: ReportStep) -> Result<()> {
    let address = server.url();
    // The fragment distinguishes this tab from the sign-in window.
    let page = installed.browser.open(&format!("{address}/login/acme#tab"))?;
    begin(installed, &page, report_step)?;
    connect(installed, server, &page, report_step)?;
    scan_for_server(installed, server, report_step)?;
    let secret = enroll(installed, server, report_step)?;
    sign_in_with_passcode(installed, server, report_step)?;
    codes_after_stop(installed, &page, &secret, report_step)
}

/// Performs the journey, prints each step with its time, and saves a screenshot of each in `folder`.
pub fn run_with_screenshots(installed: &Installed, server: &Server, folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).context("cannot remove the screenshots of the previous run")?;
    }
    let start = Instant::now();
    let mut number: usize = 0;
    run(installed, server, &mut |step, page| {
        println!("{:>6.1} s  {step}", start.elapsed().as_secs_f64());
        number = number.saturating_add(1);
        page.screenshot(&folder.join(format!("{number:02}-{}.png", file_name(step))))
    })?;
    let shown = folder.strip_prefix(root()).unwrap_or(folder).display().to_string();
    println!("{:>6.1} s  Done: {number} screenshots in {shown}", start.elapsed().as_secs_f64());
    Ok(())
}

/// Returns the first words of a step as a file name.
fn file_name(step: &str) -> String {
    let words: Vec<&str> = step.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    words.into_iter().filter(|word| !word.is_empty()).take(6).collect::<Vec<_>>().join("-").to_lowercase()
}

fn begin(installed: &Installed, page: &Page, report_step: ReportStep) -> Result<()> {
    let popup = installed.popup(page)?;
    user::create_vault(&popup)?;
    user::add(&popup, &MANUAL)?;
    report_step("A vault with a password is created, and an account is added by hand", &popup)?;
    popup.close()
}

fn connect(installed: &Installed, server: &Server, page: &Page, report_step: ReportStep) -> Result<()> {
    let before = server.accounts()?;
    let tab = user::connect(installed, &server.url(), "alice", PASSWORD)?;
    report_step("Signed in to Casdoor in the browser's window, and connected", &tab)?;
    user::join_nothing(&tab)?;
    tab.close()?;
    let popup = installed.popup(page)?;
    popup.wait_for("document.querySelectorAll('[data-row]').length === 3")?;
    report_step("Two accounts were added from the server", &popup)?;
    popup.close()?;
    ensure!(server.accounts()? == before, "connecting changed the list on the server");
    Ok(())
}

/// Scans a QR code on another site and saves the account to the server.
fn scan_for_server(installed: &Installed, server: &Server, report_step: ReportStep) -> Result<()> {
    let picture = std::fs::read(root().join(IMAGE)).context("cannot read the fixture image")?;
    let shop = installed.browser.open(&other_site::with_picture(picture)?)?;
    shop.wait_for("document.querySelector('img').naturalWidth > 0")?;
    let popup = installed.popup(&shop)?;
    user::scan(&popup)?;
    popup.wait_for("document.querySelector('[data-card]')")?;
    report_step("The QR code on the page is scanned", &popup)?;
    let on_server =
        popup.wait_for("[...document.querySelector('[data-field=keep]').options].map(option => option.value).pop()")?;
    user::select(&popup, "[data-field=keep]", on_server.as_str().unwrap_or_default())?;
    popup.click("[data-action=save-accounts]")?;
    user::wait_for_screen(&popup, &["list"])?;
    popup.close()?;
    until("the server has stored the scanned account", || {
        Ok(server.accounts()?.to_string().contains(IMAGE_SECRET).then_some(()))
    })?;
    report_step("The account is saved to Casdoor, and its database contains it", &shop)?;
    shop.close()
}

/// Sets up alice's second factor on Casdoor's page and returns its secret.
fn enroll(installed: &Installed, server: &Server, report_step: ReportStep) -> Result<String> {
    let address = server.url();
    let page = installed.browser.open(&format!("{address}/login/acme"))?;
    user::sign_in(&page, "alice", PASSWORD)?;
    page.wait_for("!location.pathname.startsWith('/login')")?;
    page.navigate(&format!("{address}/mfa/setup?mfaType=app"))?;
    page.fill("input#password", PASSWORD)?;
    page.press("Enter")?;
    page.wait_for("document.querySelector('.ant-qrcode canvas')")?;
    // The page shows the secret next to the code for users who cannot scan it.
    let secret = page.wait_for("document.querySelector('.ant-space input.ant-input')?.value")?;
    let popup = installed.popup(&page)?;
    user::scan_and_keep(&popup)?;
    report_step("The enrollment page's QR code is scanned and kept on this device", &popup)?;
    popup.close()?;
    fill_and_submit(installed, &page, "document.querySelector('code') !== null")?;
    page.click_named("Enable")?;
    until("the second factor is on", || Ok((server.second_factor()? == "app").then_some(())))?;
    report_step("The passcode was filled in and accepted, and the second factor is on", &page)?;
    page.close()?;
    Ok(secret.as_str().unwrap_or_default().to_owned())
}

/// Signs alice in again: user name and password are typed, the passcode is filled.
fn sign_in_with_passcode(installed: &Installed, server: &Server, report_step: ReportStep) -> Result<()> {
    let page = installed.browser.open(&format!("{}/login/acme", server.url()))?;
    page.call("Network.clearBrowserCookies", json!({}))?;
    page.navigate(&format!("{}/login/acme", server.url()))?;
    user::sign_in(&page, "alice", PASSWORD)?;
    page.wait_for("document.querySelector('#passcode')")?;
    report_step("Casdoor asks for the passcode", &page)?;
    fill_and_submit(installed, &page, "!location.pathname.startsWith('/login')")?;
    report_step("The passcode was filled in, and alice is signed in", &page)?;
    page.close()
}

/// Clicks *Fill* in the popup's first row, which is the account for this page, until `done` is true. The page submits
/// the last digit; older pages have a single field and a button.
fn fill_and_submit(installed: &Installed, page: &Page, done: &str) -> Result<()> {
    let popup = installed.popup(page)?;
    popup.click("[data-row] [data-action=fill]")?;
    page.wait_for(&format!("{done} || document.querySelector('input#passcode')?.value.length === 6"))?;
    if page.evaluate(done)? == false {
        page.click("form:has(input#passcode) button[type=submit]")?;
    }
    page.wait_for(done)?;
    Ok(())
}

/// Checks that the popup shows correct codes after the worker was stopped.
fn codes_after_stop(installed: &Installed, page: &Page, secret: &str, report_step: ReportStep) -> Result<()> {
    installed.extension.stop_worker()?;
    let popup = installed.popup(page)?;
    popup.wait_for("document.querySelectorAll('[data-row]').length === 5")?;
    let rows = user::rows(&popup)?;
    for secret in [MANUAL.secret, IMAGE_SECRET, secret] {
        ensure!(shows(&rows, secret), "no row shows the code of one of the accounts: {rows:?}");
    }
    report_step("The worker was stopped, and the popup shows correct codes", &popup)?;
    popup.close()
}

/// Returns true if a row shows the code that an independent implementation computes for now or two seconds ago.
fn shows(rows: &[ShownRow], secret: &str) -> bool {
    let now = unix_seconds();
    let expected = |second: i64| mock_casdoor::totp::code(secret, second);
    rows.iter()
        .any(|row| [now, now.saturating_sub(2)].iter().any(|second| expected(*second).as_ref() == Some(&row.code)))
}
