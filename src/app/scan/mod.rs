//! What a scan, a picture or a pasted text holds: shown on cards first, saved when the user says so.

pub(in crate::app) mod multi_part;
pub(in crate::app) mod results;
pub(in crate::app) mod save;
