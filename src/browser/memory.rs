//! Erasing the worker's wasm memory: `erase_memory.js` overwrites it as a whole and starts a new instance.
//!
//! Keys, tokens and secrets pass through buffers of many crates and through the stack. Overwriting what each of them
//! leaves behind cannot be shown to be complete; overwriting the memory can. The worker keeps nothing that it could not
//! load again, so a new instance continues where the old one ended. Between two erasures the allocator of the wasm
//! crates overwrites what is freed.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(raw_module = "../erase_memory.js")]
extern "C" {
    /// Erases the memory once no work is in progress; after a lock forty seconds later at the latest.
    #[wasm_bindgen(js_name = eraseWhenIdle)]
    pub fn erase_when_idle(is_locked: bool);

    /// Lets a requested erasure wait for work in progress as long as that takes: the vault is open again.
    #[wasm_bindgen(js_name = waitForWork)]
    pub fn wait_for_work();

    #[wasm_bindgen(js_name = keepAlive)]
    fn keep_alive(work: &Promise);
}

/// Runs work in the background. It counts as work in progress, so that the memory is not erased while it runs.
pub fn in_background(work: impl Future<Output = ()> + 'static) {
    keep_alive(&future_to_promise(async move {
        work.await;
        Ok(JsValue::UNDEFINED)
    }));
}
