//! Browser functions for the extension's pages: requests to the worker, the current tab, the clipboard, texts.
//!
//! All data is exchanged as JSON text with `serde_json`: the account list is stored as JSON, and one deserializer in
//! the popup's wasm is smaller than two.

use js_sys::{Array, JSON, Object, Promise, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::app::SessionKey;
use crate::app::protocol::{FirstRead, Message, TypedRequest};
use crate::message;
use crate::time::UnixMilliseconds;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"], js_name = sendMessage)]
    fn send_message(message: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "i18n"], js_name = getMessage)]
    fn translation(key: &str, arguments: &Array) -> Result<String, JsValue>;

    /// Returns the text of a key in the language that the user chose; see `language.js`.
    #[wasm_bindgen(js_name = chosenText)]
    fn chosen_text(key: &str) -> Option<String>;

    /// Returns the language that the user chose; `None` if the texts follow the browser.
    #[wasm_bindgen(js_name = chosenLanguage)]
    pub fn chosen_language() -> Option<String>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = create)]
    fn create_tab(properties: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "permissions"], js_name = request)]
    fn request_permissions(permissions: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = getUserSettings)]
    fn action_settings() -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "commands"], js_name = getAll)]
    fn all_commands() -> Result<Promise, JsValue>;

    /// The states that `chrome.idle` can report.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "idle"], js_name = IdleState)]
    static IDLE_STATES: JsValue;

    #[wasm_bindgen(js_namespace = ["chrome", "storage", "onChanged"], js_name = addListener)]
    fn listen_to_storage(then: &JsValue);

    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"], js_name = getManifest)]
    fn manifest() -> Result<JsValue, JsValue>;
}

/// Waits for the data that the popup's script read while the wasm was being compiled.
pub async fn first_read(promise: Promise) -> FirstRead {
    let read = JsFuture::from(promise).await.ok().and_then(|value| JSON::stringify(&value).ok());
    read.map(|json| FirstRead::parse(&String::from(json))).unwrap_or_default()
}

/// Returns the origin and the path of an http or https URL.
pub fn web_page(address: &str) -> Option<String> {
    let url = web_sys::Url::new(address).ok()?;
    matches!(url.protocol().as_str(), "http:" | "https:").then(|| format!("{}{}", url.origin(), url.pathname()))
}

/// Returns a typed address as browsers write it, with international host names encoded. A text that is not an address
/// is returned unchanged, and the worker explains what is wrong.
pub fn typed_address(text: &str) -> String {
    let text = text.trim();
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = web_sys::Url::new(&address).ok().filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
    // An address with a user name is left unchanged, because only the worker may decide what to do with it.
    let url = url.filter(|url| url.username().is_empty() && url.password().is_empty());
    url.map_or_else(|| text.to_owned(), |url| format!("{}{}", url.origin(), url.pathname()))
}

/// Sends a request to the worker, and returns its answer or the message of the failure.
pub async fn ask<R: TypedRequest>(request: &R) -> Result<R::Answer, Message> {
    parse_answer(send(&to_json(request), None).await)
}

/// Returns the JSON of a request.
pub fn to_json(request: &impl TypedRequest) -> String {
    // Only a map whose keys are not strings has no JSON, and no request contains one.
    serde_json::to_string(request).unwrap_or_default()
}

/// Parses the JSON of a reply. Without a reply, returns the message that the worker did not answer.
pub fn parse_answer<A: DeserializeOwned>(reply: Option<String>) -> Result<A, Message> {
    let result = reply.and_then(|reply| serde_json::from_str(&reply).ok());
    result.unwrap_or_else(|| Err(message!("page_no_answer")))
}

/// Sends the JSON of a request to the worker, and returns the JSON of its reply. `origin` is the address of the page
/// behind a popup; an account list in the reply is then the one for this site.
pub async fn send(request: &str, origin: Option<&str>) -> Option<String> {
    let request = JSON::parse(request).ok()?;
    let origin = origin.map(JsValue::from_str).unwrap_or_default();
    let promise = send_message(&object(&[("page", request), ("origin", origin)])?.into()).ok()?;
    let reply = JsFuture::from(promise).await.ok()?;
    JSON::stringify(&reply).ok()?.as_string()
}

