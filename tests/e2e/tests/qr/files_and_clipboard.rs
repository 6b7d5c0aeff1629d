//! Image files, pasted and dropped images, pasted lines, and a QR code for an existing account.

use super::{cards, code, fixture, notices, picture, uri, with_page};
use e2e::package::{Installed, OPTIONS};
use e2e::page::Page;
use e2e::user;
use serde_json::json;
use std::fs;

const KINDS: [&str; 7] = ["avif", "bmp", "gif", "jpeg", "png", "svg", "webp"];

/// Opens the form for a new account in a tab.
fn add_page(installed: &Installed) -> Page {
    let tab = installed.open(&format!("{OPTIONS}#add")).unwrap();
    tab.wait_for("document.querySelector('[data-screen=add]')").unwrap();
    tab
}

#[test]
fn several_image_files_are_scanned_and_damaged_ones_reported() {
    let (installed, _page) = with_page("");
    let tab = add_page(&installed);
    picture(&tab, "add-tab");
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<_> = KINDS.iter().map(|kind| fixture(&format!("qr-files/code.{kind}"))).collect();
    let broken = folder.path().join("broken.png");
    fs::write(&broken, b"\x89PNG\r\n\x1a\n and nothing").unwrap();
    files.extend([broken, image_without_code()]);
    tab.choose_files("[data-field=pictures]", &files).unwrap();
    let mut names = cards(&tab);
    names.sort();
    assert_eq!(names, KINDS.map(|kind| format!("Acme · {kind}")));
    let said = notices(&tab);
    assert!(said.contains("couldn't be read") && said.contains("without a QR code: 1"), "{said}");
    picture(&tab, "found-files");
    tab.click("[data-action=save-accounts]").unwrap();
    tab.wait_for("location.hash === '#accounts'").unwrap();
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

/// Returns an image without a code.
fn image_without_code() -> std::path::PathBuf {
    e2e::package::root().join("extension/icons/128.png")
}

/// Pastes or drops a file into the form, as the browser would.
fn paste_or_drop(page: &Page, (event, kind_of_event, holder): (&str, &str, &str), file: &str) {
    let bytes = data_encoding::BASE64.encode(&fs::read(fixture(file)).unwrap());
    let name = file.rsplit('/').next().unwrap();
    let kind = format!("image/{}", name.rsplit('.').next().unwrap().replace("svg", "svg+xml"));
    page.evaluate(&format!(
        "(() => {{
            const bytes = Uint8Array.from(atob({bytes:?}), letter => letter.charCodeAt(0));
            const held = new DataTransfer();
            held.items.add(new File([bytes], {name:?}, {{ type: {kind:?} }}));
            const event = new {event}({kind_of_event:?}, {{ {holder}: held, bubbles: true, cancelable: true }});
            document.querySelector('[data-screen=add] [data-field=secret]').dispatchEvent(event);
        }})()"
    ))
    .unwrap();
}

#[test]
fn an_image_can_be_pasted_or_dropped() {
    let (installed, page) = with_page("");
    let popup = installed.popup(&page).unwrap();
    popup.click("[data-action=add], [data-action=add-by-hand]").unwrap();
    user::wait_for_screen(&popup, &["add"]).unwrap();
    picture(&popup, "add-popup");
    paste_or_drop(&popup, ("ClipboardEvent", "paste", "clipboardData"), "qr-files/code.png");
    assert_eq!(cards(&popup), ["Acme · png"]);
    popup.close().unwrap();
    let tab = add_page(&installed);
    paste_or_drop(&tab, ("DragEvent", "drop", "dataTransfer"), "qr-files/code.svg");
    assert_eq!(cards(&tab), ["Acme · svg"]);
}

