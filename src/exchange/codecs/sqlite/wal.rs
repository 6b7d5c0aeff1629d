//! Merges the write-ahead log, which contains the pages that were written after the database file.
//!
//! | offset | header, 32 bytes | frame header, 24 bytes |
//! |---|---|---|
//! | 0 | magic, `377f0682` or `…83` (checksums big-endian) | page number |
//! | 4 | version | size of the database in pages if this frame commits, else 0 |
//! | 8 | page size | salt, as in the header |
//! | 16 | salt, 8 bytes | checksum over header and page, chained |
//! | 24 | checksum | (the page follows) |

use crate::exchange::codecs::byte_reader::{Bytes, length};
use crate::exchange::{ExchangeError, MAX_IMPORT_BYTES};

const DAMAGED: ExchangeError = ExchangeError::Damaged("WAL");

/// Returns whether a file is the index of a write-ahead log. It starts with its version, in the byte order of the
/// machine that wrote it.
pub(in crate::exchange) fn is_index(bytes: &[u8]) -> bool {
    const VERSION: u32 = 3_007_000;
    bytes.starts_with(&VERSION.to_le_bytes()) || bytes.starts_with(&VERSION.to_be_bytes())
}

/// Returns the database with all committed pages of its log. Like SQLite, ignores everything after the last complete
/// commit, and frames of an earlier use of the log (their salts differ).
pub(in crate::exchange) fn merge(database: &[u8], log: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    if database.len() > MAX_IMPORT_BYTES || log.len() > MAX_IMPORT_BYTES {
        return Err(ExchangeError::TooLarge);
    }
    let mut merged = database.to_vec();
    if log.is_empty() {
        return Ok(merged);
    }
    let mut log = Log::open(log).ok_or(DAMAGED)?;
    let mut waiting = Vec::new();
    while let Some(frame) = log.next_frame() {
        waiting.push((frame.page, frame.bytes));
        if frame.commits_pages == 0 {
            continue;
        }
        for (page, bytes) in waiting.drain(..) {
            write(&mut merged, page, bytes)?;
        }
    }
    Ok(merged)
}

fn write(merged: &mut Vec<u8>, page: u32, bytes: &[u8]) -> Result<(), ExchangeError> {
    let start = length(page).checked_sub(1).and_then(|index| index.checked_mul(bytes.len())).ok_or(DAMAGED)?;
    let end = start.checked_add(bytes.len()).filter(|end| *end <= MAX_IMPORT_BYTES).ok_or(ExchangeError::TooLarge)?;
    if merged.len() < end {
        merged.resize(end, 0);
    }
    if let Some(place) = merged.get_mut(start..end) {
        place.copy_from_slice(bytes);
    }
    Ok(())
}

struct Log<'a> {
    rest: Bytes<'a>,
    page_size: usize,
    salt: [u8; 8],
    is_big_endian: bool,
    checksum: [u32; 2],
}

struct Frame<'a> {
    page: u32,
    commits_pages: u32,
    bytes: &'a [u8],
}

impl<'a> Log<'a> {
    fn open(log: &'a [u8]) -> Option<Self> {
        let mut rest = Bytes(log);
        let head = rest.0.get(..24)?;
        let magic = rest.u32_be()?;
        rest.take(4)?;
        let page_size = length(rest.u32_be()?);
        rest.take(4)?;
        let salt = rest.array()?;
        let expected = [rest.u32_be()?, rest.u32_be()?];
        let is_big_endian = magic & 1 == 1;
        let checksum = checksum([0, 0], head, is_big_endian);
        let is_whole = magic | 1 == 0x377f_0683 && checksum == expected;
        (is_whole && page_size.is_power_of_two() && (512..=65_536).contains(&page_size)).then_some(Self {
            rest,
            page_size,
            salt,
            is_big_endian,
            checksum,
        })
    }

    /// Returns the next frame, or `None` at the end and at the first frame with a wrong salt or checksum.
    fn next_frame(&mut self) -> Option<Frame<'a>> {
        let head = self.rest.0.get(..8)?;
        let (page, commits_pages) = (self.rest.u32_be()?, self.rest.u32_be()?);
        let salt: [u8; 8] = self.rest.array()?;
        let expected = [self.rest.u32_be()?, self.rest.u32_be()?];
        let bytes = self.rest.take(self.page_size)?;
        let sum = checksum(self.checksum, head, self.is_big_endian);
        self.checksum = checksum(sum, bytes, self.is_big_endian);
        (salt == self.salt && self.checksum == expected).then_some(Frame { page, commits_pages, bytes })
    }
}

fn checksum([mut a, mut b]: [u32; 2], bytes: &[u8], is_big_endian: bool) -> [u32; 2] {
    let word = |word: [u8; 4]| if is_big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) };
    for pair in bytes.as_chunks::<8>().0 {
        let [p, q, r, s, t, u, v, w] = *pair;
        a = a.wrapping_add(word([p, q, r, s])).wrapping_add(b);
        b = b.wrapping_add(word([t, u, v, w])).wrapping_add(a);
    }
    [a, b]
}
