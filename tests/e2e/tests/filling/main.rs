//! The content scripts on Casdoor's pages, in a real browser. The mock server's pages use the components of three
//! Casdoor versions, and the library makes the decisions.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]
#![allow(clippy::disallowed_methods, reason = "a native test may read the clock")]

mod concealment;
mod confirmation;
mod enrolled_user;
mod enrollment;
mod first_use;
mod frames;
mod hostile_pages;
mod languages;
mod measured;
mod passcode_form;
mod recovery_codes;
mod sign_in_flows;
mod sign_in_trust;
mod test_worker;

use casdoor_authenticator::autofill::{PageReply, PageRequest, Shape};
use casdoor_authenticator::vault::{Account, Connection, Site, Vault};
use e2e::browser::{Browser, Options};
use e2e::devtools::until;
use e2e::display::Display;
use e2e::extension::Extension;
use e2e::page::Page;
use e2e::user;
use mock_casdoor::{MockServer, PASSWORD, Release};
use serde_json::json;
use std::time::Duration;
use test_worker::{Clock, TestWorker, WorkerState, root};

const HOST: &str = "id.acme.test";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const CELLS: &str = "div#passcode.ant-otp input";
const SINGLE: &str = "input#passcode";

/// A server with alice's second factor, a browser with the content scripts, and the test's worker.
struct Scene {
    server: MockServer,
    worker: TestWorker,
    browser: Browser,
    extension: Extension,
}

impl Scene {
    /// Creates a vault that is connected to the server. Alice's account is bound to its origin, and is filled there
    /// automatically.
    fn new(release: Release) -> Self {
        Self::on(release, None)
    }

    /// Does the same with a browser on a display; `None` means a headless one.
    fn on(release: Release, display: Option<&Display>) -> Self {
        let server = MockServer::start(mock_casdoor::Options {
            release,
            web: mock_casdoor::web::build(&root()).unwrap(),
            ..Default::default()
        });
        let server = server.unwrap();
        server.enroll("acme/alice", SECRET, "00000000-0000-4000-8000-000000000000");
        let origin = server.url(HOST);
        let worker = TestWorker::open(vault(&origin));
        let options = Options { display, secure_origin: Some(&origin), ..Options::default() };
        let browser = Browser::start(&options).unwrap();
        let extension = browser.load(worker.extension()).unwrap();
        extension.worker("self.isReady === true").unwrap();
        Self { server, worker, browser, extension }
    }

    fn origin(&self) -> String {
        self.server.url(HOST)
    }

    /// Turns off automatic filling, so that codes are only offered.
    fn offering(self) -> Self {
        self.worker.state().vault.as_mut().unwrap().connections[0].fills_automatically = false;
        self
    }

    fn open(&self, path: &str) -> Page {
        let page = self.browser.open(&format!("{}{path}", self.origin())).unwrap();
        page.activate().unwrap();
        page
    }

    /// Opens the sign-in page and signs in like a user, up to the second factor.
    fn sign_in(&self, user: &str) -> Page {
        let page = self.open("/login/acme");
        submit_password(&page, user);
        page
    }

    /// Waits until a condition on the worker's records is met.
    fn wait<T>(&self, what: &str, find: impl Fn(&WorkerState) -> Option<T>) -> T {
        until(what, || Ok(find(&self.worker.state()))).unwrap()
    }

    /// Waits until the worker has sent a reply that meets a condition.
    fn wait_for_reply(&self, what: &str, is_expected: impl Fn(&PageReply) -> bool) {
        self.wait(what, |state| state.talk.iter().any(|(_, reply)| is_expected(reply)).then_some(()));
    }

    /// Returns how many passcodes the server received.
    fn passcodes(&self) -> usize {
        let posts =
            self.server.requests().into_iter().filter(|line| line.method == "POST" && line.path == "/api/login");
        posts.count().saturating_sub(1)
    }

    /// Presses Enter on the chip's button until the press counts. Before each press, the focus rests on the button.
    fn press_enter(&self, page: &Page) {
        until("the press counts", || {
            rest(page);
            page.press("Enter")?;
            std::thread::sleep(Duration::from_millis(200));
            Ok((self.picks() > 0).then_some(()))
        })
        .unwrap();
    }

    fn picks(&self) -> usize {
        self.worker.state().count(|request| matches!(request, PageRequest::Pick { .. }))
    }
}

fn submit_password(page: &Page, user: &str) {
    page.fill("#input", user).unwrap();
    page.fill("#normal_login_password", PASSWORD).unwrap();
    page.click("#normal_login button[type=submit]").unwrap();
}

/// How long the pointer rests where a page tries to conceal the chip. This is longer than the chip requires, because
/// the machine may be busy.
const REST: Duration = Duration::from_millis(900);

/// Waits with the pointer or the focus on the chip until a press counts.
fn rest(page: &Page) {
    user::rest_on_chip(page).unwrap();
}

/// Clicks the chip like a user, who first rests the pointer on it.
fn click_chip(page: &Page) {
    click_button(page, 0, 1);
}

/// Clicks a button of the chip by its number, where all `count` buttons have the same height.
fn click_button(page: &Page, number: u32, count: u32) {
    page.wait_for("document.querySelector('casdoor-authenticator')").unwrap();
    page.evaluate("document.querySelector('casdoor-authenticator-space').scrollIntoView({ block: 'center' })").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let at = center_of_button(page, number, count);
    mouse(page, "mouseMoved", at);
    rest(page);
    press_at(page, at);
}

/// Returns the center of a button of the chip by its number, where all `count` buttons have the same height.
fn center_of_button(page: &Page, number: u32, count: u32) -> (f64, f64) {
    let place = page
        .evaluate(&format!(
            "(() => {{ const {{ x, y, width, height }} = document.querySelector('casdoor-authenticator').getBoundingClientRect();
             return [x + width / 2, y + height * ({number} + .5) / {count}]; }})()"
        ))
        .unwrap();
    (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
}

fn press_at(page: &Page, at: (f64, f64)) {
    for kind in ["mousePressed", "mouseReleased"] {
        mouse(page, kind, at);
    }
}

fn mouse(page: &Page, kind: &str, (x, y): (f64, f64)) {
    let (button, count) = if kind == "mouseMoved" { ("none", 0) } else { ("left", 1) };
    let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
    page.call("Input.dispatchMouseEvent", event).unwrap();
}

/// Waits until the server has signed the user in and the sign-in page is gone.
fn wait_until_signed_in(page: &Page) {
    page.wait_for("location.pathname !== '/login/acme'").unwrap();
}

fn account(uri: &str, origin: &str) -> Account {
    let mut account = Account::new(uri.parse().unwrap(), 0, &mut Clock(u64::try_from(uri.len()).unwrap()));
    account.sites.push(Site::Origin(origin.into()));
    account
}

fn vault(origin: &str) -> Vault {
    let connection: Connection = serde_json::from_value(json!({
        "id": "00000000-0000-4000-8000-000000000001", "server": origin, "owner": "acme", "name": "alice",
        "user_id": "1", "display_name": "Alice", "fills_by_itself": true,
    }))
    .unwrap();
    let uri = format!("otpauth://totp/Acme%20Works:acme/alice?secret={SECRET}&issuer=Acme%20Works");
    Vault { accounts: vec![account(&uri, origin)], connections: vec![connection], ..Vault::default() }
}
