//! Automatic backups to the downloads folder, while the vault is unlocked and the user has granted download access.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::chrome::{self, to_js};
use super::now_seconds;
use super::worker::WorkerApp;

/// Maximum length of a data URL, in bytes. Browsers reject longer ones.
const MAX_ADDRESS_BYTES: usize = 2 * 1024 * 1024;

/// Saves a backup if one is due. A failure is recorded, and the popup reports it.
pub(super) async fn make_due(app: &WorkerApp) {
    let now = now_seconds();
    let Ok(Some(file)) = app.due_backup(now).await else { return };
    // If recording the result fails, the next request fails as well and reports the storage failure.
    let _ = match save(&file.text).await {
        Some(()) => app.backed_up(file.revision, now).await,
        None => app.backup_failed(now).await,
    };
}

/// Returns a URL for the file. Chromium's service worker cannot create object URLs, so it uses a data URL. Firefox does
/// not download data URLs for extensions, but its event page can create object URLs.
fn address(text: &str) -> Option<String> {
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = web_sys::Blob::new_with_str_sequence(&parts).ok()?;
    if let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) {
        // Not revoked, because the browser reads the URL after this call. The browser releases it when the event page
        // ends, seconds after the last event.
        return Some(url);
    }
    let url = format!("data:application/json;base64,{}", STANDARD.encode(text));
    (url.len() <= MAX_ADDRESS_BYTES).then_some(url)
}

/// Saves a file to the downloads folder.
async fn save(text: &str) -> Option<()> {
    let permission = to_js(&serde_json::json!({ "permissions": ["downloads"] }));
    if !chrome::permissions_contain(&permission).await.is_ok_and(|granted| granted.is_truthy()) {
        return None;
    }
    let url = address(text)?;
    let day = String::from(js_sys::Date::new_0().to_iso_string());
    let name = format!("casdoor-authenticator-backup-{}.json", day.split('T').next().unwrap_or_default());
    let options = serde_json::json!({ "url": url, "filename": name, "saveAs": false, "conflictAction": "overwrite" });
    chrome::download(&to_js(&options)).await.ok().map(|_| ())
}
