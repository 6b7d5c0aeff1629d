//! Runs the stages in order, from the fast one that reads most images to those that only few images need.

use super::code::{Point, QrCode, Raw, join};
use super::luma::Luma;
use super::mask::Mask;
use super::region::{self, Region};
use super::time_limit::TimeLimit;
use super::{block_threshold, close_gaps, crop, finder, global_threshold, mean_threshold, scale, small_symbol, symbol};

/// The maximum number of pixels of an image that is doubled in size.
const MAX_PIXELS_TO_ENLARGE: usize = 4_200_000;
/// The maximum number of pixels of a region. A larger one is practically the entire image, which the other stages have
/// searched.
const MAX_REGION_PIXELS: usize = 2_000_000;
/// The maximum number of pixels of an image or region that is tripled in size.
const MAX_REGION_PIXELS_TO_ENLARGE: usize = 200_000;
/// The number of white pixels to add on each side of a code that was cut out.
const MARGIN: usize = 16;

/// Reads every code in an image.
///
/// The first stage that reads a code usually reads all of them. It may miss codes of a different style, so regions that
/// look like a code and were not read are always examined.
pub(super) fn read(luma: &Luma, budget: &mut TimeLimit) -> Vec<QrCode> {
    let mut codes = Codes { raw: Vec::new(), scale: luma.source_scale() };
    for stage in [whole, low_contrast, halved, half_closed, closed] {
        if codes.raw.is_empty() && !budget.is_spent() {
            stage(luma, &mut codes, budget);
        }
    }
    if !budget.is_spent() {
        regions(luma, &mut codes, budget);
    }
    if codes.raw.is_empty() && !budget.is_spent() {
        doubled(luma, &mut codes, budget);
    }
    if codes.raw.is_empty() && !budget.is_spent() {
        small_symbols(luma, &mut codes, budget);
    }
    join(codes.raw)
}

/// The codes found so far, without duplicates.
struct Codes {
    raw: Vec<Raw>,
    scale: usize,
}

fn whole(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    codes.search_both_polarities(luma, ImagePosition::WHOLE, block_threshold::threshold, budget);
}

fn low_contrast(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    codes.search_both_polarities(luma, ImagePosition::WHOLE, mean_threshold::threshold, budget);
}

fn halved(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    if let Some(half) = scale::half(luma) {
        codes.search_both_polarities(&half, ImagePosition::HALF, block_threshold::threshold, budget);
    }
}

fn half_closed(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    if let Some(half) = scale::half(luma) {
        codes.search_with_closed_seams(&half, ImagePosition::HALF, budget);
    }
}

fn closed(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    codes.search_with_closed_seams(luma, ImagePosition::WHOLE, budget);
}

fn doubled(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    if luma.pixels().len() <= MAX_PIXELS_TO_ENLARGE {
        codes.search_both_polarities(
            &scale::enlarge(luma, 2),
            ImagePosition::DOUBLE,
            block_threshold::threshold,
            budget,
        );
    }
}

/// Searches for the kinds of codes that have one finder pattern. A small image may contain nothing but the code, so it
/// is also searched at triple size with a margin.
fn small_symbols(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    codes.search_small_symbols(luma, ImagePosition::WHOLE, block_threshold::threshold, budget);
    if codes.raw.is_empty() && luma.pixels().len() <= MAX_REGION_PIXELS_TO_ENLARGE {
        let whole = Region { left: 0, top: 0, width: luma.width(), height: luma.height() };
        let position = ImagePosition::cut(whole, MARGIN).enlarged(3.0);
        for inverted in [false, true] {
            let image = if inverted { luma.inverted() } else { luma.clone() };
            let large = scale::enlarge(&crop::pad(&image, MARGIN), 3);
            codes.search_small_symbols(&large, position, global_threshold::threshold, budget);
        }
    }
}

fn regions(luma: &Luma, codes: &mut Codes, budget: &mut TimeLimit) {
    // A block inside a very wide module has no texture. At half size, the modules are narrower.
    let half = scale::half(luma);
    let wide = half.map(|half| region::regions(&half)).unwrap_or_default().into_iter().map(Region::doubled);
    for region in region::regions(luma).into_iter().chain(wide) {
        let is_crop = region.width.saturating_mul(region.height) <= MAX_REGION_PIXELS;
        if is_crop && !codes.cover(region) && !budget.is_spent() {
            search_region(luma, region, codes, budget);
        }
    }
}

