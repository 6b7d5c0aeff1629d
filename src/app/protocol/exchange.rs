//! Imports and exports as pages see them: a file's rows before they are saved, and accounts before they are written.

use serde::{Deserialize, Serialize};

use crate::exchange::{PortableAccount, TableView};
use crate::message::Message;

/// The result of reading a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileReadResult {
    /// The file was read. Nothing was saved yet.
    Read {
        /// The content.
        reading: FileContent,
    },
    /// The file could not be read at all.
    Failed {
        /// The short name of the format that was detected; empty if there is none.
        format: String,
        /// The file is encrypted, and the password is missing or wrong.
        needs_password: bool,
        /// The file can be read as a table whose columns the user chooses.
        #[serde(default)]
        is_table: bool,
        /// The message, which says what happened and what to do.
        message: Message,
    },
}

/// The content of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileContent {
    /// The format's short name.
    pub format: String,
    /// The rows that can be imported, in the file's order.
    pub rows: Vec<ImportRow>,
    /// The rows that cannot be imported.
    pub skipped: Vec<SkippedRow>,
    /// The number of entries of a password manager that have no code.
    #[serde(default)]
    pub without_code: usize,
    /// The file can also be read as a table whose columns the user chooses.
    #[serde(default)]
    pub is_table: bool,
    /// The columns of a table of an unknown program, for the mapping screen.
    #[serde(default)]
    pub table: Option<TableView>,
}

/// A row that can be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The account that would be stored, with its secret.
    pub portable: PortableAccount,
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// For example, `TOTP · SHA1 · 6 digits · 30 s`.
    pub summary: Message,
    /// The properties of this row that the import would lose.
    #[serde(default)]
    pub losses: Vec<Message>,
}

/// A row that cannot be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRow {
    /// The row's position in the file, from 1.
    pub row: usize,
    /// The reason.
    pub reason: Message,
}

/// An account in the vault that a scanned or imported account may duplicate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// How the two are alike.
    pub how: DuplicateKind,
    /// The names of the account in the vault; empty for [`DuplicateKind::Twice`], which involves no account of the
    /// vault.
    #[serde(default)]
    pub who: String,
}

/// How two accounts are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKind {
    /// An account in the vault has the same secret, issuer and name.
    Same,
    /// An account in the vault has the same secret but a different issuer or name.
    SameSecret,
    /// An account in the vault has the same issuer and name but a different secret.
    SameName,
    /// An earlier row of the same file describes the same account.
    Twice,
}

impl DuplicateKind {
    /// Returns the name used in pages and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameSecret => "same_secret",
            Self::SameName => "same_name",
            Self::Twice => "twice",
        }
    }
}

/// An account, and the properties that are lost when it is written in a format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPlanRow {
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// The properties that the format cannot store.
    pub omissions: Vec<Message>,
}

/// The state of backups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backups {
    /// The number of days between automatic backups; 0 if they are off.
    pub every_days: u32,
    /// Automatic backups have their own password.
    pub own_password: bool,
    /// When the last backup was made, in seconds since 1970.
    pub made_at: Option<u64>,
    /// A scheduled backup could not be saved.
    pub failed: bool,
    /// An administrator forbids exports.
    pub forbidden: bool,
}
