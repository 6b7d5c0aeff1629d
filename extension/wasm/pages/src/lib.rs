//! The wasm of the extension's pages.
