//! States in which the user must act. Each is explained, and has a button to continue.

use mock_casdoor::Fault;
use serde_json::{Value, json};

use crate::fixture::{SECRET, Setup, row};

#[test]
fn an_erased_list_is_restored_when_the_user_agrees() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.add("mine");
    setup.sync();
    setup.server.set_mfa_accounts("private/pia", Value::Null);
    setup.sync();
    assert_eq!(setup.names(), ["mine"]);
    assert_eq!(setup.server.user("private/pia").unwrap().mfa_accounts, Value::Null);
    setup.go("connect");
    let words = setup.tab.text("[data-decision=empty_list]").unwrap();
    assert!(words.contains("still here"), "{words}");
    setup.tab.click("[data-action=accept-empty]").unwrap();
    setup.tab.wait_for("!document.querySelector('[data-decision]')").unwrap();
    assert_eq!(setup.stored("private/pia"), ["mine"]);
}

#[test]
fn a_hidden_list_shows_what_the_administrator_must_change() {
    let setup = Setup::new();
    setup.server.set_mfa_accounts("hidden/hana", json!([row("hanas")]));
    setup.connect_by_token("hidden-client", "hidden/hana");
    setup.sync();
    setup.go("connect");
    let words = setup.tab.text("[data-decision=administrator]").unwrap();
    assert!(words.contains("administrator of hidden") && words.contains("View rule Self"), "{words}");
    assert_eq!((setup.names().len(), setup.stored("hidden/hana")), (0, vec!["hanas".to_owned()]));
    setup.server.set_view_rule("hidden", Some("Self"));
    setup.tab.click("[data-action=check-again]").unwrap();
    setup.tab.wait_for("!document.querySelector('[data-decision]')").unwrap();
    assert_eq!(setup.names(), ["hanas"]);
}

#[test]
fn nothing_is_sent_to_a_public_list_until_the_user_agrees() {
    let setup = Setup::new();
    // The check right after connecting fails, so the user has not been told yet.
    for path in ["/api/get-default-application", "/api/get-account"] {
        setup.server.fail(Fault::Status(502), path);
    }
    setup.connect_by_token("bare-client", "bare/bert");
    setup.server.clear_faults();
    setup.add("mine");
    setup.sync();
    assert!(setup.stored("bare/bert").is_empty());
    setup.go("connect");
    let words = setup.tab.text("[data-decision=public_list]").unwrap();
    assert!(words.contains("Anyone") && words.contains("View rule Self"), "{words}");
    setup.tab.click("[data-action=check-again]").unwrap();
    setup.tab.wait_for("document.querySelector('[data-status]')").unwrap();
    assert!(setup.stored("bare/bert").is_empty(), "the second check sends nothing");
    setup.tab.click("[data-action=accept-public]").unwrap();
    setup.tab.wait_for("!document.querySelector('[data-decision]')").unwrap();
    assert_eq!(setup.stored("bare/bert"), ["mine"]);
}

#[test]
fn connecting_to_a_public_list_warns_immediately() {
    let setup = Setup::new();
    setup.connect_another();
    let tab = &setup.tab;
    e2e::user::ask_to_connect(tab, &setup.address()).unwrap();
    e2e::user::sign_in_window_of(&setup.installed, tab, "bare", "bert", mock_casdoor::PASSWORD).unwrap();
    let words = tab.text("[data-step=connected] [data-notice]").unwrap();
    assert!(words.contains("Anyone") && words.contains("View rule"), "{words}");
}

#[test]
fn an_account_removed_from_casdoor_is_restored_or_trashed() {
    let setup = Setup::new();
    setup.server.set_mfa_accounts("private/pia", json!([row("one"), row("two")]));
    setup.connect_pia();
    setup.server.set_mfa_accounts("private/pia", json!([]));
    setup.sync();
    assert_eq!(setup.names(), ["one", "two"], "a missing row is not a deletion");
    let (page, popup) = setup.popup();
    popup.wait_for("document.querySelectorAll('[data-mark=missing]').length === 2").unwrap();
    let rows = e2e::user::rows(&popup).unwrap();
    let id = |name: &str| rows.iter().find(|row| row.who.contains(name)).unwrap().id.clone();
    e2e::user::choose_for(&popup, &id("one"), "put-back").unwrap();
    popup.wait_for("document.querySelectorAll('[data-mark=missing]').length === 1").unwrap();
    e2e::user::choose_for(&popup, &id("two"), "move-to-trash").unwrap();
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1").unwrap();
    popup.close().unwrap();
    setup.sync();
    assert_eq!((setup.stored("private/pia"), setup.names()), (vec!["one".into()], vec!["one".into()]));
    page.close().unwrap();
}

#[test]
fn one_servers_wrong_clock_is_shown_and_corrects_only_the_codes_of_its_own_accounts() {
    let setup = Setup::new();
    setup.connect_pia();
    let id = setup.add("mine");
    setup.server.set_skew(3600);
    setup.sync();
    let code = || setup.ask(json!({ "do": "ReadScreen" }))["Ok"]["account_list"]["rows"][0]["codes"].to_string();
    let right = |ahead: i64| {
        let now = e2e::clock::unix_seconds() + ahead;
        [now - 2, now].iter().any(|second| code().contains(&mock_casdoor::totp::code(SECRET, *second).unwrap()))
    };
    assert!(right(0) && !right(3600));
    let (page, popup) = setup.popup();
    popup.wait_for("document.querySelector('[data-clock]')").unwrap();
    let has_button = popup.evaluate("!!document.querySelector('[data-action=correct-clock]')").unwrap();
    assert_eq!(has_button, json!(false), "the clock can be corrected although no account belongs to the server");
    popup.close().unwrap();
    page.close().unwrap();

    setup.ask(json!({ "do": "AllowSite", "id": id, "origin": setup.address(), "allowed": true }));
    let (_page, popup) = setup.popup();
    let words = popup.text("[data-clock]").unwrap();
    assert!(words.contains("3600") || words.contains("3599") || words.contains("3601"), "{words}");
    popup.click("[data-action=correct-clock]").unwrap();
    popup.wait_for("!document.querySelector('[data-clock]')").unwrap();
    assert!(right(3600) && !right(0));

    setup.go("security");
    setup.tab.click("[data-clock] [data-action=correct-clock]").unwrap();
    setup.tab.wait_for("!document.querySelector('[data-clock]')").unwrap();
    assert!(right(0) && !right(3600));
}
