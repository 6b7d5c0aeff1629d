//! The wasm of the popup: one call into the library.

use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the popup; `first` is the promise of what lies in the session for the first paint.
#[wasm_bindgen]
pub fn popup(first: js_sys::Promise) {
    casdoor_authenticator::ui::popup::mount(first);
}
