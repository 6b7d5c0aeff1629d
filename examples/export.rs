//! Writes accounts in another program's format.
//!
//! `cargo run --example export -- FORMAT VAULT_JSON [PASSWORD]` writes the file to standard output. `VAULT_JSON` is a
//! file with the JSON object that the `import` example prints: `{"accounts": [{"uri", "issuer", "name", "group",
//! "note", "pinned"}]}`; if present, `issuer` and `name` override those in the URI. `FORMAT` is one of
//! `casdoor-authenticator`, `otpauth`, `aegis`, `2fas`, `bitwarden`, `bitwarden-csv`, `google-migration` (one URI per
//! QR code, one per line), `ente`, `andotp`, `cxf` and `page` (HTML to print). With a password, `aegis`, `2fas` and
//! `bitwarden` are encrypted; backups always are; the other formats have no encryption. Standard error reports that,
//! and what a format cannot hold.

use std::io::Write;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use casdoor_authenticator::exchange::{self, Format, Imported};
use casdoor_authenticator::otp::KeyUri;
use casdoor_authenticator::secret::{Entropy, Secret};
use serde_json::Value;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, vault, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: export FORMAT VAULT_JSON [PASSWORD]");
        return ExitCode::from(2);
    };
    match export(format, vault, rest.first())
        .and_then(|bytes| std::io::stdout().write_all(&bytes).map_err(|error| error.to_string()))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn export(format: &str, vault: &str, password: Option<&String>) -> Result<Vec<u8>, String> {
    let text = std::fs::read(vault).map_err(|error| error.to_string())?;
    let accounts = accounts(&serde_json::from_slice(&text).map_err(|error| error.to_string())?)?;
    if format == "page" {
        return Ok(exchange::page(&accounts, "Accounts", "en").into_bytes());
    }
    let format = Format::from_id(format).ok_or_else(|| format!("there is no format {format}"))?;
    let password = password.cloned().map(Secret::new).filter(|_| {
        let can_encrypt = exchange::can_encrypt(format);
        if !can_encrypt {
            eprintln!("{}: this format has no encryption, the password is not used", format.id());
        }
        can_encrypt
    });
    for account in &accounts {
        for omission in exchange::omissions(format, account) {
            eprintln!("account {}: {omission}", account.row);
        }
    }
    exchange::write(format, &accounts, password.as_ref(), now()?, &mut System).map_err(|error| error.to_string())
}

fn accounts(vault: &Value) -> Result<Vec<Imported>, String> {
    let rows = vault.get("accounts").unwrap_or(vault).as_array().ok_or("there is no list of accounts")?;
    rows.iter().enumerate().map(|(index, row)| account(index.saturating_add(1), row)).collect()
}

fn account(number: usize, row: &Value) -> Result<Imported, String> {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let uri = text("uri").ok_or_else(|| format!("account {number} has no uri"))?;
    let mut uri: KeyUri = uri.parse().map_err(|error| format!("account {number}: {error}"))?;
    uri.issuer = text("issuer").map_or(uri.issuer, str::to_owned);
    uri.name = text("name").map_or(uri.name, str::to_owned);
    let mut account = Imported::new(number, uri);
    account.groups = text("group").filter(|group| !group.is_empty()).map(str::to_owned).into_iter().collect();
    account.note = text("note").unwrap_or_default().to_owned();
    account.pinned = row.get("pinned").and_then(Value::as_bool).unwrap_or(false);
    Ok(account)
}

fn now() -> Result<u64, String> {
    #[expect(clippy::disallowed_methods, reason = "a native program: the clock is read here and handed in")]
    let now = std::time::SystemTime::now();
    now.duration_since(UNIX_EPOCH).map(|passed| passed.as_secs()).map_err(|error| error.to_string())
}

/// The operating system's random generator.
struct System;

impl Entropy for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            eprintln!("the operating system has no randomness");
            std::process::abort();
        }
    }
}
