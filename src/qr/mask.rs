//! Which pixels are dark: what every threshold makes of a gray picture, and what finder patterns are looked for in.

use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitMatrix};

/// One truth a pixel: is it dark?
#[derive(Clone, Debug)]
pub(super) struct Mask {
    width: usize,
    dark: Vec<bool>,
}

impl Mask {
    /// Rows of `width` truths each.
    pub(super) fn new(width: usize, dark: Vec<bool>) -> Self {
        Self { width, dark }
    }

    /// Light for dark: what is light on dark becomes dark on light.
    pub(super) fn flipped(&self) -> Self {
        Self { width: self.width, dark: self.dark.iter().map(|dark| !dark).collect() }
    }

    /// The rows from the top.
    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, bool> {
        self.dark.chunks_exact(self.width)
    }

    /// The same as the detector wants it, a word of bits at a time; nothing for a picture without pixels.
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
