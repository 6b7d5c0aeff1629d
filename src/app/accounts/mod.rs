//! Accounts: adding them by hand, changing one or several, and computing how the list shows them.

pub(in crate::app) mod arrange;
pub(in crate::app) mod bulk_actions;
pub(in crate::app) mod edit;
pub(in crate::app) mod form;
pub(in crate::app) mod known;
pub mod list_view;
pub(in crate::app) mod recovery_codes;
pub(in crate::app) mod requests;
mod sites;
pub mod table;

pub use sites::{look_alike, released_permissions};
