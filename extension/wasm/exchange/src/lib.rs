//! The wasm module that reads and writes other programs' files, in a thread that ends with the job.

#![cfg(target_arch = "wasm32")]

use std::alloc::System;

use casdoor_authenticator::browser::exchange_thread;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites every allocation when it is freed: secrets pass through many strings and buffers of other crates.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Reads a file, given as a list of one or two byte arrays. An empty `format` is detected from the bytes; an empty
/// password means none; `choice` is the JSON of a [`TableChoice`](casdoor_authenticator::exchange::TableChoice).
/// Returns the JSON of a [`FileReadResult`](casdoor_authenticator::app::protocol::FileReadResult).
#[wasm_bindgen]
pub fn read(files: &Array, format: &str, password: String, choice: &str) -> String {
    exchange_thread::read(files, format, password, choice)
}

/// Writes accounts, given as a JSON list of [`PortableAccount`](casdoor_authenticator::exchange::PortableAccount).
///
/// # Errors
/// The JSON of a message.
#[wasm_bindgen]
pub fn write(rows: String, format: &str, password: String, heading: &str, language: &str) -> Result<Vec<u8>, String> {
    exchange_thread::write(rows, format, password, (heading, language))
}
