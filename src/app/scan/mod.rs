//! Scanning: the accounts in a QR code, a picture or a pasted text are first shown on cards, and saved when the user
//! confirms.

pub(in crate::app) mod multi_part;
pub(in crate::app) mod requests;
pub(in crate::app) mod results;
pub(in crate::app) mod save;
