//! Parses any text as an account. Accepted texts must round-trip and generate codes at any time.
#![no_main]

use casdoor_authenticator::casdoor::sign_in::ConnectionCode;
use casdoor_authenticator::exchange::MigrationPart;
use casdoor_authenticator::otp::{Key, KeyUri};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Key::from_base32(text);
    let _ = ConnectionCode::parse(text, true);
    let outside = KeyUri::read_or_setup_key(text).ok().map(|reading| reading.uri);
    let read = text.parse::<KeyUri>().ok().into_iter().chain(outside);
    let parts = MigrationPart::read(text).into_iter().flat_map(|part| part.accounts);
    for uri in read.chain(parts.map(|account| account.uri)) {
        assert_eq!(uri.to_string().parse::<KeyUri>().as_ref(), Ok(&uri));
        for now in [0, 59, 1_790_000_000, u64::MAX] {
            uri.otp.code_at(now);
            uri.otp.window_at(now);
        }
        uri.otp.code_for_counter(u64::MAX);
    }
});
