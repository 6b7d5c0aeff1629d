//! Between the add and edit forms and an account.

use crate::app::board::site_text;
use crate::app::protocol::{AccountForm, FormKind};
use crate::label::{clean, clean_lines};
use crate::otp::{Algorithm, Digits, Key, KeyUri, Kind, Otp, OtpError, Period, SetupKey};
use crate::vault::Account;

/// Names and notes longer than this are cut: no issuer's are.
const MAX_NAME_CHARS: usize = 200;
const MAX_NOTE_CHARS: usize = 5_000;

/// Returns the algorithm of the form; empty is SHA-1.
fn algorithm(form: &AccountForm) -> Result<Algorithm, OtpError> {
    form.algorithm.parse()
}

/// Reads the account that a form for a new one describes. An address in the secret's field brings its own names.
pub(in crate::app) fn key_uri(form: &AccountForm) -> Result<KeyUri, OtpError> {
    let otp = otp(form)?;
    let (issuer, name) = match KeyUri::read(&form.secret) {
        Ok(reading) => (reading.uri.issuer, reading.uri.name),
        Err(_) => names(form),
    };
    Ok(KeyUri { issuer, name, otp })
}

/// Gives a new account the names that were typed; a field that was left empty changes nothing.
pub(in crate::app) fn rename(form: &AccountForm, account: &mut Account) {
    let (issuer, name) = names(form);
    if !issuer.is_empty() {
        account.issuer = issuer;
    }
    if !name.is_empty() {
        account.name = name;
    }
}

/// What makes codes, as the form has it.
fn otp(form: &AccountForm) -> Result<Otp, OtpError> {
    // Whole addresses are pasted into the secret's field as well.
    let (otp, is_guess) = match KeyUri::read(&form.secret) {
        Err(OtpError::NotAKeyUri) if !form.secret.contains("://") => {
            let SetupKey { key, mark, is_guess, .. } = SetupKey::read(&form.secret)?;
            let otp = if mark.is_some() { Otp::standard(key).with_mark(mark) } else { with_key(form, key)? };
            (otp, is_guess)
        }
        reading => reading.map(|reading| (reading.uri.otp, reading.is_guess))?,
    };
    if is_guess && !form.accepts_look_alikes { Err(OtpError::LookAlikes) } else { Ok(otp) }
}

fn with_key(form: &AccountForm, key: Key) -> Result<Otp, OtpError> {
    let kind = match form.kind {
        FormKind::Totp => Kind::Totp { period: Period::new(form.period.unwrap_or(30))? },
        FormKind::Hotp => Kind::Hotp { counter: form.counter.unwrap_or(0) },
        FormKind::Steam => return Ok(Otp::steam(key)),
    };
    Ok(Otp { kind, key, algorithm: algorithm(form)?, digits: Digits::new(form.digits.unwrap_or(6))? })
}

/// The names of the form, trimmed and bounded.
fn names(form: &AccountForm) -> (String, String) {
    (bounded(&form.issuer, MAX_NAME_CHARS), bounded(&form.name, MAX_NAME_CHARS))
}

fn bounded(text: &str, chars: usize) -> String {
    clean(text).trim().chars().take(chars).collect()
}

/// A note of several lines, trimmed and bounded.
pub(super) fn note(text: &str) -> String {
    clean_lines(text).trim().chars().take(MAX_NOTE_CHARS).collect()
}

/// A group's name, trimmed and bounded.
pub(super) fn group(text: &str) -> String {
    bounded(text, MAX_NAME_CHARS)
}

/// Writes the form into an account. Without a secret the present key stays.
pub(in crate::app) fn apply(form: &AccountForm, account: &mut Account) -> Result<(), OtpError> {
    account.otp = if form.secret.trim().is_empty() { with_key(form, account.otp.key.clone())? } else { otp(form)? };
    (account.issuer, account.name) = names(form);
    account.note = note(&form.note);
    account.group = group(&form.group);
    Ok(())
}

/// What the edit form shows: no secret. `counter` is a HOTP's present one.
pub(in crate::app) fn of(account: &Account, counter: Option<u64>) -> AccountForm {
    let (kind, period) = match account.otp.kind {
        Kind::Totp { period } => (FormKind::Totp, Some(u64::from(period.seconds()))),
        Kind::Hotp { .. } => (FormKind::Hotp, None),
        Kind::Steam => (FormKind::Steam, None),
    };
    AccountForm {
        secret: String::new(),
        name: account.name.clone(),
        issuer: account.issuer.clone(),
        kind,
        algorithm: account.otp.algorithm.to_string(),
        digits: Some(u64::from(account.otp.digits.count())),
        period,
        counter,
        shown_counter: counter,
        note: account.note.clone(),
        group: account.group.clone(),
        sites: account.sites.iter().map(site_text).collect(),
        keep: Some(account.keep),
        recovery_codes: account.recovery_codes.len(),
        accepts_look_alikes: false,
        recovery_left: account.recovery_codes.iter().filter(|code| code.is_good()).count(),
    }
}

/// One line about how codes are made.
pub(in crate::app) fn summary(otp: &Otp) -> String {
    match otp.kind {
        Kind::Totp { period } => {
            format!("TOTP · {} · {} digits · {} s", otp.algorithm, otp.digits.count(), period.seconds())
        }
        Kind::Hotp { counter } => {
            format!("HOTP · {} · {} digits · counter {counter}", otp.algorithm, otp.digits.count())
        }
        Kind::Steam => "Steam".into(),
    }
}
