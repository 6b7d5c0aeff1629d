//! Checks that every fixture in `tests/fixtures/exchange` is read as its index describes, row by row.
//!
//! Independent programs in `tests/fixtures/make` write the files and the index.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test functions outside #[test]")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use casdoor_authenticator::exchange::{self, ExchangeError, Format, Imported, Report};
use casdoor_authenticator::otp::Kind;
use casdoor_authenticator::secret::Secret;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange")
}

fn index() -> Vec<Value> {
    serde_json::from_slice(&fs::read(folder().join("index.json")).unwrap()).unwrap()
}

fn text<'a>(entry: &'a Value, key: &str) -> Option<&'a str> {
    entry.get(key).and_then(Value::as_str)
}

fn bytes(entry: &Value) -> Vec<u8> {
    let bytes = fs::read(folder().join(text(entry, "file").unwrap())).unwrap();
    match text(entry, "wal") {
        Some(log) => exchange::merge_wal(&bytes, &fs::read(folder().join(log)).unwrap()).unwrap(),
        None => bytes,
    }
}

fn read(entry: &Value) -> Result<Report, ExchangeError> {
    let password = text(entry, "password").map(|password| Secret::new(password.to_owned()));
    let format = text(entry, "read_as").map(|id| Format::from_id(id).unwrap());
    exchange::read(&bytes(entry), format, password.as_ref())
}

/// Returns an account in the format of the index.
fn account(account: &Imported) -> Value {
    let otp = &account.uri.otp;
    let (kind, counter) = match otp.kind {
        Kind::Totp { .. } => ("totp", None),
        Kind::Hotp { counter } => ("hotp", Some(counter)),
        Kind::Steam => ("steam", None),
    };
    json!({
        "kind": kind,
        "issuer": account.uri.issuer,
        "name": account.uri.name,
        "secret": otp.key.to_base32().expose(),
        "algorithm": otp.algorithm.to_string(),
        "digits": otp.digits.count(),
        "period": otp.period().map(casdoor_authenticator::otp::Period::seconds),
        "counter": counter,
        "group": account.group(),
        "note": (!account.note.is_empty()).then_some(&account.note),
        "pinned": account.pinned,
    })
}

/// Returns a report in the format of the index.
fn outcome(result: Result<Report, ExchangeError>) -> Value {
    match result {
        Ok(report) => json!({
            "accounts": report.accounts.iter().map(account).collect::<Vec<_>>(),
            "skipped": report.skipped.iter().map(|it| json!({ "row": it.row, "code": it.reason.message().key })).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "error": error.message().key }),
    }
}

fn expected(entry: &Value) -> Value {
    match text(entry, "error") {
        Some(code) => json!({ "error": code }),
        None => json!({ "accounts": entry["accounts"], "skipped": entry["skipped"] }),
    }
}

#[test]
fn every_fixture_is_read_as_the_index_describes() {
    let mut wrong = Vec::new();
    let mut table: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for entry in index() {
        let file = text(&entry, "file").unwrap();
        let (found, expected) = (outcome(read(&entry)), expected(&entry));
        let [files, exact, reported, rejected] = table.entry(file.split('/').next().unwrap().to_owned()).or_default();
        *files += 1;
        *exact += found["accounts"].as_array().map_or(0, Vec::len);
        *reported += found["skipped"].as_array().map_or(0, Vec::len);
        *rejected += usize::from(found.get("error").is_some());
        if found != expected {
            wrong.push(difference(file, &found, &expected));
        }
    }
    assert!(wrong.is_empty(), "{} files are not read as the index describes:\n{}", wrong.len(), wrong.join("\n"));
    let printed = printed(&table);
    println!("{printed}");
    let page = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md")).unwrap();
    assert!(page.contains(&printed), "docs/formats.md is out of date; replace its table with\n{printed}");
}

/// Returns the table in `docs/formats.md`.
fn printed(table: &BTreeMap<String, [usize; 4]>) -> String {
    let mut lines = vec![
        "| format | files | rows exact | rows reported | files rejected |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for (format, [files, exact, reported, rejected]) in table {
        let format = Format::from_id(format).expect("folders are named after the ids of formats").title();
        lines.push(format!("| {format} | {files} | {exact} | {reported} | {rejected} |"));
    }
    let total = |column: usize| table.values().filter_map(|row| row.get(column)).sum::<usize>();
    lines.push(format!("| all | {} | {} | {} | {} |", total(0), total(1), total(2), total(3)));
    lines.join("\n")
}

/// Describes the first difference, so that the failure message is readable.
fn difference(file: &str, found: &Value, expected: &Value) -> String {
    for list in ["accounts", "skipped"] {
        let (Some(found), Some(expected)) = (found[list].as_array(), expected[list].as_array()) else { continue };
        for (row, pair) in found.iter().zip(expected).enumerate() {
            if pair.0 != pair.1 {
                return format!("{file}: {list}[{row}]\n   found {}\nexpected {}", pair.0, pair.1);
            }
        }
        if found.len() != expected.len() {
            return format!("{file}: {} {list}, expected {}", found.len(), expected.len());
        }
    }
    format!("{file}:\n   found {:.300}\nexpected {:.300}", found.to_string(), expected.to_string())
}

#[test]
fn the_format_of_every_fixture_is_detected_from_its_content() {
    for entry in index() {
        if text(&entry, "wal").is_some() {
            continue;
        }
        let found = exchange::sniff(&bytes(&entry)).map(Format::id);
        if text(&entry, "read_as").is_none() {
            assert_eq!(found, text(&entry, "format"), "{}", entry["file"]);
        }
    }
}

#[test]
fn no_message_shows_a_secret() {
    let index = index();
    let accounts = |entry: &Value| entry["accounts"].as_array().cloned().unwrap_or_default();
    let secrets: BTreeSet<String> =
        index.iter().flat_map(accounts).map(|account| text(&account, "secret").unwrap().to_owned()).collect();
    // Files without encryption are sufficient, because the same code reads the rows of all files.
    for entry in index.iter().filter(|entry| text(entry, "password").is_none()) {
        let shown = match read(entry) {
            Ok(report) => {
                format!("{:?}{}", report, report.skipped.iter().map(|it| it.reason.to_string()).collect::<String>())
            }
            Err(error) => format!("{error:?}{error}"),
        };
        for secret in &secrets {
            assert!(!shown.contains(secret.as_str()), "{}", entry["file"]);
        }
    }
}
