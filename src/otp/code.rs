//! Generates codes, and returns their validity.

use totp_rs::{Builder, Totp};

use super::{Algorithm, Kind, Otp, Period};
use crate::secret::Secret;

/// The validity of a code, from its first second to the first second of the next code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first second, in seconds since 1970.
    pub from: u64,
    /// The first second of the next code, in seconds since 1970.
    pub until: u64,
}

impl Otp {
    /// Returns the code that is valid at `unix_seconds` or, for a counter-based account, the code of its current
    /// counter.
    pub fn code_at(&self, unix_seconds: u64) -> Secret<String> {
        match self.kind {
            Kind::Hotp { counter } => self.code_for_counter(counter),
            Kind::Totp { .. } | Kind::Steam => self.code_for_counter(self.step_at(unix_seconds)),
        }
    }

    /// Returns the code of a counter or time step (RFC 4226, section 5.3).
    pub fn code_for_counter(&self, counter: u64) -> Secret<String> {
        if self.kind == Kind::Steam {
            return Secret::new(self.generator(5).generate(counter).to_string());
        }
        match self.digits.count() {
            // totp-rs panics at 10 digits: 10^10 does not fit its 32 bits. All 31 bits of the truncation fit 10 digits.
            10 => Secret::new(format!("{:010}", truncate(self.generator(9).sign(counter).as_ref()))),
            digits => Secret::new(self.generator(digits).generate(counter).to_string()),
        }
    }

    /// Returns the validity of the code at `unix_seconds`. Returns `None` for HOTP, whose codes do not expire.
    pub fn window_at(&self, unix_seconds: u64) -> Option<Window> {
        let period = u64::from(self.period()?.seconds());
        let from = self.step_at(unix_seconds).saturating_mul(period);
        Some(Window { from, until: from.saturating_add(period) })
    }

    /// Returns the period of a TOTP or Steam account, or `None` for HOTP.
    pub fn period(&self) -> Option<Period> {
        match self.kind {
            Kind::Totp { period } => Some(period),
            Kind::Steam => Some(Period::default()),
            Kind::Hotp { .. } => None,
        }
    }

    fn step_at(&self, unix_seconds: u64) -> u64 {
        let period = self.period().unwrap_or_default();
        unix_seconds.checked_div(u64::from(period.seconds())).unwrap_or(0)
    }

    /// Creates a generator with a period of one second, so that the time is the counter. It serves all types of codes.
    fn generator(&self, digits: u8) -> Totp {
        let algorithm = match (self.kind, self.algorithm) {
            (Kind::Steam, _) => totp_rs::Algorithm::Steam,
            (_, Algorithm::Sha1) => totp_rs::Algorithm::SHA1,
            (_, Algorithm::Sha256) => totp_rs::Algorithm::SHA256,
            (_, Algorithm::Sha512) => totp_rs::Algorithm::SHA512,
        };
        Builder::new()
            .with_algorithm(algorithm)
            .with_digits(digits)
            .with_step_duration(1)
            .with_secret(self.key.expose())
            // The checks of this library are not needed: our own types have checked the ranges, and some issuers use
            // keys of less than 128 bits, which it would reject.
            .build_noncompliant()
    }
}

/// Truncates a MAC as in RFC 4226, section 5.3: 31 bits at the offset in the last four bits.
fn truncate(mac: &[u8]) -> u32 {
    let offset = usize::from(mac.last().copied().unwrap_or(0) & 0x0f);
    let bytes = mac.iter().skip(offset).take(4);
    bytes.fold(0_u32, |value, byte| (value << 8) | u32::from(*byte)) & 0x7fff_ffff
}
