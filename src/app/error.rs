//! The errors of the use cases, with the message that the user sees.

use crate::message;
use crate::message::Message;
use crate::otp::OtpError;
use crate::vault::{StoreError, VaultError};

/// The reason why a use case failed. Nothing is lost by a failure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum AppError {
    /// The vault is locked.
    Locked,
    /// There is no vault yet.
    NoVault,
    /// There is a vault already.
    VaultExists,
    /// The new password is empty.
    EmptyPassword,
    /// The vault has no password, and the organization requires one.
    PasswordRequired,
    /// The vault has no password, so it cannot be locked.
    NothingToLock,
    /// A backup of a vault without a password needs its own password.
    BackupWithoutPassword,
    /// The last scan result is no longer available.
    NothingPending,
    /// The account is not counter-based.
    NotCounterBased,
    /// The vault operation failed.
    Vault(#[from] VaultError),
    /// The storage operation failed.
    Store(#[from] StoreError),
    /// The typed or scanned text does not describe an account.
    Otp(#[from] OtpError),
    /// Another failure, with the message from the module that detected it.
    Message(Message),
}

impl AppError {
    /// Returns the key of the message in `_locales`.
    pub fn message(&self) -> Message {
        match self {
            Self::Locked => message!("error_locked"),
            Self::NoVault => message!("error_no_vault"),
            Self::VaultExists => message!("error_vault_exists"),
            Self::EmptyPassword => message!("error_empty_password"),
            Self::PasswordRequired => message!("policy_password"),
            Self::NothingToLock => message!("error_nothing_to_lock"),
            Self::BackupWithoutPassword => message!("error_backup_without_password"),
            Self::NothingPending => message!("error_nothing_pending"),
            Self::NotCounterBased => message!("error_not_counter_based"),
            Self::Vault(error) => error.message(),
            Self::Store(error) => error.message(),
            Self::Otp(error) => error.message(),
            Self::Message(message) => message.clone(),
        }
    }
}
