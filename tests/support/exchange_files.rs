//! Reads a file of another program and compares its accounts, written as short texts.

use casdoor_authenticator::exchange::{self, Report};
use casdoor_authenticator::otp::Kind;

/// The key that files name `KEY1`.
pub const ONE: &str = "KRUGS4ZANFZSAYJA";
/// The key that files name `KEY2`.
pub const TWO: &str = "MFRGGZDFMZTWQ2LK";
/// The key that files name `KEY3`.
pub const THREE: &str = "ORUGKIDROVUWG2ZA";

/// Reads a file and returns its format and its accounts as `issuer|name|secret|settings`, where the default settings
/// are left out.
pub fn read(file: &str) -> (&'static str, Vec<String>, Report) {
    let file = file.replace("KEY1", ONE).replace("KEY2", TWO).replace("KEY3", THREE);
    let report = exchange::read(file.as_bytes(), None, None).unwrap_or_else(|error| panic!("{error}: {file}"));
    let accounts = report.accounts.iter().map(|account| {
        let otp = &account.uri.otp;
        let mut settings = match otp.kind {
            Kind::Totp { period } if period.seconds() == 30 => String::new(),
            Kind::Totp { period } => format!(" {}s", period.seconds()),
            Kind::Hotp { counter } => format!(" #{counter}"),
            Kind::Steam => " steam".to_owned(),
        };
        if otp.digits.count() != 6 && otp.kind != Kind::Steam {
            settings += &format!(" {}", otp.digits.count());
        }
        if otp.algorithm.to_string() != "SHA1" {
            settings += &format!(" {}", otp.algorithm);
        }
        let secret = otp.key.to_base32().expose().replace(ONE, "KEY1").replace(TWO, "KEY2").replace(THREE, "KEY3");
        format!("{}|{}|{secret}{settings}", account.uri.issuer, account.uri.name)
    });
    (report.format.id(), accounts.collect(), report)
}

/// Checks the format, the accounts and the number of reported rows.
pub fn check(file: &str, format: &str, expected: &[&str], skipped: usize) {
    let (found, accounts, report) = read(file);
    assert_eq!(
        (found, accounts.as_slice()),
        (format, expected.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice()),
        "{file}"
    );
    assert_eq!(report.skipped.len(), skipped, "{file}: {:?}", report.skipped);
}
