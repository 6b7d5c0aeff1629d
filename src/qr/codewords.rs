//! Reads the data bytes from a grid of modules: format, mask, order of the modules and error correction (ISO/IEC 18004,
//! and ISO/IEC 23941 for rMQR).
//!
//! `rqrr` reads the modules of QR codes. This module reads what it does not support: Micro QR and rMQR codes, and
//! formats without a mask. `rxing` has the tables of versions and corrects errors. Neither returns the corrected bytes
//! that [`segments`](super::segments) needs.

use rqrr::{Grid, SimpleGrid};
use rxing::common::BitMatrix;
use rxing::qrcode::common::{ErrorCorrectionLevel, FormatInformation, Version, VersionRef};
use rxing::qrcode::cpp_port::decoder::CorrectErrors;
use rxing::qrcode::decoder::DataBlock;

/// The maximum number of wrong modules in a format.
const MAX_FORMAT_ERRORS: u32 = 3;
/// The bits that are inverted in the format of a QR code and of a Micro QR code.
const FORMAT_MASK: u32 = 0x5412;
const MICRO_FORMAT_MASK: u32 = 0x4445;

/// The corrected data of a symbol.
pub(super) struct Codewords {
    pub(super) version: VersionRef,
    pub(super) bytes: Vec<u8>,
    /// The number of data bits, because the last byte of two Micro QR versions has only four.
    pub(super) bits: usize,
    /// The highest number of corrected bytes in any block.
    pub(super) corrected: usize,
    /// The number of bytes per block that can be corrected.
    pub(super) correctable: usize,
}

/// The content of a symbol's format: error correction level, mask and orientation.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Format {
    level: ErrorCorrectionLevel,
    mask: u8,
    is_mirrored: bool,
}

/// Reads a QR code, mirrored or not.
pub(super) fn of_qr(modules: &BitMatrix) -> Option<Codewords> {
    let side = modules.width();
    if modules.height() != side || !(21..=177).contains(&side) || side % 4 != 1 {
        return None;
    }
    let version = Version::getVersionForNumber(side.checked_sub(17)? / 4).ok()?;
    let mut tried = Vec::new();
    for is_mirrored in [false, true] {
        let Some((format, raw)) = raw_by_rqrr(modules, version, is_mirrored) else { continue };
        match corrected(&raw, version, format) {
            Some(codewords) => return Some(codewords),
            None => tried.push(format),
        }
    }
    let others = qr_formats(modules).into_iter().filter(|format| !tried.contains(format));
    others.into_iter().find_map(|format| read(modules, version, format))
}

/// Returns the format of a QR code, and its bytes as in [`raw`]. `rqrr` returns masked bytes, so it is called twice:
/// first for the format, then with modules whose mask was removed.
fn raw_by_rqrr(modules: &BitMatrix, version: VersionRef, is_mirrored: bool) -> Option<(Format, Vec<u8>)> {
    let side = usize::try_from(modules.width()).ok()?;
    let at = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let is_dark = |x: usize, y: usize| {
        let (column, row) = if is_mirrored { (y, x) } else { (x, y) };
        modules.try_get(at(column), at(row)) == Some(true)
    };
    let (meta, _) = Grid::new(SimpleGrid::from_func(side, is_dark)).get_raw_data().ok()?;
    let level = ErrorCorrectionLevel::forBits(u8::try_from(meta.ecc_level).ok()?).ok()?;
    let format = Format { level, mask: u8::try_from(meta.mask).ok()?, is_mirrored };
    let reserved = version.buildFunctionPattern().ok()?;
    let unmasked = |x: usize, y: usize| {
        let is_inverted = reserved.try_get(at(x), at(y)) == Some(false) && is_masked(format.mask, at(x), at(y));
        is_dark(x, y) != is_inverted
    };
    let (_, raw) = Grid::new(SimpleGrid::from_func(side, unmasked)).get_raw_data().ok()?;
    Some((format, raw.data.get(..raw.len / 8)?.to_vec()))
}

/// Reads a Micro QR code. Fewer errors in the format are accepted than the standard allows, because nothing else
/// distinguishes such a small symbol from a random pattern.
pub(super) fn of_micro(modules: &BitMatrix) -> Option<Codewords> {
    let (along, down) = ((1..=8).map(|x| (x, 8)), (1..=7).rev().map(|y| (8, y)));
    let bits = word(modules, along.chain(down));
    [(bits, false), (mirrored(bits), true)].into_iter().find_map(|(bits, is_mirrored)| {
        let data = closest(bits ^ MICRO_FORMAT_MASK).filter(|(_, errors)| *errors <= 1)?.0;
        let (number, level) = match data >> 2 {
            0 => (1, ErrorCorrectionLevel::L),
            1 => (2, ErrorCorrectionLevel::L),
            2 => (2, ErrorCorrectionLevel::M),
            3 => (3, ErrorCorrectionLevel::L),
            4 => (3, ErrorCorrectionLevel::M),
            5 => (4, ErrorCorrectionLevel::L),
            6 => (4, ErrorCorrectionLevel::M),
            _ => (4, ErrorCorrectionLevel::Q),
        };
        let version =
            Version::Micro(number).ok().filter(|version| version.getDimensionForVersion() == modules.width())?;
        // A Micro QR code uses four of the eight masks.
        let mask = *[1, 4, 6, 7].get(usize::try_from(data & 3).ok()?)?;
        read(modules, version, Format { level, mask, is_mirrored })
    })
}

