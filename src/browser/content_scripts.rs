//! Registers the content scripts for the pages of connected servers: their scheme, host, port and path.

use serde::{Deserialize, Serialize};

use super::chrome::{self, from_js, to_js};
use super::now_seconds;
use super::worker::WorkerApp;
use crate::casdoor::matches_page;

/// The id of the registration.
const ID: &str = "casdoor";
/// The registered scripts.
const SCRIPTS: [&str; 6] = [
    "content/press_guard.js",
    "content/chip.js",
    "content/response_observer.js",
    "content/sign_in.js",
    "content/mfa_setup.js",
    "content/passcode_form.js",
];

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    id: String,
    matches: Vec<String>,
    js: Vec<String>,
    all_frames: bool,
    run_at: String,
    persist_across_sessions: bool,
}

#[derive(Deserialize)]
struct ServerTab {
    #[serde(default)]
    id: Option<f64>,
}

/// Updates the registration to match the connections, and injects the scripts into pages of their servers that are
/// already open.
pub(super) async fn register(app: &WorkerApp) {
    let Ok(servers) = app.servers_to_fill(now_seconds()).await else { return };
    let addresses = servers.iter().filter_map(|server| app.server_address(server, true).ok());
    let mut matches: Vec<String> = addresses.flat_map(|address| address.page_patterns()).collect();
    matches.sort();
    matches.dedup();
    let registered: Vec<Registration> = chrome::registered_scripts().await.ok().and_then(from_js).unwrap_or_default();
    let is_right = |known: &Registration| known.matches == matches && known.js == SCRIPTS;
    if registered.first().map_or(matches.is_empty(), is_right) {
        return;
    }
    if !registered.is_empty() {
        let _ = chrome::unregister_scripts(&to_js(&serde_json::json!({ "ids": [ID] }))).await;
    }
    if matches.is_empty() {
        return;
    }
    let registration = Registration {
        id: ID.into(),
        matches: matches.clone(),
        js: SCRIPTS.map(str::to_owned).to_vec(),
        all_frames: true,
        run_at: "document_start".into(),
        persist_across_sessions: true,
    };
    // Fails for servers without host permission, where nothing could be filled either.
    let _ = chrome::register_scripts(&to_js(&[registration])).await;
    for tab in tabs_at(&matches).await {
        let injection = serde_json::json!({ "target": { "tabId": tab, "allFrames": true }, "files": SCRIPTS });
        let _ = chrome::execute_script(&to_js(&injection)).await;
    }
}

/// Returns true if content scripts are registered for this address. Messages from other addresses are not answered: a
/// document keeps its scripts when it leaves the server's path without reloading.
pub(super) async fn is_registered(url: &str) -> bool {
    let registered: Vec<Registration> = chrome::registered_scripts().await.ok().and_then(from_js).unwrap_or_default();
    registered.iter().flat_map(|registration| &registration.matches).any(|pattern| matches_page(pattern, url))
}

/// Tells the pages of connected servers that the vault is unlocked, so that a chip with "Unlock to fill" continues.
pub(super) async fn tell_unlocked() {
    let registered: Vec<Registration> = chrome::registered_scripts().await.ok().and_then(from_js).unwrap_or_default();
    let Some(registration) = registered.first() else { return };
    for tab in tabs_at(&registration.matches).await {
        // Pages without the script do not answer.
        let _ = chrome::tabs_send(tab, &to_js(&serde_json::json!({ "unlocked": true }))).await;
    }
}

async fn tabs_at(matches: &[String]) -> Vec<f64> {
    let found = chrome::tabs_query(&to_js(&serde_json::json!({ "url": matches }))).await;
    let tabs: Vec<ServerTab> = found.ok().and_then(from_js).unwrap_or_default();
    tabs.into_iter().filter_map(|tab| tab.id).collect()
}
