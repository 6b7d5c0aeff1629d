//! Importing arbitrary bytes returns an error or a report, never panics, and stays within limits: 2 s of this thread's
//! processor time in addition to the key derivation, and 300 MB of memory at the peak.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "outside #[test] these are a test's own words; it measures, on small numbers"
)]

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use casdoor_authenticator::exchange::{self, Format};
use casdoor_authenticator::secret::Secret;
use peak_alloc::PeakAlloc;
use proptest::prelude::*;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One read at a time, so that the height of the memory is that of one.
static TURN: Mutex<()> = Mutex::new(());

fn turn_of_one() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time limit for reading without key derivation, in a debug build.
const WITHIN: Duration = Duration::from_secs(2);

/// The limit for the memory that reading needs besides the file, including key derivation.
const MEMORY_BYTES: usize = 300_000_000;

/// How long this thread has computed, where the system says so: other work on the machine does not count.
fn computed(since: Instant) -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Imports the bytes, and checks that the accounts can be stored and that the import stayed within the limits, apart
/// from a key derivation that may take `derivation`.
fn bounded(bytes: &[u8], format: Option<Format>, password: Option<&Secret<String>>, derivation: Duration) {
    let _turn = turn_of_one();
    MEMORY.reset_peak_usage();
    let (before, start) = (MEMORY.current_usage(), Instant::now());
    let report = exchange::read(bytes, format, password);
    let grown = MEMORY.peak_usage().saturating_sub(before);
    assert!(grown <= MEMORY_BYTES, "{format:?}: {} MB for {} bytes", grown / 1_000_000, bytes.len());
    // The clock on the wall is cheap to look at and never behind; only where it says too long is the work counted.
    if start.elapsed() > WITHIN + derivation {
        let start = computed(start);
        let _ = exchange::read(bytes, format, password);
        let took = computed(Instant::now()).saturating_sub(start);
        assert!(took <= WITHIN + derivation, "{format:?}: {took:.1?} for {} bytes", bytes.len());
    }
    let Ok(report) = report else { return };
    assert!(report.accounts.len() + report.skipped.len() <= exchange::MAX_ROWS);
    for account in &report.accounts {
        assert_eq!(account.uri.to_string().parse().as_ref(), Ok(&account.uri), "what is read can be kept");
    }
}

/// Without a password nothing is derived.
fn survives(bytes: &[u8], format: Option<Format>) {
    bounded(bytes, format, None, Duration::ZERO);
}

/// A fixture: its format, its bytes, its password.
struct File {
    format: Format,
    bytes: Vec<u8>,
    password: Option<Secret<String>>,
}

/// The fixtures that name their format and are no larger than this, with a password or without.
fn files(with_password: bool) -> Vec<File> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange");
    let index: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let files = index.as_array().unwrap().iter().filter_map(|entry| {
        let bytes = fs::read(folder.join(entry["file"].as_str()?)).unwrap();
        let password = entry["password"].as_str().map(|password| Secret::new(password.to_owned()));
        Some(File { format: Format::from_id(entry["format"].as_str()?).unwrap(), bytes, password })
    });
    files.filter(|file| file.password.is_some() == with_password && file.bytes.len() < 40_000).collect()
}

#[test]
fn every_prefix_of_every_file_is_an_error_or_a_report() {
    for file in files(false) {
        // Every prefix of the small ones, and every so many bytes of the others.
        let step = (file.bytes.len() / 150).max(1);
        for end in (0..file.bytes.len()).step_by(step) {
            survives(&file.bytes[..end], Some(file.format));
            survives(&file.bytes[..end], None);
        }
    }
}

#[test]
fn a_sealed_file_that_is_cut_off_or_altered_takes_no_longer_than_its_key_derivation_and_little_memory() {
    for (turn, file) in files(true).iter().enumerate() {
        let File { format, bytes, password } = file;
        let derivation = {
            let _turn = turn_of_one();
            let start = Instant::now();
            let _ = exchange::read(bytes, Some(*format), password.as_ref());
            start.elapsed()
        };
        // The largest one asks for a gigabyte, which key derivation bounds.
        if derivation > Duration::from_secs(1) {
            continue;
        }
        // A derivation is paid each time: the dear ones are tried less often, at other places in each file.
        let tries = if derivation < Duration::from_millis(40) { 12 } else { 3 };
        for at in (1..=tries).map(|share| (bytes.len() * share).saturating_sub(turn % 7 + 1) / tries) {
            bounded(&bytes[..at], Some(*format), password.as_ref(), derivation);
            let mut flipped = bytes.clone();
            if let Some(byte) = flipped.get_mut(at) {
                *byte ^= 1 << (turn % 8);
            }
            bounded(&flipped, Some(*format), password.as_ref(), derivation);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_with_flipped_bytes_is_an_error_or_a_report(choice: prop::sample::Index, flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        thread_local!(static FILES: Vec<File> = files(false));
        FILES.with(|files| {
            let File { format, bytes, .. } = choice.get(files);
            let mut bytes = bytes.clone();
            for (at, value) in flips {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] ^= value;
                }
            }
            survives(&bytes, Some(*format));
            survives(&bytes, None);
        });
    }

    #[test]
    fn any_bytes_are_an_error_or_a_report_in_every_format(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes, None);
        for format in Format::ALL {
            survives(&bytes, Some(*format));
        }
    }

    #[test]
    fn any_json_is_an_error_or_a_report_in_every_format(text in r#"[\[\]{}",:0-9a-z\\ ]{0,60}"#) {
        for format in Format::ALL {
            survives(text.as_bytes(), Some(*format));
        }
    }
}
