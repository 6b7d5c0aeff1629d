//! Reads any bytes as `2fauth`.
#![no_main]

use casdoor_authenticator::exchange::{self, Format};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exchange::read(bytes, Format::from_id("2fauth"), None);
});
