//! The mapping screen of the import: tables of unknown programs, with the keyboard, on narrow pages and in other
//! languages.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test functions outside of tests")]

use std::path::PathBuf;

use e2e::drawn_state;
use e2e::package::{Installed, OPTIONS, ask, root};
use e2e::page::Page;
use e2e::user::VAULT_PASSWORD;
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRETS: [&str; 3] = ["KRUGKIDROVUWG2ZAMJZG653O", "MZXW6YTBOJRGC6Q2", "NBSWY3DPO5XXE3DEEB4G63LF"];

/// Returns a table with headings that no program uses. The guess mistakes its first column for the issuer.
fn odd_table() -> String {
    let [one, two, three] = SECRETS;
    format!(
        "Farbe;Wohin;Wer da;Zauberwort;Anzahl\nblau;Musterbank;ann@example.org;{one};8\n\
         rot;Kaffeehaus Österreich;bob;{two};6\ngrün;Ohne Schlüssel;eve;;6\ngelb;Postamt;cem;{three};6\n"
    )
}

struct Opened {
    installed: Installed,
    tab: Page,
    folder: TempDir,
}

impl Opened {
    /// Opens the import with an empty vault. A language that is not empty replaces the browser's.
    fn new(language: &str) -> Self {
        let installed = Installed::headless().unwrap();
        let first = installed.open("manifest.json").unwrap();
        ask(&first, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true })).unwrap();
        if !language.is_empty() {
            let set = format!("chrome.storage.local.set({{ language: {language:?} }}).then(() => true)");
            first.evaluate(&set).unwrap();
        }
        let tab = installed.open(&format!("{OPTIONS}#import")).unwrap();
        Self { installed, tab, folder: TempDir::new().unwrap() }
    }

    /// Chooses a file with this content.
    fn choose(&self, name: &str, text: &str) {
        let file: PathBuf = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        self.tab.choose_files("[data-field=file]", &[file]).unwrap();
    }

    fn wait(&self, condition: &str) -> Value {
        self.tab.wait_for(condition).unwrap()
    }

    /// Moves the focus with the Tab key until it is on an element with this selector.
    fn tab_to(&self, selector: &str) {
        for _ in 0..60 {
            if self.tab.evaluate(&format!("document.activeElement?.matches({selector:?}) ?? false")).unwrap() == true {
                return;
            }
            self.tab.press("Tab").unwrap();
        }
        panic!("{selector} is not reached with the Tab key");
    }

    /// Chooses an option of the focused list with the arrow keys.
    fn choose_option(&self, value: &str) {
        let position = "document.activeElement.selectedIndex";
        let wanted = format!("[...document.activeElement.options].findIndex(it => it.value === {value:?})");
        let wanted = self.tab.evaluate(&wanted).unwrap().as_i64().unwrap();
        for _ in 0..40 {
            let at = self.tab.evaluate(position).unwrap().as_i64().unwrap();
            if at == wanted {
                return;
            }
            self.tab.press(if at < wanted { "ArrowDown" } else { "ArrowUp" }).unwrap();
        }
        panic!("{value} is not reached with the arrow keys");
    }

    /// Waits until the rows of the preview have these names.
    fn wait_for_rows(&self, names: &[&str]) {
        let rows = "[...document.querySelectorAll('[data-import-row] b')].map(it => it.textContent)";
        self.wait(&format!("JSON.stringify({rows}) === JSON.stringify({})", json!(names)));
    }

    /// Returns `issuer:account` of each account in the vault.
    fn saved(&self) -> Vec<String> {
        let account_list = ask(&self.tab, &json!({ "do": "ReadScreen" })).unwrap();
        let rows = account_list["Ok"]["account_list"]["rows"].as_array().cloned().unwrap_or_default();
        let part = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        rows.iter().map(|row| format!("{}:{}", part(row, "issuer"), part(row, "name"))).collect()
    }

    fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
    }

    /// Saves a screenshot in light and dark for visual review.
    fn picture(&self, name: &str) {
        for scheme in ["light", "dark"] {
            self.tab.emulate_media("prefers-color-scheme", scheme).unwrap();
            self.tab.screenshot(&root().join(format!("dist/states/{name}-{scheme}.png"))).unwrap();
        }
    }
}

