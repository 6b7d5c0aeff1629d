//! Battle.net's preferences: the serial number and device secret in hexadecimal, each XORed with fixed bytes of the
//! app.
//!
//! Unmasked, both are text; the secret has 40 hexadecimal digits. The codes are TOTP with SHA-1, 8 digits and 30 s.

use super::account_fields::AccountFields;
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, android_preferences, encoding};
use crate::exchange::registry::{Detect, Entry, Read};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "battle-net",
    title: "Battle.net (preferences)",
    detect: &[Detect::Preferences(sniff)],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

const SERIAL: &str = "com.blizzard.messenger.AUTHENTICATOR_SERIAL";
const SECRET: &str = "com.blizzard.messenger.AUTHENTICATOR_DEVICE_SECRET";
const MASK: &str = "398e27fc50276a656065b0e525f4c06c04c61075286b8e7aeda59da9813b5dd6c80d2fb38068773fa59ba47c17ca6c6479015c1d5b8b8f6b9a";

pub(in crate::exchange) fn sniff(entries: &[(String, String)]) -> bool {
    android_preferences::find(entries, SECRET).is_some()
}

/// Reads the preferences.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let entries = android_preferences::read(bytes)?;
    let secret = android_preferences::find(&entries, SECRET).ok_or(ExchangeError::Damaged("device secret"))?;
    let serial = android_preferences::find(&entries, SERIAL).unwrap_or_default();
    Rows::read(Format::BattleNet, &[(serial, secret)], |row, (serial, secret)| account(row, serial, secret))
}

fn account(row: usize, serial: &str, secret: &str) -> Result<Imported, Reason> {
    let serial = if serial.is_empty() { String::new() } else { unmask(serial)? };
    let key = encoding::hex_key(&unmask(secret)?);
    let draft = AccountFields {
        kind: "totp",
        issuer: "Battle.net",
        name: &serial,
        digits: Some(8),
        ..AccountFields::default()
    };
    draft.with_key(row, key)
}

fn unmask(text: &str) -> Result<String, Reason> {
    let (masked, mask) = encoding::hex(text).zip(encoding::hex(MASK)).ok_or(Reason::SecretEncoding)?;
    if masked.len() > mask.len() {
        return Err(Reason::SecretEncoding);
    }
    let bytes = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    String::from_utf8(bytes).map_err(|_| Reason::Text)
}
