//! The chip's texts in the browser's language, with the built extension.

use e2e::browser::Options;
use e2e::package::{Installed, granted};
use serde_json::json;

#[test]
fn the_chip_uses_the_browser_language_or_english() {
    for (language, fill) in
        [("de", "Acme ausfüllen"), ("zh-CN", "填充 Acme"), ("pt-BR", "Preencher Acme"), ("sv", "Fill Acme")]
    {
        let arguments = [format!("--lang={language}"), format!("--accept-lang={language}")];
        let installed = Installed::start(&granted(), &Options { arguments: &arguments, ..Options::default() }).unwrap();
        let tab = installed.open("manifest.json").unwrap();
        let said = "[chrome.i18n.getMessage('chip_fill', ['Acme']), chrome.runtime.getManifest().name]";
        assert_eq!(tab.wait_for(said).unwrap(), json!([fill, "Casdoor Authenticator"]), "{language}");
    }
}

#[test]
fn a_chosen_language_sets_the_pages_language_and_direction() {
    let installed = Installed::start(&granted(), &Options::default()).unwrap();
    let page = installed.open("manifest.json").unwrap();
    for (language, word, expected) in [
        ("ar", "كلمة", json!(["ar", "rtl"])),
        ("zh_CN", "密码", json!(["zh-CN", "ltr"])),
        // The texts of a language that was removed are in the browser's language.
        ("xx", "password", json!(["xx", "ltr"])),
    ] {
        page.evaluate(&format!("chrome.storage.local.set({{ language: '{language}' }}).then(() => true)")).unwrap();
        for file in ["options.html", "popup.html"] {
            let tab = installed.open(file).unwrap();
            tab.wait_for("document.querySelector('[data-screen]')").unwrap();
            let root = "[document.documentElement.lang, document.documentElement.dir]";
            assert_eq!(tab.wait_for(root).unwrap(), expected, "{language} {file}");
            assert!(tab.text("body").unwrap().contains(word), "{language} {file}");
        }
    }
    page.evaluate("chrome.storage.local.set({ language: 'de' }).then(() => true)").unwrap();
    let tab = installed.open("options.html").unwrap();
    tab.wait_for("document.querySelector('[data-screen]')").unwrap();
    assert_eq!(tab.wait_for("chosenText('chip_unlock')").unwrap(), json!("Zum Ausfüllen entsperren"));
}
