//! The browser's sign-in window.

use js_sys::Reflect;

use super::chrome::{self, to_js};
use super::worker::{WorkerApp, failed};
use super::{now_milliseconds, now_seconds};
use crate::app::protocol::Reply;

/// Signs in at the server that was looked at last. The browser's own window shows the server's page; the redirect to
/// `https://ID.chromiumapp.org/` is caught before it reaches any network.
pub(super) async fn sign_in(app: &WorkerApp, application: Option<String>, client_id: Option<String>) -> Reply {
    let reply = once(app, application.clone(), client_id.clone(), false).await;
    match &reply {
        // The application allows only scopes of its own: asked again with none.
        Reply::Failed { message } if message.key == SCOPE_REFUSED => once(app, application, client_id, true).await,
        _ => reply,
    }
}

const SCOPE_REFUSED: &str = "casdoor_scope_refused";

async fn once(app: &WorkerApp, application: Option<String>, client_id: Option<String>, without_scope: bool) -> Reply {
    let redirect = chrome::redirect_url();
    let url = match app.begin_sign_in(application, client_id, &redirect, without_scope, now_seconds()).await {
        Ok(url) => url,
        Err(error) => return error.into(),
    };
    let details = to_js(&serde_json::json!({ "url": url, "interactive": true }));
    match chrome::launch_web_auth_flow(&details).await {
        Ok(answer) => {
            let answer = answer.as_string().unwrap_or_default();
            app.finish_sign_in(&answer, &now_milliseconds).await.unwrap_or_else(Reply::from)
        }
        Err(error) => {
            let text =
                Reflect::get(&error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
            not_finished(&text)
        }
    }
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
