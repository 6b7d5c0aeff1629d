//! This device's clock beside the servers', and codes that are corrected by the difference.

use crate::app::board;
use crate::app::protocol::{ClockDifference, Reply, Screen};
use crate::app::session::Session;
use crate::app::{App, AppError, DeriveKey};
use crate::casdoor::Http;
use crate::secret::Entropy;
use crate::vault::{Connection, Store, SyncReport};

/// Servers accept the code before and after the present one; half a step still leaves room for a person's typing.
const TOLERATED_SECONDS: u64 = 15;
/// More than a year, for a clock that lost its date; what is further away is no clock.
const MAX_CORRECTION_SECONDS: i64 = 400 * 24 * 60 * 60;

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// Makes all codes for a time that is so many seconds ahead of this device's clock.
    pub(in crate::app) async fn correct_clock(&self, seconds: i64, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let settings = &mut open.session()?.vault.settings;
        settings.clock_correction_seconds = seconds.clamp(-MAX_CORRECTION_SECONDS, MAX_CORRECTION_SECONDS);
        self.save(&mut open, now).await?;
        let board = board::whole(open.session()?, None, now);
        Ok(Reply::Screen { screen: Screen::Board { board } })
    }
}

/// How far codes are from the time of the server that was asked last, if that is far enough to matter.
pub(in crate::app) fn difference(session: &Session) -> Option<Box<ClockDifference>> {
    let heard = |connection: &Connection| -> Option<(u64, i64, String)> {
        let SyncReport { at, clock_ahead_seconds, .. } = session.state.reports.get(&connection.id)?;
        Some((*at, (*clock_ahead_seconds)?, board::connection_name(connection).host))
    };
    let (_, ahead_seconds, host) = session.vault.connections.iter().filter_map(heard).max_by_key(|heard| heard.0)?;
    let off_by_seconds = ahead_seconds.abs_diff(session.vault.settings.clock_correction_seconds);
    (off_by_seconds > TOLERATED_SECONDS).then(|| Box::new(ClockDifference { host, off_by_seconds, ahead_seconds }))
}
