//! Reads any bytes in each format of the registry. The first byte determines the format.
#![no_main]

use casdoor_authenticator::exchange::{self, Format};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((pick, bytes)) = bytes.split_first() {
        let format = Format::ALL.get(usize::from(*pick) % Format::ALL.len()).copied();
        let _ = exchange::read(bytes, format, None);
    }
});
