//! The context menu and the shortcut. They cannot be triggered in a headless browser, which all but one of these tests
//! use. Instead, the tests click the icon, which grants the same access, and dispatch the browser's events in the
//! worker.

use super::{cards, code, notices, site, uri, with_page};
use e2e::browser::Options;
use e2e::display::Display;
use e2e::package::{Installed, POPUP, shipped};
use e2e::page::Page;
use e2e::user;
use serde_json::{Value, json};

/// Grants access to the tab, as the context menu would.
fn grant_access(installed: &Installed, page: &Page) {
    installed.popup(page).unwrap().close().unwrap();
}

fn worker(installed: &Installed) -> Page {
    installed.open("manifest.json").unwrap().close().unwrap();
    installed.extension.worker("typeof chrome.contextMenus === 'object'").unwrap()
}

/// Triggers an entry of the menu and returns the popup that opens.
pub(super) fn choose(installed: &Installed, page: &Page, info: &Value) -> Page {
    grant_access(installed, page);
    let worker = worker(installed);
    page.activate().unwrap();
    let event = format!(
        "chrome.tabs.query({{ active: true, lastFocusedWindow: true }}).then(([tab]) =>
            chrome.contextMenus.onClicked.dispatch({info}, tab))"
    );
    worker.evaluate(&event).unwrap();
    installed.browser.wait_for_page(&installed.extension.url(POPUP)).unwrap()
}

#[test]
fn the_menu_scans_a_page_an_image_a_link_and_selected_text() {
    let small = code(&uri("image"), 200).replace("<div", "<div id=drawn");
    let body = format!(
        "{}<img id=picture><script>
            const svg = new DOMParser().parseFromString(`{small}`, 'text/html').querySelector('svg').outerHTML;
            document.querySelector('#picture').width = 200;
            document.querySelector('#picture').src = 'data:image/svg+xml,' + encodeURIComponent(svg);
        </script>",
        code(&uri("page"), 200)
    );
    let (installed, page) = with_page(&body);
    page.wait_for("document.querySelector('#picture').naturalWidth > 0").unwrap();
    let popup = choose(&installed, &page, &json!({ "menuItemId": "menu_scan_page", "pageUrl": "" }));
    assert_eq!(cards(&popup).len(), 2);
    popup.close().unwrap();

    let source = page.evaluate("document.querySelector('#picture').src").unwrap();
    let popup = choose(&installed, &page, &json!({ "menuItemId": "menu_read_image", "srcUrl": source, "frameId": 0 }));
    assert_eq!(cards(&popup), ["Acme · image"]);
    popup.close().unwrap();

    let popup = choose(&installed, &page, &json!({ "menuItemId": "menu_add_link", "linkUrl": uri("link") }));
    assert_eq!(cards(&popup), ["Acme · link"]);
    assert!(popup.text("[data-card] [data-site]").unwrap().contains("shop.acme.test"));
    popup.close().unwrap();

    let selected = json!({ "menuItemId": "menu_add_selection", "selectionText": " JBSW Y3DP EHPK 3PXP " });
    let popup = choose(&installed, &page, &selected);
    assert_eq!(cards(&popup).len(), 1);
    popup.close().unwrap();

    let popup =
        choose(&installed, &page, &json!({ "menuItemId": "menu_read_image", "srcUrl": "data:,", "frameId": 0 }));
    assert!(notices(&popup).contains("in this image"));
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_shortcut_scans_immediately_or_after_unlocking() {
    let (installed, page) = with_page(&code(&uri("page"), 200));
    for locked in [false, true] {
        let popup = installed.popup(&page).unwrap();
        if locked {
            user::lock(&popup).unwrap();
        }
        popup.close().unwrap();
        let worker = worker(&installed);
        page.activate().unwrap();
        worker.evaluate("chrome.commands.onCommand.dispatch('scan')").unwrap();
        let popup = installed.browser.wait_for_page(&installed.extension.url(POPUP)).unwrap();
        if locked {
            user::try_password(&popup, user::VAULT_PASSWORD).unwrap();
        }
        assert_eq!(cards(&popup), ["Acme · page"]);
        // The scan runs only once, so the next popup shows the list again.
        popup.close().unwrap();
        let popup = installed.popup(&page).unwrap();
        user::wait_for_screen(&popup, &["empty"]).unwrap();
        popup.close().unwrap();
    }
}

#[test]
fn the_menu_has_every_entry() {
    let (installed, _page) = with_page("");
    let worker = worker(&installed);
    // The browser can't list a menu, but it rejects an entry whose id exists.
    for id in ["menu_fill", "menu_scan_page", "menu_read_image", "menu_add_link", "menu_add_selection"] {
        let error = worker
            .evaluate(&format!(
                "new Promise(done => chrome.contextMenus.create({{ id: {id:?}, title: 'x', contexts: ['page'] }},
                    () => done(chrome.runtime.lastError?.message ?? '')))"
            ))
            .unwrap();
        assert!(error.as_str().unwrap().contains("duplicate"), "{id}: {error}");
    }
}

#[test]
fn on_a_display_the_release_build_handles_a_right_click_and_the_shortcut() {
    let display = Display::start().unwrap();
    let installed = Installed::start(&shipped(), &Options { display: Some(&display), ..Options::default() }).unwrap();
    let link = format!("<a style='display:block;height:300px;background:#eee' href='{}'>Add me</a>", uri("link"));
    let page = installed.browser.open(&site(&format!("{}{link}", code(&uri("page"), 200)))).unwrap();
    page.activate().unwrap();
    let at = |path: &str| installed.browser.page_at(&installed.extension.url(path));
    let popup = display.press_until("ctrl+shift+y", || at(POPUP)).unwrap();
    user::create_vault(&popup).unwrap();
    popup.close().unwrap();

    page.evaluate("document.addEventListener('contextmenu', () => { globalThis.asked = true; })").unwrap();
    let popup = (0..6).find_map(|_| right_click_and_choose(&display, &page, || at(POPUP).unwrap())).unwrap();
    assert_eq!(cards(&popup), ["Acme · link"]);
    popup.close().unwrap();

    page.activate().unwrap();
    let popup = display.press_until("alt+shift+s", || at(POPUP)).unwrap();
    assert_eq!(cards(&popup), ["Acme · page"]);
}

/// Opens the real menu, chooses the entry above the browser's own last one, and returns the popup if it opens. A menu
/// that has not appeared ignores the keys, so the caller repeats it.
fn right_click_and_choose(display: &Display, page: &Page, popup: impl Fn() -> Option<Page>) -> Option<Page> {
    page.evaluate("globalThis.asked = false").unwrap();
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({ "type": kind, "x": 200, "y": 400, "button": "right", "clickCount": 1 });
        page.call("Input.dispatchMouseEvent", event).unwrap();
    }
    page.wait_for("globalThis.asked").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    display.press(&["Up", "Up", "Return"]).unwrap();
    for _ in 0..50 {
        if let Some(opened) = popup() {
            return Some(opened);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    display.press(&["Escape"]).unwrap();
    None
}
