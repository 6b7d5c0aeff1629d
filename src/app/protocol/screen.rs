//! The screens that the popup draws, and the account list with the list's rows, one for each account.

use serde::{Deserialize, Serialize};

use crate::message::Message;
use crate::vault::{AccountId, ChosenIcon, ConnectionId, Density, Site, Sort, StorageLocation, VaultCopy};

/// The screen that the popup draws.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// There is no vault yet.
    FirstRun,
    /// The organization's policy names servers to sign in to, and nothing else is offered yet.
    SignIn(SignInScreen),
    /// The vault has no password, and the organization requires one.
    SetPassword,
    /// The vault is locked.
    Locked,
    /// The vault has no password, and the key that this device stored for it is gone.
    KeyGone,
    /// A newer version of the extension wrote the vault.
    Newer,
    /// The latest copy of the vault is damaged. Older copies, newest first, can be opened instead.
    Damaged(Vec<CopyCard>),
    /// The vault is open.
    AccountList(AccountList),
}

/// The screen that an organization's users see before their first sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInScreen {
    /// The servers, in the policy's order.
    pub servers: Vec<SignInServer>,
    /// The user chooses a password first, which protects the vault.
    #[serde(default)]
    pub needs_password: bool,
    /// The user may continue without signing in.
    #[serde(default)]
    pub can_skip: bool,
    /// The address of the organization's help page.
    #[serde(default)]
    pub support_url: Option<String>,
    /// The organization's own words about where users get help.
    #[serde(default)]
    pub support_text: Option<String>,
}

/// A server of a [`SignInScreen`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInServer {
    /// The name to show, such as the organization's.
    pub name: String,
    /// The match pattern of the host permission that signing in needs.
    pub permission: String,
}

/// A copy of the vault that can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyCard {
    /// The copy.
    pub copy: VaultCopy,
    /// When it was sealed, in seconds since 1970.
    pub sealed_at: u64,
    /// This device opens the copy, without a password.
    #[serde(default)]
    pub device_only: bool,
    /// The number of accounts in it, if the vault is open.
    #[serde(default)]
    pub accounts: Option<usize>,
}

/// Everything that the list shows. It includes the codes of the next steps, so that a new code needs no request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountList {
    /// The rows in display order: those of the current site, then pinned ones, then the rest.
    pub rows: Vec<Row>,
    /// `true` if these are all rows. A painted account list contains only the first [`AccountList::PAINTED_ROWS`].
    pub complete: bool,
    /// The total number of rows.
    pub total: usize,
    /// When the account list becomes invalid, in seconds since 1970.
    pub lock_at: u64,
    /// The current tab's host, whose rows come first.
    #[serde(default)]
    pub site: Option<String>,
    /// The state of the sync.
    pub sync: SyncStatus,
    /// Notices to show above the list.
    #[serde(default)]
    pub notices: Vec<Message>,
    /// The result of the last sync, or the reason why it failed if it will be repeated.
    #[serde(default)]
    pub last_sync: Option<Box<Message>>,
    /// A server's clock, if it differs from the one that codes are generated with.
    #[serde(default)]
    pub clock: Option<Box<ClockDifference>>,
    /// Codes are hidden until the user reveals them.
    #[serde(default)]
    pub hides_codes: bool,
    /// The next code is always shown.
    #[serde(default)]
    pub shows_next: bool,
    /// The countdown ring shows the remaining seconds.
    #[serde(default)]
    pub shows_seconds: bool,
    /// The spacing of the rows.
    #[serde(default)]
    pub density: Density,
    /// The vault has no password. It cannot be locked, and where a password would be asked for again, the user types a
    /// word instead.
    #[serde(default)]
    pub device_only: bool,
    /// The connections that accounts can be moved to.
    #[serde(default)]
    pub connections: Vec<ConnectionName>,
    /// The only locations where new accounts may be stored, if the organization's policy limits them.
    #[serde(default, rename = "new_places", skip_serializing_if = "Option::is_none")]
    pub allowed_locations: Option<Vec<StorageLocation>>,
    /// The organization's policy does not let secrets and recovery codes be shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conceals_secrets: bool,
    /// The order of the rows.
    #[serde(default)]
    pub sort: Sort,
    /// The groups with the number of their accounts, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<(String, usize)>,
    /// The group that the list is filtered by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl AccountList {
    /// The number of rows that are stored in session memory for the first frame.
    pub const PAINTED_ROWS: usize = 24;
    /// Maximum size of the rendered list, in bytes: three times the size of a list with [`AccountList::PAINTED_ROWS`]
    /// rows.
    pub const MAX_FIRST_FRAME_BYTES: usize = 128 * 1024;
}

