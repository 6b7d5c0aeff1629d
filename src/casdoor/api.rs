//! Casdoor's REST API: one function for each endpoint, without any decisions.

use serde_json::Value;
use serde_json::value::RawValue;

use super::factors::Factors;
use super::row::ListRow;
use super::wire::{
    self, ApplicationRecord, Claims, IssuedTokens, LoginResponse, OrganizationList, OrganizationRecord, OwnUserRecord,
    SuccessResponse, TokenResponse, UserRecord, read_raw,
};
use super::{Body, CasdoorError, Http, HttpMethod, HttpRequest, HttpResponse, ServerAddress};
use crate::otp::percent_encode;
use crate::secret::Secret;
use crate::vault::Connection;
use std::time::Duration;

/// Timeout of a read.
const READ_TIMEOUT: Duration = Duration::from_secs(15);
/// Timeout of a write. It is longer because the server may propagate the user to other systems before it responds.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// A server, and the user who sends the requests.
pub(super) struct Api<'a, H> {
    http: &'a H,
    server: &'a ServerAddress,
    bearer: Option<&'a Secret<String>>,
}

/// A connection's user at its server, with a fresh access token; created by [`as_user`](super::as_user).
pub struct SignedInUser<'a, H> {
    api: Api<'a, H>,
    connection: &'a Connection,
}

/// The part of the user's own record that a sync needs.
pub(super) struct OwnUser {
    pub(super) list: MfaAccounts,
    /// The user's second factors; `None` if the server does not report them.
    pub(super) factors: Option<Factors>,
    /// The server's time, in seconds since 1970.
    pub(super) date: Option<u64>,
    /// The complete record, for servers that only accept a list as part of it.
    pub(super) reply: SuccessResponse,
}

/// A user's `mfaAccounts`.
pub(super) enum MfaAccounts {
    /// The field is missing.
    Absent,
    /// `null`: the list was never written, is hidden, or was deleted.
    Null,
    /// The rows, or the error if they cannot be used.
    Rows(Result<Vec<ListRow>, CasdoorError>),
}

impl<'a, H: Http> Api<'a, H> {
    /// Sends requests without credentials.
    pub(super) fn anonymous(http: &'a H, server: &'a ServerAddress) -> Self {
        Self { http, server, bearer: None }
    }

    /// Sends requests with an access token.
    pub(super) fn with_token(http: &'a H, server: &'a ServerAddress, token: &'a Secret<String>) -> Self {
        Self { http, server, bearer: Some(token) }
    }

