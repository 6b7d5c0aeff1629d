//! Signing in to a Casdoor server and staying in sync with it, in a real browser against the mock server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod action_needed;
mod drawn_steps;
mod fixture;
mod mix_up;
mod popup_states;
mod redirect_chains;
mod required_pages;
mod second_factors;
mod server_failures;
mod sign_in;
mod sync_status;
