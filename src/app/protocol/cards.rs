//! Single accounts as pages see them: scan results, accounts in the trash, and secrets shown for copying.

use serde::{Deserialize, Serialize};

use super::exchange::Duplicate;
use crate::message::Message;
use crate::vault::{AccountId, RecoveryCodeState};

/// The result of a scan or of a pasted text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ScanResults {
    /// Identifies the result when its cards are saved. Empty if there is nothing to save.
    #[serde(default)]
    pub id: String,
    /// The accounts in it.
    pub cards: Vec<ScanResultCard>,
    /// The server's address in the connection code that was found, if any; empty if the code has no usable address.
    #[serde(default)]
    pub connection: Option<String>,
    /// Batches of Google's export that are incomplete or were not saved yet.
    #[serde(default)]
    pub batches: Vec<BatchCard>,
    /// Further messages: what was tried if nothing was found, and codes that do not describe accounts.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// One account that was found. Its secret stays in the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScanResultCard {
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// For example, `TOTP · SHA1 · 6 digits · 30 s`.
    pub summary: Message,
    /// The site where it would be filled; empty if there is none yet.
    #[serde(default)]
    pub site: String,
    /// The account in the vault that it may duplicate.
    #[serde(default)]
    pub known: Option<Duplicate>,
    /// The secret contained 0, 1 or 8, which base32 does not have, and was guessed. The card is not selected until the
    /// user confirms it.
    #[serde(default)]
    pub is_guess: bool,
    /// Warnings for the user to read before saving.
    #[serde(default)]
    pub warnings: Vec<Message>,
}

/// A batch of Google's export: several QR codes, scanned in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCard {
    /// The batch's id.
    pub id: String,
    /// The number of codes that were scanned.
    pub read: usize,
    /// The total number of QR codes in the export.
    pub size: usize,
    /// The positions of the QR codes that were not scanned yet, starting with 1.
    pub missing: Vec<usize>,
    /// The number of accounts in the scanned codes.
    pub accounts: usize,
}

/// An account in the trash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrashRow {
    /// The account's id.
    pub id: AccountId,
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// When it is deleted permanently, in seconds since 1970.
    pub until: u64,
}

/// An account with its secret, for an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUriRow {
    /// The account's id.
    pub id: AccountId,
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// The `otpauth://` URI, which contains the secret.
    pub uri: String,
}

/// A recovery code, shown after the password was entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryRow {
    /// The code, spelled as on the site.
    pub code: String,
    /// The state of the code: unused, filled, used or rejected.
    pub fate: RecoveryCodeState,
    /// When the code reached this state, in seconds since 1970; 0 if it is unused.
    pub at: u64,
}

/// A page that waits for a recovery code, and the account that the user selected there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryPrompt {
    /// The account.
    pub id: AccountId,
    /// The document.
    pub place: DocumentLocation,
}

/// A page that waits for the code of an account that was never used there. The user selected it in the chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstUse {
    /// The account.
    pub id: AccountId,
    /// The document.
    pub place: DocumentLocation,
}

/// A document in a tab, as the browser reports it. After a navigation, the tab has another document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLocation {
    /// The tab's id.
    pub tab: i32,
    /// The document's id.
    pub document: String,
    /// The document's origin.
    pub origin: String,
    /// The path of the document's address; empty if it is not known.
    #[serde(default)]
    pub path: String,
}

impl DocumentLocation {
    /// Returns the address that the sites of accounts are compared with: the origin and the path.
    pub fn address(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}