/// Examines a region with and without its surroundings, until a code is found in it.
fn search_region(luma: &Luma, region: Region, codes: &mut Codes, budget: &mut TimeLimit) {
    let known = codes.raw.len();
    let bare = crop::bare(luma, region);
    for (region, margin) in [(region, 0), (bare, MARGIN)] {
        let Some(cut) = crop::cut(luma, region) else { continue };
        for inverted in [false, true] {
            let cut = if inverted { cut.inverted() } else { cut.clone() };
            let cut = crop::pad(&cut, margin);
            let place = ImagePosition::cut(region, margin);
            codes.search_dark_codes(&cut, place, global_threshold::threshold, budget);
            codes.search_dark_codes(&cut, place, block_threshold::threshold, budget);
            if codes.raw.len() == known && cut.pixels().len() <= MAX_REGION_PIXELS_TO_ENLARGE {
                let large = scale::enlarge(&cut, 3);
                codes.search_dark_codes(&large, place.enlarged(3.0), global_threshold::threshold, budget);
                codes.search_dark_codes(&large, place.enlarged(3.0), mean_threshold::threshold, budget);
            }
            if codes.raw.len() > known || budget.is_spent() {
                return;
            }
        }
    }
}

/// The position of a derived image in the original: pixel `p` is the original's `p * scale + origin`.
#[derive(Clone, Copy)]
struct ImagePosition {
    scale: f32,
    origin: Point,
}

impl ImagePosition {
    const WHOLE: Self = Self::scaled(1.0);
    const HALF: Self = Self::scaled(2.0);
    const DOUBLE: Self = Self::scaled(0.5);

    const fn scaled(scale: f32) -> Self {
        Self { scale, origin: Point { x: 0.0, y: 0.0 } }
    }

    /// Returns the position of a region that was cut out and given a margin.
    fn cut(region: Region, margin: usize) -> Self {
        let at = |start: usize| {
            let (start, margin) = (u16::try_from(start), u16::try_from(margin));
            f32::from(start.unwrap_or(0)) - f32::from(margin.unwrap_or(0))
        };
        Self { scale: 1.0, origin: Point { x: at(region.left), y: at(region.top) } }
    }

    fn enlarged(self, factor: f32) -> Self {
        Self { scale: self.scale / factor, ..self }
    }
}

impl Codes {
    /// Returns true if a code was read in this region.
    fn cover(&self, region: Region) -> bool {
        let scale = self.scale_f32();
        self.raw.iter().any(|code| {
            let middle = Point {
                x: code.corners.iter().map(|corner| corner.x).sum::<f32>() / 4.0 / scale,
                y: code.corners.iter().map(|corner| corner.y).sum::<f32>() / 4.0 / scale,
            };
            region.contains(middle)
        })
    }

    fn scale_f32(&self) -> f32 {
        f32::from(u16::try_from(self.scale).unwrap_or(u16::MAX))
    }

    /// Searches for dark codes on a light background, then for light codes on a dark background.
    fn search_both_polarities(
        &mut self,
        luma: &Luma,
        place: ImagePosition,
        threshold: fn(&Luma) -> Mask,
        budget: &mut TimeLimit,
    ) {
        if !budget.is_spent() {
            let mask = threshold(luma);
            self.search(&mask, place, budget);
            self.search(&mask.flipped(), place, budget);
        }
    }

    /// Searches twice: with the seams between dark pixels closed, and with those between light pixels closed. Codes of
    /// either polarity may have seams in their modules, and codes made of text also have them in the background.
    fn search_with_closed_seams(&mut self, luma: &Luma, place: ImagePosition, budget: &mut TimeLimit) {
        self.search_both_polarities(&close_gaps::close(luma), place, block_threshold::threshold, budget);
        let lights_closed = close_gaps::close(&luma.inverted()).inverted();
        self.search_both_polarities(&lights_closed, place, block_threshold::threshold, budget);
    }

    /// Searches for dark codes on a light background.
    fn search_dark_codes(
        &mut self,
        luma: &Luma,
        place: ImagePosition,
        threshold: fn(&Luma) -> Mask,
        budget: &mut TimeLimit,
    ) {
        if !budget.is_spent() {
            self.search(&threshold(luma), place, budget);
        }
    }

    /// Searches for small codes in both polarities.
    fn search_small_symbols(
        &mut self,
        luma: &Luma,
        place: ImagePosition,
        threshold: fn(&Luma) -> Mask,
        budget: &mut TimeLimit,
    ) {
        let mask = threshold(luma);
        for mask in [&mask, &mask.flipped()] {
            let Some(matrix) = mask.to_matrix() else { continue };
            let patterns = finder::patterns(mask, &matrix, budget);
            for symbol in small_symbol::read(&patterns, &matrix, budget) {
                self.add(symbol, place);
            }
        }
    }

    fn search(&mut self, mask: &Mask, place: ImagePosition, budget: &mut TimeLimit) {
        let Some(matrix) = mask.to_matrix() else { return };
        let patterns = finder::patterns(mask, &matrix, budget);
        for symbol in symbol::read(&patterns, &matrix, budget) {
            self.add(symbol, place);
        }
    }

    fn add(&mut self, symbol: symbol::Symbol, place: ImagePosition) {
        if self.raw.iter().any(|known| known.content == symbol.content) {
            return;
        }
        let scale = self.scale_f32();
        let corners = symbol.corners.map(|Point { x, y }| Point {
            x: (x * place.scale + place.origin.x) * scale,
            y: (y * place.scale + place.origin.y) * scale,
        });
        self.raw.push(Raw { content: symbol.content, corners });
    }
}
