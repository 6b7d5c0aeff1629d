//! Determines the account that Casdoor's enrollment page shows, so that it is saved before the user continues to the
//! next step.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decide::{connections_at, has_site, makes_passcodes};
use super::{FramePosition, PageContext};
use crate::message;
use crate::message::Message;
use crate::otp::{Key, KeyUri, Otp};
use crate::secret::Secret;
use crate::vault::{Account, AccountId, Connection, StorageLocation, Vault};

/// The outcome of reading an enrollment page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrollment {
    /// A new account, to be stored as unconfirmed and with the page's origin as its site.
    New(KeyUri),
    /// The account is already stored, because the user went back, clicked twice, or scanned this page's QR code before.
    Known(AccountId),
}

/// Why nothing was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum EnrollmentError {
    /// The page does not belong to a connected server, or is in a frame of another site's page.
    NotHere,
    /// Neither the QR code nor the text contains an account.
    NothingThere,
    /// The QR code and the text contain different secrets.
    Mismatch,
    /// The account's codes are not Casdoor passcodes, which are time-based and have six digits.
    OtherKind,
    /// The account is stored for another site or on another server. A page must not add its own origin to such an
    /// account.
    Elsewhere,
    /// Too many enrollments of this server are unfinished.
    TooMany,
}

impl EnrollmentError {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::NotHere => message!("enroll_not_here"),
            Self::NothingThere => message!("enroll_nothing_there"),
            Self::Mismatch => message!("enroll_mismatch"),
            Self::OtherKind => message!("enroll_other_kind"),
            Self::Elsewhere => message!("enroll_elsewhere"),
            Self::TooMany => message!("enroll_limit"),
        }
    }
}

/// Returns what to store for an enrollment page. `secret` is the text next to the QR code, empty if there is none;
/// `texts` are the contents of the QR code, as [`crate::qr`] read them from the image that [`ink`] made.
///
/// Either one is enough; if both exist, they must agree. The text contains only the secret, so without a QR code, the
/// account is named after the connected user, as Casdoor itself would name it.
///
/// # Errors
/// [`EnrollmentError`], if nothing may be stored.
pub fn enroll(
    page: &PageContext,
    secret: &str,
    texts: &[Secret<String>],
    vault: &Vault,
) -> Result<Enrollment, EnrollmentError> {
    let connections = connections_at(vault, &page.origin);
    let connection =
        connections.first().filter(|_| page.frame != FramePosition::Foreign).ok_or(EnrollmentError::NotHere)?;
    // The secret is exposed here because the user asked to store it.
    let mut shown = texts.iter().filter_map(|text| text.expose().parse::<KeyUri>().ok());
    let uri = match (shown.next(), Key::from_base32(secret)) {
        (Some(uri), _) if shown.any(|other| other.otp != uri.otp) => return Err(EnrollmentError::Mismatch),
        (Some(uri), Ok(key)) if uri.otp.key != key => return Err(EnrollmentError::Mismatch),
        (Some(uri), _) => uri,
        (None, Ok(key)) => named_after(connection, connections.len() == 1, key),
        (None, Err(_)) => return Err(EnrollmentError::NothingThere),
    };
    if !makes_passcodes(&uri.otp) {
        return Err(EnrollmentError::OtherKind);
    }
    match vault.accounts.iter().find(|account| account.otp == uri.otp) {
        Some(account) if is_this_servers(account, page, &connections) => Ok(Enrollment::Known(account.id)),
        Some(_) => Err(EnrollmentError::Elsewhere),
        None if unconfirmed_at(vault, &page.origin) >= MAX_UNCONFIRMED => Err(EnrollmentError::TooMany),
        None => Ok(Enrollment::New(uri)),
    }
}

/// Maximum number of unconfirmed accounts per origin, so that a page cannot fill the vault by enrolling repeatedly.
const MAX_UNCONFIRMED: usize = 10;

fn unconfirmed_at(vault: &Vault, origin: &str) -> usize {
    vault.accounts.iter().filter(|account| account.unconfirmed && has_site(account, origin)).count()
}

/// Returns true if the page's origin is among the account's sites, or if the account has no site and is not stored on
/// another connection.
fn is_this_servers(account: &Account, page: &PageContext, connections: &[&Connection]) -> bool {
    let is_own = match account.location {
        StorageLocation::Device => true,
        StorageLocation::Connection(id) => connections.iter().any(|connection| connection.id == id),
    };
    has_site(account, page.address()) || (account.sites.is_empty() && is_own)
}

