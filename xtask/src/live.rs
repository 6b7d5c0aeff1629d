//! Tests against the real Casdoor server at `$CASDOOR_URL`, which must have the users and applications of the
//! recordings.
//!
//! A failure does not stop the remaining stages. The result is a table. [`DIFFERENCES`] lists what older releases do
//! not support; everything else must pass.

use crate::build;
use crate::command::cargo;
use crate::stage::{self, Count};
use crate::wasm::Profile;
use anyhow::{Context, Result, bail};
use std::path::Path;

/// The newest release, which is assumed if `$CASDOOR_TAG` is not set.
const NEWEST: &str = "v3.158.0";

/// The stages: the name in the table, and the arguments of `cargo`.
const STAGES: [(&str, &str); 6] = [
    ("responses as recorded", "test --quiet --package mock-casdoor --test contract -- --nocapture a_real_server"),
    (
        "every organization, in two terminals",
        "test --quiet --package mock-casdoor --test cli -- --nocapture every_organization_of_a_real_server",
    ),
    (
        "a code for the session of the browser",
        "test --quiet --package mock-casdoor --test client -- --nocapture a_real_server",
    ),
    ("connecting, syncing, second factors", "test --quiet --package e2e --test real_server -- --test-threads=1"),
    (
        "enrolling, recovery codes, passcodes",
        "test --quiet --package e2e --test filling -- --test-threads=1 a_recovery_code_is_filled sign_in_flows::",
    ),
    ("the main user journey", "run --quiet --package e2e --bin live"),
];

/// Tests that are skipped for older releases: the first release that supports the test, the test, and the reason.
const DIFFERENCES: [(&str, &str, &str); 3] = [
    (
        "v3.40.0",
        "a_real_second_factor_is_turned_on_used_and_turned_off",
        "the server rejects changes of second factors by token, and the popup says so",
    ),
    (
        "v3.40.0",
        "a_sign_out_everywhere_is_detected_and_the_sign_in_is_renewed",
        "signing out everywhere does not end the tokens of other clients",
    ),
    (
        "v2.211.0",
        "a_recovery_code_is_filled_after_the_password_and_marked_used",
        "the server's own page shows a recovery code, and stores the text \"null\" instead",
    ),
];

/// Runs all stages and prints the table. Fails if anything failed that the release supports.
pub fn live(root: &Path) -> Result<()> {
    let url = std::env::var("CASDOOR_URL").unwrap_or_else(|_| "http://127.0.0.1:8000".into());
    let tag = std::env::var("CASDOOR_TAG").unwrap_or_else(|_| NEWEST.into());
    let release = parse_release(&tag)?;
    let differences: Vec<_> = DIFFERENCES
        .into_iter()
        .filter(|(first, _, _)| parse_release(first).is_ok_and(|first| release < first))
        .map(|(_, test, reason)| (test, reason))
        .collect();
    build::build(root, Profile::Release)?;
    let mut table = format!("\nCasdoor {tag}\n{:<42}{:>8}{:>8}\n", "", "passed", "failed");
    let mut sum = Count::default();
    for (stage, arguments) in STAGES {
        let mut command = cargo(root, arguments);
        command.env("CASDOOR_URL", &url).env("CASDOOR_TAG", &tag);
        if arguments.contains(" -- ") {
            command.args(differences.iter().flat_map(|(test, _)| ["--skip", test]));
        }
        let report = stage::run(command)?;
        // The main user journey is a program, which counts as one test that passes if the program succeeds.
        let is_program = report.count == Count::default();
        let count = if is_program { Count { passed: 1, failed: 0 } } else { report.count };
        table += &format!("{stage:<42}{:>8}{:>8}\n", count.passed, count.failed);
        report.failed.iter().for_each(|test| table += &format!("    failed: {test}\n"));
        sum.add(count);
    }
    differences.iter().for_each(|(test, reason)| table += &format!("not run: {test}: {reason}\n"));
    println!("{table}{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed > 0 {
        bail!("some tests failed; see the output above");
    }
    Ok(())
}

/// Parses a tag such as `v3.158.0`.
fn parse_release(tag: &str) -> Result<(u32, u32)> {
    let parts = tag.trim_start_matches('v').split_once('.');
    let (major, rest) = parts.context("CASDOOR_TAG is not a release such as v3.158.0")?;
    Ok((major.parse()?, rest.split('.').next().unwrap_or_default().parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_compared_by_their_numbers() {
        assert!(parse_release("v3.40.0").unwrap() < parse_release("v3.158.0").unwrap());
        assert!(parse_release("v2.211.0").unwrap() < parse_release("3.40").unwrap());
        assert!(parse_release("newest").is_err());
        assert!(DIFFERENCES.iter().all(|(first, _, reason)| parse_release(first).is_ok() && !reason.is_empty()));
    }
}
