//! Groups, order, and moving accounts by drag and by keyboard.

use super::*;
use e2e::user;
use serde_json::Value;

const NAMES: &str = "[...document.querySelectorAll('[data-row]')]
    .sort((one, other) => parseInt(one.style.top) - parseInt(other.style.top))
    .map(row => row.querySelector('.who b').textContent).join()";

fn wait_for_names(popup: &Page, names: &str) {
    popup.wait_for(&format!("{NAMES} === {names:?}")).unwrap_or_else(|error| panic!("{names}: {error}"));
}

fn with_four_accounts() -> (Installed, Page) {
    let uris: Vec<String> = ["Delta", "Alpha", "Charlie", "Bravo"].iter().map(|name| uri(name, "alice", "")).collect();
    let (installed, _first) = with_uris(&uris);
    let popup = popup_tab(&installed, (400, 560));
    // The first frame shows the same rows, but only the final list can be reordered.
    popup.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    wait_for_names(&popup, "Delta,Alpha,Charlie,Bravo");
    (installed, popup)
}

fn reload(popup: &Page, installed: &Installed) {
    // A tab in the background paints no frames.
    popup.activate().unwrap();
    popup.navigate(&installed.extension.url(POPUP)).unwrap();
    popup.wait_for("document.body.hasAttribute('data-ready')").unwrap();
}

#[test]
fn the_keyboard_moves_an_account_and_the_move_is_announced_and_kept() {
    let (installed, popup) = with_four_accounts();
    let focused = |name: &str| {
        let is_focused = format!("document.activeElement.closest('[data-row]')?.innerText.includes({name:?})");
        popup.wait_for(&is_focused).unwrap();
    };
    popup.press("ArrowDown").unwrap();
    focused("Delta");
    popup.press("ArrowDown").unwrap();
    focused("Alpha");
    popup.press("Alt+ArrowDown").unwrap();
    wait_for_names(&popup, "Delta,Charlie,Alpha,Bravo");
    popup.wait_for("document.querySelector('[data-announcement]').textContent.includes('position 3 of 4')").unwrap();
    // The row keeps the focus, so the next key press moves it further.
    focused("Alpha");
    popup.press("Alt+ArrowDown").unwrap();
    wait_for_names(&popup, "Delta,Charlie,Bravo,Alpha");
    popup.wait_for("document.querySelector('[data-announcement]').textContent.includes('position 4 of 4')").unwrap();
    // The last row cannot be moved down.
    popup.press("Alt+ArrowDown").unwrap();
    popup.press("Alt+ArrowUp").unwrap();
    wait_for_names(&popup, "Delta,Charlie,Alpha,Bravo");
    popup.wait_for("document.querySelector('[data-announcement]').textContent.includes('position 3 of 4')").unwrap();
    reload(&popup, &installed);
    wait_for_names(&popup, "Delta,Charlie,Alpha,Bravo");
}

#[test]
fn a_drag_moves_an_account_and_copies_nothing() {
    let (installed, popup) = with_four_accounts();
    let middle = |row: u32| 0.5 * 60.0 + f64::from(row) * 60.0;
    // The reminder above the list moves the rows when it appears.
    popup.wait_for("document.body.innerText.includes('backed up')").unwrap();
    let top = popup.evaluate("document.querySelector('.rows').getBoundingClientRect().top").unwrap().as_f64().unwrap();
    let mouse = |kind: &str, y: f64| {
        let button = if kind == "mouseMoved" { "none" } else { "left" };
        let count = i32::from(kind != "mouseMoved");
        let event = json!({ "type": kind, "x": 120, "y": y, "button": button, "buttons": 1, "clickCount": count });
        popup.call("Input.dispatchMouseEvent", event).unwrap();
    };
    mouse("mousePressed", top + middle(0));
    mouse("mouseMoved", top + middle(1));
    mouse("mouseMoved", top + middle(2) + 10.0);
    popup.wait_for("document.querySelector('.drop-line')").unwrap();
    mouse("mouseReleased", top + middle(2) + 10.0);
    wait_for_names(&popup, "Alpha,Charlie,Delta,Bravo");
    assert_eq!(popup.evaluate("document.querySelector('[data-copied], .drop-line, .dragged')").unwrap(), Value::Null);
    reload(&popup, &installed);
    wait_for_names(&popup, "Alpha,Charlie,Delta,Bravo");
    // An ordinary click still copies.
    popup.click("[data-row] [data-action=copy]").unwrap();
    popup.wait_for("document.querySelector('[data-copied]')").unwrap();
}

#[test]
fn the_list_is_sorted_by_name_or_use() {
    let (installed, popup) = with_four_accounts();
    user::choose(&popup, "sort-name").unwrap();
    wait_for_names(&popup, "Alpha,Bravo,Charlie,Delta");
    reload(&popup, &installed);
    wait_for_names(&popup, "Alpha,Bravo,Charlie,Delta");
    let charlie = user::rows(&popup).unwrap().into_iter().find(|row| row.who.contains("Charlie")).unwrap().id;
    popup.click(&format!("[data-row='{charlie}'] [data-action=copy]")).unwrap();
    popup.wait_for("document.querySelector('[data-copied]')").unwrap();
    user::choose(&popup, "sort-used").unwrap();
    wait_for_names(&popup, "Charlie,Delta,Alpha,Bravo");
    user::choose(&popup, "sort-own").unwrap();
    wait_for_names(&popup, "Delta,Alpha,Charlie,Bravo");
}

#[test]
fn a_group_filters_the_list_and_is_remembered() {
    let (installed, popup) = with_four_accounts();
    assert_eq!(popup.evaluate("document.querySelector('.chips')").unwrap(), Value::Null);
    let ids: Vec<String> = user::rows(&popup).unwrap().into_iter().map(|row| row.id).collect();
    for (accounts, group) in [(&ids[..1], "Private"), (&ids[2..], "Work")] {
        let change = json!({ "what": "group", "group": group });
        ask(&popup, &json!({ "do": "ChangeAccounts", "accounts": accounts, "change": change })).unwrap();
    }
    reload(&popup, &installed);
    popup.wait_for("document.querySelectorAll('.chips .chip').length === 3").unwrap();
    popup.click("[data-group=Work]").unwrap();
    wait_for_names(&popup, "Charlie,Bravo");
    popup.wait_for("document.querySelector('[data-group=Work]').ariaPressed === 'true'").unwrap();
    // The selected group also applies to the first frame of the next popup.
    popup
        .wait_for(
            "chrome.storage.session.get('first_frame').then(({ first_frame: look }) => look?.includes('Bravo') && !look.includes('Delta'))",
        )
        .unwrap();
    let early = installed.browser.open("about:blank#early").unwrap();
    early.call("Network.enable", json!({})).unwrap();
    early.call("Network.setBlockedURLs", json!({ "urls": ["*pages_bg.wasm"] })).unwrap();
    early.navigate(&installed.extension.url(POPUP)).unwrap();
    wait_for_names(&early, "Charlie,Bravo");
    reload(&popup, &installed);
    wait_for_names(&popup, "Charlie,Bravo");
    // A search finds accounts of all groups, and says which group each is in.
    popup.type_text("delta").unwrap();
    wait_for_names(&popup, "Delta");
    assert!(popup.text("[data-row] .second").unwrap().contains("Private"));
    popup.press("Escape").unwrap();
    popup.click("[data-group='']").unwrap();
    wait_for_names(&popup, "Delta,Alpha,Charlie,Bravo");
}
