//! Signs in again for an existing connection, as the same user; silently if the browser is signed in at the server.

use serde::{Deserialize, Serialize};

use crate::app::account_list::connection_name;
use crate::app::connections::sign_in_step::{SignInStep, signed_in_as_another};
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::casdoor::sign_in::{self, Attempt, SignInChoice, SignedIn};
use crate::casdoor::{CasdoorError, ChangedPart, ServerAddress, SyncOutcome, SyncState};
use crate::time::Clock;
use crate::vault::{Area, Connection, ConnectionId, Store};

#[derive(Serialize, Deserialize)]
struct PendingRenewal {
    connection: ConnectionId,
    user: String,
    attempt: Attempt,
}

impl<P: Platform> App<P> {
    /// Silently renews each sign-in that has expired since it was last tried, without opening a page. Returns the
    /// results of syncing the renewed connections.
    pub(in crate::app) async fn renew_expired(
        &self,
        clock: Clock<'_>,
        redirect_uri: &str,
    ) -> Vec<(ConnectionId, SyncOutcome)> {
        let mut renewed = Vec::new();
        for id in self.silently_renewable(clock().seconds()).await.unwrap_or_default() {
            if let Some(outcome) = self.renew_silently(id, clock, redirect_uri).await {
                renewed.push((id, outcome));
            }
        }
        renewed
    }

    /// Silently renews one sign-in if the browser is signed in at the server as the same user, and syncs that
    /// connection.
    async fn renew_silently(&self, id: ConnectionId, clock: Clock<'_>, redirect_uri: &str) -> Option<SyncOutcome> {
        let mut pending = self.prepare_renewal(id, true, redirect_uri, clock().seconds()).await.ok()?;
        match self.advance(&mut pending.attempt, Some(&pending.user), clock().seconds()).await {
            Ok(SignInStep::Finished(signed_in)) => self.renew(id, signed_in, clock).await.ok(),
            _ => None,
        }
    }

    /// Returns the connections whose sign-in has expired and was not yet silently renewed. Connections that were made
    /// with a code are excluded: anyone can create a code, and its server must not receive a request that the user did
    /// not initiate.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    async fn silently_renewable(&self, now: u64) -> Result<Vec<ConnectionId>, AppError> {
        self.read(now, |session| {
            let ended = |connection: &&Connection| {
                let report = session.state.reports.get(&connection.id);
                let is_over = report.is_some_and(|report| report.key == CasdoorError::SignedOut.message().key);
                let was_tried = SyncState::from_state(&session.state, connection.id).tried_silently;
                is_over && !connection.client_id.is_empty() && !was_tried
            };
            Ok(session.vault.connections.iter().filter(ended).map(|connection| connection.id).collect())
        })
        .await
    }

    /// Starts a sign-in for an existing connection; [`App::continue_renewal`] continues it.
    ///
    /// # Errors
    /// [`CasdoorError::NotConnected`] as a message, and the server's errors.
    pub async fn begin_renewal(&self, id: ConnectionId, redirect_uri: &str, now: u64) -> Result<(), AppError> {
        let pending = self.prepare_renewal(id, false, redirect_uri, now).await?;
        self.remember(SessionKey::RenewingSignIn.name(), &pending).await
    }

    /// Prepares a sign-in for an existing connection. A silent one is recorded as tried, so that it is not repeated,
    /// and is not stored, so that it does not replace the one whose window is open.
    async fn prepare_renewal(
        &self,
        id: ConnectionId,
        silently: bool,
        redirect_uri: &str,
        now: u64,
    ) -> Result<PendingRenewal, AppError> {
        let connection = self
            .transact(now, |session| {
                let connection = session.vault.connection(id).ok_or(CasdoorError::NotConnected)?.clone();
                session.policy.check_server(&connection.server)?;
                if !silently {
                    return Ok((connection, ChangedPart::Nothing));
                }
                let known = SyncState::from_state(&session.state, id);
                SyncState { tried_silently: true, ..known }.store(&mut session.state, id);
                Ok((connection, ChangedPart::State))
            })
            .await?;
        // The user agreed to http when the connection was made.
        let server = ServerAddress::parse(&connection.server, true).map_err(|_| CasdoorError::BadServer)?;
        let choice = SignInChoice {
            organization: Some(connection.owner.clone()),
            client_id: Some(connection.client_id.clone()),
            ..SignInChoice::default()
        };
        let offer = sign_in::discover(&self.http, &server, &choice).await?;
        let offer = sign_in::complete(&self.http, offer, redirect_uri).await?;
        let attempt = Attempt::new(&offer, redirect_uri, &mut *self.entropy.borrow_mut())?;
        Ok(PendingRenewal { connection: id, user: connection.name, attempt })
    }

    /// Continues the sign-in for a connection as far as possible without the user. If the browser is signed in at the
    /// server, the connection gets new tokens and is synced.
    ///
    /// # Errors
    /// A message for the user. If the browser is signed in as another user, nothing is changed.
    /// [`AppError::NothingPending`] if a later sign-in for another connection has replaced this one: the window of one
    /// server must not continue the sign-in at another.
    pub async fn continue_renewal(
        &self,
        id: ConnectionId,
        clock: Clock<'_>,
    ) -> Result<SignInStep<SyncOutcome>, AppError> {
        let mut pending: PendingRenewal = self.recall(SessionKey::RenewingSignIn.name()).await?;
        if pending.connection != id {
            return Err(AppError::NothingPending);
        }
        let signed_in = match self.advance(&mut pending.attempt, Some(&pending.user), clock().seconds()).await? {
            SignInStep::Finished(signed_in) => signed_in,
            SignInStep::Page(page) => {
                self.remember(SessionKey::RenewingSignIn.name(), &pending).await?;
                return Ok(SignInStep::Page(page));
            }
        };
        self.store.commit(Area::Session, vec![(SessionKey::RenewingSignIn.name(), None)]).await?;
        self.renew(pending.connection, signed_in, clock).await.map(SignInStep::Finished)
    }

    /// Stores the tokens of a new sign-in in a connection, if they belong to the same user.
    async fn renew(&self, id: ConnectionId, signed_in: SignedIn, clock: Clock<'_>) -> Result<SyncOutcome, AppError> {
        let now = clock().seconds();
        self.change(now, |session| {
            let connections = &mut session.vault.connections;
            let connection = connections.iter_mut().find(|connection| connection.id == id);
            let connection = connection.ok_or(CasdoorError::NotConnected)?;
            let found = (&signed_in.user_id, &signed_in.owner, &signed_in.name);
            if found != (&connection.user_id, &connection.owner, &connection.name) {
                let wanted = connection_name(connection);
                return Err(AppError::Message(signed_in_as_another(&wanted.host, wanted.label.as_str(), &signed_in)));
            }
            connection.client_id = signed_in.client_id;
            connection.display_name = signed_in.display_name;
            session.state.set_tokens(id, signed_in.tokens);
            let known = SyncState::from_state(&session.state, id);
            SyncState { tried_silently: false, ..known }.store(&mut session.state, id);
            Ok(())
        })
        .await?;
        self.sync_one(id, clock).await
    }
}
