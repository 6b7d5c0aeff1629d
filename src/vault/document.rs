//! The open document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Account, AccountId, BackupPlan, Binned, ConnectionId, Envelope, Generation, Generations, Site, VaultError,
};
use crate::otp::Kind;

/// How long an account stays in the trash before it is removed for good.
const BIN_SECONDS: u64 = 30 * 24 * 60 * 60;

/// Everything that is worth a generation: accounts, bin, connections and settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// In the person's own order.
    pub accounts: Vec<Account>,
    /// What was deleted, for 30 days.
    #[serde(default)]
    pub bin: Vec<Binned>,
    /// The servers that the person signed in to.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// Choices.
    #[serde(default)]
    pub settings: Settings,
    /// Backups on a schedule; `None` while the person makes them by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backups: Option<BackupPlan>,
}

/// A signed-in Casdoor server and user. Its tokens lie in [`super::State`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Ours, random.
    pub id: ConnectionId,
    /// The server's address without a trailing slash; may have a port and a path.
    pub server: String,
    /// The user's organization.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The user's id on the server (`sub`).
    pub user_id: String,
    /// What the server calls the user.
    pub display_name: String,
    /// The application's client id; empty for a connection by code.
    #[serde(default)]
    pub client_id: String,
    /// Where new accounts go; `None` until the person said.
    #[serde(default)]
    pub new_accounts: Option<NewAccounts>,
    /// Whether a passcode may be filled on this server's pages without a click.
    #[serde(default)]
    pub fills_by_itself: bool,
    /// Whether a row deleted by another client is binned here.
    #[serde(default)]
    pub follows_deletions: bool,
    /// It only receives until the person ticks what to send (a connection by code, the demo).
    #[serde(default)]
    pub receives_only: bool,
    /// The public demo server: new accounts never go there by themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_demo: bool,
}

impl Connection {
    /// Whether an account was enrolled on this server: its origin is among the account's sites.
    pub fn enrolled(&self, account: &Account) -> bool {
        let Some((scheme, rest)) = self.server.split_once("://") else { return false };
        let host = rest.split('/').next().unwrap_or(rest);
        let is_there = |site: &Site| match site {
            Site::Origin(origin) => origin.split_once("://") == Some((scheme, host)),
            Site::Domain(_) => false,
        };
        account.sites.iter().any(is_there)
    }
}

/// Where accounts that are added from now on go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewAccounts {
    /// They stay on this device.
    Device,
    /// They are sent to the connection's server.
    Server,
}

/// Choices that are kept with the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Locks after so many seconds; 8 hours by default.
    pub lock_after_seconds: u64,
    /// Shows a row's code only while it is hovered or focused.
    #[serde(default)]
    pub hides_codes: bool,
    /// Shows the next code all the time and not only in the last 10 s.
    #[serde(default)]
    pub shows_next: bool,
    /// The colours of the pages.
    #[serde(default, skip_serializing_if = "Theme::is_system")]
    pub theme: Theme,
    /// Seconds that the servers' clocks are ahead of this one's, applied to all codes by the user's choice.
    #[serde(default)]
    pub clock_correction_seconds: i64,
    /// The same for one server's clock, applied to the codes of the accounts that were enrolled there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub server_corrections: BTreeMap<ConnectionId, i64>,
}

/// The colours of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has them.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// With the most contrast, light or dark as the system is.
    Contrast,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// Its name, in style sheets and storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_system(&self) -> bool {
        *self == Self::System
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lock_after_seconds: 8 * 60 * 60,
            hides_codes: false,
            shows_next: false,
            theme: Theme::System,
            clock_correction_seconds: 0,
            server_corrections: BTreeMap::new(),
        }
    }
}

impl Vault {
    /// More accounts than anybody has; bounds the work on a hostile import.
    pub const MAX_ACCOUNTS: usize = 20_000;

