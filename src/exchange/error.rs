//! The reasons why a file cannot be read or written, and why a row cannot be imported.

use crate::message;
use crate::message::Message;
use crate::otp::OtpError;

/// The reason why a file cannot be read or written. It never includes content of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum ExchangeError {
    /// No format known here begins like this.
    Unknown,
    /// The file is encrypted and no password was given.
    NeedsPassword,
    /// The password is wrong; where the cipher cannot tell, the file may be damaged instead.
    WrongPassword,
    /// The bytes are not what the format says. The field names the unreadable part, for bug reports: it is shown as it
    /// is in every language.
    Damaged(&'static str),
    /// Larger than [`super::MAX_IMPORT_BYTES`], or it would be once unpacked.
    TooLarge,
    /// More rows than [`super::MAX_ROWS`].
    TooManyRows,
    /// Nested deeper or made of more values than any authenticator writes.
    TooComplex,
    /// The key derivation asks for more memory or work than is granted here.
    TooCostly,
    /// Bitwarden's account-restricted export, which only that account can open.
    AccountBound,
    /// A vault of this extension without a password, which only the browser profile that created it can open.
    DeviceBound,
    /// A type of encryption that is not supported, such as OpenPGP.
    UnknownProtection,
    /// Bytes that are not text, without the mark of any program.
    Unmarked,
    /// A spreadsheet that is not read here, which its program can save as CSV.
    Spreadsheet,
    /// A password manager's export in which no entry has a secret for codes.
    HoldsNoSecrets(super::Format),
    /// A YubiKey's list of accounts: it contains no keys.
    KeysStayOnYubiKey,
    /// OTP Auth's export, which only that app can read.
    ReadableByOtpAuthOnly,
    /// A newer version of this program wrote the backup.
    Newer,
    /// There is no writer for this format.
    NotWritable,
    /// The format has no encryption, so a password would protect nothing.
    CannotSeal,
    /// A value cannot be written in this format.
    CannotHold,
    /// A managed policy forbids it.
    Managed,
}

impl ExchangeError {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Unknown => message!("exchange_unknown"),
            Self::NeedsPassword => message!("exchange_needs_password"),
            Self::WrongPassword => message!("exchange_wrong_password"),
            Self::Damaged(part) => message!("exchange_damaged", part),
            Self::TooLarge => message!("exchange_too_large"),
            Self::TooManyRows => message!("exchange_too_many_rows"),
            Self::TooComplex => message!("exchange_too_complex"),
            Self::TooCostly => message!("exchange_too_costly"),
            Self::AccountBound => message!("exchange_account_bound"),
            Self::DeviceBound => message!("exchange_device_bound"),
            Self::UnknownProtection => message!("exchange_unknown_protection"),
            Self::Unmarked => message!("exchange_unmarked"),
            Self::Spreadsheet => message!("exchange_spreadsheet"),
            Self::HoldsNoSecrets(format) => message!("exchange_holds_no_secrets", format.name()),
            Self::KeysStayOnYubiKey => message!("exchange_yubikey"),
            Self::ReadableByOtpAuthOnly => message!("exchange_otp_auth"),
            Self::Newer => message!("exchange_newer"),
            Self::NotWritable => message!("exchange_not_writable"),
            Self::CannotSeal => message!("exchange_cannot_seal"),
            Self::CannotHold => message!("exchange_cannot_hold"),
            Self::Managed => message!("exchange_managed"),
        }
    }
}

/// Why one row of a file is not an account here. Nothing of the row is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum Reason {
    /// Its secret or parameters are out of range.
    Otp(OtpError),
    /// The row does not have the form of its format.
    Malformed,
    /// mOTP: its codes are made in another way.
    Motp,
    /// Yandex Key: its codes are made in another way.
    Yandex,
    /// The type is not TOTP, HOTP or Steam.
    Kind,
    /// The secret is wrapped by the phone's key store.
    DeviceBound,
    /// An account that approves sign-ins and makes no codes.
    NoCodes,
    /// The row is in the other program's trash.
    Binned,
    /// The row is encrypted with another key or password, or damaged.
    Sealed,
    /// A QR code of a Google export is missing.
    IncompleteBatch,
    /// A text is not UTF-8.
    Text,
    /// The secret is not in the encoding the format has.
    SecretEncoding,
}

impl From<OtpError> for Reason {
    fn from(error: OtpError) -> Self {
        match error {
            OtpError::Motp => Self::Motp,
            OtpError::Yandex => Self::Yandex,
            OtpError::Push => Self::NoCodes,
            error => Self::Otp(error),
        }
    }
}

impl Reason {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Otp(error) => error.message(),
            Self::Malformed => message!("row_malformed"),
            Self::Motp => message!("row_motp"),
            Self::Yandex => message!("row_yandex"),
            Self::Kind => message!("row_kind"),
            Self::DeviceBound => message!("row_device_bound"),
            Self::NoCodes => message!("row_no_codes"),
            Self::Binned => message!("row_in_trash"),
            Self::Sealed => message!("row_sealed"),
            Self::IncompleteBatch => message!("row_incomplete_batch"),
            Self::Text => message!("row_text"),
            Self::SecretEncoding => message!("row_secret_encoding"),
        }
    }
}
