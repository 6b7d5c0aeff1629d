//! Untrusted input never panics: any pixels return texts or nothing, and any text returns an account or an error. The
//! fuzz targets `qr_pixels` and `text_to_account` test the same functions.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "small numbers of a test"
)]

use casdoor_authenticator::casdoor::sign_in::ConnectionCode;
use casdoor_authenticator::exchange::MigrationPart;
use casdoor_authenticator::otp::KeyUri;
use casdoor_authenticator::qr::{self, Luma};
use proptest::collection::vec;
use proptest::prelude::*;

/// Draws a finder pattern.
fn stamp(pixels: &mut [u8], width: usize, (left, top): (usize, usize), module: usize) {
    for y in 0..7 * module {
        for x in 0..7 * module {
            let ring = |at: usize| (at / module).min(6 - at / module);
            let dark = matches!(ring(x).min(ring(y)), 0 | 2 | 3);
            let at = (top + y) * width + left + x;
            if left + x < width && at < pixels.len() {
                pixels[at] = if dark { 0 } else { 255 };
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_pixels_are_processed_without_panic(
        width in 1..140_usize,
        height in 1..140_usize,
        noise in vec(any::<u8>(), 1..400),
        stamps in vec((0..140_usize, 0..140_usize, 1..6_usize), 0..12),
    ) {
        let mut pixels: Vec<u8> = noise.iter().copied().cycle().take(width * height).collect();
        for (left, top, module) in stamps {
            stamp(&mut pixels, width, (left, top), module);
        }
        let luma = Luma::from_gray(u32::try_from(width).unwrap(), u32::try_from(height).unwrap(), pixels).unwrap();
        for found in qr::read(&luma, || false) {
            prop_assert!(found.corners.iter().all(|corner| corner.x.is_finite() && corner.y.is_finite()));
        }
    }
}

/// Returns parts of valid links, and random text.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "otpauth://",
        "totp/",
        "hotp/",
        "steam://",
        "otpauth-migration://offline?data=",
        "?",
        "&",
        "=",
        "secret=",
        "issuer=",
        "period=",
        "digits=",
        "counter=",
        "algorithm=SHA512",
        "JBSWY3DPEHPK3PXP",
        "30",
        "0",
        "18446744073709551615",
        "%",
        "%3A",
        ":",
        "Ch0KCkhlbGxvId6tvu8SA2JvYhoEQWNtZSABKAEwAhABGAIgASgH",
        "casdoor-authenticator://login?serverUrl=",
        "accessToken=",
        "ü",
    ];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_an_error_or_an_account_that_round_trips(pieces in vec(piece(), 0..14)) {
        let text = pieces.concat();
        let _ = ConnectionCode::parse(&text, true);
        let outside = KeyUri::read_or_setup_key(&text).ok().map(|reading| reading.uri);
        let read = text.parse::<KeyUri>().ok().into_iter().chain(outside);
        let parts = MigrationPart::read(&text).into_iter().flat_map(|part| part.accounts);
        for uri in read.chain(parts.map(|account| account.uri)) {
            let again = uri.to_string().parse::<KeyUri>();
            prop_assert_eq!(again.as_ref(), Ok(&uri));
            for now in [0, 59, 1_790_000_000, u64::MAX] {
                uri.otp.code_at(now);
                uri.otp.window_at(now);
            }
            uri.otp.code_for_counter(u64::MAX);
        }
    }
}

#[test]
fn addresses_of_every_kind_give_the_codes_that_python_computes() {
    let table = include_str!("fixtures/key-uris/codes.tsv");
    for line in table.lines() {
        let [uri, moment, code] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let otp = KeyUri::read_or_setup_key(uri).unwrap_or_else(|error| panic!("{uri}: {error}")).uri.otp;
        let moment = moment.parse().unwrap();
        let shown = otp.window_at(moment).map_or_else(|| otp.code_for_counter(moment), |_| otp.code_at(moment));
        assert_eq!(shown.expose(), code, "{uri}");
    }
    assert!(table.lines().count() >= 80);
}
