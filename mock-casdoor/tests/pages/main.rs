//! The mock pages look and behave like the real ones: their outlines are compared line by line with outlines captured
//! from real servers.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers, which must stop the test on failure"
)]

use std::path::{Path, PathBuf};

use e2e::browser::{self, Browser};
use e2e::page::Page;
use mock_casdoor::{MockServer, Options, PASSWORD, Release, totp, web};
use serde_json::json;

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const HOST: &str = "id.acme.test";
/// The first cell of the only form that may be filled.
const CELL: &str = "div#passcode.ant-otp input";

struct Stage {
    server: MockServer,
    browser: Browser,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn stage(release: Release) -> Stage {
    let web = web::build(&root()).expect("the pages can be built");
    let server = MockServer::start(Options { release, web, ..Options::default() }).expect("a free port");
    let browser = Browser::start(&browser::Options::default()).expect("a browser");
    Stage { server, browser }
}

impl Stage {
    fn open(&self, path: &str) -> Page {
        self.browser.open(&format!("{}{path}", self.server.url(HOST))).expect("a page")
    }

    /// Enters a user name and password on a sign-in page and submits them.
    fn sign_in(&self, page: &Page, name: &str) {
        page.wait_for("!!document.querySelector('#input')").unwrap();
        page.fill("#input", name).unwrap();
        page.fill("#normal_login_password", PASSWORD).unwrap();
        page.click("button[type=submit]").unwrap();
    }

    /// Opens a page that asks for alice's second factor; she has all five.
    fn second_factor(&self, path: &str, marker: &str) -> Page {
        let page = self.open(path);
        self.sign_in(&page, "alice");
        page.wait_for(&format!("!!document.querySelector({marker:?})")).unwrap();
        page
    }

    fn enroll_alice(&self, others: bool) {
        self.server.enroll("acme/alice", SECRET, "11111111-2222-4333-8444-555555555555");
        for kind in ["email", "sms", "radius", "push"].into_iter().filter(|_| others) {
            self.server.enroll_other("acme/alice", kind, "22222222-2222-4333-8444-555555555555");
        }
    }

    /// Signs a user in and opens the second step of the enrollment page.
    fn enrollment(&self, name: &str) -> Page {
        let page = self.open("/login/acme");
        self.sign_in(&page, name);
        page.wait_for("location.pathname === '/' && document.body.innerText.includes('Signed in as')").unwrap();
        page.navigate(&format!("{}/mfa/setup?mfaType=app", self.server.url(HOST))).unwrap();
        page.wait_for("!!document.querySelector('#password')").unwrap();
        page
    }

    fn code(&self) -> String {
        totp::code(SECRET, self.server.now()).unwrap()
    }

