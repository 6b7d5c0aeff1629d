//! The reasons why a file cannot be read or written, and why a row cannot be imported.

use crate::message;
use crate::message::Message;
use crate::otp::OtpError;

/// An error that concerns the whole file. It never contains content of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum ExchangeError {
    /// The file's format is not recognized.
    Unknown,
    /// The file is encrypted and no password was given.
    NeedsPassword,
    /// The password is wrong, or the file is damaged if the cipher cannot distinguish the two.
    WrongPassword,
    /// The content violates its format. The field names the unreadable part for bug reports; it is not translated.
    Damaged(&'static str),
    /// The file is larger than [`super::MAX_IMPORT_BYTES`], before or after decompression.
    TooLarge,
    /// The file has more rows than [`super::MAX_ROWS`].
    TooManyRows,
    /// The file is nested more deeply or has more values than any authenticator writes.
    TooComplex,
    /// The key derivation needs more memory or work than is allowed here.
    TooCostly,
    /// An account-restricted export of Bitwarden, which only that account can decrypt.
    AccountBound,
    /// A vault of this extension without a password, which only the browser profile that created it can open.
    DeviceBound,
    /// A type of encryption that is not supported, such as OpenPGP.
    UnknownProtection,
    /// Binary data without the signature of a known program.
    UnrecognizedBinary,
    /// A spreadsheet format that is not supported; its program can save it as CSV.
    Spreadsheet,
    /// An archive with several files, or of a kind that is not supported.
    Archive,
    /// An export of a password manager in which no entry has a one-time password secret.
    HoldsNoSecrets(super::Format),
    /// A list of a YubiKey's accounts, which contains no keys.
    KeysStayOnYubiKey,
    /// A file that only its own program can use, because its codes have another algorithm.
    UsableByOneAppOnly(super::Format),
    /// A damaged export of OTP Auth, or one of an unknown version, which only that app can decrypt.
    ReadableByOtpAuthOnly,
    /// The backup was written by a newer version of this program.
    Newer,
    /// The format cannot be exported.
    NotWritable,
    /// The format has no encryption, so a password would protect nothing.
    CannotEncrypt,
    /// The format cannot represent a value.
    NotRepresentable,
    /// A managed policy forbids the import or export.
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
            Self::UnrecognizedBinary => message!("exchange_unmarked"),
            Self::Spreadsheet => message!("exchange_spreadsheet"),
            Self::Archive => message!("exchange_archive"),
            Self::HoldsNoSecrets(format) => message!("exchange_holds_no_secrets", format.name()),
            Self::KeysStayOnYubiKey => message!("exchange_yubikey"),
            Self::UsableByOneAppOnly(format) => message!("exchange_one_app_only", format.name()),
            Self::ReadableByOtpAuthOnly => message!("exchange_otp_auth"),
            Self::Newer => message!("exchange_newer"),
            Self::NotWritable => message!("exchange_not_writable"),
            Self::CannotEncrypt => message!("exchange_cannot_seal"),
            Self::NotRepresentable => message!("exchange_cannot_hold"),
            Self::Managed => message!("exchange_managed"),
        }
    }
}

/// The reason why one row of a file cannot be imported. It never contains content of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum Reason {
    /// The row's secret or parameters are out of range.
    Otp(OtpError),
    /// The row does not follow its format.
    Malformed,
    /// mOTP, which generates codes with another algorithm.
    Motp,
    /// Yandex Key, which generates codes with another algorithm.
    Yandex,
    /// The type is not TOTP, HOTP or Steam.
    Kind,
    /// The secret is wrapped by the phone's keystore.
    DeviceBound,
    /// The account approves sign-ins and has no codes.
    NoCodes,
    /// The row is in the other program's trash.
    InTrash,
    /// The row is encrypted with another key or password, or damaged.
    Sealed,
    /// A QR code of a Google export is missing.
    IncompleteBatch,
    /// Some text is not valid UTF-8.
    Text,
    /// The secret does not have the encoding that the format prescribes.
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
            Self::InTrash => message!("row_in_trash"),
            Self::Sealed => message!("row_sealed"),
            Self::IncompleteBatch => message!("row_incomplete_batch"),
            Self::Text => message!("row_text"),
            Self::SecretEncoding => message!("row_secret_encoding"),
        }
    }
}
