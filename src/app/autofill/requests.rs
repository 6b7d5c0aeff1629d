//! Handles the requests about the sites where codes are filled.

use crate::app::effects::Effect;
use crate::app::protocol::{AllowSite, AutofillRequest, ForgetField, RemoveSite, Reply, RestoreSite, SaveSite};
use crate::app::{App, Platform};
use crate::time::Clock;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn autofill_request(&self, request: AutofillRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            AutofillRequest::AllowSite(AllowSite { id, origin, allowed, accepts_look_alike }) => {
                Reply::to::<AllowSite>(self.allow_site(id, &origin, allowed, accepts_look_alike, now).await)
            }
            AutofillRequest::SaveSite(SaveSite { id, form }) => {
                Reply::to::<SaveSite>(self.save_site(id, &form, now).await)
            }
            AutofillRequest::RemoveSite(RemoveSite { id, site }) => {
                Reply::to::<RemoveSite>(self.remove_site(id, &site, now).await)
            }
            AutofillRequest::RestoreSite(RestoreSite { id, site }) => {
                Reply::to::<RestoreSite>(self.restore_site(id, site, now).await)
            }
            AutofillRequest::ForgetField(ForgetField { origin }) => {
                Reply::to::<ForgetField>(self.forget_field(&origin, now).await)
            }
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &AutofillRequest) -> &'static [Effect] {
    match request {
        // Sites are not stored on servers.
        AutofillRequest::AllowSite(_)
        | AutofillRequest::SaveSite(_)
        | AutofillRequest::RemoveSite(_)
        | AutofillRequest::RestoreSite(_)
        | AutofillRequest::ForgetField(_) => &[],
    }
}
