//! From the installation to the first account, and the pages that the popup opens: each has one primary action, says
//! what is wrong at the field, and fits a narrow window in every language.

use super::*;
use e2e::browser::{Browser, Options};
use e2e::clock::unix_seconds;
use e2e::drawn_state;
use e2e::package::{OPTIONS, granted, root};
use e2e::user;
use serde_json::Value;

/// The primary buttons in sight.
const PRIMARY: &str = "[...document.querySelectorAll('button.primary')].filter(it => it.checkVisibility()).length";

/// Parts that are wider than their place, or outside of the window.
const CUT: &str =
    "[document.scrollingElement, ...document.querySelectorAll('main, .panel, .add-options > *, .apps > *, .gate, .keys > *')]
    .filter(part => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth + 1)
    .map(part => part.outerHTML.slice(0, 100))";

/// The text that describes a field, if the field is marked as invalid.
fn rejected(tab: &Page, field: &str) -> String {
    let reason = format!(
        "(field => field?.ariaInvalid === 'true'
            && document.getElementById(field.getAttribute('aria-describedby'))?.textContent
        )(document.querySelector('[data-field={field}]'))"
    );
    tab.wait_for(&reason).unwrap().as_str().unwrap().to_owned()
}

fn set_width(tab: &Page, width: u32) {
    let metrics = json!({ "width": width, "height": 813, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
}

/// Shows the pages in German and Arabic at 320 px, and checks that nothing is cut off.
fn check_narrow(installed: &Installed, pages: &[(&str, &str)]) {
    for language in ["de", "ar"] {
        let tab = installed.open("manifest.json").unwrap();
        tab.evaluate(&format!("chrome.storage.local.set({{ language: {language:?} }})")).unwrap();
        set_width(&tab, 320);
        for (page, shown) in pages {
            tab.navigate("about:blank").unwrap();
            tab.navigate(&installed.extension.url(page)).unwrap();
            tab.wait_for(&format!("document.querySelector({shown:?})")).unwrap();
            let name: String = page.chars().filter(char::is_ascii_alphanumeric).collect();
            tab.screenshot(&root().join(format!("dist/states/narrow-{language}-{name}.png"))).unwrap();
            assert_eq!(tab.evaluate(CUT).unwrap(), json!([]), "{page} in {language}");
        }
        tab.evaluate("chrome.storage.local.remove('language')").unwrap();
        tab.close().unwrap();
    }
}

#[test]
fn the_installation_opens_a_page_that_leads_to_the_first_account() {
    let browser = Browser::start(&Options::default()).unwrap();
    let extension = browser.load(&granted()).unwrap();
    let tab = extension.wait_for_welcome_page().unwrap();
    let installed = Installed { extension, browser };
    tab.activate().unwrap();
    user::wait_for_screen(&tab, &["first-run"]).unwrap();
    tab.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    assert_eq!(tab.evaluate(PRIMARY).unwrap(), 1);
    assert_eq!(tab.evaluate("document.querySelector('nav').checkVisibility()").unwrap(), false);
    drawn_state::check(&tab, "welcome-first-run").unwrap();
    check_narrow(
        &installed,
        &[("options.html#welcome", "[data-screen=first-run]"), ("popup.html", "[data-screen=first-run]")],
    );
    tab.activate().unwrap();

    tab.fill("[data-field=password]", VAULT_PASSWORD).unwrap();
    tab.click(".field:has([data-field=password]) [data-action=show-password]").unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-field=password]').type").unwrap(), "text");
    tab.fill("[data-field=password-again]", "something else").unwrap();
    tab.click("[data-action=create]").unwrap();
    assert!(rejected(&tab, "password-again").contains("don't match"));
    tab.wait_for("document.activeElement.dataset.field === 'password-again'").unwrap();
    drawn_state::check(&tab, "welcome-rejected").unwrap();
    tab.fill("[data-field=password-again]", VAULT_PASSWORD).unwrap();
    tab.wait_for("!document.querySelector('[aria-invalid]')").unwrap();
    tab.click("[data-action=create]").unwrap();
    user::wait_for_screen(&tab, &["welcome"]).unwrap();
    assert_eq!(tab.evaluate("document.querySelectorAll('.add-options button').length").unwrap(), 3);
    tab.wait_for("document.querySelector('[data-pin]')").unwrap();
    drawn_state::check(&tab, "welcome").unwrap();
    check_narrow(
        &installed,
        &[("options.html#welcome", "[data-screen=welcome]"), ("options.html#accounts", ".empty .add-options")],
    );
    tab.activate().unwrap();
    tab.click("[data-action=import]").unwrap();
    tab.wait_for("document.querySelector('[data-step=import]')").unwrap();
    tab.evaluate("void (location.hash = '#accounts')").unwrap();
    tab.wait_for("document.querySelector('[data-screen=accounts] .empty .add-options')").unwrap();
    drawn_state::check(&tab, "settings-accounts-empty").unwrap();
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_import_shows_how_to_export_from_the_users_app() {
    let (installed, first) = with_uris(&[]);
    first.close().unwrap();
    let tab = installed.open(&format!("{OPTIONS}#import")).unwrap();
    tab.wait_for("document.querySelectorAll('[data-app]').length > 25").unwrap();
    tab.wait_for("document.querySelector('[data-app=Bitwarden] [data-icon]')").unwrap();
    drawn_state::check(&tab, "import-apps").unwrap();
    let path = "document.querySelector('[data-path]')?.dataset.path";
    tab.click("[data-app=Aegis]").unwrap();
    assert_eq!(tab.wait_for(path).unwrap(), "Settings › Import & Export › Export");
    drawn_state::check(&tab, "import-app").unwrap();
    for (app, expected) in [("Authy", "none"), ("Google Authenticator", "☰ › Transfer accounts › Export")] {
        tab.click("[data-action=change-app]").unwrap();
        tab.click(&format!("[data-app='{app}']")).unwrap();
        assert_eq!(tab.wait_for(path).unwrap(), expected);
    }
    // Google Authenticator shows QR codes, which are scanned.
    tab.click("[data-action=open-camera]").unwrap();
    user::wait_for_screen(&tab, &["camera"]).unwrap();
    check_narrow(
        &installed,
        &[
            ("options.html#import", "[data-app=Aegis]"),
            ("options.html#exchange", "[data-action=backup]"),
            ("options.html#connect?server=http%3A%2F%2F10.0.0.5&organization=acme", "[data-from-tab]"),
        ],
    );
}

#[test]
fn the_connection_starts_with_what_the_current_tab_tells() {
    let (installed, first) = with_uris(&[]);
    first.close().unwrap();
    let address = format!("{OPTIONS}#connect?server=http%3A%2F%2F10.0.0.5%2Fsso&organization=acme");
    let tab = installed.open(&address).unwrap();
    tab.wait_for("document.querySelector('[data-from-tab]')?.textContent.includes('acme')").unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-field=server]').value").unwrap(), "http://10.0.0.5/sso");
    assert_eq!(tab.evaluate(PRIMARY).unwrap(), 1);
    // Consent to http is asked before the first attempt, and only while the address is one on a private network.
    tab.wait_for("document.querySelector('[data-step=address] [data-field=allow-http]')").unwrap();
    drawn_state::check(&tab, "connect-from-tab").unwrap();
    tab.fill("[data-field=server]", "https://id.example.com").unwrap();
    tab.wait_for("!document.querySelector('[data-step=address] [data-field=allow-http]')").unwrap();
    tab.fill("[data-field=server]", "http://user@example.com").unwrap();
    tab.click("[data-action=connect]").unwrap();
    assert!(rejected(&tab, "server").contains("user name"));
    tab.click("[data-action=change-organization]").unwrap();
    tab.wait_for("!document.querySelector('[data-from-tab]')").unwrap();
    tab.click("[data-details=advanced] summary").unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-field=organization]').value").unwrap(), "");
    // No organization has a name of this length.
    tab.navigate("about:blank#between").unwrap();
    let long = installed.extension.url(&format!("{OPTIONS}#connect?organization={}", "a".repeat(101)));
    tab.navigate(&long).unwrap();
    tab.wait_for("document.querySelector('[data-field=organization]')").unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-field=organization]').value").unwrap(), "");
    user::open_other_ways(&tab).unwrap();
    tab.wait_for("document.querySelector('[data-field=code]').checkVisibility()").unwrap();
    drawn_state::check(&tab, "connect-other-ways").unwrap();
}

