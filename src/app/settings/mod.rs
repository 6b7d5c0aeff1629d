//! Settings, the clock's correction, and diagnostics for a fault report.

pub(in crate::app) mod clock;
pub(in crate::app) mod diagnostics;
