//! Combines finder patterns into codes and samples their modules.
//!
//! ```text
//!   A           B        A is the corner: its legs meet at a right angle and have equal lengths,
//!    ██▒▒▒▒▒▒▒██         and the three patterns have the same size
//!    ▒▒▒▒▒▒▒▒▒▒▒
//!    ▒▒▒▒▒▒▒▒▒▒▒         the width of a pattern gives the number of modules,
//!    ▒▒▒▒▒▒▒▒▒▒▒         the four corners give the position of each module
//!    ██▒▒▒▒▒▒▒╳
//!   C
//! ```
//!
//! Three of many patterns can be combined in many ways, most of them wrong. The likeliest are tried first, at most
//! [`MAX_TRIES`] times, so that an image full of stray patterns costs no more than one full of codes.

use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, GenerateFinderPatternSets, SampleQR};

use super::code::Point;
use super::content::Content;
use super::decode;
use super::time_limit::TimeLimit;

/// The maximum number of wrong combinations to sample per image.
const MAX_TRIES: usize = 64;

/// The highest rating that [`distortion`] returns.
const MAX_DISTORTION: u8 = 15;
/// The maximum number of combinations to keep. It exceeds [`MAX_TRIES`], because combinations that share a pattern with
/// a code that was already read are skipped without a try.
const MOST_SETS: usize = 4096;

/// A code that was read, and its corners in the image.
pub(super) struct Symbol {
    pub(super) content: Content,
    pub(super) corners: [Point; 4],
}

/// Decodes every QR code whose three finder patterns are among `patterns`.
pub(super) fn read(patterns: &[ConcentricPattern], matrix: &BitMatrix, budget: &mut TimeLimit) -> Vec<Symbol> {
    let mut used: Vec<ConcentricPattern> = Vec::new();
    let mut symbols = Vec::new();
    let mut tries = 0_usize;
    for set in likeliest_first(patterns) {
        if tries >= MAX_TRIES || budget.is_spent() {
            break;
        }
        let corners = [set.tl, set.tr, set.bl];
        if corners.iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        match sample(matrix, &set) {
            Some(symbol) => {
                symbols.push(symbol);
                used.extend(corners);
            }
            None => tries = tries.saturating_add(1),
        }
    }
    symbols
}

/// Samples the grid between three patterns and decodes it.
fn sample(matrix: &BitMatrix, set: &FinderPatternSet) -> Option<Symbol> {
    let grid = SampleQR(matrix, set).ok()?;
    let content = decode::content(grid.getBits())?;
    let &[top_left, top_right, bottom_left, bottom_right] = grid.getPoints() else {
        return None;
    };
    let corners = [top_left, top_right, bottom_right, bottom_left].map(|p| Point { x: p.x, y: p.y });
    Some(Symbol { content, corners })
}

/// Returns combinations of three patterns, the most code-like first. Combinations of equal rating keep the detector's
/// order, smaller ones first.
fn likeliest_first(patterns: &[ConcentricPattern]) -> Vec<FinderPatternSet> {
    let mut sets: Vec<(u8, FinderPatternSet)> = Vec::new();
    for (smallest, group) in by_size(patterns) {
        let sets_of_group = GenerateFinderPatternSets(&mut group.clone());
        let own = sets_of_group.into_iter().filter(|set| largest(set) >= smallest.saturating_mul(2));
        sets.extend(own.map(|set| (distortion(&set), set)));
    }
    let of = |step: u8| sets.iter().filter(move |(distortion, _)| *distortion == step).map(|(_, set)| *set);
    (0..=MAX_DISTORTION).flat_map(of).take(MOST_SETS).collect()
}

/// Groups patterns of similar size: from `s` to less than `4 s`, for each power of two.
///
/// The detector combines patterns that differ in size by up to a factor of two, and is slow if a few large patterns are
/// among many small ones. A combination whose largest pattern measures `2 s` to `4 s` is in exactly one group.
fn by_size(patterns: &[ConcentricPattern]) -> impl Iterator<Item = (i32, Vec<ConcentricPattern>)> {
    (0..15).map(|power| 1_i32 << power).filter_map(|smallest| {
        let sizes = smallest..smallest.saturating_mul(4);
        let group: Vec<_> = patterns.iter().copied().filter(|pattern| sizes.contains(&pattern.size)).collect();
        (group.len() >= 3).then_some((smallest, group))
    })
}

fn largest(set: &FinderPatternSet) -> i32 {
    set.tl.size.max(set.tr.size).max(set.bl.size)
}

/// Rates how much a combination differs from a square seen from the front, in coarse steps. Within a step, smaller
/// codes remain first.
fn distortion(set: &FinderPatternSet) -> u8 {
    let leg = |end: ConcentricPattern| (end.p.x - set.tl.p.x, end.p.y - set.tl.p.y);
    let (right, down) = (leg(set.tr), leg(set.bl));
    let (across, along) = (right.0.hypot(right.1), down.0.hypot(down.1));
    let slant = (right.0 * down.0 + right.1 * down.1).abs() / (across * along);
    let legs = (across / along).ln().abs();
    let smallest = set.tl.size.min(set.tr.size).min(set.bl.size).max(1);
    let sizes = (f64::from(largest(set)) / f64::from(smallest)).ln();
    let steps = (slant + legs) * 5.0 + if sizes > 0.5 { 5.0 } else { 0.0 };
    (0..MAX_DISTORTION).find(|&step| steps < f32::from(step) + 1.0).unwrap_or(MAX_DISTORTION)
}
