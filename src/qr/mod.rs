//! Reads every QR code in a picture of a screen: pixels in, texts out.
//!
//! A screenshot is no photograph: codes are small, light on dark, crowded by text and frames, drawn with dots or a
//! logo, and there may be several. [`read`] tries one way of telling dark from light after the other, each in both
//! polarities, and knows nothing of what the texts mean: that is for [`otp`](crate::otp) and
//! [`exchange`](crate::exchange).
//!
//! | stage | picture | threshold | what it adds |
//! |---|---|---|---|
//! | 0 | as it is | block by block | nine of ten screenshots |
//! | 1 | as it is | mean of 33x33 pixels | gray on gray, two hues of one gray, veils |
//! | 2 | half its size | block by block | dots, noise |
//! | 3, 4 | half and full size, seams closed | block by block | text art, modules with gaps |
//! | 5 | regions with a code's texture, cut out | one for all, and others | no margin, frames, codes beside easier ones |
//! | 6 | twice its size | block by block | tiny modules |
//!
//! Stages 1 to 4 and 6 are for pictures in which nothing was found before; regions that were not read are always looked
//! at.
//!
//! The detector of `rxing` finds and samples, `rqrr` decodes. Nothing here reads a clock; the caller says when time is
//! up, and gets what was found until then.
//!
//! ```
//! use casdoor_authenticator::qr::{self, Luma};
//!
//! let white = Luma::from_rgba(64, 64, &[255; 64 * 64 * 4])?;
//! let found = qr::read(&white, || false);
//! assert!(found.is_empty());
//! # Ok::<(), qr::QrError>(())
//! ```

mod budget;
mod close;
mod crop;
mod decode;
mod finder;
mod found;
mod hybrid;
mod ladder;
mod luma;
mod mask;
mod mean;
mod otsu;
mod parts;
mod region;
mod scale;
mod symbol;

pub use found::{Corner, Found, Part};
pub use luma::{Luma, MAX_SOURCE_PIXELS, MAX_WORK_PIXELS, MAX_WORK_SIDE};

/// Why a picture was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// It has no pixels.
    #[error("the picture has no pixels")]
    Empty,
    /// It has more than [`MAX_SOURCE_PIXELS`]: show a part of it, or a smaller copy.
    #[error("the picture has more than {MAX_SOURCE_PIXELS} pixels")]
    TooLarge,
    /// Its bytes are not as many as its width and height say.
    #[error("the number of bytes does not fit the size of the picture")]
    WrongLength,
}

impl QrError {
    /// The key of the message that tells a user.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "qr_empty_picture",
            Self::TooLarge => "qr_picture_too_large",
            Self::WrongLength => "qr_damaged_picture",
        }
    }
}

/// Reads every code in a picture, until `expired` says that time is up.
///
/// `expired` is asked often, between units of work of a few milliseconds; the product gives it 1.5 seconds. A code that
/// is there twice is told once; parts of one text are joined when all are there.
pub fn read(image: &Luma, mut expired: impl FnMut() -> bool) -> Vec<Found> {
    ladder::read(image, &mut budget::Budget::new(&mut expired))
}
