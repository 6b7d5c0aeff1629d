//! Applies the user's choices about connections and approvals that let a stopped sync continue, and signs out.

use std::collections::BTreeSet;

use crate::app::account_list::connection_name;
use crate::app::connections::permission_pattern;
use crate::app::policy::WhenRemoved;
use crate::app::protocol::{Acceptance, ConnectionCard, Message, RequiredAction};
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::casdoor::{self, CasdoorError, ServerAddress, SyncState, sign_in};
use crate::label::clean;
use crate::secret::Entropy;
use crate::time::Clock;
use crate::vault::{
    AccountId, Connection, ConnectionId, Envelope, NewAccounts, StorageLocation, SyncReport, Vault, VaultError,
};

impl<P: Platform> App<P> {
    /// Stores which accounts are sent to a connection and where new accounts are stored, and syncs. This is the user's
    /// consent to sending.
    pub(in crate::app) async fn select_accounts(
        &self,
        id: ConnectionId,
        accounts: &[AccountId],
        new_accounts: NewAccounts,
        clock: Clock<'_>,
    ) -> Result<Message, AppError> {
        self.change(clock().seconds(), |session| {
            for account in accounts {
                let account = session.vault.account(*account)?;
                session.policy.check_move(account, StorageLocation::Connection(id), &session.vault)?;
            }
            let connection = connection_mut(&mut session.vault, id)?;
            set_new_accounts(connection, session.policy.new_accounts(connection, new_accounts));
            connection.receives_only &= accounts.is_empty();
            for account in accounts {
                session.vault.account_mut(*account)?.location = StorageLocation::Connection(id);
            }
            Ok(())
        })
        .await?;
        self.sync(clock).await
    }

    pub(in crate::app) async fn choose(
        &self,
        id: ConnectionId,
        fills_automatically: Option<bool>,
        follows_deletions: Option<bool>,
        new_accounts: Option<NewAccounts>,
        now: u64,
    ) -> Result<Vec<ConnectionCard>, AppError> {
        self.change(now, |session| {
            let connection = connection_mut(&mut session.vault, id)?;
            let fills = fills_automatically.unwrap_or(connection.fills_automatically);
            connection.fills_automatically = session.policy.fills_automatically(connection, fills);
            connection.follows_deletions = follows_deletions.unwrap_or(connection.follows_deletions);
            if let Some(new_accounts) = new_accounts {
                set_new_accounts(connection, session.policy.new_accounts(connection, new_accounts));
            }
            Ok(())
        })
        .await?;
        self.list_connections(now).await
    }

    /// Lets the next sync of a connection continue after the user has read why it stopped and agreed.
    ///
    /// # Errors
    /// [`CasdoorError::NotConnected`] as a message, [`AppError::Locked`], [`AppError::Store`].
    pub async fn accept(&self, id: ConnectionId, acceptance: Acceptance, now: u64) -> Result<(), AppError> {
        self.change_state(now, |session| {
            session.vault.connection(id).ok_or(CasdoorError::NotConnected)?;
            let mut memory = SyncState::from_state(&session.state, id);
            match acceptance {
                Acceptance::EmptyList => memory.accepts_null = true,
                Acceptance::PublicList => memory.accepts_public = true,
            }
            memory.store(&mut session.state, id);
            Ok(())
        })
        .await
    }

    /// Lets a stopped sync continue as in [`App::accept`], and returns all connections with the server's current state.
    pub(in crate::app) async fn resume_sync(
        &self,
        id: ConnectionId,
        acceptance: Acceptance,
        clock: Clock<'_>,
    ) -> Result<Vec<ConnectionCard>, AppError> {
        self.accept(id, acceptance, clock().seconds()).await?;
        // A failure is shown on the connection's card.
        let _ = self.sync_one(id, clock).await;
        self.list_connections(clock().seconds()).await
    }

