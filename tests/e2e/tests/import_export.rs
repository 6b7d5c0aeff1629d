//! Import and export on the options page, with real files and the real reader thread.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test functions outside of tests"
)]

use std::path::{Path, PathBuf};

use casdoor_authenticator::exchange;
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{Kdf, Vault};
use e2e::browser::Options;
use e2e::devtools::until;
use e2e::display::Display;
use e2e::drawn_state;
use e2e::package::{Installed, OPTIONS, ask, root, shipped};
use e2e::page::Page;
use e2e::user::{self, VAULT_PASSWORD};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| {
            self.0 = self.0.wrapping_add(1);
            self.0
        });
    }
}

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures/exchange").join(name)
}

/// Returns a browser with an empty vault and the import and export page.
fn opened() -> (Installed, Page) {
    let installed = Installed::headless().unwrap();
    let blank = installed.browser.open("about:blank#page").unwrap();
    let popup = installed.popup(&blank).unwrap();
    user::create_vault(&popup).unwrap();
    popup.close().unwrap();
    let tab = installed.open(&format!("{OPTIONS}#import")).unwrap();
    tab.wait_for("document.querySelector('[data-step=import] [data-field=file]')").unwrap();
    (installed, tab)
}

/// Chooses a file as the browser's file dialog would.
fn choose(tab: &Page, file: &Path) {
    let document = tab.call("DOM.getDocument", json!({})).unwrap();
    let query = json!({ "nodeId": document["root"]["nodeId"], "selector": "[data-field=file]" });
    let input = tab.call("DOM.querySelector", query).unwrap();
    tab.call("DOM.setFileInputFiles", json!({ "files": [file], "nodeId": input["nodeId"] })).unwrap();
}

fn wait_for_step(tab: &Page, step: &str) {
    tab.wait_for(&format!("document.querySelector('[data-step={step}]')")).unwrap();
}

/// Shows another page of the section.
fn go_to(tab: &Page, page: &str) {
    tab.evaluate(&format!("void (location.hash = '#{page}')")).unwrap();
}

fn trouble(tab: &Page) -> String {
    tab.wait_for("document.querySelector('[data-error]')?.dataset.error").unwrap().as_str().unwrap().to_owned()
}

fn count(tab: &Page, selector: &str) -> u64 {
    tab.evaluate(&format!("document.querySelectorAll({selector:?}).length")).unwrap().as_u64().unwrap()
}

