//! Decodes the payload of a row: a header with the serial types, then the values.

use crate::exchange::codecs::byte_reader::Bytes;

/// A value in a row.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::exchange) enum Cell {
    Null,
    Integer(i64),
    /// A floating-point number. No supported format uses one.
    Real,
    /// A text, or `None` if it is not valid in the database's encoding.
    Text(Option<String>),
    Blob(Vec<u8>),
}

impl Cell {
    pub(in crate::exchange) fn text(&self) -> Option<&str> {
        if let Self::Text(Some(text)) = self { Some(text) } else { None }
    }

    /// Returns an integer, also if it is stored as text.
    pub(in crate::exchange) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            Self::Text(Some(text)) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub(in crate::exchange) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.as_ref().is_none_or(String::is_empty),
            Self::Blob(blob) => blob.is_empty(),
            Self::Integer(_) | Self::Real => false,
        }
    }
}

/// Reads SQLite's varint: big-endian, 7 bits per byte, but all 8 bits of the ninth byte.
pub(super) fn varint(rest: &mut Bytes<'_>) -> Option<u64> {
    let mut value = 0_u64;
    for _ in 0..8 {
        let byte = rest.u8()?;
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    Some((value << 8) | u64::from(rest.u8()?))
}

/// Decodes the values of a payload.
pub(super) fn cells(payload: &[u8], encoding: u32) -> Option<Vec<Cell>> {
    let mut header = Bytes(payload);
    let size = usize::try_from(varint(&mut header)?).ok()?;
    let consumed = payload.len().checked_sub(header.0.len())?;
    let mut types = Bytes(header.take(size.checked_sub(consumed)?)?);
    let mut values = Bytes(payload.get(size..)?);
    let mut cells = Vec::new();
    while !types.is_empty() {
        cells.push(cell(varint(&mut types)?, &mut values, encoding)?);
    }
    Some(cells)
}

fn cell(kind: u64, values: &mut Bytes<'_>, encoding: u32) -> Option<Cell> {
    let integer = |bytes: &[u8]| {
        let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
        let start = if negative { -1_i64 } else { 0 };
        Cell::Integer(bytes.iter().fold(start, |value, byte| (value << 8) | i64::from(*byte)))
    };
    match kind {
        0 => Some(Cell::Null),
        1..=4 => values.take(usize::try_from(kind).ok()?).map(integer),
        5 => values.take(6).map(integer),
        6 => values.take(8).map(integer),
        7 => values.take(8).map(|_| Cell::Real),
        8 => Some(Cell::Integer(0)),
        9 => Some(Cell::Integer(1)),
        10 | 11 => None,
        _ => {
            let size = usize::try_from(kind.checked_sub(12)? >> 1).ok()?;
            let bytes = values.take(size)?;
            Some(if kind & 1 == 0 { Cell::Blob(bytes.to_vec()) } else { Cell::Text(text(bytes, encoding)) })
        }
    }
}

fn text(bytes: &[u8], encoding: u32) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match encoding {
        2 => u16::from_le_bytes,
        3 => u16::from_be_bytes,
        _ => return String::from_utf8(bytes.to_vec()).ok(),
    };
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok()
}

/// Fills in the `INTEGER PRIMARY KEY` column, which SQLite stores as the row id. The row id is the last cell of each
/// row.
pub(super) fn fill_row_id(row: &mut [Cell], index: usize) {
    if let Some((row_id, cells)) = row.split_last_mut()
        && let Some(cell @ Cell::Null) = cells.get_mut(index)
    {
        *cell = row_id.clone();
    }
}
