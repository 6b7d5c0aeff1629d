//! Reads files of the maximum size that contain the worst case for each reader, and a quarter of each file in every
//! format that the user may choose. Each takes at most as long as [`MAX_PASSES`] simple passes over its bytes, and
//! 300 MB of memory.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a test that measures, with small numbers"
)]

#[path = "support/processor_time.rs"]
mod processor_time;

use std::time::Duration;

use base64::Engine as _;
use casdoor_authenticator::exchange::{self, Format, MAX_IMPORT_BYTES};
use peak_alloc::PeakAlloc;
use processor_time::processor_time;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The time limit for a file without key derivation, as a multiple of [`one_pass`]. The time of the same simple work on
/// the same machine is the unit, because a limit in seconds fails on a slow machine and hides faults on a fast one. A
/// reader whose time grows with the square of the size needs thousands of passes. Most files need fewer than 30, but a
/// legacy encoding, which is guessed and decoded first, needs up to 55.
const MAX_PASSES: u32 = 100;

/// The limit for the memory that reading needs in addition to the file.
const MAX_MEMORY_BYTES: usize = 300_000_000;

/// The formats that the user may choose for a text without a signature.
const CHOSEN_FORMATS: [Format; 4] =
    [Format::Otpauth, Format::GoogleMigration, Format::TotpAuthenticator, Format::BitwardenCsv];

/// Repeats a text after a beginning, up to the maximum size of a file.
fn full_of(start: &str, again: &str) -> Vec<u8> {
    let mut bytes = start.as_bytes().to_vec();
    bytes.extend(again.as_bytes().repeat((MAX_IMPORT_BYTES - start.len()) / again.len()));
    bytes
}

fn full_of_bytes(start: &[u8], again: u8) -> Vec<u8> {
    let mut bytes = start.to_vec();
    bytes.resize(MAX_IMPORT_BYTES, again);
    bytes
}

fn migration(field: &[u8]) -> Vec<u8> {
    let message = field.repeat((MAX_IMPORT_BYTES / 4 * 3 - 300) / field.len());
    let data = base64::engine::general_purpose::STANDARD.encode(message);
    format!("otpauth-migration://offline?data={data}").into_bytes()
}

