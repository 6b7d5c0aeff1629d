//! Saving the account that Casdoor's enrollment page shows, before the page goes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decide::{connections_at, has_site, makes_passcodes};
use super::{Frame, PageContext};
use crate::message;
use crate::message::Message;
use crate::otp::{Key, KeyUri, Otp};
use crate::secret::Secret;
use crate::vault::{Account, AccountId, Connection, Keep, Vault};

/// What is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrollment {
    /// This account, with the page's origin as its site, unconfirmed.
    New(KeyUri),
    /// It is already stored: the user went back or clicked twice, or stored it before from this page's QR code.
    Known(AccountId),
}

/// Why nothing was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum EnrolmentError {
    /// The page is not one of a connected server, or lies in another site's frame.
    NotHere,
    /// Neither the picture nor the text holds an account.
    NothingThere,
    /// The picture and the text hold different secrets.
    Mismatch,
    /// Casdoor's passcodes have six digits and follow the time; this is something else.
    OtherKind,
    /// The account is stored for another site or on another server: a page cannot add its own origin to it.
    Elsewhere,
    /// The server has left too many enrolments unfinished.
    TooMany,
}

impl EnrolmentError {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::NotHere => message!("enrol_not_here"),
            Self::NothingThere => message!("enrol_nothing_there"),
            Self::Mismatch => message!("enrol_mismatch"),
            Self::OtherKind => message!("enrol_other_kind"),
            Self::Elsewhere => message!("enrol_elsewhere"),
            Self::TooMany => message!("enrol_limit"),
        }
    }
}

/// What to store for an enrollment page. `secret` is the text beside the QR code, empty where there is none; `texts` are
/// what the QR code's picture holds, as [`crate::qr`] read it from [`ink`]'s grey pixels.
///
/// Where both are there they have to agree; one of the two is enough. The text alone knows no names: the connected
/// user's stand in for them, as Casdoor itself would have written them.
///
/// # Errors
/// [`EnrolmentError`]; nothing is to be stored then.
pub fn enrol(
    page: &PageContext,
    secret: &str,
    texts: &[Secret<String>],
    vault: &Vault,
) -> Result<Enrollment, EnrolmentError> {
    let connections = connections_at(vault, &page.origin);
    let connection = connections.first().filter(|_| page.frame != Frame::Foreign).ok_or(EnrolmentError::NotHere)?;
    // Spent here: the secret is what the user asked to be stored.
    let mut shown = texts.iter().filter_map(|text| text.expose().parse::<KeyUri>().ok());
    let uri = match (shown.next(), Key::from_base32(secret)) {
        (Some(uri), _) if shown.any(|other| other.otp != uri.otp) => return Err(EnrolmentError::Mismatch),
        (Some(uri), Ok(key)) if uri.otp.key != key => return Err(EnrolmentError::Mismatch),
        (Some(uri), _) => uri,
        (None, Ok(key)) => named_after(connection, connections.len() == 1, key),
        (None, Err(_)) => return Err(EnrolmentError::NothingThere),
    };
    if !makes_passcodes(&uri.otp) {
        return Err(EnrolmentError::OtherKind);
    }
    match vault.accounts.iter().find(|account| account.otp == uri.otp) {
        Some(account) if is_this_servers(account, page, &connections) => Ok(Enrollment::Known(account.id)),
        Some(_) => Err(EnrolmentError::Elsewhere),
        None if unconfirmed_at(vault, &page.origin) >= MAX_UNCONFIRMED => Err(EnrolmentError::TooMany),
        None => Ok(Enrollment::New(uri)),
    }
}

/// Most unconfirmed accounts of one origin: a page that enrols again and again must not fill the vault.
const MAX_UNCONFIRMED: usize = 10;

fn unconfirmed_at(vault: &Vault, origin: &str) -> usize {
    vault.accounts.iter().filter(|account| account.unconfirmed && has_site(account, origin)).count()
}

/// The page's origin is among the account's sites, or the account has none and is stored on no other connection.
fn is_this_servers(account: &Account, page: &PageContext, connections: &[&Connection]) -> bool {
    let is_own = match account.keep {
        Keep::Device => true,
        Keep::Connection(id) => connections.iter().any(|connection| connection.id == id),
    };
    has_site(account, &page.origin) || (account.sites.is_empty() && is_own)
}

/// Who else is connected to the same server could be meant as well: then nobody is named.
fn named_after(connection: &Connection, is_only_one: bool, key: Key) -> KeyUri {
    let name = if is_only_one { format!("{}/{}", connection.owner, connection.name) } else { String::new() };
    KeyUri { issuer: connection.owner.clone(), name, otp: Otp::standard(key) }
}

/// A grey picture of the enrollment page's QR code, ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Of the picture with its margin, in pixels.
    pub width: u32,
    /// Of the picture with its margin, in pixels.
    pub height: u32,
    /// 0 is black, row by row.
    pub grey: Vec<u8>,
}

/// The longest side of a canvas that is looked at, in pixels; Casdoor's has 160 times the screen's density.
const MAX_CANVAS_SIDE: u32 = 1024;
/// The base64 of a PNG's signature and of its size.
const PNG_FRONT_CHARS: usize = 32;

/// Whether a PNG, as a data URL, says that it is as small as a canvas that is looked at. Nothing is decoded for that: its
/// width and height stand in its first 24 bytes.
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

/// Puts a canvas on white paper with a quiet zone around it, from its RGBA pixels.
///
/// Casdoor draws the modules in the theme's text colour on a transparent ground: dark or light, what is drawn is ink.
/// A canvas without transparent pixels is taken by its brightness. `None` where the size is zero, above 1,024 or does
/// not fit the bytes.
///
/// ```
/// use casdoor_authenticator::autofill::ink;
///
/// // One white module of a dark theme on a transparent ground.
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

/// Rec. 601, in whole numbers.
fn brightness(red: u8, green: u8, blue: u8) -> u8 {
    let sum = [(red, 77_u32), (green, 150), (blue, 29)]
        .iter()
        .fold(0_u32, |sum, (value, weight)| sum.saturating_add(u32::from(*value).saturating_mul(*weight)));
    (sum >> 8).to_le_bytes()[0]
}

#[cfg(test)]
mod tests;
