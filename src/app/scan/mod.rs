//! Scanning: the accounts in a QR code, a picture or a pasted text are shown on cards first, and saved when the user
//! decides so.

pub(in crate::app) mod multi_part;
pub(in crate::app) mod results;
pub(in crate::app) mod save;
