//! The largest file that is read, made of nothing but trouble: an answer within seconds, in a debug build.
#![allow(clippy::unwrap_used, reason = "outside of tests these are a test's own words")]

use std::time::{Duration, Instant};

use base64::Engine as _;
use casdoor_authenticator::exchange::{self, Format, MAX_IMPORT_BYTES};

/// What a file may take beside its key derivation.
const WITHIN: Duration = Duration::from_secs(2);

/// The formats that a text without a mark may be read as by a person's choice.
const TEXTS: [Format; 4] = [Format::Otpauth, Format::GoogleMigration, Format::TotpAuthenticator, Format::BitwardenCsv];

/// A text again and again, up to the largest file.
fn full_of(start: &str, again: &str) -> Vec<u8> {
    let mut bytes = start.as_bytes().to_vec();
    bytes.extend(again.as_bytes().repeat((MAX_IMPORT_BYTES - start.len()) / again.len()));
    bytes
}

fn migration(field: &[u8]) -> Vec<u8> {
    let message = field.repeat((MAX_IMPORT_BYTES / 4 * 3 - 300) / field.len());
    let data = base64::engine::general_purpose::STANDARD.encode(message);
    format!("otpauth-migration://offline?data={data}").into_bytes()
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let table = "folder,favorite,type,name,login_uri,login_totp\n";
    vec![
        ("blank lines", full_of("", "\n")),
        ("blank lines behind an address", full_of("otpauth://totp/a?secret=MZXW6\n", "\r\n")),
        ("lines of one letter", full_of("", "x\n")),
        ("addresses", full_of("", "otpauth://totp/a?secret=MZXW6\n")),
        ("one address", full_of("otpauth://totp/", "a")),
        ("one address of escapes", full_of("otpauth://totp/", "%41")),
        ("one address of empty parameters", full_of("otpauth://totp/a?", "&")),
        ("one address of secrets", full_of("otpauth://totp/a?", "secret=MZXW6&")),
        ("a migration of empty accounts", migration(&[0x0a, 0])),
        ("a migration of unknown numbers", migration(&[0x78, 1])),
        ("a migration of spaces", full_of("otpauth-migration://offline?data=", "%20")),
        ("migrations", full_of("", "otpauth-migration://offline?data=CgA\n")),
        ("opened lists", full_of("", "[")),
        ("opened objects", full_of("", "{\"a\":")),
        ("a list of objects", full_of("[", "{},")),
        ("a list of numbers", full_of("[", "0,")),
        ("an object of names", full_of("{", "\"a\":1,")),
        ("a text that does not end", full_of("{\"a\":\"", "b")),
        ("a text of escapes", full_of("{\"a\":\"", "\\u0041")),
        ("a table of empty fields", full_of(table, ",")),
        ("a table of empty rows", full_of(table, ",,,,,\n")),
        ("a table of quotes", full_of(table, "\"")),
        ("preferences", full_of("<?xml version='1.0'?>\n<map>", "<string name=\"a\">b</string>")),
        ("preferences in preferences", full_of("<?xml version='1.0'?>\n", "<map>")),
        ("preferences of entities", full_of("<?xml version='1.0'?>\n<map><string name=\"a\">", "&amp;")),
        ("base64", full_of("", "A")),
        ("zeros", vec![0; MAX_IMPORT_BYTES]),
        ("ones", vec![0xff; MAX_IMPORT_BYTES]),
        ("a database of zeros", full_of("SQLite format 3\0", "\0")),
        ("a database of ones", full_of("SQLite format 3\0", "\u{1}")),
        ("an archive of archives", full_of("", "PK\u{3}\u{4}")),
    ]
}

#[test]
fn the_largest_file_of_nothing_but_trouble_is_answered_within_seconds() {
    let mut slow = Vec::new();
    for (name, bytes) in hostile() {
        for format in std::iter::once(None).chain(TEXTS.map(Some)) {
            let start = Instant::now();
            let rows = exchange::read(&bytes, format, None).map(|report| report.accounts.len() + report.skipped.len());
            let took = start.elapsed();
            assert!(rows.unwrap_or(0) <= exchange::MAX_ROWS);
            if took > WITHIN {
                slow.push(format!("{name} as {}: {took:.1?}", format.map_or("what it seems to be", Format::id)));
                println!("{}", slow.last().unwrap());
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}
