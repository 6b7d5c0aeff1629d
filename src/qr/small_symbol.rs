//! Reads Micro QR and rectangular Micro QR codes, which have one finder pattern instead of three.
//!
//! ```text
//!   Micro QR                 rMQR
//!   ███████ █ █ █            ███████ █ █ ███ █ █ █ █ █
//!   █     █                  █     █        █
//!   █ ███ █  data            █ ███ █  data  █  data ███
//!   █ ███ █                  █ ███ █        █       █ █
//!   ...                      ███████ █ █ ███ █ █ █ ████
//! ```
//!
//! Icons and ordinary codes also contain such single patterns, and small codes have few check bytes to rule them out.
//! Therefore, all fixed modules, the padding and the remaining capacity of the error correction are checked. A symbol
//! that fails any check is rejected.

use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::detector::{SampleMQR, SampleRMQR};
use rxing::qrcode::detector::QRCodeDetectorResult;

use super::code::Point;
use super::codewords::{self, Codewords};
use super::segments;
use super::symbol::Symbol;
use super::time_limit::TimeLimit;

/// The maximum number of fixed modules with the wrong color.
const MAX_WRONG_MODULES: usize = 2;
/// The maximum number of patterns to examine.
const MAX_PATTERNS: usize = 32;

/// Reads the small codes at these patterns.
pub(super) fn read(patterns: &[ConcentricPattern], matrix: &BitMatrix, budget: &mut TimeLimit) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for pattern in patterns.iter().take(MAX_PATTERNS) {
        if budget.is_spent() {
            break;
        }
        let micro = SampleMQR(matrix, *pattern).ok().and_then(|grid| {
            let fixed = is_micro(grid.getBits()).then(|| codewords::of_micro(grid.getBits()));
            symbol(&grid, fixed.flatten()?)
        });
        let rectangular = || {
            let grid = SampleRMQR(matrix, *pattern).ok()?;
            let fixed = is_rectangular(grid.getBits()).then(|| codewords::of_rmqr(grid.getBits()));
            symbol(&grid, fixed.flatten()?)
        };
        symbols.extend(micro.or_else(rectangular));
    }
    symbols
}

fn symbol(grid: &QRCodeDetectorResult, codewords: Codewords) -> Option<Symbol> {
    // If the error correction is used to its limit, a random pattern could pass as a code.
    if codewords.corrected >= codewords.correctable || !segments::is_padding_valid(&codewords) {
        return None;
    }
    let content = segments::parse(&codewords).filter(|content| !content.is_empty())?;
    let &[top_left, top_right, bottom_left, bottom_right] = grid.getPoints() else {
        return None;
    };
    let corners = [top_left, top_right, bottom_right, bottom_left].map(|p| Point { x: p.x, y: p.y });
    Some(Symbol { content, corners })
}

/// Returns true if a Micro QR code has its finder pattern, the light border around it, and both timing patterns.
fn is_micro(modules: &BitMatrix) -> bool {
    let border = (0..8).flat_map(|i| [(i, 7), (7, i)]).map(|place| (place, false));
    let timing = (8..modules.width()).flat_map(|i| [((i, 0), i % 2 == 0), ((0, i), i % 2 == 0)]);
    wrong(modules, finder().chain(border).chain(timing)) <= MAX_WRONG_MODULES
}

/// Returns true if a rectangular code has its finder pattern, the light border next to it, and the smaller pattern in
/// the opposite corner.
fn is_rectangular(modules: &BitMatrix) -> bool {
    let (right, bottom) = (modules.width().saturating_sub(5), modules.height().saturating_sub(5));
    let border = (0..7).map(|y| ((7, y), false));
    let square = |x: u32, y: u32| x.abs_diff(2).max(y.abs_diff(2)) != 1;
    let smaller = (0..5).flat_map(|y| (0..5).map(move |x| (x, y)));
    let smaller = smaller.map(|(x, y)| ((right.saturating_add(x), bottom.saturating_add(y)), square(x, y)));
    wrong(modules, finder().chain(border).chain(smaller)) <= MAX_WRONG_MODULES
}

/// Returns the modules of a finder pattern in the top left corner, each with `true` if it is dark.
fn finder() -> impl Iterator<Item = ((u32, u32), bool)> {
    let places = (0..7_u32).flat_map(|y| (0..7_u32).map(move |x| (x, y)));
    places.map(|(x, y)| ((x, y), x.abs_diff(3).max(y.abs_diff(3)) != 2))
}

fn wrong(modules: &BitMatrix, expected: impl Iterator<Item = ((u32, u32), bool)>) -> usize {
    expected.filter(|((x, y), is_dark)| modules.try_get(*x, *y) != Some(*is_dark)).count()
}
