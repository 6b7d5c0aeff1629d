//! Single accounts as pages see them: found in a code, in the bin, shown to be copied elsewhere.

use serde::{Deserialize, Serialize};

use super::exchange::Known;
use super::reply::Message;
use crate::vault::{AccountId, Fate};

/// What a scan or a text held.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// Which find this is: the cards are kept by it. Empty where there is nothing to keep.
    #[serde(default)]
    pub id: String,
    /// The accounts in it.
    pub cards: Vec<FoundCard>,
    /// A connection code was in it: the server's address; empty where it names none that may be used.
    #[serde(default)]
    pub connection: Option<String>,
    /// Batches of Google's export that are not whole, or were not kept yet.
    #[serde(default)]
    pub batches: Vec<BatchCard>,
    /// What else to say: nothing found and what was tried, codes that are no accounts.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// One found account; its secret stays with the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundCard {
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// E.g. `TOTP · SHA1 · 6 digits · 30 s`.
    pub summary: String,
    /// Where it would be filled; empty for nowhere yet.
    #[serde(default)]
    pub site: String,
    /// The account of the vault that it may be.
    #[serde(default)]
    pub known: Option<Known>,
    /// The secret holds 0, 1 or 8 and was guessed: the card is not ticked until the user confirms it.
    #[serde(default)]
    pub is_guess: bool,
    /// What the user should know before keeping it.
    #[serde(default)]
    pub warnings: Vec<Message>,
}

/// A batch of Google's export: several QR codes, read in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCard {
    /// Which.
    pub id: String,
    /// How many of its codes were read.
    pub read: usize,
    /// How many codes it has.
    pub size: usize,
    /// The numbers of the codes that are missing, from 1.
    pub missing: Vec<usize>,
    /// How many accounts are in those that were read.
    pub accounts: usize,
}

/// One account in the bin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BinRow {
    /// Whose row.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// When it goes for good, in seconds since 1970; `None` for one that stays until the person removes it.
    pub until: Option<u64>,
}

/// An account with its secret, for an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUriRow {
    /// Which.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// Its `otpauth://` address; holds the secret.
    pub uri: String,
}

/// One recovery code, shown for the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryRow {
    /// As the site wrote it.
    pub code: String,
    /// What became of it.
    pub fate: Fate,
    /// When that was, in seconds since 1970; 0 while it is unused.
    pub at: u64,
}

/// A page that waits for a recovery code, and whose: the person picked it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAsk {
    /// Which account.
    pub id: AccountId,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
}

/// A page that waits for the code of an account that was never used there: the user picked it in the chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstUse {
    /// Which account.
    pub id: AccountId,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
}

/// One document in one tab, by the browser's word. A tab that went on has another document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The tab's id.
    pub tab: i32,
    /// The document's id.
    pub document: String,
    /// The document's origin.
    pub origin: String,
}
