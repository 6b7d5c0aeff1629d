//! States that need an action of the user: each is explained, with a button that continues.

use mock_casdoor::Fault;
use serde_json::{Value, json};

use crate::fixture::{Desk, SECRET, row};

#[test]
fn an_erased_list_is_restored_when_the_user_agrees() {
    let desk = Desk::new();
    desk.connect_pia();
    desk.add("mine");
    desk.sync();
    desk.server.set_mfa_accounts("private/pia", Value::Null);
    desk.sync();
    assert_eq!(desk.names(), ["mine"]);
    assert_eq!(desk.server.user("private/pia").unwrap().mfa_accounts, Value::Null);
    desk.go("connect");
    let words = desk.tab.text("[data-waits=empty_list]").unwrap();
    assert!(words.contains("still here"), "{words}");
    desk.tab.click("[data-action=accept-empty]").unwrap();
    desk.tab.wait_for("!document.querySelector('[data-waits]')").unwrap();
    assert_eq!(desk.stored("private/pia"), ["mine"]);
}

#[test]
fn a_hidden_list_shows_what_the_administrator_must_change() {
    let desk = Desk::new();
    desk.server.set_mfa_accounts("hidden/hana", json!([row("hanas")]));
    desk.connect_by_token("hidden-client", "hidden/hana");
    desk.sync();
    desk.go("connect");
    let words = desk.tab.text("[data-waits=administrator]").unwrap();
    assert!(words.contains("administrator of hidden") && words.contains("View rule Self"), "{words}");
    assert_eq!((desk.names().len(), desk.stored("hidden/hana")), (0, vec!["hanas".to_owned()]));
    desk.server.set_view_rule("hidden", Some("Self"));
    desk.tab.click("[data-action=look-again]").unwrap();
    desk.tab.wait_for("!document.querySelector('[data-waits]')").unwrap();
    assert_eq!(desk.names(), ["hanas"]);
}

#[test]
fn nothing_is_sent_to_a_public_list_until_the_user_agrees() {
    let desk = Desk::new();
    // The check right after connecting fails, so the user has not been told yet.
    for path in ["/api/get-default-application", "/api/get-account"] {
        desk.server.fail(Fault::Status(502), path);
    }
    desk.connect_by_token("bare-client", "bare/bert");
    desk.server.calm();
    desk.add("mine");
    desk.sync();
    assert!(desk.stored("bare/bert").is_empty());
    desk.go("connect");
    let words = desk.tab.text("[data-waits=public_list]").unwrap();
    assert!(words.contains("Anyone") && words.contains("View rule Self"), "{words}");
    desk.tab.click("[data-action=look-again]").unwrap();
    desk.tab.wait_for("document.querySelector('[data-said]')").unwrap();
    assert!(desk.stored("bare/bert").is_empty(), "looking again sends nothing");
    desk.tab.click("[data-action=accept-public]").unwrap();
    desk.tab.wait_for("!document.querySelector('[data-waits]')").unwrap();
    assert_eq!(desk.stored("bare/bert"), ["mine"]);
}

#[test]
fn connecting_to_a_public_list_warns_immediately() {
    let desk = Desk::new();
    desk.connect_another();
    let tab = &desk.tab;
    e2e::user::ask_to_connect(tab, &desk.address()).unwrap();
    e2e::user::sign_in_window_of(&desk.installed, tab, "bare", "bert", mock_casdoor::PASSWORD).unwrap();
    let words = tab.text("[data-step=connected] [data-notice]").unwrap();
    assert!(words.contains("Anybody") && words.contains("View rule"), "{words}");
}

#[test]
fn an_account_removed_from_casdoor_is_restored_or_trashed() {
    let desk = Desk::new();
    desk.server.set_mfa_accounts("private/pia", json!([row("one"), row("two")]));
    desk.connect_pia();
    desk.server.set_mfa_accounts("private/pia", json!([]));
    desk.sync();
    assert_eq!(desk.names(), ["one", "two"], "a missing row is not a deletion");
    let (page, popup) = desk.popup();
    popup.wait_for("document.querySelectorAll('[data-mark=missing]').length === 2").unwrap();
    let rows = e2e::user::rows(&popup).unwrap();
    let id = |name: &str| rows.iter().find(|row| row.who.contains(name)).unwrap().id.clone();
    e2e::user::choose_for(&popup, &id("one"), "put-back").unwrap();
    popup.wait_for("document.querySelectorAll('[data-mark=missing]').length === 1").unwrap();
    e2e::user::choose_for(&popup, &id("two"), "bin").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1").unwrap();
    popup.close().unwrap();
    desk.sync();
    assert_eq!((desk.stored("private/pia"), desk.names()), (vec!["one".into()], vec!["one".into()]));
    page.close().unwrap();
}

#[test]
fn one_servers_wrong_clock_is_shown_and_corrects_only_the_codes_of_its_own_accounts() {
    let desk = Desk::new();
    desk.connect_pia();
    let id = desk.add("mine");
    desk.server.set_skew(3600);
    desk.sync();
    let code = || desk.ask(json!({ "do": "open" }))["screen"]["board"]["rows"][0]["codes"].to_string();
    let right = |ahead: i64| {
        let now = e2e::clock::unix_seconds() + ahead;
        [now - 2, now].iter().any(|second| code().contains(&mock_casdoor::totp::code(SECRET, *second).unwrap()))
    };
    assert!(right(0) && !right(3600));
    let (page, popup) = desk.popup();
    popup.wait_for("document.querySelector('[data-clock]')").unwrap();
    let has_button = popup.evaluate("!!document.querySelector('[data-action=correct-clock]')").unwrap();
    assert_eq!(has_button, json!(false), "no code is its own");
    popup.close().unwrap();
    page.close().unwrap();

    desk.ask(json!({ "do": "allow_site", "id": id, "origin": desk.address(), "allowed": true }));
    let (_page, popup) = desk.popup();
    let words = popup.text("[data-clock]").unwrap();
    assert!(words.contains("3600") || words.contains("3599") || words.contains("3601"), "{words}");
    popup.click("[data-action=correct-clock]").unwrap();
    popup.wait_for("!document.querySelector('[data-clock]')").unwrap();
    assert!(right(3600) && !right(0));

    desk.go("security");
    desk.tab.click("[data-clock] [data-action=correct-clock]").unwrap();
    desk.tab.wait_for("!document.querySelector('[data-clock]')").unwrap();
    assert!(right(0) && !right(3600));
}
