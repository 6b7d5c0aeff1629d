//! The test vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B), verbatim.

#![allow(clippy::expect_used, reason = "a test that cannot build its input should fail")]

use casdoor_authenticator::otp::{Algorithm, Digits, Key, Kind, Otp, Period};

fn otp(kind: Kind, seed: &[u8], algorithm: Algorithm, digits: u64) -> Otp {
    let key = Key::new(seed.to_vec()).expect("the seed has a length");
    Otp { kind, key, algorithm, digits: Digits::new(digits).expect("in range") }
}

#[test]
fn hotp_matches_rfc_4226() {
    let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    let hotp = otp(Kind::Hotp { counter: 0 }, b"12345678901234567890", Algorithm::Sha1, 6);
    for (counter, code) in (0_u64..).zip(codes) {
        assert_eq!(hotp.code_for_counter(counter).expose(), code);
    }
}

#[test]
fn totp_matches_rfc_6238() {
    let seeds: [(Algorithm, &[u8]); 3] = [
        (Algorithm::Sha1, b"12345678901234567890"),
        (Algorithm::Sha256, b"12345678901234567890123456789012"),
        (Algorithm::Sha512, b"1234567890123456789012345678901234567890123456789012345678901234"),
    ];
    let rows: [(u64, [&str; 3]); 6] = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ];
    for (time, codes) in rows {
        for ((algorithm, seed), code) in seeds.into_iter().zip(codes) {
            let totp = otp(Kind::Totp { period: Period::default() }, seed, algorithm, 8);
            assert_eq!(totp.code_at(time).expose(), code, "{time} {algorithm}");
        }
    }
}

/// RFC 4226, appendix D, lists the truncated values in decimal. Codes with 10 digits contain them completely.
#[test]
fn ten_digits_show_the_complete_truncated_value() {
    let hotp = otp(Kind::Hotp { counter: 0 }, b"12345678901234567890", Algorithm::Sha1, 10);
    let whole = ["1284755224", "1094287082", "0137359152", "1726969429", "1640338314"];
    for (counter, code) in (0_u64..).zip(whole) {
        assert_eq!(hotp.code_for_counter(counter).expose(), code);
    }
}

#[test]
fn steam_codes_have_five_characters_of_its_alphabet() {
    let steam = Otp::steam(Key::new(b"12345678901234567890".to_vec()).expect("the seed has a length"));
    // Step 1: the truncated value 1094287082 in base 26, least significant character first.
    let alphabet = b"23456789BCDFGHJKMNPQRTVWXY";
    let mut value = 1_094_287_082_usize;
    let expected: String = (0..5)
        .map(|_| {
            let character = char::from(alphabet[value % 26]);
            value /= 26;
            character
        })
        .collect();
    assert_eq!(steam.code_at(59).expose(), &expected);
}

#[test]
fn a_window_begins_and_ends_where_the_code_changes() {
    let totp =
        otp(Kind::Totp { period: Period::new(45).expect("in range") }, b"12345678901234567890", Algorithm::Sha1, 6);
    let window = totp.window_at(100).expect("a TOTP has one");
    assert_eq!((window.from, window.until), (90, 135));
    assert_eq!(totp.code_at(window.from), totp.code_at(window.until - 1));
    assert_ne!(totp.code_at(window.from), totp.code_at(window.until));
}

#[test]
fn every_length_and_extreme_counter_gives_a_code() {
    for digits in 5..=10 {
        let hotp = otp(Kind::Hotp { counter: u64::MAX }, b"1", Algorithm::Sha512, digits);
        assert_eq!(hotp.code_at(0).expose().len(), usize::try_from(digits).expect("small"));
    }
}
