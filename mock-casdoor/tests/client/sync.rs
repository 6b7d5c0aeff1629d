//! Tests syncing with every release of the server and with every fault.

use casdoor_authenticator::casdoor::{CasdoorError, MAX_LIST_BYTES, SyncState};
use mock_casdoor::{Fault, MockServer, Options, Release};
use serde_json::{Value, json};
use std::time::Duration;

use super::device::{Device, signed_in};

const A: &str = "GEZDGNBVGY3TQOJQ";
const B: &str = "JBSWY3DPEHPK3PXP";

fn start(release: Release) -> MockServer {
    MockServer::start(Options { release, ..Options::default() }).expect("a free port")
}

fn rows(server: &MockServer, user: &str) -> Vec<Value> {
    server.user(user).unwrap().mfa_accounts.as_array().cloned().unwrap_or_default()
}

fn names(server: &MockServer, user: &str) -> Vec<String> {
    rows(server, user).iter().map(|row| row["accountName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn two_devices_sync_with_all_six_releases() {
    for release in Release::ALL {
        let server = start(release);
        let [one, two] = [1, 2].map(|seed| Device::new(&server, "private-client", "private/pia", seed));
        server.set_mfa_accounts(
            "private/pia",
            json!([{"accountName": "phone", "issuer": "X", "secretKey": A, "origin": "phone-1"}]),
        );
        let before = server.user("private/pia").unwrap().record;
        let id = one.add("mine", B);
        assert!(one.sync().unwrap().wrote, "{}", release.name());
        assert_eq!(two.sync().unwrap().summary.added, 2);
        two.rename(id, "ours");
        two.sync().unwrap();
        one.sync().unwrap();
        assert_eq!(one.names(), ["ours", "phone"], "{}", release.name());
        one.delete(id);
        one.sync().unwrap();
        assert_eq!(names(&server, "private/pia"), ["phone"], "{}", release.name());
        let shape = one.with(|_, state| SyncState::from_state(state, one.id).writes_whole_user);
        assert_eq!(
            shape,
            release < Release::V3_48,
            "the request format that the server accepts is remembered, {}",
            release.name()
        );
        let mut after = server.user("private/pia").unwrap().record;
        for field in ["mfaAccounts", "updatedTime", "hash", "preHash"] {
            after[field] = before[field].clone();
        }
        assert_eq!(after, before, "no other field of the user changes, {}", release.name());
    }
}

#[test]
fn failures_change_nothing_and_have_different_errors() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    device.sync().unwrap();
    for (fault, error) in [
        (Fault::Unreachable, CasdoorError::Unreachable),
        (Fault::Html, CasdoorError::NotCasdoor),
        (Fault::Status(403), CasdoorError::Forbidden),
        (Fault::Status(429), CasdoorError::TooManyRequests),
        (Fault::Status(502), CasdoorError::ServerFault { status: 502 }),
    ] {
        server.fail(fault, "");
        let before = device.with(|vault, state| (vault.clone(), state.clone()));
        assert_eq!(device.sync().unwrap_err(), error);
        assert_eq!(device.with(|vault, state| (vault.clone(), state.clone())), before, "{error:?}");
        server.clear_faults();
    }
    assert!(device.sync().is_ok());
}

#[test]
fn unsent_changes_are_sent_with_the_next_sync() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    for fault in [Fault::Status(403), Fault::Html, Fault::Unreachable, Fault::ClaimAffected] {
        server.fail(fault, "/api/update-user");
        assert!(device.sync().is_err());
        assert!(rows(&server, "private/pia").is_empty());
        server.clear_faults();
    }
    assert_eq!(device.with(|vault, _| vault.accounts.len()), 1);
    assert!(device.sync().unwrap().wrote);
    assert_eq!(names(&server, "private/pia"), ["mine"]);
}

#[test]
fn a_claimed_write_is_verified() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    server.fail_times(Fault::ClaimAffected, "/api/update-user", 1);
    assert!(device.sync().unwrap().wrote, "the write is repeated once");
    device.add("two", A);
    server.fail(Fault::ClaimAffected, "/api/update-user");
    assert_eq!(device.sync().unwrap_err(), CasdoorError::NotStored);
}

#[test]
fn a_lost_write_reply_creates_no_duplicate() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    let id = device.add("mine", B);
    server.fail_times(Fault::LoseReply, "/api/update-user", 1);
    assert_eq!(device.sync().unwrap_err(), CasdoorError::Unreachable);
    device.rename(id, "renamed");
    device.sync().unwrap();
    assert_eq!((names(&server, "private/pia"), device.names()), (vec!["renamed".into()], vec!["renamed".into()]));
}

#[test]
fn a_hidden_list_reports_what_the_administrator_must_change() {
    let server = start(Release::default());
    let device = Device::new(&server, "hidden-client", "hidden/hana", 1);
    server.set_mfa_accounts("hidden/hana", json!([{"accountName": "a", "issuer": "", "secretKey": A, "origin": ""}]));
    device.add("mine", B);
    let error = device.sync().unwrap_err();
    assert_eq!(error, CasdoorError::ListHidden);
    assert!(error.to_string().contains("View rule to Self"));
    assert_eq!(names(&server, "hidden/hana"), ["a"]);
}

#[test]
fn masked_secrets_change_nothing() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    device.sync().unwrap();
    server.fail(Fault::MaskSecrets, "/api/get-user");
    assert_eq!(device.sync().unwrap_err(), CasdoorError::ListMasked);
    assert_eq!(device.with(|vault, _| vault.accounts[0].otp.key.to_base32().expose().clone()), B);
}

