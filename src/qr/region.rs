//! Stage 5, first half: finds regions that have a code's texture.
//!
//! Regardless of its colors, a code is an area in which nearly every block of 8x8 pixels is about half dark. Text is
//! lighter, photos are smoother, and tables are emptier. Neighboring blocks with this texture are joined, and areas
//! that are roughly square are examined more closely.
//!
//! ```text
//!   · · · · · · · · · ·
//!   · · ■ ■ ■ ■ ■ · · ·      ■ 27 to 73 % dark, with contrast
//!   · · ■ ■ ■ ■ ■ · ■ ·
//!   · · ■ ■ · ■ ■ · · ·      the area, with its hole filled
//!   · · ■ ■ ■ ■ ■ · · ·
//!   · ■ · · · · · ■ · ·      single blocks are text
//! ```

use super::code::Point;
use super::luma::Luma;

/// The maximum number of regions to examine.
const MAX_REGIONS: usize = 8;
const BLOCK: usize = 8;
/// The minimum difference between the lightest and darkest pixels of a block with texture.
const CONTRAST: u8 = 12;
/// The share of dark pixels in a block with texture, in percent.
const DARK_PER_CENT: std::ops::RangeInclusive<usize> = 27..=73;
/// The minimum size of an area, in blocks per side.
const MIN_SIDE: usize = 4;

/// A rectangle of the image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Region {
    /// Returns true if a point of the image is inside the region.
    pub(super) fn contains(self, point: Point) -> bool {
        let within = |at: f32, start: usize, length: usize| {
            let bound = |n: usize| f32::from(u16::try_from(n).unwrap_or(u16::MAX));
            at >= bound(start) && at <= bound(start.saturating_add(length))
        };
        within(point.x, self.left, self.width) && within(point.y, self.top, self.height)
    }

    /// Returns the same region in an image of double size.
    pub(super) fn doubled(self) -> Self {
        let [left, top, width, height] = [self.left, self.top, self.width, self.height].map(|n| n.saturating_mul(2));
        Self { left, top, width, height }
    }
}

/// Returns the regions that look like codes, largest first.
pub(super) fn regions(luma: &Luma) -> Vec<Region> {
    let across = luma.width().div_ceil(BLOCK);
    let textured = crowded(&texture(luma), across);
    let mut patches = patches(&textured, across);
    patches.retain(Patch::looks_square);
    let mut regions = Vec::new();
    while regions.len() < MAX_REGIONS {
        let largest = (0..patches.len()).max_by_key(|&i| patches.get(i).map(|patch| patch.blocks));
        let Some(largest) = largest else { break };
        regions.push(patches.swap_remove(largest).region(luma));
    }
    regions
}

/// Returns for each block, row by row, `true` if it contains nearly equal amounts of dark and light.
fn texture(luma: &Luma) -> Vec<bool> {
    let across = luma.width().div_ceil(BLOCK);
    let mut textured = Vec::new();
    let mut ranges = vec![(u8::MAX, 0); across];
    let mut dark = vec![0_usize; across];
    for band in luma.pixels().chunks(luma.width().saturating_mul(BLOCK)) {
        ranges.fill((u8::MAX, 0));
        for row in band.chunks(luma.width()) {
            for (range, run) in ranges.iter_mut().zip(row.chunks(BLOCK)) {
                *range = run.iter().fold(*range, |(min, max), &gray| (gray.min(min), gray.max(max)));
            }
        }
        count_dark(band, luma.width(), &ranges, &mut dark);
        let rows = band.len().checked_div(luma.width()).unwrap_or(0);
        let widths = band.get(..luma.width()).unwrap_or_default().chunks(BLOCK).map(<[u8]>::len);
        textured.extend(dark.iter().zip(widths).map(|(&dark, width)| {
            let share = dark.saturating_mul(100).checked_div(rows.saturating_mul(width));
            share.is_some_and(|share| DARK_PER_CENT.contains(&share))
        }));
    }
    textured
}

/// Counts the dark pixels of each block. Most blocks have no contrast; their count is zero.
fn count_dark(band: &[u8], width: usize, ranges: &[(u8, u8)], dark: &mut [usize]) {
    dark.fill(0);
    for row in band.chunks(width) {
        for ((dark, &(min, max)), run) in dark.iter_mut().zip(ranges).zip(row.chunks(BLOCK)) {
            if max.saturating_sub(min) >= CONTRAST {
                let middle = min.midpoint(max);
                *dark = dark.saturating_add(run.iter().filter(|&&gray| gray <= middle).count());
            }
        }
    }
}

