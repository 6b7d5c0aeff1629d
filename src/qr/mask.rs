//! A black-and-white mask: the result of a threshold, and the input for finding patterns.

use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitMatrix};

/// A mask with one Boolean per pixel: true is dark.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    width: usize,
    dark: Vec<bool>,
}

impl Mask {
    /// Creates a mask with rows of `width` pixels.
    pub(super) fn new(width: usize, dark: Vec<bool>) -> Self {
        Self { width, dark }
    }

    /// Returns the inverted mask, in which light codes on dark become dark codes on light.
    pub(super) fn flipped(&self) -> Self {
        Self { width: self.width, dark: self.dark.iter().map(|dark| !dark).collect() }
    }

    /// Returns the rows from top to bottom.
    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, bool> {
        self.dark.chunks_exact(self.width)
    }

    /// Converts the mask to the detector's bit matrix, one word at a time; `None` if it is empty.
    pub(super) fn to_matrix(&self) -> Option<BitMatrix> {
        let size = u32::try_from(self.width).ok().zip(u32::try_from(self.rows().len()).ok());
        let (width, height) = size?;
        let mut matrix = BitMatrix::new(width, height).ok()?;
        let mut bits = BitArray::with_size(self.width);
        for (y, row) in (0..height).zip(self.rows()) {
            for (at, run) in row.chunks(BIT_FIELD_BASE_BITS).enumerate() {
                let word = run.iter().rev().fold(0, |word, &dark| (word << 1) | usize::from(dark));
                bits.setBulk(at.saturating_mul(BIT_FIELD_BASE_BITS), word);
            }
            matrix.setRow(y, &bits);
        }
        Some(matrix)
    }
}