/// Returns the names of the accounts in the vault.
fn names(tab: &Page) -> Vec<String> {
    let reply = ask(tab, &json!({ "do": "ReadScreen" })).unwrap();
    let rows = reply["Ok"]["account_list"]["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| format!("{}:{}", text(row, "issuer"), text(row, "name"))).collect()
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

fn import(tab: &Page) {
    tab.click("[data-action=import]").unwrap();
    wait_for_step(tab, "imported");
}

#[test]
fn a_file_is_previewed_saved_in_one_write_and_undone() {
    let (installed, tab) = opened();
    choose(&tab, &fixture("aegis/bad-rows.json"));
    wait_for_step(&tab, "preview");
    assert_eq!(tab.evaluate("document.querySelector('[data-step=preview]').dataset.format").unwrap(), "aegis");
    let (rows, skipped) = (count(&tab, "[data-import-row]"), count(&tab, "[data-skipped]"));
    assert!(rows > 0 && skipped > 0, "{rows} rows, {skipped} skipped");
    assert_eq!(names(&tab), Vec::<String>::new(), "an account was saved before the user confirmed");
    let shown = tab.evaluate("document.querySelector('[data-step=preview]').innerHTML").unwrap();
    assert!(!shown.as_str().unwrap().contains("BE6U4G3HZTDXFGUZNQ2L5XUVOKSAEP2X"), "a secret is on the page");
    drawn_state::check(&tab, "import-preview").unwrap();
    import(&tab);
    drawn_state::check(&tab, "import-done").unwrap();
    assert_eq!(u64::try_from(names(&tab).len()).unwrap(), rows);
    tab.click("[data-action=undo-import]").unwrap();
    wait_for_step(&tab, "import");
    assert_eq!(names(&tab), Vec::<String>::new());
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn duplicates_are_marked_and_not_selected() {
    let (_installed, tab) = opened();
    choose(&tab, &fixture("aegis/plain.json"));
    wait_for_step(&tab, "preview");
    import(&tab);
    assert_eq!(names(&tab).len(), 12);
    tab.click("[data-action=another]").unwrap();
    choose(&tab, &fixture("otpauth/canonical.txt"));
    wait_for_step(&tab, "preview");
    assert_eq!(tab.evaluate("document.querySelector('[data-step=preview]').dataset.format").unwrap(), "otpauth");
    assert_eq!(count(&tab, "[data-import-row][data-duplicate=same]"), 12);
    assert_eq!(count(&tab, "[data-import-row] input:checked"), 0);
    assert_eq!(tab.evaluate("document.querySelector('[data-action=import]').disabled").unwrap(), true);
    // A duplicate that the user selects is saved.
    tab.click("[data-import-row] input").unwrap();
    import(&tab);
    assert_eq!(names(&tab).len(), 13);
}

#[test]
fn a_damaged_file_and_a_wrong_password_are_distinguished() {
    let (_installed, tab) = opened();
    choose(&tab, &fixture("aegis/cut-off.json"));
    assert_eq!(trouble(&tab), "exchange_damaged");
    choose(&tab, &fixture("bitwarden/protected-argon2.json"));
    wait_for_step(&tab, "file-password");
    tab.fill("[data-field=file-password]", "wrong").unwrap();
    tab.click("[data-action=open-file]").unwrap();
    assert_eq!(trouble(&tab), "exchange_wrong_password");
    tab.fill("[data-field=file-password]", "test").unwrap();
    tab.click("[data-action=open-file]").unwrap();
    wait_for_step(&tab, "preview");
    assert_eq!(count(&tab, "[data-import-row]"), 12);
    tab.click("[data-step=preview] [data-action=cancel]").unwrap();
    wait_for_step(&tab, "import");
    assert_eq!(names(&tab), Vec::<String>::new());
}

/// Creates a backup whose password takes seconds to try.
fn slow_backup(folder: &Path) -> PathBuf {
    let uri = "otpauth://totp/Slow:alice?secret=JBSWY3DPEHPK3PXP&issuer=Slow".parse().unwrap();
    let account = exchange::Imported::new(1, uri).to_account(1, &mut Counting(9));
    let vault = Vault { accounts: vec![account], ..Vault::default() };
    let kdf = Kdf::Argon2id { memory_kib: 262_144, passes: 8, lanes: 1 };
    let password = Secret::new("slow password".to_owned());
    let sealed = exchange::seal_backup(&vault, &password, kdf, 1, &mut Counting(3)).unwrap();
    let file = folder.join("slow.json");
    std::fs::write(&file, sealed).unwrap();
    file
}

#[test]
fn a_slow_import_can_be_canceled_and_repeated() {
    let (installed, tab) = opened();
    let folder = TempDir::new().unwrap();
    choose(&tab, &slow_backup(folder.path()));
    let open = || {
        wait_for_step(&tab, "file-password");
        tab.fill("[data-field=file-password]", "slow password").unwrap();
        tab.click("[data-action=open-file]").unwrap();
    };
    open();
    wait_for_step(&tab, "working");
    // The page stays responsive while the thread derives the key.
    assert_eq!(tab.evaluate("1 + 1").unwrap(), 2);
    tab.click("[data-action=cancel-job]").unwrap();
    wait_for_step(&tab, "import");
    assert_eq!(names(&tab), Vec::<String>::new());
    choose(&tab, &folder.path().join("slow.json"));
    open();
    wait_for_step(&tab, "preview");
    import(&tab);
    assert_eq!(names(&tab), ["Slow:alice"]);
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn an_ente_file_whose_key_needs_a_gigabyte_opens() {
    let (_installed, tab) = opened();
    choose(&tab, &fixture("ente/encrypted-gigabyte.txt"));
    wait_for_step(&tab, "file-password");
    tab.fill("[data-field=file-password]", "test").unwrap();
    tab.click("[data-action=open-file]").unwrap();
    wait_for_step(&tab, "preview");
    assert_eq!(count(&tab, "[data-import-row]"), 12);
}

#[test]
fn a_pasted_text_is_read_like_a_file() {
    let (_installed, tab) = opened();
    tab.click("[data-details=paste] summary").unwrap();
    let lines = "otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP&issuer=Acme";
    tab.fill("[data-field=pasted]", lines).unwrap();
    tab.click("[data-action=read-pasted]").unwrap();
    wait_for_step(&tab, "preview");
    import(&tab);
    assert_eq!(names(&tab), ["Acme:alice"]);
}

#[test]
fn a_database_and_its_log_are_read_in_either_order() {
    let (_installed, tab) = opened();
    let folder = TempDir::new().unwrap();
    let index = folder.path().join("PhoneFactor-shm");
    std::fs::write(&index, 3_007_000_u32.to_le_bytes()).unwrap();
    let files = [fixture("microsoft/all-in-the-log-wal"), index, fixture("microsoft/all-in-the-log")];
    tab.choose_files("[data-field=file]", &files).unwrap();
    wait_for_step(&tab, "preview");
    assert_eq!(tab.evaluate("document.querySelector('[data-step=preview]').dataset.format").unwrap(), "microsoft");
    import(&tab);
    assert!(names(&tab).contains(&"Acme Works:alice@example.org".to_owned()));
}

#[test]
fn the_user_overrides_the_format_and_copies_a_report_without_secrets() {
    let (_installed, tab) = opened();
    choose(&tab, &fixture("otpauth/bad-rows.txt"));
    wait_for_step(&tab, "preview");
    user::select(&tab, "[data-field=format]", "winauth").unwrap();
    tab.wait_for("document.querySelector('[data-step=preview][data-format=winauth]')").unwrap();
    tab.click("[data-action=copy-report]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    tab.click("[data-step=preview] [data-action=cancel]").unwrap();
    wait_for_step(&tab, "import");
    let focused = tab.wait_for("document.querySelector('[data-step=import]').contains(document.activeElement)");
    focused.unwrap();
    tab.click("[data-details=paste] summary").unwrap();
    tab.click("[data-field=pasted]").unwrap();
    tab.paste().unwrap();
    let report = tab.wait_for("document.querySelector('[data-field=pasted]').value").unwrap();
    let report = report.as_str().unwrap();
    assert!(report.contains("bad-rows.txt") && report.contains("WinAuth") && report.contains("alice@example.org"));
    assert!(report.contains("Yandex Key codes aren't supported"), "{report}");
    assert!(!report.contains("BE6U4G3HZTDXFGUZNQ2L5XUVOKSAEP2X"), "a secret is in the report");
}

/// Lets the browser save to a folder without asking.
fn downloads(tab: &Page) -> TempDir {
    let folder = TempDir::new().unwrap();
    let behavior = json!({ "behavior": "allow", "downloadPath": folder.path() });
    tab.call("Browser.setDownloadBehavior", behavior).unwrap();
    folder
}

/// Waits for the saved file. The browser first creates an empty file, writes to a temporary file (`.crdownload`, or a
/// hidden name), and finally renames it.
fn saved(folder: &TempDir) -> PathBuf {
    let is_whole = |file: &PathBuf| {
        let hidden = file.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        let partial = file.extension().is_none_or(|extension| extension == "crdownload");
        !hidden && !partial && file.metadata().is_ok_and(|about| about.len() > 0)
    };
    until("a file was saved", || {
        let files = std::fs::read_dir(folder.path())?.map(|entry| Ok(entry?.path()));
        Ok(files.collect::<anyhow::Result<Vec<PathBuf>>>()?.into_iter().find(is_whole))
    })
    .unwrap()
}

#[test]
fn an_export_needs_password_and_confirmation_and_imports_again() {
    let (installed, tab) = opened();
    choose(&tab, &fixture("aegis/plain.json"));
    wait_for_step(&tab, "preview");
    import(&tab);
    go_to(&tab, "export");
    let folder = downloads(&tab);
    user::select(&tab, "[data-field=export-format]", "otpauth").unwrap();
    tab.wait_for("document.querySelector('[data-omissions]:not([data-omissions=\"0\"])')").unwrap();
    tab.wait_for("document.querySelector('[data-plaintext-warning]')").unwrap();
    drawn_state::check(&tab, "export-in-plaintext").unwrap();
    tab.fill("[data-field=export-password]", "wrong").unwrap();
    tab.click("[data-action=export]").unwrap();
    assert!(user::status_message(&tab).unwrap().1, "a file was written although the word is missing");
    tab.fill("[data-field=confirm]", "export").unwrap();
    tab.click("[data-action=export]").unwrap();
    tab.wait_for("document.querySelector('[data-status=failed]')?.textContent.includes('Wrong password')").unwrap();
    tab.fill("[data-field=export-password]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=export]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    let report = exchange::read(&std::fs::read(saved(&folder)).unwrap(), None, None).unwrap();
    assert_eq!((report.accounts.len(), report.skipped.len()), (12, 0));
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn lossy_exports_list_each_row_and_the_printable_page_has_every_code() {
    let (_installed, tab) = opened();
    choose(&tab, &fixture("aegis/plain.json"));
    wait_for_step(&tab, "preview");
    import(&tab);
    go_to(&tab, "export");
    user::select(&tab, "[data-field=export-format]", "cxf").unwrap();
    let line = "[...document.querySelectorAll('[data-omissions] li')].find(row => row.textContent.includes('Dunes'))";
    let said = tab.wait_for(&format!("{line}?.textContent")).unwrap();
    assert!(said.as_str().unwrap().contains("doesn't support this type of code"), "{said}");
    let folder = downloads(&tab);
    user::select(&tab, "[data-field=export-format]", "page").unwrap();
    tab.wait_for("document.querySelector('[data-plaintext-warning]')").unwrap();
    tab.fill("[data-field=confirm]", "export").unwrap();
    tab.fill("[data-field=export-password]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=export]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    let page = std::fs::read_to_string(saved(&folder)).unwrap();
    assert_eq!((page.matches("<svg").count(), page.matches("<script").count()), (12, 0));
    assert!(page.contains("Zürich 銀行"));
}

#[test]
fn an_encrypted_export_opens_with_its_own_password_only() {
    let (_installed, tab) = opened();
    choose(&tab, &fixture("aegis/plain.json"));
    wait_for_step(&tab, "preview");
    import(&tab);
    go_to(&tab, "export");
    let folder = downloads(&tab);
    tab.fill("[data-field=file-password-new]", "file password").unwrap();
    tab.fill("[data-field=file-password-again]", "file password").unwrap();
    tab.fill("[data-field=export-password]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=export]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    let bytes = std::fs::read(saved(&folder)).unwrap();
    assert!(exchange::read(&bytes, None, Some(&Secret::new(VAULT_PASSWORD.to_owned()))).is_err());
    let report = exchange::read(&bytes, None, Some(&Secret::new("file password".to_owned()))).unwrap();
    assert!(report.accounts.iter().any(|account| account.icon.is_some()), "icons are missing in the export");
    assert!(report.accounts.iter().any(|account| account.group() == Some("Work")));
}

#[test]
fn the_popup_asks_for_a_backup_until_there_is_one() {
    let (installed, tab) = opened();
    choose(&tab, &fixture("otpauth/canonical.txt"));
    wait_for_step(&tab, "preview");
    import(&tab);
    let page = installed.browser.open("about:blank#other").unwrap();
    let popup = installed.popup(&page).unwrap();
    popup.wait_for("document.querySelector('[data-notice=notice_no_backup] [data-action=make-backup]')").unwrap();
    popup.close().unwrap();
    tab.activate().unwrap();
    go_to(&tab, "exchange");
    tab.click("[data-action=backup]").unwrap();
    let folder = downloads(&tab);
    tab.click("[data-action=back-up]").unwrap();
    tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
    let bytes = std::fs::read(saved(&folder)).unwrap();
    let report = exchange::read(&bytes, None, Some(&Secret::new(VAULT_PASSWORD.to_owned()))).unwrap();
    assert_eq!(report.accounts.len(), 12);
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(count(&popup, "[data-notice]"), 0);
}

#[test]
fn on_a_display_automatic_backups_need_download_access() {
    let display = Display::start().unwrap();
    let installed = Installed::start(&shipped(), &Options { display: Some(&display), ..Options::default() }).unwrap();
    let first = installed.open("manifest.json").unwrap();
    ask(&first, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD })).unwrap();
    let form = json!({ "secret": "JBSWY3DPEHPK3PXP", "issuer": "Example", "name": "alice" });
    ask(&first, &json!({ "do": "AddAccount", "form": form })).unwrap();
    let tab = installed.open(&format!("{OPTIONS}#backup")).unwrap();
    let folder = downloads(&tab);
    tab.activate().unwrap();
    user::select(&tab, "[data-field=backup-every]", "1").unwrap();
    tab.click("[data-action=schedule]").unwrap();
    display.accept_prompt(&tab, "document.querySelector('[data-status=done]') !== null").unwrap();
    // The first request of the popup creates a due backup.
    ask(&tab, &json!({ "do": "ReadScreen" })).unwrap();
    let report =
        exchange::read(&std::fs::read(saved(&folder)).unwrap(), None, Some(&Secret::new(VAULT_PASSWORD.into())));
    assert_eq!(report.unwrap().accounts.len(), 1);
}
