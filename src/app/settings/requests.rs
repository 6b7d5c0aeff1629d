//! Handles the requests about settings.

use crate::app::effects::Effect;
use crate::app::protocol::{
    CorrectClock, Diagnose, ReadPolicy, ReadSettings, Reply, SetLanguage, SetSettings, SettingsRequest,
};
use crate::app::{App, Platform};
use crate::time::Clock;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn settings_request(&self, request: SettingsRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            SettingsRequest::ReadSettings(_) => Reply::to::<ReadSettings>(self.read_settings(now).await),
            SettingsRequest::SetSettings(SetSettings { settings }) => {
                Reply::to::<SetSettings>(self.set_settings(settings, now).await)
            }
            SettingsRequest::SetLanguage(SetLanguage { language }) => {
                Reply::to::<SetLanguage>(self.set_language(&language).await)
            }
            SettingsRequest::ReadPolicy(_) => Reply::to::<ReadPolicy>(Ok(self.policy_with_unknown_keys().await)),
            SettingsRequest::CorrectClock(CorrectClock { seconds, connection }) => {
                Reply::to::<CorrectClock>(self.correct_clock(seconds, connection, now).await)
            }
            SettingsRequest::Diagnose(_) => Reply::to::<Diagnose>(self.diagnose(now).await),
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &SettingsRequest) -> &'static [Effect] {
    match request {
        SettingsRequest::SetLanguage(_) => &[Effect::CreateMenu],
        SettingsRequest::ReadSettings(_)
        | SettingsRequest::SetSettings(_)
        | SettingsRequest::ReadPolicy(_)
        | SettingsRequest::CorrectClock(_)
        | SettingsRequest::Diagnose(_) => &[],
    }
}
