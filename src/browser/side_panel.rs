//! The browser's side panel: `chrome.sidePanel` in Chromium, `sidebarAction` in Firefox. Some browsers have neither.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = chrome)]
    static CHROME: JsValue;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "sidePanel"], js_name = open)]
    fn open_panel(options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "sidebarAction"], js_name = open)]
    fn open_sidebar() -> Result<Promise, JsValue>;
}

fn has(name: &str) -> bool {
    CHROME.with(|chrome| Reflect::has(chrome, &name.into()).unwrap_or(false))
}

/// Returns true if the browser has a side panel.
pub fn is_supported() -> bool {
    has("sidePanel") || has("sidebarAction")
}

/// Opens the side panel of a window. Must be called synchronously within a click, because the browser ignores other
/// calls. The future resolves with false if the browser does not allow it.
pub fn open(window: Option<i32>) -> impl Future<Output = bool> + use<> {
    let opened = if has("sidePanel") {
        let options = js_sys::Object::new();
        let set = Reflect::set(&options, &"windowId".into(), &window.map_or(JsValue::UNDEFINED, JsValue::from));
        set.and_then(|_| open_panel(&options))
    } else {
        open_sidebar()
    };
    async move {
        match opened {
            Ok(opened) => JsFuture::from(opened).await.is_ok(),
            Err(_) => false,
        }
    }
}