/// The name of a file and a function that creates it. Files are created one at a time, so that memory can be measured.
type Maker = (&'static str, Box<dyn Fn() -> Vec<u8>>);

fn lists_and_json() -> Vec<Maker> {
    vec![
        ("blank lines", Box::new(|| full_of("", "\n"))),
        (
            "objects with different names",
            Box::new(|| {
                let item = |at: usize| format!("{{\"k{at}\":\"x\",\"secret\":\"KRUGS4ZANFZSAYJA\"}}");
                format!("[{}]", (0..exchange::MAX_ROWS).map(item).collect::<Vec<_>>().join(",")).into_bytes()
            }),
        ),
        ("blank lines after an address", Box::new(|| full_of("otpauth://totp/a?secret=MZXW6\n", "\r\n"))),
        ("lines of one letter", Box::new(|| full_of("", "x\n"))),
        ("addresses", Box::new(|| full_of("", "otpauth://totp/a?secret=MZXW6\n"))),
        ("addresses of the web", Box::new(|| full_of("see ", "http://"))),
        ("one address", Box::new(|| full_of("otpauth://totp/", "a"))),
        ("one address in prose", Box::new(|| full_of("see otpauth://totp/", "a"))),
        ("one address of escapes", Box::new(|| full_of("otpauth://totp/", "%41"))),
        ("one address of empty parameters", Box::new(|| full_of("otpauth://totp/a?", "&"))),
        ("one address of secrets", Box::new(|| full_of("otpauth://totp/a?", "secret=MZXW6&"))),
        ("a migration of empty accounts", Box::new(|| migration(&[0x0a, 0]))),
        ("a migration of unknown numbers", Box::new(|| migration(&[0x78, 1]))),
        ("a migration of spaces", Box::new(|| full_of("otpauth-migration://offline?data=", "%20"))),
        ("migrations", Box::new(|| full_of("", "otpauth-migration://offline?data=CgA\n"))),
        ("opened lists", Box::new(|| full_of("", "["))),
        ("opened objects", Box::new(|| full_of("", "{\"a\":"))),
        ("a list of objects", Box::new(|| full_of("[", "{},"))),
        ("a list of numbers", Box::new(|| full_of("[", "0,"))),
        ("an object of names", Box::new(|| full_of("{", "\"a\":1,"))),
        ("a text that does not end", Box::new(|| full_of("{\"a\":\"", "b"))),
        ("a text of escapes", Box::new(|| full_of("{\"a\":\"", "\\u0041"))),
    ]
}

fn tables_pages_and_bytes() -> Vec<Maker> {
    let table = "folder,favorite,type,name,login_uri,login_totp\n";
    vec![
        ("a table of empty fields", Box::new(move || full_of(table, ","))),
        ("a table of empty rows", Box::new(move || full_of(table, ",,,,,\n"))),
        ("a table of quotes", Box::new(move || full_of(table, "\""))),
        ("preferences", Box::new(|| full_of("<?xml version='1.0'?>\n<map>", "<string name=\"a\">b</string>"))),
        ("preferences in preferences", Box::new(|| full_of("<?xml version='1.0'?>\n", "<map>"))),
        ("preferences of entities", Box::new(|| full_of("<?xml version='1.0'?>\n<map><string name=\"a\">", "&amp;"))),
        ("XML of empty elements", Box::new(|| full_of("<?xml version='1.0'?>\n<list>", "<item/>"))),
        ("a page of tags", Box::new(|| full_of("<!doctype html>", "<p>"))),
        ("a page of addresses", Box::new(|| full_of("<!doctype html><p>", "otpauth://totp/a?secret=MZXW6 "))),
        ("a page of escapes", Box::new(|| full_of("<html><p>otpauth://totp/", "&amp;"))),
        ("base64", Box::new(|| full_of("", "A"))),
        ("zeros", Box::new(|| full_of_bytes(b"", 0))),
        ("ones", Box::new(|| full_of_bytes(b"", 0xff))),
        ("a legacy encoding", Box::new(|| full_of_bytes(b"name\n", 0x99))),
        ("a database of zeros", Box::new(|| full_of_bytes(b"SQLite format 3\0", 0))),
        ("a database of ones", Box::new(|| full_of_bytes(b"SQLite format 3\0", 1))),
        ("pages without a mark", Box::new(|| full_of_bytes(b"", 0xf0))),
        ("an archive of archives", Box::new(|| full_of("", "PK\u{3}\u{4}"))),
    ]
}

/// Returns the time of one pass over the bytes in a debug build: a few operations for each byte.
fn one_pass(bytes: &[u8]) -> Duration {
    let start = processor_time();
    let sum = bytes.iter().fold(0_u64, |sum, byte| sum.rotate_left(5) ^ u64::from(*byte));
    std::hint::black_box(sum);
    processor_time() - start
}

/// Returns the peak of the memory that reading needed, in bytes.
fn peak_of(read: impl FnOnce()) -> usize {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    read();
    MEMORY.peak_usage().saturating_sub(before)
}

#[test]
fn the_largest_files_of_worst_cases_stay_within_time_and_memory() {
    let (mut wrong, mut slowest, mut largest) = (Vec::new(), Duration::ZERO, 0);
    for (name, make) in lists_and_json().into_iter().chain(tables_pages_and_bytes()) {
        let whole = make();
        for format in std::iter::once(None).chain(CHOSEN_FORMATS.map(Some)) {
            // A reader whose time grows faster than the size is found with a quarter of the file, too.
            let bytes = whole.get(..format.map_or(whole.len(), |_| whole.len() / 4)).unwrap_or(&whole);
            // Some files are small, because only the number of rows is limited.
            let mut limit = one_pass(bytes).max(Duration::from_millis(75)) * MAX_PASSES;
            let start = processor_time();
            let peak = peak_of(|| {
                let report = exchange::read(bytes, format, None);
                let rows = report.map_or(0, |report| report.accounts.len() + report.skipped.len());
                assert!(rows <= exchange::MAX_ROWS, "{name} has {rows} rows");
            });
            let mut time = processor_time() - start;
            // Other work slows down a shared processor, so the fastest of three runs counts.
            for _ in 0..2 {
                if time > limit {
                    limit = limit.max(one_pass(bytes) * MAX_PASSES);
                    let start = processor_time();
                    let _ = exchange::read(bytes, format, None);
                    time = time.min(processor_time() - start);
                }
            }
            (slowest, largest) = (slowest.max(time), largest.max(peak));
            let format = format.map_or("detected", Format::id);
            println!("{name} as {format}: {time:.2?} of {limit:.2?}, {} MB", peak / 1_000_000);
            if time > limit || peak > MAX_MEMORY_BYTES {
                wrong.push(format!("{name} as {format}: {time:.1?} of {limit:.1?}, {} MB", peak / 1_000_000));
            }
        }
    }
    println!("at most {slowest:.2?} and {} MB", largest / 1_000_000);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
