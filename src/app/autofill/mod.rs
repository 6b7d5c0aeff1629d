//! What content scripts are told.

pub(in crate::app) mod content_scripts;
