//! Reads the rows of a table from an SQLite database, or from a database with its write-ahead log merged in.
//!
//! Supports only what the databases of phone apps use: no indexes, no `WITHOUT ROWID`. File format:
//! <https://www.sqlite.org/fileformat2.html>.
//!
//! | at | header, the first 100 bytes of page 1 |
//! |---|---|
//! | 0 | `SQLite format 3\0` |
//! | 16 | page size, where 1 means 65,536 |
//! | 20 | bytes reserved at the end of each page |
//! | 56 | text encoding: 1 UTF-8, 2 UTF-16 little-endian, 3 big-endian |
//!
//! No page of a tree is visited twice and the length of every chain is limited, so a database with cycles is rejected.

mod record;
mod schema;
mod wal;

use std::collections::BTreeSet;

pub(in crate::exchange) use record::Cell;
pub(in crate::exchange) use wal::{is_index as is_wal_index, merge as merge_wal};

use super::byte_reader::{Bytes, length};
use super::{ExchangeError, MAX_ROWS};

pub(in crate::exchange) const MAGIC: &[u8] = b"SQLite format 3\0";

/// Maximum depth of a tree. A file of 20 MiB with the smallest page size needs 7 levels.
const MAX_DEPTH: usize = 16;
/// Maximum size of a row, in bytes.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;
/// Maximum size of all rows together, in bytes. Malicious rows may share overflow pages, so the file size does not
/// limit it.
const MAX_TOTAL_BYTES: usize = 64 << 20;

const DAMAGED: ExchangeError = ExchangeError::Damaged("SQLite page");

/// An open database.
pub(in crate::exchange) struct Database<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// The page size without the reserved bytes.
    usable: usize,
    encoding: u32,
}

