//! Reads structured-append codes (one text spread over several codes) with a decoder that does not support them.
//!
//! Such a code begins with a header of 20 bits: mode 3, the index, the count, and the parity of the complete text.
//! `rqrr` rejects mode 3 but skips a charset designator, which also has 20 bits when it is written with two bytes. So
//! the header is replaced with a designator before decoding. Error correction still works because the code is linear:
//! the flipped bits are themselves a code word, the difference of the two headers with its check bytes.
//!
//! ```text
//!   0011 iiii cccc pppp pppp   the header            i, c, p: index, count less one, parity
//!   0111 1000 0000 0000 0000   a charset designator
//!   ─────────────────────────
//!   0100 .... .... .... ....   flipped, with the check bits that follow from it
//! ```
//!
//! To learn the order of the modules, `rqrr` is given a grid that records which modules it reads.

use std::cell::RefCell;

use rqrr::{BitGrid, Grid, MetaData, SimpleGrid};
use rxing::qrcode::common::{ErrorCorrectionLevel, Version};

use super::code::CodePart;

/// A module, by row and column.
type Module = (usize, usize);

const HEADER_BITS: usize = 20;
const STRUCTURED_APPEND: u32 = 3;
/// Mode 7, and a designator whose first bits indicate two bytes.
const DESIGNATOR: u32 = 0b0111_1000_0000_0000_0000;

/// Returns the bytes and the position of one part, if the modules are a structured-append code.
pub(super) fn read(size: usize, is_dark: &dyn Fn(usize, usize) -> bool) -> Option<(Vec<u8>, CodePart)> {
    let noted = Noted { size, is_dark, asked: RefCell::new(Vec::new()) };
    let grid = Grid::new(noted);
    let (meta, raw) = grid.get_raw_data().ok()?;
    let asked = grid.grid.asked.into_inner();
    // Before the data, `rqrr` reads the format, once or twice.
    let data = asked.get(asked.len().checked_sub(raw.len)?..)?;
    let layout = Layout::of(&meta)?;
    let header = layout.header(data, &|module| is_dark(module.1, module.0) != is_masked(meta.mask, module))?;
    let part = part(header)?;
    let flipped = layout.modules_of(data, &layout.code_word(header ^ DESIGNATOR));
    let patched = SimpleGrid::from_func(size, |x, y| is_dark(x, y) != flipped.contains(&(y, x)));
    let mut bytes = Vec::new();
    Grid::new(patched).decode_to(&mut bytes).ok()?;
    Some((bytes, part))
}

/// Parses a header.
fn part(header: u32) -> Option<CodePart> {
    let bits = |from: u32, mask: u32| u8::try_from((header >> from) & mask).unwrap_or(0);
    let part = CodePart { index: bits(12, 15), count: bits(8, 15).saturating_add(1), parity: bits(0, 255) };
    (header >> 16 == STRUCTURED_APPEND && part.index < part.count).then_some(part)
}

/// A grid that records which modules are read.
struct Noted<'a> {
    size: usize,
    is_dark: &'a dyn Fn(usize, usize) -> bool,
    asked: RefCell<Vec<Module>>,
}

impl BitGrid for Noted<'_> {
    fn size(&self) -> usize {
        self.size
    }

    fn bit(&self, y: usize, x: usize) -> bool {
        self.asked.borrow_mut().push((y, x));
        (self.is_dark)(x, y)
    }
}

/// The layout of a code's first block among the others: the bytes of all blocks are interleaved, data first, then check
/// bytes.
struct Layout {
    blocks: usize,
    data_bytes: usize,
    first_data_bytes: usize,
    first_check_bytes: usize,
}

impl Layout {
    fn of(meta: &MetaData) -> Option<Self> {
        let version = Version::getVersionForNumber(u32::try_from(meta.version.0).ok()?).ok()?;
        let level = ErrorCorrectionLevel::forBits(u8::try_from(meta.ecc_level).ok()?).ok()?;
        let blocks = version.getECBlocksForLevel(level);
        let first = blocks.getECBlocks().first()?;
        let size = |count: u32| usize::try_from(count).ok();
        let counts =
            blocks.getECBlocks().iter().map(|block| Some((size(block.getCount())?, size(block.getDataCodewords())?)));
        let counts: Vec<(usize, usize)> = counts.collect::<Option<_>>()?;
        Some(Self {
            blocks: counts.iter().map(|(count, _)| count).sum(),
            data_bytes: counts.iter().map(|(count, data)| count.saturating_mul(*data)).sum(),
            first_data_bytes: size(first.getDataCodewords())?,
            first_check_bytes: size(blocks.getECCodewordsPerBlock())?,
        })
    }

