//! The machine's clock, which browser, server and test share.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns seconds since 1970.
pub fn unix_seconds() -> i64 {
    i64::try_from(since_1970().as_secs()).unwrap_or(i64::MAX)
}

/// Returns milliseconds since 1970, with fractions.
pub fn unix_milliseconds() -> f64 {
    since_1970().as_secs_f64() * 1000.0
}

fn since_1970() -> Duration {
    // With a clock before 1970, every comparison fails, as it should.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
