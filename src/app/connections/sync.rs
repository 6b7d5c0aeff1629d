//! Syncs connections: decides when, runs one at a time, and records the result.

use std::collections::BTreeMap;

use crate::app::policy::WhenRemoved;
use crate::app::protocol::Message;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::casdoor::{self, CasdoorError, ChangedPart, SignedInUser, SyncError, SyncOutcome, VaultAccess};
use crate::message;
use crate::secret::Entropy;
use crate::time::Clock;
use crate::vault::{Connection, ConnectionId, State, SyncReport, Vault};

/// How long opening the popup does not start another sync after the last one, in seconds.
const FRESH_SECONDS: u64 = 15 * 60;
/// Maximum wait between two attempts to reach a server that does not respond, in seconds.
const MAX_BACK_OFF_SECONDS: u64 = 2 * 60 * 60;

/// Gives the sync access to the open vault, one transaction at a time, each stored before the sync continues.
struct AppVault<'a, P: Platform> {
    app: &'a App<P>,
    clock: Clock<'a>,
}

impl<P: Platform> VaultAccess for AppVault<'_, P> {
    type Error = AppError;

    async fn transact<T>(
        &self,
        change: impl FnOnce(&mut Vault, &mut State) -> (T, ChangedPart),
    ) -> Result<T, Self::Error> {
        let change = |session: &mut Session| Ok(change(&mut session.vault, &mut session.state));
        self.app.transact((self.clock)().seconds(), change).await
    }
}

/// Borrows the app's random generator for each use, because a sync waits for the network in between.
struct SharedEntropy<'a, E>(&'a std::cell::RefCell<E>);

impl<E: Entropy> Entropy for SharedEntropy<'_, E> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.borrow_mut().fill(bytes);
    }
}

/// The syncs since the worker started, numbered in order. Stores the number and the result of each connection's last
/// sync.
#[derive(Default)]
pub(in crate::app) struct RecentSyncs {
    begun: u64,
    last: BTreeMap<ConnectionId, (u64, Result<SyncOutcome, AppError>)>,
}

impl RecentSyncs {
    fn begin(&mut self) -> u64 {
        self.begun = self.begun.saturating_add(1);
        self.begun
    }

    /// Returns the result of a sync of this connection that started after `asked`.
    fn result_since(&self, id: ConnectionId, asked: u64) -> Option<Result<SyncOutcome, AppError>> {
        self.last.get(&id).filter(|(number, _)| *number > asked).map(|(_, result)| result.clone())
    }
}

/// A connection, and the result of its sync.
type Synced = (ConnectionId, Result<SyncOutcome, AppError>);

/// Summarizes all results in one message.
fn summary(results: &[Synced]) -> Message {
    let message = |result: &Result<SyncOutcome, AppError>| match result {
        Ok(outcome) => outcome.summary.message(),
        Err(error) => error.message(),
    };
    let mut messages: Vec<Message> = results.iter().map(|(_, result)| message(result)).collect();
    messages.dedup();
    let join = |all: Message, next: Message| message!("sync_several", all, next);
    messages.into_iter().reduce(join).unwrap_or_else(|| message!("sync_done"))
}

impl<P: Platform> App<P> {
    /// Syncs every connection, one at a time.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`]. The servers' errors are in the reply.
    pub async fn sync(&self, clock: Clock<'_>) -> Result<Message, AppError> {
        let ids = self.connection_ids(clock().seconds()).await?;
        Ok(summary(&self.sync_each(&ids, clock).await?))
    }

    /// Syncs every connection, and silently renews each expired sign-in if the browser is signed in at the server. Only
    /// renewed connections are synced a second time.
    ///
    /// # Errors
    /// Those of [`App::sync`].
    pub async fn sync_and_renew(&self, clock: Clock<'_>, redirect_uri: &str) -> Result<Message, AppError> {
        let ids = self.connection_ids(clock().seconds()).await?;
        let mut results = self.sync_each(&ids, clock).await?;
        for (renewed, outcome) in self.renew_expired(clock, redirect_uri).await {
            for (_, result) in results.iter_mut().filter(|(id, _)| *id == renewed) {
                *result = Ok(outcome);
            }
        }
        Ok(summary(&results))
    }

    /// Syncs the connections that are due: last synced over 15 minutes ago, or past their exponential backoff. Renews
    /// sign-ins like [`App::sync_and_renew`].
    ///
    /// # Errors
    /// Those of [`App::sync`].
    pub async fn sync_if_due(&self, clock: Clock<'_>, redirect_uri: &str) -> Result<(), AppError> {
        let now = clock().seconds();
        let ids: Vec<ConnectionId> = self
            .read(now, |session| {
                let due = |connection: &&Connection| {
                    session.state.reports.get(&connection.id).is_none_or(|report| now >= due_at(report))
                };
                Ok(session.vault.connections.iter().filter(due).map(|found| found.id).collect())
            })
            .await?;
        self.sync_each(&ids, clock).await?;
        self.renew_expired(clock, redirect_uri).await;
        Ok(())
    }

