//! The errors of the use cases, with the message that the user sees.

use crate::app::protocol::{Message, Reply};
use crate::otp::OtpError;
use crate::vault::{StoreError, VaultError};

/// The reason why a use case failed. Nothing is lost by a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The vault is locked.
    #[error("The vault is locked. Unlock it first.")]
    Locked,
    /// There is no vault yet.
    #[error("There is no vault yet. Set a password first.")]
    NoVault,
    /// There is a vault already.
    #[error("There is a vault already. Unlock it, or begin anew after saving it.")]
    VaultExists,
    /// The new password is empty.
    #[error("A password needs at least one character.")]
    EmptyPassword,
    /// The vault has no password, so it cannot be locked.
    #[error(
        "This vault has no password, so locking it would protect nothing. Set one in the settings, under Security."
    )]
    NothingToLock,
    /// A backup of a vault without a password needs its own password.
    #[error("A backup needs a password, because your vault has none. Give it one of its own.")]
    BackupWithoutPassword,
    /// The last scan result is no longer available.
    #[error("What was found is no longer there. Scan again.")]
    NothingPending,
    /// The account is not counter-based.
    #[error("This account's codes change with time: there is no next one to ask for.")]
    NotCounterBased,
    /// The vault operation failed.
    #[error("{}", vault_text(*.0))]
    Vault(#[from] VaultError),
    /// The storage operation failed.
    #[error("{}", store_text(*.0))]
    Store(#[from] StoreError),
    /// The typed or scanned text does not describe an account.
    #[error("This is no account: {0}.")]
    Otp(#[from] OtpError),
    /// A message that another module has composed.
    #[error("{}", .0.text)]
    Said(Message),
}

impl AppError {
    /// Returns the key of the message in `_locales`.
    pub fn code(&self) -> &str {
        match self {
            Self::Locked => "error_locked",
            Self::NoVault => "error_no_vault",
            Self::VaultExists => "error_vault_exists",
            Self::EmptyPassword => "error_empty_password",
            Self::NothingToLock => "error_nothing_to_lock",
            Self::BackupWithoutPassword => "error_backup_without_password",
            Self::NothingPending => "error_nothing_pending",
            Self::NotCounterBased => "error_not_counter_based",
            Self::Vault(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Otp(error) => error.code(),
            Self::Said(message) => &message.key,
        }
    }

    /// Returns the message with its key.
    pub fn message(&self) -> Message {
        match self {
            Self::Said(message) => message.clone(),
            other => Message::new(other.code(), other.to_string()),
        }
    }
}

impl From<AppError> for Reply {
    fn from(error: AppError) -> Self {
        Self::Failed { message: error.message() }
    }
}

impl Message {
    /// Creates a message from its key and its English text.
    pub fn new(key: &str, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into(), args: Vec::new() }
    }

    /// Sets the values for the placeholders of the translation.
    #[must_use]
    pub fn with(mut self, args: impl IntoIterator<Item = String>) -> Self {
        self.args.extend(args);
        self
    }
}

fn vault_text(error: VaultError) -> &'static str {
    match error {
        VaultError::WrongPassword => {
            "The password does not open this vault. Check capitals and the keyboard's language."
        }
        VaultError::NoDeviceKey => {
            "The key that opens this vault is not in this browser profile. Open the popup to see what can be done."
        }
        VaultError::Damaged => "The stored vault is damaged. Open an older generation of it.",
        VaultError::NotAVault => "This is not a vault of this extension.",
        VaultError::Newer => "A newer version of the extension wrote this vault. Update the extension.",
        VaultError::Kdf => "The vault asks for a key derivation outside the safe limits and was not opened.",
        VaultError::NoSuchAccount => "This account is no longer there.",
        VaultError::NoSuchConnection => "There is no such connection, or it is signed out.",
        VaultError::Full => "The vault is full. Remove accounts that are no longer used.",
    }
}

fn store_text(error: StoreError) -> &'static str {
    match error {
        StoreError::Full => {
            "The browser's storage is full, so nothing was changed. Free some disk space and try again."
        }
        StoreError::Unavailable => "The browser's storage did not answer, so nothing was changed. Try again.",
    }
}
