//! Reads every QR code in a screenshot or image: pixels in, texts out.
//!
//! In screenshots, codes may be small, light on dark, surrounded by text and frames, or drawn with dots or a logo, and
//! there may be several. [`read`] tries one threshold after the other, each in both polarities. It does not interpret
//! the texts; [`otp`](crate::otp) and [`exchange`](crate::exchange) do.
//!
//! | stage | image | threshold | additionally reads |
//! |---|---|---|---|
//! | 0 | original | per block | nine out of ten screenshots |
//! | 1 | original | mean of 33x33 pixels | gray on gray, two hues of equal brightness, shadows |
//! | 2 | half size | per block | dots, noise |
//! | 3, 4 | half and full size, seams closed | per block | text art, modules with gaps |
//! | 5 | cut-out regions with a code's texture | global, and others | codes without a margin, in frames, or next to easier ones |
//! | 6 | double size | per block | tiny modules |
//! | 7 | original, and triple size with a margin | per block, global | Micro QR and rectangular Micro QR codes |
//!
//! Stages 1 to 4, 6 and 7 run only if nothing was found before. Regions that look like a code in which nothing was read
//! are always examined.
//!
//! The detector of `rxing` finds and samples codes, `rqrr` reads their modules, and `rxing` corrects errors. This
//! module never reads a clock: the caller decides when time is up and gets what was found by then.
//!
//! ```
//! use casdoor_authenticator::qr::{self, Luma};
//!
//! let white = Luma::from_rgba(64, 64, &[255; 64 * 64 * 4])?;
//! let found = qr::read(&white, || false);
//! assert!(found.is_empty());
//! # Ok::<(), qr::QrError>(())
//! ```

mod block_threshold;
mod close_gaps;
mod code;
mod codewords;
mod content;
mod crop;
mod decode;
mod finder;
mod global_threshold;
mod luma;
mod mask;
mod mean_threshold;
mod region;
mod scale;
mod segments;
mod small_symbol;
mod stages;
mod symbol;
mod time_limit;

use crate::message;
use crate::message::Message;

pub use code::{CodePart, Point, QrCode};
pub use luma::{Luma, MAX_SOURCE_PIXELS, MAX_WORK_PIXELS, MAX_WORK_SIDE};

/// The reason why an image was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum QrError {
    /// The image has no pixels.
    Empty,
    /// The image has more than [`MAX_SOURCE_PIXELS`].
    TooLarge,
    /// The number of bytes does not match the width and height.
    WrongLength,
}

impl QrError {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Empty => message!("qr_empty_picture"),
            Self::TooLarge => message!("qr_picture_too_large", MAX_SOURCE_PIXELS),
            Self::WrongLength => message!("qr_damaged_picture"),
        }
    }
}

/// Reads every code in an image until `expired` returns true.
///
/// `expired` is called between units of work of a few milliseconds; the extension allows 1.5 seconds. Duplicate codes
/// are returned once. Parts of one text are joined if all are present.
pub fn read(image: &Luma, mut expired: impl FnMut() -> bool) -> Vec<QrCode> {
    stages::read(image, &mut time_limit::TimeLimit::new(&mut expired))
}
