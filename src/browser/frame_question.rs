//! Asks whether an account may be filled in a frame of another site. The question names both that site and the site of
//! the page around it.

use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::fill::{Target, question, rejected};
use super::worker::WorkerApp;
use super::{now_milliseconds, now_seconds};
use crate::app::protocol::{FrameOfSite, Reply, Request, SiteQuestion, SiteWarning};
use crate::app::{AppError, permission_pattern, released_permissions};
use crate::autofill::field_finder::Pointing;
use crate::autofill::{DocumentState, FillDecision, site_for, unseen_frame};
use crate::casdoor::ServerAddress;
use crate::vault::AccountId;

/// A frame that the extension cannot access.
pub(super) struct InaccessibleFrame {
    /// The origin that the page names for it, if any.
    named: Option<String>,
}

impl InaccessibleFrame {
    pub(super) fn from_documents(documents: &[DocumentState]) -> Self {
        Self { named: unseen_frame(documents).map(str::to_owned) }
    }
}

/// Returns the question whether to fill the focused frame, which the extension cannot access yet. The question shows
/// the origin that the page names for the frame. If the user agrees, filling depends on the origin that the browser
/// then reports. Only the popup can ask.
pub(super) async fn about_unseen(
    app: &WorkerApp,
    id: AccountId,
    target: &Target,
) -> Option<Result<SiteQuestion, AppError>> {
    let origin = target.instead.as_ref()?.named.as_deref().filter(|_| target.pointing == Pointing::Nowhere)?;
    let permission = permission_pattern(&ServerAddress::parse(origin, true).ok()?);
    let wanted = to_js(&serde_json::json!({ "origins": [&permission] }));
    if chrome::permissions_contain(&wanted).await.is_ok_and(|granted| granted.is_truthy()) {
        // The extension can already access the named origin, so the frame must have navigated to another one.
        return None;
    }
    let site = site_for(origin)?;
    let question = match app.fill_decision(id, origin, now_seconds()).await {
        Ok(FillDecision::Type { .. } | FillDecision::TypeNextCounter | FillDecision::Wait { .. }) => {
            question(&site, origin, SiteWarning::None)
        }
        Ok(other) => rejected(&other, origin).ok()?,
        Err(error) => return Some(Err(error)),
    };
    let frame = Some(frame_of_site(origin, &target.origin, Some(permission)));
    Some(Ok(SiteQuestion { frame, ..question }))
}

/// Removes a site, and releases the permission for it unless another site or a connection needs it.
pub(super) async fn remove_site(app: &WorkerApp, request: Request) -> Reply {
    #[derive(Deserialize)]
    struct Granted {
        #[serde(default)]
        origins: Vec<String>,
    }
    let before = app.sites(now_seconds()).await.unwrap_or_default();
    let reply = app.handle(request, &now_milliseconds).await;
    let (Ok(after), Ok(servers)) = (app.sites(now_seconds()).await, app.servers(now_seconds()).await) else {
        return reply;
    };
    let granted = chrome::permissions_all().await.ok().and_then(from_js::<Granted>);
    let granted = granted.map(|granted| granted.origins).unwrap_or_default();
    let released = released_permissions(granted, &before, &after, &servers);
    if !released.is_empty() {
        // Fails if the manifest itself grants the host, as in test builds.
        let _ = chrome::permissions_remove(&to_js(&serde_json::json!({ "origins": released }))).await;
    }
    reply
}

/// Describes a frame of this origin in a page of another one.
pub(super) fn frame_of_site(origin: &str, page: &str, permission: Option<String>) -> FrameOfSite {
    let host = |origin: &str| origin.split_once("://").map_or(origin, |(_, host)| host).to_owned();
    FrameOfSite { host: host(origin), page: host(page), permission }
}
