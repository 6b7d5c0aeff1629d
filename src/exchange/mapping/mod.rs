//! Tables and lists of programs that are not known here: which column is what, and the accounts that result.
//!
//! A [`Sheet`] is rows of named cells, from CSV, JSON or XML. [`guess`] maps its columns by their names and by what is
//! in them; [`Sheet::read`] makes a report with that mapping, or with one that the user chose. Every row of a sheet is
//! an account, a reported row, or an entry without a code, which the report counts.

mod columns;
mod sheet;
mod tree;

pub use columns::Field;
pub(super) use columns::is_like_a_key;

use super::account_fields::{self, AccountFields};
use super::codecs::{encoding, json};
use super::formats::otpauth_list::is_key_uri;
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, Reason, Report};
use crate::otp::{Key, Kind, OtpError};

/// Rows of named cells.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The names of the columns as the file has them; numbers where it names none.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<SheetRow>,
}

/// One row of a [`Sheet`].
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Its position in the file, from 1.
    pub row: usize,
    /// Its cells in the order of the columns; a row may be short, or longer than the names.
    pub cells: Vec<String>,
}

/// The meaning of each column of a sheet.
pub type Mapping = Vec<Field>;

/// The treatment of rows without a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// They are reported, because every row of the file should be an account.
    Reported,
    /// An entry of a password manager that has no code, which is only counted.
    Counted,
}

