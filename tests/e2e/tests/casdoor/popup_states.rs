//! The popup's states that depend on a server: each is drawn, and says what it means and what the user can do. The
//! screenshots in `dist/states/` are for reviewers.

use e2e::drawn_state;
use e2e::page::Page;
use e2e::user;
use mock_casdoor::Fault;
use serde_json::json;

use crate::fixture::{Setup, row};

const PIA: &str = "private/pia";

fn picture(popup: &Page, name: &str) {
    drawn_state::check(popup, name).unwrap();
}

/// Returns the text of the notice above the list, and the target of its button.
fn notice(popup: &Page) -> String {
    popup.wait_for("document.querySelector('[data-notice] [data-action=see-connections]')").unwrap();
    popup.text("[data-notice]").unwrap()
}

#[test]
fn offline_codes_work_and_the_sync_status_explains() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.add("mine");
    setup.sync();
    setup.server.fail(Fault::Unreachable, "");
    setup.add("other");
    setup.sync();
    let (_page, popup) = setup.popup();
    popup.wait_for("document.querySelectorAll('[data-row] [data-code]').length === 2").unwrap();
    popup.click("[data-action=sync-status][data-sync=to_send]").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(!failed && words.contains("safe on this device") && words.contains("can't be reached"), "{words}");
    assert!(!words.contains(".."), "{words}");
    picture(&popup, "offline");
}

#[test]
fn codes_work_while_signed_out_and_signing_in_again_is_offered() {
    let setup = Setup::new();
    setup.connect_pia();
    setup.add("mine");
    setup.sync();
    setup.server.expire_access_tokens(PIA);
    setup.sync();
    let (_page, popup) = setup.popup();
    let words = notice(&popup);
    assert!(words.contains("signed this device out") && words.contains("Sign in again"), "{words}");
    popup.wait_for("document.querySelector('[data-sync=needs_user]')").unwrap();
    assert_eq!(user::rows(&popup).unwrap()[0].code.len(), 6);
    picture(&popup, "signed-out");
}

#[test]
fn after_a_conflict_both_versions_are_marked() {
    let setup = Setup::new();
    setup.connect_pia();
    let id = setup.add("mine");
    setup.sync();
    let stored = setup.server.user(PIA).unwrap().mfa_accounts;
    let mut theirs = stored[0].clone();
    theirs["accountName"] = json!("theirs");
    setup.server.set_mfa_accounts(PIA, json!([theirs]));
    let form = json!({ "issuer": "Acme", "name": "ours" });
    setup.ask(json!({ "do": "EditAccount", "id": id, "form": form }));
    setup.sync();
    assert_eq!(setup.names(), ["ours", "theirs"]);
    let (_page, popup) = setup.popup();
    popup.wait_for("document.querySelector('[data-mark=conflict]')").unwrap();
    let means = popup.evaluate("document.querySelector('[data-mark=conflict]').title").unwrap();
    assert!(means.as_str().unwrap().contains("Both versions are kept"), "{means}");
    picture(&popup, "conflict");
}

#[test]
fn hidden_and_public_lists_are_reported_above_the_codes() {
    for (client, user, told, name) in [
        ("hidden-client", "hidden/hana", "hides", "list-hidden"),
        ("bare-client", "bare/bert", "Anyone", "list-public"),
    ] {
        let setup = Setup::new();
        if name == "list-public" {
            // The check right after connecting fails, so the user has not been told yet.
            for path in ["/api/get-default-application", "/api/get-account"] {
                setup.server.fail(Fault::Status(502), path);
            }
        }
        setup.connect_by_token(client, user);
        setup.server.clear_faults();
        setup.add("mine");
        setup.sync();
        let (_page, popup) = setup.popup();
        let words = notice(&popup);
        assert!(words.contains(told), "{name}: {words}");
        assert_eq!(user::rows(&popup).unwrap().len(), 1, "{name}");
        picture(&popup, name);
    }
}

#[test]
fn a_missing_account_and_a_wrong_clock_are_shown() {
    let setup = Setup::new();
    setup.server.set_mfa_accounts(PIA, json!([row("one"), row("two")]));
    setup.connect_pia();
    setup.server.set_mfa_accounts(PIA, json!([row("two")]));
    setup.server.set_skew(240);
    setup.sync();
    let (_page, popup) = setup.popup();
    popup.wait_for("document.querySelector('[data-mark=missing]') && document.querySelector('[data-clock]')").unwrap();
    picture(&popup, "missing-and-clock");
}

#[test]
fn several_accounts_move_to_the_server_and_back_at_once() {
    let setup = Setup::new();
    setup.connect_pia();
    for name in ["one", "two"] {
        let form = json!({ "secret": crate::fixture::SECRET, "issuer": "Acme", "name": name, "keep": "device" });
        setup.ask(json!({ "do": "AddAccount", "form": form }));
    }
    setup.go("accounts");
    let connection = setup.connection().as_str().unwrap().to_owned();
    for (to, kept) in [(connection.as_str(), vec!["one", "two"]), ("device", vec![])] {
        setup.tab.wait_for("document.querySelectorAll('[data-account]').length === 2").unwrap();
        setup.tab.click("[data-field=select-all]").unwrap();
        user::select(&setup.tab, "[data-field=keep-many]", to).unwrap();
        setup.tab.click("[data-action=keep-many]").unwrap();
        setup.tab.wait_for("document.querySelector('[data-status=done]')").unwrap();
        assert_eq!(setup.stored(PIA), kept, "{to}");
        setup.go("accounts");
    }
    assert_eq!(setup.names(), ["one", "two"]);
    setup.go("sites");
    assert!(setup.tab.text("[data-server]").unwrap().contains("private"));
}
