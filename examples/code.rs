//! Prints codes: `cargo run --release --example code -- URI UNIX_SECONDS_OR_COUNTER...`
//!
//! URI is parsed like a scanned or pasted text: a key URI or a setup key. Prints one JSON line per number:
//! `{"code","next","valid_until"}`. For HOTP the numbers are counters, `next` is the code of the following counter, and
//! `valid_until` is `null`. For an invalid text, prints one line, `{"error"}`.
//!
//! If the secret contains 0, 1 or 8, the extension asks before it saves the account. This example cannot ask, so each
//! line also contains the question, and the code that results from *yes*: `{"question": "…"}`.

use std::process::ExitCode;

use casdoor_authenticator::otp::{KeyUri, Kind, OtpError, Reading};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (uri, numbers) = (arguments.next().unwrap_or_default(), arguments.collect::<Vec<_>>());
    if numbers.is_empty() {
        eprintln!("usage: code URI UNIX_SECONDS_OR_COUNTER...");
        return ExitCode::from(2);
    }
    let reading = match KeyUri::read_or_setup_key(&uri) {
        Ok(reading) => reading,
        Err(error) => {
            println!("{}", json!({ "error": error.to_string() }));
            return ExitCode::FAILURE;
        }
    };
    let mut all_good = true;
    for number in numbers {
        let line =
            number.parse().map_or_else(|_| json!({ "error": "this is not a whole number" }), |at| line(&reading, at));
        all_good &= line.get("error").is_none();
        println!("{line}");
    }
    if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn line(reading: &Reading, at: u64) -> Value {
    let otp = &reading.uri.otp;
    let mut line = match (otp.kind, otp.window_at(at)) {
        (Kind::Hotp { .. }, _) | (_, None) => {
            let next = at.checked_add(1).map(|counter| otp.code_for_counter(counter).expose().clone());
            json!({ "code": otp.code_for_counter(at).expose(), "next": next, "valid_until": null })
        }
        (_, Some(window)) => json!({
            "code": otp.code_at(at).expose(),
            "next": otp.code_at(window.until).expose(),
            "valid_until": window.until,
        }),
    };
    if let Some(fields) = line.as_object_mut().filter(|_| reading.is_guess) {
        fields.insert("question".into(), OtpError::LookAlikes.to_string().into());
    }
    line
}
