//! The key derivation in a separate instance, which is discarded after each use to free its memory.

#![cfg(target_arch = "wasm32")]

use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::Kdf;
use wasm_bindgen::prelude::*;

/// Derives 32 bytes. `kdf` is the JSON of [`Kdf`]; `salt` has 16 bytes. Returns `undefined` if the parameters are out
/// of bounds.
#[wasm_bindgen]
pub fn derive(kdf: &str, password: String, salt: &[u8]) -> Option<Vec<u8>> {
    let kdf: Kdf = serde_json::from_str(kdf).ok()?;
    let key = kdf.derive(&Secret::new(password), salt.try_into().ok()?).ok()?;
    Some(key.expose().to_vec())
}