#[test]
fn an_unknown_table_is_mapped_and_imported_with_the_keyboard_only() {
    let opened = Opened::new("");
    opened.choose("liste.csv", &odd_table());
    opened.wait("document.querySelector('[data-mapping]')");
    // Secrets are guessed by their format, settings by their values, and names by their position.
    opened.wait_for_rows(&["blau · Musterbank", "rot · Kaffeehaus Österreich", "gelb · Postamt"]);
    opened.wait("document.activeElement.matches('[data-step=preview] h2')");
    let shown = opened.tab.evaluate("document.querySelector('main').innerHTML").unwrap();
    let shown = shown.as_str().unwrap();
    assert!(SECRETS.iter().all(|secret| !shown.contains(secret)), "a secret is on the page");
    assert!(shown.contains("KRUG••••"), "the user recognizes a secret by its first letters");

    opened.tab_to("[data-field=column-1]");
    opened.choose_option("issuer");
    opened.wait_for_rows(&["Musterbank", "Kaffeehaus Österreich", "Postamt"]);
    opened.tab_to("[data-field=column-2]");
    opened.choose_option("account");
    opened.wait_for_rows(&["Musterbank · ann@example.org", "Kaffeehaus Österreich · bob", "Postamt · cem"]);
    assert_eq!(opened.tab.evaluate("document.activeElement.dataset.field").unwrap(), "column-2", "the focus stays");
    // The column that was the issuer is no longer used, and the row without a key is reported.
    assert_eq!(opened.tab.evaluate("document.querySelector('[data-field=column-0]').value").unwrap(), "other");
    assert_eq!(opened.tab.evaluate("document.querySelector('[data-skipped]').dataset.skipped").unwrap(), "3");
    let first = opened.tab.text("[data-import-row]").unwrap();
    assert!(first.contains("8 digits"), "{first}");

    opened.tab_to("[data-action=import]");
    opened.tab.press("Enter").unwrap();
    opened.wait("document.querySelector('[data-step=imported]')");
    let expected = ["Musterbank:ann@example.org", "Kaffeehaus Österreich:bob", "Postamt:cem"];
    let mut saved = opened.saved();
    saved.sort();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(saved, expected);
}

#[test]
fn a_wrong_guess_of_the_format_is_reported_and_can_be_corrected() {
    let opened = Opened::new("");
    // The columns are LastPass's, but the keys are in the notes.
    let text = format!(
        "url,username,password,totp,extra,name,grouping,fav\nhttps://bank.example,ann,pw,,{},Bank,,0\n",
        SECRETS[0]
    );
    opened.choose("export.csv", &text);
    opened.wait("document.querySelector('[data-error=exchange_holds_no_secrets]')?.textContent.includes('LastPass')");
    opened.tab_to("[data-action=choose-columns]");
    opened.tab.press("Enter").unwrap();
    opened.wait("document.querySelector('[data-mapping]')");
    // The notes column is recognized by its name, so no column is a secret, and the page says so.
    opened.wait("document.querySelector('[data-none=import_no_secret_column], [data-import-row]')");
    let column = "[...document.querySelectorAll('[data-column]')].find(it => it.textContent.startsWith('extra'))";
    let number = opened.tab.evaluate(&format!("{column}.dataset.column")).unwrap();
    let number = number.as_str().unwrap();
    opened.tab_to(&format!("[data-field=column-{number}]"));
    opened.choose_option("secret");
    opened.wait_for_rows(&["Bank · ann"]);
    // The way back to the list of formats is on the same screen.
    opened.wait("document.querySelector('[data-step=preview] [data-details=format] [data-field=format]')");
    opened.tab.click("[data-action=import]").unwrap();
    opened.wait("document.querySelector('[data-step=imported]')");
    assert_eq!(opened.saved(), ["Bank:ann"]);
}

