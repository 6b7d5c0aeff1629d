//! The service worker's wasm: the functions that `worker.js` calls.

#![cfg(target_arch = "wasm32")]

use std::alloc::System;

use casdoor_authenticator::browser::{choose_field, menus, worker};
use wasm_bindgen::prelude::*;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites every allocation when it is freed: secrets pass through many strings and buffers of other crates.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Handles a message from one of the extension's own pages.
#[wasm_bindgen]
pub async fn page_message(request: JsValue, origin: Option<String>) -> JsValue {
    worker::page_message(request, origin).await
}

/// Handles a message from a content script, with the browser's information about its document.
#[wasm_bindgen]
pub async fn content_message(request: JsValue, sender: JsValue) -> JsValue {
    worker::content_message(request, sender).await
}

/// Handles the user's choice of a field on a page, with the browser's information about its document.
#[wasm_bindgen]
pub async fn field_chosen(choice: JsValue, sender: JsValue) {
    choose_field::chosen(choice, sender).await;
}

/// Handles the start of the browser or the extension. The reason is `install` after an installation.
#[wasm_bindgen]
pub async fn started(reason: Option<String>) {
    worker::started(reason).await;
}

/// Handles a change of the organization's policy.
#[wasm_bindgen]
pub async fn policy_changed() {
    worker::policy_changed().await;
}

/// Handles an alarm.
#[wasm_bindgen]
pub async fn alarm(name: String) {
    worker::alarm(name).await;
}

/// Handles the screen lock.
#[wasm_bindgen]
pub async fn screen_locked() {
    worker::screen_locked().await;
}

/// Handles a click on a context menu entry.
#[wasm_bindgen]
pub async fn menu_clicked(info: JsValue, tab: JsValue) {
    menus::clicked(info, tab).await;
}

/// Handles a keyboard shortcut.
#[wasm_bindgen]
pub async fn shortcut_pressed(name: String) {
    menus::pressed(name).await;
}