/// The difference between a server's clock and this device's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDifference {
    /// The server's host.
    pub host: String,
    /// The difference between the codes' time and the server's time, in seconds.
    pub off_by_seconds: u64,
    /// The number of seconds by which the server's clock is ahead of this device's, and thus the correction to apply.
    pub ahead_seconds: i64,
    /// The codes that may be corrected.
    pub offer: ClockCorrection,
}

/// The codes that a server's clock may correct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockCorrection {
    /// All codes: several servers agree, or this device's own clock is right after all.
    All,
    /// The codes of accounts that were enrolled on this connection's server, because no other server confirms the
    /// difference.
    Own(ConnectionId),
    /// No codes: only one server reports the difference, and no account was enrolled there.
    Nothing,
}

/// An account in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The account's id.
    pub id: AccountId,
    /// The issuer.
    pub issuer: String,
    /// The account name.
    pub name: String,
    /// The validity of a code in seconds; 0 for a HOTP account, whose code is only generated on request.
    pub period: u32,
    /// When the first code became valid, in seconds since 1970.
    pub from: u64,
    /// The codes of consecutive steps from `from` on, separated by spaces.
    pub codes: String,
    /// The row is listed before those that are not pinned.
    #[serde(default)]
    pub pinned: bool,
    /// The account's code may be filled in the current tab.
    #[serde(default)]
    pub fills: bool,
    /// The group; empty if there is none.
    #[serde(default)]
    pub group: String,
    /// The icon that the user has chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<ChosenIcon>,
    /// Where it is stored.
    #[serde(default, rename = "keep")]
    pub location: StorageLocation,
    /// The sites where it may be filled.
    #[serde(default)]
    pub sites: Vec<Site>,
    /// The locations to which the organization's policy does not let the account be moved.
    #[serde(default, rename = "closed_places", skip_serializing_if = "Vec::is_empty")]
    pub forbidden_locations: Vec<StorageLocation>,
    /// Special states.
    #[serde(default)]
    pub marks: Vec<RowMark>,
}

/// A special state of an account, shown in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowMark {
    /// Enrolled, but the server has not confirmed yet that it stored the account.
    Unconfirmed,
    /// No longer on its server.
    Missing,
    /// Deleted on this device, but received from the server again.
    Returned,
    /// A conflicting version of an account that was changed on both sides.
    Conflict,
}

impl RowMark {
    /// All marks.
    pub const ALL: [Self; 4] = [Self::Unconfirmed, Self::Missing, Self::Returned, Self::Conflict];

    /// Returns the name used in pages and texts.
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
    /// Returns the code that is valid at `now`, and when the next one replaces it, in seconds since 1970; `None` if the
    /// account list is too old.
    pub fn code_at(&self, now: u64) -> Option<(&str, u64)> {
        let period = u64::from(self.period);
        let step = now.checked_sub(self.from)?.checked_div(period)?;
        let code = self.codes.split(' ').nth(usize::try_from(step).ok()?).filter(|code| !code.is_empty())?;
        Some((code, self.from.saturating_add(step.saturating_add(1).saturating_mul(period))))
    }
}

/// The state of the sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// There is no connection.
    #[default]
    None,
    /// Everything is up to date.
    UpToDate,
    /// Changes are waiting to be sent.
    ToSend,
    /// The user has to act, and the notices say why.
    NeedsUser,
}

/// A connection's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionName {
    /// The connection's id.
    pub id: ConnectionId,
    /// For example, `Alice (acme)`.
    pub label: String,
    /// For example, `id.example.com`.
    pub host: String,
}
