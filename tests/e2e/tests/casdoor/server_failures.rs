//! Servers that fail: nothing is lost, the failure is reported, and changes are sent later.

use mock_casdoor::Fault;
use serde_json::{Value, json};

use crate::fixture::{Setup, row};

const PIA: &str = "private/pia";

#[test]
fn server_failures_lose_nothing_and_changes_are_sent_later() {
    let setup = Setup::new();
    setup.connect_pia();
    for (number, (fault, on, words)) in [
        (Fault::Status(403), "", "403"),
        (Fault::Status(429), "", "too many requests"),
        (Fault::Status(502), "", "502"),
        (Fault::Unreachable, "", "can't be reached"),
        (Fault::Html, "", "doesn't respond like Casdoor"),
        (Fault::Status(403), "/api/update-user", "403"),
        (Fault::Html, "/api/update-user", "doesn't respond like Casdoor"),
        (Fault::ClaimAffected, "/api/update-user", "didn't save your changes"),
        (Fault::LoseReply, "/api/update-user", "can't be reached"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("account {number}");
        let (before, stored) = (setup.names(), setup.stored(PIA));
        setup.server.fail(fault, on);
        setup.add(&name);
        let said = setup.sync();
        assert!(said.contains(words), "{fault:?} {on}: {said}");
        assert_eq!(setup.names().len(), before.len() + 1, "{fault:?} {on}");
        if fault != Fault::LoseReply {
            assert_eq!(setup.stored(PIA), stored, "{fault:?} {on}");
        }
        let account_list = setup.ask(json!({ "do": "ReadScreen" }))["Ok"]["account_list"].clone();
        assert!(
            ["to_send", "needs_user"].contains(&account_list["sync"].as_str().unwrap()),
            "{fault:?} {on}: {account_list}"
        );
        setup.server.clear_faults();
        setup.sync();
        assert!(setup.stored(PIA).contains(&name), "{fault:?} {on}: the change was not sent later");
        assert_eq!(setup.stored(PIA).len(), number + 1, "{fault:?} {on}: the change was sent twice");
    }
    assert_eq!(setup.ask(json!({ "do": "ReadScreen" }))["Ok"]["account_list"]["sync"], "up_to_date");
}

#[test]
fn a_slow_server_does_not_block_the_popup() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.server.fail(Fault::Slow(10_000), "/api/");
    let sync = "void (globalThis.syncing = chrome.runtime.sendMessage({ page: { do: 'SyncNow' } })
        .then(() => { globalThis.synced = true; }))";
    setup.tab.evaluate(sync).unwrap();
    setup.add("mine");
    let (_page, popup) = setup.popup();
    popup.wait_for("document.querySelector('[data-row] [data-code]')?.dataset.code.length === 6").unwrap();
    assert_eq!(setup.tab.evaluate("!!globalThis.synced").unwrap(), false, "the popup did not wait for the server");
    setup.server.clear_faults();
    setup.tab.evaluate("globalThis.syncing").unwrap();
    setup.sync();
    assert_eq!(setup.stored(PIA), ["mine"]);
}

#[test]
fn a_token_that_expires_during_a_sync_is_renewed_once() {
    let setup = Setup::new();
    setup.connect("acme", "alice");
    setup.add("mine");
    setup.server.expire_access_tokens("acme/alice");
    // A token is not refreshed in the same second in which it was issued.
    setup.tab.evaluate("new Promise(done => setTimeout(done, 1100))").unwrap();
    setup.server.clear_requests();
    let twice = "Promise.all([1, 2, 3].map(() => chrome.runtime.sendMessage({ page: { do: 'SyncNow' } })))";
    setup.tab.evaluate(twice).unwrap();
    let asked = setup.server.requests();
    let refreshes: Vec<_> = asked.iter().filter(|line| line.path.ends_with("/refresh_token")).collect();
    assert_eq!(refreshes.len(), 1, "{asked:?}");
    assert!(refreshes.iter().all(|line| line.status == Some(200) && !line.has_bearer && line.origin.is_none()));
    assert!(setup.stored("acme/alice").contains(&"mine".to_owned()));
    assert_eq!(setup.connections()[0]["waits"], Value::Null);
}

#[test]
fn concurrent_sync_requests_are_coalesced() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.server.fail(Fault::Slow(400), "/api/get-user");
    setup.server.clear_requests();
    let many = "Promise.all([1, 2, 3, 4, 5, 6].map(() => chrome.runtime.sendMessage({ page: { do: 'SyncNow' } })))";
    let replies = setup.tab.evaluate(many).unwrap();
    assert!(replies.as_array().unwrap().iter().all(|reply| reply["Ok"].is_object()), "{replies}");
    let asked = setup.server.requests();
    let reads = asked.iter().filter(|line| line.path == "/api/get-user").count();
    assert_eq!(reads, 2, "{asked:?}");
}

#[test]
fn a_lost_refresh_reply_asks_to_sign_in_again_and_loses_nothing() {
    let setup = Setup::new();
    setup.connect("acme", "alice");
    e2e::user::sign_out_of_pages(&setup.tab).unwrap();
    setup.server.expire_access_tokens("acme/alice");
    setup.tab.evaluate("new Promise(done => setTimeout(done, 1100))").unwrap();
    setup.server.fail_times(Fault::LoseReply, "/api/login/oauth/refresh_token", 1);
    setup.sync();
    setup.sync();
    assert_eq!(setup.connections()[0]["waits"], "sign_in");
    assert_eq!((setup.names().len(), setup.badge()), (2, "!".into()));
}

#[test]
fn a_forbidden_user_keeps_every_local_account() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.add("mine");
    setup.sync();
    setup.server.forbid(PIA, true);
    let said = setup.sync();
    assert!(said.contains("no longer lets this user sign in"), "{said}");
    assert_eq!((setup.names(), setup.badge()), (vec!["mine".into()], "!".into()));
    let (_page, popup) = setup.popup();
    popup.wait_for("document.querySelector('[data-sync=needs_user]')").unwrap();
    popup.wait_for("document.querySelector('[data-row] [data-code]')?.dataset.code.length === 6").unwrap();
}

#[test]
fn a_thousand_rows_sync_within_the_size_limit() {
    let setup = Setup::new();
    let many: Vec<Value> = (0..1000).map(|number| row(&format!("user {number}"))).collect();
    setup.server.set_mfa_accounts(PIA, json!(many));
    setup.connect_pia();
    assert_eq!(setup.names().len(), 1000);
    setup.add("one more");
    let said = setup.sync();
    assert!(said.contains("the server is full"), "{said}");
    assert_eq!(setup.stored(PIA).len(), 1000);
    setup.go("connect");
    assert!(setup.tab.text("[data-free-space]").unwrap().contains("0.0 of 60 KB"));
    let (_page, popup) = setup.popup();
    popup.wait_for("document.querySelectorAll('[data-row]').length > 5").unwrap();
    let drawn = popup.evaluate("document.querySelectorAll('[data-row]').length").unwrap();
    assert!(drawn.as_u64().unwrap() < 40, "{drawn} rows are drawn");
}