    /// Returns the position of byte `at` of the first block among all bytes.
    fn place(&self, at: usize) -> usize {
        match at.checked_sub(self.first_data_bytes) {
            None => at.saturating_mul(self.blocks),
            Some(check) => self.data_bytes.saturating_add(check.saturating_mul(self.blocks)),
        }
    }

    /// Returns the modules of byte `at` of the first block, highest bit first.
    fn modules<'a>(&self, data: &'a [Module], at: usize) -> &'a [Module] {
        let start = self.place(at).saturating_mul(8);
        data.get(start..start.saturating_add(8)).unwrap_or_default()
    }

    /// Returns the first bits of the first block.
    fn header(&self, data: &[Module], is_set: &dyn Fn(Module) -> bool) -> Option<u32> {
        let modules: Vec<Module> = (0..3).flat_map(|at| self.modules(data, at)).copied().collect();
        let header = modules.get(..HEADER_BITS)?;
        Some(header.iter().fold(0, |bits, &module| (bits << 1) | u32::from(is_set(module))))
    }

    /// Returns the first block of a code that contains only these first bits.
    fn code_word(&self, header: u32) -> Vec<u8> {
        let [_, high, middle, low] = (header << 4).to_be_bytes();
        let mut word = vec![high, middle, low];
        word.resize(self.first_data_bytes, 0);
        word.extend(check_bytes(&word, self.first_check_bytes));
        word
    }

    /// Returns the modules of the first block's set bits.
    fn modules_of(&self, data: &[Module], word: &[u8]) -> Vec<Module> {
        let set = |(at, &byte): (usize, &u8)| {
            let modules = (0..8).zip(self.modules(data, at)).filter(|(bit, _)| byte & (0x80 >> bit) != 0);
            modules.map(|(_, &module)| module).collect::<Vec<_>>()
        };
        word.iter().enumerate().flat_map(set).collect()
    }
}

/// Returns the check bytes for these data bytes: the remainder of the division by the generator.
fn check_bytes(data: &[u8], count: usize) -> Vec<u8> {
    let generator = generator(count);
    let mut rest = vec![0_u8; count];
    for byte in data {
        let factor = byte ^ rest.first().copied().unwrap_or(0);
        rest.rotate_left(1);
        if let Some(last) = rest.last_mut() {
            *last = 0;
        }
        rest.iter_mut().zip(&generator).for_each(|(rest, &term)| *rest ^= product(term, factor));
    }
    rest
}

/// Returns the product of all `x - 2^i` for `i` below the count, without its leading coefficient 1.
fn generator(count: usize) -> Vec<u8> {
    let mut terms = vec![0_u8; count];
    if let Some(last) = terms.last_mut() {
        *last = 1;
    }
    let mut root = 1;
    for _ in 0..count {
        let next: Vec<u8> = terms.iter().copied().skip(1).chain([0]).collect();
        terms.iter_mut().zip(next).for_each(|(term, next)| *term = product(*term, root) ^ next);
        root = product(root, 2);
    }
    terms
}

/// Returns the product in the field of 256 elements modulo x^8 + x^4 + x^3 + x^2 + 1.
fn product(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0_u8, |sum, bit| {
        let doubled = (sum << 1) ^ if sum & 0x80 == 0 { 0 } else { 0x1d };
        doubled ^ if b & (1 << bit) == 0 { 0 } else { a }
    })
}

/// Returns true if a mask inverts a module (ISO/IEC 18004, table 10).
#[expect(clippy::arithmetic_side_effects, reason = "rows and columns are below 177, and so are the divisors not zero")]
fn is_masked(mask: u16, (y, x): Module) -> bool {
    match mask {
        0 => (y + x) % 2 == 0,
        1 => y % 2 == 0,
        2 => x % 3 == 0,
        3 => (y + x) % 3 == 0,
        4 => (y / 2 + x / 3) % 2 == 0,
        5 => (y * x) % 2 + (y * x) % 3 == 0,
        6 => ((y * x) % 2 + (y * x) % 3) % 2 == 0,
        _ => ((y + x) % 2 + (y * x) % 3) % 2 == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{check_bytes, part, product};
    use crate::qr::CodePart;

    #[test]
    fn check_bytes_are_those_of_the_standards_example() {
        // ISO/IEC 18004 annex I: the digits 01234567 in version 1-M.
        let data = [0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11];
        assert_eq!(check_bytes(&data, 10), [0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55]);
    }

    #[test]
    fn products_wrap_at_the_polynomial() {
        assert_eq!(product(0x80, 2), 0x1d);
        assert_eq!(product(7, 1), 7);
    }

    #[test]
    fn a_header_says_which_part_of_how_many() {
        assert_eq!(part(0x0003_12ab), Some(CodePart { index: 1, count: 3, parity: 0xab }));
        assert_eq!(part(0x0004_12ab), None, "another mode");
        assert_eq!(part(0x0003_32ab), None, "the fourth of three");
    }
}
