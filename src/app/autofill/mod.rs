//! Filling: the requests of content scripts, and the sites and fields that the user chose.

pub(in crate::app) mod content_scripts;
mod remembered_fields;
pub(in crate::app) mod requests;
