//! The decrypted document: accounts, trash, connections and settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Account, AccountId, BackupPlan, ConnectionId, Envelope, RememberedField, Site, TrashedAccount, VaultCopies,
    VaultCopy, VaultError,
};
use crate::otp::Kind;

/// The part of the vault that is stored in several copies: accounts, trash, connections and settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// The accounts, in the user's order.
    pub accounts: Vec<Account>,
    /// The accounts that were deleted in the last 30 days.
    #[serde(default, rename = "bin")]
    pub trash: Vec<TrashedAccount>,
    /// The servers that the user is signed in to.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// The user's settings.
    #[serde(default)]
    pub settings: Settings,
    /// The backup schedule; `None` if automatic backups are off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backups: Option<BackupPlan>,
}

/// A Casdoor server with a signed-in user. Its tokens are in [`super::State`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The connection's random id, which is not the server's.
    pub id: ConnectionId,
    /// The server's address without a trailing slash. It may have a port and a path.
    pub server: String,
    /// The user's organization.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The user's id on the server (`sub`).
    pub user_id: String,
    /// The user's display name.
    pub display_name: String,
    /// The application's client id; empty for a connection that was made with a code.
    #[serde(default)]
    pub client_id: String,
    /// Where new accounts are stored; `None` until the user decides.
    #[serde(default)]
    pub new_accounts: Option<NewAccounts>,
    /// Passcodes are filled on this server's pages without a click.
    #[serde(default, rename = "fills_by_itself")]
    pub fills_automatically: bool,
    /// Accounts that another client deleted are moved to the trash on this device.
    #[serde(default)]
    pub follows_deletions: bool,
    /// The connection only receives until the user selects what to send (a connection that was made with a code, or to
    /// the demo server).
    #[serde(default)]
    pub receives_only: bool,
    /// The server is the public demo server, where new accounts are never stored automatically.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_demo: bool,
}

impl Connection {
    /// Returns `true` if an account was enrolled on this server, that is, if the server's origin is among the account's
    /// sites.
    pub fn enrolled(&self, account: &Account) -> bool {
        let Some((scheme, rest)) = self.server.split_once("://") else { return false };
        let host = rest.split('/').next().unwrap_or(rest);
        let is_there =
            |site: &Site| site.origin().is_some_and(|origin| origin.split_once("://") == Some((scheme, host)));
        account.sites.iter().any(is_there)
    }
}

/// Where accounts that are added later are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewAccounts {
    /// On this device only.
    Device,
    /// On this device and on the connection's server.
    Server,
}

/// Settings that are stored in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The time until the vault is locked, in seconds; 8 hours by default.
    pub lock_after_seconds: u64,
    /// The time without mouse or keyboard after which the vault is locked, in seconds; 0 for never.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lock_when_idle_seconds: u64,
    /// Shows a row's code only while the row is hovered or focused.
    #[serde(default)]
    pub hides_codes: bool,
    /// Always shows the next code, and not only in the last 10 s.
    #[serde(default)]
    pub shows_next: bool,
    /// Shows the remaining seconds in the countdown ring.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shows_seconds: bool,
    /// The color theme of the pages.
    #[serde(default, skip_serializing_if = "Theme::is_system")]
    pub theme: Theme,
    /// The size of the texts, and of everything around them, in percent of the browser's text size.
    #[serde(default = "default_text_size", skip_serializing_if = "is_default_text_size")]
    pub text_size_percent: u16,
    /// The spacing of lists.
    #[serde(default, skip_serializing_if = "Density::is_comfortable")]
    pub density: Density,
    /// The number of seconds that the user chose to add to this device's clock for all codes.
    #[serde(default)]
    pub clock_correction_seconds: i64,
    /// The correction in seconds for the accounts that were enrolled on one server, by connection. It takes precedence
    /// over the correction for all codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub server_corrections: BTreeMap<ConnectionId, i64>,
    /// The fields that the user chose for codes, by site, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remembered_fields: Vec<RememberedField>,
}

/// The color theme of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The system's theme.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// High contrast, light or dark like the system.
    Contrast,
}

impl Theme {
    /// All themes.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// Returns the name used in style sheets and storage.
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

/// The spacing of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Rows with more space around them.
    #[default]
    Comfortable,
    /// More rows in the same space.
    Compact,
}

impl Density {
    /// All densities.
    pub const ALL: [Self; 2] = [Self::Comfortable, Self::Compact];

    /// Returns the name used in style sheets and storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_comfortable(&self) -> bool {
        *self == Self::Comfortable
    }
}

fn default_text_size() -> u16 {
    Settings::TEXT_SIZES[1]
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_default_text_size(percent: &u16) -> bool {
    *percent == default_text_size()
}

impl Settings {
    /// The text sizes that can be chosen, in percent.
    pub const TEXT_SIZES: [u16; 5] = [90, 100, 110, 125, 150];
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lock_after_seconds: 8 * 60 * 60,
            lock_when_idle_seconds: 0,
            hides_codes: false,
            shows_next: false,
            shows_seconds: false,
            theme: Theme::System,
            text_size_percent: default_text_size(),
            density: Density::Comfortable,
            clock_correction_seconds: 0,
            server_corrections: BTreeMap::new(),
            remembered_fields: Vec::new(),
        }
    }
}

