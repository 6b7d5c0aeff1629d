//! The key of a vault without a password: a non-extractable AES-GCM `CryptoKey` in the extension's IndexedDB.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::kdf::{SeparateInstance, taken};
use crate::app::DeviceKey;
use crate::secret::Secret;
use crate::vault::{DeviceWrap, StoreError};

#[wasm_bindgen(raw_module = "../device_key.js")]
extern "C" {
    #[wasm_bindgen(js_name = wrapWithNewKey, catch)]
    async fn wrap_with_new_key(id: &str, nonce: Uint8Array, label: &str, bytes: Uint8Array)
    -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn unwrap(id: &str, nonce: Uint8Array, label: &str, wrapped: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = forgetKeys, catch)]
    async fn forget_keys() -> Result<JsValue, JsValue>;
}

impl DeviceKey for SeparateInstance {
    async fn wrap(&self, wrap: &DeviceWrap, vault_key: &Secret<[u8; 32]>) -> Result<Vec<u8>, StoreError> {
        let (id, nonce) = (name(wrap), Uint8Array::from(wrap.nonce.as_slice()));
        let bytes = Uint8Array::from(vault_key.expose().as_slice());
        let wrapped = wrap_with_new_key(&id, nonce, &wrap.label, bytes.clone()).await;
        bytes.fill(0, 0, bytes.length());
        let wrapped = wrapped.map_err(|_| StoreError::Unavailable)?;
        Ok(Uint8Array::new(&wrapped).to_vec())
    }

    async fn unwrap(&self, wrap: &DeviceWrap, wrapped: &[u8]) -> Result<Option<Secret<[u8; 32]>>, StoreError> {
        let (id, nonce) = (name(wrap), Uint8Array::from(wrap.nonce.as_slice()));
        let bytes = unwrap(&id, nonce, &wrap.label, Uint8Array::from(wrapped)).await;
        let bytes = bytes.map_err(|_| StoreError::Unavailable)?;
        if bytes.is_undefined() {
            return Ok(None);
        }
        Ok(taken(&Uint8Array::new(&bytes)))
    }

    async fn forget(&self) -> Result<(), StoreError> {
        forget_keys().await.map(drop).map_err(|_| StoreError::Unavailable)
    }
}

/// Returns the key's name in the database.
fn name(wrap: &DeviceWrap) -> String {
    data_encoding::HEXLOWER.encode(&wrap.key)
}
