//! A global threshold: the gray value that best separates an image's pixels into two classes (Otsu 1979).
//!
//! ```text
//!  pixels
//!    │ ▂█▅                    ▁▃█▇▂
//!    │▂███▃                  ▂█████▃
//!    │█████▅▂▁   ▁     ▁  ▁▂▅███████
//!    └──────────────┬──────────────── gray
//!          dark     │      light
//! ```
//!
//! Used for small images and for crops with one code, where the lighting is uniform.

use super::luma::Luma;
use super::mask::Mask;

/// Returns the pixels on the dark side of the best threshold.
pub(super) fn threshold(luma: &Luma) -> Mask {
    let limit = best_limit(&histogram(luma.pixels()));
    Mask::new(luma.width(), luma.pixels().iter().map(|&gray| gray <= limit).collect())
}

/// Returns the number of pixels with each gray value.
fn histogram(pixels: &[u8]) -> [u32; 256] {
    let mut counts = [0_u32; 256];
    for &gray in pixels {
        if let Some(count) = counts.get_mut(usize::from(gray)) {
            *count = count.saturating_add(1);
        }
    }
    counts
}

/// Returns the highest gray value that counts as dark: the one that maximizes the variance between the two classes.
fn best_limit(counts: &[u32; 256]) -> u8 {
    let weigh = |(gray, &count): (u8, &u32)| f64::from(gray) * f64::from(count);
    let total: f64 = counts.iter().copied().map(f64::from).sum();
    let weight: f64 = (0..=u8::MAX).zip(counts).map(weigh).sum();
    let (mut below, mut weight_below) = (0.0, 0.0);
    let mut best = (0.0, 0);
    for (gray, &count) in (0..=u8::MAX).zip(counts) {
        below += f64::from(count);
        weight_below += weigh((gray, &count));
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = weight_below / below - (weight - weight_below) / above;
        let variance = below * above * apart * apart;
        if variance > best.0 {
            best = (variance, gray);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::{best_limit, histogram};

    #[test]
    fn the_threshold_is_between_the_two_grays() {
        let pixels = [vec![40; 30], vec![200; 70]].concat();
        assert!((40..200).contains(&best_limit(&histogram(&pixels))));
    }

    #[test]
    fn one_grey_alone_is_not_dark() {
        assert_eq!(best_limit(&histogram(&[9; 12])), 0);
    }
}
