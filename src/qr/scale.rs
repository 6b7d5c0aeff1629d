//! Stages 2 and 6: scales the image to half or double size.
//!
//! At half size, the dots, diamonds or noise of a module become one pixel, the mean of four. At double size with
//! interpolation, a module of one and a half pixels is wide enough to be crossed by a row of pixels. For example,
//! Casdoor's own enrollment code has 1.94 pixels per module on an ordinary screen.
//!
//! ```text
//!   1.5 px a module            3 px a module
//!  ┌──┬──┬──┬──┐             ┌─┬─┬─┬─┬─┬─┬─┬─┐
//!  │██│▓▓│  │▒▒│    x 2      │█│█│▓│▓│░│ │ │▒│
//!  ├──┼──┼──┼──┤   ─────▶    │█│█│▓│▒│░│ │░│▒│
//!  │▓▓│▒▒│░░│██│             │▓│▓│▒│░│░│░│▒│█│
//!  └──┴──┴──┴──┘             └─┴─┴─┴─┴─┴─┴─┴─┘
//! ```

use super::luma::Luma;

/// Returns the image at half size. An odd last row or column is dropped; `None` if nothing would be left.
pub(super) fn half(luma: &Luma) -> Option<Luma> {
    let (width, height) = (luma.width() / 2, luma.height() / 2);
    if width == 0 || height == 0 {
        return None;
    }
    let mut pixels = Vec::with_capacity(width.saturating_mul(height));
    for pair in luma.pixels().chunks_exact(luma.width().saturating_mul(2)) {
        let (upper, lower) = pair.split_at(luma.width());
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        pixels.extend(pairs.map(|(&[a, b], &[c, d])| quarter(a, b, c, d)));
    }
    Some(Luma::of(width, height, pixels))
}

/// Returns the mean of four gray values.
fn quarter(a: u8, b: u8, c: u8, d: u8) -> u8 {
    let sum = [b, c, d].into_iter().fold(u16::from(a), |sum, gray| sum.wrapping_add(u16::from(gray)));
    ((sum / 4) & 0xff) as u8
}

/// Returns the image `factor` times as large, with bilinear interpolation.
pub(super) fn enlarge(luma: &Luma, factor: usize) -> Luma {
    let (across, down) = (steps(luma.width(), factor), steps(luma.height(), factor));
    let rows: Vec<Vec<u8>> = luma.rows().map(|row| stretch(row, &across)).collect();
    let mut pixels = Vec::with_capacity(across.len().saturating_mul(down.len()));
    for step in &down {
        if let (Some(near), Some(far)) = (rows.get(step.near), rows.get(step.far)) {
            pixels.extend(near.iter().zip(far).map(|(&near, &far)| step.weigh(near, far)));
        }
    }
    Luma::of(across.len(), down.len(), pixels)
}

/// The position of a new pixel between two old ones; the second has a weight of `far_weight` / 256.
struct SamplePosition {
    near: usize,
    far: usize,
    far_weight: u32,
}

impl SamplePosition {
    #[expect(clippy::arithmetic_side_effects, reason = "bytes times weights that add up to 256 stay below 2^16")]
    fn weigh(&self, near: u8, far: u8) -> u8 {
        let sum = u32::from(near) * (256 - self.far_weight) + u32::from(far) * self.far_weight;
        ((sum >> 8) & 0xff) as u8
    }
}

/// Returns the positions along one side: the center of new pixel `i` is at `(i + 1/2) / factor - 1/2`.
fn steps(length: usize, factor: usize) -> Vec<SamplePosition> {
    let whole = factor.saturating_mul(2);
    let last = length.saturating_sub(1);
    let step = |i: usize| {
        let at = i.saturating_mul(2).saturating_add(1).saturating_sub(factor);
        let near = at.checked_div(whole).unwrap_or(0).min(last);
        let rest = at.checked_rem(whole).unwrap_or(0).saturating_mul(256);
        let far_weight = rest.checked_div(whole).and_then(|weight| u32::try_from(weight).ok());
        SamplePosition { near, far: near.saturating_add(1).min(last), far_weight: far_weight.unwrap_or(0).min(256) }
    };
    (0..length.saturating_mul(factor)).map(step).collect()
}

fn stretch(row: &[u8], steps: &[SamplePosition]) -> Vec<u8> {
    let at = |i: usize| row.get(i).copied().unwrap_or(u8::MAX);
    steps.iter().map(|step| step.weigh(at(step.near), at(step.far))).collect()
}

#[cfg(test)]
mod tests {
    use super::{enlarge, half};
    use crate::qr::Luma;

    #[test]
    fn half_a_picture_has_the_mean_of_each_four_pixels() {
        let luma = Luma::of(3, 2, vec![0, 100, 9, 100, 200, 9]);
        let half = half(&luma).unwrap();
        assert_eq!((half.width(), half.height(), half.pixels()), (1, 1, &[100][..]));
    }

    #[test]
    fn a_single_row_cannot_be_halved() {
        assert!(half(&Luma::of(3, 1, vec![0, 1, 2])).is_none());
    }

    #[test]
    fn twice_the_size_draws_the_greys_between_two_pixels_in() {
        let large = enlarge(&Luma::of(2, 1, vec![0, 200]), 2);
        assert_eq!((large.width(), large.height()), (4, 2));
        assert_eq!(large.pixels(), [0, 50, 150, 200, 0, 50, 150, 200]);
    }

    #[test]
    fn three_times_the_size_keeps_the_middle_pixels() {
        let large = enlarge(&Luma::of(2, 1, vec![30, 90]), 3);
        assert_eq!(large.pixels().chunks(6).next(), Some(&[30, 30, 49, 69, 90, 90][..]));
    }
}
