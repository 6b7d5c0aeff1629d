//! Tests of reading and printing key URIs.

use super::*;
use proptest::prelude::*;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn parse(text: &str) -> Result<KeyUri, OtpError> {
    text.replace("SECRET", SECRET).parse()
}

fn read(text: &str) -> Result<Reading, OtpError> {
    KeyUri::read(&text.replace("SECRET", SECRET))
}

/// Describes the parameters: digits, period or counter, and algorithm. Steam has none.
fn settings(otp: &Otp) -> String {
    match otp.kind {
        Kind::Totp { period } => format!("{} {} {}", otp.digits.count(), period.seconds(), otp.algorithm),
        Kind::Hotp { counter } => format!("{} #{counter} {}", otp.digits.count(), otp.algorithm),
        Kind::Steam => "steam".into(),
    }
}

#[test]
fn casdoors_own_label_with_a_slash_is_read() {
    let uri = parse(
        "otpauth://totp/Acme%20Works:acme/bob?algorithm=SHA1&digits=6&issuer=Acme%20Works&period=30&secret=SECRET",
    )
    .unwrap();
    assert_eq!((uri.issuer.as_str(), uri.name.as_str()), ("Acme Works", "acme/bob"));
    assert!(uri.otp.is_standard());
}

#[test]
fn names_are_read_however_they_are_escaped_and_punctuated() {
    for (text, issuer, name) in [
        ("otpauth://totp/A%3A%20bob?secret=SECRET", "A", "bob"),
        ("otpauth://totp/bob?secret=SECRET&issuer=Air+Canada", "Air Canada", "bob"),
        ("otpauth://totp/a+b@x.org?secret=SECRET", "", "a+b@x.org"),
        ("otpauth://totp/a:b:c?secret=SECRET&issuer=a:b", "a:b", "c"),
        ("otpauth://totp/?secret=SECRET", "", ""),
        ("otpauth://totp?secret=SECRET", "", ""),
        ("otpauth://totp/B%FCcherei:ann?secret=SECRET&issuer=B%FCcherei", "B\u{fc}cherei", "ann"),
        ("otpauth://totp/C#: Ann O'Neil, Esq.?secret=SECRET&issuer=C#", "C#", "Ann O'Neil, Esq."),
        ("otpauth://totp/Who? Me:ann?secret=SECRET", "Who? Me", "ann"),
        ("otpauth://totp/100%:ann?issuer=100%&secret=SECRET", "100%", "ann"),
        ("\u{feff}\"otpauth:///totp/A:ann?secret=SECRET\"\r\n", "A", "ann"),
        ("otpauth%3A%2F%2Ftotp%2FA%3Aann%3Fsecret%3DSECRET", "A", "ann"),
    ] {
        let uri = read(text).unwrap_or_else(|error| panic!("{text}: {error}")).uri;
        assert_eq!((uri.issuer.as_str(), uri.name.as_str()), (issuer, name), "{text}");
        assert!(uri.otp.is_standard(), "{text}");
    }
}

#[test]
fn different_issuers_in_label_and_parameter_are_reported() {
    let told = |text: &str| read(text).map(|reading| (reading.uri.issuer, reading.label_issuer)).unwrap();
    let both = |issuer: &str, label: &str| (issuer.to_owned(), label.to_owned());
    assert_eq!(told("otpauth://totp/Old:bob?secret=SECRET&issuer=New"), both("New", "Old"));
    assert_eq!(told("otpauth://totp/new:bob?secret=SECRET&issuer=New"), both("New", ""));
    assert_eq!(told("otpauth://totp/bob?secret=SECRET&issuer=New"), both("New", ""));
}

