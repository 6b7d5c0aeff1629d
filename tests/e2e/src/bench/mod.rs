//! Measures the built extension: download size, time from click to first code, worker times, merge, and the server
//! requests of a sync.
//!
//! Times are medians of interleaved rounds. The same run measures a *baseline*, the smallest popup that could show a
//! code. The machine's load affects both, so compare them with each other and not with results from another day.

mod fill;
mod floor;
mod merging;
mod opening;
mod sizes;
mod subject;
mod syncing;
mod work;

pub use fill::fills;
pub use floor::write_floor;
pub use merging::{Merging, merging};
pub use opening::{Opening, Sample, Subject, median, rounds, warm_up};
pub use sizes::{Size, sizes};
pub use subject::copies;
pub use syncing::{Syncing, syncing};
pub use work::{Work, codes, scans, unlock};
