//! Stage 5, second half: a code cut out of its surroundings, and given the white margin that it lacks.
//!
//! Where a dark page begins right beside a code, or a frame is drawn around it, the outer squares of its finder
//! patterns run into the dark. Lines of one grey at the edges of the cut are peeled off, again and again on all four
//! sides, until each side shows something of the code; then white is put around it.
//!
//! ```text
//!  ┌──────────────┐        page, frame              ┌──────────────┐
//!  │▒▒▒▒▒▒▒▒▒▒▒▒▒▒│        and page again           │              │
//!  │▒████████████▒│    peeled: ▛▀▜▞▚▛▀▜             │   ▛▀▜▞▚▛▀▜   │
//!  │▒█▛▀▜▞▚▛▀▜███▒│            ▙▄▟▚▞▙▄▟    padded:  │   ▙▄▟▚▞▙▄▟   │
//!  │▒█▙▄▟▚▞▙▄▟███▒│            ▛▀▜▞▚▞▚▟             │   ▛▀▜▞▚▞▚▟   │
//!  └──────────────┘                                 └──────────────┘
//! ```

use super::luma::Luma;
use super::region::Region;

/// Greys this close are one line of one colour: pictures that were compressed with loss vary a little.
const ALIKE: u8 = 12;

/// The pixels of a region; the part of it that lies in the picture.
pub(super) fn cut(luma: &Luma, region: Region) -> Option<Luma> {
    let end = region.left.checked_add(region.width)?;
    let rows = luma.rows().skip(region.top).take(region.height);
    let rows: Vec<&[u8]> = rows.map(|row| row.get(region.left..end)).collect::<Option<_>>()?;
    (!rows.is_empty() && region.width > 0).then(|| Luma::of(region.width, rows.len(), rows.concat()))
}

/// What is left of a region when its lines of one grey are peeled off.
pub(super) fn peel(luma: &Luma, mut region: Region) -> Region {
    loop {
        let before = region;
        while region.height > 1 && is_even(row(luma, region, 0)) {
            region.top = region.top.saturating_add(1);
            region.height = region.height.saturating_sub(1);
        }
        while region.height > 1 && is_even(row(luma, region, region.height.saturating_sub(1))) {
            region.height = region.height.saturating_sub(1);
        }
        while region.width > 1 && is_even(column(luma, region, 0)) {
            region.left = region.left.saturating_add(1);
            region.width = region.width.saturating_sub(1);
        }
        while region.width > 1 && is_even(column(luma, region, region.width.saturating_sub(1))) {
            region.width = region.width.saturating_sub(1);
        }
        if region == before {
            return region;
        }
    }
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

/// Whether all pixels of a line have one grey.
fn is_even(line: impl Iterator<Item = u8>) -> bool {
    let (min, max) = line.fold((u8::MAX, 0), |(min, max), grey| (grey.min(min), grey.max(max)));
    max.saturating_sub(min) <= ALIKE
}

/// The picture with `margin` white pixels on each side.
pub(super) fn pad(luma: &Luma, margin: usize) -> Luma {
    let width = luma.width().saturating_add(margin.saturating_mul(2));
    let height = luma.height().saturating_add(margin.saturating_mul(2));
    let mut pixels = vec![u8::MAX; width.saturating_mul(height)];
    let inner = pixels.chunks_exact_mut(width).skip(margin);
    for (padded, row) in inner.zip(luma.rows()) {
        padded.iter_mut().skip(margin).zip(row).for_each(|(padded, &grey)| *padded = grey);
    }
    Luma::of(width, height, pixels)
}

#[cfg(test)]
mod tests {
    use super::{cut, pad, peel};
    use crate::qr::Luma;
    use crate::qr::region::Region;

    const WHOLE: Region = Region { left: 0, top: 0, width: 5, height: 5 };

    #[test]
    fn a_page_and_a_frame_around_something_are_peeled_off() {
        let picture =
            [[9, 9, 9, 9, 9], [9, 200, 200, 200, 9], [9, 200, 0, 200, 9], [9, 200, 100, 200, 9], [9, 9, 9, 9, 9]];
        let left = peel(&Luma::of(5, 5, picture.concat()), WHOLE);
        assert_eq!((left.left, left.top), (2, 2));
        assert_eq!((left.width, left.height), (1, 1));
    }

    #[test]
    fn one_colour_leaves_a_single_pixel() {
        let left = peel(&Luma::of(5, 5, vec![7; 25]), WHOLE);
        assert_eq!((left.width, left.height), (1, 1));
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
