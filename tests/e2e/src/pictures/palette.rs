//! Reduces a picture to 256 colors, which makes it less than half as large as a file.
//!
//! Screenshots consist of a few colors for areas, and of many for the edges of letters and icons. The most frequent
//! colors are kept exactly. The rest of the palette is chosen one by one, always the color that is worst represented
//! so far, so that small colorful icons keep their colors.

use std::collections::HashMap;

/// An opaque color.
pub type Color = [u8; 3];

/// The number of colors of a palette.
const MAX_COLORS: usize = 256;
/// The number of colors that are kept because they are frequent.
const FREQUENT: usize = 96;

/// A palette, and the entry for each color of the pictures that it was made for.
pub struct Palette {
    /// The colors.
    pub colors: Vec<Color>,
    entries: HashMap<Color, u8>,
}

impl Palette {
    /// Returns a palette for the colors of pictures.
    pub fn of(pixels: impl Iterator<Item = Color>) -> Self {
        let mut counts: HashMap<Color, u32> = HashMap::new();
        for color in pixels {
            let count = counts.entry(color).or_default();
            *count = count.saturating_add(1);
        }
        let mut found: Vec<(Color, u32)> = counts.into_iter().collect();
        // Equal counts are ordered by color, so that equal pictures have equal files.
        found.sort_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
        let at_once = if found.len() <= MAX_COLORS { MAX_COLORS } else { FREQUENT };
        let mut colors: Vec<Color> = found.iter().take(at_once).map(|(color, _)| *color).collect();
        let nearest = |color: &Color| {
            let distances = colors.iter().enumerate().map(|(index, known)| (distance(color, known), index));
            distances.min().unwrap_or_default()
        };
        let mut nearest: Vec<(u64, usize)> = found.iter().map(|(color, _)| nearest(color)).collect();
        while colors.len() < MAX_COLORS {
            let error = |at: usize| {
                let (far, _) = nearest.get(at).copied().unwrap_or_default();
                let weight = found.get(at).map_or(0, |(_, count)| count.isqrt());
                far.saturating_mul(u64::from(weight))
            };
            let Some(worst) = (0..found.len()).max_by_key(|at| error(*at)).filter(|at| error(*at) > 0) else { break };
            let Some((added, _)) = found.get(worst).copied() else { break };
            for ((color, _), best) in found.iter().zip(nearest.iter_mut()) {
                *best = (*best).min((distance(color, &added), colors.len()));
            }
            colors.push(added);
        }
        let entry = |(_, index): &(u64, usize)| u8::try_from(*index).unwrap_or_default();
        let entries = found.iter().map(|(color, _)| *color).zip(nearest.iter().map(entry)).collect();
        Self { colors, entries }
    }

    /// Returns the entry for a color of the pictures.
    pub fn entry(&self, color: Color) -> u8 {
        self.entries.get(&color).copied().unwrap_or_default()
    }
}

/// Returns how different two colors look. The eye is most sensitive to green and least to blue.
pub fn distance(one: &Color, other: &Color) -> u64 {
    let weights: [u64; 3] = [3, 6, 1];
    let parts = one.iter().zip(other).zip(weights);
    parts.map(|((one, other), weight)| weight.saturating_mul(u64::from(one.abs_diff(*other)).saturating_pow(2))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_with_few_colors_keeps_them_all() {
        let pixels: Vec<Color> = (0..=255).map(|at| [at, 0, 255 - at]).collect();
        let palette = Palette::of(pixels.iter().copied());
        for color in pixels {
            assert_eq!(palette.colors[usize::from(palette.entry(color))], color);
        }
    }

    #[test]
    fn a_small_colorful_icon_keeps_its_color_beside_many_grays() {
        let grays = (0..40_000_u32).map(|at| {
            [u8::try_from(at % 250).unwrap(); 3].map(|gray| gray.wrapping_add(u8::try_from(at % 3).unwrap()))
        });
        let grays =
            grays.chain((0..9000_u32).map(|at| [u8::try_from(at % 200).unwrap(), u8::try_from(at / 45).unwrap(), 90]));
        let palette = Palette::of(grays.chain([[230, 20, 40]; 30]));
        assert!(palette.colors.len() <= MAX_COLORS);
        let shown = palette.colors[usize::from(palette.entry([230, 20, 40]))];
        assert!(distance(&shown, &[230, 20, 40]) < 600, "{shown:?}");
    }
}
