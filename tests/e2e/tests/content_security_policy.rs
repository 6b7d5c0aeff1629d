//! The content security policy of the extension's pages: its directives, and that no page violates it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test functions outside of tests")]

use e2e::package::{Installed, OPTIONS, ask, root};
use e2e::page::Page;
use e2e::user;
use serde_json::{Value, json};

/// Collects violations from the start of a document.
const COLLECT: &str = "globalThis.violations = [];
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
        violations.push([effectiveDirective, blockedURI, sourceFile, lineNumber].join(' ')));";

const SECTIONS: [&str; 9] =
    ["accounts", "connect", "sites", "security", "exchange", "appearance", "about", "add", "camera"];

/// Reloads a page, and collects violations from the start of the new document.
fn reload_and_collect(page: &Page) {
    page.call("Page.enable", json!({})).unwrap();
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": COLLECT })).unwrap();
    page.evaluate("location.reload()").unwrap();
    page.wait_for("globalThis.violations && document.body?.hasAttribute('data-ready')").unwrap();
}

fn assert_no_violations(page: &Page, place: &str) {
    let violations = page.evaluate("violations").unwrap();
    assert_eq!(violations, json!([]), "{place}");
}

#[test]
fn the_manifests_policy_allows_only_what_pages_need() {
    let manifest = std::fs::read_to_string(root().join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
    let mut directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    directives.sort_unstable();
    assert_eq!(
        directives,
        [
            "base-uri 'none'",
            "connect-src 'self' https: http: data: blob:",
            "default-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
        ]
    );
}

#[test]
fn every_page_and_section_is_drawn_without_a_violation() {
    let installed = Installed::headless().unwrap();
    let blank = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&blank).unwrap();
    reload_and_collect(&popup);
    user::create_vault(&popup).unwrap();
    for name in ["one", "two"] {
        let form = json!({ "issuer": "Acme", "name": name, "secret": "JBSWY3DPEHPK3PXP" });
        ask(&popup, &json!({ "do": "AddAccount", "form": form })).unwrap();
    }
    reload_and_collect(&popup);
    user::wait_for_screen(&popup, &["list"]).unwrap();
    // The next popup starts with the markup that this popup stores.
    popup.wait_for("chrome.storage.session.get('first_frame').then(({ first_frame: look }) => look)").unwrap();
    let ring = "getComputedStyle(document.querySelector('.ring')).getPropertyValue('--period').trim()";
    assert_eq!(popup.evaluate(ring).unwrap(), "30");
    assert_no_violations(&popup, "the list");
    reload_and_collect(&popup);
    user::wait_for_screen(&popup, &["list"]).unwrap();
    // The stored markup shows the same rows, but has no menus.
    popup.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    let id = popup.evaluate("document.querySelector('[data-row]').dataset.row").unwrap();
    user::choose_for(&popup, id.as_str().unwrap(), "edit").unwrap();
    user::wait_for_screen(&popup, &["edit"]).unwrap();
    assert_no_violations(&popup, "the popup");
    popup.close().unwrap();

    let tab = installed.open(OPTIONS).unwrap();
    reload_and_collect(&tab);
    for section in SECTIONS {
        tab.evaluate(&format!("location.hash = '#{section}'")).unwrap();
        tab.wait_for("document.body.hasAttribute('data-ready') && document.querySelector('main')?.innerText").unwrap();
        assert_no_violations(&tab, section);
    }
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn inline_styles_base_elements_and_form_submissions_are_blocked() {
    let installed = Installed::headless().unwrap();
    let tab = installed.open(OPTIONS).unwrap();
    reload_and_collect(&tab);
    tab.evaluate(
        "document.body.insertAdjacentHTML('beforeend', `<p style='color: red'>x</p><base href='https://evil.example/'>
            <form action='https://evil.example/' id='sent'></form>`)",
    )
    .unwrap();
    tab.evaluate("document.querySelector('#sent').submit()").unwrap();
    for directive in ["style-src-attr", "base-uri", "form-action"] {
        let is_blocked = format!("violations.some((violation) => violation.startsWith('{directive} '))");
        let waited = tab.wait_for(&is_blocked);
        assert!(waited.is_ok(), "{directive}: {}", tab.evaluate("violations").unwrap());
    }
    assert!(tab.evaluate("location.protocol").unwrap() == "chrome-extension:");
}
