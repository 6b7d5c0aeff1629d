//! CSV with a header: cells by column name, rows of any length.

use super::{ExchangeError, encoding};

/// The most columns that are read.
const MAX_COLUMNS: usize = 256;

/// The most cells, 100,000 rows of 30: each takes 8 bytes besides its text.
const MAX_CELLS: usize = 3_000_000;

/// The longest first line.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// A table whose first row names the columns.
pub(in crate::exchange) struct Table {
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

/// The column names of a text's first line, trimmed and in lower case.
pub(in crate::exchange) fn header(text: &str) -> Option<Vec<String>> {
    let first = text.lines().next().filter(|line| line.len() <= MAX_HEADER_BYTES)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(first.as_bytes());
    let record = reader.records().next()?.ok()?;
    (record.len() <= MAX_COLUMNS).then(|| record.iter().map(|name| name.trim().to_lowercase()).collect())
}

impl Table {
    pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Self, ExchangeError> {
        let text = encoding::text(bytes).ok_or(ExchangeError::Damaged("it is not UTF-8 text"))?;
        // However it is quoted, a text has no more cells than these.
        if text.bytes().filter(|byte| matches!(byte, b',' | b'\n' | b'\r')).count() > MAX_CELLS {
            return Err(ExchangeError::TooComplex);
        }
        let header = header(&text).ok_or(ExchangeError::Damaged("it has no header"))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|_| ExchangeError::Damaged("a row is no CSV"))?;
            // Password managers have many rows without a code, so this bound is looser than that of the report.
            if rows.len() >= super::MAX_ROWS.saturating_mul(5) {
                return Err(ExchangeError::TooManyRows);
            }
            rows.push(record);
        }
        Ok(Self { header, rows })
    }

    /// Whether a column is there, by its name in lower case.
    pub(in crate::exchange) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    /// Rows by position, counted from 1 after the header.
    pub(in crate::exchange) fn rows(&self) -> impl Iterator<Item = (usize, Cells<'_>)> {
        let cells = |(index, record): (usize, _)| (index.saturating_add(1), Cells { header: &self.header, record });
        self.rows.iter().enumerate().map(cells)
    }
}

/// One row's cells.
pub(in crate::exchange) struct Cells<'a> {
    header: &'a [String],
    record: &'a csv::StringRecord,
}

impl<'a> Cells<'a> {
    /// A cell by its column's name in lower case; "" where the row is short.
    pub(in crate::exchange) fn text(&self, column: &str) -> &'a str {
        let index = self.header.iter().position(|name| name == column);
        index.and_then(|index| self.record.get(index)).unwrap_or_default().trim()
    }

    /// All cells in order, whatever their columns are.
    pub(in crate::exchange) fn all(&self) -> csv::StringRecordIter<'a> {
        self.record.iter()
    }

    /// The cells after the last named column.
    pub(in crate::exchange) fn beyond(&self, index: usize) -> Option<&'a str> {
        self.record.get(self.header.len().saturating_add(index))
    }
}