#[test]
fn a_code_is_shown_in_large_type_and_the_shortcuts_are_listed() {
    let (installed, _tab) = with_uris(&[uri("Alpha", "alice", ""), uri("Battle.net", "eve", "&digits=8")]);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    popup.press("?").unwrap();
    user::wait_for_screen(&popup, &["shortcuts"]).unwrap();
    popup.wait_for("document.querySelectorAll('.keys').length === 2").unwrap();
    drawn_state::check(&popup, "shortcuts").unwrap();
    popup.press("Escape").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    // In a search that has begun, the question mark is searched for.
    popup.type_text("alpha?").unwrap();
    popup.wait_for("document.querySelector('[data-field=search]').value === 'alpha?'").unwrap();
    popup.press("Escape").unwrap();
    popup.press("ArrowDown").unwrap();
    popup.wait_for("document.activeElement.closest('[data-row]')").unwrap();
    popup.press("Alt+Enter").unwrap();
    let large = installed.browser.wait_for_page("options.html#code?account=").unwrap();
    large.activate().unwrap();
    let shown = "document.querySelector('[data-code]')?.dataset.code";
    let shown = large.wait_for(&format!("{shown}?.length === 6 && {shown}")).unwrap();
    let now = unix_seconds();
    let code = |time: i64| mock_casdoor::totp::code(SECRET, time).unwrap();
    assert!([code(now), code(now - 30)].iter().any(|code| shown == code.as_str()), "{shown}");
    let seconds = large.text("[data-seconds]").unwrap().parse::<u32>().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    drawn_state::check(&large, "large-code").unwrap();
    large.press("?").unwrap();
    user::wait_for_screen(&large, &["shortcuts"]).unwrap();
    large.close().unwrap();
    // Eight digits fill the window as well, and are not cut off in a narrow one.
    let id = user::rows(&popup).unwrap()[1].id.clone();
    user::choose_for(&popup, &id, "code-large").unwrap();
    let large = installed.browser.wait_for_page(&format!("account={id}")).unwrap();
    large.activate().unwrap();
    large.wait_for("document.querySelector('[data-code]')?.dataset.code.length === 8").unwrap();
    for width in [1280, 320] {
        set_width(&large, width);
        let share = "(() => {
            const range = document.createRange();
            range.selectNodeContents(document.querySelector('.large'));
            return range.getBoundingClientRect().width / document.querySelector('.large').clientWidth;
        })()";
        let share = large.evaluate(share).unwrap().as_f64().unwrap();
        assert!(share > 0.5 && share <= 1.0, "{share} at {width} px");
    }
    check_narrow(&installed, &[("popup.html", "[data-row]"), ("options.html#shortcuts", ".keys + h2 + .keys")]);
}

