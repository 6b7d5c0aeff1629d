//! The wasm of the options page: one call into the library.

use std::alloc::System;

use wasm_bindgen::prelude::wasm_bindgen;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites every allocation when it is freed: secrets pass through many strings and buffers of other crates.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Renders the options page.
#[wasm_bindgen]
pub fn options() {
    casdoor_authenticator::ui::options::mount();
}
