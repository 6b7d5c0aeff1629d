//! Locks the vault if the user is away: after the computer slept, and after a time without mouse or keyboard.
//!
//! While the vault is unlocked, an alarm calls [`App::note_awake`] every minute. Alarms do not fire while the computer
//! sleeps, so a gap between two calls shows that it did. This works on every system, also where the browser does not
//! report a locked screen.

use crate::app::session::Session;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::vault::{Area, Store};

/// The longest time between two alarms of a computer that is awake, in seconds. An alarm fires every minute, but a busy
/// browser may delay it.
const MAX_GAP_SECONDS: u64 = 180;

impl<P: Platform> App<P> {
    /// Notes that the computer is awake. Returns the time without mouse or keyboard after which the caller has to lock
    /// the vault, in seconds, or 0 for never. Returns `None` if there is nothing to lock, so that the alarm can end.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn note_awake(&self, now: u64) -> Result<Option<u64>, AppError> {
        let mut open = match self.open(now).await {
            Ok(open) => open,
            Err(error @ AppError::Store(_)) => return Err(error),
            Err(_) => return Ok(None),
        };
        let session = open.session()?;
        if !session.has_password() {
            return Ok(None);
        }
        let noted = vec![(SessionKey::AwakeAt.name(), Some(now.to_string()))];
        self.store.commit(Area::Session, noted).await?;
        self.awake_at.set(Some(now));
        Ok(Some(session.vault.settings.lock_when_idle_seconds))
    }

    /// Returns `true` if the session must end, because its time is up or the computer slept.
    pub(in crate::app) fn is_over(&self, session: &Session, now: u64) -> bool {
        now >= session.lock_at || (session.has_password() && self.has_slept(now))
    }

    /// Returns `true` if the computer slept since the last alarm.
    pub(in crate::app) fn has_slept(&self, now: u64) -> bool {
        self.awake_at.get().is_some_and(|awake| now > awake.saturating_add(MAX_GAP_SECONDS))
    }
}
