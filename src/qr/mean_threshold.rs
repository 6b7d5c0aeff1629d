//! Stage 1: a threshold relative to the surrounding mean.
//!
//! A pixel is dark if it is at least 5% darker than the mean of the 33x33 pixels around it. This works with very little
//! contrast: gray on gray, two hues of nearly equal brightness, or a shadow over half of the code.
//!
//! ```text
//!    33 px
//!  ┌─────────┐   contrast 1.3 : 1          dark where
//!  │ ░░▒▒░░▒ │
//!  │ ▒▒░╳░▒▒ │   ╳ = 201, mean = 214       201 ≤ 0.95 · 214 = 203
//!  │ ░▒▒░▒░░ │
//!  └─────────┘
//! ```
//!
//! Running sums make the cost independent of the size of the square.

use super::luma::Luma;
use super::mask::Mask;

/// The number of pixels on each side of the center pixel.
const REACH: usize = 16;
/// The maximum brightness of a dark pixel, in percent of the mean.
const DARKER_THAN_PER_CENT: u32 = 95;

/// Returns the dark pixels of an image with dark codes on a light background.
pub(super) fn threshold(luma: &Luma) -> Mask {
    let width = luma.width();
    let rows: Vec<&[u8]> = luma.rows().collect();
    let spans: Vec<u32> = (0..width).map(|x| span(x, width)).collect();
    let mut columns = vec![0_u32; width];
    rows.iter().take(REACH).for_each(|row| enter(&mut columns, row));
    let mut sums = Vec::with_capacity(width);
    let mut dark = vec![false; luma.pixels().len()];
    for (y, (row, dark)) in rows.iter().zip(dark.chunks_mut(width)).enumerate() {
        rows.get(y.saturating_add(REACH)).into_iter().for_each(|row| enter(&mut columns, row));
        let gone = y.checked_sub(REACH.saturating_add(1)).and_then(|y| rows.get(y));
        gone.into_iter().for_each(|row| leave(&mut columns, row));
        running_sums(&columns, &mut sums);
        let height = span(y, rows.len());
        for (((dark, &gray), sum), across) in dark.iter_mut().zip(*row).zip(&sums).zip(&spans) {
            // The product is at most 255 * 33 * 33 * 100, which fits in 32 bits.
            let as_large = u32::from(gray).wrapping_mul(across.wrapping_mul(height)).wrapping_mul(100);
            *dark = as_large <= sum.wrapping_mul(DARKER_THAN_PER_CENT);
        }
    }
    Mask::new(width, dark)
}

/// Returns how many pixels of the square are inside the image along one side, for the pixel at `at`.
fn span(at: usize, length: usize) -> u32 {
    let end = at.saturating_add(REACH).saturating_add(1).min(length);
    u32::try_from(end.saturating_sub(at.saturating_sub(REACH))).unwrap_or(0)
}

fn enter(columns: &mut [u32], row: &[u8]) {
    columns.iter_mut().zip(row).for_each(|(sum, &gray)| *sum = sum.wrapping_add(u32::from(gray)));
}

fn leave(columns: &mut [u32], row: &[u8]) {
    columns.iter_mut().zip(row).for_each(|(sum, &gray)| *sum = sum.wrapping_sub(u32::from(gray)));
}

/// Computes the sum of the columns within reach of each column.
fn running_sums(columns: &[u32], sums: &mut Vec<u32>) {
    let mut sum = columns.iter().take(REACH).fold(0_u32, |sum, &column| sum.wrapping_add(column));
    let entering = columns.iter().skip(REACH).copied().chain(std::iter::repeat(0));
    let leaving = std::iter::repeat_n(0, REACH.saturating_add(1)).chain(columns.iter().copied());
    sums.clear();
    for (entering, leaving) in entering.zip(leaving).take(columns.len()) {
        sum = sum.wrapping_add(entering).wrapping_sub(leaving);
        sums.push(sum);
    }
}

#[cfg(test)]
mod tests {
    use super::threshold;
    use crate::qr::Luma;

    #[test]
    fn faint_grey_on_lighter_grey_is_dark() {
        let mut pixels = vec![214; 40 * 40];
        pixels[20 * 40 + 20] = 200;
        let mask = threshold(&Luma::of(40, 40, pixels));
        let dark: Vec<usize> = mask.rows().flatten().enumerate().filter(|(_, dark)| **dark).map(|(i, _)| i).collect();
        assert_eq!(dark, [20 * 40 + 20]);
    }

    #[test]
    fn sums_at_the_edges_count_only_existing_pixels() {
        let mask = threshold(&Luma::of(3, 2, vec![9, 9, 9, 9, 9, 1]));
        assert_eq!(mask.rows().flatten().filter(|dark| **dark).count(), 1);
    }
}