#[test]
fn no_request_is_lost_while_another_one_is_in_progress() {
    let (installed, _tab) = with_uris(&[uri("Alpha", "alice", ""), uri("Bravo", "bob", "")]);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-row]').length === 2").unwrap();
    // The worker does not answer the first kind of request until the test allows it, as during a sync with a slow
    // server.
    popup
        .evaluate(
            "globalThis.sent = [];
            globalThis.held = new Promise(done => { globalThis.release = done });
            void (chrome.runtime.sendMessage = (send => async message => {
                globalThis.sent.push(message.page.do);
                if (message.page.do === 'PinAccount') await globalThis.held;
                return send(message);
            })(chrome.runtime.sendMessage.bind(chrome.runtime)))",
        )
        .unwrap();
    let count = |request: &str| popup.evaluate(&format!("sent.filter(it => it === '{request}').length")).unwrap();
    let ids: Vec<String> = user::rows(&popup).unwrap().into_iter().map(|row| row.id).collect();
    user::choose_for(&popup, &ids[0], "pin").unwrap();
    // The same request again is a double click.
    user::choose_for(&popup, &ids[0], "pin").unwrap();
    assert_eq!(count("PinAccount"), 1);
    user::choose_for(&popup, &ids[1], "move-to-trash").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1").unwrap();
    popup.evaluate("release()").unwrap();
    popup.wait_for("!document.querySelector('[data-action][disabled]')").unwrap();
    let rows: Value = ask(&popup, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["rows"].clone();
    assert_eq!((rows.as_array().unwrap().len(), &rows[0]["pinned"]), (1, &json!(true)));
}
