//! A grayscale image of bounded size, and operations that derive other images from it.

use super::QrError;

/// The maximum number of pixels, slightly more than an 8K screen.
pub const MAX_SOURCE_PIXELS: usize = 33_600_000;

/// The maximum number of pixels to search, slightly more than a 4K screen. Larger images are scaled down first.
pub const MAX_WORK_PIXELS: usize = 9_000_000;

/// The maximum side length in pixels, because run lengths are counted in 16 bits.
pub const MAX_WORK_SIDE: usize = 16_384;

/// A grayscale image: 0 is black, 255 is white, rows from top to bottom.
#[derive(Clone, Debug)]
pub struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    source_scale: usize,
}

impl Luma {
    /// Creates an image from gray values, row by row.
    ///
    /// # Errors
    ///
    /// If the size is zero, too large, or does not match the number of pixels.
    pub fn from_gray(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, QrError> {
        let (width, height) = checked_size(width, height, pixels.len(), 1)?;
        match reduction(width, height) {
            1 => Ok(Self::of(width, height, pixels)),
            factor => Ok(reduce(width, factor, &pixels, |&gray| gray)),
        }
    }

    /// Creates an image from a canvas's `ImageData`: red, green, blue and alpha, row by row.
    ///
    /// Transparent pixels are drawn on white. An image with more than [`MAX_WORK_PIXELS`] is scaled down by an integer
    /// factor; corners are still reported in pixels of the source.
    ///
    /// # Errors
    ///
    /// If the size is zero, exceeds [`MAX_SOURCE_PIXELS`], or does not match the number of bytes.
    ///
    /// ```
    /// use casdoor_authenticator::qr::Luma;
    ///
    /// let red_and_clear = Luma::from_rgba(2, 1, &[255, 0, 0, 255, 0, 0, 0, 0])?;
    /// assert_eq!(red_and_clear.pixels(), [76, 255]);
    /// # Ok::<(), casdoor_authenticator::qr::QrError>(())
    /// ```
    pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Result<Self, QrError> {
        let (width, height) = checked_size(width, height, rgba.len(), 4)?;
        let (pixels, _) = rgba.as_chunks::<4>();
        match reduction(width, height) {
            1 => Ok(Self::of(width, height, pixels.iter().map(on_white).collect())),
            factor => Ok(reduce(width, factor, pixels, on_white)),
        }
    }

    /// Creates an image without checking its size, for pixels that this module's callers created.
    pub(super) fn of(width: usize, height: usize, pixels: Vec<u8>) -> Self {
        debug_assert_eq!(Some(pixels.len()), width.checked_mul(height));
        Self { width, height, pixels, source_scale: 1 }
    }

    /// Returns the width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Returns all pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Returns the rows from top to bottom.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, u8> {
        self.pixels.chunks_exact(self.width)
    }

    /// Returns how many source pixels one pixel represents in each direction.
    pub(super) fn source_scale(&self) -> usize {
        self.source_scale
    }

    /// Returns the negative, in which light codes on dark become dark codes on light.
    pub(super) fn inverted(&self) -> Self {
        Self { pixels: self.pixels.iter().map(|gray| !gray).collect(), ..*self }
    }
}

/// Returns the size as `usize` if it is not zero, not too large, and matches the number of bytes.
fn checked_size(width: u32, height: u32, bytes: usize, bytes_a_pixel: usize) -> Result<(usize, usize), QrError> {
    let size = usize::try_from(width).ok().zip(usize::try_from(height).ok());
    let (width, height) = size.ok_or(QrError::TooLarge)?;
    let pixels = width.checked_mul(height).filter(|&n| n <= MAX_SOURCE_PIXELS).ok_or(QrError::TooLarge)?;
    if pixels == 0 {
        return Err(QrError::Empty);
    }
    if pixels.checked_mul(bytes_a_pixel) != Some(bytes) {
        return Err(QrError::WrongLength);
    }
    Ok((width, height))
}

