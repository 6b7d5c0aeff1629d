//! The chip's texts in the browser's language, with the built extension.

use e2e::browser::Options;
use e2e::package::{Installed, granted};
use serde_json::json;

#[test]
fn the_chip_uses_the_browser_language_or_english() {
    for (language, fill) in
        [("de", "Acme ausfüllen"), ("zh-CN", "填充 Acme"), ("pt-BR", "Preencher Acme"), ("it", "Fill Acme")]
    {
        let arguments = [format!("--lang={language}"), format!("--accept-lang={language}")];
        let installed = Installed::start(&granted(), &Options { arguments: &arguments, ..Options::default() }).unwrap();
        let tab = installed.open("manifest.json").unwrap();
        let said = "[chrome.i18n.getMessage('chip_fill', ['Acme']), chrome.i18n.getMessage('menu_fill'), chrome.runtime.getManifest().name]";
        let english = "Fill verification code";
        assert_eq!(tab.wait_for(said).unwrap(), json!([fill, english, "Casdoor Authenticator"]), "{language}");
    }
}
