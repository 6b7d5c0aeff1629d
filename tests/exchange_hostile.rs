//! The largest file that is read, made of nothing but trouble: an answer within seconds, in a debug build.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a test that measures, on small numbers"
)]

use std::time::{Duration, Instant};

use base64::Engine as _;
use casdoor_authenticator::exchange::{self, Format, MAX_IMPORT_BYTES};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// How long this thread has computed, where the system says so: other work on the machine does not count.
fn computed(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// What a file may take beside its key derivation, in a debug build.
const WITHIN: Duration = Duration::from_secs(2);

/// What reading may take besides the file.
const MEMORY_BYTES: usize = 300_000_000;

/// The formats that a text without a mark may be read as by a user's choice.
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

/// A file's name and how it is made: one at a time, so that memory can be measured.
type Maker = (&'static str, Box<dyn Fn() -> Vec<u8>>);

fn hostile() -> Vec<Maker> {
    let table = "folder,favorite,type,name,login_uri,login_totp\n";
    vec![
        ("blank lines", Box::new(move || full_of("", "\n"))),
        ("blank lines behind an address", Box::new(move || full_of("otpauth://totp/a?secret=MZXW6\n", "\r\n"))),
        ("lines of one letter", Box::new(move || full_of("", "x\n"))),
        ("addresses", Box::new(move || full_of("", "otpauth://totp/a?secret=MZXW6\n"))),
        ("one address", Box::new(move || full_of("otpauth://totp/", "a"))),
        ("one address of escapes", Box::new(move || full_of("otpauth://totp/", "%41"))),
        ("one address of empty parameters", Box::new(move || full_of("otpauth://totp/a?", "&"))),
        ("one address of secrets", Box::new(move || full_of("otpauth://totp/a?", "secret=MZXW6&"))),
        ("a migration of empty accounts", Box::new(move || migration(&[0x0a, 0]))),
        ("a migration of unknown numbers", Box::new(move || migration(&[0x78, 1]))),
        ("a migration of spaces", Box::new(move || full_of("otpauth-migration://offline?data=", "%20"))),
        ("migrations", Box::new(move || full_of("", "otpauth-migration://offline?data=CgA\n"))),
        ("opened lists", Box::new(move || full_of("", "["))),
        ("opened objects", Box::new(move || full_of("", "{\"a\":"))),
        ("a list of objects", Box::new(move || full_of("[", "{},"))),
        ("a list of numbers", Box::new(move || full_of("[", "0,"))),
        ("an object of names", Box::new(move || full_of("{", "\"a\":1,"))),
        ("a text that does not end", Box::new(move || full_of("{\"a\":\"", "b"))),
        ("a text of escapes", Box::new(move || full_of("{\"a\":\"", "\\u0041"))),
        ("a table of empty fields", Box::new(move || full_of(table, ","))),
        ("a table of empty rows", Box::new(move || full_of(table, ",,,,,\n"))),
        ("a table of quotes", Box::new(move || full_of(table, "\""))),
        ("preferences", Box::new(move || full_of("<?xml version='1.0'?>\n<map>", "<string name=\"a\">b</string>"))),
        ("preferences in preferences", Box::new(move || full_of("<?xml version='1.0'?>\n", "<map>"))),
        (
            "preferences of entities",
            Box::new(move || full_of("<?xml version='1.0'?>\n<map><string name=\"a\">", "&amp;")),
        ),
        ("a page of tags", Box::new(move || full_of("<!doctype html>", "<p>"))),
        ("a page of addresses", Box::new(move || full_of("<!doctype html><p>", "otpauth://totp/a?secret=MZXW6 "))),
        ("a page of escapes", Box::new(move || full_of("<html><p>otpauth://totp/", "&amp;"))),
        ("base64", Box::new(move || full_of("", "A"))),
        ("zeros", Box::new(move || vec![0; MAX_IMPORT_BYTES])),
        ("ones", Box::new(move || vec![0xff; MAX_IMPORT_BYTES])),
        ("a database of zeros", Box::new(move || full_of("SQLite format 3\0", "\0"))),
        ("a database of ones", Box::new(move || full_of("SQLite format 3\0", "\u{1}"))),
        ("pages of nothing known", Box::new(move || vec![0xf0; MAX_IMPORT_BYTES])),
        ("an archive of archives", Box::new(move || full_of("", "PK\u{3}\u{4}"))),
    ]
}

/// What reading grew the memory by at its height.
fn grown(read: impl FnOnce()) -> usize {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    read();
    MEMORY.peak_usage().saturating_sub(before)
}

#[test]
fn the_largest_file_of_nothing_but_trouble_is_answered_within_seconds_and_bounds() {
    let (mut wrong, mut slowest, mut largest, since) = (Vec::new(), Duration::ZERO, 0, Instant::now());
    for (name, make) in hostile() {
        let bytes = make();
        for format in std::iter::once(None).chain(TEXTS.map(Some)) {
            let start = computed(since);
            let grown = grown(|| {
                let report = exchange::read(&bytes, format, None);
                let rows = report.map_or(0, |report| report.accounts.len() + report.skipped.len());
                assert!(rows <= exchange::MAX_ROWS);
            });
            let mut took = computed(since) - start;
            // A processor that other work shares is slower as well: of three, the least counts.
            for _ in 0..2 {
                if took > WITHIN {
                    let start = computed(since);
                    let _ = exchange::read(&bytes, format, None);
                    took = took.min(computed(since) - start);
                }
            }
            (slowest, largest) = (slowest.max(took), largest.max(grown));
            if took > WITHIN || grown > MEMORY_BYTES {
                let format = format.map_or("what it seems to be", Format::id);
                wrong.push(format!("{name} as {format}: {took:.1?}, {} MB", grown / 1_000_000));
            }
        }
    }
    println!("at most {slowest:.2?} and {} MB", largest / 1_000_000);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