/// Returns the text of a key with its placeholders; `None` if `_locales` does not have it.
pub fn text(key: &str) -> Option<String> {
    if let Some(text) = chosen_text(key) {
        return Some(text);
    }
    // The browser replaces placeholders with arguments, so each placeholder is passed as its own value to keep it in
    // the text.
    let placeholders: Array = (1..=9).map(|number| JsValue::from_str(&format!("${number}"))).collect();
    translation(key, &placeholders).ok().filter(|text| !text.is_empty())
}

/// Returns the text of a file of the extension; `None` if there is no such file.
pub async fn read_file(path: &str) -> Option<String> {
    let response = JsFuture::from(web_sys::window()?.fetch_with_str(path)).await.ok()?;
    let text = JsFuture::from(response.dyn_into::<web_sys::Response>().ok()?.text().ok()?).await.ok()?;
    text.as_string()
}

/// Copies a text to the clipboard. Returns `false` if the browser does not allow it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}

/// Opens a page of the extension in a new tab, e.g. `options.html#connect`.
pub fn open_tab(path: &str) {
    // The resulting tab is not needed, and opening it closes a popup.
    if let Some(properties) = object(&[("url", JsValue::from_str(path))]) {
        drop(create_tab(&properties));
    }
}

/// Requests access to one server. The browser must be asked synchronously within the click that caused the call,
/// because it ignores later requests. The future resolves when the user answers.
pub fn request_host(pattern: &str) -> impl Future<Output = bool> + use<> {
    let mut wanted = vec![("origins", list(pattern))];
    wanted.extend(optional_data_collection().map(|kinds| ("data_collection", kinds)));
    request(&wanted)
}

/// Returns the kinds of data that, by the manifest, are sent only after the user agreed. Firefox asks about them in the
/// same prompt; the manifests for other browsers do not contain this entry.
fn optional_data_collection() -> Option<JsValue> {
    let path = ["browser_specific_settings", "gecko", "data_collection_permissions", "optional"];
    let found = path.iter().try_fold(manifest().ok()?, |value, name| Reflect::get(&value, &(*name).into()));
    found.ok().filter(Array::is_array)
}

/// Requests access to downloads for backups. Must be called synchronously within a click, like [`request_host`].
pub fn request_downloads() -> impl Future<Output = bool> + use<> {
    request(&[("permissions", list("downloads"))])
}

fn list(entry: &str) -> JsValue {
    Array::of1(&JsValue::from_str(entry)).into()
}

fn request(wanted: &[(&str, JsValue)]) -> impl Future<Output = bool> + use<> {
    let asked = object(wanted).and_then(|permissions| request_permissions(&permissions).ok());
    async move {
        match asked {
            Some(answer) => JsFuture::from(answer).await.is_ok_and(|granted| granted.is_truthy()),
            None => false,
        }
    }
}

/// Returns true if the icon is pinned to the toolbar, or if the browser does not report it.
pub async fn is_pinned() -> bool {
    let Ok(asked) = action_settings() else { return true };
    let settings = JsFuture::from(asked).await.unwrap_or_default();
    Reflect::get(&settings, &"isOnToolbar".into()).ok().and_then(|pinned| pinned.as_bool()).unwrap_or(true)
}

/// Returns the manifest's commands and the keys that the user's browser assigns to them. Commands without keys are left
/// out.
pub async fn commands() -> Vec<(String, String)> {
    let Ok(asked) = all_commands() else { return Vec::new() };
    let Ok(commands) = JsFuture::from(asked).await else { return Vec::new() };
    let text = |command: &JsValue, name: &str| Reflect::get(command, &name.into()).ok()?.as_string();
    let assigned = |command: JsValue| {
        let keys = text(&command, "shortcut").filter(|keys| !keys.is_empty())?;
        Some((text(&command, "name")?, keys))
    };
    Array::from(&commands).iter().filter_map(assigned).collect()
}

