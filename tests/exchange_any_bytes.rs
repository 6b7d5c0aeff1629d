//! Importing arbitrary bytes returns an error or a report and never panics. It also stays within these limits: 2 s of
//! this thread's processor time in addition to the key derivation, and a peak of 300 MB of memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "test functions outside #[test], which measure and use small numbers"
)]

#[path = "support/processor_time.rs"]
mod processor_time;

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use casdoor_authenticator::exchange::{self, Format};
use casdoor_authenticator::secret::Secret;
use peak_alloc::PeakAlloc;
use processor_time::processor_time;
use proptest::prelude::*;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Ensures that only one file is read at a time, so that the measured peak is that of one.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn lock_measurement() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time limit for reading without key derivation, in a debug build.
const WITHIN: Duration = Duration::from_secs(2);

/// The limit for the memory that reading needs in addition to the file, including key derivation.
const MEMORY_BYTES: usize = 300_000_000;

/// Imports the bytes, and checks that the accounts can be stored and that the import stayed within the limits, apart
/// from a key derivation that may take `derivation`.
fn bounded(bytes: &[u8], format: Option<Format>, password: Option<&Secret<String>>, derivation: Duration) {
    let _turn = lock_measurement();
    MEMORY.reset_peak_usage();
    let (before, start) = (MEMORY.current_usage(), Instant::now());
    let report = exchange::read(bytes, format, password);
    let grown = MEMORY.peak_usage().saturating_sub(before);
    assert!(grown <= MEMORY_BYTES, "{format:?}: {} MB for {} bytes", grown / 1_000_000, bytes.len());
    // Elapsed time is never less than processor time and cheaper to measure, so the latter is measured only if the
    // former exceeds the limit.
    if start.elapsed() > WITHIN + derivation {
        let start = processor_time();
        let _ = exchange::read(bytes, format, password);
        let took = processor_time().saturating_sub(start);
        assert!(took <= WITHIN + derivation, "{format:?}: {took:.1?} for {} bytes", bytes.len());
    }
    let Ok(report) = report else { return };
    assert!(report.accounts.len() + report.skipped.len() <= exchange::MAX_ROWS);
    for account in &report.accounts {
        assert_eq!(account.uri.to_string().parse().as_ref(), Ok(&account.uri), "an imported account can be stored");
    }
}

/// Imports the bytes without a password, so that no key is derived.
fn survives(bytes: &[u8], format: Option<Format>) {
    bounded(bytes, format, None, Duration::ZERO);
}

/// A fixture: its format, its content and its password.
struct File {
    format: Format,
    bytes: Vec<u8>,
    password: Option<Secret<String>>,
}

/// Returns the fixtures up to 40 kB whose format is known, either those with a password or those without.
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
        // Every prefix of small files, and about 150 prefixes of larger ones.
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
            let _turn = lock_measurement();
            let start = Instant::now();
            let _ = exchange::read(bytes, Some(*format), password.as_ref());
            start.elapsed()
        };
        // The most expensive fixture needs a gigabyte; other tests cover the limits of key derivation.
        if derivation > Duration::from_secs(1) {
            continue;
        }
        // Each try needs a key derivation, so expensive ones are tried less often, and at different positions in each
        // file.
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

/// Names in the languages of each legacy encoding.
const NAMES: [(&str, [&str; 5]); 13] = [
    ("shift_jis", ["三菱東京銀行", "楽天カード", "ﾒｰﾙ ｱｶｳﾝﾄ", "佐藤さん", "ソニーストア"]),
    ("gb18030", ["中国工商银行", "微信支付", "公司邮箱", "淘宝网", "李明的账户"]),
    ("big5", ["台灣銀行", "公司郵箱", "國泰世華", "蝦皮購物", "許功蓋"]),
    ("euc-kr", ["국민은행", "네이버 메일", "카카오톡", "우리 회사", "김민수"]),
    ("windows-1250", ["Łódź Poczta", "Česká spořitelna", "Księgowość", "Příkazy", "żółty"]),
    ("windows-1251", ["Сбербанк", "Почта России", "Госуслуги", "ВКонтакте", "Мой аккаунт"]),
    ("windows-1252", ["Société Générale", "Müller & Söhne", "Telefónica España", "Åse Sørensen", "Crédit £5"]),
    ("windows-1253", ["Τράπεζα", "Ελλάδα", "Λογαριασμός", "Αθήνα", "Εθνική"]),
    ("windows-1254", ["İstanbul Şubesi", "Müşteri", "Halkbank Girişi", "Güvenlik Şifresi", "Ağ"]),
    ("windows-1255", ["בנק הפועלים", "דואר ישראל", "ירושלים", "חשבון ראשי", "מכבי"]),
    ("windows-1256", ["البريد", "بنك مصر", "حساب العمل", "السعودية", "القاهرة"]),
    ("windows-1257", ["Šiauliai", "Vartotojų sąskaita", "Paštas", "Latvijas Pasts ķļ", "Žmonės"]),
    ("windows-874", ["ธนาคารกรุงไทย", "อีเมล", "บัญชีหลัก", "สมชาย", "ร้านค้า"]),
];

const SECRETS: [&str; 4] = ["GEZDGNBVGY3TQOJQ", "JBSWY3DPEHPK3PXP", "KRUGS4ZANFZSAYJA", "MFRGGZDFMZTWQ2LK"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_in_a_legacy_encoding_keeps_its_rows_names_and_secrets(
        (encoding, names) in prop::sample::select(NAMES.to_vec()),
        start in 0..5_usize,
        secrets in prop::collection::vec(prop::sample::select(SECRETS.to_vec()), 3..20),
        delimiter in prop::sample::select(vec![",", ";", "\t"]),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        is_list in any::<bool>(),
    ) {
        // At least three different names, as in a realistic file.
        let rows: Vec<(&str, &str)> = secrets.iter().enumerate().map(|(at, secret)| (names[(start + at) % 5], *secret)).collect();
        let text: String = if is_list {
            let uri = |(name, secret): &(&str, &str)| format!("otpauth://totp/{name}:ann?secret={secret}&issuer={name}{end}");
            rows.iter().map(uri).collect()
        } else {
            let line = |(name, secret): &(&str, &str)| format!("\"{name}\"{delimiter}ann{delimiter}{secret}{end}");
            format!("issuer{delimiter}account{delimiter}secret{end}{}", rows.iter().map(line).collect::<String>())
        };
        let text = if is_list { text.replace("Müller & Söhne", "Müller").replace("£5", "") } else { text };
        let (bytes, _, has_unmappable) = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap().encode(&text);
        prop_assert!(!has_unmappable, "{} {}", encoding, text);
        let _turn = lock_measurement();
        let report = exchange::read(&bytes, None, None);
        let report = report.map_err(|error| TestCaseError::fail(format!("{encoding}: {error}: {text}")))?;
        prop_assert_eq!(report.accounts.len() + report.skipped.len(), rows.len(), "{}: {}", encoding, text);
        prop_assert!(report.skipped.is_empty(), "{}: {}", encoding, text);
        for (account, (name, secret)) in report.accounts.iter().zip(&rows) {
            let uri = account.uri.to_string();
            prop_assert!(uri.contains(&format!("secret={secret}")), "{}: {}", encoding, uri);
            if !is_list {
                prop_assert_eq!(account.uri.issuer.as_str(), *name, "{}", encoding);
            }
        }
    }
}
