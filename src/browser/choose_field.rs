//! Lets the user choose a field on the page if none is likely enough, fills the chosen field, and remembers it.
//!
//! The popup closes when the user clicks on the page, and the browser may have stopped the worker by then. The pending
//! choice is therefore stored in the session, and the answer counts only if it comes from the document that was asked.

use js_sys::{Array, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::chrome::{self, from_js, to_js};
use super::fill::{self, Target};
use super::menus::{self, PendingAction};
use super::worker::{Sender, WorkerApp, app};
use super::{chosen_language, now_seconds};
use crate::app::SessionKey;
use crate::autofill::field_finder::{PageDescription, remember_field};
use crate::vault::AccountId;
use std::time::Duration;

/// The script that shows the fields to choose from.
const SCRIPT: &str = "content/choose_field.js";
/// Time limit for the user's choice, in seconds. The script removes its buttons earlier.
const CHOOSING_SECONDS: u64 = 90;
/// Time limit for showing the fields.
const SHOWING_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum length of a page's description, in bytes.
const MAX_DESCRIPTION: usize = 4 * 1024 * 1024;

/// A choice that was requested from the user and is still pending.
#[derive(Serialize, Deserialize)]
struct PendingChoice {
    id: AccountId,
    tab: f64,
    document: String,
    origin: String,
    at: u64,
}

/// The script's message after the user's choice.
#[derive(Deserialize)]
struct Chosen {
    /// The description of the page at that time, as JSON.
    page: String,
    /// The numbers of the chosen fields in it.
    fields: Vec<usize>,
}

/// Shows the fields of a document that the user can choose from. Returns `false` if the page cannot show them.
pub(super) async fn ask(app: &WorkerApp, id: AccountId, target: &Target, choices: &[Vec<usize>]) -> bool {
    let pending = PendingChoice {
        id,
        tab: target.tab,
        document: target.document.clone(),
        origin: target.origin.clone(),
        at: now_seconds(),
    };
    let Ok(text) = serde_json::to_string(&pending) else { return false };
    let stored = to_js(&serde_json::json!({ (SessionKey::ChoosingField.name()): text }));
    if chrome::session_set(&Object::from(stored)).await.is_err() {
        return false;
    }
    let place = serde_json::json!({ "tabId": target.tab, "documentIds": [&target.document] });
    let injection = serde_json::json!({ "target": place, "files": [SCRIPT] });
    if chrome::execute_script(&to_js(&injection)).await.is_err() {
        return false;
    }
    let texts = serde_json::json!({
        "title": chosen_language::text(app, "choose_field_title").await,
        "use": chosen_language::text(app, "choose_field_use").await,
        "cancel": chosen_language::text(app, "cancel").await,
        "language": chosen_language::text(app, "language").await,
    });
    let message = to_js(&serde_json::json!({ "choose_field": { "choices": choices, "texts": texts } }));
    let shown = chrome::send_to_document(target.tab, &target.document, &message, SHOWING_TIMEOUT).await;
    shown.is_ok_and(|shown| shown.as_bool() == Some(true))
}

/// Fills the field that the user chose, and remembers it for the site. The browser reports the sender. The message
/// itself may come from a compromised page, which can only name fields of its own.
pub async fn chosen(choice: JsValue, sender: JsValue) {
    let (Some(choice), Some(sender)) = (from_js::<Chosen>(choice), from_js::<Sender>(sender)) else { return };
    let Some(pending) = take().await.filter(|pending| is_from(&sender, pending)) else { return };
    let page = Some(&choice.page).filter(|page| page.len() <= MAX_DESCRIPTION);
    let page = page.and_then(|page| serde_json::from_str::<PageDescription>(page).ok());
    let app = app();
    let target = Target::chosen(pending.tab, pending.document, pending.origin, sender.path());
    let Some(code) = fill::code_for(&app, pending.id, &target).await else {
        // In the meantime, the vault was locked or the site was removed from the account. The popup shows what to do
        // next.
        return drop(chrome::open_popup().await);
    };
    let remembered = page.and_then(|page| remember_field(&page, code.chars().count(), &choice.fields, &target.origin));
    let Some(remembered) = remembered else { return };
    match fill::type_chosen(&target, &code, &choice.fields).await {
        // The code has been typed. If the field cannot be remembered, the user is asked to choose it again next time.
        None => drop(app.remember_field(remembered, now_seconds()).await),
        Some(message) => menus::store_and_open_popup(PendingAction::Copy { id: pending.id, message }).await,
    }
}

fn is_from(sender: &Sender, pending: &PendingChoice) -> bool {
    let is_fresh = now_seconds().saturating_sub(pending.at) <= CHOOSING_SECONDS;
    is_fresh && sender.document == pending.document && sender.origin == pending.origin
}

/// Takes the pending choice, so that it is answered only once.
async fn take() -> Option<PendingChoice> {
    let name = SessionKey::ChoosingField.name();
    let read = chrome::session_get(&Array::of1(&name.into())).await.ok()?;
    let text = Reflect::get(&read, &name.into()).ok()?.as_string()?;
    chrome::session_remove(name).await.ok()?;
    serde_json::from_str(&text).ok()
}
