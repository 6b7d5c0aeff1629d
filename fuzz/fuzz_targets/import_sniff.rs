//! Detects the format of any bytes and reads them.
#![no_main]

use casdoor_authenticator::exchange;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exchange::sniff(bytes);
    let _ = exchange::read(bytes, None, None);
});
