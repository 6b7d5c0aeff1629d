//! The machine's clock, which browser, server and test share.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub fn unix_seconds() -> i64 {
    i64::try_from(since_1970().as_secs()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970, with fractions.
pub fn unix_milliseconds() -> f64 {
    since_1970().as_secs_f64() * 1000.0
}

fn since_1970() -> Duration {
    // A clock before 1970 fails every comparison that follows, which is what it should do.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
