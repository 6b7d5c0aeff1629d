//! What may be offered to a page, and what filled: pure decisions; the content scripts only find boxes and type digits.
//!
//! The tab's origin decides, as the browser names it. Titles, texts and addresses of a page prove nothing, and being
//! on a Casdoor server's list makes no account that server's: a code goes to a page only if the account has its
//! [`Site`](crate::vault::Site), because it was enrolled there or the user confirmed it.
//!
//! | on a connected Casdoor server | |
//! |---|---|
//! | [`decide`] | passcode boxes are there: fill, offer, wait, offer to unlock, or nothing |
//! | [`pick`] | the user picked an account in the chip |
//! | [`proposals`], [`can_confirm`] | the first use of an account here, which the user confirms in the popup |
//! | [`enrol`] | the user saves the account that the enrollment page shows |
//! | [`concerns`] | the page tells of an account: its recovery code, or what became of its code |
//! | [`Outcome`] | whether the server took a code |
//! | [`take_recovery`], [`end_recovery`] | a recovery code is filled, and struck off |
//!
//! | on any other site, when the user starts it | |
//! |---|---|
//! | [`anywhere`] | the account's code, a site to confirm first, or a look-alike to warn of |
//! | [`site_for`] | the site that a confirmation would store |
//! | [`spot`] | the document that has the field which the user means |
//! | [`field_finder`] | the field of that document which takes the code |
//!
//! Scanning any other QR code is [`crate::qr`]'s; codes are made by [`crate::otp`].
//!
//! ```
//! use casdoor_authenticator::autofill::{decide, Frame, PageContext, PageReply, Seen, Shape};
//! use casdoor_authenticator::vault::Vault;
//!
//! let page = PageContext {
//!     origin: "https://id.example.com".into(), // from the browser, never from the page
//!     frame: Frame::Top,
//!     seen: Seen { shape: Shape::Cells, ..Seen::default() },
//! };
//! assert_eq!(decide(&page, None, 1_790_000_000), PageReply::Locked);
//! // No connection to this server: there is nothing for the page.
//! assert_eq!(decide(&page, Some(&Vault::default()), 1_790_000_000), PageReply::Nothing);
//! ```

mod anywhere;
mod decide;
mod domain_families;
mod enrol;
pub mod field_finder;
mod first_use;
mod frames;
mod look_alike;
mod message;
mod outcome;
mod recovery;
mod site;

pub use anywhere::{Anywhere, anywhere};
pub use decide::{Frame, LEAD_SECONDS, PageContext, concerns, decide, is_labelled, makes_passcodes, passcode, pick};
pub use domain_families::is_one_vendor;
pub use enrol::{Enrollment, EnrolmentError, Ink, enrol, ink, is_canvas_size};
pub use first_use::{can_confirm, proposals};
pub use frames::{Look, Spot, spot};
pub use look_alike::looks_like;
pub use message::{OfferEntry, PageReply, PageRequest, Refusal, Seen, Shape};
pub use outcome::{Outcome, Verdict};
pub use recovery::{end_recovery, give_back_recovery, take_recovery};
pub use site::{allows, origin_of, registrable_domain, site_for};