#[test]
fn what_decides_the_code_is_understood_in_every_usual_spelling() {
    for (text, expected) in [
        ("otpauth://totp/a?secret=SECRET&amp;algorithm=SHA256&amp;digits=8&amp;period=60", "8 60 SHA256"),
        ("otpauth://totp/a?secret=SECRET&amp;amp;digits=8&#38;period=60", "8 60 SHA1"),
        ("otpauth://totp/a?secret=SECRET\\u0026digits=8", "8 30 SHA1"),
        ("OTPAUTH://TOTP/A?sEcReT=SECRET&ALGORITHM=SHA512&DIGITS=7&PERIOD=15", "7 15 SHA512"),
        ("otpauth://totp/a?digit=8&algo=hmac-sha-256&step=60&secret=SECRET", "8 60 SHA256"),
        ("otpauth://totp/a?secret=SECRET&alg=HmacSHA512&interval=60&digits=06", "6 60 SHA512"),
        ("otpauth://totp/a?secret=SECRET;digits=8;period=60", "8 60 SHA1"),
        ("otpauth://totp/a?issuer=B?secret=SECRET&digits=8", "8 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&issuer=C#&digits=8", "8 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&digits=8#top", "8 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&period=30.0&digits= 8 &algorithm=sha_1", "8 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&digits=4", "4 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&digits=8&digits=08&secret=SECRET====", "8 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&counter=x", "6 30 SHA1"),
        ("otpauth://hotp/a?secret=SECRET&counter=7&period=x&digits=8", "8 #7 SHA1"),
        ("otpauth://hotp/a?secret=SECRET", "6 #0 SHA1"),
        ("otpauth://totp/a?secret=blz-SECRET", "8 30 SHA1"),
        ("otpauth://totp/a?secret=blz-SECRET&digits=8&period=30", "8 30 SHA1"),
        ("otpauth://totp/a?secret=12345678901234567890&encoding=UTF8&digits=8", "8 30 SHA1"),
        ("otpauth://totp/a?secret=SECRET&T0=0&image=https://x.example/?digits=3", "6 30 SHA1"),
    ] {
        let reading = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(settings(&reading.uri.otp), expected, "{text}");
        assert_eq!(reading.uri.otp.key.expose(), b"12345678901234567890", "{text}");
    }
}

#[test]
fn an_unknown_value_is_rejected_with_the_reason() {
    for (text, error) in [
        ("otpauth://totp/a?secret=SECRET&period=0", OtpError::Period),
        ("otpauth://totp/a?secret=SECRET&period=-30", OtpError::Period),
        ("otpauth://totp/a?secret=SECRET&period=", OtpError::Period),
        ("otpauth://totp/a?secret=SECRET&period=30s", OtpError::Period),
        ("otpauth://totp/a?secret=SECRET&period=30000", OtpError::Milliseconds),
        ("otpauth://totp/a?secret=SECRET&digits=11", OtpError::Digits),
        ("otpauth://totp/a?secret=SECRET&digits=3", OtpError::Digits),
        ("otpauth://totp/a?secret=SECRET&digits=", OtpError::Digits),
        ("otpauth://totp/a?secret=SECRET&digits=eight", OtpError::Digits),
        ("otpauth://totp/a?secret=SECRET&digits", OtpError::Digits),
        ("otpauth://totp/a?secret=SECRET&algorithm=MD5", OtpError::Algorithm),
        ("otpauth://totp/a?secret=SECRET&algorithm=SHA384", OtpError::Algorithm),
        ("otpauth://totp/a?secret=SECRET&algorithm=", OtpError::Algorithm),
        ("otpauth://totp/a?secret=SECRET&algorithm=SHA1\u{e9}", OtpError::Algorithm),
        ("otpauth://hotp/a?secret=SECRET&counter=18446744073709551616", OtpError::Counter),
        ("otpauth://hotp/a?secret=SECRET&counter=one", OtpError::Counter),
        ("otpauth://hotp/a?secret=SECRET&conter=5", OtpError::UnclearParameter),
        ("otpauth://totp/a?secret=SECRET&digts=8", OtpError::UnclearParameter),
        ("otpauth://totp/a?secret=SECRET&encoder=base20", OtpError::UnclearParameter),
        ("otpauth://totp/a?secret=SECRET&encoder=yandex", OtpError::Yandex),
        ("otpauth://totp/a?secret=SECRET&yandexpin=1234", OtpError::Yandex),
        ("otpauth://totp/a?secret=blz-SECRET&digits=6", OtpError::Contradiction),
        ("otpauth://hotp/a?secret=blz-SECRET&counter=1", OtpError::Contradiction),
        ("otpauth://totp/a?secret=SECRET&digits=6&digits=8", OtpError::Contradiction),
        ("otpauth://totp/a?secret=SECRET&secret=MZXW6YTB", OtpError::Contradiction),
        ("otpauth://totp/a?secret=SECRET&period=30&algorithm=SHA1&period=60", OtpError::Contradiction),
        ("otpauth://steam/a?secret=SECRET&period=60", OtpError::Contradiction),
        ("otpauth://totp/Steam:a?secret=SECRET&digits=5&algorithm=SHA256", OtpError::Contradiction),
        ("otpauth://totp/a?secret=SECRET&issuer=steam&digits=5&period=60", OtpError::Contradiction),
        ("otpauth://totp/a?secret=SECRET&t0=1000", OtpError::Epoch),
        ("otpauth://totp/a?secret=SECRET&2step_salt=8&2step_output=20", OtpError::TwoStep),
        ("otpauth://totp/a", OtpError::NoSecret),
        ("otpauth://totp/a?secret=", OtpError::SecretLength),
        ("otpauth://totp/a?secret=A9", OtpError::SecretCharacter { position: 2 }),
        ("otpauth://totp/a?secret=%FF", OtpError::Escape),
        ("otpauth://ocra/a?secret=SECRET", OtpError::UnknownKind),
        ("otpauth://yaotp/a?secret=SECRET", OtpError::Yandex),
        ("otpauth://motp/a?secret=SECRET", OtpError::Motp),
        ("motp://A:b?secret=e3152afee62599c8", OtpError::Motp),
        ("otpauth://pipush/a?secret=SECRET", OtpError::Push),
        ("https://example.com", OtpError::NotAKeyUri),
    ] {
        assert_eq!(read(text).unwrap_err(), error, "{text}");
    }
}

