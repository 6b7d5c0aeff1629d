//! What the popup draws: one screen, and on the board one row an account.

use serde::{Deserialize, Serialize};

use super::reply::Message;
use crate::vault::{AccountId, ConnectionId, Generation, Keep};

/// What the popup draws.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum Screen {
    /// There is no vault yet.
    FirstRun,
    /// There is one, and it is locked.
    Locked,
    /// There is one without a password, and the key that this device kept for it is gone.
    KeyGone,
    /// A newer version of the extension wrote it.
    Newer,
    /// The last generation is damaged: these can be opened instead.
    Damaged {
        /// Newest first.
        generations: Vec<GenerationCard>,
    },
    /// It is open.
    Board {
        /// Rows and states.
        board: Board,
    },
}

/// A generation that could be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerationCard {
    /// Which.
    pub generation: Generation,
    /// When it was sealed, in seconds since 1970.
    pub sealed_at: u64,
    /// No password opens it: this device does.
    #[serde(default)]
    pub device_only: bool,
    /// How many accounts are in it, where the vault is open.
    #[serde(default)]
    pub accounts: Option<usize>,
}

/// Everything that the list shows. Codes of coming steps are in it, so that a boundary needs no round trip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// In the order they are shown: those of the current site, pinned ones, the rest.
    pub rows: Vec<Row>,
    /// Whether these are all rows; a painted board holds the first [`Board::PAINTED_ROWS`] only.
    pub complete: bool,
    /// How many there are.
    pub total: usize,
    /// The board is nothing after this second.
    pub lock_at: u64,
    /// The current tab's host, where rows of its site come first.
    #[serde(default)]
    pub site: Option<String>,
    /// How the sync stands.
    pub sync: SyncStatus,
    /// Lines to show above the list.
    #[serde(default)]
    pub notices: Vec<Message>,
    /// What the last sync came to, or why it failed and will be tried again.
    #[serde(default)]
    pub last_sync: Option<Box<Message>>,
    /// A server's clock, where it differs from the one that codes are made by.
    #[serde(default)]
    pub clock: Option<Box<ClockDifference>>,
    /// How codes are shown.
    #[serde(default)]
    pub hides_codes: bool,
    /// Whether the next code is always shown.
    #[serde(default)]
    pub shows_next: bool,
    /// The vault has no password: it is not locked, and where the password is asked for again, a word is typed instead.
    #[serde(default)]
    pub device_only: bool,
    /// The connections, for "keep on".
    #[serde(default)]
    pub connections: Vec<ConnectionName>,
}

impl Board {
    /// How many rows lie in the session for the first paint.
    pub const PAINTED_ROWS: usize = 24;
    /// A drawn list of that many rows has a third of this.
    pub const MAX_LOOK_BYTES: usize = 128 * 1024;
}

/// A server's clock beside this device's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDifference {
    /// The server's host.
    pub host: String,
    /// How many seconds codes are away from the server's time.
    pub off_by_seconds: u64,
    /// How many seconds the server is ahead of this device: the correction that would help.
    pub ahead_seconds: i64,
    /// Which codes may be corrected by it.
    pub offer: ClockOffer,
}

/// Which codes may be corrected by a server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockOffer {
    /// All of them: several servers agree, or this device's own clock is right after all.
    All,
    /// Those of accounts that were enrolled on this connection's server: it alone says so.
    Own(ConnectionId),
    /// None: one server says so, and no account was enrolled there.
    Nothing,
}

/// One account in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose row.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// Seconds a code lasts; 0 for a HOTP, which has none here until it is asked for.
    pub period: u32,
    /// When the first code began, in seconds since 1970.
    pub from: u64,
    /// The codes of consecutive steps from `from` on, separated by spaces.
    pub codes: String,
    /// Shown before the others.
    #[serde(default)]
    pub pinned: bool,
    /// It may be filled on the current tab.
    #[serde(default)]
    pub fills: bool,
    /// The group; empty for none.
    #[serde(default)]
    pub group: String,
    /// Where it is kept.
    #[serde(default)]
    pub keep: Keep,
    /// Where it may be filled: origins and domains.
    #[serde(default)]
    pub sites: Vec<String>,
    /// What is special about it.
    #[serde(default)]
    pub marks: Vec<RowMark>,
}

/// What is special about an account, shown in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowMark {
    /// Enrolled, but the server was not yet seen to have stored it.
    Unconfirmed,
    /// No longer on its server.
    Missing,
    /// Deleted here, and back from the server.
    Returned,
    /// Another version of an account that both sides changed.
    Conflict,
}

impl RowMark {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Unconfirmed, Self::Missing, Self::Returned, Self::Conflict];

    /// Its name in pages and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Missing => "missing",
            Self::Returned => "returned",
            Self::Conflict => "conflict",
        }
    }
}

impl Row {
    /// The code valid at `now` and the second in which the next takes over; `None` once the board is too old.
    pub fn code_at(&self, now: u64) -> Option<(&str, u64)> {
        let period = u64::from(self.period);
        let step = now.checked_sub(self.from)?.checked_div(period)?;
        let code = self.codes.split(' ').nth(usize::try_from(step).ok()?).filter(|code| !code.is_empty())?;
        Some((code, self.from.saturating_add(step.saturating_add(1).saturating_mul(period))))
    }
}

/// How the sync stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// There is no connection.
    #[default]
    None,
    /// In step.
    InStep,
    /// Something waits to be sent.
    ToSend,
    /// The person is needed: the notices say why.
    NeedsYou,
}

/// A connection by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionName {
    /// Which.
    pub id: ConnectionId,
    /// E.g. `Alice (acme)`.
    pub label: String,
    /// E.g. `id.example.com`.
    pub host: String,
}
