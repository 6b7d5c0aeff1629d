//! Compares registrable domains with the definition of the Public Suffix List and with the `psl` crate, whose package
//! contains the list as text.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot read its own build should fail"
)]

#[path = "support/processor_time.rs"]
mod processor_time;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use casdoor_authenticator::autofill::registrable_domain;
use processor_time::processor_time;

/// Returns the rules as in the list: `com`, `*.ck`, `!www.ck`, with Unicode names.
fn rules() -> Vec<String> {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(rustc.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let psl = packages.iter().find(|package| package["name"] == "psl").unwrap();
    let folder = Path::new(psl["manifest_path"].as_str().unwrap()).parent().unwrap();
    fs::read_to_string(folder.join("data/rules.txt")).unwrap().lines().map(str::to_owned).collect()
}

/// Converts a rule to the ASCII form that browsers use.
fn ascii(rule: &str) -> String {
    let name = rule.trim_start_matches(['!', '*', '.']);
    format!("{}{}", rule.strip_suffix(name).unwrap(), idna::domain_to_ascii(name).unwrap())
}

/// Returns the result according to the definition of the list: of the matching rules, an exception has priority,
/// otherwise the rule with the most labels.
fn defined(host: &str, rules: &HashSet<String>) -> Option<String> {
    let starts: Vec<usize> = [0].into_iter().chain(host.match_indices('.').map(|(at, _)| at + 1)).collect();
    let fits = |start: &usize| {
        let parent = host[*start..].split_once('.').map(|(_, parent)| format!("*.{parent}"));
        rules.contains(&host[*start..]) || parent.is_some_and(|rule| rules.contains(&rule))
    };
    let exception = starts.iter().position(|start| rules.contains(&format!("!{}", &host[*start..])));
    let suffix = match exception {
        Some(named) => named + 1,
        None => starts.iter().position(fits)?,
    };
    suffix.checked_sub(1).map(|domain| host[starts[domain]..].to_owned())
}

/// Returns the result of the `psl` crate.
fn compiled(host: &str) -> Option<String> {
    let domain = psl::domain(host.as_bytes()).filter(|domain| domain.suffix().is_known())?;
    Some(String::from_utf8(domain.as_bytes().to_vec()).unwrap())
}

/// Returns hosts at, below and next to a rule's name.
fn hosts(rule: &str) -> Vec<String> {
    let name = rule.trim_start_matches(['!', '*', '.']);
    let sibling = name.split_once('.').map(|(_, parent)| format!("other.{parent}"));
    let below = ["a.", "b.a.", "c.b.a.", "d.c.b.a."].map(|labels| format!("{labels}{name}"));
    below.into_iter().chain(sibling).chain([name.to_owned()]).collect()
}

#[test]
fn every_rule_matches_the_definition_and_another_implementation() {
    let rules: HashSet<String> = rules().iter().map(|rule| ascii(rule)).collect();
    let kinds = ["!", "*.", "xn--"].map(|start| rules.iter().filter(|rule| rule.starts_with(start)).count());
    assert!(rules.len() > 9_000 && kinds[0] > 5 && kinds[1] > 100 && kinds[2] > 100, "{} {kinds:?}", rules.len());
    let hosts: Vec<String> = rules.iter().flat_map(|rule| hosts(rule)).collect();
    let wrong: Vec<_> = hosts.iter().filter(|host| registrable_domain(host) != defined(host, &rules)).collect();
    // The `psl` crate deviates from the definition if a name matches a wildcard rule below which there are more
    // specific rules.
    let excused = |host: &str| rules.iter().any(|rule| rule.ends_with(&format!(".{host}")));
    let differs = |host: &&String| registrable_domain(host) != compiled(host) && !excused(host);
    let differing: Vec<_> = hosts.iter().filter(differs).collect();
    println!(
        "{} rules, {} hosts, {} wrong, {} different from psl",
        rules.len(),
        hosts.len(),
        wrong.len(),
        differing.len()
    );
    assert!(wrong.is_empty() && differing.is_empty(), "wrong: {wrong:?}, different from psl: {differing:?}");
}

#[test]
fn unlisted_and_invalid_hosts_have_no_registrable_domain() {
    for host in [
        "intranet",
        "wiki.corp",
        "192.168.0.7",
        "[::1]",
        "",
        ".",
        "..",
        ".com",
        "a..com",
        "com",
        "github.io",
        "example.com.",
    ] {
        assert_eq!(registrable_domain(host), None, "{host}");
    }
    assert_eq!(registrable_domain(&"a.".repeat(300)), None);
    assert_eq!(registrable_domain(&format!("{}com", "a.".repeat(60))).as_deref(), Some("a.com"));
}

#[test]
fn a_registrable_domain_is_found_in_less_than_50_microseconds() {
    let start = processor_time();
    let found = (0..10_000).filter(|_| registrable_domain("login.example.co.uk").is_some()).count();
    let taken = processor_time().saturating_sub(start);
    println!("{} ns per host", taken.as_nanos() / 10_000);
    assert!(found == 10_000 && taken < Duration::from_millis(500), "{taken:?}");
}
