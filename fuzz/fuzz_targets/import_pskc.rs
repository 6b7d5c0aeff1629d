//! Reads any bytes as `pskc`.
#![no_main]

use casdoor_authenticator::exchange::{self, Format};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exchange::read(bytes, Format::from_id("pskc"), None);
});
