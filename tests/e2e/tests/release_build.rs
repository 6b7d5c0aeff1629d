//! The release build on a display, with the browser's own permission prompt, shortcut and sign-in window.

use e2e::browser::Options;
use e2e::display::Display;
use e2e::package::{Installed, OPTIONS, POPUP, shipped};
use e2e::server::{HOST, Server};
use e2e::user;
use mock_casdoor::PASSWORD;

#[test]
fn the_release_build_works_with_real_prompts_and_shortcuts() {
    let display = Display::start().unwrap();
    let server = Server::start_mock(0).unwrap();
    let options = Options { display: Some(&display), ..Options::default() };
    let installed = Installed::start(&shipped(), &options).unwrap();
    // The fragment distinguishes this tab from the sign-in window, which opens the same page.
    let page = installed.browser.open(&format!("{}/login/acme#tab", server.url())).unwrap();
    let hosts = |tab: &e2e::page::Page| {
        tab.evaluate("chrome.permissions.getAll().then(all => all.origins.join(' '))").unwrap().to_string()
    };

    page.activate().unwrap();
    let popup = display.press_until("ctrl+shift+y", || installed.browser.page_at(&installed.extension.url(POPUP)));
    user::create_vault(&popup.unwrap()).unwrap();

    let tab = installed.open(&format!("{OPTIONS}#connect")).unwrap();
    assert!(!hosts(&tab).contains("acme.test"), "the server is allowed before the user was asked");
    user::ask_to_connect(&tab, &server.url()).unwrap();
    display
        .accept_prompt(&tab, "document.querySelector('[data-step=offer], [data-step=signing-in]') !== null")
        .unwrap();
    assert!(hosts(&tab).contains(HOST), "{}", hosts(&tab));
    user::sign_in_window(&installed, &tab, "alice", PASSWORD).unwrap();
    assert!(tab.text("[data-step=connected] h2").unwrap().contains("Alice Doe"));
}
