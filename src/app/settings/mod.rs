//! Settings, the language, the clock correction, and information for a bug report.

pub(in crate::app) mod clock;
pub(in crate::app) mod diagnostics;
pub(in crate::app) mod language;
pub(in crate::app) mod requests;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::vault::{Area, Settings, Store};

impl<P: Platform> App<P> {
    pub(in crate::app) async fn set_settings(&self, settings: Settings, now: u64) -> Result<Settings, AppError> {
        let mut density_changes = false;
        let reply = self.change(now, |session| {
            // From a minute to a month. A changed time starts now.
            let lock_after_seconds = settings.lock_after_seconds.clamp(60, 30 * 24 * 60 * 60);
            let lock_after_seconds = session.policy.lock_after_seconds(lock_after_seconds);
            if session.has_password() && session.vault.settings.lock_after_seconds != lock_after_seconds {
                session.lock_at = now.saturating_add(lock_after_seconds);
            }
            let idle = settings.lock_when_idle_seconds;
            let idle = if idle == 0 { 0 } else { idle.clamp(60, 24 * 60 * 60) };
            let lock_when_idle_seconds = session.policy.lock_when_idle_seconds(idle);
            let [smallest, .., largest] = Settings::TEXT_SIZES;
            let text_size_percent = settings.text_size_percent.clamp(smallest, largest);
            density_changes = session.vault.settings.density != settings.density;
            // A page's copy of the settings may be older than the user's last choice of a field.
            let remembered_fields = std::mem::take(&mut session.vault.settings.remembered_fields);
            session.vault.settings = Settings {
                lock_after_seconds,
                lock_when_idle_seconds,
                text_size_percent,
                remembered_fields,
                ..settings
            };
            Ok(session.vault.settings.clone())
        });
        let reply = reply.await?;
        // Both were derived from the former settings: the rule for absence, and the positions of the popup's rows.
        let mut outdated = vec![(SessionKey::AbsenceRule.name(), None)];
        outdated.extend(density_changes.then_some((SessionKey::FirstFrame.name(), None)));
        self.store.commit(Area::Session, outdated).await?;
        Ok(reply)
    }

    pub(in crate::app) async fn read_settings(&self, now: u64) -> Result<Settings, AppError> {
        self.read(now, |session| Ok(session.vault.settings.clone())).await
    }
}
