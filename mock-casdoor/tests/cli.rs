//! The command-line example (`examples/cli.rs` of the library) against the mock server, as two devices of one user.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot build its input should fail"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mock_casdoor::{MockServer, Options, PASSWORD};
use serde_json::{Value, json};

/// Builds the example in this test's target folder and returns its path.
fn example() -> PathBuf {
    let deps = std::env::current_exe().expect("the test's path");
    let profile = deps.parent().and_then(Path::parent).expect("the test is in target/PROFILE/deps");
    let target = profile.parent().expect("the profile is in a target folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is in the workspace");
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", "cli", "--package", "casdoor-authenticator", "--target-dir"])
        .arg(target)
        .current_dir(root)
        .status();
    assert!(build.expect("cargo runs").success());
    profile.join("examples/cli")
}

/// A user's device, which is one vault file.
struct Device {
    program: PathBuf,
    vault: PathBuf,
}

impl Device {
    fn new(program: &Path, folder: &Path, name: &str) -> Self {
        let device = Self { program: program.into(), vault: folder.join(name) };
        device.run(&["init"]).expect("a new vault");
        device
    }

    fn output(&self, words: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        let output = command.arg("--vault").arg(&self.vault).args(words).env("VAULT_PASSWORD", "right").output();
        output.expect("the program starts")
    }