impl Sheet {
    /// Reads a text with delimiters, JSON or XML as rows; `None` for anything else.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let sheet = if json::is_json(bytes) {
            Self::of_json(&json::parse(bytes).ok()?)
        } else {
            return Self::of_text(&encoding::text_of_any_encoding(bytes)?);
        };
        (!sheet.rows.is_empty()).then_some(sheet)
    }

    /// Reads XML or a text with delimiters as rows.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let sheet = if encoding::head(text).trim_start().starts_with('<') {
            Self::of_json(&tree::of_xml(text).ok()?)
        } else {
            Self::of_table(text)?
        };
        (!sheet.rows.is_empty()).then_some(sheet)
    }

    /// The cells that a field was mapped to.
    fn cells<'a>(row: &'a SheetRow, mapping: &'a Mapping, field: Field) -> impl Iterator<Item = &'a str> {
        let mapped = mapping.iter().zip(&row.cells).filter(move |(mapped, _)| **mapped == field);
        mapped.map(|(_, cell)| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// Makes accounts of the rows.
    ///
    /// # Errors
    /// [`ExchangeError::TooManyRows`].
    pub fn read(&self, mapping: &Mapping) -> Result<Report, ExchangeError> {
        self.read_as(Format::Table, mapping, Without::Reported)
    }

    pub(super) fn read_as(&self, format: Format, mapping: &Mapping, without: Without) -> Result<Report, ExchangeError> {
        let mut rows = Rows::new(format);
        for row in &self.rows {
            let Some(secret) = secret(row, mapping) else {
                match without {
                    Without::Reported => rows.push(row.row, Err(Reason::Otp(OtpError::NoSecret)))?,
                    Without::Counted => rows.pass(),
                }
                continue;
            };
            rows.push(row.row, account(row, mapping, secret))?;
        }
        Ok(rows.finish())
    }
}

/// Reads a password manager's file, which has a known format and a name, and entries without a code.
pub(super) fn read_manager(bytes: &[u8], format: Format) -> Result<Report, ExchangeError> {
    if json::is_json(bytes) {
        json::parse(bytes)?;
    }
    let sheet = Sheet::of(bytes).ok_or(ExchangeError::HoldsNoSecrets(format))?;
    let report = sheet.read_as(format, &columns::map(&sheet), Without::Counted)?;
    if report.accounts.is_empty() && report.skipped.is_empty() {
        return Err(ExchangeError::HoldsNoSecrets(format));
    }
    Ok(report)
}

/// Maps the columns of a sheet by their names and by what is in them; `None` where nothing in it looks like a secret.
pub fn guess(sheet: &Sheet) -> Option<Mapping> {
    let mapping = columns::map(sheet);
    sheet.rows.iter().any(|row| secret(row, &mapping).is_some()).then_some(mapping)
}

/// The secret of a row: a key URI, in the mapped columns first and then in any, or else a bare key.
fn secret<'a>(row: &'a SheetRow, mapping: &'a Mapping) -> Option<&'a str> {
    let mapped = || Sheet::cells(row, mapping, Field::Secret);
    let anywhere = || row.cells.iter().map(|cell| cell.trim()).find(|cell| is_key_uri(cell));
    mapped().find(|cell| is_key_uri(cell)).or_else(anywhere).or_else(|| mapped().next())
}

fn account(row: &SheetRow, mapping: &Mapping, secret: &str) -> Result<Imported, Reason> {
    let all = |field| Sheet::cells(row, mapping, field);
    let first = |field| all(field).next();
    if first(Field::Deleted).is_some_and(is_yes) {
        return Err(Reason::Binned);
    }
    let (mut issuer, mut name) = (first(Field::Issuer).unwrap_or_default(), first(Field::Account).unwrap_or_default());
    if let Some(label) = first(Field::Label) {
        let (head, tail) = label.split_once(':').unwrap_or(("", label));
        match (issuer.is_empty(), name.is_empty()) {
            (true, true) => (issuer, name) = (head.trim(), tail.trim()),
            (true, false) => issuer = label,
            (false, true) => name = label,
            (false, false) => {}
        }
    }
    // Some programs repeat the issuer before the account.
    let repeated = name.strip_prefix(issuer).and_then(|rest| rest.trim_start().strip_prefix(':'));
    name = repeated.filter(|_| !issuer.is_empty()).map_or(name, str::trim);
    let fields = fields(row, mapping)?;
    let is_plain = !secret.contains("://") && !secret.to_ascii_lowercase().contains("key=");
    let account = if is_plain {
        AccountFields { issuer, name, ..fields }.with_setup_key(row.row, secret)?
    } else {
        let account = account_fields::field(row.row, secret, issuer, name)?;
        agree(&account, &fields)?;
        let mut bare = all(Field::Secret).filter_map(|cell| Key::from_base32(cell).ok());
        if bare.any(|key| key != account.uri.otp.key) {
            return Err(Reason::Otp(OtpError::Contradiction));
        }
        account
    };
    let groups = all(Field::Group).flat_map(|cell| cell.split(['/', '\\', ',']).map(|part| part.trim().to_owned()));
    let mut account = account
        .with_groups(groups.collect::<Vec<_>>())
        .with_note(first(Field::Note))
        .with_pin(first(Field::Pinned).is_some_and(is_yes))
        .with_title(issuer);
    for site in all(Field::Site).filter(|site| !is_key_uri(site)) {
        account = account.with_site(Some(site));
    }
    Ok(if first(Field::Password).is_some() { account.with_loss(Loss::OtherSecrets) } else { account })
}

fn is_yes(text: &str) -> bool {
    ["1", "true", "yes"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}

/// The code parameters of a row, if its cells contain them.
fn fields<'a>(row: &'a SheetRow, mapping: &'a Mapping) -> Result<AccountFields<'a>, Reason> {
    let first = |field| Sheet::cells(row, mapping, field).next();
    let number = |field, error| match first(field) {
        None => Ok(None),
        Some(text) => {
            let text = text.strip_suffix(".0").unwrap_or(text);
            text.parse::<u64>().map(Some).map_err(|_| Reason::Otp(error))
        }
    };
    let kind = match first(Field::Kind).map(str::to_ascii_lowercase).as_deref() {
        Some("hotp" | "counter" | "hmac" | "event") => "hotp",
        Some("steam" | "steamtotp") => "steam",
        Some("motp") => return Err(Reason::Motp),
        Some("yandex" | "yaotp") => return Err(Reason::Yandex),
        _ => "totp",
    };
    Ok(AccountFields {
        kind,
        algorithm: first(Field::Algorithm).unwrap_or_default(),
        digits: number(Field::Digits, OtpError::Digits)?,
        period: if kind == "totp" { number(Field::Period, OtpError::Period)? } else { None },
        counter: if kind == "hotp" { number(Field::Counter, OtpError::Counter)? } else { None },
        ..AccountFields::default()
    })
}

/// Fails if a key URI and the other cells of its row would generate different codes.
fn agree(account: &Imported, fields: &AccountFields<'_>) -> Result<(), Reason> {
    let otp = &account.uri.otp;
    let Kind::Totp { period } = otp.kind else { return Ok(()) };
    let algorithm = if fields.algorithm.is_empty() { otp.algorithm } else { fields.algorithm.parse()? };
    let agrees = fields.digits.is_none_or(|digits| digits == u64::from(otp.digits.count()))
        && fields.period.is_none_or(|seconds| seconds == u64::from(period.seconds()))
        && algorithm == otp.algorithm;
    if agrees { Ok(()) } else { Err(Reason::Otp(OtpError::Contradiction)) }
}

#[cfg(test)]
mod tests;
