//! Requests from content scripts.

pub(in crate::app) mod content_scripts;
mod remembered_fields;
