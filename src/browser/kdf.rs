//! Derives keys in a separate wasm instance. An instance never releases the memory that Argon2id allocates, and
//! dropping the instance is the only reliable way to erase it.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::app::DeriveKey;
use crate::secret::Secret;
use crate::vault::{Kdf, VaultError};

#[wasm_bindgen(raw_module = "../kdf.js")]
extern "C" {
    /// Runs the derivation in a new instance, and drops that instance. `kdf` is JSON.
    #[wasm_bindgen(js_name = deriveKey, catch)]
    async fn derive_key(kdf: &str, password: &str, salt: &[u8]) -> Result<JsValue, JsValue>;
}

/// Derives keys in a separate instance.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeparateInstance;

impl DeriveKey for SeparateInstance {
    async fn derive_key(
        &self,
        kdf: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> Result<Secret<[u8; 32]>, VaultError> {
        let parameters = serde_json::to_string(&kdf.check()?).map_err(|_| VaultError::Kdf)?;
        let derived = derive_key(&parameters, password.expose(), salt).await.map_err(|_| VaultError::Kdf)?;
        taken(&Uint8Array::new(&derived)).ok_or(VaultError::Kdf)
    }
}

/// Copies a key from JavaScript memory, and erases it there.
pub(super) fn taken(bytes: &Uint8Array) -> Option<Secret<[u8; 32]>> {
    let copy = Secret::new(bytes.to_vec());
    bytes.fill(0, 0, bytes.length());
    Secret::from_slice(copy.expose())
}
