//! From a grid of modules to bytes: masks, error correction and segments (ISO/IEC 18004).
//!
//! `rqrr` does it, and tries the mirrored grid when the grid as it is makes no sense. What it does not know are the
//! headers of a code that is one part of several (structured append) and of the FNC1 modes; those go to the other
//! decoder, of which only the bytes are taken: its texts need tables of characters that are left out here.

use rqrr::{DeQRError, Grid, SimpleGrid};
use rxing::common::BitMatrix;
use rxing::qrcode::cpp_port::decoder;

use super::found::Part;

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) bytes: Vec<u8>,
    pub(super) part: Option<Part>,
}

/// The bytes in a grid of modules, if it is a QR code that can be corrected and says something.
pub(super) fn payload(modules: &BitMatrix) -> Option<Payload> {
    let size = usize::try_from(modules.width()).ok().filter(|&size| is_version_size(size))?;
    if modules.height() != modules.width() {
        return None;
    }
    let at = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let grid = Grid::new(SimpleGrid::from_func(size, |x, y| modules.try_get(at(x), at(y)) == Some(true)));
    let mut bytes = Vec::new();
    let payload = match grid.decode_to(&mut bytes) {
        Ok(_) => Some(Payload { bytes, part: None }),
        Err(DeQRError::UnknownDataType) => part_of_several(modules),
        Err(_) => None,
    };
    payload.filter(|payload| !payload.bytes.is_empty())
}

/// Versions 1 to 40 have 21, 25, .. 177 modules a side.
fn is_version_size(modules: usize) -> bool {
    (21..=177).contains(&modules) && modules % 4 == 1
}

/// Reads a code whose first segment is a header.
fn part_of_several(modules: &BitMatrix) -> Option<Payload> {
    let result = decoder::Decode(modules).ok().filter(|result| result.isValid())?;
    let header = result.structuredAppend();
    let index = u8::try_from(header.index).ok();
    let count = u8::try_from(header.count).ok();
    let parity = header.id.parse().ok();
    let part = index.zip(count).zip(parity).map(|((index, count), parity)| Part { index, count, parity });
    Some(Payload { bytes: result.content().bytes().to_vec(), part: part.filter(|part| part.index < part.count) })
}
