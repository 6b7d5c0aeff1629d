//! The first use of an account on a connected server, with the built extension: it is confirmed in the popup, never in
//! the chip.

use super::*;
use e2e::package::{Installed, POPUP};
use e2e::user::{self, Typed};

#[test]
fn an_account_on_this_device_is_confirmed_in_the_popup_and_then_filled() {
    let server = e2e::server::Server::start_mock(0).unwrap();
    let e2e::server::Server::Mock(mock) = &server else { unreachable!() };
    let installed = Installed::headless().unwrap();
    let address = server.url();
    // The fragment distinguishes this tab from the sign-in window, which opens the same page.
    let page = installed.browser.open(&format!("{address}/login/acme#tab")).unwrap();
    let popup = installed.popup(&page).unwrap();
    user::create_vault(&popup).unwrap();
    user::add(&popup, &Typed { issuer: "Acme Works", name: "acme/alice", secret: SECRET }).unwrap();
    popup.close().unwrap();
    let tab = user::connect(&installed, &address, "alice", PASSWORD).unwrap();
    user::join_nothing(&tab).unwrap();
    tab.close().unwrap();
    mock.enroll("acme/alice", SECRET, "00000000-0000-4000-8000-000000000000");

    page.activate().unwrap();
    page.call("Network.clearBrowserCookies", json!({})).unwrap();
    page.navigate(&format!("{address}/login/acme")).unwrap();
    submit_password(&page, "alice");
    click_chip(&page);
    let popup = installed.browser.wait_for_page(&installed.extension.url(POPUP)).unwrap();
    user::wait_for_screen(&popup, &["confirm-site"]).unwrap();
    assert_eq!(popup.text("[data-asked-site]").unwrap(), address);
    assert_eq!(user::passcode(&page).unwrap().unwrap_or_default(), "", "nothing is typed before it is confirmed");
    assert_eq!(
        popup.evaluate("document.querySelector('[data-action=confirm-fill]').disabled").unwrap(),
        json!(true),
        "a click that was meant for the page confirms nothing"
    );
    popup.click("[data-action=confirm-fill]").unwrap();
    wait_until_signed_in(&page);

    // From now on the account is bound to this site, and the chip fills it.
    page.activate().unwrap();
    page.call("Network.clearBrowserCookies", json!({})).unwrap();
    page.navigate(&format!("{address}/login/acme")).unwrap();
    submit_password(&page, "alice");
    click_chip(&page);
    wait_until_signed_in(&page);
}
