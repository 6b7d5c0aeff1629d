//! The form for a new account: one primary action, the other ways, and a short form with folded options.

use super::*;
use e2e::drawn_state;
use e2e::package::{OPTIONS, root};
use e2e::user;

/// The actions of the primary buttons in sight.
const PRIMARY: &str = "[...document.querySelectorAll('button.primary')].filter(it => it.checkVisibility()).map(it => it.dataset.action).join()";

/// Parts that are wider than their place, or outside of the window.
const CUT: &str =
    "[document.scrollingElement, ...document.querySelectorAll('main, .sheet, .body, .ways > *, .drop-zone, .icon-of')]
    .filter(part => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth + 1)
    .map(part => part.outerHTML.slice(0, 100))";

#[test]
fn adding_has_one_primary_action_and_folded_options() {
    let (installed, _tab) = with_uris(&[uri("Alpha", "alice", "")]);
    let popup = popup_tab(&installed, (400, 576));
    popup.click("[data-action=add]").unwrap();
    user::wait_for_screen(&popup, &["add"]).unwrap();
    assert_eq!(popup.evaluate(PRIMARY).unwrap(), "scan");
    let is_shown = |field: &str| {
        popup.evaluate(&format!("document.querySelector('[data-field={field}]').checkVisibility()")).unwrap()
    };
    for field in ["kind", "digits", "group", "icon-automatic"] {
        assert_eq!(is_shown(field), false, "{field}");
    }
    // All ways, the fields and the button are in sight without scrolling.
    let below = "[...document.querySelectorAll('.ways > *, [data-field=secret], [data-field=issuer], [data-field=name], [data-action=save]')]
        .filter(it => it.getBoundingClientRect().bottom > document.querySelector('.sheet footer').getBoundingClientRect().bottom + 1 || !it.checkVisibility())
        .map(it => it.outerHTML)";
    assert_eq!(popup.evaluate(below).unwrap(), json!([]));
    popup.wait_for("document.activeElement.dataset.field === 'secret'").unwrap();
    drawn_state::check(&popup, "add").unwrap();
    // Once a key is typed, adding it is the primary action.
    popup.fill("[data-field=secret]", SECRET).unwrap();
    popup.wait_for(&format!("{PRIMARY} === 'save'")).unwrap();
    drawn_state::check(&popup, "add-typed").unwrap();
    popup.click("[data-details] summary").unwrap();
    popup.wait_for("document.querySelector('[data-field=kind]').checkVisibility()").unwrap();
    drawn_state::check(&popup, "add-options").unwrap();
    popup.fill("[data-field=issuer]", "Acme").unwrap();
    popup.fill("[data-field=group]", "Work").unwrap();
    user::select(&popup, "[data-field=digits]", "8").unwrap();
    popup.click("[data-action=save]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    let row = ask(&popup, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["rows"][1].clone();
    assert_eq!((&row["issuer"], &row["group"]), (&json!("Acme"), &json!("Work")));
    assert_eq!(row["codes"].as_str().unwrap().split(' ').next().map(str::len), Some(8));
    // The side panel cannot scan the page: there, the key is the primary way.
    let panel = installed.browser.open(&installed.extension.url("popup.html?panel")).unwrap();
    panel.click("[data-action=add]").unwrap();
    user::wait_for_screen(&panel, &["add"]).unwrap();
    assert_eq!(panel.evaluate(PRIMARY).unwrap(), "save");
}

#[test]
fn the_page_for_adding_fits_narrow_windows_in_every_direction() {
    let (installed, first) = with_uris(&[uri("Alpha", "alice", "")]);
    for (language, width) in [("en", 1280), ("de", 320), ("ar", 320), ("ar", 1280)] {
        ask(&first, &json!({ "do": "SetLanguage", "language": language })).unwrap();
        let tab = installed.browser.open("about:blank#add").unwrap();
        let metrics = json!({ "width": width, "height": 813, "deviceScaleFactor": 1, "mobile": false });
        tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
        tab.navigate(&installed.extension.url(&format!("{OPTIONS}#add"))).unwrap();
        user::wait_for_screen(&tab, &["add"]).unwrap();
        assert_eq!(tab.evaluate(PRIMARY).unwrap(), "choose-pictures");
        drawn_state::check(&tab, &format!("add-page-{language}-{width}")).unwrap();
        tab.click("[data-details] summary").unwrap();
        tab.click("[data-field=icon-service]").unwrap();
        tab.wait_for("document.querySelector('[data-icon-choice]')").unwrap();
        assert_eq!(tab.evaluate(CUT).unwrap(), json!([]), "{language} {width}");
        tab.screenshot(&root().join(format!("dist/states/add-page-options-{language}-{width}.png"))).unwrap();
        tab.close().unwrap();
        let popup = popup_tab(&installed, (400, 576));
        popup.click("[data-action=add]").unwrap();
        user::wait_for_screen(&popup, &["add"]).unwrap();
        popup.screenshot(&root().join(format!("dist/states/add-popup-{language}.png"))).unwrap();
        assert_eq!(popup.evaluate(CUT).unwrap(), json!([]), "{language}");
        popup.close().unwrap();
    }
}
