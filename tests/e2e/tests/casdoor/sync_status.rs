//! What a person sees of a connection that works.

use serde_json::json;

use crate::fixture::{Desk, row};

#[test]
fn the_popup_says_how_the_sync_stands_and_what_the_last_one_did() {
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
fn the_connection_says_who_reads_it_and_how_much_room_is_left() {
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
fn a_change_is_sent_by_itself_and_moving_an_account_home_takes_it_off_the_server() {
    let desk = Desk::new();
    desk.connect_pia();
    let id = desk.add("mine");
    e2e::devtools::until("the change is sent", || Ok((desk.stored("private/pia") == ["mine"]).then_some(()))).unwrap();
    desk.ask(json!({ "do": "keep_on", "id": id, "keep": "device" }));
    assert!(desk.stored("private/pia").is_empty());
    assert_eq!(desk.names(), ["mine"]);
}
