//! Signing in anew for a connection that is there: without a question where the browser allows it, as the same user.

use serde::{Deserialize, Serialize};

use crate::app::board::connection_name;
use crate::app::protocol::Message;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform, seconds};
use crate::casdoor::sign_in::{self, Attempt, Choice, Prompt, SignedIn};
use crate::casdoor::{CasdoorError, Memory, Outcome, ServerAddress, Touched};
use crate::vault::{Area, Connection, ConnectionId, Store};

#[derive(Serialize, Deserialize)]
struct Again {
    connection: ConnectionId,
    attempt: Attempt,
}

impl<P: Platform> App<P> {
    /// Renews, without a question, each sign-in that has ended since it was last tried; returns what the syncs of the
    /// renewed connections came to. `visit` opens a page without a window and returns the address that it was redirected
    /// to, if it was.
    pub(in crate::app) async fn renew_ended(
        &self,
        clock: &impl Fn() -> u64,
        redirect_uri: &str,
        visit: &impl AsyncFn(&str) -> Option<String>,
    ) -> Vec<(ConnectionId, Outcome)> {
        let mut renewed = Vec::new();
        for id in self.to_sign_in_silently(seconds(clock)).await.unwrap_or_default() {
            if let Some(outcome) = self.renew_silently(id, clock, redirect_uri, visit).await {
                renewed.push((id, outcome));
            }
        }
        renewed
    }

    /// Renews one sign-in without a question, if the browser is signed in at the server as the same user, and syncs that
    /// connection.
    pub async fn renew_silently(
        &self,
        id: ConnectionId,
        clock: &impl Fn() -> u64,
        redirect_uri: &str,
        visit: &impl AsyncFn(&str) -> Option<String>,
    ) -> Option<Outcome> {
        let url = self.begin_again(id, true, redirect_uri, false, seconds(clock)).await.ok()?;
        let redirect = visit(&url).await?;
        self.finish_again(&redirect, clock).await.ok()
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

    /// Begins a sign-in for a connection that is there; gives the address to open. One without a question counts as
    /// tried from here on.
    ///
    /// # Errors
    /// [`CasdoorError::NotConnected`] in words, and what the server says.
    pub async fn begin_again(
        &self,
        id: ConnectionId,
        silently: bool,
        redirect_uri: &str,
        without_scope: bool,
        now: u64,
    ) -> Result<String, AppError> {
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
        let mut attempt = Attempt::new(&offer, redirect_uri, &mut *self.entropy.borrow_mut())?;
        if without_scope {
            attempt = attempt.without_scope();
        }
        let prompt = if silently { Prompt::Silent } else { Prompt::User(connection.name) };
        let url = attempt.authorize_url(&prompt);
        self.remember(SessionKey::RenewingSignIn.name(), &Again { connection: id, attempt }).await?;
        Ok(url)
    }

    /// Finishes it with the address that the browser was redirected to, and syncs that connection.
    ///
    /// # Errors
    /// What went wrong, in words for a person; also that somebody else signed in: then nothing was changed.
    pub async fn finish_again(&self, redirect: &str, clock: &impl Fn() -> u64) -> Result<Outcome, AppError> {
        let again: Again = self.recall(SessionKey::RenewingSignIn.name()).await?;
        self.store.commit(Area::Session, vec![(SessionKey::RenewingSignIn.name(), None)]).await?;
        let code = again.attempt.parse_redirect(redirect)?;
        let signed_in = sign_in::exchange(&self.http, &again.attempt, &code, seconds(clock)).await?;
        self.renew(again.connection, signed_in, clock).await
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
                return Err(AppError::Said(somebody_else(connection, &signed_in)));
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

fn somebody_else(connection: &Connection, signed_in: &SignedIn) -> Message {
    let wanted = connection_name(connection);
    let there = if signed_in.display_name.is_empty() { &signed_in.name } else { &signed_in.display_name };
    let there = format!("{there} ({})", signed_in.owner);
    let text = format!(
        "The browser is signed in to {} as {there}, not as {}. Nothing was changed. Sign out on the server's page, then \
         sign in here again as {}.",
        wanted.host, wanted.label, wanted.label
    );
    Message::new("connect_somebody_else", text).with([wanted.host, there, wanted.label])
}
