//! Files of FreeOTP 1 and FreeOTP+. For FreeOTP 2, see `freeotp_2`.
//!
//! | file | content |
//! |---|---|
//! | preferences (FreeOTP 1; internal to FreeOTP+) | one string per token, with the key `issuer:label` and a JSON value; `tokenOrder` is a list of keys |
//! | JSON (FreeOTP+) | `{ "tokenOrder": […], "tokens": [ token… ] }` |
//!
//! A token has `algo`, `counter`, `digits`, `issuerExt` (displayed), `issuerInt`, `label`, `period`, `secret` (signed
//! bytes), `type`, and `issuerAlt` and `labelAlt` if it was renamed. **The counter in these files is one less than the
//! next counter to use**, because these programs increment it before they compute a code.

use super::account_fields::AccountFields;
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, android_preferences};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::{Key, OtpError};

pub(in crate::exchange) const PREFERENCES: Entry = Entry {
    id: "freeotp",
    title: "FreeOTP (preferences)",
    detect: &[Detect::Preferences(sniff_preferences)],
    read: Read::Plain(read_preferences),
    ..Entry::DEFAULT
};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "freeotp-plus",
    title: "FreeOTP+",
    detect: &[Detect::Json(sniff)],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    json::list(value, "tokens").iter().take(8).any(|token| token.get("secret").is_some_and(Value::is_array))
        || (value.get("tokens").is_some() && value.get("tokenOrder").is_some())
}

pub(in crate::exchange) fn sniff_preferences(entries: &[(String, String)]) -> bool {
    android_preferences::find(entries, "tokenOrder").is_some()
        || entries.iter().take(8).any(|(_, value)| value.contains("\"issuerExt\"") || value.contains("\"issuerInt\""))
}

/// Reads FreeOTP+'s JSON.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let file = json::parse(bytes)?;
    Rows::read(Format::FreeOtpPlus, json::rows(&file, "tokens")?, account)
}

/// Reads preferences. The rows are in the order of `tokenOrder`, followed by tokens that it does not list.
pub(in crate::exchange) fn read_preferences(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let mut entries = android_preferences::read(bytes)?;
    let order = android_preferences::find(&entries, "tokenOrder").and_then(|order| json::parse(order.as_bytes()).ok());
    let order: Vec<String> = order.and_then(|order| serde_json::from_value(order).ok()).unwrap_or_default();
    let position: std::collections::HashMap<&str, usize> =
        order.iter().enumerate().map(|(index, key)| (key.as_str(), index)).collect();
    entries.retain(|(key, _)| key != "tokenOrder");
    entries.sort_by_key(|(key, _)| position.get(key.as_str()).copied().unwrap_or(usize::MAX));
    Rows::read(Format::FreeOtp, &entries, |row, (_, token)| {
        account(row, &json::parse(token.as_bytes()).map_err(|_| Reason::Malformed)?)
    })
}

fn account(row: usize, token: &Value) -> Result<Imported, Reason> {
    let secret = json::signed_bytes(token.get("secret")).ok_or(Reason::SecretEncoding);
    let draft = draft(token, 1)?;
    // The names that the user chose replace the original ones.
    let issuer = json::text(token, "issuerAlt").unwrap_or(draft.issuer);
    let name = json::text(token, "labelAlt").unwrap_or(draft.name);
    AccountFields { issuer, name, ..draft }.with_key(row, secret.and_then(|bytes| Ok(Key::new(bytes)?)))
}

/// Reads everything except the secret of a token; also used for FreeOTP 2. `behind` is added to the stored counter to
/// get the next one.
pub(in crate::exchange) fn draft(token: &Value, behind: i64) -> Result<AccountFields<'_>, Reason> {
    let issuer = json::text(token, "issuerExt").or_else(|| json::text(token, "issuerInt")).unwrap_or_default();
    let kind = json::text_or_empty(token, "type");
    Ok(AccountFields {
        // These programs do not support Steam, but mark it with this issuer.
        kind: if issuer == "Steam" && kind.eq_ignore_ascii_case("totp") { "steam" } else { kind },
        issuer,
        name: json::text_or_empty(token, "label"),
        algorithm: json::setting(token, "algo", OtpError::Algorithm)?,
        digits: json::whole_number(token, "digits", OtpError::Digits)?,
        period: json::whole_number(token, "period", OtpError::Period)?,
        counter: if kind.eq_ignore_ascii_case("hotp") { counter(token, behind)? } else { None },
    })
}

/// Returns the next counter. A HOTP account that was never used has the counter -1 in files that are one behind.
fn counter(token: &Value, behind: i64) -> Result<Option<u64>, Reason> {
    let next = |counter: &Value| u64::try_from(counter.as_i64()?.checked_add(behind)?).ok();
    match token.get("counter") {
        None | Some(Value::Null) => Ok(None),
        Some(counter) => next(counter).map(Some).ok_or(Reason::Otp(OtpError::Counter)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Kind;

    #[test]
    fn a_renamed_token_has_its_new_names_and_its_old_kind() {
        let read = |names: &str| {
            let token = format!(r#"{{"type": "TOTP", "secret": [1, -2, 3], {names}}}"#);
            account(1, &json::parse(token.as_bytes()).unwrap()).unwrap().uri
        };
        let uri = read(r#""issuerExt": "Steam", "label": "old", "issuerAlt": "Games", "labelAlt": "new""#);
        assert_eq!((uri.issuer.as_str(), uri.name.as_str(), uri.otp.kind), ("Games", "new", Kind::Steam));
        let uri = read(r#""issuerExt": "Acme", "label": "old", "issuerAlt": "", "labelAlt": null"#);
        assert_eq!((uri.issuer.as_str(), uri.name.as_str()), ("Acme", "old"));
        let uri = read(r#""issuerInt": "Acme", "label": "old", "issuerAlt": "Steam""#);
        assert!(matches!(uri.otp.kind, Kind::Totp { .. }));
    }
}
