//! Google Authenticator's multi-part export: the codes are scanned in any order, with interruptions.

use super::{cards, code, picture, with_page};
use casdoor_authenticator::exchange::{self, Format, Imported};
use casdoor_authenticator::secret::Entropy;
use e2e::page::Page;
use e2e::user;

struct Fixed;

impl Entropy for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Returns pages with the three codes of an export of 23 accounts.
fn pages() -> Vec<String> {
    let uri = |index: usize| format!("otpauth://totp/Acme:user{index}?secret=JBSWY3DPEHPK3PXP&issuer=Acme");
    let rows: Vec<Imported> = (0..23).map(|index| Imported::new(1, uri(index).parse().unwrap())).collect();
    let text = exchange::write(Format::GoogleMigration, &rows, None, 0, &mut Fixed).unwrap();
    String::from_utf8(text).unwrap().lines().map(|uri| code(uri, 460)).collect()
}

fn show(page: &Page, body: &str) {
    page.evaluate(&format!("document.body.innerHTML = {body:?}")).unwrap();
}

#[test]
fn a_three_part_export_survives_closing_locking_and_a_stopped_worker() {
    let codes = pages();
    let (installed, page) = with_page("");
    show(&page, &codes[2]);
    let popup = installed.popup(&page).unwrap();
    user::scan(&popup).unwrap();
    assert_eq!(popup.text("[data-progress]").unwrap(), "Google export: 1 of 3 QR codes scanned");
    assert!(popup.text("[data-batch] small").unwrap().contains("1, 2"));
    picture(&popup, "batch");
    // The next code appears on the same page while the popup stays open.
    show(&page, &codes[0]);
    popup.click("[data-batch] [data-action=scan]").unwrap();
    popup.wait_for("document.querySelector('[data-progress]').textContent.includes('2 of 3')").unwrap();
    lock_with_shortcut(&popup);
    popup.close().unwrap();
    installed.extension.stop_worker().unwrap();

    let popup = installed.popup(&page).unwrap();
    user::unlock(&popup).unwrap();
    let stored = popup.evaluate("chrome.storage.local.get().then(JSON.stringify)").unwrap();
    assert!(!stored.as_str().unwrap().contains("otpauth-migration"));
    popup.click("[data-action=add], [data-action=add-by-hand]").unwrap();
    assert_eq!(popup.text("[data-screen=add] [data-progress]").unwrap(), "Google export: 2 of 3 QR codes scanned");
    picture(&popup, "batch-begun");
    show(&page, &codes[1]);
    popup.click("[data-screen=add] [data-action=scan]").unwrap();
    let names = cards(&popup);
    assert_eq!(names, (0..23).map(|index| format!("Acme · user{index}")).collect::<Vec<_>>());
    popup.click("[data-action=save-accounts]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    popup.click("[data-action=add]").unwrap();
    user::wait_for_screen(&popup, &["add"]).unwrap();
    assert!(popup.evaluate("document.querySelector('[data-batch]') === null").unwrap() == true);
}

/// Locks the vault with the keyboard shortcut.
fn lock_with_shortcut(popup: &Page) {
    popup.press("Ctrl+l").unwrap();
    user::wait_for_screen(popup, &["locked"]).unwrap();
}
