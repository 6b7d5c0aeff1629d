//! Reads a database and its log. The first byte determines where the input is divided.
#![no_main]

use casdoor_authenticator::exchange;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (database, log) = bytes.split_at(bytes.first().map_or(0, |share| bytes.len() * usize::from(*share) / 256));
    if let Ok(merged) = exchange::merge_wal(database, log) {
        let _ = exchange::read(&merged, None, None);
    }
});
