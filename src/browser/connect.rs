//! Signs in to a server, in the browser's sign-in window if the user has to interact with it.
//!
//! The window only signs the user in. The worker requests the authorization code itself; see
//! [`request_code`](crate::casdoor::sign_in::request_code). The data in the window's redirect is discarded unread.

use std::collections::BTreeSet;
use std::future::Future;

use gloo::timers::future::sleep;
use js_sys::{Array, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::chrome::{self, from_js, to_js};
use super::worker::WorkerApp;
use super::{now_milliseconds, now_seconds};
use crate::app::protocol::{Connected, ConnectionCard};
use crate::app::{AppError, SignInPage, SignInStep, permission_pattern};
use crate::casdoor::CasdoorError;
use crate::message;
use crate::secret::Secret;
use crate::vault::ConnectionId;
use std::time::Duration;

/// Interval between two checks of the sign-in window's URL or of a permission.
const CHECK_INTERVAL: Duration = Duration::from_millis(400);
/// Maximum number of checks for the user's permission to access a server, which take about a minute.
const MAX_PERMISSION_CHECKS: u32 = 150;

/// Signs in to the server that was looked up last.
pub(super) async fn sign_in(
    app: &WorkerApp,
    application: Option<String>,
    client_id: Option<String>,
) -> Result<Connected, AppError> {
    let begun = app.begin_sign_in(application, client_id, &chrome::redirect_url(), now_seconds()).await?;
    complete_sign_in(|| app.continue_sign_in(&begun, &now_milliseconds)).await
}

/// Signs in to a server that the organization's policy names. The popup requests host access in the same click. Because
/// the browser's prompt closes the popup, the worker waits for the user's answer.
pub(super) async fn sign_in_managed(
    app: &WorkerApp,
    server: usize,
    password: Option<Secret<String>>,
) -> Result<Connected, AppError> {
    let policy = app.policy().await;
    let address = policy.servers.get(server).and_then(|server| app.server_address(&server.address, true).ok());
    let address = address.ok_or(AppError::NothingPending)?;
    app.prepare_managed_sign_in(server, password, now_seconds()).await?;
    let wanted = to_js(&serde_json::json!({ "origins": [permission_pattern(&address)] }));
    for _ in 0..MAX_PERMISSION_CHECKS {
        if chrome::permissions_contain(&wanted).await.is_ok_and(|granted| granted.is_truthy()) {
            let begun = app.begin_managed_sign_in(server, &chrome::redirect_url(), now_seconds()).await?;
            return complete_sign_in(|| app.continue_sign_in(&begun, &now_milliseconds)).await;
        }
        sleep(CHECK_INTERVAL).await;
    }
    Err(AppError::Message(message!("connect_not_allowed")))
}

/// Signs in again as the same user: silently if the browser has a session at the server, otherwise in the sign-in
/// window.
pub(super) async fn sign_in_again(app: &WorkerApp, id: ConnectionId) -> Result<Vec<ConnectionCard>, AppError> {
    app.begin_renewal(id, &chrome::redirect_url(), now_seconds()).await?;
    complete_sign_in(|| app.continue_renewal(id, &now_milliseconds)).await?;
    app.list_connections(now_seconds()).await
}

/// Completes a sign-in. The user sees at most the login page and then, if the server asks for consent, the
/// application's page.
async fn complete_sign_in<T, F>(step: impl Fn() -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<SignInStep<T>, AppError>>,
{
    let mut last = None;
    loop {
        match step().await? {
            SignInStep::Finished(value) => return Ok(value),
            // The user completed this page, or denied the consent there, but the server still asks for it.
            SignInStep::Page(page) if last.as_ref() == Some(&page) => return Err(not_completed()),
            SignInStep::Page(page) => match show_in_window(page, &step).await? {
                WindowResult::Finished(value) => return Ok(value),
                WindowResult::Redirected(page) => last = Some(page),
            },
        }
    }
}

/// How the sign-in window ended.
enum WindowResult<T> {
    /// The sign-in is complete.
    Finished(T),
    /// The page that was shown last has redirected. This only means that the user has finished there, not that the
    /// sign-in succeeded.
    Redirected(SignInPage),
}

/// Shows a page, and pages that the server requires after it, in the browser's sign-in window until the sign-in is
/// complete, a page redirects, or the window is closed.
async fn show_in_window<T, F>(page: SignInPage, step: &impl Fn() -> F) -> Result<WindowResult<T>, AppError>
where
    F: Future<Output = Result<SignInStep<T>, AppError>>,
{
    let others: BTreeSet<u32> = windows().await.iter().map(|tab| tab.id).collect();
    let details = to_js(&serde_json::json!({ "url": page.url, "interactive": true }));
    let window = chrome::launch_web_auth_flow(&details).map_err(|error| not_finished(&error))?;
    let mut asked_at = String::new();
    let mut shown = page.clone();
    loop {
        match outcome(&window, CHECK_INTERVAL).await {
            Some(Ok(())) => return Ok(WindowResult::Redirected(shown)),
            Some(Err(error)) => {
                // The user closed the window, but may have signed in before that.
                return match step().await? {
                    SignInStep::Finished(value) => Ok(WindowResult::Finished(value)),
                    SignInStep::Page(_) => Err(not_finished(&error)),
                };
            }
            None => {}
        }
        let tabs = windows().await;
        let left = tabs.iter().find(|tab| !others.contains(&tab.id) && page.is_left_at(&tab.url));
        let Some(tab) = left.filter(|tab| tab.url != asked_at) else { continue };
        asked_at.clone_from(&tab.url);
        match step().await {
            // This window does not recognize the redirect of another page, so that page gets its own window.
            Ok(SignInStep::Page(next)) if next.redirects && !watches_every_page() => {
                let _ = chrome::tabs_remove(tab.id.into()).await;
                return Ok(WindowResult::Redirected(shown));
            }
            Ok(SignInStep::Page(next)) if next.redirects => {
                let _ = chrome::tabs_update(tab.id.into(), &to_js(&serde_json::json!({ "url": next.url }))).await;
                shown = next;
            }
            Ok(SignInStep::Page(_)) => {}
            Ok(SignInStep::Finished(value)) => {
                let _ = chrome::tabs_remove(tab.id.into()).await;
                return Ok(WindowResult::Finished(value));
            }
            Err(error) => {
                let _ = chrome::tabs_remove(tab.id.into()).await;
                return Err(error);
            }
        }
    }
}

/// Returns true if the sign-in window recognizes the redirect of every page that it shows. Firefox supports two
/// redirect URLs and recognizes only the one that the first page's URL contains.
fn watches_every_page() -> bool {
    chrome::redirect_url() == chrome::own_redirect_url()
}

/// Returns how the window ended, or `None` if it is still open after this time. The redirect URL is
/// discarded here.
async fn outcome(window: &Promise, timeout: Duration) -> Option<Result<(), JsValue>> {
    let timer = future_to_promise(async move {
        sleep(timeout).await;
        Ok(JsValue::NULL)
    });
    match JsFuture::from(Promise::race(&Array::of2(window, &timer))).await {
        Ok(value) if value.is_null() => None,
        Ok(_) => Some(Ok(())),
        Err(error) => Some(Err(error)),
    }
}

/// A tab whose address the extension may read.
#[derive(Deserialize)]
struct PopupTab {
    id: u32,
    #[serde(default)]
    url: String,
}

/// Returns the tabs of pop-up windows, which include the sign-in window.
async fn windows() -> Vec<PopupTab> {
    let popups = to_js(&serde_json::json!({ "windowType": "popup" }));
    chrome::tabs_query(&popups).await.ok().and_then(from_js).unwrap_or_default()
}

fn not_completed() -> AppError {
    CasdoorError::SignInRejected.into()
}

/// Returns the error to report. Only the error's text distinguishes a closed window from a page that failed to load.
fn not_finished(error: &JsValue) -> AppError {
    let text = Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
    if text.contains("could not be loaded") {
        return AppError::Message(message!("connect_not_loaded"));
    }
    CasdoorError::Cancelled.into()
}
