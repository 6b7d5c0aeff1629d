//! The user's day: the whole main job, from an empty vault to a passcode that a server accepts. The end-to-end test and
//! the demo are this same function.

use crate::clock::unix_seconds;
use crate::devtools::until;
use crate::package::{Installed, root};
use crate::page::Page;
use crate::person::{self, Shown, Typed};
use crate::site;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stand_in::{Options, PASSWORD, StandIn};

/// The server's public-looking name.
pub const HOST: &str = "id.acme.test";

const USER: &str = "acme/alice";
/// The account that was there before the server was connected.
const OWN: Typed = Typed { issuer: "AWS", name: "root", secret: "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU" };
/// A picture of a QR code in the fixtures, and the secret in it.
const PICTURE: &str = "tests/fixtures/casdoor-pages/setup-light-1.5-en.png";
const PICTURED: &str = "TSOQLPG5JSNGHZVCABRIAZ5PRNWUFAOV";

/// What hears of each step once it is done: its words, and the page to look at.
pub type Tell<'a> = &'a mut dyn FnMut(&str, &Page) -> Result<()>;

/// Starts the stand-in with two accounts on alice's list.
pub fn server(port: u16) -> Result<StandIn> {
    let web = root().join("dist/demo-web");
    ensure!(web.is_dir(), "the stand-in's pages are not bundled: ./build.sh demo");
    Ok(StandIn::start(Options { port, web, sample: true, ..Options::default() })?)
}

/// Lives the day. Every promise that is not kept is an error that says which.
pub fn live(installed: &Installed, server: &StandIn, tell: Tell) -> Result<()> {
    let address = server.url(HOST);
    let page = installed.browser.open(&format!("{address}/login/acme"))?;
    begin(installed, &page, tell)?;
    connect(installed, server, &page, tell)?;
    scan_for_server(installed, server, tell)?;
    let secret = enrol(installed, server, tell)?;
    sign_in_with_passcode(installed, server, tell)?;
    codes_after_stop(installed, &page, &secret, tell)
}

fn begin(installed: &Installed, page: &Page, tell: Tell) -> Result<()> {
    let popup = installed.popup(page)?;
    person::create_vault(&popup)?;
    person::add(&popup, &OWN)?;
    tell("A vault with a password is made, and an account is added by hand", &popup)?;
    popup.close()
}

fn connect(installed: &Installed, server: &StandIn, page: &Page, tell: Tell) -> Result<()> {
    let before = accounts(server)?;
    let tab = person::connect(installed, &server.url(HOST), "alice", PASSWORD)?;
    tell("Signed in to Casdoor in the browser's window, and connected", &tab)?;
    person::join_nothing(&tab)?;
    tab.close()?;
    let popup = installed.popup(page)?;
    popup.wait_for("document.querySelectorAll('[data-row]').length === 3")?;
    tell("Two accounts arrived from the server", &popup)?;
    popup.close()?;
    ensure!(accounts(server)? == before, "connecting changed the list on the server");
    Ok(())
}

/// A QR code on some other site is read off the tab and kept on the server.
fn scan_for_server(installed: &Installed, server: &StandIn, tell: Tell) -> Result<()> {
    let picture = std::fs::read(root().join(PICTURE)).context("the picture is not in the fixtures")?;
    let shop = installed.browser.open(&site::with_picture(picture)?)?;
    shop.wait_for("document.querySelector('img').naturalWidth > 0")?;
    let popup = installed.popup(&shop)?;
    person::scan(&popup)?;
    popup.wait_for("document.querySelector('[data-card]')")?;
    tell("The QR code on the page is read", &popup)?;
    let on_server =
        popup.wait_for("[...document.querySelector('[data-field=keep]').options].map(option => option.value).pop()")?;
    person::select(&popup, "[data-field=keep]", on_server.as_str().unwrap_or_default())?;
    popup.click("[data-action=keep-found]")?;
    person::wait_for_screen(&popup, &["list"])?;
    popup.close()?;
    until("the server has stored the scanned account", || {
        Ok(accounts(server)?.to_string().contains(PICTURED).then_some(()))
    })?;
    tell("The account is kept on Casdoor: its own database has it", &shop)?;
    shop.close()
}

