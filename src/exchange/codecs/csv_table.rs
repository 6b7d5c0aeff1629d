//! Reads delimited text with a header. Rows may have any length, and cells are found by column name.
//!
//! The delimiter is a comma, semicolon, tab or vertical bar, whichever is most frequent in the first line. A line
//! `sep=;` before it is skipped. If a text has an odd number of quotation marks, one of them is unclosed and would
//! swallow the following rows; in such a text, quotation marks are read as plain characters. In a Markdown table, the
//! outer bars and the line of dashes are left out.

use super::{ExchangeError, encoding};
use crate::exchange::formats::otpauth_list::is_key_uri;
use crate::exchange::mapping::is_like_a_key;

/// Maximum number of columns.
const MAX_COLUMNS: usize = 256;

/// Maximum number of cells, enough for 100,000 rows of 30 cells. A cell takes 8 bytes in addition to its text.
const MAX_CELLS: usize = 3_000_000;

/// A table whose first row names the columns.
pub(in crate::exchange) struct Table {
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

/// Returns the text without the line `sep=;`, by which programs tell Excel the delimiter.
fn without_hint(text: &str) -> &str {
    let rest = text.trim_start_matches(['\u{feff}', '"']);
    if !rest.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("sep=")) {
        return text;
    }
    let end = encoding::beginning(rest, 8).find(['\n', '\r']).filter(|end| *end <= 6);
    end.and_then(|end| rest.get(end..)).unwrap_or(text)
}

/// Returns the first line that is not blank. The line must end within the head of the text, so that checking a large
/// file of another kind is cheap.
fn first_line(text: &str) -> Option<&str> {
    let head = encoding::head(text);
    let blank = head.get(..head.len().saturating_sub(head.trim_start().len()))?;
    let start = blank.rfind(['\n', '\r']).map_or(0, |at| at.saturating_add(1));
    let line = head.get(start..).filter(|line| !line.trim().is_empty())?;
    match line.find(['\n', '\r']) {
        Some(end) => line.get(..end),
        None => (head.len() == text.len()).then_some(line),
    }
}

/// Checks the maximum number of cells before the text is parsed. Whatever is quoted, there are no more cells than
/// delimiters and line breaks.
fn has_too_many_cells(text: &str) -> bool {
    let mut left = MAX_CELLS;
    for end in [',', ';', '\t', '|', '\n', '\r'] {
        match left.checked_sub(text.matches(end).take(left.saturating_add(1)).count()) {
            Some(rest) => left = rest,
            None => return true,
        }
    }
    false
}

/// Returns whether a quotation mark is unclosed. In debug builds, this loop is several times faster than a chain of
/// iterators.
fn has_open_quote(text: &str) -> bool {
    let mut is_open = false;
    for byte in text.as_bytes() {
        is_open ^= *byte == b'"';
    }
    is_open
}

fn delimiter(line: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in line.bytes() {
        is_quoted ^= byte == b'"';
        let count = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !is_quoted);
        count.into_iter().for_each(|(_, count)| *count = count.saturating_add(1));
    }
    if is_of_named_cells(line) {
        return b',';
    }
    // The first delimiter in the list wins a tie.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Returns the character between the cells of a text.
pub(in crate::exchange) fn delimiter_of(text: &str) -> char {
    char::from(first_line(without_hint(text)).map_or(b',', delimiter))
}

/// Returns whether a line consists of cells, several of which are a name, a number and a value that bars separate, as
/// mSecure writes them.
fn is_of_named_cells(line: &str) -> bool {
    line.split(',').filter(|cell| named_cell(cell).is_some()).count() > 1
}

/// Returns the name and the value in a cell such as `Username|7|ann`.
pub(in crate::exchange) fn named_cell(cell: &str) -> Option<(&str, &str)> {
    let (name, rest) = cell.split_once('|')?;
    let (number, value) = rest.split_once('|')?;
    let is_number = !number.is_empty() && number.len() < 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !name.is_empty()).then_some((name, value))
}

fn reader<'a>(text: &'a str, line: &str) -> csv::Reader<&'a [u8]> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter(line)).quoting(!has_open_quote(text));
    builder.from_reader(text.as_bytes())
}

/// Returns the text of a cell without the formula or the apostrophe by which users make Excel keep it as it is.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let marked = cell.strip_prefix('\'').filter(|rest| is_like_a_key(rest) || is_key_uri(rest));
    // In Markdown, keys are often written as code.
    let code = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    formula.or(marked).or(code).unwrap_or(cell)
}

/// Returns whether a line is a row of a Markdown table.
pub(in crate::exchange) fn is_markdown(line: &str) -> bool {
    let line = line.trim();
    line.len() > 2 && line.starts_with('|') && line.ends_with('|')
}

/// Returns whether a line is that of dashes below the column names of a Markdown table.
pub(in crate::exchange) fn is_markdown_rule(line: &str) -> bool {
    line.contains("--") && line.trim_matches(['|', ':', '-', ' ', '\t']).is_empty()
}

/// Returns the cells of a record. In a Markdown table, `None` for the line of dashes below the column names.
fn cells_of(record: &csv::StringRecord, is_markdown: bool) -> Option<Vec<String>> {
    let mut cells: Vec<String> = record.iter().map(|cell| plain(cell).to_owned()).collect();
    if is_markdown {
        if is_markdown_rule(&cells.concat()) {
            return None;
        }
        cells.pop_if(|last| last.is_empty());
        if cells.first().is_some_and(String::is_empty) {
            cells.remove(0);
        }
    }
    Some(cells)
}

