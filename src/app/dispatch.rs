//! Passes each request to the submodule of [`app`](crate::app) that handles its topic.

use crate::app::effects::{self, Effect};
use crate::app::protocol::{AnyRequest, Message, Reply, Request, TypedRequest};
use crate::app::{App, Platform, accounts, autofill, connections, exchange, scan, settings, vault};
use crate::message;
use crate::time::{Clock, UnixMilliseconds};

impl<P: Platform> App<P> {
    /// Handles a page's request with a running clock, because signing in and
    /// syncing take a while. A failed request changes nothing.
    pub async fn handle(&self, request: Request, clock: Clock<'_>) -> Reply {
        match request {
            Request::Vault(request) => self.vault_request(request, clock).await,
            Request::Accounts(request) => self.accounts_request(request, clock).await,
            Request::Autofill(request) => self.autofill_request(request, clock).await,
            Request::Scan(request) => self.scan_request(request, clock).await,
            Request::Connections(request) => self.connections_request(request, clock).await,
            Request::Exchange(request) => self.exchange_request(request, clock).await,
            Request::Settings(request) => self.settings_request(request, clock).await,
        }
    }

    /// Handles a request at `now`, in seconds since 1970. Request and answer are passed as JSON, as between a page and
    /// the worker. For native programs.
    ///
    /// # Errors
    /// The message that the page would show.
    pub async fn ask<R: TypedRequest + Into<Request>>(&self, request: R, now: u64) -> Result<R::Answer, Message> {
        self.ask_timed(request, &|| UnixMilliseconds::of_seconds(now)).await
    }

    /// Handles a request like [`App::ask`], with a running clock as in [`App::handle`].
    ///
    /// # Errors
    /// Those of [`App::ask`].
    pub async fn ask_timed<R: TypedRequest + Into<Request>>(
        &self,
        request: R,
        clock: Clock<'_>,
    ) -> Result<R::Answer, Message> {
        let request = serde_json::to_string(&request).ok().and_then(|json| AnyRequest::parse(&json));
        let Some(AnyRequest::Core(request)) = request else { return Err(message!("error_not_understood")) };
        let reply = self.handle(request, clock).await.to_json();
        let answer = reply.and_then(|json| serde_json::from_str(&json).ok());
        answer.unwrap_or_else(|| Err(message!("page_no_answer")))
    }
}

/// Returns the effects of a request if it succeeds. Every match over requests is exhaustive, so that a new request
/// needs a decision.
pub fn expected_effects(request: &AnyRequest) -> &'static [Effect] {
    match request {
        AnyRequest::Core(request) => core_effects(request),
        AnyRequest::Browser(request) => effects::of_browser_request(request),
    }
}

fn core_effects(request: &Request) -> &'static [Effect] {
    match request {
        Request::Vault(request) => vault::requests::effects(request),
        Request::Accounts(request) => accounts::requests::effects(request),
        Request::Autofill(request) => autofill::requests::effects(request),
        Request::Scan(request) => scan::requests::effects(request),
        Request::Connections(request) => connections::requests::effects(request),
        Request::Exchange(request) => exchange::requests::effects(request),
        Request::Settings(request) => settings::requests::effects(request),
    }
}
