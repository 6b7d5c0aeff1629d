//! What the worker answers, and how it says something to a person.

use serde::{Deserialize, Serialize};

use super::cards::{BinRow, FirstUse, Found, RecoveryAsk, RecoveryRow};
use super::connections::{CodeOwner, Connected, ConnectionCard, FactorsCard, ServerOffer};
use super::exchange::{Backups, Known, PlannedRow};
use super::form::AccountForm;
use super::screen::{GenerationCard, Screen};
use crate::exchange::Parcel;
use crate::vault::{AccountId, Settings};

/// What speaks against filling an account on a site. The user can overrule it by a second step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteWarning {
    /// Nothing.
    #[default]
    None,
    /// Its address looks like that of another site, which an account is for.
    LooksLike(String),
    /// The page is not encrypted, in a private network.
    Unencrypted,
}

/// What the worker answers a page of the extension.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Reply {
    /// What to draw.
    Screen {
        /// Which.
        screen: Screen,
    },
    /// What a scan or a text held.
    Found {
        /// Cards and messages.
        found: Found,
    },
    /// The form of one account, without its secret.
    Form {
        /// The fields.
        form: AccountForm,
    },
    /// One code.
    Code {
        /// Digits, or Steam's characters.
        code: String,
        /// The counter of the next code.
        counter: u64,
    },
    /// An account's key URI.
    KeyUri {
        /// Holds the secret.
        uri: String,
        /// The same as a QR code, an SVG picture in black on white; empty where it is too long for one.
        #[serde(default)]
        picture: String,
    },
    /// An account's recovery codes.
    RecoveryCodes {
        /// In the order they were kept.
        codes: Vec<RecoveryRow>,
    },
    /// The person picked a recovery code on a page: the password is to be asked for.
    AskRecovery {
        /// Whose, and where.
        ask: RecoveryAsk,
    },
    /// The user picked an account on a page where it was never used: the popup asks whether it is for that site.
    AskFirstUse {
        /// Which account, and where.
        ask: FirstUse,
    },
    /// A sealed vault.
    SealedFile {
        /// The file's text.
        text: String,
    },
    /// The generations before the last.
    Generations {
        /// Newest first.
        generations: Vec<GenerationCard>,
    },
    /// What is in the bin.
    Binned {
        /// Newest first.
        rows: Vec<BinRow>,
    },
    /// What a server offers.
    Server {
        /// Where to ask the person.
        server: ServerOffer,
    },
    /// Whose a connection code is.
    CodeOwner {
        /// As its server says.
        owner: CodeOwner,
    },
    /// A connection was made.
    Connected {
        /// What came and what stays.
        connected: Connected,
    },
    /// All connections.
    Connections {
        /// In the order they were made.
        connections: Vec<ConnectionCard>,
    },
    /// How a connected user's second factors stand.
    Factors {
        /// All of it.
        card: FactorsCard,
    },
    /// Settings.
    Settings {
        /// All of them.
        settings: Settings,
    },
    /// What helps to find a fault.
    Diagnostics {
        /// Lines in English, without names and secrets.
        text: String,
    },
    /// Which rows are there already.
    Compared {
        /// One entry a row.
        known: Vec<Option<Known>>,
    },
    /// Rows were kept.
    Imported {
        /// What to undo.
        accounts: Vec<AccountId>,
        /// A sentence.
        message: Message,
    },
    /// What a format cannot hold.
    ExportPlan {
        /// One entry an account.
        rows: Vec<PlannedRow>,
    },
    /// All accounts.
    Exported {
        /// They hold the secrets.
        rows: Vec<Parcel>,
    },
    /// How backups stand.
    Backups {
        /// All of it.
        backups: Backups,
    },
    /// It was done; what to say about it.
    Done {
        /// A sentence.
        message: Message,
    },
    /// What filling came to.
    Filled {
        /// Whether the code was typed; otherwise it is on the clipboard by the popup.
        filled: bool,
        /// The code, for the clipboard, where it could not be typed.
        code: Option<String>,
        /// A sentence.
        message: Message,
    },
    /// The account was never filled on this site: the person is asked, [`Request::AllowSite`](super::Request::AllowSite)
    /// says yes.
    ConfirmSite {
        /// The registrable domain, or the origin where there is none.
        site: String,
        /// The origin of the document that was asked about: the tab may show another one by the time of the answer.
        origin: String,
        /// What the user is warned of first.
        #[serde(default)]
        warning: SiteWarning,
    },
    /// It was not done, and nothing was lost.
    Failed {
        /// What happened and what to do.
        message: Message,
    },
}

/// A sentence for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The key in `_locales`.
    pub key: String,
    /// What it says in English, for where the key has no translation.
    pub text: String,
    /// What goes into the translation's `$1`, `$2`...
    #[serde(default)]
    pub args: Vec<String>,
}
