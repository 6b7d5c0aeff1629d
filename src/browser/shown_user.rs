//! If a site has several accounts, reads which user the page shows, and lists the matching account first. If the page
//! does not answer in time, the order is unchanged.

use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::now_seconds;
use super::worker::{WorkerApp, current_tab};
use crate::app::AppError;
use crate::app::accounts::list_view;
use crate::app::protocol::{DocumentLocation, OfferEntry, Screen};
use crate::autofill::{PageAddress, Rejection, ShownUser};
use std::time::Duration;

/// The script that reads a document.
const SCRIPT: &str = "content/shown_user.js";
/// Time limit for reading a page. It is short because the popup waits for it.
const READING_TIMEOUT: Duration = Duration::from_millis(300);
/// Maximum number of frames of the site that are read.
const MAX_FRAMES: usize = 5;

/// The result of [`SCRIPT`] in one document.
#[derive(Deserialize)]
struct Injected {
    result: Option<ReadDocument>,
}

#[derive(Deserialize)]
struct ReadDocument {
    origin: String,
    fields: Vec<String>,
    text: String,
}

/// Returns the popup's screen for a page, given by its origin and path. Of several accounts for the current site, the
/// one that the page shows comes first.
pub(super) async fn open(app: &WorkerApp, page: Option<String>) -> Result<Screen, AppError> {
    let mut screen = app.screen(page.as_deref(), now_seconds()).await?;
    if let (Screen::AccountList(account_list), Some(page)) = (&mut screen, page)
        && account_list.rows.iter().filter(|row| row.fills).count() > 1
        && let Some(tab) = current_tab().await.and_then(|tab| tab.id)
    {
        let target = serde_json::json!({ "tabId": tab, "allFrames": true });
        list_view::put_shown_user_first(account_list, &read(&target, PageAddress::from(&page).origin).await);
    }
    Ok(screen)
}

/// Sorts the accounts of a chip by the user that its document shows. The account whose code was rejected stays last.
pub(super) async fn order_offer(entries: &mut [OfferEntry], place: &DocumentLocation, rejected: Option<Rejection>) {
    if entries.len() > 1 {
        let target = serde_json::json!({ "tabId": place.tab, "documentIds": [&place.document] });
        read(&target, &place.origin).await.order(entries, |entry| &entry.name);
        entries.sort_by_key(|entry| rejected.is_some_and(|rejected| rejected.id == entry.id));
    }
}

/// Reads the documents of this origin.
async fn read(target: &serde_json::Value, origin: &str) -> ShownUser {
    // The script would otherwise wait until the page has loaded.
    let injection = serde_json::json!({ "target": target, "files": [SCRIPT], "injectImmediately": true });
    let results = chrome::execute_script_within(to_js(&injection), READING_TIMEOUT).await;
    let documents = results.ok().and_then(from_js::<Vec<Injected>>).unwrap_or_default();
    let of_site = documents.into_iter().filter_map(|document| document.result).filter(|read| read.origin == origin);
    let mut shown = ShownUser::default();
    for document in of_site.take(MAX_FRAMES) {
        shown.fields.extend(document.fields);
        shown.text.push(' ');
        shown.text.push_str(&document.text);
    }
    shown
}