#[test]
fn a_parameter_with_an_unknown_name_is_rejected_if_it_may_mean_another_setting() {
    for (tail, hotp) in [
        ("size=8", false),
        ("codeLength=7", false),
        ("duration=60", false),
        ("time=45", false),
        ("hmac=sha256", false),
        ("sha=512", false),
        ("timer=60", false),
        ("per%C3%ADodo=60", false),
        ("d%C3%ADgitos=8", false),
        ("pin=1234", false),
        ("prf=HmacSHA512", false),
        ("count=5", true),
        ("moving_factor=5", true),
        ("offset=5", true),
    ] {
        let kind = if hotp { "hotp" } else { "totp" };
        let text = format!("otpauth://{kind}/a?secret=SECRET&{tail}");
        assert_eq!(read(&text).unwrap_err(), OtpError::UnclearParameter, "{text}");
    }
    for (tail, expected) in [
        ("size=8&digits=8", "8 30 SHA1"),
        ("digits=8&length=8", "8 30 SHA1"),
        ("size=400&time=1700000000&seconds=x", "6 30 SHA1"),
        ("duration=60&period=60", "6 60 SHA1"),
        ("hmac=sha1&name=sha", "6 30 SHA1"),
        ("algorithm=SHA256&mac=hmac-sha-256", "6 30 SHA256"),
        ("count=5&offset=0", "6 30 SHA1"),
        ("sha=1&timer=30", "6 30 SHA1"),
        ("pin=True&type=totp", "6 30 SHA1"),
    ] {
        let reading = read(&format!("otpauth://totp/a?secret=SECRET&{tail}")).map(|reading| settings(&reading.uri.otp));
        assert_eq!(reading, Ok(expected.into()), "{tail}");
    }
}

#[test]
fn a_type_or_time_in_a_parameter_must_not_contradict_the_codes() {
    for (text, error) in [
        ("otpauth://totp/a?secret=SECRET&type=hotp&counter=1", OtpError::Contradiction),
        ("otpauth://hotp/a?secret=SECRET&otpType=TOTP&counter=1", OtpError::Contradiction),
        ("otpauth://totp/a?secret=SECRET&type=motp", OtpError::Motp),
        ("otpauth://totp/a?secret=SECRET&pin_length=4", OtpError::Yandex),
        ("otpauth://totp/a?secret=SECRET&timeOffset=-30", OtpError::Epoch),
        ("otpauth://totp/a?secret=SECRET&algorithm=-", OtpError::Algorithm),
        ("otpauth://totp/a?secret=SECRET&algorithm=HMAC", OtpError::Algorithm),
        ("otpauth://totp/a?secret=SECRET&issuer=A\u{2022}otpauth://totp/b?secret=SECRET", OtpError::Contradiction),
    ] {
        assert_eq!(read(text).unwrap_err(), error, "{text}");
    }
    for text in [
        "otpauth://totp/S:a?secret=SECRET&otpType=STEAM",
        "otpauth://totp/Steam?secret=SECRET&digits=5",
        "otpauth://totp/store.steampowered.com:a?secret=SECRET&digits=5",
    ] {
        assert_eq!(read(text).unwrap().uri.otp.kind, Kind::Steam, "{text}");
    }
    assert_ne!(read("otpauth://totp/Steam?secret=SECRET").unwrap().uri.otp.kind, Kind::Steam);
}