/// Returns the smallest integer factor that reduces the image to the allowed size.
fn reduction(width: usize, height: usize) -> usize {
    let fits = |factor: &usize| {
        let (w, h) = (width.div_ceil(*factor), height.div_ceil(*factor));
        w.max(h) <= MAX_WORK_SIDE && w.saturating_mul(h) <= MAX_WORK_PIXELS
    };
    (1..=width.max(height)).find(fits).unwrap_or(1)
}

/// Returns the gray value of a pixel on white, with the weights of ITU-R BT.601.
///
/// Opaque pixels skip the division, which would take longer than the entire thresholding. Screenshots contain no
/// others.
#[inline]
#[expect(clippy::arithmetic_side_effects, reason = "bytes times weights that add up to 256 stay below 2^24")]
fn on_white(&[red, green, blue, alpha]: &[u8; 4]) -> u8 {
    let gray = (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) >> 8;
    let seen = match alpha {
        u8::MAX => gray,
        _ => (gray * u32::from(alpha) + 255 * u32::from(u8::MAX - alpha) + 127) / 255,
    };
    (seen & 0xff) as u8
}

/// Scales an image down by an integer factor. Each pixel is the mean of a block, which may be cut off at the edge.
fn reduce<T>(width: usize, factor: usize, source: &[T], gray: impl Fn(&T) -> u8) -> Luma {
    let mut sums = vec![0_u32; width.div_ceil(factor)];
    let mut pixels = Vec::new();
    for band in source.chunks(width.saturating_mul(factor)) {
        sums.fill(0);
        for row in band.chunks_exact(width) {
            for (sum, block) in sums.iter_mut().zip(row.chunks(factor)) {
                *sum = block.iter().fold(*sum, |sum, pixel| sum.saturating_add(u32::from(gray(pixel))));
            }
        }
        let blocks = band.chunks_exact(width).next().unwrap_or_default().chunks(factor);
        let rows = band.len().checked_div(width).unwrap_or(1);
        pixels.extend(sums.iter().zip(blocks).map(|(sum, block)| mean(*sum, block.len().saturating_mul(rows))));
    }
    let height = pixels.len().checked_div(sums.len()).unwrap_or(0);
    Luma { width: sums.len(), height, pixels, source_scale: factor }
}

/// Returns the mean of `count` bytes with this sum.
fn mean(sum: u32, count: usize) -> u8 {
    let mean = u32::try_from(count).ok().and_then(|count| sum.checked_div(count));
    mean.and_then(|mean| u8::try_from(mean).ok()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Luma, MAX_WORK_PIXELS};
    use crate::qr::QrError;

    #[test]
    fn dimensions_that_do_not_match_the_pixels_are_rejected() {
        assert_eq!(Luma::from_rgba(0, 4, &[]).unwrap_err(), QrError::Empty);
        assert_eq!(Luma::from_rgba(2, 2, &[0; 15]).unwrap_err(), QrError::WrongLength);
        assert_eq!(Luma::from_rgba(u32::MAX, u32::MAX, &[]).unwrap_err(), QrError::TooLarge);
        assert_eq!(Luma::from_gray(6_000, 6_000, Vec::new()).unwrap_err(), QrError::TooLarge);
    }

    #[test]
    fn a_half_transparent_pixel_is_blended_with_white() {
        let luma = Luma::from_rgba(1, 1, &[0, 0, 0, 128]).unwrap();
        assert_eq!(luma.pixels(), [127]);
    }

    #[test]
    fn a_picture_too_large_to_work_on_is_halved() {
        let luma = Luma::from_gray(4_001, 3_000, vec![7; 4_001 * 3_000]).unwrap();
        assert_eq!((luma.width(), luma.height(), luma.source_scale()), (2_001, 1_500, 2));
        assert!(luma.pixels().len() <= MAX_WORK_PIXELS && luma.pixels().iter().all(|&gray| gray == 7));
    }

    #[test]
    fn a_picture_too_long_for_the_detector_is_made_shorter() {
        let luma = Luma::from_gray(40_000, 2, vec![0; 80_000]).unwrap();
        assert_eq!((luma.width(), luma.height()), (13_334, 1));
    }
}
