//! Requests about accounts, the trash and recovery codes.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{AccountForm, BulkChange, CounterCode, Message, RecoveryRow, Screen, ShownKeyUri, TrashRow};
use crate::vault::{AccountId, Sort, StorageLocation};

requests! {
    /// A request about accounts.
    AccountsRequest in Request::Accounts;

    /// Adds an account that was typed in.
    AddAccount -> Screen {
        /// The form's fields.
        form: AccountForm,
    }
    /// Changes an account's names, note, group and pin, and its secret if the form contains one.
    EditAccount -> Screen {
        /// The id of the account.
        id: AccountId,
        /// The form's fields.
        form: AccountForm,
    }
    /// Returns the content of the edit form, without the secret.
    ReadAccountForm -> AccountForm {
        /// The id of the account.
        id: AccountId,
    }
    /// Pins or unpins an account.
    PinAccount -> Screen {
        /// The id of the account.
        id: AccountId,
        /// `true` to pin, `false` to unpin.
        pinned: bool,
    }
    /// Moves an account to another position in the user's own order.
    MoveAccount -> Screen {
        /// The id of the account.
        id: AccountId,
        /// The account to place it in front of; `None` for the end.
        #[serde(default)]
        before: Option<AccountId>,
    }
    /// Sets the order of the list and the group that it is filtered by.
    ArrangeList -> Screen {
        /// The order.
        sort: Sort,
        /// The group; `None` for all accounts.
        #[serde(default)]
        group: Option<String>,
    }
    /// Counts a use of an account, for sorting by use.
    CountUse -> () {
        /// The id of the account.
        id: AccountId,
    }
    /// Moves an account to the trash.
    MoveToTrash -> Screen {
        /// The id of the account.
        id: AccountId,
    }
    /// Takes an account out of the trash, or restores one that is no longer on Casdoor.
    RestoreAccount -> Screen {
        /// The id of the account.
        id: AccountId,
    }
    /// Changes several accounts, all or none.
    ChangeAccounts -> Screen {
        /// The ids of the accounts.
        accounts: Vec<AccountId>,
        /// The change.
        change: BulkChange,
    }
    /// Changes where one account is stored.
    StoreAccountOn -> Message {
        /// The id of the account.
        id: AccountId,
        /// Where to store it.
        #[serde(rename = "keep")]
        location: StorageLocation,
    }
    /// Changes where several accounts are stored.
    StoreAccountsOn -> Message {
        /// The ids of the accounts.
        accounts: Vec<AccountId>,
        /// Where to store them.
        #[serde(rename = "keep")]
        location: StorageLocation,
    }
    /// Deletes an account in the trash permanently.
    DeleteAccount -> Vec<TrashRow> {
        /// The id of the account.
        id: AccountId,
    }
    /// Deletes everything in the trash permanently.
    EmptyTrash -> Vec<TrashRow> {}
    /// Lists the accounts in the trash.
    ListTrash -> Vec<TrashRow> {}
    /// Advances a HOTP account's counter, stores it, and then returns the code.
    GenerateNextCode -> CounterCode {
        /// The id of the account.
        id: AccountId,
    }
    /// Returns the account's key URI, which requires the password again.
    ShowKeyUri -> ShownKeyUri {
        /// The id of the account.
        id: AccountId,
        /// The password that the user typed.
        password: String,
    }
    /// Returns the account's recovery codes, which requires the password again.
    ShowRecoveryCodes -> Vec<RecoveryRow> {
        /// The id of the account.
        id: AccountId,
        /// The password that the user typed.
        password: String,
    }
    /// Removes a recovery code permanently.
    RemoveRecoveryCode -> Vec<RecoveryRow> {
        /// The id of the account.
        id: AccountId,
        /// The code.
        code: String,
    }
}