/// Reads a rectangular Micro QR code.
pub(super) fn of_rmqr(modules: &BitMatrix) -> Option<Codewords> {
    let (width, height) = (modules.width(), modules.height());
    let left = (1..=3).rev().map(|y| (11, y)).chain((8..=10).rev().flat_map(|x| (1..=5).rev().map(move |y| (x, y))));
    let edge = |x: u32, y: u32| (width.saturating_sub(x), height.saturating_sub(y));
    let right = (3..=5).map(|x| edge(x, 6)).chain((6..=8).flat_map(|x| (2..=6).map(move |y| edge(x, y))));
    let format = FormatInformation::DecodeRMQR(word(modules, left), word(modules, right));
    let version = Version::rMQR(format.microVersion).ok().filter(|_| format.hammingDistance <= MAX_FORMAT_ERRORS)?;
    let size = version.buildFunctionPattern().ok()?;
    if (size.width(), size.height()) != (width, height) {
        return None;
    }
    let format = Format { level: format.error_correction_level, mask: 4, is_mirrored: false };
    read(modules, version, format)
}

/// Returns the formats that the modules of a QR code may encode, the closest one first. A QR code contains its format
/// twice. If it is mirrored, the bits are in the opposite order.
fn qr_formats(modules: &BitMatrix) -> Vec<Format> {
    let side = modules.width();
    let from_end = |n: u32| side.saturating_sub(n);
    let beside = (0..=5).map(|x| (x, 8)).chain([(7, 8), (8, 8), (8, 7)]).chain((0..=5).rev().map(|y| (8, y)));
    let below = (1..=7).map(|n| (8, from_end(n))).chain((1..=8).rev().map(|n| (from_end(n), 8)));
    let below_mirrored = (1..=7).map(|n| (from_end(n), 8)).chain((1..=8).rev().map(|n| (8, from_end(n))));
    let first = word(modules, beside);
    let words =
        [(first, false), (word(modules, below), false), (mirrored(first), true), (word(modules, below_mirrored), true)];
    let mut formats: Vec<(u32, Format)> = Vec::new();
    for (bits, is_mirrored) in words {
        // Some programs omit the mask.
        for mask in [FORMAT_MASK, 0] {
            let Some((data, errors)) = closest(bits ^ mask) else { continue };
            let Some(level) = u8::try_from(data >> 3).ok().and_then(|bits| ErrorCorrectionLevel::forBits(bits).ok())
            else {
                continue;
            };
            let format = Format { level, mask: u8::try_from(data & 7).unwrap_or(0), is_mirrored };
            // Without the mask, an exact match is required, because half of all words are close to some format.
            if (mask != 0 || errors == 0) && !formats.iter().any(|(_, known)| *known == format) {
                formats.push((errors, format));
            }
        }
    }
    formats.sort_by_key(|(errors, format)| (*errors, format.is_mirrored));
    formats.into_iter().map(|(_, format)| format).collect()
}

/// Returns the bits of the modules. The first one is the most significant.
fn word(modules: &BitMatrix, places: impl Iterator<Item = (u32, u32)>) -> u32 {
    places.fold(0, |bits, (x, y)| (bits << 1) | u32::from(modules.try_get(x, y) == Some(true)))
}

/// Returns 15 bits in the opposite order.
fn mirrored(bits: u32) -> u32 {
    bits.reverse_bits() >> 17
}

/// Returns the five data bits of the closest format and the number of wrong bits.
fn closest(bits: u32) -> Option<(u32, u32)> {
    let distances = (0..32).map(|data| (data, (format_word(data) ^ bits).count_ones()));
    distances.min_by_key(|(_, errors)| *errors).filter(|(_, errors)| *errors <= MAX_FORMAT_ERRORS)
}

/// Appends the ten check bits to the data bits of a format: the remainder of the division by the generator 0x537.
fn format_word(data: u32) -> u32 {
    let remainder = (0..5).rev().fold(data << 10, |rest, bit| {
        if rest & (1 << (10_u32.saturating_add(bit))) == 0 { rest } else { rest ^ (0x537 << bit) }
    });
    (data << 10) | remainder
}

