//! Importing accounts from other programs' files, and exporting them.

pub(in crate::app) mod export;
pub mod file_job;
pub(in crate::app) mod import;
pub(in crate::app) mod requests;