    fn run(&self, words: &[&str]) -> Result<String, String> {
        let output = self.output(words);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn run_or_panic(&self, words: &[&str]) -> String {
        self.run(words).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    fn names(&self, list: &str) -> Vec<String> {
        let rows: Vec<Value> = serde_json::from_str(&self.run_or_panic(&[list, "--json"])).unwrap();
        let mut names: Vec<_> = rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    fn connect(&self, server: &MockServer, new: &str) {
        let said = self.connect_as(&server.url("127.0.0.1"), "acme-client", "bob", new);
        assert!(said.starts_with("connected"), "{said}");
    }

    /// Connects as this user and returns all output, including warnings and errors.
    fn connect_as(&self, url: &str, client: &str, user: &str, new: &str) -> String {
        let who = ["--client-id", client, "--user", user, "--password", PASSWORD];
        self.all_output(&[&["connect", url], &who[..], &["--new", new]].concat())
    }

    /// Runs the example and returns all output, including warnings and errors.
    fn all_output(&self, words: &[&str]) -> String {
        let output = self.output(words);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }
}

fn names_on_server(server: &MockServer) -> Vec<String> {
    let list = server.user("acme/bob").unwrap().mfa_accounts;
    list.as_array().into_iter().flatten().map(|row| row["accountName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn two_terminals_and_a_phone_sync_the_same_accounts() {
    let server = MockServer::start(Options::default()).expect("a free port");
    server.set_mfa_accounts(
        "acme/bob",
        json!([{"accountName": "Acme%20Works:bob", "issuer": "Acme%20Works", "secretKey": "JBSWY3DPEHPK3PXP", "origin": "phone"}]),
    );
    let (program, folder) = (example(), std::env::temp_dir().join(format!("cli-test-{}", std::process::id())));
    std::fs::create_dir_all(&folder).unwrap();
    let [one, two] = ["one", "two"].map(|name| Device::new(&program, &folder, name));

    one.run_or_panic(&[
        "add",
        "otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=GitHub&digits=8",
    ]);
    assert_eq!(one.run_or_panic(&["code", "alice"]).len(), 8);
    one.connect(&server, "here");
    assert_eq!((one.names("list"), names_on_server(&server).len()), (vec!["alice".into(), "bob".into()], 1));

    one.run_or_panic(&["keep", "alice", "--on", "server"]);
    two.connect(&server, "server");
    assert_eq!(two.names("list"), ["alice", "bob"]);
    two.run_or_panic(&["rename", "alice", "work"]);
    two.run_or_panic(&["add", "otpauth://totp/X:third?secret=MFRGGZDFMZTWQ2LK&issuer=X"]);
    two.run_or_panic(&["sync"]);
    let report: Value = serde_json::from_str(&one.run_or_panic(&["sync", "--json"])).unwrap();
    assert_eq!((&report[0]["summary"]["renamed"], &report[0]["summary"]["added"]), (&json!(1), &json!(1)));
    assert_eq!(one.names("list"), ["bob", "third", "work"]);

    one.run_or_panic(&["delete", "third"]);
    assert_eq!(one.names("trash"), ["third"]);
    one.run_or_panic(&["sync"]);
    assert_eq!(names_on_server(&server), ["Acme%20Works:bob", "work"]);
    one.run_or_panic(&["restore", "third"]);
    one.run_or_panic(&["sync"]);
    assert_eq!(names_on_server(&server).len(), 3);
    one.run_or_panic(&["keep", "third", "--on", "here"]);
    assert_eq!((one.names("list").len(), names_on_server(&server).len()), (3, 2));

    let error = one.run(&["delete", "nobody"]).unwrap_err();
    assert_eq!(error, "there is no account of that name");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_connection_by_token_receives_until_sending_is_chosen() {
    let server = MockServer::start(Options { sample: true, ..Options::default() }).expect("a free port");
    let (program, folder) = (example(), std::env::temp_dir().join(format!("cli-token-{}", std::process::id())));
    std::fs::create_dir_all(&folder).unwrap();
    let device = Device::new(&program, &folder, "vault");
    let token = server.token("acme-client", "acme/alice", "127.0.0.1").unwrap();
    let url = server.url("127.0.0.1");
    let said = device.run_or_panic(&["connect", &url, "--token", &token]);
    assert!(said.contains("2 accounts received"), "{said}");
    let before = server.user("acme/alice").unwrap().mfa_accounts;
    device.run_or_panic(&["add", "otpauth://totp/X:mine?secret=MFRGGZDFMZTWQ2LK&issuer=X"]);
    device.run_or_panic(&["sync"]);
    assert_eq!(server.user("acme/alice").unwrap().mfa_accounts, before);
    device.run_or_panic(&["keep", "mine", "--on", "server"]);
    assert_eq!(server.user("acme/alice").unwrap().mfa_accounts.as_array().unwrap().len(), 3);
    let text = std::fs::read_to_string(folder.join("vault")).unwrap();
    assert!(!text.contains(&token) && !text.contains("MFRGGZDFMZTWQ2LK"), "a secret is stored unencrypted");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Syncs two terminals of one user. Only the first one adds the account `name`. Returns whether the second one received
/// it ("arrived" or "kept here"), and the output of both.
fn two_terminals(url: &str, client: &str, user: &str, name: &str) -> String {
    let (program, folder) = (example(), std::env::temp_dir().join(format!("cli-{user}-{name}")));
    std::fs::create_dir_all(&folder).unwrap();
    let [one, two] = ["one", "two"].map(|vault| Device::new(&program, &folder, vault));
    let mut said = one.connect_as(url, client, user, "server");
    one.run_or_panic(&["add", &format!("otpauth://totp/Live:{name}?secret=MFRGGZDFMZTWQ2LK&issuer=Live")]);
    said += &one.all_output(&["sync"]);
    assert!(one.names("list").iter().any(|listed| listed == name), "{user} lost an account: {said}");
    said += &two.connect_as(url, client, user, "server");
    let arrived = two.names("list").iter().any(|listed| listed == name);
    std::fs::remove_dir_all(&folder).unwrap();
    format!("{}: {said}", if arrived { "arrived" } else { "kept here" })
}

/// Syncs a user of each organization in the recordings. `name` must be unique, because a real server still has the
/// accounts of earlier runs.
fn every_organization(url: &str, name: &str) {
    for (client, user, arrival, expected) in [
        ("acme-client", "eve", "arrived", "1 sent"),
        ("private-client", "pia", "arrived", "1 sent"),
        ("hidden-client", "hana", "kept here", "MFA accounts, View rule"),
        ("bare-client", "bert", "arrived", "MFA accounts, View rule"),
    ] {
        let said = two_terminals(url, client, user, name);
        println!("{user}: {said}");
        assert!(said.starts_with(arrival) && said.contains(expected), "{user}: {said}");
    }
}

#[test]
fn every_organization_syncs_or_reports_what_to_change() {
    let server = MockServer::start(Options::default()).expect("a free port");
    every_organization(&server.url("127.0.0.1"), &format!("own-{}", std::process::id()));
}

#[test]
fn every_organization_of_a_real_server_syncs_or_reports_what_to_change() {
    match std::env::var("CASDOOR_URL") {
        Ok(url) => every_organization(&url, &format!("live-{}", std::process::id())),
        Err(_) => println!("not tested with a real server: CASDOOR_URL is not set"),
    }
}
