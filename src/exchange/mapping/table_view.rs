//! The mapping screen's view of a table, and reading a table with the user's choices.

use serde::{Deserialize, Serialize};

use super::cover::covered;
use super::{Field, Mapping, Opening, Sheet};
use crate::exchange::{ExchangeError, MAX_IMPORT_BYTES, Report, container, unnamed};

/// The number of values that are shown of each column.
const SAMPLES: usize = 3;

/// The maximum number of columns that are shown.
const MAX_COLUMNS: usize = 100;

/// The maximum length of a column name that is shown, in characters.
const MAX_NAME_CHARACTERS: usize = 60;

/// The user's changes to the detected mapping. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableChoice {
    /// True if the first row contains column names; `None` to detect it.
    #[serde(default)]
    pub names_in_first_row: Option<bool>,
    /// The columns whose meaning the user chose. Column numbers start at 0.
    #[serde(default)]
    pub fields: Vec<(usize, Field)>,
}

/// A table as the mapping screen shows it, with covered secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// True if the first row was read as column names. `None` if the names come from the structure of the file.
    pub names_in_first_row: Option<bool>,
    /// The columns that have values.
    pub columns: Vec<ColumnView>,
    /// The number of columns that are not shown.
    pub further_columns: usize,
}

/// A column of a [`TableView`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    /// The number in the file, from 0.
    pub number: usize,
    /// The name; empty if there is none.
    pub name: String,
    /// The first values, with covered secrets.
    pub samples: Vec<String>,
    /// The meaning.
    pub field: Field,
}

/// The result of reading a table.
#[derive(Clone, Debug)]
pub struct TableReading {
    /// The accounts and the skipped rows.
    pub report: Report,
    /// The columns, to be shown.
    pub view: TableView,
}

/// Returns whether a file can be shown as a table, so that the user can choose its columns.
pub fn is_table(bytes: &[u8]) -> bool {
    open(bytes, None).is_ok_and(|sheet| sheet.columns.len() > 1 || super::guess(&sheet).is_some())
}

/// Reads a table or list of any program, with the user's changes to the detected mapping. The report may have no
/// account, for example if no column is chosen as the secret.
///
/// # Errors
/// [`ExchangeError`] if the file is not a table or list.
pub fn read_table(bytes: &[u8], choice: &TableChoice) -> Result<TableReading, ExchangeError> {
    let sheet = open(bytes, choice.names_in_first_row)?;
    let mapping = Mapping::of(&sheet).with_choice(&choice.fields);
    let report = sheet.read(&mapping)?;
    Ok(TableReading { report, view: view(&sheet, &mapping) })
}

fn open(bytes: &[u8], names_in_first_row: Option<bool>) -> Result<Sheet, ExchangeError> {
    if bytes.len() > MAX_IMPORT_BYTES {
        return Err(ExchangeError::TooLarge);
    }
    let bytes = &container::unwrap(bytes)?;
    let strict = Opening { names_in_first_row, accepts_anything: false };
    let with_secrets = Sheet::of(bytes, strict).filter(|sheet| super::guess(sheet).is_some());
    let sheet = with_secrets.or_else(|| Sheet::of(bytes, Opening { accepts_anything: true, ..strict }));
    sheet.ok_or_else(|| unnamed(bytes))
}

fn view(sheet: &Sheet, mapping: &Mapping) -> TableView {
    let fields = mapping.fields.iter().copied().enumerate();
    let mut columns: Vec<ColumnView> = fields.filter_map(|(number, field)| column(sheet, number, field)).collect();
    let further_columns = columns.len().saturating_sub(MAX_COLUMNS);
    if further_columns > 0 {
        // If not all columns can be shown, those with a meaning take precedence.
        columns.sort_by_key(|column| (column.field == Field::Other, column.number));
        columns.truncate(MAX_COLUMNS);
        columns.sort_by_key(|column| column.number);
    }
    TableView { names_in_first_row: sheet.names_in_first_row, columns, further_columns }
}

/// Returns the view of a column, or `None` if it has no values.
fn column(sheet: &Sheet, number: usize, field: Field) -> Option<ColumnView> {
    let cells = sheet.rows.iter().filter_map(|row| row.cells().get(number));
    let values = cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let samples: Vec<String> = values.take(SAMPLES).map(|cell| covered(cell, field)).collect();
    if samples.is_empty() {
        return None;
    }
    let is_named = sheet.names_in_first_row != Some(false);
    let name = sheet.columns.get(number).filter(|_| is_named).map(|name| name.trim()).unwrap_or_default();
    // If the first row is mistaken for names, it may contain secrets.
    let name = covered(name, Field::Issuer).chars().take(MAX_NAME_CHARACTERS).collect();
    Some(ColumnView { number, name, samples, field })
}
