//! Signing in again for a connection, as the same user: silently where the browser is signed in at the server.

use serde::{Deserialize, Serialize};

use crate::app::board::connection_name;
use crate::app::connections::sign_in_step::{SignInStep, signed_in_as_another};
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform, seconds};
use crate::casdoor::sign_in::{self, Attempt, Choice, SignedIn};
use crate::casdoor::{CasdoorError, Memory, Outcome, ServerAddress, Touched};
use crate::vault::{Area, Connection, ConnectionId, Store};

#[derive(Serialize, Deserialize)]
struct Again {
    connection: ConnectionId,
    user: String,
    attempt: Attempt,
}

impl<P: Platform> App<P> {
    /// Renews, without a question and without any page, each sign-in that has ended since it was last tried. Returns the
    /// results of the syncs of the renewed connections.
    pub(in crate::app) async fn renew_ended(
        &self,
        clock: &impl Fn() -> u64,
        redirect_uri: &str,
    ) -> Vec<(ConnectionId, Outcome)> {
        let mut renewed = Vec::new();
        for id in self.to_sign_in_silently(seconds(clock)).await.unwrap_or_default() {
            if let Some(outcome) = self.renew_silently(id, clock, redirect_uri).await {
                renewed.push((id, outcome));
            }
        }
        renewed
    }

    /// Renews one sign-in without a question, if the browser is signed in at the server as the same user, and syncs that
    /// connection.
    async fn renew_silently(&self, id: ConnectionId, clock: &impl Fn() -> u64, redirect_uri: &str) -> Option<Outcome> {
        self.begin_again(id, true, redirect_uri, seconds(clock)).await.ok()?;
        match self.continue_again(clock).await {
            Ok(SignInStep::Finished(outcome)) => Some(outcome),
            _ => None,
        }
    }

    /// The connections whose sign-in has ended and for which none without a question was tried since. Those by a code
    /// are not among them: anybody can make a code, and its server gets no visit that the person did not begin.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    async fn to_sign_in_silently(&self, now: u64) -> Result<Vec<ConnectionId>, AppError> {
        self.read(now, |session| {
            let ended = |connection: &&Connection| {
                let report = session.state.reports.get(&connection.id);
                let is_over = report.is_some_and(|report| report.key == CasdoorError::SignedOut.code());
                let was_tried = Memory::of(&session.state, connection.id).tried_silently;
                is_over && !connection.client_id.is_empty() && !was_tried
            };
            Ok(session.vault.connections.iter().filter(ended).map(|connection| connection.id).collect())
        })
        .await
    }

    /// Begins a sign-in for a connection that is there; [`App::continue_again`] takes it further. A silent one counts as
    /// tried from here on.
    ///
    /// # Errors
    /// [`CasdoorError::NotConnected`] in words, and what the server says.
    pub async fn begin_again(
        &self,
        id: ConnectionId,
        silently: bool,
        redirect_uri: &str,
        now: u64,
    ) -> Result<(), AppError> {
        let connection = self
            .transact(now, |session| {
                let connection = session.vault.connection(id).ok_or(CasdoorError::NotConnected)?.clone();
                if !silently {
                    return Ok((connection, Touched::Nothing));
                }
                let known = Memory::of(&session.state, id);
                Memory { tried_silently: true, ..known }.store(&mut session.state, id);
                Ok((connection, Touched::State))
            })
            .await?;
        // The person agreed to http when this connection was made.
        let server = ServerAddress::parse(&connection.server, true).map_err(|_| CasdoorError::BadServer)?;
        let choice = Choice {
            organization: Some(connection.owner.clone()),
            client_id: Some(connection.client_id.clone()),
            ..Choice::default()
        };
        let offer = sign_in::discover(&self.http, &server, &choice).await?;
        let offer = sign_in::complete(&self.http, offer, redirect_uri).await?;
        let attempt = Attempt::new(&offer, redirect_uri, &mut *self.entropy.borrow_mut())?;
        self.remember(SessionKey::RenewingSignIn.name(), &Again { connection: id, user: connection.name, attempt })
            .await
    }

    /// Takes it as far as it goes without the user. Where the browser is signed in at the server, the connection has new
    /// tokens and is synced.
    ///
    /// # Errors
    /// What went wrong, in words for the user; also that the browser is signed in as another user: then nothing was
    /// changed.
    pub async fn continue_again(&self, clock: &impl Fn() -> u64) -> Result<SignInStep<Outcome>, AppError> {
        let mut again: Again = self.recall(SessionKey::RenewingSignIn.name()).await?;
        let signed_in = match self.advance(&mut again.attempt, Some(&again.user), seconds(clock)).await? {
            SignInStep::Finished(signed_in) => signed_in,
            SignInStep::Page(page) => {
                self.remember(SessionKey::RenewingSignIn.name(), &again).await?;
                return Ok(SignInStep::Page(page));
            }
        };
        self.store.commit(Area::Session, vec![(SessionKey::RenewingSignIn.name(), None)]).await?;
        self.renew(again.connection, signed_in, clock).await.map(SignInStep::Finished)
    }

    /// Gives a connection the tokens of a new sign-in, if it is the same user's.
    async fn renew(
        &self,
        id: ConnectionId,
        signed_in: SignedIn,
        clock: &impl Fn() -> u64,
    ) -> Result<Outcome, AppError> {
        let now = seconds(clock);
        self.change(now, |session| {
            let connections = &mut session.vault.connections;
            let connection = connections.iter_mut().find(|connection| connection.id == id);
            let connection = connection.ok_or(CasdoorError::NotConnected)?;
            if connection.user_id != signed_in.user_id {
                let wanted = connection_name(connection);
                return Err(AppError::Said(signed_in_as_another(&wanted.host, &wanted.label, &signed_in)));
            }
            connection.client_id = signed_in.client_id;
            connection.display_name = signed_in.display_name;
            session.state.tokens.insert(id, signed_in.tokens);
            let known = Memory::of(&session.state, id);
            Memory { tried_silently: false, ..known }.store(&mut session.state, id);
            Ok(())
        })
        .await?;
        self.sync_one(id, clock).await
    }
}
