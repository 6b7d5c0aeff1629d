//! A value that the policy does not support is reported, and never makes a rule less strict.

use casdoor_authenticator::app::ManagedKey;
use casdoor_authenticator::app::policy::{MinimumStrength, Policy, Rule, WhenRemoved};
use casdoor_authenticator::app::protocol::LookUpServer;
use casdoor_authenticator::vault::{Area, NewAccounts, Site};
use serde_json::json;

use super::policy::{SERVER, policy, set};
use super::worker::{ask, failure, with_vault};

#[test]
fn a_value_of_the_wrong_type_is_reported_and_never_loosens_a_rule() {
    let wrong = ["\"true\"", "\"yes\"", "1", "0", "[]", "{}", "not JSON", ""];
    for key in [
        "onlyTheseServers",
        "requireSignIn",
        "forbidOwnFactorOnServer",
        "forbidMfaChanges",
        "forbidExports",
        "forbidShowingSecrets",
        "requirePassword",
    ] {
        for value in wrong {
            let read = Policy::parse([(key, value)]);
            assert_eq!(
                (read.rules.len(), read.not_understood.as_slice()),
                (1, [key.to_owned()].as_slice()),
                "{key} {value}"
            );
        }
        assert!(Policy::parse([(key, "false")]).rules.is_empty() && Policy::parse([(key, "null")]).rules.is_empty());
    }
    for value in ["true", "3", "\"On\"", "[\"off\"]", "{}"] {
        let read =
            Policy::parse([("automaticFilling", value), ("newAccounts", value), ("minimumPasswordStrength", value)]);
        assert_eq!(read.automatic_filling, Some(false), "{value}");
        assert_eq!(read.new_accounts, Some(NewAccounts::Device), "{value}");
        assert_eq!(read.minimum_strength, Some(MinimumStrength::Strong), "{value}");
        assert_eq!(read.not_understood.len(), 3, "{value}");
    }
    for value in ["\"15\"", "-1", "1.5", "null ,", "{}"] {
        let read = Policy::parse([("autoLockMinutes", value), ("idleLockMinutes", value), ("backupEveryDays", value)]);
        let minutes = (read.auto_lock_minutes, read.idle_lock_minutes);
        assert_eq!((minutes, read.backup_every_days), ((Some(1), Some(1)), Some(1)), "{value}");
    }
    assert_eq!(Policy::parse([("fillSites", "\"example.com\"")]).fill_sites, Some(vec![]), "no site is allowed");
    let sites = Policy::parse([("fillSites", r#"["*.Example.com", "com", "http://x y", 5, "ex ample.com"]"#)]);
    assert_eq!(sites.fill_sites, Some(vec![Site::Domain("example.com".into())]));
    assert_eq!(sites.not_understood, ["fillSites"]);
    assert_eq!(
        Policy::parse([("whenRemoved", "\"forget it\"")]).when_removed,
        None,
        "only the exact value deletes accounts"
    );
    assert_eq!(Policy::parse([("whenRemoved", "\"forget\"")]).when_removed, Some(WhenRemoved::Forget));
}

#[test]
fn servers_that_are_not_understood_are_left_out_and_allow_nothing() {
    let disk = with_vault();
    for servers in [
        json!("https://id.example.com"),
        json!([SERVER]),
        json!([{ "organization": "acme" }]),
        json!([{ "address": 5 }]),
        json!([{ "address": "http://id.example.com" }]),
        json!([{ "address": SERVER, "organisation": "acme" }]),
        json!([{ "address": SERVER, "organization": 7 }]),
    ] {
        set(&disk, "servers", servers.clone());
        set(&disk, "onlyTheseServers", json!(true));
        let read = policy(&disk);
        assert!(read.servers.is_empty() && read.not_understood == ["servers"], "{servers}");
        let discover = LookUpServer {
            server: SERVER.into(),
            organization: None,
            application: None,
            client_id: Some("client".into()),
            allow_http: false,
        };
        assert_eq!(failure(ask(&disk, discover)), "policy_server", "{servers}");
    }
}

#[test]
fn unknown_keys_are_reported_and_the_size_of_values_is_limited() {
    let disk = with_vault();
    disk.memory.set(Area::Managed, "forbidExport", Some("true".into()));
    let read = policy(&disk);
    assert_eq!(read.not_understood, ["forbidExport"]);
    assert!(read.rules.is_empty() && read.is_set());
    let long = format!("[{}]", vec![r#"{"address":"https://id.example.com"}"#; 5_000].join(","));
    let read = Policy::parse([("servers", long.as_str())]);
    assert!(read.servers.is_empty() && read.not_understood == ["servers"]);
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(Policy::parse([("fillSites", deep.as_str())]).not_understood, ["fillSites"]);
    let many: Vec<String> = (0..1_000).map(|number| format!("key{number}")).collect();
    assert!(Policy::parse(many.iter().map(|key| (key.as_str(), "1"))).not_understood.len() <= 20);
    assert!(!Policy::default().is_set() && !Policy::default().has(Rule::ForbidExports));
}

#[test]
fn every_key_changes_the_policy() {
    for key in ManagedKey::ALL {
        let value = match key {
            ManagedKey::Servers => json!([{ "address": SERVER }]),
            ManagedKey::FillSites => json!(["example.com"]),
            ManagedKey::AutomaticFilling => json!("on"),
            ManagedKey::NewAccounts => json!("server"),
            ManagedKey::MinimumPasswordStrength => json!("good"),
            ManagedKey::KeyDerivation => json!("pbkdf2"),
            ManagedKey::MinimumPbkdf2Iterations => json!(700_000),
            ManagedKey::AutoLockMinutes | ManagedKey::IdleLockMinutes | ManagedKey::BackupEveryDays => json!(7),
            ManagedKey::WhenRemoved => json!("forget"),
            ManagedKey::Language => json!("fr"),
            ManagedKey::SupportUrl => json!("https://help.example.com"),
            ManagedKey::SupportText => json!("Ask Ann"),
            ManagedKey::OnlyTheseServers
            | ManagedKey::RequireSignIn
            | ManagedKey::ForbidOwnFactorOnServer
            | ManagedKey::ForbidMfaChanges
            | ManagedKey::ForbidExports
            | ManagedKey::ForbidShowingSecrets
            | ManagedKey::RequirePassword => json!(true),
        };
        let read = Policy::parse([(key.name(), value.to_string().as_str())]);
        assert!(read.is_set() && read.not_understood.is_empty(), "{}: {read:?}", key.name());
    }
}

#[test]
fn every_key_has_a_test() {
    let tests = [include_str!("policy.rs"), include_str!("policy_vault.rs")].concat();
    for key in ManagedKey::ALL {
        assert!(tests.contains(&format!("\"{}\"", key.name())), "{} has no test", key.name());
    }
}
