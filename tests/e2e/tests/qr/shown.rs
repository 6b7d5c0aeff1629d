//! An account as a QR code for a phone.

use super::{SECRET, before, picture};
use casdoor_authenticator::qr::{self, Luma};
use e2e::person::{self, Typed, VAULT_PASSWORD};

#[test]
fn an_account_is_shown_as_a_code_after_the_password_black_on_white_in_the_dark_too_and_gone_with_the_screen() {
    let (installed, page) = before("");
    let popup = installed.popup(&page).unwrap();
    person::add(&popup, &Typed { issuer: "Acme", name: "alice", secret: SECRET }).unwrap();
    let id = person::rows(&popup).unwrap()[0].id.clone();
    person::choose_for(&popup, &id, "show-qr").unwrap();
    popup.fill("[data-step=confirm] [data-field=password]", "wrong").unwrap();
    popup.click("[data-action=show-qr]").unwrap();
    assert!(person::said(&popup).unwrap().1);
    assert!(popup.evaluate("document.querySelector('[data-qr]') === null").unwrap() == true);
    picture(&popup, "qr-confirm");
    popup.fill("[data-step=confirm] [data-field=password]", VAULT_PASSWORD).unwrap();
    popup.click("[data-action=show-qr]").unwrap();
    popup.wait_for("document.querySelector('[data-qr] svg')").unwrap();
    picture(&popup, "qr-shown");

    // In the dark theme, as a phone would see it.
    let shot = tempfile::tempdir().unwrap();
    popup.screenshot(&shot.path().join("popup.png")).unwrap();
    let seen = image::open(shot.path().join("popup.png")).unwrap().to_rgba8();
    let found = qr::read(&Luma::from_rgba(seen.width(), seen.height(), seen.as_raw()).unwrap(), || false);
    assert!(found.len() == 1 && found[0].text.expose().contains(&format!("secret={SECRET}")));
    let ground = popup.evaluate("getComputedStyle(document.querySelector('[data-qr]')).backgroundColor").unwrap();
    assert_eq!(ground, "rgb(255, 255, 255)");

    popup.click("[data-action=back]").unwrap();
    person::wait_for_screen(&popup, &["list"]).unwrap();
    assert!(popup.evaluate("document.querySelector('[data-qr]') === null").unwrap() == true);
    popup.close().unwrap();
    let popup = installed.popup(&page).unwrap();
    person::wait_for_screen(&popup, &["list"]).unwrap();
    let session = popup.evaluate("chrome.storage.session.get().then(JSON.stringify)").unwrap();
    assert!(!session.as_str().unwrap().contains(SECRET));
}