#[test]
fn nothing_is_sent_to_a_public_list_before_the_user_agrees() {
    let server = start(Release::default());
    let device = Device::new(&server, "bare-client", "bare/bert", 1);
    device.add("mine", B);
    assert_eq!(device.sync().unwrap_err(), CasdoorError::ListPublic);
    assert!(rows(&server, "bare/bert").is_empty());
    device.remember(|memory| memory.accepts_public = true);
    assert!(device.sync().unwrap().wrote);
}

#[test]
fn a_list_that_becomes_public_is_detected_within_a_day() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    device.sync().unwrap();
    server.set_view_rule("private", None);
    server.set_profile_public("private", true);
    device.ahead.set(86_401);
    device.add("two", A);
    assert_eq!(device.sync().unwrap_err(), CasdoorError::ListPublic);
    assert_eq!(names(&server, "private/pia"), ["mine"]);
}

#[test]
fn an_erased_list_changes_nothing_until_the_user_decides() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    device.sync().unwrap();
    server.set_mfa_accounts("private/pia", Value::Null);
    assert_eq!(device.sync().unwrap_err(), CasdoorError::ListNull);
    assert!(device.with(|vault, _| vault.accounts[0].missing_since.is_none()));
    device.remember(|memory| memory.accepts_null = true);
    assert_eq!(device.sync().unwrap().summary.rewritten, 1);
    assert_eq!(names(&server, "private/pia"), ["mine"]);
}

#[test]
fn a_token_that_expires_during_a_sync_is_refreshed() {
    let server = start(Release::default());
    let device = Device::new(&server, "acme-client", "acme/alice", 1);
    let signed_in = super::sign_in::by_password(&server, "acme-client", "alice");
    device.with(|_, state| state.tokens.insert(device.id, signed_in.tokens.clone()));
    device.ahead.set(1);
    device.add("mine", B);
    server.expire_access_tokens("acme/alice");
    assert!(device.sync().unwrap().wrote);
    assert_ne!(device.with(|_, state| state.tokens[&device.id].clone()), signed_in.tokens);
}

#[test]
fn tokens_are_refreshed_at_half_life_and_stored_before_use() {
    let server = start(Release::default());
    let signed_in = super::sign_in::by_password(&server, "acme-client", "alice");
    let device = Device::of(&server, signed_in.clone(), "acme-client", 1);
    device.ahead.set(4 * 86_400);
    server.fail(Fault::Status(500), "/api/get-user");
    assert!(device.sync().is_err());
    assert_ne!(device.with(|_, state| state.tokens[&device.id].clone()), signed_in.tokens);
    server.clear_faults();
    assert!(device.sync().is_ok());
}

#[test]
fn signing_out_elsewhere_and_forbidden_users_lose_nothing() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("mine", B);
    device.sync().unwrap();
    server.expire_tokens("private/pia");
    let error = device.sync().unwrap_err();
    assert!(error == CasdoorError::SignedOut && error.needs_sign_in());
    let again = signed_in(&server, "private-client", "private/pia");
    device.with(|_, state| state.tokens.insert(device.id, again.tokens));
    assert!(device.sync().is_ok());
    server.forbid("private/pia", true);
    assert_eq!(device.sync().unwrap_err(), CasdoorError::UserForbidden);
    assert_eq!(device.names(), ["mine"]);
}

#[test]
fn a_day_without_changes_needs_twelve_requests() {
    let server = start(Release::default());
    let device = Device::of(&server, super::sign_in::by_password(&server, "acme-client", "alice"), "acme-client", 1);
    device.add("mine", B);
    device.sync().unwrap();
    server.clear_requests();
    for _ in 0..12 {
        device.ahead.set(device.ahead.get() + 2 * 3600);
        assert_eq!(device.sync().unwrap().requests, 1);
    }
    assert_eq!(server.requests().len(), 12);
    server.clear_requests();
    device.add("two", A);
    let outcome = device.sync().unwrap();
    let asked = server.requests();
    let bytes: usize = asked.iter().map(|line| line.body_bytes).sum();
    println!(
        "a change: {} requests, {bytes} bytes sent, {} ms between reading and writing",
        asked.len(),
        outcome.gap.unwrap().as_millis()
    );
    assert!(asked.len() <= 8 && outcome.gap.unwrap() < Duration::from_secs(1));
    assert!(asked.iter().all(|line| !line.has_cookie && line.origin.is_none()));
    let order: Vec<_> = asked.iter().rev().take(3).map(|line| line.path.as_str()).collect();
    assert_eq!(
        order,
        ["/api/get-user", "/api/update-user", "/api/get-user"],
        "no request is sent between reading and writing"
    );
}

#[test]
fn a_thousand_rows_are_received_and_the_size_limit_is_not_exceeded() {
    let server = start(Release::default());
    let many: Vec<Value> = (0..1000)
        .map(|n| json!({"accountName": format!("user {n}"), "issuer": "X", "secretKey": A, "origin": "phone-1"}))
        .collect();
    server.set_mfa_accounts("private/pia", json!(many));
    let device = Device::new(&server, "private-client", "private/pia", 1);
    device.add("one more", B);
    let outcome = device.sync().unwrap();
    assert_eq!(
        (outcome.summary.added, outcome.summary.no_room, outcome.wrote, outcome.has_unsent_changes),
        (1000, 1, false, true)
    );
    assert!(serde_json::to_string(&many).unwrap().len() > MAX_LIST_BYTES);
    assert_eq!(rows(&server, "private/pia"), many);
}

#[test]
fn a_wrong_clock_is_detected() {
    let server = start(Release::default());
    let device = Device::new(&server, "private-client", "private/pia", 1);
    server.set_skew(300);
    let ahead = device.sync().unwrap().clock_ahead_seconds.unwrap();
    assert!((298..=302).contains(&ahead), "{ahead}");
}
