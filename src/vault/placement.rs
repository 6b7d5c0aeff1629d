//! Where an account may be stored: on this device only, or also on the server of one connection.
//!
//! A server's own second factor stays on this device. A server that stores it would hold both factors of its user, and
//! anyone who can read the server's list could sign in as that user. Every use case that adds accounts (scan, paste,
//! picture, camera, form, import, enrollment) calls [`Vault::add_new`], and those that move accounts call
//! [`Vault::must_stay_on_device`]. Only a user who moves a single account on purpose overrides the rule.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{Account, AccountId, Connection, NewAccounts, Site, StorageLocation, Vault, VaultError};

impl Connection {
    /// Returns the server's origin: its address without the path, such as `https://id.example.com`.
    pub fn origin(&self) -> &str {
        let (scheme, rest) = self.server.split_once("://").unwrap_or(("", &self.server));
        let authority = rest.split('/').next().unwrap_or(rest);
        let length = self.server.len().saturating_sub(rest.len()).saturating_add(authority.len());
        if scheme.is_empty() { "" } else { self.server.get(..length).unwrap_or_default() }
    }
}

impl Vault {
    /// Returns where new accounts are stored unless the user chooses: on the server of the first connection that
    /// accepts them, or on this device only if there is none.
    pub fn default_location(&self) -> StorageLocation {
        let accepts_new = |connection: &&Connection| connection.new_accounts == Some(NewAccounts::Server);
        self.connections
            .iter()
            .find(accepts_new)
            .map_or(StorageLocation::Device, |connection| StorageLocation::Connection(connection.id))
    }

    /// Returns `true` if an account is the own second factor of the server in `location`. It must then not be stored
    /// there unless the user has explicitly chosen this particular account.
    pub fn must_stay_on_device(&self, account: &Account, location: StorageLocation) -> bool {
        let StorageLocation::Connection(id) = location else { return false };
        self.connection(id).is_some_and(|connection| self.is_own_factor(connection, account))
    }

    /// Returns `true` if an account is a second factor of the connection's own server. For many accounts, use
    /// [`Vault::own_factors`].
    pub fn is_own_factor(&self, connection: &Connection, account: &Account) -> bool {
        self.own_factors(connection).contains(account)
    }

    /// Returns the index for recognizing the second factors of the connection's own server.
    pub fn own_factors(&self, connection: &Connection) -> OwnFactors {
        OwnFactors::new(self, connection)
    }

    /// Adds new accounts, all or none. They are stored at `wanted`, or at [`Vault::default_location`] if the user did
    /// not choose; a server's own second factor stays on this device either way. If the user chose a receive-only
    /// connection and an account is stored there, the connection sends from then on.
    ///
    /// # Errors
    /// [`VaultError::Full`], [`VaultError::NoSuchConnection`]. In both cases, nothing is changed.
    pub fn add_new(&mut self, mut accounts: Vec<Account>, wanted: Option<StorageLocation>) -> Result<(), VaultError> {
        if self.accounts.len().saturating_add(accounts.len()) > Self::MAX_ACCOUNTS {
            return Err(VaultError::Full);
        }
        let location = wanted.unwrap_or_else(|| self.default_location());
        let mut is_sent = false;
        match location {
            StorageLocation::Device => {
                accounts.iter_mut().for_each(|account| account.location = StorageLocation::Device)
            }
            StorageLocation::Connection(id) => {
                let connection = self.connection(id).ok_or(VaultError::NoSuchConnection)?;
                let mut own = OwnFactors::new(self, connection);
                // Two of the new accounts may share a secret although the names of only one identify the server.
                accounts.iter().for_each(|account| own.add(account));
                for account in &mut accounts {
                    account.location = if own.contains(account) { StorageLocation::Device } else { location };
                    is_sent |= account.location == location;
                }
            }
        }
        if wanted.is_some() && is_sent {
            self.allow_sending(location)?;
        }
        self.accounts.extend(accounts);
        Ok(())
    }

    /// Returns the accounts in `ids` that may be moved to `location` without asking the user about each of them.
    ///
    /// # Errors
    /// [`VaultError::NoSuchConnection`], [`VaultError::NoSuchAccount`].
    pub fn movable_accounts(&self, ids: &[AccountId], location: StorageLocation) -> Result<Vec<AccountId>, VaultError> {
        let StorageLocation::Connection(target) = location else { return Ok(ids.to_vec()) };
        let own = OwnFactors::new(self, self.connection(target).ok_or(VaultError::NoSuchConnection)?);
        let mut movable_accounts = Vec::with_capacity(ids.len());
        for id in ids {
            let account = self.account(*id)?;
            // The user has explicitly chosen to store an own factor there if it already is.
            if account.location == location || !own.contains(account) {
                movable_accounts.push(*id);
            }
        }
        Ok(movable_accounts)
    }

