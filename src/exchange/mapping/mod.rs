//! Reads tables and lists of unknown programs: finds the meaning of each column, and returns the accounts.
//!
//! A [`Sheet`] consists of rows with named cells, from CSV, JSON, XML or a workbook. [`guess`] maps its columns by
//! their names and by the content of their cells. [`read_table`] applies the user's changes to that mapping, and
//! returns the report and what the mapping screen shows. Every row of a sheet is an account, a reported row, or an
//! entry without a code, which the report only counts.

mod columns;
mod commands;
mod config_files;
mod cover;
mod field;
mod lines;
mod localized_names;
mod markdown;
mod names;
mod page;
mod row_secrets;
mod sheet;
mod split_uris;
mod table_view;
mod tree;
mod units;
mod workbook;

pub(super) use columns::{base32_of, is_like_a_key, is_named, is_named_a_secret};
pub use field::Field;
pub(super) use sheet::names_a_secret;
pub(super) use split_uris::SETTINGS;
pub use table_view::{ColumnView, TableChoice, TableReading, TableView, is_table, read_table};
pub(super) use tree::of_xml;

use std::borrow::Cow;

use row_secrets::{is_of_another, secrets};

use super::account_fields::{self, AccountFields};
use super::codecs::{encoding, json, zip_archive};
use super::formats::otpauth_list::is_key_uri;
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, MAX_ROWS, Reason, Report, embedded_uris};
use crate::otp::{Key, Kind, OtpError, SetupKey};
use crate::secret::Secret;

/// The maximum number of secrets of one row.
const MAX_SECRETS: usize = 32;

/// The maximum number of lines of a text that is not a table: several for each row.
const MAX_LINES: usize = 8 * MAX_ROWS;

/// The maximum length of a line with a key or a command, in bytes.
const MAX_LINE_BYTES: usize = 4096;

/// A table: rows with named cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// The column names in the file, or numbers if it has none.
    columns: Vec<String>,
    rows: Vec<SheetRow>,
    /// True if the first row was read as column names. `None` if the names come from the structure of the file.
    names_in_first_row: Option<bool>,
}

/// One row of a [`Sheet`].
#[derive(Clone, Debug)]
struct SheetRow {
    /// The position in the file, from 1.
    row: usize,
    /// The cells in the order of the columns. A row may be shorter or longer than the list of names.
    cells: Secret<Vec<String>>,
}

impl SheetRow {
    fn new(row: usize, cells: Vec<String>) -> Self {
        Self { row, cells: Secret::new(cells) }
    }

    /// Returns the cells, exposed for finding the secrets in them and reading the account.
    fn cells(&self) -> &[String] {
        self.cells.expose()
    }
}

/// Options for reading a file as a sheet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    /// The user's choice whether the first row contains column names; `None` to detect it.
    names_in_first_row: Option<bool>,
    /// Also accepts a document in which nothing looks like a secret, because the user asked for it.
    accepts_anything: bool,
}

/// The meaning of each column of a sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    fields: Vec<Field>,
    /// The columns whose meaning was chosen by the user.
    chosen: Vec<usize>,
    /// The column that shifts the time of the codes.
    offset: Option<usize>,
    /// The types are different numbers, whose meaning is not known.
    has_numbered_kinds: bool,
}

/// How rows without a secret are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Without {
    /// As skipped rows, because every row of the file should be an account.
    Reported,
    /// As entries of a password manager without a code, which are only counted.
    Counted,
}

impl Sheet {
    /// Reads delimited text, JSON, XML or a workbook as rows. Returns `None` for any other file.
    pub(super) fn of(bytes: &[u8], opening: Opening) -> Option<Self> {
        if bytes.starts_with(zip_archive::MAGIC) {
            return Self::of_workbook(&mut zip_archive::Archive::open(bytes).ok()?, opening).ok();
        }
        let sheet = if json::is_json(bytes) {
            Self::of_json(&json::parse(bytes).ok()?, opening)
        } else {
            return Self::of_text(&encoding::text_of_any_encoding(bytes)?, opening);
        };
        (!sheet.rows.is_empty()).then_some(sheet)
    }

    /// Reads XML, the tables of an HTML page, delimited text or lines of names and values as rows.
    pub(super) fn of_text(text: &str, opening: Opening) -> Option<Self> {
        if text.trim_end().is_empty() {
            return None;
        }
        let sheet = if embedded_uris::is_page(text) {
            Self::of_page(text, opening)
        } else if encoding::head(text).trim_start().starts_with('<') {
            Self::of_json(&tree::of_xml(text).ok()?, opening)
        } else {
            if let Some(sheet) = Self::of_pam_module(text) {
                return Some(sheet);
            }
            let known =
                Self::of_commands(text).or_else(|| Self::of_oath_users(text)).or_else(|| Self::of_totp_cli(text));
            if known.is_some() {
                return known;
            }
            let document = markdown::table_in(text);
            let text = document.as_deref().unwrap_or(text);
            let of_lines = || Self::of_named_lines(text).or_else(|| Self::of_key_lines(text));
            let table = Self::of_table(text, opening);
            // In a single column below a name such as `totp:`, there may be no secret.
            let is_column = |sheet: &Self| {
                sheet.columns.len() < 2
                    && !sheet.rows.iter().flat_map(SheetRow::cells).any(|cell| columns::is_secret(cell.trim()))
            };
            let has_secret = table.as_ref().is_some_and(|sheet| guess(sheet).is_some() && !is_column(sheet));
            if has_secret { table? } else { of_lines().or(table)? }
        };
        (!sheet.rows.is_empty()).then_some(sheet)
    }

