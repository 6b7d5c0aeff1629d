//! Why a file as a whole cannot be read or written, and why a row cannot.

use crate::otp::OtpError;

/// Why a file as a whole cannot be read or written. Nothing of the file's content is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// No format known here begins like this.
    #[error("this is no file of an authenticator that is known here")]
    Unknown,
    /// The file is sealed and no password was given.
    #[error("the file is encrypted: its password is needed")]
    NeedsPassword,
    /// The password is wrong; where the cipher cannot tell, the file may be damaged instead.
    #[error("the password does not open this file")]
    WrongPassword,
    /// The bytes are not what the format says.
    #[error("the file is damaged: {0}")]
    Damaged(&'static str),
    /// Larger than [`super::MAX_IMPORT_BYTES`], or it would be once unpacked.
    #[error("the file is too large: at most 20 MiB are read, packed or unpacked")]
    TooLarge,
    /// More rows than [`super::MAX_ROWS`].
    #[error("the file has too many rows: at most 20,000 are read")]
    TooManyRows,
    /// Nested deeper or made of more values than any authenticator writes.
    #[error("the file's structure is too deep or has too many values")]
    TooComplex,
    /// The key derivation asks for more memory or work than is granted here.
    #[error("opening it would take more memory or work than is allowed here")]
    TooCostly,
    /// Bitwarden's account-restricted export, which only that account can open.
    #[error("this export is bound to its account: export again with a password")]
    AccountBound,
    /// A vault of ours without a password, which only the browser profile that made it can open.
    #[error("this vault has no password: only the browser profile that made it opens it")]
    DeviceBound,
    /// A protection that nobody but its own program opens: OpenPGP, for example.
    #[error("this kind of protection cannot be opened here: export again without it")]
    UnknownProtection,
    /// Bytes that are not text, without the mark of any program.
    #[error("the file is encrypted or binary and does not say by which program; choose the program it came from")]
    Unmarked,
    /// A password manager's export in which no entry has a secret for codes.
    #[error("{} holds no secrets for verification codes", .0.title())]
    HoldsNoSecrets(super::Format),
    /// A program's export that can be read by that program only.
    #[error("{} cannot be read by another program; {}", .0.title(), .1)]
    OnlyItsOwn(super::Format, &'static str),
    /// There is no writer for this format.
    #[error("this format can be read, not written")]
    NotWritable,
    /// The format has no encryption of its own, so a password would protect nothing.
    #[error("this format has no encryption: it is written without a password")]
    CannotSeal,
    /// A value cannot be written in this format.
    #[error("the format cannot hold a value of these accounts")]
    CannotHold,
    /// A managed policy forbids it.
    #[error("your organisation does not allow this")]
    Managed,
}

impl ExchangeError {
    /// The key of the message that explains it to a person.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "exchange_unknown",
            Self::NeedsPassword => "exchange_needs_password",
            Self::WrongPassword => "exchange_wrong_password",
            Self::Damaged(_) => "exchange_damaged",
            Self::TooLarge => "exchange_too_large",
            Self::TooManyRows => "exchange_too_many_rows",
            Self::TooComplex => "exchange_too_complex",
            Self::TooCostly => "exchange_too_costly",
            Self::AccountBound => "exchange_account_bound",
            Self::DeviceBound => "exchange_device_bound",
            Self::UnknownProtection => "exchange_unknown_protection",
            Self::Unmarked => "exchange_unmarked",
            Self::HoldsNoSecrets(_) => "exchange_holds_no_secrets",
            Self::OnlyItsOwn(..) => "exchange_only_its_own",
            Self::NotWritable => "exchange_not_writable",
            Self::CannotSeal => "exchange_cannot_seal",
            Self::CannotHold => "exchange_cannot_hold",
            Self::Managed => "exchange_managed",
        }
    }
}

/// Why one row of a file is not an account here. Nothing of the row is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Its secret or parameters are out of range.
    #[error("{0}")]
    Otp(OtpError),
    /// The row does not have the form of its format.
    #[error("the row is not in the form that this format has")]
    Malformed,
    /// mOTP: its codes are made in another way.
    #[error("codes of mOTP are not supported")]
    Motp,
    /// Yandex Key: its codes are made in another way.
    #[error("Yandex Key codes are not supported")]
    Yandex,
    /// The type is none of TOTP, HOTP and Steam.
    #[error("this type of one-time password is not supported")]
    Kind,
    /// The secret is wrapped by the phone's key store.
    #[error("the secret is encrypted by the device it was made on and cannot be imported")]
    DeviceBound,
    /// An account that approves sign-ins and makes no codes.
    #[error("this account approves sign-ins and has no secret for codes")]
    NoCodes,
    /// The row lies in the other program's bin.
    #[error("the account is in the other program's bin")]
    Binned,
    /// The row is sealed with another key or password, or damaged.
    #[error("the row cannot be decrypted with this password")]
    Sealed,
    /// A Google migration batch lacks parts.
    #[error("the batch is not complete: another QR code of it is missing")]
    IncompleteBatch,
    /// A text is not UTF-8.
    #[error("a text of the row is not readable")]
    Text,
    /// The secret is not in the encoding the format has.
    #[error("the secret is not in the encoding that this format has")]
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
    /// The key of the message that explains it to a person.
    pub fn code(self) -> &'static str {
        match self {
            Self::Otp(error) => error.code(),
            Self::Malformed => "row_malformed",
            Self::Motp => "row_motp",
            Self::Yandex => "row_yandex",
            Self::Kind => "row_kind",
            Self::DeviceBound => "row_device_bound",
            Self::NoCodes => "row_no_codes",
            Self::Binned => "row_binned",
            Self::Sealed => "row_sealed",
            Self::IncompleteBatch => "row_incomplete_batch",
            Self::Text => "row_text",
            Self::SecretEncoding => "row_secret_encoding",
        }
    }
}
