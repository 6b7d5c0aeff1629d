//! Stage 0: a local threshold per block.
//!
//! Each block of 8x8 pixels has a black point. In a block with contrast it is the mean of the pixels. A flat block is
//! compared with its neighbors: it is dark if it is darker than they are, otherwise light. A pixel is dark if it is not
//! lighter than the mean black point of the 5x5 blocks around its own.
//!
//! ```text
//!   8 px
//!  ┌────┬────┬────┬────┬────┐
//!  │    │    │    │    │    │     ██ dark and light: black point = mean
//!  ├────┼────┼────┼────┼────┤
//!  │    │ ▞▚ │ ▚▞ │    │    │     flat: black point = half of its darkest,
//!  ├────┼────┼────┼────┼────┤           or the neighbors', if it is darker than they are
//!  │    │ ▚▚ │ ▟▙ │ ██ │    │
//!  ├────┼────┼────┼────┼────┤     the threshold of the middle block is the mean of all 25
//!  │    │    │ ▞▞ │    │    │
//!  ├────┼────┼────┼────┼────┤
//!  │    │    │    │    │    │
//!  └────┴────┴────┴────┴────┘
//! ```
//!
//! This stage alone reads nine out of ten screenshots. Images smaller than five blocks use one threshold for the whole
//! image.

use super::global_threshold;
use super::luma::Luma;
use super::mask::Mask;

const BLOCK: usize = 8;
const AROUND: usize = 5;
/// A block whose lightest and darkest pixels differ by at most this much is flat.
const FLAT: u8 = 24;

/// Returns the dark pixels of an image with dark codes on a light background.
pub(super) fn threshold(luma: &Luma) -> Mask {
    let across = luma.width().div_ceil(BLOCK);
    let down = luma.height().div_ceil(BLOCK);
    if across < AROUND || down < AROUND {
        return global_threshold::threshold(luma);
    }
    let points = black_points(luma, across);
    let thresholds = smooth(&points, across);
    let mut dark = vec![false; luma.pixels().len()];
    let band = luma.width().saturating_mul(BLOCK);
    let bands = dark.chunks_mut(band).zip(luma.pixels().chunks(band));
    for ((dark, gray), limits) in bands.zip(thresholds) {
        let rows = dark.chunks_mut(luma.width()).zip(gray.chunks(luma.width()));
        rows.for_each(|(dark, gray)| compare(dark, gray, &limits));
    }
    Mask::new(luma.width(), dark)
}

/// Compares one row with the threshold of each of its blocks.
fn compare(dark: &mut [bool], gray: &[u8], limits: &[u8]) {
    let blocks = dark.chunks_mut(BLOCK).zip(gray.chunks(BLOCK));
    for ((dark, gray), limit) in blocks.zip(limits) {
        dark.iter_mut().zip(gray).for_each(|(dark, gray)| *dark = gray <= limit);
    }
}

/// Statistics of a block's pixels.
#[derive(Clone, Copy)]
struct Block {
    sum: u16,
    pixels: u16,
    min: u8,
    max: u8,
}

impl Block {
    const NONE: Self = Self { sum: 0, pixels: 0, min: u8::MAX, max: 0 };

    fn add(&mut self, run: &[u8]) {
        for &gray in run {
            self.sum = self.sum.wrapping_add(u16::from(gray));
            self.min = self.min.min(gray);
            self.max = self.max.max(gray);
        }
        self.pixels = self.pixels.wrapping_add(u16::from(u8::try_from(run.len()).unwrap_or(u8::MAX)));
    }

    /// Returns the black point, given the mean of the neighbors (left, above, above left) if they exist.
    fn black_point(&self, neighbours: Option<u8>) -> u8 {
        if self.max.saturating_sub(self.min) > FLAT {
            let mean = self.sum.checked_div(self.pixels).unwrap_or(0);
            return u8::try_from(mean).unwrap_or(u8::MAX);
        }
        neighbours.filter(|&point| self.min < point).unwrap_or(self.min / 2)
    }
}

/// Returns the black point of each block, row by row.
fn black_points(luma: &Luma, across: usize) -> Vec<u8> {
    let mut points: Vec<u8> = Vec::new();
    let mut above: Vec<u8> = Vec::new();
    let mut blocks = vec![Block::NONE; across];
    for band in luma.pixels().chunks(luma.width().saturating_mul(BLOCK)) {
        blocks.fill(Block::NONE);
        for row in band.chunks(luma.width()) {
            blocks.iter_mut().zip(row.chunks(BLOCK)).for_each(|(block, run)| block.add(run));
        }
        let mut row: Vec<u8> = Vec::with_capacity(across);
        for block in &blocks {
            let up = above.get(row.len()).copied();
            let corner = row.len().checked_sub(1).and_then(|x| above.get(x).copied());
            let neighbours = row.last().zip(up).zip(corner).map(|((&left, up), corner)| weighed(left, up, corner));
            row.push(block.black_point(neighbours));
        }
        points.extend_from_slice(&row);
        above = row;
    }
    points
}

/// Returns the mean of three neighbors; the left one counts twice.
fn weighed(left: u8, up: u8, corner: u8) -> u8 {
    left.midpoint(up.midpoint(corner))
}

/// Returns the mean of the 5x5 black points around each block, row by row. Blocks at the edge use the nearest complete
/// window.
fn smooth(points: &[u8], across: usize) -> Vec<Vec<u8>> {
    let rows: Vec<&[u8]> = points.chunks(across).collect();
    let mut means: Vec<Vec<u8>> = rows.windows(AROUND).map(|rows| row_of_means(rows, across)).collect();
    widen(&mut means);
    means
}

fn row_of_means(rows: &[&[u8]], across: usize) -> Vec<u8> {
    let mut columns = vec![0_u16; across];
    for row in rows {
        columns.iter_mut().zip(*row).for_each(|(sum, &point)| *sum = sum.wrapping_add(u16::from(point)));
    }
    let sums = columns.windows(AROUND).map(|five| five.iter().sum::<u16>());
    let mut means = sums.map(|sum| u8::try_from(sum / 25).unwrap_or(u8::MAX)).collect();
    widen(&mut means);
    means
}

/// Repeats the first and the last element twice, because there are four fewer windows of five than elements.
fn widen<T: Clone>(means: &mut Vec<T>) {
    let (Some(first), Some(last)) = (means.first().cloned(), means.last().cloned()) else {
        return;
    };
    means.splice(0..0, [first.clone(), first]);
    means.extend([last.clone(), last]);
}

#[cfg(test)]
mod tests {
    use super::threshold;
    use crate::qr::Luma;

    /// Stripes of 4 pixels on a background that grows lighter from left to right.
    #[expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]
    fn stripes_on_a_gradient() -> Luma {
        let gray = |i: usize| {
            let x = u8::try_from(i % 80).unwrap();
            if (x / 4) % 2 == 0 { x } else { 60 + x * 2 }
        };
        Luma::of(80, 80, (0..80 * 80).map(gray).collect())
    }

    #[test]
    fn the_threshold_follows_the_light_across_the_picture() {
        let mask = threshold(&stripes_on_a_gradient());
        let row: Vec<bool> = mask.rows().nth(40).unwrap().to_vec();
        let expected: Vec<bool> = (0..80).map(|x| (x / 4) % 2 == 0).collect();
        assert_eq!(row, expected);
    }

    #[test]
    fn a_flat_picture_has_nothing_dark() {
        let mask = threshold(&Luma::of(80, 80, vec![200; 80 * 80]));
        assert!(mask.rows().flatten().all(|dark| !dark));
    }
}
