//! Requests about the vault as a whole: the screen, the password, copies and backups.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{Backups, CopyCard, Message, Screen};
use crate::vault::{StorageProblem, VaultCopy};

requests! {
    /// A request about the vault.
    VaultRequest in Request::Vault;

    /// Returns the screen to draw.
    ReadScreen -> Screen {
        /// The current tab's origin, if the popup may read it; for example, `https://id.example.com`. Sites for a path
        /// are recognized only if the path follows it.
        #[serde(default)]
        origin: Option<String>,
    }
    /// Stores the rendered list, without its codes, for the next popup's first frame.
    StoreFirstFrame -> () {
        /// The page's own markup, at most
        /// [`AccountList::MAX_FIRST_FRAME_BYTES`](crate::app::protocol::AccountList::MAX_FIRST_FRAME_BYTES).
        html: String,
    }
    /// Creates a vault.
    CreateVault -> Screen {
        /// The new password.
        password: String,
        /// Derives the key with PBKDF2 instead of Argon2id. No page sets it: the policy can require PBKDF2, and the
        /// settings offer it together with a new password. Programs that have no settings can choose it here.
        #[serde(default)]
        pbkdf2: bool,
    }
    /// Creates a vault that this device opens without a password.
    CreateVaultWithoutPassword -> Screen {}
    /// Unlocks the vault.
    UnlockVault -> Screen {
        /// The password that the user typed.
        password: String,
    }
    /// Locks the vault.
    LockVault -> Screen {}
    /// Creates a new vault key and seals every copy of the vault again.
    ChangePassword -> Message {
        /// The current password; empty if there is none yet.
        old: String,
        /// The new password.
        new: String,
        /// Derives the key with PBKDF2 instead of Argon2id.
        #[serde(default)]
        pbkdf2: bool,
    }
    /// Returns the sealed file for saving.
    ReadSealedFile -> String {}
    /// Sets the sealed vault aside and starts again without one, because the password was forgotten.
    StartNewVault -> Screen {}
    /// Restores an older copy of the vault.
    RestoreCopy -> Screen {
        /// The copy to restore.
        copy: VaultCopy,
        /// The password that the user typed.
        password: String,
    }
    /// Lists the saved copies before the latest one.
    ListCopies -> Vec<CopyCard> {}
    /// Returns the state of backups.
    ReadBackups -> Backups {}
    /// Makes a backup.
    MakeBackup -> String {
        /// A separate password for the backup. Without it, the vault's password opens the backup.
        #[serde(default)]
        own: Option<String>,
        /// The vault's password, required if `own` is given.
        #[serde(default)]
        password: String,
    }
    /// Turns automatic backups on or off.
    ScheduleBackups -> Backups {
        /// The number of days between two backups; 0 turns them off.
        every_days: u32,
        /// A separate password for the backups.
        #[serde(default)]
        own: Option<String>,
        /// The vault's password, required if `own` is given.
        #[serde(default)]
        password: String,
    }
    /// Dismisses a warning about stored data.
    DismissStorageProblem -> Screen {
        /// The warning.
        problem: StorageProblem,
    }
    /// Dismisses the notice that the extension was updated.
    DismissUpdate -> Screen {}
}
