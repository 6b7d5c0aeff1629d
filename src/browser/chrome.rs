//! Bindings to the extension APIs that the worker uses. Promises reject with the browser's error text, which is never
//! shown to users.

use gloo::timers::future::sleep;
use js_sys::{Array, Object, Promise};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::casdoor::sign_in::accepted_redirect;
use std::time::Duration;

#[wasm_bindgen]
extern "C" {
    /// `chrome.storage.local.get`.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "local"], js_name = get, catch)]
    pub async fn local_get(keys: &Array) -> Result<JsValue, JsValue>;
    /// `chrome.storage.local.set`.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "local"], js_name = set, catch)]
    pub async fn local_set(values: &Object) -> Result<JsValue, JsValue>;
    /// `chrome.storage.session.get`.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "session"], js_name = get, catch)]
    pub async fn session_get(keys: &Array) -> Result<JsValue, JsValue>;
    /// `chrome.storage.session.set`.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "session"], js_name = set, catch)]
    pub async fn session_set(values: &Object) -> Result<JsValue, JsValue>;
    /// `chrome.storage.managed.get`.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "managed"], js_name = get, catch)]
    pub async fn managed_get(keys: &Array) -> Result<JsValue, JsValue>;
    /// `chrome.storage.managed.get` with `null`, which returns all values.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "managed"], js_name = get, catch)]
    pub async fn managed_get_all(keys: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.runtime.getURL`.
    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = getURL)]
    pub fn extension_url(path: &str) -> String;
    /// `chrome.storage.session.remove`.
    #[wasm_bindgen(js_namespace = ["chrome", "storage", "session"], js_name = remove, catch)]
    pub async fn session_remove(key: &str) -> Result<JsValue, JsValue>;

    /// `chrome.contextMenus.create`. The browser only logs an entry that it rejects.
    #[wasm_bindgen(js_namespace = ["chrome", "contextMenus"], js_name = create)]
    pub fn create_menu(properties: &JsValue);
    /// `chrome.contextMenus.removeAll`.
    #[wasm_bindgen(js_namespace = ["chrome", "contextMenus"], js_name = removeAll, catch)]
    pub async fn remove_menus() -> Result<JsValue, JsValue>;
    /// `chrome.i18n.getMessage`.
    #[wasm_bindgen(js_namespace = ["chrome", "i18n"], js_name = getMessage)]
    pub fn words(key: &str) -> String;

    /// `chrome.tabs.query`.
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = query, catch)]
    pub async fn tabs_query(query: &JsValue) -> Result<JsValue, JsValue>;
    /// `chrome.tabs.create`.
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = create, catch)]
    pub async fn tabs_create(properties: &JsValue) -> Result<JsValue, JsValue>;
    /// `chrome.tabs.update`.
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = update, catch)]
    pub async fn tabs_update(tab: f64, changes: &JsValue) -> Result<JsValue, JsValue>;
    /// `chrome.tabs.remove`.
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = remove, catch)]
    pub async fn tabs_remove(tab: f64) -> Result<JsValue, JsValue>;
    /// `chrome.tabs.sendMessage`.
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = sendMessage, catch)]
    pub async fn tabs_send(tab: f64, message: &JsValue) -> Result<JsValue, JsValue>;
    /// `chrome.tabs.sendMessage` to one document; see [`send_to_document`].
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = sendMessage, catch)]
    fn tabs_send_to(tab: f64, message: &JsValue, to: &JsValue) -> Result<Promise, JsValue>;
    /// `chrome.tabs.captureVisibleTab`, a PNG as a data URL.
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = captureVisibleTab, catch)]
    pub async fn capture_visible_tab(options: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.scripting.executeScript`.
    #[wasm_bindgen(js_namespace = ["chrome", "scripting"], js_name = executeScript, catch)]
    pub async fn execute_script(injection: &JsValue) -> Result<JsValue, JsValue>;
    /// `chrome.scripting.getRegisteredContentScripts`.
    #[wasm_bindgen(js_namespace = ["chrome", "scripting"], js_name = getRegisteredContentScripts, catch)]
    pub async fn registered_scripts() -> Result<JsValue, JsValue>;
    /// `chrome.scripting.registerContentScripts`.
    #[wasm_bindgen(js_namespace = ["chrome", "scripting"], js_name = registerContentScripts, catch)]
    pub async fn register_scripts(scripts: &JsValue) -> Result<JsValue, JsValue>;
    /// `chrome.scripting.unregisterContentScripts`.
    #[wasm_bindgen(js_namespace = ["chrome", "scripting"], js_name = unregisterContentScripts, catch)]
    pub async fn unregister_scripts(filter: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.identity.getRedirectURL`.
    #[wasm_bindgen(js_namespace = ["chrome", "identity"], js_name = getRedirectURL)]
    pub fn own_redirect_url() -> String;
    /// `chrome.identity.launchWebAuthFlow`. Returns the promise itself, so that the worker can watch the window in the
    /// meantime.
    #[wasm_bindgen(js_namespace = ["chrome", "identity"], js_name = launchWebAuthFlow, catch)]
    pub fn launch_web_auth_flow(details: &JsValue) -> Result<Promise, JsValue>;

    /// `chrome.permissions.contains`.
    #[wasm_bindgen(js_namespace = ["chrome", "permissions"], js_name = contains, catch)]
    pub async fn permissions_contain(permissions: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.permissions.getAll`.
    #[wasm_bindgen(js_namespace = ["chrome", "permissions"], js_name = getAll, catch)]
    pub async fn permissions_all() -> Result<JsValue, JsValue>;

    /// `chrome.permissions.remove`. Rejects permissions that the manifest requires.
    #[wasm_bindgen(js_namespace = ["chrome", "permissions"], js_name = remove, catch)]
    pub async fn permissions_remove(permissions: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.action.openPopup`.
    #[wasm_bindgen(js_namespace = ["chrome", "action"], js_name = openPopup, catch)]
    pub async fn open_popup() -> Result<JsValue, JsValue>;
    /// `chrome.action.setBadgeText`.
    #[wasm_bindgen(js_namespace = ["chrome", "action"], js_name = setBadgeText, catch)]
    pub async fn set_badge_text(details: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.downloads.download`. Available only while the permission is granted.
    #[wasm_bindgen(js_namespace = ["chrome", "downloads"], js_name = download, catch)]
    pub async fn download(options: &JsValue) -> Result<JsValue, JsValue>;

    /// `chrome.idle.queryState`.
    #[wasm_bindgen(js_namespace = ["chrome", "idle"], js_name = queryState, catch)]
    pub async fn idle_state(seconds: f64) -> Result<JsValue, JsValue>;
    /// `chrome.alarms.clear`.
    #[wasm_bindgen(js_namespace = ["chrome", "alarms"], js_name = clear, catch)]
    pub async fn clear_alarm(name: &str) -> Result<JsValue, JsValue>;
    /// `chrome.alarms.create`.
    #[wasm_bindgen(js_namespace = ["chrome", "alarms"], js_name = create, catch)]
    pub async fn create_alarm(name: &str, info: &JsValue) -> Result<JsValue, JsValue>;
}

/// Returns the redirect URL that ends a sign-in. Chromium and Firefox intercept it without sending a request.
pub fn redirect_url() -> String {
    accepted_redirect(&own_redirect_url())
}

/// Sends a message to one document of a tab, but not to a later document in the same frame.
///
/// # Errors
/// The document no longer exists, or did not answer within this time. Documents in the back/forward cache
/// never answer.
pub async fn send_to_document(tab: f64, id: &str, message: &JsValue, timeout: Duration) -> Result<JsValue, JsValue> {
    let answer = tabs_send_to(tab, message, &to_js(&serde_json::json!({ "documentId": id })))?;
    within(&answer, timeout).await
}

/// Runs a script like [`execute_script`], and waits this long for its result.
///
/// # Errors
/// The script could not be run, or did not end in time.
pub async fn execute_script_within(injection: JsValue, timeout: Duration) -> Result<JsValue, JsValue> {
    let result = future_to_promise(async move { execute_script(&injection).await });
    within(&result, timeout).await
}

/// Waits for a promise, but no longer than this.
async fn within(answer: &Promise, timeout: Duration) -> Result<JsValue, JsValue> {
    let end = future_to_promise(async move {
        sleep(timeout).await;
        Err(JsValue::UNDEFINED)
    });
    JsFuture::from(Promise::race(&Array::of2(answer, &end))).await
}

/// Converts a Rust value to plain objects for `chrome.*`.
pub fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// Converts a value from `chrome.*`; `None` if it has a different shape.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}
