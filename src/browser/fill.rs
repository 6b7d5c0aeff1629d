//! Typing a code into the current tab, upon the person's gesture in the popup: it lets us see that one tab.

use gloo::timers::future::TimeoutFuture;
use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::worker::{Tab, WorkerApp, current_tab, origin_of};
use super::{now_milliseconds, now_seconds};
use crate::app::protocol::{Message, Reply, Request};
use crate::autofill::Anywhere;
use crate::vault::{AccountId, Site};

/// What finds the field and types.
const SCRIPTS: [&str; 2] = ["content/words.js", "content/anywhere.js"];

/// What the script says.
#[derive(Deserialize)]
struct Typed {
    filled: bool,
    #[serde(default)]
    reason: String,
}

/// Fills the current tab with an account's code, if it may have it.
pub(super) async fn fill(app: &WorkerApp, id: AccountId) -> Reply {
    let Some((tab, origin)) = current_tab().await.and_then(place) else { return refused(&Anywhere::NotASite) };
    let mut decided = app.anywhere(id, &origin, now_seconds()).await;
    if let Ok(Anywhere::Wait { until }) = decided {
        let left = until.saturating_mul(1000).saturating_sub(now_milliseconds());
        TimeoutFuture::new(u32::try_from(left).unwrap_or(0)).await;
        decided = app.anywhere(id, &origin, now_seconds()).await;
    }
    match decided {
        Ok(Anywhere::Type { code }) => type_into(tab, code).await,
        Ok(Anywhere::TypeNextCounter) => match app.handle(Request::NextCode { id }, now_seconds()).await {
            Reply::Code { code, .. } => type_into(tab, code).await,
            other => other,
        },
        Ok(other) => refused(&other),
        Err(error) => error.into(),
    }
}

/// Fills the current tab with the one account that is for its site. `false` where there is none or a choice, where the
/// vault is locked, and where the code could not be typed: then the popup is needed.
pub(super) async fn fill_the_one(app: &WorkerApp) -> bool {
    let Some((_, origin)) = current_tab().await.and_then(place) else { return false };
    match app.fillable(&origin, now_seconds()).await.as_deref() {
        Ok([id]) => matches!(fill(app, *id).await, Reply::Filled { filled: true, .. }),
        _ => false,
    }
}

fn place(tab: Tab) -> Option<(f64, String)> {
    Some((tab.id?, origin_of(tab.url.as_deref()?)?))
}

async fn type_into(tab: f64, code: String) -> Reply {
    let injection = serde_json::json!({ "target": { "tabId": tab }, "files": SCRIPTS });
    if chrome::execute_script(&to_js(&injection)).await.is_err() {
        return refused(&Anywhere::NotASite);
    }
    let message = to_js(&serde_json::json!({ "type_code": { "code": &code } }));
    let typed = chrome::tabs_send(tab, &message).await.ok().and_then(from_js::<Typed>);
    let reason = match typed {
        Some(Typed { filled: true, .. }) => {
            return Reply::Filled { filled: true, code: None, message: Message::new("filled", "The code was typed.") };
        }
        Some(typed) => typed.reason,
        None => String::new(),
    };
    Reply::Filled { filled: false, code: Some(code), message: why(&reason) }
}

/// The code is on the clipboard then, and this says so.
fn why(reason: &str) -> Message {
    let (key, text) = match reason {
        "fill_ambiguous" => {
            ("fill_ambiguous", "Several fields could be meant. The code is copied: paste it where it belongs.")
        }
        "fill_editable" => {
            ("fill_editable", "This page takes the code in a text that is no field. The code is copied: paste it.")
        }
        "fill_not_taken" => ("fill_not_taken", "The page did not take the code. It is copied: paste it."),
        _ => ("fill_no_field", "No passcode field was found on this page. The code is copied: paste it."),
    };
    Message::new(key, text)
}

/// No code is given out.
fn refused(decided: &Anywhere) -> Reply {
    let message = match decided {
        Anywhere::Confirm { site: Site::Domain(site) | Site::Origin(site) } => {
            return Reply::ConfirmSite { site: site.clone() };
        }
        Anywhere::LookAlike { of } => {
            let text =
                format!("This page looks like {of}, but it is another site. Nothing was filled: check the address.");
            Message::new("fill_look_alike", text).with([of.clone()])
        }
        Anywhere::NotSecure => Message::new(
            "fill_not_secure",
            "This page is not encrypted: a code would travel in plain text. Nothing was filled.",
        ),
        _ => Message::new(
            "fill_not_a_site",
            "The browser does not let extensions type into this page. Copy the code instead.",
        ),
    };
    Reply::Filled { filled: false, code: None, message }
}
