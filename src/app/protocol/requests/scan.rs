//! Requests about the results of scans.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{ScanResults, Screen};
use crate::vault::StorageLocation;

requests! {
    /// A request about the results of scans.
    ScanRequest in Request::Scan;

    /// Parses a text with `otpauth://` or `steam://` URIs or a bare base32 secret.
    ReadText -> ScanResults {
        /// The pasted text.
        text: String,
    }
    /// Saves accounts of the last scan result.
    SaveScanResults -> Screen {
        /// The [`ScanResults::id`] of the result that the page shows.
        id: String,
        /// Indexes into [`ScanResults::cards`].
        cards: Vec<usize>,
        /// The members of `cards` that replace the secret of the account with the same name instead of being added.
        #[serde(default)]
        update: Vec<usize>,
        /// Where to store them, if the user has chosen; otherwise where new accounts are stored.
        #[serde(default, rename = "keep")]
        location: Option<StorageLocation>,
    }
    /// Lists the batches of Google's export that were not saved yet.
    ListBatches -> ScanResults {}
    /// Returns the accounts that a batch contains so far.
    OpenBatch -> ScanResults {
        /// The batch's [`BatchCard::id`](crate::app::protocol::BatchCard::id).
        batch: String,
    }
    /// Discards a batch.
    DiscardBatch -> ScanResults {
        /// The batch's [`BatchCard::id`](crate::app::protocol::BatchCard::id).
        batch: String,
    }
}
