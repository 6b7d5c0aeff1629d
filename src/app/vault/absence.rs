//! Locks the vault if the user is away: after the computer slept, and after a time without mouse or keyboard.
//!
//! While the vault is unlocked, an alarm calls [`App::record_awake`] every minute. Alarms do not fire while the
//! computer sleeps, so a gap between two calls shows that it did. This works on every system, also where the browser
//! does not report a locked screen.

use serde::{Deserialize, Serialize};

use crate::app::session::Session;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::vault::{Area, Store};

/// The longest time between two alarms of a computer that is awake, in seconds. An alarm fires every minute, but a busy
/// browser may delay it.
const MAX_GAP_SECONDS: u64 = 180;

/// The limits of the open vault that the check for absence applies. They are stored separately, so that the key and
/// the secrets are not loaded into memory every minute.
#[derive(Serialize, Deserialize)]
struct AbsenceRule {
    /// The time without mouse or keyboard after which the vault is locked, in seconds, or 0 for never.
    idle_seconds: u64,
    /// When the vault is locked in any case, in seconds since 1970.
    lock_at: u64,
}

impl<P: Platform> App<P> {
    /// Notes that the computer is awake. Returns the time without mouse or keyboard after which the caller has to lock
    /// the vault, in seconds, or 0 for never. Returns `None` if there is nothing to lock, so that the alarm can end.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn record_awake(&self, now: u64) -> Result<Option<u64>, AppError> {
        if let Some(seconds) = self.apply_absence_rule(now).await? {
            return Ok(seconds);
        }
        match self.store_absence_rule(now).await {
            Ok(()) => Ok(self.apply_absence_rule(now).await?.flatten()),
            Err(error @ AppError::Store(_)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Opens the vault, and stores the rule for it if it has a password.
    async fn store_absence_rule(&self, now: u64) -> Result<(), AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        if !session.has_password() {
            return Ok(());
        }
        let idle_seconds = session.vault.settings.lock_when_idle_seconds;
        let rule = AbsenceRule { idle_seconds, lock_at: session.lock_at };
        self.remember(SessionKey::AbsenceRule.name(), &rule).await
    }

    /// Does the same as [`App::record_awake`] by the stored rule, without opening the vault. Returns `None` if no rule
    /// is stored.
    async fn apply_absence_rule(&self, now: u64) -> Result<Option<Option<u64>>, AppError> {
        let mut session = self.session.lock().await;
        let names = [SessionKey::AbsenceRule, SessionKey::AwakeAt].map(SessionKey::name);
        let mut stored = self.store.load(Area::Session, &names).await?;
        let awake_at = stored.pop().flatten();
        let rule = stored.pop().flatten().and_then(|rule| serde_json::from_str::<AbsenceRule>(&rule).ok());
        let Some(rule) = rule else { return Ok(None) };
        self.awake_at.set(awake_at.and_then(|seconds| seconds.parse().ok()));
        if now >= rule.lock_at || self.has_slept(now) {
            *session = None;
            self.forget_key().await?;
            return Ok(Some(None));
        }
        self.store.commit(Area::Session, vec![(SessionKey::AwakeAt.name(), Some(now.to_string()))]).await?;
        self.awake_at.set(Some(now));
        // The policy may have changed since the vault was opened.
        Ok(Some(Some(self.policy().await.lock_when_idle_seconds(rule.idle_seconds))))
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
