//! Stage 5, second half: cuts a code out of its surroundings and adds the white margin that it lacks.
//!
//! If a dark page begins right next to a code, or a frame surrounds it, the outer squares of its finder patterns merge
//! with the dark area. No row or column of a code has a single gray value. The region is therefore cut along the rows
//! and columns that do, and the largest piece is kept. This is repeated in both directions until no such row or column
//! is left. This removes page, frame and caption. Then white pixels are added on all sides.
//!
//! ```text
//!  ┌──────────────┐        page, caption            ┌──────────────┐
//!  │ SCAN ME      │        and frame gone           │              │
//!  │▒████████████▒│     bare:  ▛▀▜▞▚▛▀▜             │   ▛▀▜▞▚▛▀▜   │
//!  │▒█▛▀▜▞▚▛▀▜███▒│            ▙▄▟▚▞▙▄▟    padded:  │   ▙▄▟▚▞▙▄▟   │
//!  │▒█▙▄▟▚▞▙▄▟███▒│            ▛▀▜▞▚▞▚▟             │   ▛▀▜▞▚▞▚▟   │
//!  └──────────────┘                                 └──────────────┘
//! ```

use std::ops::Range;

use super::luma::Luma;
use super::region::Region;

/// Gray values that differ by at most this much count as equal; lossy compression causes small differences.
const ALIKE: u8 = 12;

/// Returns the pixels of a region, without rows below the image. Returns `None` if the region is empty or extends
/// beyond the right edge.
pub(super) fn cut(luma: &Luma, region: Region) -> Option<Luma> {
    let end = region.left.checked_add(region.width)?;
    let rows = luma.rows().skip(region.top).take(region.height);
    let rows: Vec<&[u8]> = rows.map(|row| row.get(region.left..end)).collect::<Option<_>>()?;
    (!rows.is_empty() && region.width > 0).then(|| Luma::of(region.width, rows.len(), rows.concat()))
}

/// Cuts a region along rows and columns of a single gray value, and returns the largest piece.
pub(super) fn bare(luma: &Luma, mut region: Region) -> Region {
    loop {
        let before = region;
        let rows = longest_run((0..region.height).map(|y| !is_even(row(luma, region, y))));
        region.top = region.top.saturating_add(rows.start);
        region.height = rows.len();
        let columns = longest_run((0..region.width).map(|x| !is_even(column(luma, region, x))));
        region.left = region.left.saturating_add(columns.start);
        region.width = columns.len();
        if region == before {
            return region;
        }
    }
}

/// Returns the longest run of `true`; empty if there is none.
fn longest_run(line: impl Iterator<Item = bool>) -> Range<usize> {
    let (mut longest, mut run) = (0..0, 0..0);
    for (at, inside) in line.enumerate() {
        let end = at.saturating_add(1);
        run = if inside { run.start..end } else { end..end };
        if run.len() > longest.len() {
            longest = run.clone();
        }
    }
    longest
}

fn row(luma: &Luma, region: Region, y: usize) -> impl Iterator<Item = u8> {
    let row = luma.rows().nth(region.top.saturating_add(y)).unwrap_or_default();
    row.iter().copied().skip(region.left).take(region.width)
}

fn column(luma: &Luma, region: Region, x: usize) -> impl Iterator<Item = u8> {
    let x = region.left.saturating_add(x);
    let rows = luma.rows().skip(region.top).take(region.height);
    rows.filter_map(move |row| row.get(x).copied())
}

/// Returns true if all pixels have the same gray value.
fn is_even(line: impl Iterator<Item = u8>) -> bool {
    let (min, max) = line.fold((u8::MAX, 0), |(min, max), gray| (gray.min(min), gray.max(max)));
    max.saturating_sub(min) <= ALIKE
}

/// Returns the image with `margin` white pixels on each side.
pub(super) fn pad(luma: &Luma, margin: usize) -> Luma {
    let width = luma.width().saturating_add(margin.saturating_mul(2));
    let height = luma.height().saturating_add(margin.saturating_mul(2));
    let mut pixels = vec![u8::MAX; width.saturating_mul(height)];
    let inner = pixels.chunks_exact_mut(width).skip(margin);
    for (padded, row) in inner.zip(luma.rows()) {
        padded.iter_mut().skip(margin).zip(row).for_each(|(padded, &gray)| *padded = gray);
    }
    Luma::of(width, height, pixels)
}

#[cfg(test)]
mod tests {
    use super::{bare, cut, pad};
    use crate::qr::Luma;
    use crate::qr::region::Region;

    const WHOLE: Region = Region { left: 0, top: 0, width: 5, height: 5 };

    #[test]
    fn page_frame_and_caption_are_cut_off() {
        let picture = [
            [9, 0, 9, 0, 9],
            [9, 9, 9, 9, 9],
            [9, 200, 200, 200, 9],
            [9, 200, 0, 150, 9],
            [9, 200, 100, 10, 9],
            [9, 9, 9, 9, 9],
        ];
        let left = bare(&Luma::of(5, 6, picture.concat()), Region { height: 6, ..WHOLE });
        assert_eq!((left.left, left.top), (2, 3));
        assert_eq!((left.width, left.height), (2, 2));
    }

    #[test]
    fn a_single_color_leaves_nothing() {
        let left = bare(&Luma::of(5, 5, vec![7; 25]), WHOLE);
        assert_eq!(left.width * left.height, 0);
    }

    #[test]
    fn a_cut_has_the_pixels_of_its_region() {
        let luma = Luma::of(3, 2, vec![1, 2, 3, 4, 5, 6]);
        let part = cut(&luma, Region { left: 1, top: 1, width: 2, height: 1 }).unwrap();
        assert_eq!((part.width(), part.pixels()), (2, &[5, 6][..]));
        assert!(cut(&luma, Region { left: 2, top: 0, width: 2, height: 1 }).is_none());
    }

    #[test]
    fn a_margin_is_white_on_all_sides() {
        let padded = pad(&Luma::of(1, 1, vec![7]), 1);
        assert_eq!(padded.pixels(), [255, 255, 255, 255, 7, 255, 255, 255, 255]);
    }
}
