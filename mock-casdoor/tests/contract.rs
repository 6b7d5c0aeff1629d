//! The mock server answers every recorded request as the real server did.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "test helpers, which must stop the test on failure"
)]

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use mock_casdoor::contract::{self, Report};
use mock_casdoor::{MockServer, Options, Release};

/// Every recording, with the release of the server that it was made from.
const RECORDINGS: [(&str, Release); 13] = [
    ("discovery", Release::V3_158),
    ("sign-in", Release::V3_158),
    ("token-formats", Release::V3_158),
    ("device", Release::V3_158),
    ("origin-header", Release::V3_158),
    ("mfa-accounts", Release::V3_158),
    ("write-shapes", Release::V3_158),
    ("visibility", Release::V3_158),
    ("mfa-login", Release::V3_158),
    ("edges", Release::V3_158),
    ("write-shapes-v3.40.0", Release::V3_40),
    ("write-shapes-v1.953.0", Release::V1_953),
    ("write-shapes-v1.783.0", Release::V1_783),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/casdoor")
}

fn replay(server: SocketAddr, name: &str) -> Report {
    let file = folder().join(format!("{name}.json"));
    contract::replay(server, &file).expect("the recording can be replayed")
}

fn start(release: Release) -> MockServer {
    MockServer::start(Options { release, ..Options::default() }).expect("a free port")
}

fn assert_no_differences(reports: Vec<(&str, Report)>) {
    let (mut replayed, mut illustrations, mut differences) = (0, 0, Vec::new());
    for (name, report) in reports {
        println!("{name}: {} steps replayed, {} illustrations", report.replayed, report.illustrations);
        replayed += report.replayed;
        illustrations += report.illustrations;
        differences.extend(report.differences);
    }
    println!("contract: {replayed} steps replayed and compared, {illustrations} illustrations");
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_mock_server_responds_to_every_recorded_step_as_the_real_server_did() {
    let replayed = |(name, release)| (name, replay(start(release).address(), name));
    assert_no_differences(RECORDINGS.map(replayed).to_vec());
}

#[test]
fn every_recording_is_replayed() {
    let files = std::fs::read_dir(folder()).expect("the recordings exist");
    let mut names: Vec<String> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok()?.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    let mut replayed = RECORDINGS.map(|(name, _)| name.to_owned());
    replayed.sort();
    assert_eq!(names, replayed);
}

#[test]
fn a_server_of_another_release_has_differences() {
    let report = replay(start(Release::V1_783).address(), "write-shapes");
    assert!(report.differences.iter().any(|line| line.contains("written: false instead of true")), "{report:?}");
    let report = replay(start(Release::V3_158).address(), "write-shapes-v3.40.0");
    assert!(!report.differences.is_empty());
}

#[test]
fn a_real_server_responds_as_recorded() {
    let Ok(url) = std::env::var("CASDOOR_URL") else {
        println!("not tested with a real server: CASDOOR_URL is not set");
        return;
    };
    let place = url.trim_start_matches("http://").trim_end_matches('/');
    let server = place.to_socket_addrs().expect("an address").next().expect("an address");
    contract::prepare(server).expect("the users of the recordings");
    // There are no recordings of some older releases.
    let of_server = Release::of_real_server().expect("a known release");
    let recordings = RECORDINGS.into_iter().filter(|(_, release)| *release == of_server);
    assert_no_differences(recordings.map(|(name, _)| (name, replay(server, name))).collect());
}
