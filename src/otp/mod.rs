//! One-time passwords: HOTP (RFC 4226), TOTP (RFC 6238) and Steam's five-character codes, and their `otpauth://` URIs.
//!
//! [`Otp`] generates codes. [`KeyUri`] is an [`Otp`] with the names of its account, the content of QR codes and text
//! files. [`SetupKey`] is a bare secret that a user types. Ranges are checked once, when a value is created: a
//! [`Period`] of 0 or [`Digits`] of 11 cannot exist. The time is passed as an argument, in seconds since 1970 (UTC).
//!
//! ```
//! use casdoor_authenticator::otp::KeyUri;
//!
//! let uri: KeyUri = "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme&digits=8".parse()?;
//! let code = uri.otp.code_at(59);
//! assert_eq!(code.expose(), "94287082");
//! # Ok::<(), casdoor_authenticator::otp::OtpError>(())
//! ```

use crate::message;
use crate::message::Message;

mod code;
mod key;
mod key_uri;
mod parameters;
mod percent;
mod setup_key;

pub use code::Window;
pub(crate) use key::is_base64;
pub use key::{Key, MAX_KEY_BYTES};
pub use key_uri::{KeyUri, MAX_KEY_URI_BYTES, Reading, addresses, lines};
pub(crate) use key_uri::{SCHEMES, from_quoted_printable, is_continuation};
pub use parameters::{Algorithm, Digits, Period};
pub use percent::{decode as percent_decode, decode_or_replace as percent_decode_or_replace, encode as percent_encode};
pub(crate) use setup_key::is_hex;
pub use setup_key::{SecretPrefix, SetupKey};

/// A key and the parameters of its codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otp {
    /// The type, including the period or the counter.
    pub kind: Kind,
    /// The shared secret.
    pub key: Key,
    /// The hash function of HMAC. Steam always uses SHA-1.
    pub algorithm: Algorithm,
    /// The length of a code. Steam's codes always have five characters.
    pub digits: Digits,
}

/// The source of the moving factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The current time (TOTP, RFC 6238).
    Totp {
        /// The validity period of a code.
        period: Period,
    },
    /// A counter (HOTP, RFC 4226).
    Hotp {
        /// The counter of the next code.
        counter: u64,
    },
    /// The current time in steps of 30 s (Steam). Codes have five characters from an alphabet of 26.
    Steam,
}

impl Otp {
    /// Creates a TOTP with the usual parameters: SHA-1, 6 digits, 30 s.
    pub fn standard(key: Key) -> Self {
        Self {
            kind: Kind::Totp { period: Period::default() },
            key,
            algorithm: Algorithm::Sha1,
            digits: Digits::default(),
        }
    }

    /// Creates a Steam Guard account: SHA-1, 30 s, five characters.
    pub fn steam(key: Key) -> Self {
        Self { kind: Kind::Steam, key, algorithm: Algorithm::Sha1, digits: Digits::STEAM }
    }

    /// Applies the parameters that the prefix of a secret implies.
    pub(crate) fn with_mark(self, mark: Option<SecretPrefix>) -> Self {
        match mark {
            None => self,
            Some(SecretPrefix::Steam) => Self::steam(self.key),
            Some(SecretPrefix::BattleNet) => Self { digits: Digits::BATTLE_NET, ..Self::standard(self.key) },
        }
    }

    /// Returns `true` if this is a TOTP with SHA-1, 6 digits and 30 s, the only parameters that a row in Casdoor can
    /// have.
    pub fn is_standard(&self) -> bool {
        self.kind == Kind::Totp { period: Period::default() }
            && self.algorithm == Algorithm::Sha1
            && self.digits == Digits::default()
    }
}

/// The reason why a text is not a one-time password. It never contains any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum OtpError {
    /// The text is longer than [`MAX_KEY_URI_BYTES`].
    TooLong,
    /// The text does not begin with a supported scheme.
    NotAKeyUri,
    /// The type after `otpauth://` is not totp, hotp or steam.
    UnknownKind,
    /// The secret is missing.
    NoSecret,
    /// The secret is empty or longer than [`MAX_KEY_BYTES`].
    SecretLength,
    /// A character of the secret is not base32.
    SecretCharacter {
        /// The position in the secret, from 1, in characters.
        position: usize,
    },
    /// The secret contains 0, 1 or 8, which are not base32 characters, but would be valid with the letters that they
    /// resemble.
    LookAlikes,
    /// The algorithm is not SHA-1, SHA-256 or SHA-512.
    Algorithm,
    /// The number of digits is not in the range from 4 to 10.
    Digits,
    /// The period is not in the range from 1 to 86,400 s.
    Period,
    /// The counter is not a whole number below 2^64.
    Counter,
    /// The period appears to be in milliseconds.
    Milliseconds,
    /// The name of an unknown parameter resembles one that affects the code.
    UnclearParameter,
    /// A parameter is repeated with a different value, or does not match the type.
    Contradiction,
    /// The time does not count from 1970.
    Epoch,
    /// privacyIDEA's two-step enrollment, in which the phone generates half of the secret.
    TwoStep,
    /// mOTP, which generates codes with another algorithm.
    Motp,
    /// Yandex Key, which generates codes with another algorithm.
    Yandex,
    /// The account approves sign-ins and has no codes.
    Push,
    /// The link sets up an account in another app, and contains no key. The field is the app's name.
    OtherApp(&'static str),
    /// A percent-encoded text is not UTF-8.
    Escape,
}

impl OtpError {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::TooLong => message!("otp_too_long"),
            Self::NotAKeyUri => message!("otp_not_a_key_uri"),
            Self::UnknownKind => message!("otp_unknown_kind"),
            Self::NoSecret => message!("otp_no_secret"),
            Self::SecretLength => message!("otp_secret_length", MAX_KEY_BYTES),
            Self::SecretCharacter { position } => message!("otp_secret_character", position),
            Self::Algorithm => message!("otp_algorithm"),
            Self::Digits => message!("otp_digits"),
            Self::Period => message!("otp_period"),
            Self::Counter => message!("otp_counter"),
            Self::Escape => message!("otp_escape"),
            Self::LookAlikes => message!("otp_look_alikes"),
            Self::Milliseconds => message!("otp_milliseconds"),
            Self::UnclearParameter => message!("otp_unclear_parameter"),
            Self::Contradiction => message!("otp_contradiction"),
            Self::Epoch => message!("otp_epoch"),
            Self::TwoStep => message!("otp_two_step"),
            Self::Motp => message!("otp_motp"),
            Self::Yandex => message!("otp_yandex"),
            Self::Push => message!("otp_push"),
            Self::OtherApp(app) => message!("otp_other_app", app),
        }
    }
}
