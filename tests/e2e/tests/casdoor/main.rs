//! Signing in to a Casdoor server and staying in step with it, in a real browser against the stand-in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod desk;
mod factors;
mod misfortunes;
mod sign_in;
mod states;
mod staying;
mod waiting;
