//! The accounts of the page behind the popup are listed first and can be filled, even after changes of the list.

use super::*;
use e2e::other_site::{Answer, serve};
use e2e::user;

const FILLABLE: &str = "[...document.querySelectorAll('[data-row]')]
    .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
    .map(row => row.querySelector('.who b').textContent + (row.querySelector('[data-action=fill]') ? '!' : '')).join()";

#[test]
fn an_account_of_the_current_site_can_be_filled_after_every_change_of_the_list() {
    let body = "<!doctype html><body><form><label>Code <input autocomplete=one-time-code></label></form>";
    let site = serve(vec![Answer { path: "/", kind: "text/html", body: body.into() }]).unwrap();
    let site = site.replace("shop.acme.test", "localhost");
    let uris: Vec<String> = ["Alpha", "Bravo", "Charlie"].iter().map(|name| uri(name, "alice", "")).collect();
    let (installed, tab) = with_uris(&uris);
    let rows = ask(&tab, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["rows"].clone();
    let id = |row: usize| rows[row]["id"].as_str().unwrap().to_owned();
    let origin = site.trim_end_matches('/');
    ask(&tab, &json!({ "do": "AllowSite", "id": id(2), "origin": origin, "allowed": true })).unwrap();
    let page = installed.browser.open(&site).unwrap();
    let popup = installed.popup(&page).unwrap();
    let shows = |expected: &str, after: &str| {
        popup
            .wait_for(&format!("{FILLABLE} === {expected:?}"))
            .unwrap_or_else(|error| panic!("after {after}: {error}"));
        // A later reply must not undo it.
        popup.evaluate("new Promise(done => setTimeout(done, 300))").unwrap();
        assert_eq!(popup.evaluate(FILLABLE).unwrap(), expected, "after {after}");
    };
    shows("Charlie!,Alpha,Bravo", "opening");
    user::choose_for(&popup, &id(1), "pin").unwrap();
    shows("Charlie!,Bravo,Alpha", "pinning");
    user::choose_for(&popup, &id(1), "pin").unwrap();
    shows("Charlie!,Alpha,Bravo", "unpinning");
    user::choose(&popup, "sort-name").unwrap();
    shows("Charlie!,Alpha,Bravo", "sorting by name");
    user::choose_for(&popup, &id(0), "move-to-trash").unwrap();
    shows("Charlie!,Bravo", "moving to the trash");
    popup.click("[data-action=undo]").unwrap();
    shows("Charlie!,Alpha,Bravo", "undoing");
    user::choose(&popup, "sort-own").unwrap();
    shows("Charlie!,Alpha,Bravo", "sorting by hand");
    popup.evaluate("document.querySelector('[data-field=search]').focus()").unwrap();
    for name in ["Charlie", "Alpha"] {
        popup.press("ArrowDown").unwrap();
        let is_focused = format!("document.activeElement.closest('[data-row]')?.innerText.includes({name:?})");
        popup.wait_for(&is_focused).unwrap();
    }
    popup.press("Alt+ArrowDown").unwrap();
    shows("Charlie!,Bravo,Alpha", "moving");
}
