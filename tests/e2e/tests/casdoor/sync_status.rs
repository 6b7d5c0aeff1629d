//! The status of a working connection, as shown to the user.

use serde_json::json;

use crate::fixture::{Setup, row};

#[test]
fn the_popup_shows_the_sync_status_and_the_last_result() {
    let setup = Setup::new();
    setup.server.set_mfa_accounts("private/pia", json!([row("phones")]));
    setup.connect_pia();
    setup.server.set_mfa_accounts("private/pia", json!([row("phones"), row("second")]));
    setup.sync();
    let (_page, popup) = setup.popup();
    popup.click("[data-action=sync-status][data-sync=up_to_date]").unwrap();
    let (words, failed) = e2e::user::status_message(&popup).unwrap();
    assert!(!failed && words.contains("1 added"), "{words}");
}

#[test]
fn the_connection_shows_its_readers_and_free_space() {
    let setup = Setup::new();
    setup.server.set_mfa_accounts("private/pia", json!([row("phones")]));
    setup.connect_pia();
    setup.go("connect");
    let readers = setup.tab.text("[data-readers]").unwrap();
    assert!(readers.contains("Administrators of private") && readers.contains("audit log"), "{readers}");
    let room = setup.tab.text("[data-free-space]").unwrap();
    assert!(room.contains("59.8 of 60 KB free"), "{room}");
}

#[test]
fn changes_sync_automatically_and_moved_accounts_leave_the_server() {
    let setup = Setup::new();
    setup.connect_pia();
    let id = setup.add("mine");
    e2e::devtools::until("the change is sent", || Ok((setup.stored("private/pia") == ["mine"]).then_some(()))).unwrap();
    setup.ask(json!({ "do": "StoreAccountOn", "id": id, "keep": "device" }));
    assert!(setup.stored("private/pia").is_empty());
    assert_eq!(setup.names(), ["mine"]);
}