/// Alice sets her second factor up on Casdoor's own page; returns its secret.
fn enrol(installed: &Installed, server: &StandIn, tell: Tell) -> Result<String> {
    let address = server.url(HOST);
    let page = installed.browser.open(&format!("{address}/login/acme"))?;
    person::sign_in(&page, "alice", PASSWORD)?;
    page.wait_for("!location.pathname.startsWith('/login')")?;
    page.navigate(&format!("{address}/mfa/setup?mfaType=app"))?;
    page.fill("input#password", PASSWORD)?;
    page.press("Enter")?;
    page.wait_for("document.querySelector('.ant-qrcode canvas')")?;
    let popup = installed.popup(&page)?;
    person::scan_and_keep(&popup)?;
    tell("The enrolment page's QR code is scanned and kept on this device", &popup)?;
    popup.close()?;
    fill(installed, &page)?;
    page.wait_for("document.querySelector('code')")?;
    page.click_named("Enable")?;
    until("the second factor is on", || {
        let user = server.user(USER).context("alice is gone")?;
        Ok((user.preferred_mfa_type == "app").then_some(()))
    })?;
    tell("The passcode was filled in and accepted, and the second factor is on", &page)?;
    let secret = server.user(USER).context("alice is gone")?.totp_secret;
    page.close()?;
    Ok(secret)
}

/// Alice signs in anew: user name and password typed, the passcode filled.
fn sign_in_with_passcode(installed: &Installed, server: &StandIn, tell: Tell) -> Result<()> {
    let page = installed.browser.open(&format!("{}/login/acme", server.url(HOST)))?;
    page.call("Network.clearBrowserCookies", json!({}))?;
    page.navigate(&format!("{}/login/acme", server.url(HOST)))?;
    person::sign_in(&page, "alice", PASSWORD)?;
    until("Casdoor asks for the passcode", || person::passcode(&page))?;
    tell("Casdoor asks for the passcode", &page)?;
    fill(installed, &page)?;
    page.wait_for("!location.pathname.startsWith('/login')")?;
    tell("The passcode was filled in, and alice is signed in", &page)?;
    page.close()
}

/// Clicks the row's *Fill* in the popup: the first row is the one that may be filled on this page.
fn fill(installed: &Installed, page: &Page) -> Result<()> {
    let popup = installed.popup(page)?;
    popup.click("[data-row] [data-action=fill]")
}

/// The worker is stopped, and the popup still shows right codes.
fn codes_after_stop(installed: &Installed, page: &Page, secret: &str, tell: Tell) -> Result<()> {
    installed.extension.stop_worker()?;
    let popup = installed.popup(page)?;
    popup.wait_for("document.querySelectorAll('[data-row]').length === 5")?;
    let rows = person::rows(&popup)?;
    for secret in [OWN.secret, PICTURED, secret] {
        ensure!(shows(&rows, secret), "no row shows the code of one of the accounts: {rows:?}");
    }
    tell("The worker was stopped, and the popup shows right codes", &popup)?;
    popup.close()
}

/// Whether a row shows the code that an independent implementation has for this moment, or had two seconds ago.
fn shows(rows: &[Shown], secret: &str) -> bool {
    let now = unix_seconds();
    let right = |second: i64| stand_in::totp::code(secret, second);
    rows.iter().any(|row| [now, now.saturating_sub(2)].iter().any(|second| right(*second).as_ref() == Some(&row.code)))
}

/// Alice's list as the server has stored it.
fn accounts(server: &StandIn) -> Result<Value> {
    Ok(server.user(USER).context("alice is gone")?.mfa_accounts)
}
