//! An exported file is read back with equal accounts, except for what its format cannot store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test functions outside #[test]")]

#[path = "support/seeded.rs"]
mod seeded;

use std::fs;
use std::path::PathBuf;

use casdoor_authenticator::exchange::{self, ExchangeError, Format, Imported, Omission, WRITABLE};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::ChosenIcon;
use seeded::Seeded;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange").join(name)).unwrap()
}

/// Returns the accounts of the fixtures, with an icon, groups, notes and pins.
fn canonical() -> Vec<Imported> {
    exchange::read(&fixture("aegis/plain.json"), None, None).unwrap().accounts
}

fn password() -> Secret<String> {
    Secret::new("correct horse".to_owned())
}

/// Returns an account as a format stores it, or `None` if the format cannot store it.
fn held(format: Format, account: &Imported) -> Option<Imported> {
    let mut held = account.clone();
    for omission in exchange::omissions(format, account) {
        match omission {
            Omission::Account => return None,
            Omission::Group => held.groups.clear(),
            Omission::FurtherGroups => held.groups.truncate(1),
            Omission::Note => held.note.clear(),
            Omission::Pin => held.pinned = false,
            Omission::Icon => held.icon = None,
            Omission::Sites => held.sites.clear(),
            Omission::RecoveryCodes => held.recovery_codes.clear(),
            // Such an account is exported, although other programs may not support it.
            Omission::Unusual => {}
            _ => panic!("an omission that this test does not cover"),
        }
    }
    Some(held)
}

type Comparable = (String, Vec<String>, String, bool, Option<Vec<u8>>);

fn comparable(account: &Imported) -> Comparable {
    let icon = account.icon.as_ref().map(|icon| icon.bytes.clone());
    (account.uri.to_string(), account.groups.clone(), account.note.clone(), account.pinned, icon)
}

fn assert_round_trip(format: Format, password: Option<&Secret<String>>) {
    let accounts = canonical();
    let bytes = exchange::write(format, &accounts, password, 1_790_000_000, &mut Seeded(7)).unwrap();
    assert_eq!(exchange::sniff(&bytes), Some(format), "{format:?}");
    let report = exchange::read(&bytes, None, password).unwrap();
    let expected: Vec<_> = accounts.iter().filter_map(|account| held(format, account)).collect();
    assert!(report.skipped.is_empty() && expected.len() >= 7, "{format:?}");
    let (found, expected): (Vec<_>, Vec<_>) =
        (report.accounts.iter().map(comparable).collect(), expected.iter().map(comparable).collect());
    assert_eq!(found, expected, "{format:?}");
}

#[test]
fn every_plain_format_is_read_back_as_it_was_written() {
    for format in WRITABLE.iter().filter(|format| **format != Format::Backup) {
        assert_round_trip(*format, None);
    }
}

#[test]
fn every_sealed_format_is_read_back_and_only_with_its_password() {
    for format in WRITABLE.iter().filter(|format| exchange::can_encrypt(**format)) {
        assert_round_trip(*format, Some(&password()));
        let bytes = exchange::write(*format, &canonical(), Some(&password()), 1, &mut Seeded(1)).unwrap();
        assert_eq!(exchange::read(&bytes, None, None).unwrap_err(), ExchangeError::NeedsPassword);
        let wrong = Secret::new("wrong".to_owned());
        assert_eq!(exchange::read(&bytes, None, Some(&wrong)).unwrap_err(), ExchangeError::WrongPassword);
        // The file does not reveal anything about an account.
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("alice@example.org") && !text.contains("BE6U4G3HZTDXFGUZNQ2L5XUVOKSAEP2X"));
    }
}

#[test]
fn a_password_for_a_format_without_encryption_is_an_error() {
    for format in WRITABLE.iter().filter(|format| !exchange::can_encrypt(**format)) {
        let written = exchange::write(*format, &canonical(), Some(&password()), 1, &mut Seeded(1));
        assert_eq!(written.unwrap_err(), ExchangeError::CannotEncrypt);
    }
    let backup = exchange::write(Format::Backup, &canonical(), None, 1, &mut Seeded(1));
    assert_eq!(backup.unwrap_err(), ExchangeError::NeedsPassword);
}

