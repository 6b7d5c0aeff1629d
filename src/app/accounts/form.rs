//! Converts between the add and edit forms and an account.

use crate::app::AppError;
use crate::app::protocol::{AccountForm, FormKind};
use crate::label::{clean, clean_lines};
use crate::message;
use crate::message::Message;
use crate::otp::{Algorithm, Digits, Key, KeyUri, Kind, Otp, OtpError, Period, SetupKey};
use crate::vault::{Account, ChosenIcon, NotAnIcon};

/// Maximum length of names and notes, in characters; longer ones are truncated.
const MAX_NAME_CHARS: usize = 200;
const MAX_NOTE_CHARS: usize = 5_000;

/// Returns the form's algorithm. Empty means SHA-1.
fn algorithm(form: &AccountForm) -> Result<Algorithm, OtpError> {
    form.algorithm.parse()
}

/// Parses the form for a new account. If the secret field contains a key URI, the names are those of the URI.
pub(in crate::app) fn key_uri(form: &AccountForm) -> Result<KeyUri, OtpError> {
    let otp = otp(form)?;
    let (issuer, name) = match KeyUri::read(&form.secret) {
        Ok(reading) => (reading.uri.issuer, reading.uri.name),
        Err(_) => names(form),
    };
    Ok(KeyUri { issuer, name, otp })
}

/// Replaces a new account's names with those in the form, unless they are empty.
pub(in crate::app) fn rename(form: &AccountForm, account: &mut Account) {
    let (issuer, name) = names(form);
    if !issuer.is_empty() {
        account.issuer = issuer;
    }
    if !name.is_empty() {
        account.name = name;
    }
}

/// Returns the code generation parameters in the form.
fn otp(form: &AccountForm) -> Result<Otp, OtpError> {
    // Users also paste complete key URIs into the secret field.
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

/// Returns the names in the form, trimmed and limited in length.
fn names(form: &AccountForm) -> (String, String) {
    (bounded(&form.issuer, MAX_NAME_CHARS), bounded(&form.name, MAX_NAME_CHARS))
}

fn bounded(text: &str, chars: usize) -> String {
    clean(text).trim().chars().take(chars).collect()
}

/// Returns a multi-line note, trimmed and limited in length.
pub(super) fn note(text: &str) -> String {
    clean_lines(text).trim().chars().take(MAX_NOTE_CHARS).collect()
}

/// Returns a group's name, trimmed and limited in length.
pub(super) fn group(text: &str) -> String {
    bounded(text, MAX_NAME_CHARS)
}

/// Returns the icon that the user has chosen.
pub(in crate::app) fn icon(text: &str) -> Result<Option<ChosenIcon>, AppError> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|NotAnIcon| AppError::Message(message!("form_wrong_icon"))),
    }
}

/// Applies the form to an account. An empty secret field keeps the current secret.
pub(in crate::app) fn apply(form: &AccountForm, account: &mut Account) -> Result<(), AppError> {
    account.otp = if form.secret.trim().is_empty() { with_key(form, account.otp.key.clone())? } else { otp(form)? };
    (account.issuer, account.name) = names(form);
    account.note = note(&form.note);
    account.group = group(&form.group);
    account.icon = icon(&form.icon)?;
    Ok(())
}

/// Returns the content of the edit form, without the secret. `counter` is the current counter of a HOTP account.
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
        icon: account.icon.as_ref().map(ChosenIcon::to_string).unwrap_or_default(),
        location: Some(account.location),
        recovery_codes: account.recovery_codes.len(),
        accepts_look_alikes: false,
        recovery_left: account.recovery_codes.iter().filter(|code| code.may_be_valid()).count(),
    }
}

/// Returns a one-line summary of how codes are generated.
pub(in crate::app) fn summary(otp: &Otp) -> Message {
    let (algorithm, digits) = (otp.algorithm.to_string(), otp.digits.count());
    match otp.kind {
        Kind::Totp { period } => message!("summary_totp", algorithm, digits, period.seconds()),
        Kind::Hotp { counter } => message!("summary_hotp", algorithm, digits, counter),
        Kind::Steam => message!("kind_steam"),
    }
}
