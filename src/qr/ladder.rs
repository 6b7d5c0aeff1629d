//! The order of the stages, from the cheap one that reads most pictures to those that few need.

use super::budget::Budget;
use super::found::{Corner, Found, Raw, join};
use super::luma::Luma;
use super::mask::Mask;
use super::{finder, hybrid, mean, scale, symbol};
use crate::secret::Secret;

/// Pictures above this many pixels are not drawn at twice their size.
const MAX_PIXELS_TO_ENLARGE: usize = 4_200_000;

/// Reads every code in a picture.
pub(super) fn read(luma: &Luma, budget: &mut Budget) -> Vec<Found> {
    let mut codes = Codes { raw: Vec::new(), scale: luma.source_scale() };
    for stage in [hybrid_stage, mean_stage, half_stage, double_stage] {
        if !codes.raw.is_empty() || budget.is_spent() {
            break;
        }
        stage(luma, &mut codes, budget);
    }
    join(codes.raw)
}

/// The codes so far, each once.
struct Codes {
    raw: Vec<Raw>,
    scale: usize,
}

fn hybrid_stage(luma: &Luma, codes: &mut Codes, budget: &mut Budget) {
    codes.look(luma, Place::WHOLE, hybrid::threshold, budget);
}

fn mean_stage(luma: &Luma, codes: &mut Codes, budget: &mut Budget) {
    codes.look(luma, Place::WHOLE, mean::threshold, budget);
}

fn half_stage(luma: &Luma, codes: &mut Codes, budget: &mut Budget) {
    if let Some(half) = scale::half(luma) {
        codes.look(&half, Place { scale: 2.0, ..Place::WHOLE }, hybrid::threshold, budget);
    }
}

fn double_stage(luma: &Luma, codes: &mut Codes, budget: &mut Budget) {
    if luma.pixels().len() <= MAX_PIXELS_TO_ENLARGE {
        codes.look(&scale::enlarge(luma, 2), Place { scale: 0.5, ..Place::WHOLE }, hybrid::threshold, budget);
    }
}

/// Where a picture that was made of the first one lies in it: a pixel at `p` is the first one's `p * scale + origin`.
#[derive(Clone, Copy)]
struct Place {
    scale: f32,
    origin: Corner,
}

impl Place {
    const WHOLE: Self = Self { scale: 1.0, origin: Corner { x: 0.0, y: 0.0 } };
}

impl Codes {
    /// Looks for codes that are dark on light, then for those that are light on dark.
    fn look(&mut self, luma: &Luma, place: Place, threshold: fn(&Luma) -> Mask, budget: &mut Budget) {
        for inverted in [false, true] {
            if budget.is_spent() {
                return;
            }
            let mask = if inverted { threshold(&luma.inverted()) } else { threshold(luma) };
            let Some(matrix) = mask.to_matrix() else { return };
            let patterns = finder::patterns(&mask, &matrix, budget);
            for symbol in symbol::read(&patterns, &matrix, budget) {
                self.add(symbol, place);
            }
        }
    }

    fn add(&mut self, symbol: symbol::Symbol, place: Place) {
        let bytes = Secret::new(symbol.payload.bytes);
        if self.raw.iter().any(|known| known.bytes == bytes && known.part == symbol.payload.part) {
            return;
        }
        let scale = f32::from(u16::try_from(self.scale).unwrap_or(u16::MAX));
        let corners = symbol.corners.map(|Corner { x, y }| Corner {
            x: (x * place.scale + place.origin.x) * scale,
            y: (y * place.scale + place.origin.y) * scale,
        });
        self.raw.push(Raw { bytes, corners, part: symbol.payload.part });
    }
}