/// Returns true on a Mac, whose shortcuts use the Command key.
pub fn is_mac() -> bool {
    let platform = web_sys::window().and_then(|window| window.navigator().platform().ok());
    platform.is_some_and(|platform| platform.starts_with("Mac"))
}

/// Returns true if the browser notifies extensions when the screen is locked. Firefox only reports that the user is
/// idle.
pub fn reports_locked_screen() -> bool {
    let states = IDLE_STATES.with(Clone::clone);
    Reflect::has(&states, &"LOCKED".into()).unwrap_or(false)
}

/// Returns true if the browser tells a script whether an element is really visible. Without it, the scripts on a
/// server's pages trust no press and no sign-in, so they neither fill nor offer anything.
pub fn fills_on_server_pages() -> bool {
    let entry = Reflect::get(&js_sys::global(), &"IntersectionObserverEntry".into());
    let prototype = entry.and_then(|entry| Reflect::get(&entry, &"prototype".into()));
    prototype.is_ok_and(|prototype| Reflect::has(&prototype, &"isVisible".into()).unwrap_or(false))
}

/// Calls `then` whenever the worker has stored the vault's key in the session or removed it.
pub fn on_lock_changed(then: impl Fn() + 'static) {
    on_session_changed(&[SessionKey::Unlocked], then);
}

/// Calls `then` after the vault was locked or unlocked, and after the worker has painted a different account list.
pub fn on_vault_changed(then: impl Fn() + 'static) {
    on_session_changed(&[SessionKey::Unlocked, SessionKey::AccountList], then);
}

fn on_session_changed(keys: &'static [SessionKey], then: impl Fn() + 'static) {
    let heard = Closure::<dyn Fn(JsValue, String)>::new(move |changes: JsValue, area: String| {
        let is_changed = |key: &SessionKey| {
            let change = Reflect::get(&changes, &key.name().into()).unwrap_or_default();
            let value = |name: &str| Reflect::get(&change, &name.into()).unwrap_or_default();
            // Some browsers also report values that were written again.
            change.is_object() && value("oldValue") != value("newValue")
        };
        if area == "session" && keys.iter().any(is_changed) {
            then();
        }
    });
    // Leaked on purpose: it is needed for as long as the page exists.
    listen_to_storage(&heard.into_js_value());
}

/// Returns the extension's version.
pub fn version() -> String {
    let manifest = manifest().unwrap_or(JsValue::NULL);
    Reflect::get(&manifest, &"version".into()).ok().and_then(|version| version.as_string()).unwrap_or_default()
}

/// Lets the user save a text as a file.
pub fn save(name: &str, text: &str) -> Option<()> {
    save_blob(name, &web_sys::Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text))).ok()?)
}

/// Lets the user save bytes as a file.
pub fn save_bytes(name: &str, bytes: &Uint8Array) -> Option<()> {
    save_blob(name, &web_sys::Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?)
}

fn save_blob(name: &str, blob: &web_sys::Blob) -> Option<()> {
    let address = web_sys::Url::create_object_url_with_blob(blob).ok()?;
    let link = web_sys::window()?.document()?.create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", name).ok()?;
    link.dyn_ref::<web_sys::HtmlElement>()?.click();
    web_sys::Url::revoke_object_url(&address).ok()
}

/// Returns the current date for file names: `2026-09-21`.
pub fn day() -> String {
    let text = String::from(js_sys::Date::new_0().to_iso_string());
    text.split('T').next().unwrap_or_default().to_owned()
}

/// Returns seconds since 1970, and the milliseconds within the current second.
pub fn now() -> (u64, u32) {
    let now = super::now_milliseconds();
    let rest = now.since(UnixMilliseconds::of_seconds(now.seconds())).subsec_millis();
    (now.seconds(), rest)
}

pub(super) fn object(fields: &[(&str, JsValue)]) -> Option<Object> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value).ok()?;
    }
    Some(object)
}