    /// Lists all connections.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    pub async fn list_connections(&self, now: u64) -> Result<Vec<ConnectionCard>, AppError> {
        self.read(now, |session| {
            let connections =
                session.vault.connections.iter().map(|connection| connection_card(connection, session)).collect();
            Ok(connections)
        })
        .await
    }

    /// Signs out: revokes and deletes the tokens. The accounts stay on this device or go to the trash. If the
    /// organization's policy says so, they are deleted, also from the vault's earlier versions.
    pub(in crate::app) async fn disconnect(
        &self,
        id: ConnectionId,
        forget: bool,
        now: u64,
    ) -> Result<Vec<ConnectionCard>, AppError> {
        let (connection, tokens) = self
            .change(now, |session| {
                let connection = session.vault.connection(id).ok_or(CasdoorError::NotConnected)?.clone();
                let tokens = session.state.take_tokens(id);
                session.state.bases.remove(&id);
                session.state.sync.remove(&id);
                session.state.reports.remove(&id);
                session.vault.settings.server_corrections.remove(&id);
                session.vault.connections.retain(|other| other.id != id);
                let left = detach_accounts(&mut session.vault, id, session.policy.forgets(forget), now)?;
                if session.policy.when_removed == Some(WhenRemoved::Forget) {
                    erase_accounts(session, &left, &mut *self.entropy.borrow_mut());
                }
                Ok((connection, tokens))
            })
            .await?;
        if let Ok(server) = ServerAddress::parse(&connection.server, true) {
            for tokens in tokens {
                // The tokens are deleted here in any case. If the server does not respond, they expire there.
                let _ = sign_in::revoke(&self.http, &server, &tokens).await;
            }
        }
        self.list_connections(now).await
    }

    /// Returns the addresses of the connected servers where content scripts may run: those that the policy allows.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    pub async fn servers_to_fill(&self, now: u64) -> Result<Vec<String>, AppError> {
        self.read(now, |session| {
            let servers = session.vault.connections.iter().map(|connection| connection.server.clone());
            Ok(servers.filter(|server| session.policy.allows_server(server)).collect())
        })
        .await
    }

    /// Returns the addresses of the connected servers.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    pub async fn servers(&self, now: u64) -> Result<Vec<String>, AppError> {
        self.read(now, |session| {
            Ok(session.vault.connections.iter().map(|connection| connection.server.clone()).collect())
        })
        .await
    }
}

/// Returns the host permissions that the servers in `before` needed and that no server in `after` needs.
pub fn unused_permissions(before: &[String], after: &[String]) -> Vec<String> {
    let patterns = |servers: &[String]| -> BTreeSet<String> {
        let addresses = servers.iter().filter_map(|server| ServerAddress::parse(server, true).ok());
        addresses.map(|address| permission_pattern(&address)).collect()
    };
    patterns(before).difference(&patterns(after)).cloned().collect()
}

fn connection_mut(vault: &mut Vault, id: ConnectionId) -> Result<&mut Connection, AppError> {
    let found = vault.connections.iter_mut().find(|connection| connection.id == id);
    found.ok_or_else(|| CasdoorError::NotConnected.into())
}

/// Sets where new accounts are stored. The public demo server never receives them automatically.
fn set_new_accounts(connection: &mut Connection, new_accounts: NewAccounts) {
    let sends = new_accounts == NewAccounts::Server && !connection.is_demo;
    connection.new_accounts = Some(if sends { NewAccounts::Server } else { NewAccounts::Device });
    connection.receives_only &= !sends;
}

/// Separates a connection's accounts from it, and moves them to the trash if `forget` is set. Returns the accounts.
fn detach_accounts(vault: &mut Vault, id: ConnectionId, forget: bool, now: u64) -> Result<Vec<AccountId>, VaultError> {
    let kept = vault.accounts.iter().filter(|account| account.location == StorageLocation::Connection(id));
    let ids: Vec<AccountId> = kept.map(|account| account.id).collect();
    for account in &ids {
        let found = vault.account_mut(*account)?;
        (found.location, found.missing_since) = (StorageLocation::Device, None);
        if forget {
            vault.move_to_trash(*account, now, false)?;
        }
    }
    Ok(ids)
}

