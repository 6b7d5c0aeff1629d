//! Hidden codes appear nowhere until their row is hovered or focused.

use super::*;
use e2e::clock::unix_seconds;
use e2e::user;
use serde_json::Value;

/// Returns the names of all nodes in the accessibility tree.
fn accessibility_tree(page: &Page) -> String {
    page.call("Accessibility.getFullAXTree", json!({})).unwrap().to_string()
}

/// Returns the codes of the previous, the current and the next period.
fn codes_around_now() -> Vec<String> {
    let now = unix_seconds();
    [now - 30, now, now + 30].iter().map(|second| mock_casdoor::totp::code(SECRET, *second).unwrap()).collect()
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn assert_no_code(page: &Page, when: &str) {
    let html = page.evaluate("document.documentElement.outerHTML").unwrap();
    for text in [html.as_str().unwrap(), &accessibility_tree(page)] {
        let text = without_spaces(text);
        for code in codes_around_now() {
            assert!(!text.contains(&code), "{when}: {code}");
        }
    }
}

#[test]
fn a_hidden_code_is_neither_in_the_document_nor_in_the_accessibility_tree() {
    let uris = [uri("Acme", "six", ""), uri("Acme", "eight", "&digits=8")];
    let (installed, tab) = with_uris(&uris);
    set(&tab, "hides_codes", true);
    set(&tab, "shows_next", true);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-row].hidden').length === 2").unwrap();
    let shown = "[...document.querySelectorAll('[data-row] .code')].map(code => code.textContent.trim())";
    for colors in ["none", "active"] {
        popup.emulate_media("forced-colors", colors).unwrap();
        assert_no_code(&popup, &format!("forced colors: {colors}"));
        assert_eq!(popup.evaluate(shown).unwrap(), json!(["••• •••", "•••• ••••"]));
    }
    // The dots are text in a visible color.
    let color = "getComputedStyle(document.querySelector('[data-row] .code')).color";
    assert_ne!(popup.evaluate(color).unwrap(), "rgba(0, 0, 0, 0)");

    // The stored first frame, and what `first_frame.js` draws from it, contain no code either.
    popup
        .wait_for("chrome.storage.session.get('first_frame').then(({ first_frame: look }) => look?.includes('eight'))")
        .unwrap();
    let early = installed.browser.open("about:blank#early").unwrap();
    early.call("Network.enable", json!({})).unwrap();
    early.call("Network.setBlockedURLs", json!({ "urls": ["*pages_bg.wasm"] })).unwrap();
    early.navigate(&installed.extension.url(POPUP)).unwrap();
    early.wait_for("document.querySelectorAll('[data-row]').length === 2").unwrap();
    assert_no_code(&early, "first frame");
    assert_eq!(early.evaluate(shown).unwrap(), json!(["••• •••", "•••• ••••"]));
}

#[test]
fn a_hidden_code_appears_on_hover_and_focus_and_is_copied_by_a_click() {
    let (installed, tab) = with_uris(&[uri("Acme", "six", ""), uri("Acme", "other", "")]);
    set(&tab, "hides_codes", true);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-row].hidden').length === 2").unwrap();
    let code =
        |row: usize| format!("document.querySelectorAll('[data-row]')[{row}].querySelector('.code').textContent");
    let digits = |row: usize| format!("/^[0-9]{{3}} [0-9]{{3}}$/.test({}.trim())", code(row));
    let dots = |row: usize| format!("{}.trim() === '••• •••'", code(row));
    popup.wait_for(&format!("{} && {}", dots(0), dots(1))).unwrap();
    popup.press("ArrowDown").unwrap();
    popup.wait_for(&format!("{} && {}", digits(0), dots(1))).unwrap();
    let label = popup.evaluate("document.activeElement.querySelector('[data-label]').textContent").unwrap();
    let spelled: Vec<String> =
        codes_around_now().iter().map(|code| code.chars().map(String::from).collect::<Vec<_>>().join(" ")).collect();
    assert!(spelled.iter().any(|code| label.as_str().unwrap().contains(code)), "{label}");
    popup.press("ArrowDown").unwrap();
    popup.wait_for(&format!("{} && {}", dots(0), digits(1))).unwrap();

    let middle = popup
        .evaluate("(box => [box.x + 60, box.y + 20])(document.querySelector('[data-row]').getBoundingClientRect())")
        .unwrap();
    let point = |x: &Value, y: &Value| json!({ "type": "mouseMoved", "x": x, "y": y });
    popup.call("Input.dispatchMouseEvent", point(&middle[0], &middle[1])).unwrap();
    popup.wait_for(&digits(0)).unwrap();
    popup.call("Input.dispatchMouseEvent", point(&json!(200), &json!(540))).unwrap();
    popup.wait_for(&dots(0)).unwrap();

    popup.close().unwrap();

    let page = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&page).unwrap();
    let pasted = user::copied_code(&popup).unwrap();
    assert!(codes_around_now().iter().any(|code| pasted == code.as_str()), "{pasted}");
}
