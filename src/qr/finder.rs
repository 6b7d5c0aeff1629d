//! Finds finder patterns, the three nested squares in a code's corners.
//!
//! Along any line through its center, a finder pattern alternates between dark and light in the proportions 1:1:3:1:1.
//! Every third row is searched for this sequence. At each match, the detector checks the vertical and both diagonals
//! and locates the center.
//!
//! ```text
//!   ███████
//!   █     █
//!   █ ███ █
//!  ─█─███─█─▶  1 1 3 1 1
//!   █ ███ █
//!   █     █
//!   ███████
//! ```
//!
//! The rows are searched here instead of by the detector, so that the time limit can be checked after each row.

use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{ConcentricPattern, FixedPattern, IsPattern, LocateConcentricPattern, PatternView};
use rxing::{Point, point};

use super::mask::Mask;
use super::time_limit::TimeLimit;

/// The maximum number of patterns to search for. An image with more of them is noise.
const MAX_PATTERNS: usize = 1024;
/// The distance between two searched rows. The center of a pattern is three modules high and a module is at least one
/// pixel high, so no center is missed.
const ROWS_A_STEP: usize = 3;
const SHAPE: [u16; 5] = [1, 1, 3, 1, 1];

/// Returns the finder patterns of an image, from the top. `matrix` contains the same pixels as `mask`.
pub(super) fn patterns(mask: &Mask, matrix: &BitMatrix, budget: &mut TimeLimit) -> Vec<ConcentricPattern> {
    let mut found = Vec::new();
    for (y, row) in mask.rows().enumerate().skip(ROWS_A_STEP.saturating_sub(1)).step_by(ROWS_A_STEP) {
        if found.len() >= MAX_PATTERNS || budget.is_spent() {
            break;
        }
        search_row(row, y, matrix, budget, &mut found);
    }
    found
}

/// Searches one row and adds the patterns that also match in the other directions.
fn search_row(row: &[bool], y: usize, matrix: &BitMatrix, budget: &mut TimeLimit, found: &mut Vec<ConcentricPattern>) {
    let mut runs = Vec::new();
    let mut start = 0_usize;
    for run in row.chunk_by(|a, b| a == b) {
        runs.push((start, u16::try_from(run.len()).unwrap_or(u16::MAX)));
        start = start.saturating_add(run.len());
    }
    let first_dark = usize::from(row.first() == Some(&false));
    for window in runs.windows(SHAPE.len()).skip(first_dark).step_by(2) {
        let &[(start, a), (_, b), (_, c), (_, d), (_, e)] = window else { continue };
        let lengths = [a, b, c, d, e];
        if !is_shape(lengths) {
            continue;
        }
        let before = [a, b].into_iter().map(f32::from).sum::<f32>() + f32::from(c) / 2.0;
        let middle = point(pixel(start) + before, pixel(y) + 0.5);
        if found.iter().any(|known| lies_inside(middle, known)) {
            continue;
        }
        let length = lengths.into_iter().fold(0, |sum: i32, run| sum.saturating_add(i32::from(run)));
        found.extend(locate(matrix, middle, length));
        if found.len() >= MAX_PATTERNS || budget.is_spent() {
            return;
        }
    }
}

/// Returns true if five runs have the proportions of a finder pattern's center line.
fn is_shape(runs: [u16; 5]) -> bool {
    let [a, b, c, d, e] = runs;
    let plausible = c >= 3 && c / 2 >= a.max(e) && c >= b.max(d);
    let shape = FixedPattern::<5, 7, false>::new(SHAPE);
    plausible && IsPattern::<true, 5, 7, false>(&PatternView::from_slice(&runs), &shape, None, 0.0, 0.0, 0.0) != 0.0
}

/// Asks the detector for the pattern around a point, `length` pixels across.
fn locate(matrix: &BitMatrix, middle: Point, length: i32) -> Option<ConcentricPattern> {
    // Three times the length allows for codes seen at a steep angle.
    LocateConcentricPattern::<true, 5, 7>(matrix, &SHAPE, middle, length.saturating_mul(3))
}

fn lies_inside(middle: Point, known: &ConcentricPattern) -> bool {
    let radius = f64::from(known.size) / 2.0;
    f64::from(Point::distance(middle, known.p)) < radius
}

/// Converts a coordinate for the detector. The conversion is exact, because no side is longer than 2^14.
fn pixel(at: usize) -> f32 {
    f32::from(u16::try_from(at).unwrap_or(u16::MAX))
}
