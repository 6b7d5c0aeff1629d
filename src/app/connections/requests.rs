//! Handles the requests about servers and connections.

use crate::app::effects::Effect;
use crate::app::protocol::{
    ChangeConnection, ChangeFactors, ConnectByCode, ConnectionsRequest, Disconnect, ListConnections, LookUpServer,
    ReadConnectionCode, ReadFactors, Reply, ResumeSync, SelectAccounts, SyncNow,
};
use crate::app::{App, Platform};
use crate::casdoor::sign_in::SignInChoice;
use crate::time::Clock;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn connections_request(&self, request: ConnectionsRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            ConnectionsRequest::LookUpServer(LookUpServer {
                server,
                organization,
                application,
                client_id,
                allow_http,
            }) => {
                let choice = SignInChoice { organization, application, client_id };
                Reply::to::<LookUpServer>(self.discover(&server, choice, allow_http, now).await)
            }
            ConnectionsRequest::ReadConnectionCode(ReadConnectionCode { code, allow_http }) => {
                Reply::to::<ReadConnectionCode>(self.read_connection_code(code.into(), allow_http, now).await)
            }
            ConnectionsRequest::ConnectByCode(ConnectByCode { code, allow_http }) => {
                Reply::to::<ConnectByCode>(self.connect_by_code(code.into(), allow_http, clock).await)
            }
            ConnectionsRequest::ListConnections(_) => Reply::to::<ListConnections>(self.list_connections(now).await),
            ConnectionsRequest::ChangeConnection(ChangeConnection {
                connection,
                fills_automatically,
                follows_deletions,
                new_accounts,
            }) => Reply::to::<ChangeConnection>(
                self.choose(connection, fills_automatically, follows_deletions, new_accounts, now).await,
            ),
            ConnectionsRequest::ResumeSync(ResumeSync { connection, acceptance }) => {
                Reply::to::<ResumeSync>(self.resume_sync(connection, acceptance, clock).await)
            }
            ConnectionsRequest::Disconnect(Disconnect { connection, forget }) => {
                Reply::to::<Disconnect>(self.disconnect(connection, forget, now).await)
            }
            ConnectionsRequest::SelectAccounts(SelectAccounts { connection, accounts, new_accounts }) => {
                Reply::to::<SelectAccounts>(self.select_accounts(connection, &accounts, new_accounts, clock).await)
            }
            ConnectionsRequest::SyncNow(_) => Reply::to::<SyncNow>(self.sync(clock).await),
            ConnectionsRequest::ReadFactors(ReadFactors { connection }) => {
                Reply::to::<ReadFactors>(self.read_factors(connection, clock).await)
            }
            ConnectionsRequest::ChangeFactors(ChangeFactors { connection, change, password }) => {
                Reply::to::<ChangeFactors>(self.change_factors(connection, change, &password.into(), clock).await)
            }
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &ConnectionsRequest) -> &'static [Effect] {
    match request {
        ConnectionsRequest::ConnectByCode(_)
        | ConnectionsRequest::ListConnections(_)
        | ConnectionsRequest::ChangeConnection(_)
        | ConnectionsRequest::ResumeSync(_) => &[Effect::RegisterContentScripts, Effect::ShowBadge],
        ConnectionsRequest::Disconnect(_) => &[Effect::RegisterContentScripts, Effect::ShowBadge, Effect::EraseMemory],
        ConnectionsRequest::SyncNow(_) => &[Effect::ShowBadge],
        // These requests change nothing here, or sync before they reply.
        ConnectionsRequest::LookUpServer(_)
        | ConnectionsRequest::ReadConnectionCode(_)
        | ConnectionsRequest::SelectAccounts(_)
        | ConnectionsRequest::ReadFactors(_)
        | ConnectionsRequest::ChangeFactors(_) => &[],
    }
}