#[test]
fn a_migration_of_many_accounts_has_ten_accounts_per_qr_code() {
    let one = canonical().remove(0);
    let accounts = vec![one; 37];
    let bytes = exchange::write(Format::GoogleMigration, &accounts, None, 1, &mut Seeded(3)).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.lines().count(), 4);
    // Long names in a script with three bytes per letter: a QR code holds fewer accounts, and no account is omitted.
    let mut long = accounts.clone();
    long.iter_mut().for_each(|account| account.uri.name = "銀".repeat(120));
    let codes = String::from_utf8(exchange::write(Format::GoogleMigration, &long, None, 1, &mut Seeded(3)).unwrap());
    let codes = codes.unwrap();
    assert!(codes.lines().all(|line| exchange::qr_svg(line).is_some()));
    assert_eq!(exchange::read(codes.as_bytes(), None, None).unwrap().accounts.len(), 37);
    for line in text.lines() {
        assert!(exchange::qr_svg(line).is_some(), "each part fits into a QR code");
    }
    assert_eq!(exchange::read(text.as_bytes(), None, None).unwrap().accounts.len(), 37);
    // A missing code is reported.
    let three: Vec<_> = text.lines().take(3).collect();
    let report = exchange::read(three.join("\n").as_bytes(), None, None).unwrap();
    assert_eq!((report.accounts.len(), report.skipped.len()), (30, 1));
}

/// Returns an account with the given key URI.
fn of(uri: &str) -> Imported {
    exchange::read(format!("{uri}\n").as_bytes(), Some(Format::Otpauth), None).unwrap().accounts.remove(0)
}

#[test]
fn an_account_for_which_2fas_rejects_the_whole_file_is_left_out() {
    let accounts = [
        "otpauth://totp/Door:four?secret=GEZDGNBVGY3TQOJQ&issuer=Door&digits=4",
        "otpauth://totp/Door:five?secret=GEZDGNBVGY3TQOJR&issuer=Door&digits=5",
        "otpauth://totp/Door:nine?secret=GEZDGNBVGY3TQOJS&issuer=Door&digits=9",
        "otpauth://hotp/Door:few?secret=GEZDGNBVGY3TQOJT&issuer=Door&counter=2147483647",
        "otpauth://hotp/Door:many?secret=GEZDGNBVGY3TQOJU&issuer=Door&counter=2147483648",
        "otpauth://steam/Steam:s?secret=GEZDGNBVGY3TQOJV&issuer=Steam",
    ];
    let accounts = accounts.map(of);
    let is_left_out = |account: &Imported| exchange::omissions(Format::TwoFas, account).contains(&Omission::Account);
    assert_eq!(accounts.each_ref().map(is_left_out), [true, false, true, false, true, false]);
    let bytes = exchange::write(Format::TwoFas, &accounts, None, 1, &mut Seeded(1)).unwrap();
    let names: Vec<_> =
        exchange::read(&bytes, None, None).unwrap().accounts.into_iter().map(|it| it.uri.name).collect();
    assert_eq!(names, ["five", "few", "s"]);
}

#[test]
fn an_account_for_which_an_app_shows_another_code_is_announced() {
    let is_unusual = |format, uri| exchange::omissions(format, &of(uri)) == [Omission::Unusual];
    // Ente shows a Steam code for every time-based account of the issuer Steam.
    assert!(is_unusual(Format::Ente, "otpauth://totp/Steam:a?secret=GEZDGNBVGY3TQOJQ&issuer=Steam&digits=6"));
    assert!(!is_unusual(Format::Ente, "otpauth://steam/Steam:a?secret=GEZDGNBVGY3TQOJQ&issuer=Steam"));
    // Ente's web app shows six digits for every account with a counter.
    assert!(is_unusual(Format::Ente, "otpauth://hotp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A&counter=1&digits=8"));
    assert!(!is_unusual(Format::Ente, "otpauth://hotp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A&counter=1"));
    // Bitwarden calculates codes of ten digits incorrectly.
    for format in [Format::Bitwarden, Format::BitwardenCsv] {
        assert!(is_unusual(format, "otpauth://totp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A&digits=10"));
        assert!(!is_unusual(format, "otpauth://totp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A&digits=9"));
    }
    // 2FAS for iOS replaces other periods with 30 seconds.
    assert!(is_unusual(Format::TwoFas, "otpauth://totp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A&period=15"));
    assert!(!is_unusual(Format::TwoFas, "otpauth://totp/A:a?secret=GEZDGNBVGY3TQOJQ&issuer=A&period=60"));
}

