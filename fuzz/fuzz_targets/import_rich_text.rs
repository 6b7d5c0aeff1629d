//! Reads any bytes as the content of a rich text document.
#![no_main]

use casdoor_authenticator::exchange;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = exchange::read(&[b"{\\rtf1\\ansi ".as_slice(), bytes].concat(), None, None);
});
