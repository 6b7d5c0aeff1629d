//! Stages 3 and 4: closes gaps between dark modules.
//!
//! Codes drawn as dots, as squares with gaps or as text have light seams inside what should be one dark square, which
//! breaks their finder patterns. Each pixel first becomes the darkest of the 3x3 pixels around it, which fills seams of
//! up to two pixels, and then the lightest, which restores the edges.
//!
//! ```text
//!  ● ● ● ●      ▛▀▀▀▀▀▀▜      darkest of nine, then lightest of nine
//!  ●   ● ●  ──▶ ▌  ▛▀▀▀▜
//!  ● ● ● ●      ▙▄▄▟▄▄▄▟
//! ```

use super::luma::Luma;

/// Returns the image with dark shapes joined across seams of up to two pixels.
pub(super) fn close(luma: &Luma) -> Luma {
    let darkest = spread(luma.pixels(), luma.width(), u8::min);
    Luma::of(luma.width(), luma.height(), spread(&darkest, luma.width(), u8::max))
}

/// Replaces each pixel with one chosen from the 3x3 pixels around it, first along rows, then along columns.
fn spread(pixels: &[u8], width: usize, choose: impl Fn(u8, u8) -> u8 + Copy) -> Vec<u8> {
    let mut along = Vec::with_capacity(pixels.len());
    pixels.chunks_exact(width).for_each(|row| of_three(row, 1, choose, &mut along));
    let mut down = Vec::with_capacity(pixels.len());
    of_three(&along, width, choose, &mut down);
    down
}

/// Replaces each pixel with one chosen from itself and the existing pixels `step` before and after it.
///
/// Neighbors are paired first, and then the pairs, in long loops over bytes that the compiler vectorizes.
fn of_three(pixels: &[u8], step: usize, choose: impl Fn(u8, u8) -> u8 + Copy, chosen: &mut Vec<u8>) {
    let pairs = choose_pairs(pixels, step, choose);
    if pairs.is_empty() {
        return chosen.extend_from_slice(pixels);
    }
    chosen.extend(pairs.iter().take(step));
    chosen.extend(choose_pairs(&pairs, step, choose));
    chosen.extend(pairs.get(pairs.len().saturating_sub(step)..).unwrap_or_default());
}

fn choose_pairs(pixels: &[u8], step: usize, choose: impl Fn(u8, u8) -> u8) -> Vec<u8> {
    let next = pixels.get(step..).unwrap_or_default();
    pixels.iter().zip(next).map(|(&a, &b)| choose(a, b)).collect()
}

#[cfg(test)]
mod tests {
    use super::close;
    use crate::qr::Luma;

    #[test]
    fn a_seam_of_two_pixels_between_dark_squares_closes() {
        let row = [255, 255, 0, 0, 0, 255, 255, 0, 0, 0, 255, 255];
        let closed = close(&Luma::of(12, 1, row.to_vec()));
        assert_eq!(closed.pixels(), [255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]);
    }

    #[test]
    fn a_wide_gap_stays_light() {
        let row = [0, 0, 0, 255, 255, 255, 0, 0, 0];
        assert_eq!(close(&Luma::of(9, 1, row.to_vec())).pixels(), row);
    }
}
