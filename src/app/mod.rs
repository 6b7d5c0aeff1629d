//! The use cases, and the one protocol between pages and worker.

pub mod protocol;