#[test]
fn a_uri_from_the_source_of_an_email_is_decoded() {
    let text = "otpauth://totp/A:b?secret=3DSECRET&issuer=3DA&digits=3D8&pe=\nriod=3D60";
    assert_eq!(settings(&read(text).unwrap().uri.otp), "8 60 SHA1");
    // A key may begin with these characters.
    let otp = read("otpauth://totp/a?secret=3DMZXW6YTBOIABCD&digits=8").unwrap().uri.otp;
    assert_eq!(otp.key.to_base32().expose(), "3DMZXW6YTBOIABCD");
    let text = "otpauth://totp/a?secret=SECRET#digits=8&period=60";
    assert_eq!(settings(&read(text).unwrap().uri.otp), "8 60 SHA1");
}

#[test]
fn links_that_set_up_one_app_are_rejected_with_its_name() {
    for (text, app) in [
        ("phonefactor://activate_account?code=1&url=https%3A%2F%2Fmfa.example", "Microsoft Authenticator"),
        ("Microsoft-Authenticator://activatead?code=1", "Microsoft Authenticator"),
        ("duo://AAAA-YXBp", "Duo Mobile"),
        ("oktaverify://email/login.example/?t=1", "Okta Verify"),
        ("http://127.0.0.1/securid/ctf?ctfData=2001", "RSA SecurID"),
    ] {
        assert_eq!(read(text).unwrap_err(), OtpError::OtherApp(app), "{text}");
        assert!(OtpError::OtherApp(app).to_string().contains(app));
    }
    assert_eq!(read("http://127.0.0.1/").unwrap_err(), OtpError::NotAKeyUri);
}

#[test]
fn what_faulty_programs_write_instead_of_a_secret_is_no_secret() {
    for word in ["undefined", "null", "None", "NaN"] {
        let text = format!("otpauth://totp/a?secret={word}&issuer=B");
        assert_eq!(read(&text).unwrap_err(), OtpError::NoSecret, "{text}");
    }
    assert!(read("otpauth://totp/a?secret=NULLNULL").is_ok());
}

#[test]
fn a_label_of_a_megabyte_is_rejected_before_it_is_parsed() {
    let text = format!("otpauth://totp/{}?secret={SECRET}", "a".repeat(1 << 20));
    assert_eq!(KeyUri::read(&text).unwrap_err(), OtpError::TooLong);
    assert_eq!(text.parse::<KeyUri>().unwrap_err(), OtpError::TooLong);
}

#[test]
fn steam_is_recognized_by_each_of_its_marks() {
    for text in [
        "steam://SECRET",
        "otpauth://steam/Steam:bob?secret=SECRET&issuer=Steam",
        "otpauth://STEAM/Steam?secret=SECRET&digits=6",
        "otpauth://totp/Steam:bob?secret=SECRET&period=30&digits=5&issuer=Steam&encoder=steam",
        "otpauth://totp/a?secret=SECRET&encoder=Steam",
        "otpauth://totp/a?secret=SECRET&digits=s",
        "otpauth://totp/a?secret=SECRET&digits=S",
        "otpauth://totp/a?secret=stm-SECRET",
        "otpauth://totp/Steam:bob?secret=SECRET",
        "otpauth://totp/bob?secret=SECRET&issuer=Steam",
        "otpauth://totp/bob?secret=SECRET&issuer=STEAM&algorithm=SHA1&period=30",
        "otpauth://totp/bob?secret=SECRET&issuer=Steam%20Guard&digits=5",
        "otpauth://totp/Steam:a?secret=SECRET&digits=5&issuer=Steam&deviceid=x&data=%7B%7D",
    ] {
        assert_eq!(read(text).map(|reading| settings(&reading.uri.otp)), Ok("steam".into()), "{text}");
    }
    for (text, expected) in [
        ("otpauth://totp/Steam:bob?secret=SECRET&issuer=Steam&digits=6", "6 30 SHA1"),
        ("otpauth://totp/Steam:bob?secret=SECRET&issuer=Steam&period=60", "6 60 SHA1"),
        ("otpauth://totp/bob?secret=SECRET&digits=5", "5 30 SHA1"),
    ] {
        assert_eq!(read(text).map(|reading| settings(&reading.uri.otp)), Ok(expected.into()), "{text}");
    }
}

