//! Erases the worker's wasm memory: `erase_memory.js` overwrites all of it and starts a new instance.
//!
//! Keys, tokens and secrets pass through the stack and through buffers of many crates. Erasing each copy individually
//! could not be proven complete, so the entire memory is overwritten. The worker holds nothing in memory that it could
//! not load again, so a new instance continues where the old one ended. Between two erasures, the allocator overwrites
//! memory when it is freed.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(raw_module = "../erase_memory.js")]
extern "C" {
    /// Erases the memory once no work is in progress, and after a lock within forty seconds in any case.
    #[wasm_bindgen(js_name = eraseWhenIdle)]
    pub fn erase_when_idle(is_locked: bool);

    /// Removes the time limit of a requested erasure, which then waits for all work in progress. Called when the vault
    /// is unlocked again.
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