    /// Moves an account back to this device if it has turned out to be the second factor of the server that stores it.
    ///
    /// # Errors
    /// [`VaultError::NoSuchAccount`].
    pub fn withdraw_own_factor(&mut self, id: AccountId) -> Result<(), VaultError> {
        let account = self.account(id)?;
        if self.must_stay_on_device(account, account.location) {
            let account = self.account_mut(id)?;
            (account.location, account.missing_since) = (StorageLocation::Device, None);
        }
        Ok(())
    }

    /// Allows a receive-only connection to send, because the user has stored an account there on purpose.
    ///
    /// # Errors
    /// [`VaultError::NoSuchConnection`].
    pub fn allow_sending(&mut self, location: StorageLocation) -> Result<(), VaultError> {
        if let StorageLocation::Connection(target) = location {
            let connection = self.connections.iter_mut().find(|connection| connection.id == target);
            connection.ok_or(VaultError::NoSuchConnection)?.receives_only = false;
        }
        Ok(())
    }
}

/// Recognizes the second factors of one server, as far as this vault contains them.
pub struct OwnFactors {
    /// The server's origin.
    origin: String,
    /// All users of this vault who are connected to that server.
    users: Vec<Connection>,
    /// Digests of the secrets of known second factors of that server, so that 20,000 accounts can be checked against
    /// 20,000 quickly.
    secrets: BTreeSet<[u8; 32]>,
}

impl OwnFactors {
    fn new(vault: &Vault, connection: &Connection) -> Self {
        let origin = connection.origin().to_owned();
        let users = vault.connections.iter().chain([connection]).filter(|user| user.origin() == origin).cloned();
        let mut own = Self { users: users.collect(), origin, secrets: BTreeSet::new() };
        let trashed = vault.trash.iter().map(|trashed| &trashed.account);
        vault.accounts.iter().chain(trashed).for_each(|account| own.add(account));
        own
    }

    /// Records the secret of an account if its names or sites identify it as a second factor of this server.
    fn add(&mut self, account: &Account) {
        if self.recognizes(account) {
            self.secrets.insert(digest(account));
        }
    }

    /// Returns `true` if an account is one of them, by its names and sites or because it shares their secret.
    pub fn contains(&self, account: &Account) -> bool {
        self.recognizes(account) || self.secrets.contains(&digest(account))
    }

    /// Recognizes an account by the sites where it is filled, by the sites that another program stored with it, or by
    /// the user's name.
    fn recognizes(&self, account: &Account) -> bool {
        let mut origins = account.sites.iter().filter_map(Site::origin);
        let is_filled_there = origins.any(|origin| origin.eq_ignore_ascii_case(&self.origin));
        let host = host_of(&self.origin);
        let was_used_there =
            || account.imported_extras.sites.iter().any(|site| host_of(site).eq_ignore_ascii_case(host));
        let names_a_user = || self.users.iter().any(|user| is_named_after(account, user, host));
        is_filled_there || was_used_there() || names_a_user()
    }
}

/// Returns a digest of an account's secret. The secret is exposed only for computing it.
fn digest(account: &Account) -> [u8; 32] {
    Sha256::digest(account.otp.key.expose()).into()
}

/// Returns `true` if an account's names are those that Casdoor gives this user's second factor (`owner/name`, with or
/// without the issuer before it), or those that a user types for it.
fn is_named_after(account: &Account, user: &Connection, host: &str) -> bool {
    let (name, full) =
        (account.name.to_ascii_lowercase(), format!("{}/{}", user.owner, user.name).to_ascii_lowercase());
    let is_labelled =
        name.strip_suffix(full.as_str()).is_some_and(|head| head.is_empty() || head.ends_with([':', ' ']));
    let is_issuer = |issuer: &str| account.issuer.eq_ignore_ascii_case(issuer);
    is_labelled || (name == user.name.to_ascii_lowercase() && (is_issuer(&user.owner) || is_issuer(host)))
}

