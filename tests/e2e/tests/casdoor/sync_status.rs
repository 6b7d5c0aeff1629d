//! The status of a working connection, as shown to the user.

use serde_json::json;

use crate::fixture::{Desk, row};

#[test]
fn the_popup_shows_the_sync_status_and_the_last_result() {
    let desk = Desk::new();
    desk.server.set_mfa_accounts("private/pia", json!([row("phones")]));
    desk.connect_pia();
    desk.server.set_mfa_accounts("private/pia", json!([row("phones"), row("second")]));
    desk.sync();
    let (_page, popup) = desk.popup();
    popup.click("[data-action=sync-state][data-sync=in_step]").unwrap();
    let (words, failed) = e2e::user::said(&popup).unwrap();
    assert!(!failed && words.contains("1 added"), "{words}");
}

#[test]
fn the_connection_shows_its_readers_and_free_space() {
    let desk = Desk::new();
    desk.server.set_mfa_accounts("private/pia", json!([row("phones")]));
    desk.connect_pia();
    desk.go("connect");
    let readers = desk.tab.text("[data-readers]").unwrap();
    assert!(readers.contains("Administrators of private") && readers.contains("audit log"), "{readers}");
    let room = desk.tab.text("[data-room]").unwrap();
    assert!(room.contains("59.8 of 60 KB free"), "{room}");
}

#[test]
fn changes_sync_automatically_and_moved_accounts_leave_the_server() {
    let desk = Desk::new();
    desk.connect_pia();
    let id = desk.add("mine");
    e2e::devtools::until("the change is sent", || Ok((desk.stored("private/pia") == ["mine"]).then_some(()))).unwrap();
    desk.ask(json!({ "do": "keep_on", "id": id, "keep": "device" }));
    assert!(desk.stored("private/pia").is_empty());
    assert_eq!(desk.names(), ["mine"]);
}
