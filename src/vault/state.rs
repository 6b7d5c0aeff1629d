//! Frequently changing data: tokens, sync bases and HOTP counters, sealed separately from the document.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{AccountId, ConnectionId, ListState, Sealed, VaultError, VaultKey};
use crate::json;
use crate::message::{Argument, Message, MessageKey};
use crate::secret::{Entropy, Secret};

const LABEL: &str = "casdoor-authenticator-state 1";
const COUNTERS_LABEL: &str = "casdoor-authenticator-counters 1";

/// Tokens, sync bases and counters, by connection and account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The counter of the next code of each HOTP account. It never decreases, even if an older copy of the vault is
    /// restored.
    #[serde(default)]
    pub counters: BTreeMap<AccountId, u64>,
    /// The tokens of each connection.
    #[serde(default)]
    pub tokens: BTreeMap<ConnectionId, Tokens>,
    /// Refreshed tokens for which the server has not confirmed yet that they belong to the connection's user. Until
    /// then, they are used for nothing else. They are stored because the previous ones no longer work.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unconfirmed_tokens: BTreeMap<ConnectionId, Tokens>,
    /// The rows on each connection's server when both sides were last in sync.
    #[serde(default)]
    pub bases: BTreeMap<ConnectionId, Vec<BaseRow>>,
    /// Additional sync data of each connection, as JSON that only the `casdoor` module interprets.
    #[serde(default)]
    pub sync: BTreeMap<ConnectionId, serde_json::Value>,
    /// The result of the last sync of each connection.
    #[serde(default)]
    pub reports: BTreeMap<ConnectionId, SyncReport>,
    /// Scanned multi-part exports that are incomplete or have not been saved yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<ScannedBatch>,
    /// The last backup.
    #[serde(default)]
    pub backup: BackupState,
    /// Incremented by every write, so that an older copy can be recognized.
    #[serde(default)]
    pub writes: u64,
    /// Problems with stored data, until the user dismisses them.
    #[serde(default, rename = "alarms", skip_serializing_if = "BTreeSet::is_empty")]
    pub problems: BTreeSet<StorageProblem>,
    /// The arrangement of the list, and the use counts.
    #[serde(default, skip_serializing_if = "ListState::is_default")]
    pub list: ListState,
    /// The version of the extension of which the user knows; empty until the first write records it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub known_version: String,
}

/// A problem with stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageProblem {
    /// The state could not be opened: tokens and sync bases are lost, and the counters come from their copies.
    StateDamaged,
    /// The state is older than the last one that was written.
    StateOld,
    /// The vault is older than the last one that was written in this browser.
    VaultOld,
}

/// A second copy of the HOTP counters, sealed separately, so that damage to one does not affect the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterCopy {
    /// [`State::writes`] of the state that was written with it.
    pub writes: u64,
    /// [`State::counters`].
    pub counters: BTreeMap<AccountId, u64>,
}

impl CounterCopy {
    /// Opens the output of [`State::seal_counters`].
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn open(text: &str, key: &VaultKey) -> Result<Self, VaultError> {
        open(text, key, COUNTERS_LABEL)
    }
}

/// The QR codes of a multi-part export that have been scanned so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScannedBatch {
    /// The export's id, which is in all of its QR codes.
    pub id: String,
    /// The total number of QR codes of the export.
    pub size: u8,
    /// The scanned QR codes, in any order.
    pub parts: Vec<BatchPart>,
}

/// One QR code of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPart {
    /// The QR code's position in the export, from 0.
    pub index: u8,
    /// The QR code's text.
    #[serde(with = "secret_text")]
    pub uri: Secret<String>,
}

/// The result of the last backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupState {
    /// When the last backup was made, in seconds since 1970; `None` if there is none.
    #[serde(default)]
    pub made_at: Option<u64>,
    /// The vault's revision in the backup.
    #[serde(default)]
    pub revision: u64,
    /// A scheduled backup could not be saved in the downloads folder.
    #[serde(default)]
    pub failed: bool,
}

/// The result of a sync, for the user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// When the sync ended, in seconds since 1970.
    pub at: u64,
    /// The key of the message in `_locales`.
    pub key: MessageKey,
    /// The arguments of the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Argument>,
    /// Changes are waiting to be sent.
    #[serde(default, rename = "waits")]
    pub has_unsent_changes: bool,
    /// The user has to act: sign in again, or ask the administrator.
    #[serde(default, alias = "needs_person")]
    pub needs_user: bool,
    /// The sign-in has expired.
    #[serde(default)]
    pub signed_out: bool,
    /// The number of consecutive failures, for the exponential backoff.
    #[serde(default)]
    pub failures: u32,
    /// The space left in the server's list after the last complete sync, in bytes.
    #[serde(default)]
    pub room_left_bytes: Option<u64>,
    /// The number of seconds by which the server's clock is ahead of this device's.
    #[serde(default)]
    pub clock_ahead_seconds: Option<i64>,
    /// The number of rows that are not downloaded, because the connection has reached a limit of what it may store
    /// here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_on_server: Option<u64>,
}

