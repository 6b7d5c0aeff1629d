//! Reads another program's file and prints its accounts.
//!
//! `cargo run --example import -- FILE [PASSWORD]` prints one JSON object: `{"format", "accounts": [{"uri", "issuer",
//! "name", "group", "note", "pinned"}], "without_code", "skipped": [{"row", "reason"}]}`, or `{"error"}`. The exit
//! status is 0 only for a report. A database's write-ahead log is merged if it is stored as `FILE-wal` in the same
//! folder.
//!
//! The output contains secrets.

use std::process::ExitCode;

use casdoor_authenticator::exchange::{self, ExchangeError, Imported, Report, Skipped};
use casdoor_authenticator::secret::Secret;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("usage: import FILE [PASSWORD]");
        return ExitCode::from(2);
    };
    let password = arguments.next().map(Secret::new);
    let (answer, status) = match read(&file, password.as_ref()) {
        Ok(report) => (report_as_json(&report), ExitCode::SUCCESS),
        Err(error) => (json!({ "error": error }), ExitCode::FAILURE),
    };
    println!("{answer}");
    status
}

fn read(file: &str, password: Option<&Secret<String>>) -> Result<Report, String> {
    let mut bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    if let Ok(log) = std::fs::read(format!("{file}-wal")) {
        bytes = exchange::merge_wal(&bytes, &log).map_err(|error: ExchangeError| error.to_string())?;
    }
    exchange::read(&bytes, None, password).map_err(|error| error.to_string())
}

fn report_as_json(report: &Report) -> Value {
    json!({
        "format": report.format.id(),
        "accounts": report.accounts.iter().map(account_as_json).collect::<Vec<_>>(),
        "without_code": report.without_code,
        "skipped": report.skipped.iter().map(skipped_as_json).collect::<Vec<_>>(),
    })
}

fn account_as_json(account: &Imported) -> Value {
    json!({
        "uri": account.uri.to_string(),
        "issuer": account.uri.issuer,
        "name": account.uri.name,
        "group": account.group(),
        "note": (!account.note.is_empty()).then_some(&account.note),
        "pinned": account.pinned,
    })
}

fn skipped_as_json(skipped: &Skipped) -> Value {
    json!({ "row": skipped.row, "reason": skipped.reason.to_string() })
}
