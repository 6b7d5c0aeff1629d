//! WinAuth's configuration, `winauth.xml`. For its export, which is a list of key URIs, see `otpauth_list`.
//!
//! ```text
//! <WinAuth><WinAuthAuthenticator type="WinAuth.GoogleAuthenticator"><name/><authenticatordata>
//!   <secretdata>KEY⇥DIGITS⇥ALGORITHM⇥PERIOD|…</secretdata></authenticatordata></WinAuthAuthenticator>…
//! ```
//!
//! The key is hexadecimal. After the bar, HOTP accounts have their counter. `authenticatordata` with the attribute
//! `encrypted` is encrypted with a password or by Windows, and not supported.

use serde_json::Value;

use super::account_fields::AccountFields;
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::exchange::mapping::of_xml;
use crate::otp::OtpError;

/// Returns whether a text is a configuration.
pub(in crate::exchange) fn is_configuration(text: &str) -> bool {
    let head = encoding::head(text);
    head.contains("<WinAuth") && head.contains("<WinAuthAuthenticator")
}

/// Reads a configuration.
pub(in crate::exchange) fn read(text: &str) -> Result<Report, ExchangeError> {
    let document = of_xml(text)?;
    let mut found = Vec::new();
    collect(&document, &mut found);
    let report = Rows::read(Format::WinAuth, found, account)?;
    let is_sealed = !report.skipped.is_empty() && report.skipped.iter().all(|row| row.reason == Reason::Sealed);
    if is_sealed && report.accounts.is_empty() { Err(ExchangeError::UnknownProtection) } else { Ok(report) }
}

/// Finds the accounts, which are in an element that has had different names.
fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Array(items) if name == "WinAuthAuthenticator" => found.extend(items),
                    member if name == "WinAuthAuthenticator" => found.push(member),
                    member => collect(member, found),
                }
            }
        }
        _ => {}
    }
}

fn account(row: usize, entry: &Value) -> Result<Imported, Reason> {
    let text = |value: Option<&'_ Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let data = entry.get("authenticatordata").ok_or(Reason::Malformed)?;
    if data.get("encrypted").is_some() {
        return Err(Reason::Sealed);
    }
    let (secret, name, class) = (text(data.get("secretdata")), text(entry.get("name")), text(entry.get("type")));
    let mut parts = secret.split('|');
    let mut settings = parts.next().unwrap_or_default().split('\t').map(str::trim);
    let mut next = || settings.next().unwrap_or_default();
    let number = |text: &str, error| match text {
        "" => Ok(None),
        text => text.parse::<u64>().map(Some).map_err(|_| Reason::Otp(error)),
    };
    let kind = match class.rsplit('.').next().unwrap_or_default() {
        "HOTPAuthenticator" => "hotp",
        "SteamAuthenticator" => "steam",
        _ => "totp",
    };
    let (key, digits, algorithm, period) = (next(), next(), next(), next());
    let draft = AccountFields {
        kind,
        issuer: &name,
        name: "",
        algorithm,
        digits: number(digits, OtpError::Digits)?,
        period: number(period, OtpError::Period)?,
        counter: if kind == "hotp" { number(parts.next().unwrap_or_default(), OtpError::Counter)? } else { None },
    };
    draft.with_key(row, encoding::hex_key(key))
}
