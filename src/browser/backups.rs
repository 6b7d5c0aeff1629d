//! Backups that are made automatically: into the downloads folder, while the vault is open and the user allowed it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::chrome::{self, to_js};
use super::now_seconds;
use super::worker::WorkerApp;

/// The browser takes no longer address.
const MAX_ADDRESS_BYTES: usize = 2 * 1024 * 1024;

/// Makes the backup that is due, if one is. One that cannot be saved is noted, and the popup says so.
pub(super) async fn make_due(app: &WorkerApp) {
    let now = now_seconds();
    let Ok(Some(file)) = app.due_backup(now).await else { return };
    // A store that does not answer is noticed by the next request, which can say so.
    let _ = match save(&file.text).await {
        Some(()) => app.backed_up(file.revision, now).await,
        None => app.backup_failed(now).await,
    };
}

/// A worker has no object addresses, so the file is in the address itself.
async fn save(text: &str) -> Option<()> {
    let permission = to_js(&serde_json::json!({ "permissions": ["downloads"] }));
    if !chrome::permissions_contain(&permission).await.is_ok_and(|granted| granted.is_truthy()) {
        return None;
    }
    let url = format!("data:application/json;base64,{}", STANDARD.encode(text));
    if url.len() > MAX_ADDRESS_BYTES {
        return None;
    }
    let day = String::from(js_sys::Date::new_0().to_iso_string());
    let name = format!("casdoor-authenticator-backup-{}.json", day.split('T').next().unwrap_or_default());
    let options = serde_json::json!({ "url": url, "filename": name, "saveAs": false, "conflictAction": "overwrite" });
    chrome::download(&to_js(&options)).await.ok().map(|_| ())
}
