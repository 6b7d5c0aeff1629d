//! Text size and density: measured sizes, from the first frame on, and no loss in small windows.

use super::*;
use e2e::browser::Options;
use e2e::package::{OPTIONS, granted, root};
use e2e::user;
use serde_json::Value;

const SECTIONS: [&str; 8] = ["accounts", "add", "connect", "sites", "security", "exchange", "appearance", "about"];

/// Sizes in CSS pixels: of the root's text, a code's text, a row, and the distance of two rows.
const SIZES: &str = "(() => {
    const rows = [...document.querySelectorAll('[data-row]')].map(row => row.getBoundingClientRect());
    const tops = rows.map(row => row.top).sort((one, other) => one - other);
    const size = element => parseFloat(getComputedStyle(element).fontSize);
    return [size(document.documentElement), size(document.querySelector('.code')), rows[0].height, tops[1] - tops[0]];
})()";

/// Parts that are wider than their place, or outside of the window.
const CUT: &str = "[document.scrollingElement, ...document.querySelectorAll('.scroller, .row .main, .bar, main, nav')]
    .filter(part => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth + 1)
    .map(part => part.outerHTML.slice(0, 100))";

fn choose(tab: &Page, percent: u32, density: &str) {
    let mut settings = ask(tab, &json!({ "do": "ReadSettings" })).unwrap()["Ok"].clone();
    settings["text_size_percent"] = percent.into();
    settings["density"] = density.into();
    ask(tab, &json!({ "do": "SetSettings", "settings": settings })).unwrap();
}

fn sizes(popup: &Page) -> Value {
    popup.wait_for("document.querySelectorAll('[data-row] .code').length > 1").unwrap();
    popup.evaluate(SIZES).unwrap()
}

#[test]
fn all_sizes_of_the_popup_follow_the_text_size_and_the_density() {
    let uris: Vec<String> = (0..12).map(|at| uri(&format!("Acme Works {at}"), "alice@acme.test", "")).collect();
    let (installed, tab) = with_uris(&uris);
    for (percent, density, expected) in [
        (100, "comfortable", json!([16, 24, 60, 60])),
        (100, "compact", json!([16, 24, 48, 48])),
        (150, "comfortable", json!([24, 36, 90, 90])),
        (150, "compact", json!([24, 36, 72, 72])),
        (90, "comfortable", json!([14.4, 21.6, 54, 54])),
    ] {
        choose(&tab, percent, density);
        // The size that the popup asks for, and the window of a browser that gives it no more than usual.
        for window in [(600, 600), (400, 560)] {
            let popup = popup_tab(&installed, window);
            popup.wait_for("document.body.hasAttribute('data-ready')").unwrap();
            popup.wait_for("document.documentElement.offsetWidth <= innerWidth").unwrap();
            let rounded = |sizes: &Value| -> Vec<f64> {
                sizes.as_array().unwrap().iter().map(|size| (size.as_f64().unwrap() * 10.0).round() / 10.0).collect()
            };
            assert_eq!(rounded(&sizes(&popup)), rounded(&expected), "{percent} {density} {window:?}");
            assert_eq!(popup.evaluate(CUT).unwrap(), json!([]), "{percent} {density} {window:?}");
            popup
                .screenshot(&root().join(format!("dist/states/comfort-{percent}-{density}-{}.png", window.0)))
                .unwrap();
            // The last row is drawn and in sight after scrolling to the end.
            popup.press("ArrowDown").unwrap();
            popup.wait_for("document.activeElement.closest('[data-row]')").unwrap();
            popup.press("End").unwrap();
            let is_last = "(row => row?.textContent.includes('Acme Works 11')
                && row.getBoundingClientRect().bottom <= innerHeight + 1)(document.activeElement.closest('[data-row]'))";
            popup.wait_for(is_last).unwrap_or_else(|error| panic!("{percent} {density} {window:?}: {error}"));
            popup.close().unwrap();
        }
    }
}

#[test]
fn the_first_frame_has_the_chosen_size_and_density() {
    let (installed, tab) = with_uris(&[uri("Alpha", "alice", ""), uri("Bravo", "alice", "")]);
    choose(&tab, 125, "compact");
    let popup = popup_tab(&installed, (500, 600));
    popup
        .wait_for("chrome.storage.session.get('first_frame').then(({ first_frame: look }) => look?.includes('Bravo'))")
        .unwrap();
    let drawn = sizes(&popup);
    popup.close().unwrap();
    let early = installed.browser.open("about:blank#early").unwrap();
    early.call("Network.enable", json!({})).unwrap();
    early.call("Network.setBlockedURLs", json!({ "urls": ["*pages_bg.wasm"] })).unwrap();
    early.navigate(&installed.extension.url(POPUP)).unwrap();
    assert_eq!((sizes(&early), drawn), (json!([20, 30, 60, 60]), json!([20, 30, 60, 60])));
}

#[test]
fn the_text_size_of_the_browser_is_respected() {
    let arguments = ["--blink-settings=defaultFontSize=20".to_owned()];
    let options = Options { arguments: &arguments, ..Options::default() };
    let installed = Installed::start(&granted(), &options).unwrap();
    let tab = with_uris_in(&installed, &[uri("Alpha", "alice", ""), uri("Bravo", "alice", "")]);
    choose(&tab, 150, "comfortable");
    let popup = popup_tab(&installed, (800, 600));
    assert_eq!(sizes(&popup), json!([30, 45, 112.5, 112.5]));
}

#[test]
fn the_settings_apply_the_choice_at_once_and_fit_a_narrow_window() {
    let (installed, first) = with_uris(&[uri("Alpha", "alexandra.meier@acme.test", ""), uri("GitHub", "bob", "")]);
    let tab = installed.open(&format!("{OPTIONS}#appearance")).unwrap();
    user::wait_for_screen(&tab, &["appearance"]).unwrap();
    user::select(&tab, "[data-field=text-size]", "150").unwrap();
    tab.wait_for("getComputedStyle(document.documentElement).fontSize === '24px'").unwrap();
    user::select(&tab, "[data-field=density]", "compact").unwrap();
    tab.wait_for("document.documentElement.dataset.density === 'compact'").unwrap();
    tab.close().unwrap();
    for (percent, width) in [(100, 320), (150, 320), (150, 1280)] {
        choose(&first, percent, "comfortable");
        let tab = installed.browser.open("about:blank#narrow").unwrap();
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
        for section in SECTIONS {
            tab.navigate("about:blank").unwrap();
            tab.navigate(&installed.extension.url(&format!("{OPTIONS}#{section}"))).unwrap();
            user::wait_for_screen(&tab, &[section]).unwrap();
            tab.evaluate("new Promise(done => setTimeout(done, 300))").unwrap();
            assert_eq!(
                tab.evaluate("getComputedStyle(document.documentElement).fontSize").unwrap(),
                if percent == 150 { "24px" } else { "16px" }
            );
            tab.screenshot(&root().join(format!("dist/states/comfort-settings-{section}-{percent}-{width}.png")))
                .unwrap();
            assert_eq!(tab.evaluate(CUT).unwrap(), json!([]), "{section} at {percent} % and {width} px");
        }
        tab.close().unwrap();
    }
}