impl Vault {
    /// Maximum number of accounts, which is more than anyone has. Limits the work that a hostile import can cause.
    pub const MAX_ACCOUNTS: usize = 20_000;

    /// Appends an account.
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

    /// Returns the account with this id.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn account(&self, id: AccountId) -> Result<&Account, VaultError> {
        self.accounts.iter().find(|account| account.id == id).ok_or(VaultError::NoSuchAccount)
    }

    /// Returns the account with this id, for changing it.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn account_mut(&mut self, id: AccountId) -> Result<&mut Account, VaultError> {
        self.accounts.iter_mut().find(|account| account.id == id).ok_or(VaultError::NoSuchAccount)
    }

    /// Moves an account in front of another one, or to the end.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn move_before(&mut self, id: AccountId, before: Option<AccountId>) -> Result<(), VaultError> {
        let position = |accounts: &[Account], id| {
            accounts.iter().position(|account| account.id == id).ok_or(VaultError::NoSuchAccount)
        };
        let from = position(&self.accounts, id)?;
        let to = before.map_or(Ok(self.accounts.len()), |before| position(&self.accounts, before))?;
        let account = self.accounts.remove(from);
        // Removing the account moved every account after it forward by one.
        let to = if to > from { to.saturating_sub(1) } else { to };
        self.accounts.insert(to, account);
        Ok(())
    }

    /// Moves an account to the trash.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn move_to_trash(&mut self, id: AccountId, now: u64, by_sync: bool) -> Result<(), VaultError> {
        let at = self.accounts.iter().position(|account| account.id == id).ok_or(VaultError::NoSuchAccount)?;
        let account = self.accounts.remove(at);
        self.trash.push(TrashedAccount { account, trashed_at: now, by_sync, old_version_of: None, index: Some(at) });
        Ok(())
    }

    /// Takes an account out of the trash, and puts it back in its previous position.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`], [`VaultError::Full`].
    pub fn restore(&mut self, id: AccountId) -> Result<(), VaultError> {
        let at = self.trash.iter().position(|trashed| trashed.account.id == id).ok_or(VaultError::NoSuchAccount)?;
        if self.accounts.len() >= Self::MAX_ACCOUNTS {
            return Err(VaultError::Full);
        }
        let trashed = self.trash.remove(at);
        let index = trashed.index.map_or(self.accounts.len(), |index| index.min(self.accounts.len()));
        self.accounts.insert(index, trashed.account);
        Ok(())
    }

    /// Dates new deletions and removes expired accounts from the trash before the document is written, and returns the
    /// ids of the removed accounts. `kept` contains the stored copies.
    ///
    /// Because the clock may temporarily be wrong, a deletion is dated no earlier than the newest copy, and an account
    /// is removed only if its 30 days were already over when the last copy was written.
    pub fn expire_trash(&mut self, now: u64, kept: &VaultCopies) -> Vec<AccountId> {
        let newest = kept.iter().map(|(_, envelope)| envelope.sealed_at()).max().unwrap_or(0);
        for trashed in self.trash.iter_mut().filter(|trashed| trashed.trashed_at == now) {
            trashed.trashed_at = now.max(newest);
        }
        let saved_at = kept.envelope(VaultCopy::Last).map_or(0, Envelope::sealed_at);
        self.remove_expired(now.min(saved_at))
    }

    /// Removes accounts that have been in the trash for 30 days, and returns their ids.
    pub fn remove_expired(&mut self, now: u64) -> Vec<AccountId> {
        let is_old = |trashed: &mut TrashedAccount| now >= trashed.expires_at();
        self.trash.extract_if(.., is_old).map(|trashed| trashed.account.id).collect()
    }

    /// Empties the trash, and returns the ids of the accounts that were in it.
    pub fn empty_trash(&mut self) -> Vec<AccountId> {
        self.trash.drain(..).map(|trashed| trashed.account.id).collect()
    }

    /// Returns the number of seconds to add to this device's clock for an account's codes.
    pub fn clock_ahead(&self, account: &Account) -> i64 {
        let enrolled = self.connections.iter().filter(|connection| connection.enrolled(account));
        let own = enrolled.filter_map(|connection| self.settings.server_corrections.get(&connection.id)).next();
        own.copied().unwrap_or(self.settings.clock_correction_seconds)
    }

    /// Copies the HOTP counters into the accounts, so that the document is complete without the state.
    pub fn keep_counters(&mut self, counters: &BTreeMap<AccountId, u64>) {
        let trashed = self.trash.iter_mut().map(|trashed| &mut trashed.account);
        for account in self.accounts.iter_mut().chain(trashed) {
            if let (Kind::Hotp { counter }, Some(known)) = (&mut account.otp.kind, counters.get(&account.id)) {
                *counter = (*counter).max(*known);
            }
        }
    }

    /// Returns the connection with this id.
    pub fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.id == id)
    }
}
