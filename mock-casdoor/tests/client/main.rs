//! Tests the extension's Casdoor client against the mock server over HTTP: signing in, and syncing with every release
//! and fault.

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
mod copies;
mod device;
mod factors;
#[path = "../../../examples/cli/http.rs"]
mod http;
mod mix_up;
#[path = "../../../tests/support/seeded.rs"]
mod seeded;
mod sign_in;
mod sync;