    async fn get_response(&self, path: &str, query: &[(&str, &str)]) -> Result<HttpResponse, CasdoorError> {
        let request = HttpRequest {
            method: HttpMethod::Get,
            url: self.server.url(&with_query(path, query)),
            bearer: self.bearer.cloned(),
            body: None,
            with_session: false,
            timeout: READ_TIMEOUT,
        };
        Ok(self.http.send(request).await?)
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<SuccessResponse, CasdoorError> {
        SuccessResponse::read(self.get_response(path, query).await?)
    }

    async fn post(&self, path: &str, query: &[(&str, &str)], body: Body) -> Result<HttpResponse, CasdoorError> {
        let request = HttpRequest {
            method: HttpMethod::Post,
            url: self.server.url(&with_query(path, query)),
            bearer: self.bearer.cloned(),
            body: Some(body),
            with_session: false,
            timeout: WRITE_TIMEOUT,
        };
        Ok(self.http.send(request).await?)
    }

    /// Calls `get-organization-names`.
    pub(super) async fn organizations(&self) -> Result<Vec<OrganizationRecord>, CasdoorError> {
        let reply = self.get("/api/get-organization-names", &[("owner", "admin")]).await?;
        Ok(reply.data::<OrganizationList>()?.and_then(|list| list.0).unwrap_or_default())
    }

    /// Calls `get-default-application` for an organization.
    pub(super) async fn default_application(&self, organization: &str) -> Result<ApplicationRecord, CasdoorError> {
        self.application_at("/api/get-default-application", organization).await
    }

    /// Calls `get-application`.
    pub(super) async fn application(&self, name: &str) -> Result<ApplicationRecord, CasdoorError> {
        self.application_at("/api/get-application", name).await
    }

    async fn application_at(&self, path: &str, name: &str) -> Result<ApplicationRecord, CasdoorError> {
        let reply = self.get(path, &[("id", &format!("admin/{name}"))]).await?;
        reply.data()?.ok_or(CasdoorError::UnknownApplication)
    }

    /// Calls `get-app-login`, which returns the application of a client id if it accepts the redirect address in the
    /// query.
    pub(super) async fn application_of_client(
        &self,
        query: &[(&str, &str)],
    ) -> Result<ApplicationRecord, CasdoorError> {
        let response = self.get_response("/api/get-app-login", query).await?;
        let application = wire::read_sign_in_check(&response)?.map(read_raw).transpose()?;
        application.ok_or(CasdoorError::UnknownClient)
    }

    /// Calls `login` as the user who is signed in to the server's pages in this browser. This is the only request with
    /// cookies.
    pub(super) async fn login_with_session(
        &self,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<LoginResponse, CasdoorError> {
        let request = HttpRequest {
            method: HttpMethod::Post,
            url: self.server.url(&with_query("/api/login", query)),
            bearer: None,
            body: Some(Body::Json(Secret::new(body.to_string()))),
            with_session: true,
            timeout: READ_TIMEOUT,
        };
        LoginResponse::read(&self.http.send(request).await?)
    }

    /// Calls `userinfo`, which returns the user whom the token belongs to.
    pub(super) async fn subject(&self) -> Result<Claims, CasdoorError> {
        wire::read_subject(&self.get_response("/api/userinfo", &[]).await?)
    }

    /// Calls `get-user` with owner and name. `data` is `null` if the user does not exist.
    async fn user(&self, owner: &str, name: &str) -> Result<SuccessResponse, CasdoorError> {
        self.get("/api/get-user", &[("id", &format!("{owner}/{name}"))]).await
    }

    /// Calls `get-user`, and returns `true` if the response contains the user's list.
    pub(super) async fn shows_list(&self, owner: &str, name: &str) -> Result<bool, CasdoorError> {
        let reply = self.user(owner, name).await?;
        let list = reply.object()?.map(read_raw::<OwnUserRecord<'_>>).transpose()?.and_then(|user| user.list).flatten();
        Ok(list.is_some_and(|list| list.get().starts_with('[')))
    }

    /// Calls `get-user` with the user's id (`sub`). Returns `None` if the user does not exist.
    pub(super) async fn user_by_id(&self, id: &str) -> Result<Option<UserRecord>, CasdoorError> {
        let reply = self.get("/api/get-user", &[("userId", id)]).await?;
        reply.object()?.map(read_raw).transpose()
    }

    /// Calls `get-account`. Returns `true` if the user's own, unfiltered record contains a list, and the
    /// organization. Every call creates a token on the server, so it is used rarely.
    pub(super) async fn account(&self) -> Result<(bool, OrganizationRecord), CasdoorError> {
        let reply = self.get("/api/get-account", &[]).await?;
        let (own, organization) = reply.parts()?;
        let is_object = |own: &&RawValue| own.get().starts_with('{');
        let list =
            own.filter(is_object).map(read_raw::<OwnUserRecord<'_>>).transpose()?.and_then(|own| own.list).flatten();
        Ok((list.is_some(), read_raw(organization.ok_or(CasdoorError::NotCasdoor)?)?))
    }

    /// Calls `update-user` with `columns=mfaaccounts`. Only this spelling, in lower case, writes the list on every
    /// version of the server.
    pub(super) async fn update_accounts(
        &self,
        owner: &str,
        name: &str,
        body: Secret<String>,
    ) -> Result<(), CasdoorError> {
        let id = format!("{owner}/{name}");
        let query = [("id", id.as_str()), ("columns", "mfaaccounts")];
        let response = self.post("/api/update-user", &query, Body::Json(body)).await?;
        SuccessResponse::read(response).map(drop)
    }

    /// Calls a token endpoint, without an access token and without a query, because the endpoint is exempt from the
    /// server's Origin rule only then.
    pub(super) async fn tokens(&self, path: &str, form: &[(&str, &str)]) -> Result<IssuedTokens, CasdoorError> {
        let anonymous = Api::anonymous(self.http, self.server);
        TokenResponse::read(&anonymous.post(path, &[], Body::form(form)).await?)
    }

    /// Calls `logout` with the token in the body instead of the address. This ends the access token and the refresh
    /// token.
    pub(super) async fn revoke(&self, access: &Secret<String>) -> Result<(), CasdoorError> {
        let anonymous = Api::anonymous(self.http, self.server);
        let body = Body::form(&[("id_token_hint", access.expose())]);
        SuccessResponse::read(anonymous.post("/api/logout", &[], body).await?).map(drop)
    }
}

impl<'a, H: Http> SignedInUser<'a, H> {
    pub(super) fn new(api: Api<'a, H>, connection: &'a Connection) -> Self {
        Self { api, connection }
    }

    /// Returns the user's organization.
    pub(super) fn owner(&self) -> &str {
        &self.connection.owner
    }

    /// Returns the user's login name.
    pub(super) fn name(&self) -> &str {
        &self.connection.name
    }

    /// Reads the user's own record with `get-user`. Fails if the name now belongs to another user.
    pub(super) async fn record(&self) -> Result<OwnUser, CasdoorError> {
        let reply = self.api.user(self.owner(), self.name()).await?;
        let user: OwnUserRecord<'_> = read_raw(reply.object()?.ok_or(CasdoorError::UserGone)?)?;
        if user.id != self.connection.user_id {
            return Err(CasdoorError::UserGone);
        }
        let factors = Factors::of(&user);
        let list = match user.list {
            None => MfaAccounts::Absent,
            Some(None) => MfaAccounts::Null,
            Some(Some(list)) => MfaAccounts::Rows(ListRow::read_list(list)),
        };
        Ok(OwnUser { list, factors, date: reply.date(), reply })
    }

    /// Calls `get-account`, whose response contains the rules for second factors. Every call creates a token on the
    /// server, so it is used rarely.
    pub(super) async fn account_with_rules(&self) -> Result<SuccessResponse, CasdoorError> {
        self.api.get("/api/get-account", &[]).await
    }

    /// Calls an endpoint of the API for second factors, with a form that names the user.
    pub(super) async fn factor_step(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<SuccessResponse, CasdoorError> {
        let mut form = vec![("owner", self.owner()), ("name", self.name())];
        form.extend_from_slice(fields);
        SuccessResponse::read(self.api.post(path, &[], Body::form(&form)).await?)
    }
}

/// Returns a path with its query, percent-encoded.
pub(super) fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let mut text = String::from(path);
    for (index, (name, value)) in query.iter().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        text.push_str(&percent_encode(value));
    }
    text
}