impl SyncReport {
    /// Returns the message for the user.
    pub fn message(&self) -> Message {
        Message { key: self.key.clone(), args: self.args.clone() }
    }
}

/// A connection's tokens. Each is as sensitive as the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The access token.
    #[serde(with = "secret_text")]
    pub access: Secret<String>,
    /// The refresh token; empty for a connection that was made with a code.
    #[serde(with = "secret_text")]
    pub refresh: Secret<String>,
    /// When the access token was received, in seconds since 1970.
    pub received_at: u64,
    /// When it expires, in seconds since 1970.
    pub expires_at: u64,
}

/// A row of a server's list as it was when both sides were last in sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseRow {
    /// The account; `None` for a row that cannot be read and is kept verbatim.
    pub account: Option<AccountId>,
    /// `accountName`, unchanged.
    pub account_name: String,
    /// `issuer`, unchanged.
    pub issuer: String,
    /// `secretKey`, unchanged.
    #[serde(with = "secret_text")]
    pub secret_key: Secret<String>,
    /// `origin`, unchanged.
    pub origin: String,
    /// When this device last wrote the row to the server, in seconds since 1970; 0 if it never did. For a deleted row,
    /// when the server was first seen without it.
    #[serde(default)]
    pub written_at: u64,
    /// The state of the row on the server.
    #[serde(default, skip_serializing_if = "Presence::is_present")]
    pub presence: Presence,
    /// The row vanished right after it was written, and was written again. This is done only once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rewritten: bool,
}

/// The state of a base's row on the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The server had the row when the list was last read.
    #[default]
    Present,
    /// The row is about to be written, or was written but not read back yet.
    Sending,
    /// The server no longer has the row, and it was not deleted on this device.
    Missing,
    /// Deleted on this device, but the server still had it when the list was last read.
    Removing,
    /// Deleted on this device, and no longer on the server. If it comes back, it is not deleted again.
    Deleted,
}

impl Presence {
    fn is_present(&self) -> bool {
        *self == Self::Present
    }
}

impl State {
    /// Replaces a connection's tokens with tokens that belong to its user.
    pub fn set_tokens(&mut self, id: ConnectionId, tokens: Tokens) {
        self.unconfirmed_tokens.remove(&id);
        self.tokens.insert(id, tokens);
    }

    /// Removes and returns all tokens of a connection.
    pub fn take_tokens(&mut self, id: ConnectionId) -> Vec<Tokens> {
        self.tokens.remove(&id).into_iter().chain(self.unconfirmed_tokens.remove(&id)).collect()
    }

    /// Seals the state under the vault key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], which cannot happen in practice.
    pub fn seal(&self, key: &VaultKey, entropy: &mut impl Entropy) -> Result<String, VaultError> {
        seal(self, key, LABEL, entropy)
    }

    /// Seals a copy of the counters under the vault key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], which cannot happen in practice.
    pub fn seal_counters(&self, key: &VaultKey, entropy: &mut impl Entropy) -> Result<String, VaultError> {
        seal(&CounterCopy { writes: self.writes, counters: self.counters.clone() }, key, COUNTERS_LABEL, entropy)
    }

    /// Raises the counters to those of a copy where the copy's are larger.
    pub fn advance(&mut self, counters: &BTreeMap<AccountId, u64>) {
        for (id, counter) in counters {
            let known = self.counters.entry(*id).or_default();
            *known = (*known).max(*counter);
        }
    }

    /// Opens the output of [`State::seal`].
    ///
    /// # Errors
    /// [`VaultError::Damaged`]. The lost data can be restored: tokens by signing in, sync bases by a sync.
    pub fn open(text: &str, key: &VaultKey) -> Result<Self, VaultError> {
        open(text, key, LABEL)
    }
}

fn seal(value: &impl Serialize, key: &VaultKey, label: &str, entropy: &mut impl Entropy) -> Result<String, VaultError> {
    let plain = Secret::new(serde_json::to_vec(value).map_err(|_| VaultError::Damaged)?);
    let sealed = Sealed::seal(key.expose(), label, plain.expose(), entropy)?;
    serde_json::to_string(&sealed).map_err(|_| VaultError::Damaged)
}

fn open<T: serde::de::DeserializeOwned>(text: &str, key: &VaultKey, label: &str) -> Result<T, VaultError> {
    let sealed: Sealed = serde_json::from_str(text).map_err(|_| VaultError::Damaged)?;
    let plain = sealed.open(key.expose(), label)?;
    json::from_bytes(plain.expose()).ok_or(VaultError::Damaged)
}

/// Serializes secrets as text, inside sealed data only. Secrets cannot be serialized otherwise.
mod secret_text {
    use super::{Secret, Zeroize};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, T: Zeroize + Deserialize<'de>>(
        deserializer: D,
    ) -> Result<Secret<T>, D::Error> {
        T::deserialize(deserializer).map(Secret::new)
    }
}
