//! Stages 3 and 4: the gaps between dark modules closed.
//!
//! Codes drawn as dots, as squares with gaps or as text have light seams inside what should be one dark square, and a
//! finder pattern falls to pieces. Each pixel first becomes the darkest of the 3x3 around it, which fills seams of up
//! to two pixels, then the lightest of the 3x3, which gives the edges back.
//!
//! ```text
//!  ● ● ● ●      ▛▀▀▀▀▀▀▜      darkest of nine, then lightest of nine
//!  ●   ● ●  ──▶ ▌  ▛▀▀▀▜
//!  ● ● ● ●      ▙▄▄▟▄▄▄▟
//! ```

use super::luma::Luma;

/// The picture with dark shapes joined across seams of up to two pixels.
pub(super) fn close(luma: &Luma) -> Luma {
    let darkest = spread(luma.pixels(), luma.width(), u8::min);
    Luma::of(luma.width(), luma.height(), spread(&darkest, luma.width(), u8::max))
}

/// Each pixel chosen from the 3x3 around it: along the rows first, then down the columns.
fn spread(pixels: &[u8], width: usize, choose: fn(u8, u8) -> u8) -> Vec<u8> {
    let mut along = Vec::with_capacity(pixels.len());
    for row in pixels.chunks_exact(width) {
        let after = row.iter().skip(1).chain(row.last());
        let before = row.first().into_iter().chain(row);
        along.extend(before.zip(row).zip(after).map(|((&a, &b), &c)| choose(choose(a, b), c)));
    }
    let first = along.get(..width).unwrap_or_default();
    let last = along.get(along.len().saturating_sub(width)..).unwrap_or_default();
    let above = first.iter().chain(&along);
    let below = along.iter().skip(width).chain(last);
    above.zip(&along).zip(below).map(|((&a, &b), &c)| choose(choose(a, b), c)).collect()
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
    fn wide_light_stays_light() {
        let row = [0, 0, 0, 255, 255, 255, 0, 0, 0];
        assert_eq!(close(&Luma::of(9, 1, row.to_vec())).pixels(), row);
    }
}
