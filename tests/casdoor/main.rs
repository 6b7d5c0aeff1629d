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
mod invariants;
mod mobile_app_faults;
mod model;
mod phone;
mod seeded_random;
mod server;
mod world;
