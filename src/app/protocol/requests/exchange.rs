//! Requests about imports and exports.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{Duplicate, ExportPlanRow, ImportedAccounts, Message};
use crate::exchange::PortableAccount;
use crate::vault::{AccountId, StorageLocation};

requests! {
    /// A request about imports and exports.
    ExchangeRequest in Request::Exchange;

    /// Returns which rows of a file may duplicate accounts of the vault.
    CompareRows -> Vec<Option<Duplicate>> {
        /// The rows' key URIs.
        uris: Vec<String>,
    }
    /// Imports rows of a file, all or none.
    ImportRows -> ImportedAccounts {
        /// The selected rows.
        rows: Vec<PortableAccount>,
        /// Where to store them, if the user has chosen; otherwise where new accounts are stored.
        #[serde(default, rename = "keep")]
        location: Option<StorageLocation>,
    }
    /// Undoes an import.
    UndoImport -> Message {
        /// The imported accounts.
        accounts: Vec<AccountId>,
    }
    /// Returns what a format cannot store.
    PlanExport -> Vec<ExportPlanRow> {
        /// The format's short name, or `page`.
        format: String,
    }
    /// Returns all accounts with their secrets for a file, which requires the password again.
    ExportAccounts -> Vec<PortableAccount> {
        /// The password that the user typed.
        password: String,
    }
}
