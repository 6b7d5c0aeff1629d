//! The wasm of the popup: one call into the library.

use std::alloc::System;

use wasm_bindgen::prelude::wasm_bindgen;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites every allocation when it is freed: secrets pass through many strings and buffers of other crates.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Renders the popup. `first` is the promise of the session data for the first frame.
#[wasm_bindgen]
pub fn popup(first: js_sys::Promise) {
    casdoor_authenticator::ui::popup::mount(first);
}
