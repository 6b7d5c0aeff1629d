//! Decodes a grid of modules to the content of a code.

use rxing::common::BitMatrix;

use super::content::Content;
use super::{codewords, segments};

/// Returns the content of a grid of modules if it is a valid QR code that is not empty.
pub(super) fn content(modules: &BitMatrix) -> Option<Content> {
    let codewords = codewords::of_qr(modules)?;
    segments::parse(&codewords).filter(|content| !content.is_empty())
}
