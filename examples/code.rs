//! Prints codes: `cargo run --release --example code -- URI UNIX_SECONDS_OR_COUNTER...`
//!
//! One JSON line for each number: `{"code","next","valid_until"}`, or one `{"error"}` for an address that is none. For a
//! HOTP the numbers are counters, `next` is the code of the counter after it, and `valid_until` is `null`.

use std::process::ExitCode;

use casdoor_authenticator::otp::{KeyUri, Kind};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (uri, numbers) = (arguments.next().unwrap_or_default(), arguments.collect::<Vec<_>>());
    if numbers.is_empty() {
        eprintln!("usage: code URI UNIX_SECONDS_OR_COUNTER...");
        return ExitCode::from(2);
    }
    let uri = match uri.parse::<KeyUri>() {
        Ok(uri) => uri,
        Err(error) => {
            println!("{}", json!({ "error": error.to_string() }));
            return ExitCode::FAILURE;
        }
    };
    let mut all_good = true;
    for number in numbers {
        let line =
            number.parse().map_or_else(|_| json!({ "error": "this is not a whole number" }), |at| line(&uri, at));
        all_good &= line.get("error").is_none();
        println!("{line}");
    }
    if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn line(uri: &KeyUri, at: u64) -> Value {
    let otp = &uri.otp;
    match (otp.kind, otp.window_at(at)) {
        (Kind::Hotp { .. }, _) | (_, None) => {
            let next = at.checked_add(1).map(|counter| otp.code_for_counter(counter).expose().clone());
            json!({ "code": otp.code_for_counter(at).expose(), "next": next, "valid_until": null })
        }
        (_, Some(window)) => json!({
            "code": otp.code_at(at).expose(),
            "next": otp.code_at(window.until).expose(),
            "valid_until": window.until,
        }),
    }
}