/// Reads and corrects the data.
fn read(modules: &BitMatrix, version: VersionRef, format: Format) -> Option<Codewords> {
    corrected(&raw(modules, version, format)?, version, format)
}

/// Corrects the bytes of a symbol.
fn corrected(raw: &[u8], version: VersionRef, format: Format) -> Option<Codewords> {
    let check_bytes = version.getECBlocksForLevel(format.level).getECCodewordsPerBlock();
    let correctable = usize::try_from(check_bytes / 2).ok()?;
    let mut data = Codewords { version, bytes: Vec::new(), bits: 0, corrected: 0, correctable };
    for block in DataBlock::getDataBlocks(raw, version, format.level).ok()? {
        let mut bytes = block.getCodewords().to_vec();
        CorrectErrors(&mut bytes, block.getNumDataCodewords()).ok()?;
        let changed = bytes.iter().zip(block.getCodewords()).filter(|(now, before)| now != before).count();
        data.corrected = data.corrected.max(changed);
        data.bytes.extend(bytes.get(..usize::try_from(block.getNumDataCodewords()).ok()?)?);
    }
    let unused = if has_half_byte(version) { 4 } else { 0 };
    data.bits = data.bytes.len().saturating_mul(8).saturating_sub(unused);
    Some(data)
}

/// Returns true for the versions whose last data byte has four bits: M1 and M3.
fn has_half_byte(version: VersionRef) -> bool {
    version.isMicro() && version.getVersionNumber() % 2 == 1
}

/// Returns the data and check bytes in the order of the symbol: two columns at a time from right to left, alternately
/// upward and downward.
fn raw(modules: &BitMatrix, version: VersionRef, format: Format) -> Option<Vec<u8>> {
    let reserved = version.buildFunctionPattern().ok()?;
    let half_byte = has_half_byte(version).then(|| {
        let blocks = version.getECBlocksForLevel(format.level);
        blocks.getECBlocks().first().map_or(0, |block| block.getDataCodewords()).saturating_sub(1)
    });
    let half_byte = half_byte.and_then(|at| usize::try_from(at).ok());
    let mut bytes = Vec::new();
    let (mut byte, mut length) = (0_u8, 0_u8);
    for (x, y) in order(version, modules.width(), modules.height()) {
        if reserved.try_get(x, y) != Some(false) {
            continue;
        }
        let (column, row) = if format.is_mirrored { (y, x) } else { (x, y) };
        let is_dark = modules.try_get(column, row) == Some(true);
        byte = (byte << 1) | u8::from(is_dark != is_masked(format.mask, x, y));
        length = length.saturating_add(1);
        let is_half = length == 4 && half_byte == Some(bytes.len());
        if length == 8 || is_half {
            bytes.push(if is_half { byte << 4 } else { byte });
            (byte, length) = (0, 0);
        }
    }
    Some(bytes)
}

/// Returns all modules in reading order.
fn order(version: VersionRef, width: u32, height: u32) -> impl Iterator<Item = (u32, u32)> {
    let is_qr = !version.isMicro() && !version.isRMQR();
    // The right edge of an rMQR code is a timing pattern.
    let mut right = width.saturating_sub(if version.isRMQR() { 2 } else { 1 });
    let mut columns = Vec::new();
    while right > 0 {
        // The seventh column of a QR code is a timing pattern, too.
        right = if is_qr && right == 6 { 5 } else { right };
        columns.push(right);
        right = right.saturating_sub(2);
    }
    columns.into_iter().enumerate().flat_map(move |(turn, right)| {
        let row = move |step: u32| if turn % 2 == 0 { height.saturating_sub(step.saturating_add(1)) } else { step };
        (0..height).flat_map(move |step| [(right, row(step)), (right.saturating_sub(1), row(step))])
    })
}

/// Returns true if a mask inverts a module (ISO/IEC 18004, table 10).
#[expect(clippy::arithmetic_side_effects, reason = "rows and columns are below 177, and the divisors are not zero")]
fn is_masked(mask: u8, x: u32, y: u32) -> bool {
    let (sum, product) = (y + x, (y * x) % 2 + (y * x) % 3);
    match mask {
        0 => sum.is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => sum.is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => product == 0,
        6 => product.is_multiple_of(2),
        _ => (sum % 2 + (y * x) % 3).is_multiple_of(2),
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, format_word, mirrored};

    #[test]
    fn a_format_is_found_despite_three_wrong_bits() {
        // ISO/IEC 18004 annex C: level M with mask 5 is 00101 with the check bits 0011011100.
        assert_eq!(format_word(0b00101), 0b00101_00110_11100);
        assert_eq!(closest(0b00101_00110_11100 ^ 0b10000_00001_00100), Some((0b00101, 3)));
    }

    #[test]
    fn mirrored_bits_are_in_the_opposite_order() {
        assert_eq!(mirrored(0b100_0000_0000_0011), 0b110_0000_0000_0001);
    }
}