    /// Syncs these connections. Stops if the vault is locked or cannot be stored; servers' errors are in the result.
    async fn sync_each(&self, ids: &[ConnectionId], clock: Clock<'_>) -> Result<Vec<Synced>, AppError> {
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            match self.sync_one(*id, clock).await {
                Err(error @ (AppError::Locked | AppError::PasswordRequired | AppError::Store(_))) => return Err(error),
                result => results.push((*id, result)),
            }
        }
        Ok(results)
    }

    /// Returns `true` if a connection is waiting for the user, and `false` while the vault is locked.
    pub async fn needs_user(&self, now: u64) -> bool {
        let needs = |session: &Session| Ok(session.state.reports.values().any(|report| report.needs_user));
        self.read(now, needs).await.unwrap_or(false)
    }

    async fn connection_ids(&self, now: u64) -> Result<Vec<ConnectionId>, AppError> {
        self.read(now, |session| Ok(session.vault.connections.iter().map(|connection| connection.id).collect())).await
    }

    /// Syncs one connection and records the result.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`], and the server's errors. Nothing is lost by a failure.
    pub async fn sync_one(&self, id: ConnectionId, clock: Clock<'_>) -> Result<SyncOutcome, AppError> {
        let asked = self.recent_syncs.borrow().begun;
        let turn = self.syncing.lock().await;
        // If several requests are waiting, one sync is enough for all of them, because it starts after all were made.
        let earlier = self.recent_syncs.borrow().result_since(id, asked);
        if let Some(result) = earlier {
            return result;
        }
        let number = self.recent_syncs.borrow_mut().begin();
        let result = self.run_sync(id, clock).await;
        self.recent_syncs.borrow_mut().last.insert(id, (number, result.clone()));
        drop(turn);
        result
    }

    /// Sends a request as a connection's user, with a fresh token. Waits for a sync in progress, so that only one of
    /// them refreshes the token.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`], and the server's errors.
    pub(in crate::app) async fn as_user<T>(
        &self,
        id: ConnectionId,
        clock: Clock<'_>,
        question: impl AsyncFn(&SignedInUser<'_, P::Http>) -> Result<T, CasdoorError>,
    ) -> Result<T, AppError> {
        self.check_server_of(id, clock().seconds()).await?;
        let turn = self.syncing.lock().await;
        let answer = casdoor::as_user(&self.http, &AppVault { app: self, clock }, id, clock, question).await;
        drop(turn);
        answer.map_err(to_app_error)
    }

    async fn run_sync(&self, id: ConnectionId, clock: Clock<'_>) -> Result<SyncOutcome, AppError> {
        let ledger = AppVault { app: self, clock };
        let result = match self.check_server_of(id, clock().seconds()).await {
            Ok(()) => casdoor::sync(&self.http, &ledger, id, clock, &mut SharedEntropy(&self.entropy)).await,
            Err(error) => Err(SyncError::Vault(error)),
        };
        let now = clock().seconds();
        self.transact(now, |session| {
            let before = session.state.reports.get(&id).cloned().unwrap_or_default();
            let report = report(&result, &before, now);
            // The connection was removed during the request, or the report has not changed, so nothing is stored.
            if session.vault.connection(id).is_none() || before == report {
                return Ok(((), ChangedPart::Nothing));
            }
            session.state.reports.insert(id, report);
            Ok(((), ChangedPart::State))
        })
        .await?;
        let is_removed =
            matches!(result, Err(SyncError::Casdoor(CasdoorError::UserForbidden | CasdoorError::UserGone)));
        if is_removed && self.policy().await.when_removed == Some(WhenRemoved::Forget) {
            self.disconnect(id, true, now).await?;
        }
        result.map_err(to_app_error)
    }

    /// Checks that the organization's policy allows a connection's server.
    ///
    /// # Errors
    /// A message, if it does not.
    async fn check_server_of(&self, id: ConnectionId, now: u64) -> Result<(), AppError> {
        self.read(now, |session| {
            let server = session.vault.connection(id).map(|connection| connection.server.as_str());
            server.map_or(Ok(()), |server| session.policy.check_server(server))
        })
        .await
    }
}

fn to_app_error(error: SyncError<AppError>) -> AppError {
    match error {
        SyncError::Casdoor(error) => error.into(),
        SyncError::Vault(error) => error,
    }
}

fn due_at(report: &SyncReport) -> u64 {
    let wait = match report.failures {
        0 => FRESH_SECONDS,
        // One minute, two, four, up to two hours.
        failures => 30_u64.saturating_mul(1_u64.checked_shl(failures).unwrap_or(u64::MAX)).min(MAX_BACK_OFF_SECONDS),
    };
    report.at.saturating_add(wait)
}

fn report(result: &Result<SyncOutcome, SyncError<AppError>>, before: &SyncReport, now: u64) -> SyncReport {
    let said = |message: Message| SyncReport {
        at: now,
        key: message.key,
        args: message.args,
        room_left_bytes: before.room_left_bytes,
        clock_ahead_seconds: before.clock_ahead_seconds,
        left_on_server: before.left_on_server,
        ..SyncReport::default()
    };
    let failures = before.failures.saturating_add(1);
    match result {
        Ok(outcome) => SyncReport {
            has_unsent_changes: outcome.has_unsent_changes,
            room_left_bytes: u64::try_from(outcome.summary.room_left_bytes).ok(),
            clock_ahead_seconds: outcome.clock_ahead_seconds,
            left_on_server: u64::try_from(outcome.summary.left).ok().filter(|left| *left > 0),
            ..said(outcome.summary.message())
        },
        Err(SyncError::Casdoor(error)) => SyncReport {
            has_unsent_changes: true,
            needs_user: !error.is_passing(),
            signed_out: error.needs_sign_in(),
            failures,
            ..said(error.message())
        },
        Err(SyncError::Vault(error)) => SyncReport { has_unsent_changes: true, failures, ..said(error.message()) },
    }
}