/// Returns the host of an address, without user name and port. A text that is not an address is treated as a host.
fn host_of(address: &str) -> &str {
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::test_entropy::CallCountingEntropy;

    fn connection(server: &str, name: &str) -> Connection {
        serde_json::from_value(serde_json::json!({
            "id": "00000000-0000-4000-8000-000000000001", "server": server, "owner": "acme", "name": name,
            "user_id": name, "display_name": "",
        }))
        .unwrap()
    }

    fn account(label: &str) -> Account {
        Account::new(
            format!("otpauth://totp/{label}?secret=MZXW6YTBOI").parse().unwrap(),
            0,
            &mut CallCountingEntropy(0),
        )
    }

    #[test]
    fn the_origin_of_a_server_has_no_path() {
        for (server, origin) in [
            ("https://id.example.com", "https://id.example.com"),
            ("https://id.example.com/casdoor/x", "https://id.example.com"),
            ("http://[::1]:8000/casdoor", "http://[::1]:8000"),
            ("", ""),
        ] {
            assert_eq!(connection(server, "alice").origin(), origin);
        }
    }

    #[test]
    fn a_servers_own_factor_is_recognized_by_all_its_names() {
        let (vault, here) = (Vault::default(), connection("https://id.example.com:8443/casdoor", "alice"));
        for label in [
            "acme/alice",
            "Acme%20Inc:acme/alice",
            "Built-in%2520Organization:acme/alice",
            "ACME/Alice",
            "id.example.com:alice",
            "acme:alice",
        ] {
            assert!(vault.is_own_factor(&here, &account(label)), "{label}");
        }
        for label in ["alice", "acme/bob", "Other:alice", "notacme/alice", "acme/alice2", "acme"] {
            assert!(!vault.is_own_factor(&here, &account(label)), "{label}");
        }
        for site in ["https://id.example.com/login/acme", "ID.example.com", "https://alice@id.example.com:8443/"] {
            let mut imported = account("work");
            imported.imported_extras.sites = vec![site.into()];
            assert!(vault.is_own_factor(&here, &imported), "{site}");
        }
        for site in
            ["https://example.com", "https://id.example.com.evil.example", "https://evil.example/id.example.com"]
        {
            let mut imported = account("work");
            imported.imported_extras.sites = vec![site.into()];
            assert!(!vault.is_own_factor(&here, &imported), "{site}");
        }
    }

    #[test]
    fn another_users_factor_is_not_stored_on_their_common_server() {
        let (alice, bob) = (connection("https://id.example.com", "alice"), connection("https://id.example.com", "bob"));
        let vault = Vault { connections: vec![alice, bob.clone()], ..Vault::default() };
        assert!(vault.is_own_factor(&bob, &account("acme/alice")));
    }

    #[test]
    fn an_account_that_shares_the_secret_of_an_own_factor_stays_here() {
        let here = connection("https://id.example.com", "alice");
        let id = here.id;
        let mut vault = Vault { connections: vec![here], ..Vault::default() };
        let location = Some(StorageLocation::Connection(id));
        vault.add_new(vec![account("unnamed"), account("acme/alice")], location).unwrap();
        assert!(vault.accounts.iter().all(|account| account.location == StorageLocation::Device));
        vault.move_to_trash(vault.accounts[1].id, 0, false).unwrap();
        vault.add_new(vec![account("again")], location).unwrap();
        assert_eq!(vault.accounts.last().unwrap().location, StorageLocation::Device);
    }

    #[test]
    fn accounts_that_do_not_fit_change_no_connection() {
        let here = Connection { receives_only: true, ..connection("https://id.example.com", "alice") };
        let location = Some(StorageLocation::Connection(here.id));
        let mut vault = Vault { connections: vec![here], ..Vault::default() };
        vault.accounts = vec![account("x"); Vault::MAX_ACCOUNTS];
        assert_eq!(vault.add_new(vec![account("shop")], location), Err(VaultError::Full));
        let nowhere = StorageLocation::Connection("00000000-0000-4000-8000-000000000009".parse().unwrap());
        vault.accounts.clear();
        assert_eq!(vault.add_new(vec![account("shop")], Some(nowhere)), Err(VaultError::NoSuchConnection));
        assert!(vault.connections[0].receives_only && vault.accounts.is_empty());
        vault.add_new(vec![account("acme/alice")], location).unwrap();
        assert!(vault.connections[0].receives_only, "nothing was sent");
        // An account with the same secret would be the same second factor.
        let shop = "otpauth://totp/shop?secret=JBSWY3DPEHPK3PXP".parse().unwrap();
        vault.add_new(vec![Account::new(shop, 0, &mut CallCountingEntropy(9))], location).unwrap();
        assert!(!vault.connections[0].receives_only);
    }
}