#[test]
fn a_recognized_table_can_be_mapped_and_an_empty_result_has_a_reason() {
    let opened = Opened::new("");
    let text = format!("issuer,account,secret!\nBank,ann,{}\n", SECRETS[0]);
    opened.choose("tokens.csv", &text);
    opened.wait("document.querySelector('[data-mapping]')");
    assert!(opened.tab.text("[data-step=preview] h2").unwrap().contains("Other table or list"));
    opened.tab_to("[data-field=column-2]");
    opened.choose_option("other");
    opened.wait("document.querySelector('[role=status] [data-none=import_no_secret_column]')");
    assert_eq!(opened.tab.evaluate("document.querySelector('[data-action=import]')").unwrap(), Value::Null);
    opened.tab_to("[data-field=column-2]");
    opened.choose_option("secret");
    opened.wait_for_rows(&["Bank · ann"]);
    // Without names in the first row, that row is data, and is reported.
    opened.tab.click("[data-field=first-row]").unwrap();
    opened.wait("document.querySelector('[data-skipped]')");
    opened.wait_for_rows(&["Bank · ann"]);

    // A program's own file can be read as a table, too.
    opened.tab.click("[data-step=preview] [data-action=cancel]").unwrap();
    let item = json!({ "title": "Bank", "username": "ann", "url": "https://bank.example", "password": "pw",
        "otpauth": format!("otpauth://totp/Bank:ann?secret={}", SECRETS[1]) });
    let keys = ["title", "url", "username", "password", "otpauth"];
    let line = keys.map(|key| item[key].as_str().unwrap()).join(",");
    opened.choose("Passwords.csv", &format!("{}\n{line}\n", keys.join(",")));
    opened.wait("document.querySelector('[data-step=preview][data-format=apple-passwords]')");
    opened.tab_to("[data-details=format] summary");
    opened.tab.press("Enter").unwrap();
    opened.tab_to("[data-action=choose-columns]");
    opened.tab.press("Enter").unwrap();
    opened.wait("document.querySelector('[data-step=preview][data-format=table] [data-mapping]')");
    opened.wait_for_rows(&["Bank · ann"]);
}

/// Returns the controls without a name for screen readers, and the elements whose text is cut off.
const FAULTS: &str = "(() => {
    const main = document.querySelector('main');
    const words = ids => ids.split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('');
    const name = it => it.ariaLabel || words(it.getAttribute('aria-labelledby') ?? '')
        || [...(it.labels ?? [])].map(label => label.textContent).join('') || it.textContent;
    const controls = [...main.querySelectorAll('input, select, textarea, button, a, summary')];
    const unnamed = controls.filter(it => it.checkVisibility() && !name(it).trim()).map(it => it.outerHTML);
    const wide = [...main.querySelectorAll('*')].filter(it => it.checkVisibility()
        && (it.getBoundingClientRect().right > innerWidth + 1 || it.getBoundingClientRect().left < -1)
        && getComputedStyle(it).position !== 'absolute').map(it => it.outerHTML.slice(0, 120));
    const cut = [...main.querySelectorAll('span, b, bdi, p, small, li')].filter(it => it.checkVisibility()
        && it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== 'inline').map(it => it.outerHTML.slice(0, 120));
    return JSON.stringify({ unnamed, wide, cut });
})()";

#[test]
fn in_german_and_arabic_the_screen_is_labeled_and_fits_a_narrow_page() {
    for (language, direction) in [("de", "ltr"), ("ar", "rtl")] {
        let opened = Opened::new(language);
        opened.choose("liste.csv", &odd_table());
        opened.wait("document.querySelector('[data-mapping] [data-import-row], [data-import-row]')");
        assert_eq!(opened.tab.evaluate("getComputedStyle(document.body).direction").unwrap(), direction);
        for (width, height) in [(1000, 1300), (320, 2100)] {
            opened.resize(width, height);
            let faults = opened.tab.evaluate(FAULTS).unwrap();
            assert_eq!(faults, r#"{"unnamed":[],"wide":[],"cut":[]}"#, "{language} {width}");
            opened.picture(&format!("import-columns-{language}-{width}"));
        }
    }
}

#[test]
fn the_import_explains_how_to_export_from_other_programs() {
    let import = Opened::new("");
    import.tab.click("[data-action=formats]").unwrap();
    let guide = import.installed.browser.wait_for_page_ending("/formats.html").unwrap();
    guide.wait_for("document.querySelectorAll('tbody tr').length > 30").unwrap();
    assert!(guide.text("main").unwrap().contains("Google Authenticator"));
    drawn_state::check(&guide, "export-guide").unwrap();
    let metrics = json!({ "width": 320, "height": 600, "deviceScaleFactor": 1, "mobile": false });
    guide.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
    assert_eq!(guide.evaluate("document.documentElement.scrollWidth <= innerWidth").unwrap(), true);
    guide.screenshot(&root().join("dist/states/export-guide-320.png")).unwrap();
}
