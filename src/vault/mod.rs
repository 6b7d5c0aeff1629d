//! The vault: accounts, and the sealed document that contains them.
//!
//! [`Vault`] is the open document: accounts, trash, connections, settings. [`Envelope`] is its sealed form, which is
//! self-contained and can be opened without this program (`docs/vault-format.md`): AES-256-GCM under a random
//! [`VaultKey`], which one or more [`slots`](KeySlot) wrap. Each slot is authenticated separately, and is opened by a
//! password or by the device. [`VaultCopies`] holds the latest, the previous, a daily and a weekly envelope, so that a
//! bad write can be undone. [`State`] holds data that changes often (tokens, sync bases, counters). It is sealed
//! separately, so that writing it does not push out an older copy. [`Store`] is the interface to the storage.
//!
//! ```
//! use casdoor_authenticator::secret::{Entropy, Secret};
//! use casdoor_authenticator::vault::{Envelope, Kdf, KeySlot, Vault, VaultKey};
//!
//! # struct Rng(u8);
//! # impl Entropy for Rng {
//! #     fn fill(&mut self, bytes: &mut [u8]) {
//! #         bytes.fill_with(|| {
//! #             self.0 = self.0.wrapping_add(1);
//! #             self.0
//! #         })
//! #     }
//! # }
//! # let mut entropy = Rng(0);
//! let (key, kdf) = (VaultKey::generate(&mut entropy), Kdf::PBKDF2);
//! let salt = entropy.generate();
//! let password_key = kdf.derive(&Secret::new("correct horse".into()), &salt)?;
//! let slot = KeySlot::seal(&key, kdf, salt, &password_key, &mut entropy)?;
//! let envelope = Envelope::seal(&Vault::default(), &key, vec![slot], 1, 1_790_000_000, &mut entropy)?;
//! assert!(envelope.open(&key)?.accounts.is_empty());
//! # Ok::<(), casdoor_authenticator::vault::VaultError>(())
//! ```

use crate::message;
use crate::message::Message;

mod account;
mod backups;
mod chosen_icon;
mod copies;
mod document;
mod enrollment;
mod envelope;
mod imported_extras;
mod kdf;
mod list_state;
mod placement;
mod recovery;
mod remembered_field;
mod sealed;
mod site;
mod slot;
mod state;
mod store;

pub use account::{Account, AccountId, ConnectionId, StorageLocation, TrashedAccount};
pub use backups::{BackupKey, BackupPlan};
pub use chosen_icon::{ChosenIcon, NotAnIcon};
pub use copies::{VaultCopies, VaultCopy};
pub use document::{Connection, Density, NewAccounts, Settings, Theme, Vault};
pub use envelope::{Envelope, VaultKey};
pub use imported_extras::ImportedExtras;
pub use kdf::Kdf;
pub use list_state::{ListState, Sort};
pub use placement::OwnFactors;
pub use recovery::{RecoveryCode, RecoveryCodeState};
pub use remembered_field::RememberedField;
pub use sealed::Sealed;
pub use site::Site;
pub use slot::{DeviceWrap, KeySlot};
pub use state::{
    BackupState, BaseRow, BatchPart, CounterCopy, Presence, ScannedBatch, State, StorageProblem, SyncReport, Tokens,
};
pub use store::{Area, Change, MemoryStore, Store, StoreError};

/// The reason why a vault could not be sealed, opened or changed. It contains none of the vault's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum VaultError {
    /// The password opens no key slot, or every slot is damaged, because the cipher cannot tell the two cases apart.
    WrongPassword,
    /// No password opens this vault, and the device does not have the key that does.
    NoDeviceKey,
    /// The key is right, but the sealed bytes were truncated or modified.
    Damaged,
    /// The file is not a vault of this program.
    NotAVault,
    /// A newer version of this program wrote it.
    Newer,
    /// The parameters of the key derivation require too much or too little work.
    Kdf,
    /// There is no account with this id.
    NoSuchAccount,
    /// There is no connection with this id.
    NoSuchConnection,
    /// The vault already contains [`Vault::MAX_ACCOUNTS`] accounts.
    Full,
}

impl VaultError {
    /// Returns the key of the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::WrongPassword => message!("vault_wrong_password"),
            Self::NoDeviceKey => message!("vault_no_device_key"),
            Self::Damaged => message!("vault_damaged"),
            Self::NotAVault => message!("vault_not_a_vault"),
            Self::Newer => message!("vault_newer"),
            Self::Kdf => message!("vault_kdf"),
            Self::NoSuchAccount => message!("vault_no_such_account"),
            Self::NoSuchConnection => message!("casdoor_not_connected"),
            Self::Full => message!("vault_full"),
        }
    }
}
