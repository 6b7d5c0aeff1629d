//! [`Store`] with `chrome.storage.local`, `chrome.storage.session`, IndexedDB and, read only, `chrome.storage.managed`.
//!
//! One `set` call is one atomic write of the browser's database. A deleted key is stored as `null`, because a `remove`
//! would be a second write.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{chrome, memory, worker};
use crate::app::SessionKey;
use crate::vault::{Area, Change, Store, StoreError};

#[wasm_bindgen(raw_module = "../device_key.js")]
extern "C" {
    #[wasm_bindgen(js_name = readRevisions, catch)]
    async fn read_revisions(names: &Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = writeRevisions, catch)]
    async fn write_revisions(values: &Object) -> Result<JsValue, JsValue>;
}

/// The extension's own storage.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtensionStorage;

impl Store for ExtensionStorage {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        let names: Array = keys.iter().map(|key| JsValue::from_str(key)).collect();
        let values = match area {
            Area::Local => chrome::local_get(&names).await,
            Area::Session => chrome::session_get(&names).await,
            Area::Managed => chrome::managed_get(&names).await,
            Area::IndexedDb => read_revisions(&names).await,
        };
        let values = values.map_err(|_| StoreError::Unavailable)?;
        // Managed values are JSON values, not texts written by this extension.
        let as_text = |value: JsValue| match area {
            Area::Managed => js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string()),
            Area::Local | Area::Session | Area::IndexedDb => value.as_string(),
        };
        let value = |key: &&str| Reflect::get(&values, &JsValue::from_str(key)).ok().and_then(as_text);
        Ok(keys.iter().map(value).collect())
    }

    async fn managed_names(&self) -> Result<Vec<String>, StoreError> {
        let values = chrome::managed_get_all(&JsValue::NULL).await.map_err(|_| StoreError::Unavailable)?;
        let names = Object::keys(&Object::from(values));
        Ok(names.iter().filter_map(|name| name.as_string()).collect())
    }

    async fn commit(&self, area: Area, changes: Vec<Change>) -> Result<(), StoreError> {
        let values = Object::new();
        // When the key is removed from the session (a lock, its timeout, a new password, an emptied vault), memory must
        // not keep a copy.
        let key_change = changes.iter().find(|(key, _)| area == Area::Session && *key == SessionKey::Unlocked.name());
        match key_change {
            Some((_, None)) => memory::erase_when_idle(true),
            Some((_, Some(_))) => memory::wait_for_work(),
            None => {}
        }
        let is_unlocked = matches!(key_change, Some((_, Some(_))));
        for (key, value) in changes {
            let value = value.map_or(JsValue::NULL, |text| JsValue::from_str(&text));
            Reflect::set(&values, &JsValue::from_str(key), &value).map_err(|_| StoreError::Unavailable)?;
        }
        let written = match area {
            Area::Local => chrome::local_set(&values).await,
            Area::Session => chrome::session_set(&values).await,
            Area::IndexedDb => write_revisions(&values).await,
            Area::Managed => return Err(StoreError::Unavailable),
        };
        if is_unlocked {
            worker::watch_for_absence().await;
        }
        written.map(|_| ()).map_err(|error| rejection(&error))
    }
}

fn rejection(error: &JsValue) -> StoreError {
    let text = Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
    if text.to_ascii_lowercase().contains("quota") { StoreError::Full } else { StoreError::Unavailable }
}
