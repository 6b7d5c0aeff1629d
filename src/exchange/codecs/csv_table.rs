//! Text with delimiters and a header: cells by column name, rows of any length.
//!
//! The delimiter is a comma, a semicolon, a tab or a vertical bar, whichever the first line has most of. In a text with an
//! odd number of quotation marks one was never closed and would swallow the rows after it: there they are plain text.

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

fn first_line(text: &str) -> Option<&str> {
    text.split(['\n', '\r']).find(|line| !line.trim().is_empty()).filter(|line| line.len() <= MAX_HEADER_BYTES)
}

fn delimiter(line: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line.bytes() {
        is_quoted ^= byte == b'"';
        let count = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !is_quoted);
        count.into_iter().for_each(|(_, count)| *count = count.saturating_add(1));
    }
    // Of equal counts the first in the list.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

fn reader<'a>(text: &'a str, line: &str) -> csv::Reader<&'a [u8]> {
    let has_open_quote = text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter(line)).quoting(!has_open_quote);
    builder.from_reader(text.as_bytes())
}

/// All rows of a text with delimiters, the first line too.
pub(in crate::exchange) fn records(text: &str) -> Result<Vec<Vec<String>>, ExchangeError> {
    let is_end = |byte: &u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r');
    if text.bytes().filter(is_end).count() > MAX_CELLS {
        return Err(ExchangeError::TooComplex);
    }
    let line = first_line(text).ok_or(ExchangeError::Damaged("it has no header"))?;
    let mut records = Vec::new();
    for record in reader(text, line).records() {
        let record = record.map_err(|_| ExchangeError::Damaged("a row is no CSV"))?;
        if records.len() > super::MAX_ROWS.saturating_mul(5) {
            return Err(ExchangeError::TooManyRows);
        }
        records.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
    }
    Ok(records)
}

/// The column names of a text's first line, trimmed and in lower case.
pub(in crate::exchange) fn header(text: &str) -> Option<Vec<String>> {
    let first = first_line(text)?;
    let record = reader(first, first).records().next()?.ok()?;
    (record.len() <= MAX_COLUMNS).then(|| record.iter().map(|name| name.trim().to_lowercase()).collect())
}

impl Table {
    pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Self, ExchangeError> {
        let text = encoding::text_of_any_encoding(bytes).ok_or(ExchangeError::Damaged("it is not text"))?;
        // However it is quoted, a text has no more cells than these.
        if text.bytes().filter(|byte| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r')).count() > MAX_CELLS {
            return Err(ExchangeError::TooComplex);
        }
        let header = header(&text).ok_or(ExchangeError::Damaged("it has no header"))?;
        let line = first_line(&text).unwrap_or_default();
        let mut rows = Vec::new();
        for record in reader(&text, line).records().skip(1) {
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