#[test]
fn digits_in_a_secret_are_a_question_and_never_a_stored_account() {
    let text = "otpauth://totp/Intranet:ann?secret=KRUGK1DR0VUWG2ZAMJZG8530&issuer=Intranet";
    let reading = KeyUri::read(text).unwrap();
    assert!(reading.is_guess && reading.other.is_some());
    assert_eq!(reading.uri.otp.code_at(1_790_000_011).expose(), "263224");
    assert_eq!(text.parse::<KeyUri>(), Err(OtpError::LookAlikes));
}

#[test]
fn a_bare_setup_key_is_an_account_if_it_is_long_enough() {
    assert!(KeyUri::read_or_setup_key(SECRET).unwrap().uri.otp.is_standard());
    let steam = KeyUri::read_or_setup_key(&format!("stm-{SECRET}")).unwrap();
    assert_eq!(settings(&steam.uri.otp), "steam");
    for text in ["hello", "MZXW6", "https://example.com", "3132333435363738393031323334353637383930"] {
        assert_eq!(KeyUri::read_or_setup_key(text).unwrap_err(), OtpError::NotAKeyUri, "{text}");
    }
    assert_eq!(KeyUri::read_or_setup_key("otpauth://totp/a").unwrap_err(), OtpError::NoSecret);
}

fn any_uri() -> impl Strategy<Value = KeyUri> {
    let kind = prop_oneof![
        (1_u64..=86_400).prop_map(|p| Kind::Totp { period: Period::new(p).unwrap() }),
        any::<u64>().prop_map(|counter| Kind::Hotp { counter }),
        Just(Kind::Steam),
    ];
    let algorithm = prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)];
    let bytes = prop::collection::vec(any::<u8>(), 1..80);
    let issuer = prop_oneof![4 => ".{0,40}", 1 => Just("Steam".to_owned()), 1 => Just("steam".to_owned())];
    (issuer, ".{0,40}", kind, algorithm, 4_u64..=10, bytes).prop_map(
        |(issuer, name, kind, algorithm, digits, bytes)| {
            let key = Key::new(bytes).unwrap();
            let otp = match kind {
                Kind::Steam => Otp::steam(key),
                _ => Otp { kind, key, algorithm, digits: Digits::new(digits).unwrap() },
            };
            KeyUri { issuer: issuer.trim().into(), name: name.trim().into(), otp }
        },
    )
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(uri in any_uri()) {
        prop_assert_eq!(uri.to_string().parse::<KeyUri>(), Ok(uri));
    }

    #[test]
    fn what_is_printed_is_read_from_outside_with_the_same_codes(uri in any_uri()) {
        // Periods that look like milliseconds are rejected. Five digits with the issuer Steam are read as Steam's
        // codes.
        if let Ok(reading) = KeyUri::read(&uri.to_string()) {
            let is_steam = uri.issuer.eq_ignore_ascii_case("steam") && uri.otp.digits == Digits::STEAM;
            prop_assert!(reading.uri.otp == uri.otp || is_steam);
            prop_assert_eq!((reading.uri.issuer, reading.uri.name), (uri.issuer, uri.name));
        }
    }

    #[test]
    fn no_text_panics(text in ".*", tail in "[a-z%&=?:/0-9;#]*") {
        for text in [text.clone(), format!("otpauth://totp/{text}?{tail}")] {
            let _ = (text.parse::<KeyUri>(), KeyUri::read_or_setup_key(&text), super::lines(&text));
        }
    }
}
