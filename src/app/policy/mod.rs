//! The organization's policy: what an administrator has set for this device, and the rules that follow from it.
//!
//! The browser delivers the values in `storage.managed`, described by the schema `extension/managed.json`. They are
//! read here and nowhere else: [`App::policy`] parses them into a [`Policy`], and each rule is one method of it, which
//! every use case that the rule concerns calls. Pages only show the rules; they enforce none.
//!
//! Reading is tolerant and bounded. A value that is not understood never makes a rule looser: a restriction of the
//! wrong type is on, and a choice that does not exist is read as the most restrictive one. Every such key is named in
//! [`Policy::not_understood`], which the settings page shows.
//!
//! ```
//! use casdoor_authenticator::app::policy::{Policy, Rule};
//!
//! let policy = Policy::parse([("forbidExports", "true"), ("requirePassword", "\"yes\"")]);
//! assert!(policy.has(Rule::ForbidExports) && policy.has(Rule::RequirePassword));
//! assert_eq!(policy.not_understood, ["requirePassword"]);
//! ```

mod locations;
mod parse;
mod rules;

pub(in crate::app) use locations::ForbiddenMoves;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::app::storage_keys::{ManagedKey, SessionKey};
use crate::app::{App, AppError, Platform};
use crate::vault::{Area, NewAccounts, Site, Store};

/// A restriction that is either on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Users connect only to the servers that the policy names.
    OnlyTheseServers,
    /// Users sign in to one of these servers before they add accounts.
    RequireSignIn,
    /// A server's own second factor is never stored on that server.
    ForbidOwnFactorOnServer,
    /// Second factors are not changed from the extension.
    ForbidMfaChanges,
    /// Accounts are not exported.
    ForbidExports,
    /// Secrets and recovery codes of stored accounts are not shown.
    ForbidShowingSecrets,
    /// A password protects the vault.
    RequirePassword,
}

/// A server that an administrator has set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedServer {
    /// The normalized address.
    pub address: String,
    /// The organization to sign in to; `None` if the server has only one or the user chooses.
    #[serde(default)]
    pub organization: Option<String>,
    /// The application; `None` for the organization's default.
    #[serde(default)]
    pub application: Option<String>,
    /// The application's client id; `None` to ask the server for it.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The name to show to users, such as the organization's.
    pub name: String,
}

/// The weakest password that users may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MinimumStrength {
    /// At least fair.
    Fair,
    /// At least good.
    Good,
    /// Strong.
    Strong,
}

/// The key derivation of new passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyDerivation {
    /// Argon2id.
    Argon2id,
    /// PBKDF2, which some standards require.
    Pbkdf2,
}

/// The fate of a server's accounts when its connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenRemoved {
    /// The accounts stay on this device.
    Keep,
    /// The accounts are deleted from this device, also when the server disables or deletes the user.
    Forget,
}

/// Everything that an administrator has set. The default is no policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The restrictions that are on.
    pub rules: BTreeSet<Rule>,
    /// The servers to sign in to.
    pub servers: Vec<ManagedServer>,
    /// Passcodes are filled without a click on the servers' pages, or never; `None` if users choose.
    pub automatic_filling: Option<bool>,
    /// Where new accounts are stored; `None` if users choose.
    pub new_accounts: Option<NewAccounts>,
    /// The weakest password that users may choose.
    pub minimum_strength: Option<MinimumStrength>,
    /// The key derivation of new passwords; `None` if users choose.
    pub key_derivation: Option<KeyDerivation>,
    /// The minimum number of iterations of PBKDF2.
    pub minimum_iterations: Option<u32>,
    /// The longest time until the vault is locked, in minutes.
    pub auto_lock_minutes: Option<u32>,
    /// The longest time without mouse or keyboard until the vault is locked, in minutes; `None` if users choose.
    pub idle_lock_minutes: Option<u32>,
    /// The longest time between two automatic backups, in days.
    pub backup_every_days: Option<u32>,
    /// The fate of a server's accounts when its connection ends; `None` if users choose.
    pub when_removed: Option<WhenRemoved>,
    /// The only sites besides the connected servers where codes may be filled; `None` for all sites.
    pub fill_sites: Option<Vec<Site>>,
    /// The language of all texts, one of [`LANGUAGES`](crate::app::LANGUAGES).
    pub language: Option<String>,
    /// The address of the organization's help page.
    pub support_url: Option<String>,
    /// The organization's own words about where users get help.
    pub support_text: Option<String>,
    /// The names of keys that are unknown or whose value is not understood.
    pub not_understood: Vec<String>,
}

impl Policy {
    /// Returns `true` if a restriction is on.
    pub fn has(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Returns `true` if the policy says anything about this extension.
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// Parses pairs of a key's name and its value as JSON text. Unknown names are reported and otherwise ignored.
    pub fn parse<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        parse::policy(values)
    }
}

impl<P: Platform> App<P> {
    /// Reads the policy. A browser without one allows everything.
    pub async fn policy(&self) -> Policy {
        let names = ManagedKey::ALL.map(ManagedKey::name);
        let values = self.store.load(Area::Managed, &names).await.unwrap_or_default();
        let set = names.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?)));
        let set: Vec<(&str, String)> = set.collect();
        Policy::parse(set.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Reads the policy for the settings page, which also shows the names of unknown keys.
    pub(in crate::app) async fn policy_with_unknown_keys(&self) -> Policy {
        let mut policy = self.policy().await;
        let names = self.store.managed_names().await.unwrap_or_default();
        let is_unknown = |name: &&String| ManagedKey::ALL.iter().all(|key| key.name() != name.as_str());
        names.iter().filter(is_unknown).for_each(|name| parse::note(&mut policy, name));
        policy
    }

    /// Applies a policy that has changed: the open vault is loaded again under the new rules, and what the popup would
    /// show first is created again.
    ///
    /// # Errors
    /// [`AppError::Store`], [`AppError::Vault`].
    pub async fn policy_changed(&self, now: u64) -> Result<(), AppError> {
        *self.session.lock().await = None;
        let shown = [SessionKey::AccountList, SessionKey::FirstFrame].map(|key| (key.name(), None));
        self.store.commit(Area::Session, shown.to_vec()).await?;
        self.apply_policy_language().await?;
        self.tick(now).await
    }
}
