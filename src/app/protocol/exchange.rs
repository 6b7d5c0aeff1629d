//! What moves in and out as pages see it: a file's rows before they are kept, accounts before they are written.

use serde::{Deserialize, Serialize};

use super::reply::Message;
use crate::exchange::Parcel;

/// What reading a file came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ReadAnswer {
    /// Its rows. Nothing was saved.
    Read {
        /// Row by row.
        reading: Reading,
    },
    /// It could not be read as a whole.
    Failed {
        /// The short name of the format that it seems to have; empty for none.
        format: String,
        /// Whether a password may help: none was given, or the wrong one.
        needs_password: bool,
        /// What happened and what to do.
        message: Message,
    },
}

/// A file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The format's short name.
    pub format: String,
    /// The rows that are accounts, in the file's order.
    pub rows: Vec<ReadRow>,
    /// The rows that are none.
    pub skipped: Vec<SkippedRow>,
}

/// One row that is an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRow {
    /// What would be kept, with its secret.
    pub parcel: Parcel,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// E.g. `TOTP · SHA1 · 6 digits · 30 s`.
    pub summary: String,
    /// What of the row would not be kept.
    #[serde(default)]
    pub losses: Vec<Message>,
}

/// One row that is no account here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRow {
    /// Its position in the file, from 1.
    pub row: usize,
    /// Why.
    pub reason: Message,
}

/// An account of the vault that a scanned account, or a row of a file, may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// How the two are alike.
    pub how: Likeness,
    /// The names of the one in the vault; empty for [`Likeness::Twice`].
    #[serde(default)]
    pub who: String,
}

/// How two accounts are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same secret and the same names.
    Same,
    /// The same secret under other names.
    SameSecret,
    /// The same names with another secret.
    SameName,
    /// An earlier row of the same file holds the same.
    Twice,
}

impl Likeness {
    /// Its name in pages and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameSecret => "same_secret",
            Self::SameName => "same_name",
            Self::Twice => "twice",
        }
    }
}

/// One account before it is written in a format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRow {
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// What the format cannot hold of it.
    pub omissions: Vec<Message>,
}

/// How backups stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backups {
    /// Days between two that are made by themselves; 0 for none.
    pub every_days: u32,
    /// Those open with a password of their own.
    pub own_password: bool,
    /// When one was made last, in seconds since 1970.
    pub made_at: Option<u64>,
    /// One that was due could not be saved.
    pub failed: bool,
    /// An administrator forbids that accounts leave.
    pub forbidden: bool,
}
