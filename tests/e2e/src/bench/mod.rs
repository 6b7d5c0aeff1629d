//! Measures the built extension: download size, time from click to first code, worker times, merge, and the server
//! requests of a sync.
//!
//! Times are medians of interleaved rounds. The same run measures a *baseline*, the smallest popup that could show a
//! code. The machine's load affects both, so compare them with each other and not with results from another day.

mod baseline_popup;
mod extension_copies;
mod fill_time;
mod merge_time;
mod package_sizes;
mod popup_opening;
mod sync_cost;
mod worker_times;

pub use baseline_popup::write_baseline;
pub use extension_copies::load_copies;
pub use fill_time::measure_fills;
pub use merge_time::{MergeTime, measure_merge};
pub use package_sizes::{Size, sizes};
pub use popup_opening::{Opening, Sample, Subject, measure_openings, median, warm_up};
pub use sync_cost::{SyncCost, measure_syncs};
pub use worker_times::{Work, codes, scans, search, unlock};
