//! What the extension costs: bytes to download, milliseconds from the click to the first code, the worker's time, the
//! merge, and what a sync asks of a server.
//!
//! Times are medians of interleaved rounds, beside a *floor* opened in the same run: the smallest popup that could show
//! a code. A machine's load moves both, so compare the two and not the times of different days.

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
