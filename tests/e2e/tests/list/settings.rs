//! Titles and labels of the settings.

use super::focus::SECTIONS;
use super::*;
use e2e::package::OPTIONS;
use e2e::user;

#[test]
fn each_section_has_its_own_title() {
    let (installed, _first) = with_uris(&[]);
    let tab = installed.open(&format!("{OPTIONS}#accounts")).unwrap();
    let mut titles = Vec::new();
    for section in SECTIONS {
        tab.click(&format!("nav [data-section={section}]")).unwrap();
        user::wait_for_screen(&tab, &[section]).unwrap();
        let link = tab.text(&format!("nav [data-section={section}]")).unwrap();
        tab.wait_for(&format!("document.title.startsWith({link:?})")).unwrap();
        titles.push(tab.evaluate("document.title").unwrap().to_string());
    }
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), SECTIONS.len(), "{titles:?}");
}

/// Returns the name and description of a field in the accessibility tree.
fn accessible_texts(page: &Page, field: &str) -> (String, String) {
    let expression = format!("document.querySelector('[data-field={field}]')");
    page.wait_for(&expression).unwrap();
    let found = page.call("Runtime.evaluate", json!({ "expression": expression })).unwrap();
    let node = json!({ "objectId": found["result"]["objectId"], "fetchRelatives": false });
    let tree = page.call("Accessibility.getPartialAXTree", node).unwrap();
    let text = |part: &str| tree["nodes"][0][part]["value"].as_str().unwrap_or_default().to_owned();
    (text("name"), text("description"))
}

#[test]
fn a_hint_describes_its_field_and_is_not_part_of_its_name() {
    let (installed, _first) = with_uris(&[]);
    for (section, field, name) in [
        ("add", "secret", "Setup key"),
        ("connect", "server", "Server address"),
        ("appearance", "hides-codes", "Hide codes"),
        ("security", "pbkdf2", "Use PBKDF2"),
    ] {
        let tab = installed.open(&format!("{OPTIONS}#{section}")).unwrap();
        user::wait_for_screen(&tab, &[section]).unwrap();
        let (accessible_name, hint) = accessible_texts(&tab, field);
        assert_eq!(accessible_name, name);
        assert!(hint.len() > 10, "{field}: {hint:?}");
        tab.close().unwrap();
    }
}