/// The rows of a table, with its column names.
pub(in crate::exchange) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl<'a> Database<'a> {
    pub(in crate::exchange) fn open(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let mut header = Bytes(bytes.strip_prefix(MAGIC).ok_or(DAMAGED)?);
        let page_size = match header.u16_be().ok_or(DAMAGED)? {
            1 => 65_536,
            size => usize::from(size),
        };
        let mut rest = Bytes(bytes.get(20..).ok_or(DAMAGED)?);
        let usable = page_size.saturating_sub(usize::from(rest.u8().ok_or(DAMAGED)?));
        let encoding = Bytes(bytes.get(56..).ok_or(DAMAGED)?).u32_be().ok_or(DAMAGED)?;
        if !page_size.is_power_of_two() || page_size < 512 || usable < 480 {
            return Err(DAMAGED);
        }
        Ok(Self { bytes, page_size, usable, encoding })
    }

    /// Returns all rows of the table with this name, if it exists.
    pub(in crate::exchange) fn table(&self, name: &str) -> Result<Option<Table>, ExchangeError> {
        for row in self.rows(1)? {
            let text = |index: usize| row.get(index).and_then(Cell::text).unwrap_or_default();
            if text(0) == "table" && text(1).eq_ignore_ascii_case(name) {
                let root =
                    row.get(3).and_then(Cell::integer).and_then(|root| u32::try_from(root).ok()).ok_or(DAMAGED)?;
                let (columns, row_id) = schema::columns(text(4));
                let mut rows = self.rows(root)?;
                if let Some(index) = row_id {
                    rows.iter_mut().for_each(|row| record::fill_row_id(row, index));
                }
                return Ok(Some(Table { columns, rows }));
            }
        }
        Ok(None)
    }

    /// Returns the rows of the tree whose root is at a page. Each row ends with its row id.
    fn rows(&self, root: u32) -> Result<Vec<Vec<Cell>>, ExchangeError> {
        let mut walk = Walk { visited: BTreeSet::new(), rows: Vec::new(), total: 0 };
        self.walk(root, 0, &mut walk)?;
        Ok(walk.rows)
    }

    fn walk(&self, number: u32, depth: usize, walk: &mut Walk) -> Result<(), ExchangeError> {
        if depth > MAX_DEPTH || !walk.visited.insert(number) {
            return Err(DAMAGED);
        }
        let page = self.page(number)?;
        // Page 1 begins with the database header, but its offsets also count from the beginning of the page.
        let mut header = Bytes(page.get(if number == 1 { 100 } else { 0 }..).ok_or(DAMAGED)?);
        let kind = header.u8().ok_or(DAMAGED)?;
        header.take(2).ok_or(DAMAGED)?;
        let cells = header.u16_be().ok_or(DAMAGED)?;
        header.take(3).ok_or(DAMAGED)?;
        let right = if kind == 5 { Some(header.u32_be().ok_or(DAMAGED)?) } else { None };
        for _ in 0..cells {
            let at = usize::from(header.u16_be().ok_or(DAMAGED)?);
            let mut cell = Bytes(page.get(at..).ok_or(DAMAGED)?);
            match kind {
                5 => self.walk(cell.u32_be().ok_or(DAMAGED)?, depth.saturating_add(1), walk)?,
                13 => walk.push(self.row(&mut cell)?)?,
                _ => return Err(DAMAGED),
            }
        }
        match right {
            Some(right) => self.walk(right, depth.saturating_add(1), walk),
            None => Ok(()),
        }
    }

    fn page(&self, number: u32) -> Result<&'a [u8], ExchangeError> {
        let start = length(number).checked_sub(1).and_then(|index| index.checked_mul(self.page_size)).ok_or(DAMAGED)?;
        let end = start.checked_add(self.page_size).ok_or(DAMAGED)?;
        self.bytes.get(start..end).ok_or(DAMAGED)
    }

    /// Reads a leaf cell: payload length, row id, payload, and the page with the rest of the payload.
    fn row(&self, cell: &mut Bytes<'_>) -> Result<(usize, Vec<Cell>), ExchangeError> {
        let size = record::varint(cell).and_then(|size| usize::try_from(size).ok()).ok_or(DAMAGED)?;
        let row_id = record::varint(cell).ok_or(DAMAGED)?;
        if size > MAX_PAYLOAD_BYTES {
            return Err(ExchangeError::TooLarge);
        }
        let local = self.local_size(size);
        let mut payload = cell.take(local).ok_or(DAMAGED)?.to_vec();
        if local < size {
            self.overflow(cell.u32_be().ok_or(DAMAGED)?, size, &mut payload)?;
        }
        let mut row = record::cells(&payload, self.encoding).ok_or(DAMAGED)?;
        row.push(Cell::Integer(row_id.cast_signed()));
        Ok((size, row))
    }

    /// Returns how much of a payload is stored in the leaf itself ("B-tree Pages" in the file format), in bytes.
    fn local_size(&self, size: usize) -> usize {
        let most = self.usable.saturating_sub(35);
        if size <= most {
            return size;
        }
        let least = self.usable.saturating_sub(12).saturating_mul(32).checked_div(255).unwrap_or(0).saturating_sub(23);
        let chunk = self.usable.saturating_sub(4);
        let kept = least.saturating_add(size.saturating_sub(least).checked_rem(chunk).unwrap_or(0));
        if kept <= most { kept } else { least }
    }

    fn overflow(&self, first: u32, size: usize, payload: &mut Vec<u8>) -> Result<(), ExchangeError> {
        let mut next = first;
        while payload.len() < size {
            let mut page = Bytes(self.page(next)?);
            next = page.u32_be().ok_or(DAMAGED)?;
            let wanted = size.saturating_sub(payload.len()).min(self.usable.saturating_sub(4));
            payload.extend_from_slice(page.take(wanted).ok_or(DAMAGED)?);
        }
        Ok(())
    }
}

struct Walk {
    visited: BTreeSet<u32>,
    rows: Vec<Vec<Cell>>,
    total: usize,
}

impl Walk {
    fn push(&mut self, (size, row): (usize, Vec<Cell>)) -> Result<(), ExchangeError> {
        self.total = self.total.saturating_add(size);
        if self.rows.len() >= MAX_ROWS {
            return Err(ExchangeError::TooManyRows);
        }
        if self.total > MAX_TOTAL_BYTES {
            return Err(ExchangeError::TooLarge);
        }
        self.rows.push(row);
        Ok(())
    }
}

impl Table {
    pub(in crate::exchange) fn has(&self, column: &str) -> bool {
        self.index(column).is_some()
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name.eq_ignore_ascii_case(column))
    }

    pub(in crate::exchange) fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    pub(in crate::exchange) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Returns the cell in a column. Rows that are older than an added column have no cell for it and return `Null`.
    pub(in crate::exchange) fn cell<'t>(&self, row: &'t [Cell], column: &str) -> &'t Cell {
        let (_, cells) = row.split_last().unwrap_or((&Cell::Null, &[]));
        self.index(column).and_then(|index| cells.get(index)).unwrap_or(&Cell::Null)
    }

    /// Returns the text in a column, or an empty string.
    pub(in crate::exchange) fn text<'t>(&self, row: &'t [Cell], column: &str) -> &'t str {
        self.cell(row, column).text().unwrap_or_default()
    }
}
