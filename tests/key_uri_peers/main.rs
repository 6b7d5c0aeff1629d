//! Compares the codes of generated key URIs with those of four independent implementations from npm, PyPI and
//! crates.io, and with the published rules of three more programs. If the extension shows a code, most of them show the
//! same one, or `docs/key-uris.md` gives the reason for the difference.
//!
//! The number of URIs is 2,000 or `$KEY_URIS`, and the seed of the generator is 1 or `$KEY_URI_SEED`. `./build.sh fuzz`
//! reads 100,000 new URIs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test with generated text"
)]

#[path = "../python/mod.rs"]
mod python;
mod rules;
#[path = "../support/seeded.rs"]
mod seeded;
mod uris;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use casdoor_authenticator::otp::{KeyUri, Kind, Otp, Reading};
use rules::Program;

const MOMENT: u64 = 1_790_000_011;
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/key_uri_peers");

/// Returns the code at a time, or the code of the counter.
fn shown(otp: &Otp, moment: u64) -> String {
    match otp.kind {
        Kind::Hotp { counter } => otp.code_for_counter(counter),
        _ => otp.code_at(moment),
    }
    .expose()
    .to_owned()
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Installs the pinned packages in the target folder, unless they are installed already.
fn installed() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("key_uri_peers");
    std::fs::create_dir_all(&target).unwrap();
    for file in ["package.json", "package-lock.json", "requirements.txt", "codes.mjs", "codes.py"] {
        std::fs::copy(Path::new(FOLDER).join(file), target.join(file)).unwrap();
    }
    if !target.join("node_modules/otplib").is_dir() {
        run(Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&target));
    }
    if !target.join("python/pyotp").is_dir() {
        let options = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", "python"];
        run(python::python().args(options).args(["-r", "requirements.txt"]).current_dir(&target));
    }
    target
}

/// Returns the codes of all peers for each URI. A code is `None` if the peer rejects the URI.
fn peers(uris: &[String]) -> Vec<Vec<Option<String>>> {
    let folder = installed();
    let file = folder.join("uris.txt");
    std::fs::write(&file, uris.iter().map(|uri| format!("{uri}\n")).collect::<String>()).unwrap();
    let moment = MOMENT.to_string();
    let node = run(Command::new("node").arg("codes.mjs").arg(&file).arg(&moment).current_dir(&folder));
    let mut python = python::python();
    python.arg("codes.py").arg(&file).arg(&moment).current_dir(&folder).env("PYTHONPATH", folder.join("python"));
    let (node, python) = (String::from_utf8(node.stdout).unwrap(), String::from_utf8(run(&mut python).stdout).unwrap());
    assert_eq!((node.lines().count(), python.lines().count()), (uris.len(), uris.len()));
    let of_libraries = node.lines().zip(python.lines()).map(|(node, python)| {
        let codes = node.split('\t').chain([python]);
        codes.map(|code| (code != "-").then(|| code.to_owned())).collect::<Vec<_>>()
    });
    let mut all: Vec<Vec<Option<String>>> = of_libraries.collect();
    for (uri, codes) in uris.iter().zip(&mut all) {
        let totp_rs = totp_rs::Totp::from_url_unchecked(uri).ok();
        // `totp-rs` does not check these values and panics.
        let totp_rs =
            totp_rs.filter(|totp| totp.step() > 0 && totp.digits() < 10 && !(totp.digits() > 6 && is_steam(uri)));
        codes.push(totp_rs.map(|totp| totp.generate(MOMENT).to_string()));
        codes.extend([Program::Google, Program::Aegis, Program::Ente].map(|program| rules::code(program, uri, MOMENT)));
    }
    all
}

fn is_steam(uri: &str) -> bool {
    uri.starts_with("otpauth://steam")
}

/// Returns the most frequent code among the peers, if at least two of them show it and no other code is as frequent.
fn majority(codes: &[Option<String>]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    codes.iter().flatten().for_each(|code| *counts.entry(code).or_default() += 1);
    let most = counts.values().copied().max().filter(|count| *count >= 2)?;
    let mut leaders = counts.iter().filter(|(_, count)| **count == most);
    let first = leaders.next().map(|(code, _)| (*code).to_owned());
    first.filter(|_| leaders.next().is_none())
}

/// Returns the reason for a difference, as listed in `docs/key-uris.md`.
fn reason(uri: &str, reading: &Reading) -> Option<&'static str> {
    let lower = uri.to_lowercase();
    let (_, query) = uri.split_once('?')?;
    let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let known = ["secret", "issuer", "algorithm", "digits", "period", "counter"];
    let has_other_name = pairs.iter().any(|(name, _)| {
        let name = name.to_lowercase().replace("%", "");
        !known.contains(&name.as_str())
            || pairs.iter().any(|(name, _)| name.contains(['%', ';']) || *name != name.to_lowercase())
    });
    let value = |name: &str| pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
    let is_plain = |text: &str| !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    match () {
        () if lower.contains("&amp;") || query.contains(';') => Some("Separators"),
        () if reading.uri.otp.kind == Kind::Steam => Some("Steam"),
        () if query.contains('#') => Some("Fragment"),
        () if value("secret")
            .is_some_and(|it| it.len() >= 14 && it.bytes().all(|b| b"0123456789abcdef".contains(&b))) =>
        {
            Some("Hexadecimal secret")
        }
        () if value("algorithm").is_some_and(|it| !["SHA1", "SHA256", "SHA512"].contains(&it)) => {
            Some("Algorithm spelling")
        }
        () if ["digits", "period"].iter().any(|name| value(name).is_some_and(|it| !is_plain(it))) => {
            Some("Number spelling")
        }
        () if has_other_name => Some("Parameter names"),
        () => None,
    }
}

#[test]
fn a_shown_code_is_that_of_most_programs_or_the_difference_is_documented() {
    let count = usize::try_from(number("KEY_URIS", 2_000)).unwrap();
    let mut generator = uris::Uris(seeded::Seeded(number("KEY_URI_SEED", 1)));
    let uris: Vec<String> = (0..count).map(|_| generator.next()).collect();
    let documented = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/key-uris.md")).unwrap();
    let (mut equal, mut alone, mut rejected, mut unexplained) = (0, 0, 0, Vec::new());
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    for (uri, codes) in uris.iter().zip(peers(&uris)) {
        let reading = match KeyUri::read(uri) {
            Ok(reading) if !reading.is_guess => reading,
            _ => {
                rejected += 1;
                continue;
            }
        };
        let ours = shown(&reading.uri.otp, MOMENT);
        match majority(&codes) {
            None => alone += 1,
            Some(theirs) if theirs == ours => equal += 1,
            Some(_) => match reason(uri, &reading).filter(|it| documented.contains(&format!("| {it} |"))) {
                Some(reason) => *explained.entry(reason).or_default() += 1,
                None => unexplained.push(format!("{uri}\n    {ours}, others {codes:?}")),
            },
        }
    }
    println!(
        "{count} URIs: {equal} equal, {alone} without a majority, {rejected} rejected or a question, {explained:?}"
    );
    assert!(unexplained.is_empty(), "{} unexplained:\n{}", unexplained.len(), unexplained.join("\n"));
    assert!(equal * 3 > count, "only {equal} of {count} URIs have a code that can be compared");
}
