//! The wasm of the extension's worker.
