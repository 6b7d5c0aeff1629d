//! What changes often: tokens, sync bases and HOTP counters, sealed apart from the document.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{AccountId, ConnectionId, Sealed, VaultError, VaultKey};
use crate::secret::{Entropy, Secret};

const LABEL: &str = "casdoor-authenticator-state 1";
const COUNTERS_LABEL: &str = "casdoor-authenticator-counters 1";

/// Tokens, bases and counters, by connection and account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The counter of the next code of each HOTP account. Only ever grows, whatever generation is restored.
    #[serde(default)]
    pub counters: BTreeMap<AccountId, u64>,
    /// The tokens of each connection.
    #[serde(default)]
    pub tokens: BTreeMap<ConnectionId, Tokens>,
    /// What each connection's server held, row by row, when it was last in step.
    #[serde(default)]
    pub bases: BTreeMap<ConnectionId, Vec<BaseRow>>,
    /// What the sync of each connection remembers besides, as its own JSON.
    #[serde(default)]
    pub sync: BTreeMap<ConnectionId, serde_json::Value>,
    /// What the last sync of each connection came to.
    #[serde(default)]
    pub reports: BTreeMap<ConnectionId, SyncReport>,
    /// Exports over several QR codes of which not all were read, or which were not kept yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
    /// The last backup.
    #[serde(default)]
    pub backup: BackupState,
    /// Incremented by every write, so that an older copy can be told from the last one.
    #[serde(default)]
    pub writes: u64,
    /// What was found wrong with stored data, until the user dismisses it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub alarms: BTreeSet<Alarm>,
}

/// What was found wrong with stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The state could not be opened: tokens and bases are lost, and the counters come from their copies.
    StateDamaged,
    /// The state is older than the last one that was written.
    StateOld,
    /// The vault is older than the last one that was written in this browser.
    VaultOld,
}

/// The HOTP counters once more, sealed apart from the state: bytes that damage the one leave the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterCopy {
    /// [`State::writes`] of the state that was written with it.
    pub writes: u64,
    /// [`State::counters`].
    pub counters: BTreeMap<AccountId, u64>,
}

impl CounterCopy {
    /// Opens what [`State::seal_counters`] made.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn open(text: &str, key: &VaultKey) -> Result<Self, VaultError> {
        open(text, key, COUNTERS_LABEL)
    }
}

/// An export over several QR codes, as far as they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// What its codes have in common.
    pub id: String,
    /// How many codes there are.
    pub size: u8,
    /// Those that were read, in any order.
    pub parts: Vec<BatchPart>,
}

/// One code of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPart {
    /// Which one, from 0.
    pub index: u8,
    /// Its text.
    #[serde(with = "secret_text")]
    pub uri: Secret<String>,
}

/// What became of the last backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupState {
    /// When one was made last, in seconds since 1970; `None` while there is none.
    #[serde(default)]
    pub made_at: Option<u64>,
    /// The revision that it holds.
    #[serde(default)]
    pub revision: u64,
    /// One that was due could not be put into the downloads folder.
    #[serde(default)]
    pub failed: bool,
}

/// What a sync came to, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// When it ended, in seconds since 1970.
    pub at: u64,
    /// The key of the sentence in `_locales`.
    pub key: String,
    /// The sentence in English.
    pub text: String,
    /// Something waits to be sent.
    #[serde(default)]
    pub waits: bool,
    /// Only the person can go on: sign in again, ask the administrator.
    #[serde(default)]
    pub needs_person: bool,
    /// The sign-in ended.
    #[serde(default)]
    pub signed_out: bool,
    /// Syncs that failed one after the other, for the back-off.
    #[serde(default)]
    pub failures: u32,
    /// How much more the server's list can take, in bytes, when it was last in step.
    #[serde(default)]
    pub room_left_bytes: Option<u64>,
    /// How many seconds the server's clock was ahead of this one's.
    #[serde(default)]
    pub clock_ahead_seconds: Option<i64>,
    /// Rows that stay on the server only, because the connection has reached a limit of what it may store here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_on_server: Option<u64>,
}

/// A connection's tokens. Each is worth as much as the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The bearer token.
    #[serde(with = "secret_text")]
    pub access: Secret<String>,
    /// The refresh token; empty for a connection by code.
    #[serde(with = "secret_text")]
    pub refresh: Secret<String>,
    /// When the access token was received, in seconds since 1970.
    pub received_at: u64,
    /// When it ends, in seconds since 1970.
    pub expires_at: u64,
}

/// A row of a server's list as it was when both sides were last in step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseRow {
    /// Our account; `None` for a row that we cannot read and keep verbatim.
    pub account: Option<AccountId>,
    /// `accountName`, raw.
    pub account_name: String,
    /// `issuer`, raw.
    pub issuer: String,
    /// `secretKey`, raw.
    #[serde(with = "secret_text")]
    pub secret_key: Secret<String>,
    /// `origin`, raw.
    pub origin: String,
    /// When we wrote it there last, in seconds since 1970; 0 if we never did. For a deleted row, when it was seen gone.
    #[serde(default)]
    pub written_at: u64,
    /// Whether it is there.
    #[serde(default, skip_serializing_if = "Presence::is_present")]
    pub presence: Presence,
    /// It vanished right after we wrote it and was written again; that is done once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rewritten: bool,
}

/// Where a row of a base stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The server held it when it was read last.
    #[default]
    Present,
    /// We are about to write it, or did and have not seen it yet.
    Sending,
    /// The server held it before and held it no more; nobody here deleted it.
    Missing,
    /// Deleted here; the server still held it when it was read last.
    Removing,
    /// Deleted here and seen gone from the server. If it comes back, it is not deleted again.
    Deleted,
}

impl Presence {
    fn is_present(&self) -> bool {
        *self == Self::Present
    }
}

impl State {
    /// Seals it under the vault key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] never in practice.
    pub fn seal(&self, key: &VaultKey, entropy: &mut impl Entropy) -> Result<String, VaultError> {
        seal(self, key, LABEL, entropy)
    }

    /// Seals a copy of the counters under the vault key.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] never in practice.
    pub fn seal_counters(&self, key: &VaultKey, entropy: &mut impl Entropy) -> Result<String, VaultError> {
        seal(&CounterCopy { writes: self.writes, counters: self.counters.clone() }, key, COUNTERS_LABEL, entropy)
    }

    /// Takes over the counters of a copy where they are larger.
    pub fn advance(&mut self, counters: &BTreeMap<AccountId, u64>) {
        for (id, counter) in counters {
            let known = self.counters.entry(*id).or_default();
            *known = (*known).max(*counter);
        }
    }

    /// Opens what [`State::seal`] made.
    ///
    /// # Errors
    /// [`VaultError::Damaged`]. What is lost then can be had again: tokens by a sign-in, bases by a sync.
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
    serde_json::from_slice(plain.expose()).map_err(|_| VaultError::Damaged)
}

/// Secrets that lie inside something sealed are written as text; nowhere else does a secret serialize.
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
