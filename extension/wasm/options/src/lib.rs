//! The wasm of the options page: one call into the library.

use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the options page.
#[wasm_bindgen]
pub fn options() {
    casdoor_authenticator::ui::options::mount();
}