#[test]
fn the_printable_page_has_every_account_with_its_qr_code() {
    let accounts = canonical();
    let page = exchange::page(&accounts, "Accounts", "en");
    assert_eq!(page.matches("<svg").count(), accounts.len());
    assert!(page.contains("Zürich 銀行") && page.contains("A&amp;B 100% #1") && !page.contains("<script"));
}

#[test]
fn a_backup_of_another_vault_is_an_import_like_any_other() {
    let accounts: Vec<_> = canonical().iter().map(|it| it.to_account(5, &mut Seeded(2))).collect();
    let vault = casdoor_authenticator::vault::Vault { accounts, ..Default::default() };
    let kdf = casdoor_authenticator::vault::Kdf::PBKDF2;
    let text = exchange::seal_backup(&vault, &password(), kdf, 9, &mut Seeded(4)).unwrap();
    let report = exchange::read(text.as_bytes(), None, Some(&password())).unwrap();
    assert_eq!((report.format, report.accounts.len()), (Format::Backup, 12));
    assert_eq!(report.accounts[0].group(), Some("Work"));
}

#[test]
fn a_backup_restores_recovery_codes_and_icons_and_reports_the_accounts_in_its_trash() {
    let mut seeded = Seeded(2);
    let mut accounts: Vec<_> = canonical().iter().map(|it| it.to_account(5, &mut seeded)).collect();
    accounts[0].keep_recovery_code(Secret::new("11111111-1111-4111-8111-111111111111".to_owned()));
    accounts[0].icon = ChosenIcon::text("🏦");
    let codes = accounts[0].recovery_codes.clone();
    let mut vault = casdoor_authenticator::vault::Vault { accounts, ..Default::default() };
    let deleted = vault.accounts[11].id;
    vault.move_to_trash(deleted, 5, false).unwrap();
    let kdf = casdoor_authenticator::vault::Kdf::PBKDF2;
    let text = exchange::seal_backup(&vault, &password(), kdf, 9, &mut Seeded(4)).unwrap();
    let report = exchange::read(text.as_bytes(), None, Some(&password())).unwrap();
    assert_eq!((report.accounts.len(), report.skipped.len()), (11, 1));
    let restored = report.accounts[0].to_account(6, &mut Seeded(5));
    assert_eq!((restored.recovery_codes, restored.icon), (codes.clone(), ChosenIcon::text("🏦")));
    let parcel = exchange::PortableAccount::from(&report.accounts[0]);
    assert_eq!(Imported::try_from(&parcel).unwrap().recovery_codes, codes);
    assert!(exchange::omissions(Format::Aegis, &report.accounts[0]).contains(&Omission::RecoveryCodes));
}

#[test]
fn a_file_that_is_too_large_is_rejected_before_it_is_read() {
    let large = vec![b'\n'; exchange::MAX_IMPORT_BYTES + 1];
    assert_eq!(exchange::read(&large, Some(Format::Otpauth), None).unwrap_err(), ExchangeError::TooLarge);
    let many = "otpauth://totp/a?secret=MZXW6\n".repeat(exchange::MAX_ROWS + 1);
    assert_eq!(exchange::read(many.as_bytes(), None, None).unwrap_err(), ExchangeError::TooManyRows);
    let bad = "x\n".repeat(exchange::MAX_ROWS + 1);
    assert_eq!(exchange::read(bad.as_bytes(), Some(Format::Otpauth), None).unwrap_err(), ExchangeError::TooManyRows);
}

#[test]
fn json_that_is_cut_off_or_beyond_the_bounds_says_so() {
    let whole = fixture("aegis/plain.json");
    let cut = exchange::read(&whole[..whole.len() / 2], None, None).unwrap_err();
    assert_eq!(cut.message().key, "exchange_damaged");
    let deep = vec![b'['; 1 << 20];
    assert_eq!(exchange::read(&deep, None, None).unwrap_err(), ExchangeError::TooComplex);
    assert_eq!(exchange::read(b"{\"a\": 1}", None, None).unwrap_err(), ExchangeError::Unknown);
}
