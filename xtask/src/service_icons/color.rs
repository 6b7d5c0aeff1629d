//! The colors of an icon in the light and the dark theme: the brand's color as far as it can be read there.

use std::fmt;

/// An sRGB color with components from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color([f64; 3]);

const WHITE: Color = Color([255.0; 3]);
const BLACK: Color = Color([0.0; 3]);
/// `--ink` of both themes, in `themes.css`.
const INKS: [Color; 2] = [Color([26.0, 27.0, 35.0]), Color([238.0, 239.0, 244.0])];
/// `--paper` of both themes.
const PAPERS: [Color; 2] = [WHITE, Color([23.0, 24.0, 30.0])];
/// The share of the icon's color in the ground behind it.
const GROUND_SHARES: [f64; 2] = [0.12, 0.22];
/// The minimum contrast between an icon and its ground. WCAG 2.2 requires 3; the rest is for rounded colors.
const MIN_CONTRAST: f64 = 3.3;
/// A color with less difference between its components is a gray.
const MAX_GRAY_SPREAD: f64 = 24.0;
/// A light color that needs more black than this to be read on white would no longer be the brand's color.
const MAX_BLACK: f64 = 0.3;

impl Color {
    /// Parses six hexadecimal digits.
    pub fn parse(hex: &str) -> Option<Self> {
        let at = |from: usize| Some(f64::from(u8::from_str_radix(hex.get(from..from.checked_add(2)?)?, 16).ok()?));
        if hex.len() == 6 { Some(Self([at(0)?, at(2)?, at(4)?])) } else { None }
    }

    /// Returns this color with a share of another one, from 0 to 1.
    fn mixed(self, other: Self, share: f64) -> Self {
        let ([red, green, blue], [other_red, other_green, other_blue]) = (self.0, other.0);
        let mix = |one: f64, other: f64| (one + (other - one) * share).round();
        Self([mix(red, other_red), mix(green, other_green), mix(blue, other_blue)])
    }

    fn luminance(self) -> f64 {
        let linear = |value: f64| {
            let value = value / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if one > other { one / other } else { other / one }
    }

    fn is_gray(self) -> bool {
        let [red, green, blue] = self.0;
        red.max(green).max(blue) - red.min(green).min(blue) < MAX_GRAY_SPREAD
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("#")?;
        self.0.iter().try_for_each(|value| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
            let byte = value.clamp(0.0, 255.0).round() as u8;
            write!(formatter, "{byte:02x}")
        })
    }
}

/// Returns the icon's color and its ground in the light theme, and both in the dark theme.
pub fn themed(brand: Color) -> [[Color; 2]; 2] {
    let ([light_ink, dark_ink], [light_paper, dark_paper]) = (INKS, PAPERS);
    let [light_share, dark_share] = GROUND_SHARES;
    let light = readable(brand, BLACK, light_paper, light_share)
        .filter(|(_, share)| *share <= MAX_BLACK)
        // A light brand is the ground of a dark icon, as in the brand's own logo.
        .map_or([light_ink, brand], |(pair, _)| pair);
    // A dark gray would become a dull middle gray.
    let start = if brand.is_gray() && brand.luminance() < 0.18 { dark_ink } else { brand };
    let dark = readable(start, WHITE, dark_paper, dark_share);
    [light, dark.map_or([dark_ink, dark_paper], |(pair, _)| pair)]
}

/// Mixes as much black or white into a color as it needs to be readable on a ground that is tinted with it. Returns
/// the color with its ground, and the share of black or white.
fn readable(brand: Color, toward: Color, paper: Color, ground_share: f64) -> Option<([Color; 2], f64)> {
    (0..=20_u8).map(|step| f64::from(step) / 20.0).find_map(|share| {
        let color = brand.mixed(toward, share);
        let ground = paper.mixed(color, ground_share);
        (color.contrast(ground) >= MIN_CONTRAST).then_some(([color, ground], share))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(hex: &str) -> [[String; 2]; 2] {
        themed(Color::parse(hex).unwrap()).map(|pair| pair.map(|color| color.to_string()))
    }

    #[test]
    fn every_color_is_readable_in_both_themes() {
        for red in (0..=255_u32).step_by(15) {
            for green in (0..=255_u32).step_by(15) {
                for blue in (0..=255_u32).step_by(15) {
                    let brand = Color::parse(&format!("{red:02x}{green:02x}{blue:02x}")).unwrap();
                    for [color, ground] in themed(brand) {
                        assert!(color.contrast(ground) >= 3.0, "{brand}: {color} on {ground}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_readable_color_is_unchanged_and_others_stay_recognizable() {
        // Blue is readable on white as it is.
        assert_eq!(named("0866ff")[0][0], "#0866ff");
        // Yellow is the ground of a dark icon in the light theme, and unchanged in the dark theme.
        assert_eq!(named("fffc00")[0], ["#1a1b23", "#fffc00"]);
        assert_eq!(named("fffc00")[1][0], "#fffc00");
        // Black is white in the dark theme.
        assert_eq!(named("181717")[0][0], "#181717");
        assert_eq!(named("181717")[1][0], "#eeeff4");
    }

    #[test]
    fn the_contrast_is_that_of_wcag() {
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 0.01);
        assert_eq!(Color::parse("12345"), None);
        assert_eq!(Color::parse("12345g"), None);
    }
}
