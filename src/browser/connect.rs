//! The browser's sign-in window, and the sign-in without one.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::chrome::{self, to_js};
use super::worker::{WorkerApp, failed};
use super::{now_milliseconds, now_seconds};
use crate::app::protocol::{Reply, Request};
use crate::vault::ConnectionId;

/// How long a sign-in without a window may take, in milliseconds.
const SILENT_TIMEOUT_MS: u32 = 10_000;

const SCOPE_REFUSED: &str = "casdoor_scope_refused";

/// Signs in at the server that was looked at last. The browser's own window shows the server's page; the redirect to
/// `https://ID.chromiumapp.org/` is caught before it reaches any network.
pub(super) async fn sign_in(app: &WorkerApp, application: Option<String>, client_id: Option<String>) -> Reply {
    let reply = once(app, application.clone(), client_id.clone(), false).await;
    // The application allows only scopes of its own: asked again with none.
    if is_about_scope(&reply) { once(app, application, client_id, true).await } else { reply }
}

fn is_about_scope(reply: &Reply) -> bool {
    matches!(reply, Reply::Failed { message } if message.key == SCOPE_REFUSED)
}

async fn once(app: &WorkerApp, application: Option<String>, client_id: Option<String>, without_scope: bool) -> Reply {
    let redirect = chrome::redirect_url();
    let url = match app.begin_sign_in(application, client_id, &redirect, without_scope, now_seconds()).await {
        Ok(url) => url,
        Err(error) => return error.into(),
    };
    match window(&url).await {
        Ok(answer) => app.finish_sign_in(&answer, &now_milliseconds).await.unwrap_or_else(Reply::from),
        Err(reply) => reply,
    }
}

/// Signs in again as the same user: without a question if the browser is signed in at the server, else in the window.
pub(super) async fn sign_in_again(app: &WorkerApp, id: ConnectionId) -> Reply {
    if app.renew_silently(id, &now_milliseconds, &chrome::redirect_url(), &visit).await.is_none() {
        let mut reply = again(app, id, false).await;
        if reply.as_ref().is_err_and(is_about_scope) {
            reply = again(app, id, true).await;
        }
        if let Err(reply) = reply {
            return reply;
        }
    }
    app.handle(Request::ListConnections, now_seconds()).await
}

async fn again(app: &WorkerApp, id: ConnectionId, without_scope: bool) -> Result<(), Reply> {
    let redirect = chrome::redirect_url();
    let url = app.begin_again(id, false, &redirect, without_scope, now_seconds()).await?;
    let answer = window(&url).await?;
    app.finish_again(&answer, &now_milliseconds).await?;
    Ok(())
}

/// Opens a page of the server without a window. It redirects if the browser is signed in there; otherwise the browser
/// gives up after a while.
pub(super) async fn visit(url: &str) -> Option<String> {
    let details = serde_json::json!({
        "url": url,
        "interactive": false,
        // Casdoor's page has to run before it redirects.
        "abortOnLoadForNonInteractive": false,
        "timeoutMsForNonInteractive": SILENT_TIMEOUT_MS,
    });
    chrome::launch_web_auth_flow(&to_js(&details)).await.ok()?.as_string()
}

/// Opens the window and waits for the redirect.
async fn window(url: &str) -> Result<String, Reply> {
    let details = to_js(&serde_json::json!({ "url": url, "interactive": true }));
    match chrome::launch_web_auth_flow(&details).await {
        Ok(answer) => Ok(text(&answer)),
        Err(error) => Err(not_finished(&text(&Reflect::get(&error, &"message".into()).unwrap_or_default()))),
    }
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// The browser tells a closed window from a page that did not load by its words only.
fn not_finished(text: &str) -> Reply {
    if text.contains("could not be loaded") {
        return failed(
            "connect_not_loaded",
            "The server's sign-in page could not be loaded. Check the address and the network; nothing was changed.",
        );
    }
    failed("casdoor_cancelled", "The sign-in was stopped. Nothing was changed.")
}
