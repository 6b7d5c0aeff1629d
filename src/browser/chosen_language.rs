//! Texts for the context menu and the chip in the language that the user chose. If the user has not chosen one, the
//! browser selects the language.

use std::cell::RefCell;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::RequestInit;

use super::chrome;
use super::global;
use super::worker::WorkerApp;
use crate::autofill::PageReply;

/// The prefixes of the keys that content scripts use.
const CONTENT_KEYS: [&str; 3] = ["chip_", "enroll_", "extension_name"];

thread_local! {
    /// The language that was loaded last, and its catalog.
    static LOADED: RefCell<Option<(String, JsValue)>> = const { RefCell::new(None) };
}

/// Returns the catalog of the chosen language; `None` if the texts follow the browser.
async fn catalog(app: &WorkerApp) -> Option<JsValue> {
    let language = app.language().await?;
    let loaded = LOADED.with_borrow(|loaded| loaded.as_ref().filter(|(of, _)| *of == language).map(|it| it.1.clone()));
    if loaded.is_some() {
        return loaded;
    }
    let catalog = fetched(&chrome::extension_url(&format!("_locales/{language}/messages.json"))).await.ok()?;
    LOADED.set(Some((language, catalog.clone())));
    Some(catalog)
}

async fn fetched(address: &str) -> Result<JsValue, JsValue> {
    let response = global::fetch(address, &RequestInit::new()).await?;
    JsFuture::from(response.json()?).await
}

fn entry(catalog: &JsValue, key: &str) -> Option<JsValue> {
    let entry = Reflect::get(catalog, &key.into()).ok()?;
    Reflect::get(&entry, &"message".into()).ok().filter(JsValue::is_string)
}

/// Returns a text without placeholders in the user's language.
pub(super) async fn text(app: &WorkerApp, key: &str) -> String {
    let catalog = catalog(app).await;
    catalog.and_then(|catalog| entry(&catalog, key)?.as_string()).unwrap_or_else(|| chrome::words(key))
}

/// Adds the texts of the chosen language to a reply for a content script, which cannot read them itself.
pub(super) async fn add_texts(app: &WorkerApp, reply: &PageReply, sent: JsValue) -> JsValue {
    let Some(catalog) = catalog(app).await else { return sent };
    let failure = match reply {
        PageReply::Failed { message } => message.key.as_str(),
        _ => "",
    };
    let texts = Object::new();
    for key in Object::keys(&Object::from(catalog.clone())) {
        let name = key.as_string().unwrap_or_default();
        if name == failure || CONTENT_KEYS.iter().any(|prefix| name.starts_with(prefix)) {
            // Setting a property of a plain object does not fail.
            let _ = Reflect::set(&texts, &key, &entry(&catalog, &name).unwrap_or_default());
        }
    }
    let language = entry(&catalog, "language").unwrap_or_default();
    let _ = Reflect::set(&sent, &"texts".into(), &texts);
    let _ = Reflect::set(&sent, &"language".into(), &language);
    sent
}
