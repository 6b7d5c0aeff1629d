//! Reads any bytes as `kdbx`.
#![no_main]

use casdoor_authenticator::exchange::{self, Format};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exchange::read(bytes, Format::from_id("kdbx"), None);
});
