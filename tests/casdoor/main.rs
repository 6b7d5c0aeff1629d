//! Tests the sync with a Casdoor server through the library's public API.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test that cannot build its input should fail"
)]

mod browser;
mod chance;
mod hazards;
mod model;
mod phone;
mod server;
mod verdict;
mod world;
