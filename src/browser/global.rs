//! Web APIs that every global scope has. Chromium runs the worker as a service worker, Firefox as an event page, but
//! `web-sys` offers these functions only as methods of one type of global scope.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ImageBitmap, RequestInit, Response};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn start_fetch(address: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = createImageBitmap, catch)]
    fn start_decoding(blob: &Blob) -> Result<Promise, JsValue>;
}

/// Starts a request and waits for the status and headers of its response.
///
/// # Errors
/// The browser's error, which is not meant for users.
pub async fn fetch(address: &str, init: &RequestInit) -> Result<Response, JsValue> {
    JsFuture::from(start_fetch(address, init)?).await?.dyn_into()
}

/// Decodes an image file.
///
/// # Errors
/// The browser's error, which is not meant for users.
pub async fn decode_image(blob: &Blob) -> Result<ImageBitmap, JsValue> {
    JsFuture::from(start_decoding(blob)?).await?.dyn_into()
}