    /// Adds an account behind the others.
    ///
    /// # Errors
    /// [`VaultError::Full`].
    pub fn add(&mut self, account: Account) -> Result<(), VaultError> {
        if self.accounts.len() >= Self::MAX_ACCOUNTS {
            return Err(VaultError::Full);
        }
        self.accounts.push(account);
        Ok(())
    }

    /// The account with this id.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn account(&self, id: AccountId) -> Result<&Account, VaultError> {
        self.accounts.iter().find(|account| account.id == id).ok_or(VaultError::NoSuchAccount)
    }

    /// The account with this id, to be changed.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn account_mut(&mut self, id: AccountId) -> Result<&mut Account, VaultError> {
        self.accounts.iter_mut().find(|account| account.id == id).ok_or(VaultError::NoSuchAccount)
    }

    /// Moves an account to the bin.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn bin(&mut self, id: AccountId, now: u64, by_sync: bool) -> Result<(), VaultError> {
        let at = self.accounts.iter().position(|account| account.id == id).ok_or(VaultError::NoSuchAccount)?;
        let account = self.accounts.remove(at);
        self.bin.push(Binned { account, binned_at: now, by_sync, old_version_of: None });
        Ok(())
    }

    /// Takes an account out of the bin, back behind the others.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`], [`VaultError::Full`].
    pub fn restore(&mut self, id: AccountId) -> Result<(), VaultError> {
        let at = self.bin.iter().position(|binned| binned.account.id == id).ok_or(VaultError::NoSuchAccount)?;
        if self.accounts.len() >= Self::MAX_ACCOUNTS {
            return Err(VaultError::Full);
        }
        let binned = self.bin.remove(at);
        self.accounts.push(binned.account);
        Ok(())
    }

    /// Looks after the bin of a vault that is about to be saved; `kept` are the saves before. A clock may be wrong for
    /// a while: what is binned now is dated no earlier than any save that is kept, and goes only when the save before
    /// this one was past its 30 days too. Returns the ids of the accounts that went.
    pub fn tend_bin(&mut self, now: u64, kept: &Generations) -> Vec<AccountId> {
        let newest = kept.iter().map(|(_, envelope)| envelope.sealed_at()).max().unwrap_or(0);
        for binned in self.bin.iter_mut().filter(|binned| binned.binned_at == now) {
            binned.binned_at = now.max(newest);
        }
        let saved_at = kept.envelope(Generation::Last).map_or(0, Envelope::sealed_at);
        self.empty_old_bin(now.min(saved_at))
    }

    /// Removes what has been in the trash for 30 days, whoever put it there, and returns the ids of those accounts.
    pub fn empty_old_bin(&mut self, now: u64) -> Vec<AccountId> {
        let is_old = |binned: &mut Binned| now.saturating_sub(binned.binned_at) >= BIN_SECONDS;
        self.bin.extract_if(.., is_old).map(|binned| binned.account.id).collect()
    }

    /// Empties the trash, and returns the ids of the accounts that were in it.
    pub fn empty_bin(&mut self) -> Vec<AccountId> {
        self.bin.drain(..).map(|binned| binned.account.id).collect()
    }

    /// How many seconds the clock that an account's codes are made by is ahead of this device's.
    pub fn clock_ahead(&self, account: &Account) -> i64 {
        let enrolled = self.connections.iter().filter(|connection| connection.enrolled(account));
        let own = enrolled.filter_map(|connection| self.settings.server_corrections.get(&connection.id)).next();
        own.copied().unwrap_or(self.settings.clock_correction_seconds)
    }

    /// Stores the HOTP counters with the accounts, so that a document alone knows how far they have come.
    pub fn keep_counters(&mut self, counters: &BTreeMap<AccountId, u64>) {
        let binned = self.bin.iter_mut().map(|binned| &mut binned.account);
        for account in self.accounts.iter_mut().chain(binned) {
            if let (Kind::Hotp { counter }, Some(known)) = (&mut account.otp.kind, counters.get(&account.id)) {
                *counter = (*counter).max(*known);
            }
        }
    }

    /// The connection with this id.
    pub fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.id == id)
    }
}
