//! Rows: names, codes, marks, and windows of any height.

use super::*;

#[test]
fn low_windows_have_one_scrollbar_and_no_cut_row() {
    let uris: Vec<String> = (0..20).map(|at| uri(&format!("Service {at}"), "alice", "")).collect();
    let (installed, _tab) = with_uris(&uris);
    for height in [560, 520, 460, 400] {
        let popup = popup_tab(&installed, (400, height));
        popup.wait_for("document.body.hasAttribute('data-ready')").unwrap();
        popup
            .wait_for(
                "document.documentElement.scrollHeight === innerHeight
                    && document.documentElement.clientWidth === innerWidth
                    && document.body.scrollHeight <= innerHeight",
            )
            .unwrap_or_else(|error| panic!("{height}: {error}"));
        let cut = "document.querySelector('.scroller').getBoundingClientRect().bottom - innerHeight";
        assert_eq!(popup.evaluate(cut).unwrap().as_f64(), Some(0.0), "{height}");
        // The last row is fully visible when the list is scrolled to its end.
        popup.press("ArrowDown").unwrap();
        popup.wait_for("document.activeElement.closest('[data-row]')").unwrap();
        popup.press("End").unwrap();
        popup
            .wait_for(
                "(row => row?.textContent.includes('Service 19') && row.getBoundingClientRect().bottom <= innerHeight)(
                    document.activeElement.closest('[data-row]'))",
            )
            .unwrap_or_else(|error| panic!("{height}: {error}"));
        popup.close().unwrap();
    }
}

#[test]
fn the_popup_keeps_its_size_once_it_is_drawn() {
    let uris: Vec<String> = (0..20).map(|at| uri(&format!("Service {at}"), "alice", "")).collect();
    let (installed, _tab) = with_uris(&uris);
    let page = installed.browser.open("about:blank#page").unwrap();
    // The screen of a headless browser is too low for the popup's whole height.
    let popup = installed.popup(&page).unwrap();
    popup.wait_for("document.documentElement.classList.contains('low')").unwrap();
    let changes = "new Promise(done => {
        let changes = 0;
        addEventListener('resize', () => changes++);
        setTimeout(() => done(changes), 600);
    })";
    popup.evaluate("new Promise(done => setTimeout(done, 300))").unwrap();
    assert_eq!(popup.evaluate(changes).unwrap(), 0);
}

/// Uses a font with the widths of common system fonts. The default font of test machines is a quarter wider.
fn use_common_font(page: &Page) {
    page.evaluate("void (document.body.style.fontFamily = 'Arial, Liberation Sans, sans-serif')").unwrap();
}

/// Marks every row that the worker sends to this page.
const MARK_ROWS: &str = "if (globalThis.chrome?.runtime) {
    const send = chrome.runtime.sendMessage.bind(chrome.runtime);
    chrome.runtime.sendMessage = async (message) => {
        const reply = await send(message);
        for (const row of reply?.Ok?.account_list?.rows ?? []) row.marks = ['unconfirmed'];
        return reply;
    };
}";

#[test]
fn a_mark_leaves_service_and_account_readable() {
    let (installed, _first) = with_uris(&[uri("Acme Works", "alexandra.meier@acme.test", "")]);
    let tab = installed.browser.open("about:blank#marked").unwrap();
    tab.call("Page.enable", json!({})).unwrap();
    tab.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": MARK_ROWS })).unwrap();
    let metrics = json!({ "width": 400, "height": 560, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
    tab.navigate(&installed.extension.url(POPUP)).unwrap();
    tab.wait_for("document.querySelector('[data-mark=unconfirmed]')").unwrap();
    use_common_font(&tab);
    let lines = "[...document.querySelectorAll('[data-row] .who > *')].map(line => line.textContent)";
    assert_eq!(tab.evaluate(lines).unwrap(), json!(["Acme Works", "alexandra.meier@acme.test"]));
    let cut = "[...document.querySelectorAll('[data-row] .who > *')].filter(line => line.scrollWidth > line.clientWidth).length";
    assert_eq!(tab.evaluate(cut).unwrap(), 0);
    let overlap = "(mark => [...document.querySelectorAll('[data-row] .who > *')].some(line =>
        line.getBoundingClientRect().bottom > mark.getBoundingClientRect().top + 4))(document.querySelector('[data-mark]'))";
    assert_eq!(tab.evaluate(overlap).unwrap(), false);
}

#[test]
fn names_are_readable_next_to_large_codes() {
    let names = [("Amazon Web Services", "root"), ("Acme", "alexandra.meier@acme.tst"), ("GitHub", "alice")];
    let mut uris: Vec<String> = names.iter().map(|(issuer, name)| uri(issuer, name, "")).collect();
    uris.push(uri("Other", "eve", "&digits=8"));
    let (installed, _first) = with_uris(&uris);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-row]').length === 4").unwrap();
    use_common_font(&popup);
    let cut = "[...document.querySelectorAll('[data-row] .who > *')]
        .filter(line => line.scrollWidth > line.clientWidth).map(line => line.textContent)";
    assert_eq!(popup.evaluate(cut).unwrap(), json!([]));
    let size = "getComputedStyle(document.querySelector('[data-row] .code')).fontSize";
    assert_eq!(popup.evaluate(size).unwrap(), "24px");
    // Copying keeps the name and replaces the code.
    popup.click("[data-row] [data-action=copy]").unwrap();
    let copied = "(row => row && [row.querySelector('.who').innerText.includes('Amazon Web Services'),
        row.querySelector('.copied')?.checkVisibility({ visibilityProperty: true }),
        row.querySelector('.code').checkVisibility({ visibilityProperty: true })])(document.querySelector('[data-copied]'))";
    assert_eq!(popup.wait_for(copied).unwrap(), json!([true, true, false]));
}