/// Returns all rows of a delimited text, including the first line.
pub(in crate::exchange) fn records(text: &str) -> Result<Vec<Vec<String>>, ExchangeError> {
    let text = without_hint(text);
    let line = first_line(text).ok_or(ExchangeError::Damaged("header"))?;
    if has_too_many_cells(text) {
        return Err(ExchangeError::TooComplex);
    }
    let mut records = Vec::new();
    let is_markdown = is_markdown(line);
    for record in reader(text, line).records() {
        let record = record.map_err(|_| ExchangeError::Damaged("CSV"))?;
        if records.len() > super::MAX_ROWS.saturating_mul(5) {
            return Err(ExchangeError::TooManyRows);
        }
        records.extend(cells_of(&record, is_markdown));
    }
    Ok(records)
}

/// Returns the cells of the first nonblank line, trimmed.
pub(in crate::exchange) fn first_cells(text: &str) -> Option<Vec<String>> {
    let line = first_line(without_hint(text))?;
    let record = reader(line, line).records().next()?.ok()?;
    if is_markdown(line) {
        return cells_of(&record, true);
    }
    Some(record.iter().map(|cell| cell.trim().to_owned()).collect())
}

/// Returns the column names in the first nonblank line, trimmed and in lower case.
pub(in crate::exchange) fn header(text: &str) -> Option<Vec<String>> {
    let cells = first_cells(text).filter(|cells| cells.len() <= MAX_COLUMNS)?;
    Some(cells.iter().map(|name| name.to_lowercase()).collect())
}

impl Table {
    pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Self, ExchangeError> {
        let text = encoding::text_of_any_encoding(bytes).ok_or(ExchangeError::Damaged("text"))?;
        let text = without_hint(&text);
        let header = header(text).ok_or(ExchangeError::Damaged("header"))?;
        if has_too_many_cells(text) {
            return Err(ExchangeError::TooComplex);
        }
        let line = first_line(text).unwrap_or_default();
        let mut rows = Vec::new();
        for record in reader(text, line).records().skip(1) {
            let record = record.map_err(|_| ExchangeError::Damaged("CSV"))?;
            // Password managers have many rows without a code, so this limit is higher than that of the report.
            if rows.len() >= super::MAX_ROWS.saturating_mul(5) {
                return Err(ExchangeError::TooManyRows);
            }
            rows.push(record);
        }
        Ok(Self { header, rows })
    }

    /// Returns whether there is a column with this name, in lower case.
    pub(in crate::exchange) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    /// Returns the rows with their positions. The first row after the header is 1.
    pub(in crate::exchange) fn rows(&self) -> impl Iterator<Item = (usize, Cells<'_>)> {
        let cells = |(index, record): (usize, _)| (index.saturating_add(1), Cells { header: &self.header, record });
        self.rows.iter().enumerate().map(cells)
    }
}

/// The cells of one row.
pub(in crate::exchange) struct Cells<'a> {
    header: &'a [String],
    record: &'a csv::StringRecord,
}

impl<'a> Cells<'a> {
    /// Returns the cell in the column with this name, in lower case, or an empty string if the row is too short.
    pub(in crate::exchange) fn text(&self, column: &str) -> &'a str {
        let index = self.header.iter().position(|name| name == column);
        plain(index.and_then(|index| self.record.get(index)).unwrap_or_default())
    }

    /// Returns all cells in order, including those without a column name.
    pub(in crate::exchange) fn all(&self) -> csv::StringRecordIter<'a> {
        self.record.iter()
    }

    /// Returns the cell at an index after the last named column.
    pub(in crate::exchange) fn beyond(&self, index: usize) -> Option<&'a str> {
        self.record.get(self.header.len().saturating_add(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_keeps_its_empty_cells_and_ends_within_the_head() {
        assert_eq!(first_line("\n \r\n\tname\nx"), Some("\tname"));
        assert_eq!((first_line("name"), first_line(" \n\t\n"), first_line("")), (Some("name"), None, None));
        let long = "a".repeat(encoding::HEAD_BYTES);
        assert_eq!(first_line(&long), Some(long.as_str()));
        assert_eq!(first_line(&format!("{long}\n")), None);
        assert_eq!(first_line(&format!("{}\n{long}", &long[1..])), Some(&long[1..]));
    }

    #[test]
    fn a_markdown_table_has_no_outer_cells_and_no_rule() {
        let text = "| Site | Key |\n|:-----|----:|\n| a | `MFRG` |\n| -- | |\n";
        assert_eq!(first_cells(text).unwrap(), ["Site", "Key"]);
        assert_eq!(records(text).unwrap(), [vec!["Site", "Key"], vec!["a", "MFRG"]]);
        // Without the outer bars, a bar is a delimiter like any other.
        assert_eq!(records("a|b|\n").unwrap(), [["a", "b", ""]]);
    }

    #[test]
    fn cells_are_counted_over_all_delimiters() {
        assert!(!has_too_many_cells(&",\n".repeat(MAX_CELLS / 2)));
        assert!(has_too_many_cells(&format!("{};", ",\n".repeat(MAX_CELLS / 2))));
    }
}
