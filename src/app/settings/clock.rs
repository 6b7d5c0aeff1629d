//! Corrects codes if this device's clock is wrong.

use crate::app::protocol::Screen;
use crate::app::{App, AppError, Platform};
use crate::vault::ConnectionId;

/// More than a year, for a clock that has lost its date. A server that differs by more has no usable clock.
const MAX_CORRECTION_SECONDS: i64 = 400 * 24 * 60 * 60;

impl<P: Platform> App<P> {
    /// Generates codes for a time that is this many seconds ahead of this device's clock: all codes, or those of the
    /// accounts that were enrolled on one connection's server.
    pub(in crate::app) async fn correct_clock(
        &self,
        seconds: i64,
        connection: Option<ConnectionId>,
        now: u64,
    ) -> Result<Screen, AppError> {
        let seconds = seconds.clamp(-MAX_CORRECTION_SECONDS, MAX_CORRECTION_SECONDS);
        self.change_and_paint(now, |session| {
            let is_connected = connection.is_some_and(|id| session.vault.connection(id).is_some());
            let settings = &mut session.vault.settings;
            match connection {
                Some(id) if seconds != 0 && is_connected => {
                    settings.server_corrections.insert(id, seconds);
                }
                Some(id) => {
                    settings.server_corrections.remove(&id);
                }
                None => {
                    settings.clock_correction_seconds = seconds;
                    if seconds == 0 {
                        settings.server_corrections.clear();
                    }
                }
            }
            Ok(())
        })
        .await
    }
}
