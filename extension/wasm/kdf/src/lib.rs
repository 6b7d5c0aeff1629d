//! The wasm of the extension's kdf.
