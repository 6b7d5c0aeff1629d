//! What the mapping screen shows of a table, and reading a table with what the user chose there.

use serde::{Deserialize, Serialize};

use super::cover::covered;
use super::{Field, Mapping, Opening, Sheet};
use crate::exchange::{ExchangeError, MAX_IMPORT_BYTES, Report, unnamed};

/// The number of values of each column that are shown.
const SAMPLES: usize = 3;

/// The most columns that are shown.
const MAX_COLUMNS: usize = 100;

/// The longest name of a column that is shown, in characters.
const MAX_NAME_CHARACTERS: usize = 60;

/// The user's changes to the guess about a table. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableChoice {
    /// The first row names the columns; `None` to detect it.
    #[serde(default)]
    pub names_in_first_row: Option<bool>,
    /// The columns whose meaning the user chose, by number from 0.
    #[serde(default)]
    pub fields: Vec<(usize, Field)>,
}

/// A table as the mapping screen shows it, with its secrets covered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableView {
    /// True if the first row was read as the names of the columns; `None` where the file's structure names them.
    pub names_in_first_row: Option<bool>,
    /// The columns that have values.
    pub columns: Vec<ColumnView>,
    /// The number of further columns, which are not shown.
    pub further_columns: usize,
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Its number in the file, from 0.
    pub number: usize,
    /// Its name; empty if it has none.
    pub name: String,
    /// Its first values, with secrets covered.
    pub samples: Vec<String>,
    /// Its meaning.
    pub field: Field,
}

/// The result of reading a table.
#[derive(Clone, Debug)]
pub struct TableReading {
    /// The accounts and the reported rows.
    pub report: Report,
    /// The columns.
    pub view: TableView,
}

/// Returns whether a file can be shown as a table, so that the user can choose its columns.
pub fn is_table(bytes: &[u8]) -> bool {
    open(bytes, None).is_ok_and(|sheet| sheet.columns.len() > 1 || super::guess(&sheet).is_some())
}

/// Reads a table or list of any program, with what the user changed about the guess. It may result in no account at
/// all, for example because no column is chosen as the secret.
///
/// # Errors
/// [`ExchangeError`], if the file is not a table or list.
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
        // Columns with a meaning come before the others if not all can be shown.
        columns.sort_by_key(|column| (column.field == Field::Other, column.number));
        columns.truncate(MAX_COLUMNS);
        columns.sort_by_key(|column| column.number);
    }
    TableView { names_in_first_row: sheet.names_in_first_row, columns, further_columns }
}

/// Returns one column, unless it has no values.
fn column(sheet: &Sheet, number: usize, field: Field) -> Option<ColumnView> {
    let cells = sheet.rows.iter().filter_map(|row| row.cells().get(number));
    let values = cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let samples: Vec<String> = values.take(SAMPLES).map(|cell| covered(cell, field)).collect();
    if samples.is_empty() {
        return None;
    }
    let is_named = sheet.names_in_first_row != Some(false);
    let name = sheet.columns.get(number).filter(|_| is_named).map(|name| name.trim()).unwrap_or_default();
    // A first row that was taken for names by mistake may have secrets in it.
    let name = covered(name, Field::Issuer).chars().take(MAX_NAME_CHARACTERS).collect();
    Some(ColumnView { number, name, samples, field })
}