/// Deletes accounts permanently, from the trash and from the earlier versions of the vault. A version that cannot be
/// sealed again is dropped.
fn erase_accounts(session: &mut Session, accounts: &[AccountId], entropy: &mut impl Entropy) {
    let remove = |vault: &mut Vault| {
        vault.accounts.retain(|account| !accounts.contains(&account.id));
        vault.trash.retain(|trashed| !accounts.contains(&trashed.account.id));
    };
    remove(&mut session.vault);
    for id in accounts {
        casdoor::forget(&mut session.state, *id);
        session.state.counters.remove(id);
    }
    let key = &session.key;
    session.copies = session.copies.clone().map(|copy| {
        let mut earlier = copy.open(key).ok()?;
        remove(&mut earlier);
        Envelope::seal(&earlier, key, copy.slots().to_vec(), copy.revision(), copy.sealed_at(), entropy).ok()
    });
}

fn connection_card(connection: &Connection, session: &Session) -> ConnectionCard {
    let (vault, report) = (&session.vault, session.state.reports.get(&connection.id));
    let kept = vault.accounts.iter().filter(|account| account.location == StorageLocation::Connection(connection.id));
    ConnectionCard {
        connection: connection_name(connection),
        server: connection.server.clone(),
        accounts: kept.count(),
        new_accounts: connection.new_accounts,
        fills_automatically: connection.fills_automatically,
        follows_deletions: connection.follows_deletions,
        owner: clean(&connection.owner).into_owned(),
        name: clean(&connection.name).into_owned(),
        is_demo: connection.is_demo,
        receives_only: connection.receives_only,
        until: expires_at(connection, session),
        required_action: report.and_then(required_action),
        left_on_server: report.and_then(|report| report.left_on_server),
        room_left_bytes: report.and_then(|report| report.room_left_bytes),
        last: report.map(SyncReport::message),
        last_at: report.map(|report| report.at),
    }
}

/// Returns when a connection that cannot be renewed expires.
pub(in crate::app) fn expires_at(connection: &Connection, session: &Session) -> Option<u64> {
    let tokens = session.state.tokens.get(&connection.id)?;
    tokens.refresh.expose().is_empty().then_some(tokens.expires_at)
}

fn required_action(report: &SyncReport) -> Option<RequiredAction> {
    let is = |error: CasdoorError| report.key == error.message().key;
    if report.signed_out || is(CasdoorError::NotConnected) {
        Some(RequiredAction::SignIn)
    } else if is(CasdoorError::ListNull) {
        Some(RequiredAction::EmptyList)
    } else if is(CasdoorError::ListPublic) {
        Some(RequiredAction::PublicList)
    } else if is(CasdoorError::ListHidden) {
        Some(RequiredAction::Administrator)
    } else {
        report.needs_user.then_some(RequiredAction::User)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_unused_only_if_no_other_connection_needs_it() {
        let unused = |before: &[&str], after: &[&str]| {
            let owned = |servers: &[&str]| servers.iter().map(|server| (*server).to_owned()).collect::<Vec<_>>();
            unused_permissions(&owned(before), &owned(after))
        };
        let (one, other) = ("https://id.example.com", "https://sso.example.org:8443/casdoor");
        assert_eq!(unused(&[one, other], &[other]), ["https://id.example.com/*"]);
        assert_eq!(unused(&[one, other], &[]), ["https://id.example.com/*", "https://sso.example.org/*"]);
        // Match patterns contain neither port nor path, so these connections share one permission.
        let neighbors = [other, "https://sso.example.org/other"];
        for kept in neighbors {
            assert_eq!(unused(&neighbors, &[kept]), Vec::<String>::new(), "{kept}");
        }
        assert_eq!(unused(&[one, one], &[one]), Vec::<String>::new());
        // Host permissions include the scheme, so the permission for http is unused if only https is connected.
        assert_eq!(unused(&["https://10.0.0.5", "http://10.0.0.5"], &["https://10.0.0.5"]), ["http://10.0.0.5/*"]);
        assert_eq!(unused(&[], &[one]), Vec::<String>::new());
    }
}
