//! Points in time that are exact to the millisecond, and clocks.
//!
//! Vault, servers and codes use whole seconds since 1970, which are plain numbers. A separate type for milliseconds
//! prevents that one is taken for the other.

use serde::Serialize;
use std::time::Duration;

/// A point in time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnixMilliseconds(pub u64);

/// A running clock, for work during which time passes.
pub type Clock<'a> = &'a dyn Fn() -> UnixMilliseconds;

impl UnixMilliseconds {
    /// Returns the beginning of a second since 1970.
    pub fn of_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Returns the complete seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0.div_euclid(1000)
    }

    /// Returns the time that has passed since an earlier point; zero if that one is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Returns the point in time after a duration.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_millis().try_into().unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_complete_and_durations_do_not_overflow() {
        assert_eq!(UnixMilliseconds(1_999).seconds(), 1);
        assert_eq!(UnixMilliseconds::of_seconds(2).since(UnixMilliseconds(1_999)), Duration::from_millis(1));
        assert_eq!(UnixMilliseconds(1).since(UnixMilliseconds(2)), Duration::ZERO);
        assert_eq!(UnixMilliseconds(u64::MAX).after(Duration::MAX), UnixMilliseconds(u64::MAX));
    }
}
