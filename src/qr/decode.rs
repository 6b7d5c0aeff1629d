//! Decodes a grid of modules to bytes: masks, error correction and segments (ISO/IEC 18004).
//!
//! `rqrr` decodes the grid, and the mirrored grid if that fails. It does not support the header of structured append;
//! [`structured_append`] works around that.

use rqrr::{DeQRError, Grid, SimpleGrid};
use rxing::common::BitMatrix;

use super::code::CodePart;
use super::structured_append;

/// The content of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) bytes: Vec<u8>,
    pub(super) part: Option<CodePart>,
}

/// Returns the bytes in a grid of modules if it is a valid QR code with content.
pub(super) fn payload(modules: &BitMatrix) -> Option<Payload> {
    let size = usize::try_from(modules.width()).ok().filter(|&size| is_version_size(size))?;
    if modules.height() != modules.width() {
        return None;
    }
    let at = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let is_dark = |x: usize, y: usize| modules.try_get(at(x), at(y)) == Some(true);
    let grid = Grid::new(SimpleGrid::from_func(size, is_dark));
    let mut bytes = Vec::new();
    let payload = match grid.decode_to(&mut bytes) {
        Ok(_) => Some(Payload { bytes, part: None }),
        Err(DeQRError::UnknownDataType) => {
            let part = structured_append::read(size, &is_dark)
                .or_else(|| structured_append::read(size, &|x, y| is_dark(y, x)));
            part.map(|(bytes, part)| Payload { bytes, part: Some(part) })
        }
        Err(_) => None,
    };
    payload.filter(|payload| !payload.bytes.is_empty())
}

/// Returns true for the sizes of versions 1 to 40: 21, 25, .. 177 modules per side.
fn is_version_size(modules: usize) -> bool {
    (21..=177).contains(&modules) && modules % 4 == 1
}