    /// Returns the nonblank cells of a row in the columns that are mapped to a field.
    fn cells<'a>(row: &'a SheetRow, mapping: &'a Mapping, field: Field) -> impl Iterator<Item = &'a str> {
        let mapped = mapping.fields.iter().zip(row.cells()).filter(move |(mapped, _)| **mapped == field);
        mapped.map(|(_, cell)| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// Reads the rows as accounts.
    ///
    /// # Errors
    /// [`ExchangeError::TooManyRows`].
    pub fn read(&self, mapping: &Mapping) -> Result<Report, ExchangeError> {
        self.read_as(Format::Table, mapping, Without::Reported)
    }

    pub(super) fn read_as(&self, format: Format, mapping: &Mapping, without: Without) -> Result<Report, ExchangeError> {
        let mut rows = Rows::new(format);
        for row in &self.rows {
            let secrets = secrets(row, mapping);
            match without {
                Without::Reported if secrets.is_empty() => rows.push(row.row, Err(Reason::Otp(OtpError::NoSecret)))?,
                Without::Counted if secrets.is_empty() => rows.pass(),
                _ => {}
            }
            for secret in &secrets.own {
                rows.push(row.row, account(row, mapping, secret, Some(&secrets.own)))?;
            }
            for secret in &secrets.stray {
                rows.push(row.row, account(row, mapping, secret, None))?;
            }
        }
        Ok(rows.finish())
    }
}

impl Sheet {
    /// Converts the keys in columns whose name says that they are hexadecimal or base64.
    fn with_base32(mut self) -> Self {
        let encoded: Vec<bool> = self.columns.iter().map(|name| columns::names_an_encoding(name)).collect();
        if !encoded.contains(&true) {
            return self;
        }
        for row in &mut self.rows {
            let cells = self.columns.iter().zip(row.cells.expose_mut().iter_mut()).zip(&encoded);
            for ((name, cell), _) in cells.filter(|(_, is_encoded)| **is_encoded) {
                if let Some(key) = base32_of(name, cell.trim()) {
                    *cell = key;
                }
            }
        }
        self
    }
}

/// Reads a file of a known password manager, in which entries may have no code.
pub(super) fn read_manager(bytes: &[u8], format: Format) -> Result<Report, ExchangeError> {
    if json::is_json(bytes) {
        json::parse(bytes)?;
    }
    let sheet = Sheet::of(bytes, Opening::default()).ok_or(ExchangeError::HoldsNoSecrets(format))?;
    let report = sheet.read_as(format, &Mapping::of(&sheet), Without::Counted)?;
    if report.accounts.is_empty() && report.skipped.is_empty() {
        return Err(ExchangeError::HoldsNoSecrets(format));
    }
    Ok(report)
}

impl Mapping {
    /// Maps the columns of a sheet by their names and by the content of their cells.
    fn of(sheet: &Sheet) -> Self {
        let fields = columns::map(sheet);
        let has_numbered_kinds = columns::has_numbered_kinds(sheet, &fields);
        Self { fields, chosen: Vec::new(), offset: columns::offset(sheet), has_numbered_kinds }
    }

    /// Applies the meanings that the user chose. Columns that do not exist are ignored.
    fn with_choice(mut self, choice: &[(usize, Field)]) -> Self {
        for (column, field) in choice {
            if let Some(mapped) = self.fields.get_mut(*column) {
                *mapped = *field;
                self.chosen.push(*column);
            }
        }
        self
    }

    /// Returns whether the user chose a column as the secret.
    fn has_chosen_secret(&self) -> bool {
        self.chosen.iter().any(|column| self.fields.get(*column) == Some(&Field::Secret))
    }
}

/// Maps the columns of a sheet by their names and content. Returns `None` if nothing in it looks like a secret.
pub(super) fn guess(sheet: &Sheet) -> Option<Mapping> {
    let mapping = Mapping::of(sheet);
    sheet.rows.iter().any(|row| !secrets(row, &mapping).is_empty()).then_some(mapping)
}

/// Reads an account. `own` are the secrets of the row that its other cells apply to.
fn account(row: &SheetRow, mapping: &Mapping, secret: &str, own: Option<&[Cow<'_, str>]>) -> Result<Imported, Reason> {
    let all = |field| Sheet::cells(row, mapping, field);
    let first = |field| all(field).next();
    if first(Field::Deleted).is_some_and(is_yes) {
        return Err(Reason::InTrash);
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
    // Some programs repeat the issuer before the account name.
    let repeated = name.strip_prefix(issuer).and_then(|rest| rest.trim_start().strip_prefix(':'));
    name = repeated.filter(|_| !issuer.is_empty()).map_or(name, str::trim);
    // Without an issuer, the account name may be a label as in a key URI.
    if let Some((head, tail)) = name.split_once(':').filter(|_| issuer.is_empty() && !name.contains("://")) {
        (issuer, name) = (head.trim(), tail.trim());
    }
    // A column for sites may contain names instead of addresses.
    if let Some(site) = first(Field::Site).filter(|site| issuer.is_empty() && !site.contains(['.', '/', ':'])) {
        issuer = site;
    }
    let fields = fields(row, mapping)?;
    let is_plain = !secret.contains("://") && !secret.to_ascii_lowercase().contains("key=");
    let account = if is_plain && account_fields::is_words(secret) {
        return Err(Reason::Otp(OtpError::NoSecret));
    } else if is_plain {
        let draft = AccountFields { issuer, name, ..fields };
        match SetupKey::hexadecimal(secret) {
            Some(key) => draft.with_key(row.row, Ok(key))?,
            None => draft.with_setup_key(row.row, secret)?,
        }
    } else {
        let account = account_fields::field(row.row, secret, issuer, name)?;
        if let Some(own) = own {
            agree(&account, &fields)?;
            let mut bare = all(Field::Secret).filter_map(|cell| Key::from_base32(cell).ok());
            if bare.any(|key| key != account.uri.otp.key && !is_of_another(&key, own)) {
                return Err(Reason::Otp(OtpError::Contradiction));
            }
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

/// Returns the type of the codes, as programs name it, in lower case; `None` for other words, which are the types of a
/// password manager's entries.
fn kind(name: &str) -> Result<Option<&'static str>, Reason> {
    match name {
        _ if name.contains("steam") => Ok(Some("steam")),
        _ if name.contains("yandex") || name == "yaotp" => Err(Reason::Yandex),
        "motp" | "mobile-otp" | "mobileotp" => Err(Reason::Motp),
        "ocra" | "push" => Err(Reason::Kind),
        _ if columns::is_event_based(name) => Ok(Some("hotp")),
        _ if name.contains("totp") || name.contains("hotp/t") => Ok(Some("totp")),
        _ if name.contains("time") && !name.contains("one-time") && !name.contains("onetime") => Ok(Some("totp")),
        _ => Ok(None),
    }
}

/// Returns the parameters of the code that the cells of a row contain.
fn fields<'a>(row: &'a SheetRow, mapping: &'a Mapping) -> Result<AccountFields<'a>, Reason> {
    let first = |field| Sheet::cells(row, mapping, field).next();
    let number = |field, read: fn(&str) -> Option<u64>, error| match first(field) {
        None => Ok(None),
        Some(text) => read(text).map(Some).ok_or(Reason::Otp(error)),
    };
    let kind_name = first(Field::Kind).unwrap_or_default().to_lowercase();
    if mapping.has_numbered_kinds && columns::is_number(&kind_name) {
        return Err(Reason::Kind);
    }
    let named = kind(&kind_name)?;
    let has_period = first(Field::Period).is_some_and(|period| period != "0");
    let counts = || first(Field::Counter).is_some_and(|text| units::whole(text).is_some_and(|counter| counter > 0));
    let kind = match named {
        Some(kind) => kind,
        // Only HOTP has a counter. With a period or with another word as the type, it is unclear what the codes are.
        None if counts() && (has_period || first(Field::Kind).is_some()) => {
            return Err(Reason::Otp(OtpError::Contradiction));
        }
        None if counts() => "hotp",
        None => "totp",
    };
    let shift = mapping.offset.filter(|column| !mapping.chosen.contains(column));
    let shift = shift.and_then(|column| row.cells().get(column)?.trim().parse::<f64>().ok());
    if kind == "totp" && shift.is_some_and(|seconds| seconds != 0.0) {
        return Err(Reason::Otp(OtpError::Epoch));
    }
    let period = if kind == "totp" { number(Field::Period, units::seconds, OtpError::Period)? } else { None };
    Ok(AccountFields {
        kind,
        algorithm: first(Field::Algorithm).unwrap_or_default(),
        digits: number(Field::Digits, units::digits, OtpError::Digits)?,
        period,
        counter: if kind == "hotp" { number(Field::Counter, units::whole, OtpError::Counter)? } else { None },
        ..AccountFields::default()
    })
}

/// Fails if a key URI and the other cells of its row have different parameters, and would therefore generate different
/// codes.
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
