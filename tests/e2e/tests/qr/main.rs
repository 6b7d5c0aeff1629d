//! Every way to add an account other than typing, in the real popup and the extension's tabs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, reason = "small numbers of a test")]

mod account_as_qr;
mod camera;
mod context_menu;
mod current_tab;
mod files_and_clipboard;
mod google_export;

use casdoor_authenticator::exchange::qr_svg;
use e2e::browser::Options;
use e2e::other_site::{Answer, serve};
use e2e::package::{Installed, granted, root};
use e2e::page::Page;
use e2e::user;
use std::path::PathBuf;

/// A base32 secret.
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Returns a browser with an empty, unlocked vault in front of a page with this body.
fn with_page(body: &str) -> (Installed, Page) {
    with_page_and_options(body, &Options::default())
}

fn with_page_and_options(body: &str, options: &Options) -> (Installed, Page) {
    let installed = Installed::start(&granted(), options).unwrap();
    let page = installed.browser.open(&site(body)).unwrap();
    let popup = installed.popup(&page).unwrap();
    user::create_vault(&popup).unwrap();
    popup.close().unwrap();
    (installed, page)
}

/// Serves a page with this body.
fn site(body: &str) -> String {
    let page = format!("<!doctype html><meta charset=utf-8><title>A page</title><body style='margin:24px'>{body}");
    serve(vec![Answer { path: "/", kind: "text/html", body: page.into() }]).unwrap()
}

fn uri(name: &str) -> String {
    format!("otpauth://totp/Acme:{name}?secret={SECRET}&issuer=Acme")
}

/// Returns the HTML of a QR code that contains a text, with a width in CSS pixels.
fn code(text: &str, side: u32) -> String {
    let svg = qr_svg(text).unwrap();
    format!("<div style='width:{side}px'>{svg}</div>")
}

/// Returns the names on the result cards.
fn cards(page: &Page) -> Vec<String> {
    let names = "[...document.querySelectorAll('[data-card] b')].map(name => name.textContent)";
    page.wait_for("document.querySelector('[data-card]')").unwrap();
    serde_json::from_value(page.evaluate(names).unwrap()).unwrap()
}

/// Returns the messages above the cards.
fn notices(page: &Page) -> String {
    let texts = "[...document.querySelectorAll('[data-notice]')].map(notice => notice.textContent).join(' ')";
    page.wait_for("document.querySelector('[data-notice]')").unwrap();
    page.evaluate(texts).unwrap().as_str().unwrap().to_owned()
}

/// Returns the path of a fixture.
fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// Saves a screenshot in light and dark for visual review.
fn picture(page: &Page, name: &str) {
    for scheme in ["light", "dark"] {
        page.emulate_media("prefers-color-scheme", scheme).unwrap();
        page.screenshot(&root().join(format!("dist/qr-pictures/{name}-{scheme}.png"))).unwrap();
    }
}
