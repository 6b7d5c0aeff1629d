//! Icons of services: drawn without a request to anyone, in the letter's place, and in the first frame.

use super::*;
use e2e::{drawn_state, user};

/// The place, the slug and the colors of the badge of each row, by the name of its service.
const BADGES: &str = "Object.fromEntries([...document.querySelectorAll('[data-row]')].map(row => {
    const badge = row.querySelector('.monogram');
    const { x, width, height } = badge.getBoundingClientRect();
    const drawing = badge.querySelector('svg')?.getBoundingClientRect();
    return [row.querySelector('.who b').textContent,
        { box: [x, width, height], icon: badge.dataset.icon ?? '', text: badge.textContent, drawing: drawing?.width ?? 0,
          color: getComputedStyle(badge).color, ground: getComputedStyle(badge).backgroundColor }];
}))";

fn accounts() -> Vec<String> {
    ["GitHub", "Acme Works", "Discord", "MetaMask"].iter().map(|name| uri(name, "alice", "")).collect()
}

#[test]
fn known_services_have_icons_that_replace_the_letter_in_the_same_box() {
    let (installed, _tab) = with_uris(&accounts());
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-icon]').length === 2").unwrap();
    let badges = popup.evaluate(BADGES).unwrap();
    for (name, icon, text) in
        [("GitHub", "github", ""), ("Acme Works", "", "A"), ("Discord", "discord", ""), ("MetaMask", "", "M")]
    {
        assert_eq!((&badges[name]["icon"], &badges[name]["text"]), (&json!(icon), &json!(text)), "{badges}");
        assert_eq!(badges[name]["box"], badges["Acme Works"]["box"], "{badges}");
        assert_eq!(badges[name]["drawing"], if icon.is_empty() { 0 } else { 20 }, "{badges}");
    }
    assert_eq!(badges["GitHub"]["color"], "rgb(24, 23, 23)");
    popup.emulate_media("prefers-color-scheme", "dark").unwrap();
    assert_eq!(popup.evaluate(BADGES).unwrap()["GitHub"]["color"], "rgb(238, 239, 244)");
    let elsewhere =
        "performance.getEntriesByType('resource').map(it => it.name).filter(it => !it.startsWith(location.origin))";
    assert_eq!(popup.evaluate(elsewhere).unwrap(), json!([]));
}

#[test]
fn the_first_frame_has_the_icons_and_they_stay_while_the_file_is_loaded() {
    let (installed, _tab) = with_uris(&accounts());
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-icon]').length === 2").unwrap();
    popup
        .wait_for(
            "chrome.storage.session.get('first_frame').then(({ first_frame: look }) => look?.includes('data-icon'))",
        )
        .unwrap();
    let drawn = popup.evaluate(BADGES).unwrap();
    popup.close().unwrap();
    // The wasm and the file never arrive; then only the file.
    for blocked in [&["*pages_bg.wasm", "*service_icons.json"][..], &["*service_icons.json"]] {
        let early = installed.browser.open("about:blank#early").unwrap();
        let metrics = json!({ "width": 400, "height": 560, "deviceScaleFactor": 1, "mobile": false });
        early.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
        early.call("Network.enable", json!({})).unwrap();
        early.call("Network.setBlockedURLs", json!({ "urls": blocked })).unwrap();
        early.navigate(&installed.extension.url(POPUP)).unwrap();
        if blocked.len() == 1 {
            early.wait_for("document.body.hasAttribute('data-ready')").unwrap();
        }
        early.wait_for("document.querySelectorAll('[data-row]').length === 4").unwrap();
        assert_eq!(early.evaluate(BADGES).unwrap(), drawn, "{blocked:?}");
        early.close().unwrap();
    }
}

#[test]
fn the_settings_show_the_same_icons() {
    let (installed, _tab) = with_uris(&accounts());
    let tab = installed.open(&format!("{}#accounts", e2e::package::OPTIONS)).unwrap();
    let icons =
        "[...document.querySelectorAll('[data-account] .monogram')].map(it => it.dataset.icon ?? it.textContent)";
    tab.wait_for(&format!("{icons}.join() === 'github,A,discord,M'")).unwrap();
}

