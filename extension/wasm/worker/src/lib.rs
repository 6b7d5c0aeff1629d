//! The service worker's wasm: what `worker.js` calls, and nothing else.

#![cfg(target_arch = "wasm32")]

use std::alloc::System;

use casdoor_authenticator::browser::{menus, worker};
use wasm_bindgen::prelude::*;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites every allocation when it is freed: secrets pass through many strings and buffers of other crates.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// A message from one of the extension's own pages.
#[wasm_bindgen]
pub async fn page_message(request: JsValue) -> JsValue {
    worker::page_message(request).await
}

/// A message from a content script, with what the browser says about where it runs.
#[wasm_bindgen]
pub async fn content_message(request: JsValue, sender: JsValue) -> JsValue {
    worker::content_message(request, sender).await
}

/// The browser or the extension started.
#[wasm_bindgen]
pub async fn started() {
    worker::started().await;
}

/// An alarm went off.
#[wasm_bindgen]
pub async fn alarm(name: String) {
    worker::alarm(name).await;
}

/// The screen was locked.
#[wasm_bindgen]
pub async fn screen_locked() {
    worker::screen_locked().await;
}

/// An entry of the context menu was clicked on.
#[wasm_bindgen]
pub async fn menu_clicked(info: JsValue, tab: JsValue) {
    menus::clicked(info, tab).await;
}

/// A shortcut was pressed.
#[wasm_bindgen]
pub async fn shortcut_pressed(name: String) {
    menus::pressed(name).await;
}