/// Returns an account named after the connected user, or without a name if several users are connected to the server,
/// because any of them may be enrolling.
fn named_after(connection: &Connection, is_only_one: bool, key: Key) -> KeyUri {
    let name = if is_only_one { format!("{}/{}", connection.owner, connection.name) } else { String::new() };
    KeyUri { issuer: connection.owner.clone(), name, otp: Otp::standard(key) }
}

/// A grayscale image of the enrollment page's QR code, ready to be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Width of the image including its margin, in pixels.
    pub width: u32,
    /// Height of the image including its margin, in pixels.
    pub height: u32,
    /// The pixels, row by row, from 0 (black) to 255 (white).
    pub grey: Vec<u8>,
}

/// Maximum side length of a canvas that is decoded, in pixels. Casdoor's canvas has 160 pixels times the screen's pixel
/// ratio.
const MAX_CANVAS_SIDE: u32 = 1024;
/// Number of base64 characters that encode the start of a PNG file, up to and including the image's dimensions.
const PNG_FRONT_CHARS: usize = 32;

/// Returns true if a PNG, given as a data URL, declares dimensions within the limit for canvases. Nothing is
/// decompressed: the dimensions are in its first 24 bytes.
///
/// ```
/// use casdoor_authenticator::autofill::is_canvas_size;
///
/// let png = |side: &str| format!("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{side}");
/// assert!(is_canvas_size(&png("AKAAAACg"))); // 160 by 160
/// assert!(!is_canvas_size(&png("QAAAAEAA"))); // 16,384 by 16,384
/// assert!(!is_canvas_size("data:image/png;base64,"));
/// ```
pub fn is_canvas_size(data_url: &str) -> bool {
    let front = data_url.strip_prefix("data:image/png;base64,").and_then(|text| text.get(..PNG_FRONT_CHARS));
    let Some(front) = front.and_then(|front| STANDARD.decode(front).ok()) else { return false };
    let sides: Vec<u32> = front.as_chunks::<4>().0.iter().skip(4).map(|bytes| u32::from_be_bytes(*bytes)).collect();
    sides.len() == 2 && sides.iter().all(|side| (1..=MAX_CANVAS_SIDE).contains(side))
}

/// Converts a canvas, given as RGBA pixels, to a dark-on-light grayscale image with a quiet zone around it.
///
/// Casdoor draws the modules in the theme's text color, which may be light or dark, on a transparent background, so
/// every opaque pixel counts as ink. A canvas without transparent pixels is converted by brightness. Returns `None` if
/// a side is zero or above 1,024 pixels, or if the dimensions do not match the number of bytes.
///
/// ```
/// use casdoor_authenticator::autofill::ink;
///
/// // One white module of a dark theme on a transparent background.
/// let picture = ink(2, 1, &[255, 255, 255, 255, 0, 0, 0, 0]).unwrap();
/// assert_eq!((picture.width, picture.height), (34, 33));
/// assert_eq!(picture.grey.iter().filter(|grey| **grey == 0).count(), 1);
/// ```
pub fn ink(width: u32, height: u32, rgba: &[u8]) -> Option<Ink> {
    let (pixels, rest) = rgba.as_chunks::<4>();
    let count = usize::try_from(width.checked_mul(height)?).ok()?;
    if width.max(height) > MAX_CANVAS_SIDE || count == 0 || pixels.len() != count || !rest.is_empty() {
        return None;
    }
    let margin = (width / 8).max(16);
    let clear = pixels.iter().any(|[_, _, _, alpha]| *alpha < 128);
    let grey_of = |[red, green, blue, alpha]: &[u8; 4]| match clear {
        true => !*alpha,
        false => brightness(*red, *green, *blue),
    };
    let both = margin.saturating_mul(2);
    let (full_width, full_height) = (width.saturating_add(both), height.saturating_add(both));
    let side = vec![255; usize::try_from(margin).ok()?];
    let band = vec![255; side.len().saturating_mul(usize::try_from(full_width).ok()?)];
    let mut grey = band.clone();
    for row in pixels.chunks(usize::try_from(width).ok()?) {
        grey.extend_from_slice(&side);
        grey.extend(row.iter().map(grey_of));
        grey.extend_from_slice(&side);
    }
    grey.extend_from_slice(&band);
    Some(Ink { width: full_width, height: full_height, grey })
}

/// Returns the brightness by ITU-R BT.601, in integer arithmetic.
fn brightness(red: u8, green: u8, blue: u8) -> u8 {
    let sum = [(red, 77_u32), (green, 150), (blue, 29)]
        .iter()
        .fold(0_u32, |sum, (value, weight)| sum.saturating_add(u32::from(*value).saturating_mul(*weight)));
    (sum >> 8).to_le_bytes()[0]
}

#[cfg(test)]
mod tests;
