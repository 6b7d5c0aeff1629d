//! The popup's first frame, which a script draws before the wasm has started, can be clicked.

#![allow(clippy::unwrap_used, reason = "test functions outside #[test]")]

use e2e::package::Installed;
use e2e::page::Page;
use e2e::user::{self, Typed};
use serde_json::json;

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Makes a document wait with its wasm until `startWasm()` is called.
const HOLD_WASM: &str = "{
    const start = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...source) => {
        await new Promise(done => { globalThis.startWasm = done; });
        return start.call(WebAssembly, ...source);
    };
}";

/// Opens the popup's document in a tab, which stays at its first frame.
fn first_frame() -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    user::create_vault(&popup).unwrap();
    for issuer in ["Acme", "Other"] {
        user::add(&popup, &Typed { issuer, name: "alice", secret: SECRET }).unwrap();
    }
    popup
        .wait_for("chrome.storage.session.get('first_frame').then(read => read.first_frame?.includes('Other'))")
        .unwrap();
    popup.close().unwrap();
    let tab = installed.open("manifest.json").unwrap();
    tab.call("Page.enable", json!({})).unwrap();
    tab.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HOLD_WASM })).unwrap();
    tab.navigate(&installed.extension.url("popup.html")).unwrap();
    tab.wait_for("globalThis.startWasm && document.querySelector('[data-row] [data-code]')?.textContent.trim()")
        .unwrap();
    (installed, tab)
}

/// Lets the wasm start.
fn start_wasm(tab: &Page) {
    assert_eq!(
        tab.evaluate("document.body.hasAttribute('data-ready')").unwrap(),
        json!(false),
        "the wasm did not wait"
    );
    tab.evaluate("startWasm(); true").unwrap();
    tab.wait_for("document.body.hasAttribute('data-ready')").unwrap();
}

#[test]
fn a_click_on_a_row_copies_its_code_before_the_wasm_has_started() {
    let (_installed, tab) = first_frame();
    let code = tab.text("[data-row] .code").unwrap().replace(' ', "");
    tab.click("[data-row] [data-action=copy]").unwrap();
    tab.click("[data-field=search]").unwrap();
    tab.paste().unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-field=search]').value").unwrap(), json!(code));
    start_wasm(&tab);
    tab.wait_for("document.querySelector('[data-row][data-copied] .copied')").unwrap();
}

#[test]
fn a_click_on_a_menu_opens_it_once_the_wasm_has_started() {
    let (_installed, tab) = first_frame();
    let second = tab.evaluate("document.querySelectorAll('[data-row]')[1].dataset.row").unwrap();
    tab.click(&format!("[data-row='{}'] [data-action=row-menu]", second.as_str().unwrap())).unwrap();
    start_wasm(&tab);
    tab.wait_for("document.querySelector('[data-menu] [data-action=edit]')").unwrap();
    tab.press("Escape").unwrap();
    // The click was repeated once, and later clicks are handled by the live list only.
    tab.wait_for("!document.querySelector('[data-menu]')").unwrap();
    tab.click("[data-action=menu]").unwrap();
    tab.wait_for("document.querySelector('[data-menu] [data-action=lock]')").unwrap();
    assert_eq!(tab.evaluate("document.querySelectorAll('[data-menu]').length").unwrap(), json!(1));
}

#[test]
fn a_press_that_ends_in_the_live_list_counts() {
    let (_installed, tab) = first_frame();
    let place = tab
        .evaluate(
            "(({ x, y, width, height }) => [x + width / 4, y + height / 2])(
                document.querySelector('[data-row] [data-action=copy]').getBoundingClientRect())",
        )
        .unwrap();
    let mouse = |kind: &str| {
        let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
        tab.call("Input.dispatchMouseEvent", event).unwrap();
    };
    mouse("mousePressed");
    start_wasm(&tab);
    mouse("mouseReleased");
    tab.wait_for("document.querySelector('[data-row][data-copied] .copied')").unwrap();
}