#[test]
fn an_oversized_image_is_scaled_down_and_scanned() {
    let (installed, _page) = with_page("");
    let tab = add_page(&installed);
    // 8,000 x 6,000 pixels: 48 million.
    tab.evaluate(
        "(async () => {
            const code = await createImageBitmap(await (await fetch('icons/128.png')).blob());
            const canvas = new OffscreenCanvas(8000, 6000);
            const context = canvas.getContext('2d');
            context.fillStyle = '#fff';
            context.fillRect(0, 0, 8000, 6000);
            context.drawImage(code, 0, 0);
            globalThis.large = canvas;
        })()",
    )
    .unwrap();
    let bytes = data_encoding::BASE64.encode(&fs::read(fixture("qr-files/code.png")).unwrap());
    tab.evaluate(&format!(
        "(async () => {{
            const bytes = Uint8Array.from(atob({bytes:?}), letter => letter.charCodeAt(0));
            const code = await createImageBitmap(new Blob([bytes]));
            const context = large.getContext('2d');
            context.imageSmoothingEnabled = false;
            context.drawImage(code, 3000, 2500, 1200, 1200);
            const held = new DataTransfer();
            held.items.add(new File([await large.convertToBlob()], 'large.png', {{ type: 'image/png' }}));
            const event = new DragEvent('drop', {{ dataTransfer: held, bubbles: true, cancelable: true }});
            document.querySelector('[data-field=secret]').dispatchEvent(event);
        }})()"
    ))
    .unwrap();
    assert_eq!(cards(&tab), ["Acme · png"]);
}

#[test]
fn pasted_lines_are_read_as_a_list() {
    let (installed, page) = with_page("");
    let popup = installed.popup(&page).unwrap();
    popup.click("[data-action=add], [data-action=add-by-hand]").unwrap();
    let text = format!("{}\nsteam://JBSWY3DPEHPK3PXP\nJBSWY3DPEHPK3PXQ\nhello", uri("one"));
    popup
        .evaluate(&format!(
            "(() => {{
                const held = new DataTransfer();
                held.setData('text/plain', {text:?});
                const event = new ClipboardEvent('paste', {{ clipboardData: held, bubbles: true, cancelable: true }});
                document.querySelector('[data-field=secret]').dispatchEvent(event);
            }})()"
        ))
        .unwrap();
    assert_eq!(cards(&popup).len(), 3);
    assert!(notices(&popup).contains("contain an account"));
}

#[test]
fn a_new_key_for_an_account_is_offered_as_an_update() {
    let other = uri("alice").replace("JBSWY3DP", "KRSXG5CT");
    let (installed, page) = with_page(&code(&other, 220));
    let popup = installed.popup(&page).unwrap();
    user::add(&popup, &user::Typed { issuer: "Acme", name: "alice", secret: super::SECRET }).unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    user::scan(&popup).unwrap();
    popup.wait_for("document.querySelector('[data-duplicate=same_name]')").unwrap();
    assert_eq!(popup.evaluate("document.querySelectorAll('[data-card] input:checked').length").unwrap(), 0);
    popup.click("[data-card] input").unwrap();
    assert_eq!(popup.wait_for("document.querySelector('[data-field=how]').value").unwrap(), "update");
    picture(&popup, "found-update");
    popup.click("[data-action=save-accounts]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    let rows = user::rows(&popup).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].id, id);
    let (now, secret) = (e2e::clock::unix_seconds(), other.split(['=', '&']).nth(1).unwrap().to_owned());
    let codes: Vec<_> = [now - 2, now].iter().filter_map(|second| mock_casdoor::totp::code(&secret, *second)).collect();
    assert!(codes.contains(&rows[0].code), "{rows:?}");

    let renamed = json!({ "do": "ReadText", "text": other.replace("alice", "another") });
    let reply = e2e::package::ask(&popup, &renamed).unwrap();
    assert_eq!(reply["Ok"]["cards"][0]["known"]["how"], "same_secret");
    assert_eq!(reply["Ok"]["cards"][0]["known"]["who"], "Acme alice");
}
