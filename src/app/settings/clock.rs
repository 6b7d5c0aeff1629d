//! This device's clock beside the servers', and codes that are corrected by the difference.

use crate::app::protocol::Reply;
use crate::app::{App, AppError, Platform};

/// More than a year, for a clock that lost its date; what is further away is no clock.
const MAX_CORRECTION_SECONDS: i64 = 400 * 24 * 60 * 60;

impl<P: Platform> App<P> {
    /// Makes all codes for a time that is so many seconds ahead of this device's clock.
    pub(in crate::app) async fn correct_clock(&self, seconds: i64, now: u64) -> Result<Reply, AppError> {
        self.change_on_board(now, |session| {
            let corrected = seconds.clamp(-MAX_CORRECTION_SECONDS, MAX_CORRECTION_SECONDS);
            session.vault.settings.clock_correction_seconds = corrected;
            Ok(())
        })
        .await
    }
}