#[test]
fn an_own_icon_is_typed_or_found_by_name_and_needs_no_request() {
    let (installed, _tab) = with_uris(&[uri("Acme Works", "alice", ""), uri("GitHub", "bob", "")]);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-icon]').length === 1").unwrap();
    let ids: Vec<String> = user::rows(&popup).unwrap().into_iter().map(|row| row.id).collect();
    let preview = "(badge => badge.dataset.icon ?? badge.textContent)(document.querySelector('.icon-ways .monogram'))";
    let edit = |id: &str| {
        user::choose_for(&popup, id, "edit").unwrap();
        user::wait_for_screen(&popup, &["edit"]).unwrap();
        popup.wait_for("document.querySelector('.icon-ways .monogram')").unwrap();
    };
    let shows = |page: &Page, expected: &str| {
        let badges = "[...document.querySelectorAll(':is([data-row], [data-account]) .monogram')]
            .map(it => it.dataset.icon ?? it.textContent).sort().join()";
        page.wait_for(&format!("{badges} === {expected:?}")).unwrap();
    };

    edit(&ids[0]);
    popup.click("[data-field=icon-typed]").unwrap();
    popup.fill("[data-field=icon]", "bank").unwrap();
    drawn_state::check(&popup, "icon-typed").unwrap();
    popup.click("[data-action=save]").unwrap();
    popup
        .wait_for("document.querySelector('[data-field=icon][aria-invalid=true]') === document.activeElement")
        .unwrap();
    drawn_state::check(&popup, "icon-rejected").unwrap();
    popup.fill("[data-field=icon]", "🏦").unwrap();
    assert_eq!(popup.evaluate(preview).unwrap(), "🏦");
    popup.click("[data-action=save]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    shows(&popup, "github,🏦");

    // The other account gets the icon of another service, by the keyboard.
    edit(&ids[1]);
    popup.click("[data-field=icon-service]").unwrap();
    popup.wait_for("document.querySelectorAll('[data-icon-choice]').length === 24").unwrap();
    popup.fill("[data-field=icon-search]", "no such service").unwrap();
    popup.wait_for("!document.querySelector('[data-icon-choice]')").unwrap();
    popup.fill("[data-field=icon-search]", "gitl").unwrap();
    popup.wait_for("document.querySelectorAll('[data-icon-choice]').length === 1").unwrap();
    popup.press("Tab").unwrap();
    popup.press("Enter").unwrap();
    popup.wait_for("document.querySelector('[data-icon-choice=gitlab][aria-pressed=true]')").unwrap();
    assert_eq!(popup.evaluate(preview).unwrap(), "gitlab");
    popup.fill("[data-field=icon-search]", "").unwrap();
    popup.press("Backspace").unwrap();
    popup.wait_for("document.querySelectorAll('[data-icon-choice]').length === 24").unwrap();
    drawn_state::check(&popup, "icon-service").unwrap();
    popup.click("[data-action=save]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    shows(&popup, "gitlab,🏦");
    drawn_state::check(&popup, "icons-chosen").unwrap();
    let elsewhere =
        "performance.getEntriesByType('resource').map(it => it.name).filter(it => !it.startsWith(location.origin))";
    assert_eq!(popup.evaluate(elsewhere).unwrap(), json!([]));
    popup.close().unwrap();

    let tab = installed.open(&format!("{}#accounts", e2e::package::OPTIONS)).unwrap();
    shows(&tab, "gitlab,🏦");
    tab.click(&format!("[data-account='{}'] [data-action=edit]", ids[1])).unwrap();
    tab.wait_for("document.querySelector('[data-icon-choice=gitlab]')").unwrap();
    tab.click("[data-field=icon-automatic]").unwrap();
    assert_eq!(tab.wait_for(preview).unwrap(), "github");
    tab.click("[data-action=save]").unwrap();
    shows(&tab, "github,🏦");
}