    fn logins(&self) -> usize {
        self.server.requests().iter().filter(|line| line.path == "/api/login").count()
    }
}

/// Fills six digits into the cells as a content script does.
fn fill_cells(page: &Page, code: &str) {
    let script = format!(
        "{{ const cell = document.querySelector({CELL:?}); cell.value = {code:?}; cell.dispatchEvent(new Event('input', {{bubbles: true}})); }}"
    );
    page.evaluate(&script).unwrap();
}

fn wait_for_message(page: &Page, text: &str) {
    page.wait_for(&format!("!!document.querySelector('.ant-message')?.textContent.includes({text:?})")).unwrap();
}

/// Replaces values that differ from run to run with placeholders.
fn without_varying_values(outline: &str) -> String {
    let blank = |line: &str| {
        let mut line = line.trim_end().to_owned();
        for (before, after) in [("#:r", ":"), ("value=\"eyJ", "\"")] {
            if let Some((head, tail)) = line.clone().split_once(before)
                && let Some((_, rest)) = tail.split_once(after)
            {
                line = format!("{head}{before}…{after}{rest}");
            }
        }
        line
    };
    let is_secret = |line: &str| {
        let value = line.split("value=\"").nth(1).unwrap_or_default();
        value.len() >= 33
            && value.bytes().take(32).all(|sign| sign.is_ascii_uppercase() || (b'2'..=b'7').contains(&sign))
    };
    let is_recovery_code = |line: &str| line.trim_start().starts_with("code  «");
    let normal_line = |line: &str| match (is_secret(line), is_recovery_code(line)) {
        (true, _) => line.split("value=\"").next().unwrap_or_default().to_owned() + "value=…]",
        (_, true) => line.split('«').next().unwrap_or_default().to_owned() + "«…»",
        _ => blank(line),
    };
    outline.lines().map(normal_line).collect::<Vec<_>>().join("\n")
}

/// Compares a page with the captured outline, waiting until it has finished rendering.
fn assert_outline(page: &Page, name: &str) {
    let file = root().join(format!("tests/fixtures/casdoor/pages/{name}.txt"));
    let captured = std::fs::read_to_string(file).expect("the outline exists");
    let (_, captured) = captured.split_once("\n\n").expect("a header and an outline");
    let selector = captured.lines().next().unwrap_or_default().trim();
    let expected = without_varying_values(captured);
    let ask = format!("(() => {{ {}\nreturn outline({selector:?}); }})()", include_str!("outline.js"));
    let actual = || without_varying_values(page.evaluate(&ask).unwrap().as_str().unwrap_or_default());
    let mut seen = actual();
    for _ in 0..40 {
        if seen == expected {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        seen = actual();
    }
    let pairs = expected.lines().zip(seen.lines());
    let first = pairs.clone().position(|(wanted, found)| wanted != found);
    panic!("{name}: differs from line {first:?} on\n{:?}\n{seen}", first.and_then(|at| pairs.clone().nth(at)));
}

#[test]
fn the_sign_in_page_matches_the_real_one() {
    let stage = stage(Release::V3_158);
    let page = stage.open("/login/acme");
    page.wait_for("!!document.querySelector('#input')").unwrap();
    assert_outline(&page, "login");
    assert_eq!(page.evaluate("document.title").unwrap(), json!("Acme Works"));
}

#[test]
fn every_second_factor_form_matches_the_real_one() {
    let stage = stage(Release::V3_158);
    stage.enroll_alice(true);
    for (kind, marker) in [
        ("app", CELL),
        ("sms", ".verification-code-input"),
        ("email", ".verification-code-input"),
        ("radius", "input#passcode"),
        ("push", "input#passcode"),
    ] {
        stage.server.set_preferred_factor("acme/alice", kind);
        let page = stage.second_factor("/login/acme", marker);
        assert_outline(&page, &format!("mfa-{kind}"));
        page.close().unwrap();
    }
    stage.server.set_preferred_factor("acme/alice", "app");
    let asked = "/login/oauth/authorize?client_id=acme-client&response_type=code&redirect_uri=https%3A%2F%2Frp.example%2Fcallback&scope=openid&state=x";
    assert_outline(&stage.second_factor(asked, CELL), "mfa-app-authorize");
    let page = stage.second_factor("/login/acme", CELL);
    page.evaluate("[...document.querySelectorAll('a')].find(a => a.textContent === 'Use a recovery code').click()")
        .unwrap();
    page.wait_for("!!document.querySelector('input[type=passcode]')").unwrap();
    assert_outline(&page, "mfa-recovery");
}

#[test]
fn the_passcode_form_has_the_captured_languages() {
    let stage = stage(Release::V3_158);
    stage.enroll_alice(true);
    for (language, theme) in [("de", "light"), ("zh", "dark"), ("ar", "light")] {
        let page = stage.second_factor(&format!("/login/acme?language={language}&theme={theme}"), CELL);
        assert_outline(&page, &format!("mfa-app-{language}"));
    }
}

#[test]
fn enrollment_matches_the_real_pages_and_stores_nothing_before_the_end() {
    let stage = stage(Release::V3_158);
    stage.server.set_field("acme/bob", "displayName", json!("Bobby"));
    let page = stage.enrollment("bob");
    assert_outline(&page, "setup-1-password");
    page.fill("#password", PASSWORD).unwrap();
    page.click("button[type=submit]").unwrap();
    page.wait_for("!!document.querySelector('.ant-qrcode canvas')").unwrap();
    assert_outline(&page, "setup-2-verify");
    let secret = page.evaluate("document.querySelector('.ant-space input').value").unwrap();
    let secret = secret.as_str().unwrap();
    fill_cells(&page, &totp::code(secret, stage.server.now()).unwrap());
    page.wait_for("!!document.querySelector('code')").unwrap();
    assert_outline(&page, "setup-3-enable");
    assert_eq!(stage.server.user("acme/bob").unwrap().totp_secret, "");
    let recovery = page.text("code").unwrap();
    page.click("code + button").unwrap();
    page.wait_for("location.pathname === '/account'").unwrap();
    let bob = stage.server.user("acme/bob").unwrap();
    assert_eq!((bob.totp_secret.as_str(), bob.preferred_mfa_type.as_str()), (secret, "app"));
    assert_eq!(bob.recovery_codes, [recovery]);
}

#[test]
fn the_cells_submit_automatically_and_only_once_per_code() {
    let stage = stage(Release::V3_158);
    stage.enroll_alice(false);
    let page = stage.second_factor("/login/acme", CELL);
    fill_cells(&page, "000000");
    wait_for_message(&page, "totp passcode error");
    assert_eq!(stage.logins(), 2);
    let cells = "[...document.querySelectorAll('div#passcode.ant-otp input')].map(cell => cell.value).join('')";
    assert_eq!(page.evaluate(cells).unwrap(), json!("000000"), "a wrong code is not cleared");
    fill_cells(&page, "000000");
    page.evaluate("new Promise(done => setTimeout(done, 500))").unwrap();
    assert_eq!(stage.logins(), 2, "the same code is not sent again");
    fill_cells(&page, &stage.code());
    page.wait_for("document.body.innerText.includes('Signed in as')").unwrap();
    assert_eq!(stage.logins(), 3);
    let requests = stage.server.requests();
    let login = requests.iter().rfind(|line| line.path == "/api/login").unwrap();
    let origin = stage.server.url(HOST);
    assert_eq!((login.origin.as_deref(), login.has_cookie, login.has_bearer), (Some(origin.as_str()), true, false));
}

#[test]
fn an_authorization_ends_at_the_redirect_uri_with_code_and_state() {
    let stage = stage(Release::V3_158);
    let landing = format!("http://127.0.0.1:{}/static/favicon.svg", stage.server.port());
    let asked = format!(
        "/login/oauth/authorize?client_id=acme-client&response_type=code&redirect_uri={landing}&scope=openid&state=s-1"
    );
    let landed = "location.pathname === '/static/favicon.svg' && location.search";
    let check = |page: &Page| {
        let search = page.wait_for(landed).unwrap();
        let search = search.as_str().unwrap();
        assert!(search.starts_with("?code=") && search.ends_with("&state=s-1"), "{search}");
    };
    let page = stage.open(&asked);
    stage.sign_in(&page, "bob");
    check(&page);
    // A signed-in browser continues with one click, or without a click if the request or the application says so.
    let page = stage.open("/login/acme");
    stage.sign_in(&page, "bob");
    page.wait_for("document.body.innerText.includes('Signed in as')").unwrap();
    let page = stage.open(&asked);
    page.wait_for("document.body.innerText.includes('Continue with :')").unwrap();
    page.click(".login-form button[type=button]").unwrap();
    check(&page);
    check(&stage.open(&format!("{asked}&silentSignin=1")));
    stage.server.set_auto_signin("app-acme", true);
    check(&stage.open(&asked));
    let page = stage.open(
        "/login/oauth/authorize?client_id=acme-client&response_type=code&redirect_uri=https://evil.example/&state=x",
    );
    page.wait_for("!!document.querySelector('.ant-result-error')?.textContent.includes('evil.example')").unwrap();
}

#[test]
fn the_account_page_shows_how_to_connect_a_device() {
    let stage = stage(Release::V3_158);
    stage.server.set_mfa_accounts(
        "acme/bob",
        json!([{"accountName": "root", "issuer": "Box", "secretKey": "JBSWY3DPEHPK3PXP", "origin": ""}]),
    );
    let page = stage.enrollment("bob");
    page.navigate(&format!("{}/account", stage.server.url(HOST))).unwrap();
    let press = |name: &str| {
        let find = format!("[...document.querySelectorAll('button')].find(button => button.textContent === {name:?})");
        page.wait_for(&format!("!!{find}")).unwrap();
        page.evaluate(&format!("{find}.focus(); {find}.click()")).unwrap();
    };
    press("QR Code");
    page.wait_for("!!document.querySelector('.ant-popover canvas')").unwrap();
    assert_outline(&page, "account-qr-popover");
    page.evaluate("document.activeElement.blur()").unwrap();
    page.wait_for("!!document.querySelector('.ant-popover-hidden')").unwrap();
    press("URL");
    let text = "[...document.querySelectorAll('.ant-popover')].map(one => one.textContent).find(text => text.includes('casdoor-authenticator://'))";
    let url = page.wait_for(text).unwrap();
    let prefix = format!("casdoor-authenticator://login?serverUrl={}&accessToken=eyJ", stage.server.url(HOST));
    assert!(url.as_str().unwrap().starts_with(&prefix), "{url}");
    press("Save");
    wait_for_message(&page, "Successfully saved");
    let save = stage.server.requests();
    let save = save.iter().rfind(|line| line.path == "/api/update-user").unwrap();
    assert_eq!(save.columns, None, "the page writes the complete user");
}

#[test]
fn the_oldest_pages_have_one_field_and_a_button() {
    let stage = stage(Release::V1_783);
    stage.enroll_alice(false);
    let page = stage.second_factor("/login/acme", "input#passcode");
    assert_outline(&page, "v1.783.0/mfa-app");
    page.fill("#passcode", &stage.code()).unwrap();
    page.evaluate("new Promise(done => setTimeout(done, 300))").unwrap();
    assert_eq!(stage.logins(), 1);
    page.click("button[type=submit]").unwrap();
    page.wait_for("document.body.innerText.includes('Signed in as')").unwrap();
    let page = stage.enrollment("bob");
    page.fill("#password", PASSWORD).unwrap();
    page.click("button[type=submit]").unwrap();
    page.wait_for("!!document.querySelector('.ant-qrcode canvas')").unwrap();
    assert_outline(&page, "v1.783.0/setup-2-verify");
}

#[test]
fn earlier_pages_have_six_unlabeled_cells() {
    let stage = stage(Release::V2_211);
    stage.enroll_alice(false);
    let page = stage.second_factor("/login/acme", CELL);
    assert_outline(&page, "v2.211.0/mfa-app");
    fill_cells(&page, &stage.code());
    page.wait_for("document.body.innerText.includes('Signed in as')").unwrap();
    let page = stage.enrollment("bob");
    page.fill("#password", PASSWORD).unwrap();
    page.click("button[type=submit]").unwrap();
    page.wait_for("!!document.querySelector('.ant-qrcode canvas')").unwrap();
    assert_outline(&page, "v2.211.0/setup-2-verify");
}