/// Returns the blocks with texture in most of the 3x3 blocks around them. This fills holes and removes single blocks.
fn crowded(textured: &[bool], across: usize) -> Vec<bool> {
    let at = |i: Option<usize>| i.and_then(|i| textured.get(i)).is_some_and(|&block| block);
    let crowd = |i: usize| {
        let rows = [i.checked_sub(across), Some(i), i.checked_add(across)];
        let column = i.checked_rem(across).unwrap_or(0);
        let row = |middle: Option<usize>| {
            let left = middle.and_then(|i| i.checked_sub(1)).filter(|_| column > 0);
            let right = middle.and_then(|i| i.checked_add(1)).filter(|_| column.saturating_add(1) < across);
            [left, middle, right]
        };
        rows.into_iter().flat_map(row).filter(|&i| at(i)).count()
    };
    (0..textured.len()).map(|i| crowd(i) >= 5).collect()
}

/// An area of joined blocks and its bounding box in blocks, inclusive.
#[derive(Clone, Copy)]
struct Patch {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    blocks: usize,
}

impl Patch {
    fn at(x: usize, y: usize) -> Self {
        Self { left: x, top: y, right: x, bottom: y, blocks: 0 }
    }

    fn add(&mut self, x: usize, y: usize) {
        self.left = self.left.min(x);
        self.right = self.right.max(x);
        self.top = self.top.min(y);
        self.bottom = self.bottom.max(y);
        self.blocks = self.blocks.saturating_add(1);
    }

    fn sides(&self) -> (usize, usize) {
        let side = |from: usize, to: usize| to.saturating_sub(from).saturating_add(1);
        (side(self.left, self.right), side(self.top, self.bottom))
    }

    /// Returns true if neither side is twice as long as the other, and at least half of the box is filled.
    fn looks_square(&self) -> bool {
        let (width, height) = self.sides();
        let square = width.max(height) < width.min(height).saturating_mul(2);
        square && width.min(height) >= MIN_SIDE && self.blocks >= width.saturating_mul(height) / 2
    }

    /// Returns the box with one more block on each side, within the image.
    fn region(&self, luma: &Luma) -> Region {
        let span = |from: usize, to: usize, end: usize| {
            let start = from.saturating_sub(1).saturating_mul(BLOCK);
            let end = to.saturating_add(2).saturating_mul(BLOCK).min(end);
            (start, end.saturating_sub(start))
        };
        let (left, width) = span(self.left, self.right, luma.width());
        let (top, height) = span(self.top, self.bottom, luma.height());
        Region { left, top, width, height }
    }
}

/// Joins blocks that share a side.
fn patches(textured: &[bool], across: usize) -> Vec<Patch> {
    let mut waiting = textured.to_vec();
    let mut patches = Vec::new();
    let mut edge = Vec::new();
    for start in 0..waiting.len() {
        let take = |waiting: &mut Vec<bool>, i: usize| waiting.get_mut(i).is_some_and(std::mem::take);
        if !take(&mut waiting, start) {
            continue;
        }
        let place = |i: usize| (i.checked_rem(across).unwrap_or(0), i.checked_div(across).unwrap_or(0));
        let (x, y) = place(start);
        let mut patch = Patch::at(x, y);
        edge.push(start);
        while let Some(block) = edge.pop() {
            let (x, y) = place(block);
            patch.add(x, y);
            let left = block.checked_sub(1).filter(|_| x > 0);
            let right = block.checked_add(1).filter(|_| x.saturating_add(1) < across);
            let vertical = [block.checked_sub(across), block.checked_add(across)];
            let next = [left, right].into_iter().chain(vertical).flatten();
            edge.extend(next.filter(|&next| take(&mut waiting, next)));
        }
        patches.push(patch);
    }
    patches
}

#[cfg(test)]
mod tests {
    use super::{Region, regions};
    use crate::qr::{Luma, Point};

    /// Draws white with noise of 2x2 pixels in a square.
    #[expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]
    fn noise_in(square: std::ops::Range<usize>, side: usize) -> Luma {
        let noisy = |x: usize, y: usize| square.contains(&x) && square.contains(&y);
        let dark = |x: usize, y: usize| (x / 2).wrapping_mul(31).wrapping_add((y / 2).wrapping_mul(17)) % 7 < 3;
        let gray = |i: usize| if noisy(i % side, i / side) && dark(i % side, i / side) { 30 } else { 250 };
        Luma::of(side, side, (0..side * side).map(gray).collect())
    }

    #[test]
    fn a_square_patch_of_texture_is_one_region_with_a_rim() {
        let found = regions(&noise_in(64..160, 256));
        assert_eq!(found, [Region { left: 56, top: 56, width: 112, height: 112 }]);
    }

    #[test]
    fn an_even_picture_has_no_regions() {
        assert!(regions(&Luma::of(64, 64, vec![90; 64 * 64])).is_empty());
    }

    #[test]
    fn a_region_contains_its_middle_and_nothing_far_away() {
        let region = Region { left: 10, top: 10, width: 20, height: 20 };
        assert!(region.contains(Point { x: 20.0, y: 20.0 }));
        assert!(!region.contains(Point { x: 20.0, y: 40.0 }));
    }
}
