//! Casdoor's REST API: one function a call, no decisions.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::wire::{self, ApplicationRecord, Envelope, GivenTokens, LoginReply, OrganizationRecord, TokenReply};
use super::{Body, CasdoorError, Http, Method, Request, Response, ServerAddress};
use crate::otp::percent_encode;
use crate::secret::Secret;
use crate::vault::Connection;

/// How long a read may take, in milliseconds.
const READ_TIMEOUT_MS: u32 = 15_000;
/// How long a write may take: the server may push the user on to other systems before it answers.
const WRITE_TIMEOUT_MS: u32 = 30_000;

/// A server, and whom to be there.
pub(super) struct Api<'a, H> {
    http: &'a H,
    server: &'a ServerAddress,
    bearer: Option<&'a Secret<String>>,
}

/// A connection's user at its server, signed in by a token that was fresh a moment ago; made by
/// [`as_user`](super::as_user).
pub struct SignedInUser<'a, H> {
    api: Api<'a, H>,
    connection: &'a Connection,
}

/// A reply's envelope and the time on the server's clock.
pub(super) struct Dated<T> {
    pub(super) value: T,
    pub(super) date: Option<u64>,
}

impl<'a, H: Http> Api<'a, H> {
    /// Asks as anybody.
    pub(super) fn anonymous(http: &'a H, server: &'a ServerAddress) -> Self {
        Self { http, server, bearer: None }
    }

    /// Asks as the user of a token.
    pub(super) fn with_token(http: &'a H, server: &'a ServerAddress, token: &'a Secret<String>) -> Self {
        Self { http, server, bearer: Some(token) }
    }

    async fn get_response(&self, path: &str, query: &[(&str, &str)]) -> Result<Response, CasdoorError> {
        let request = Request {
            method: Method::Get,
            url: self.server.url(&with_query(path, query)),
            bearer: self.bearer.cloned(),
            body: None,
            with_session: false,
            timeout_ms: READ_TIMEOUT_MS,
        };
        Ok(self.http.send(request).await?)
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Dated<Envelope>, CasdoorError> {
        let response = self.get_response(path, query).await?;
        Ok(Dated { value: Envelope::read(&response)?, date: response.date })
    }

    async fn post(&self, path: &str, query: &[(&str, &str)], body: Body) -> Result<Response, CasdoorError> {
        let request = Request {
            method: Method::Post,
            url: self.server.url(&with_query(path, query)),
            bearer: self.bearer.cloned(),
            body: Some(body),
            with_session: false,
            timeout_ms: WRITE_TIMEOUT_MS,
        };
        Ok(self.http.send(request).await?)
    }

    /// `get-organization-names`.
    pub(super) async fn organizations(&self) -> Result<Vec<OrganizationRecord>, CasdoorError> {
        let reply = self.get("/api/get-organization-names", &[("owner", "admin")]).await?;
        Ok(read_value::<Option<_>>(reply.value.data)?.unwrap_or_default())
    }

    /// `get-default-application` of an organization.
    pub(super) async fn default_application(&self, organization: &str) -> Result<ApplicationRecord, CasdoorError> {
        self.application_at("/api/get-default-application", organization).await
    }

    /// `get-application`.
    pub(super) async fn application(&self, name: &str) -> Result<ApplicationRecord, CasdoorError> {
        self.application_at("/api/get-application", name).await
    }

    async fn application_at(&self, path: &str, name: &str) -> Result<ApplicationRecord, CasdoorError> {
        let reply = self.get(path, &[("id", &format!("admin/{name}"))]).await?;
        read_value::<Option<_>>(reply.value.data)?.ok_or(CasdoorError::UnknownApplication)
    }

    /// `get-app-login`: the application of a client id, if it would redirect to the address in the query.
    pub(super) async fn application_of_client(
        &self,
        query: &[(&str, &str)],
    ) -> Result<ApplicationRecord, CasdoorError> {
        let response = self.get_response("/api/get-app-login", query).await?;
        read_value::<Option<_>>(wire::read_sign_in_check(&response)?)?.ok_or(CasdoorError::UnknownClient)
    }

    /// `login` as the user who is signed in to the server's pages in this browser: the one request with cookies.
    pub(super) async fn login_with_session(
        &self,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<LoginReply, CasdoorError> {
        let request = Request {
            method: Method::Post,
            url: self.server.url(&with_query("/api/login", query)),
            bearer: None,
            body: Some(Body::Json(Secret::new(body.to_string()))),
            with_session: true,
            timeout_ms: READ_TIMEOUT_MS,
        };
        LoginReply::read(&self.http.send(request).await?)
    }

    /// `userinfo`: the id of the user whom the token belongs to.
    pub(super) async fn subject(&self) -> Result<String, CasdoorError> {
        wire::read_subject(&self.get_response("/api/userinfo", &[]).await?)
    }

    /// `get-user` by owner and name; `None` for a user who is not there.
    pub(super) async fn user(&self, owner: &str, name: &str) -> Result<Dated<Option<Value>>, CasdoorError> {
        let reply = self.get("/api/get-user", &[("id", &format!("{owner}/{name}"))]).await?;
        Ok(Dated { value: some_object(reply.value.data), date: reply.date })
    }

    /// `get-user` by the user's id (`sub`).
    pub(super) async fn user_by_id(&self, id: &str) -> Result<Option<Value>, CasdoorError> {
        Ok(some_object(self.get("/api/get-user", &[("userId", id)]).await?.value.data))
    }

    /// `get-account`: the own record, unfiltered, and the organization. Every call makes a token on the server: rare.
    pub(super) async fn account(&self) -> Result<(Value, OrganizationRecord), CasdoorError> {
        let reply = self.get("/api/get-account", &[]).await?;
        Ok((reply.value.data, read_value(reply.value.data2)?))
    }

    /// `update-user` with `columns=mfaaccounts`: lower case, the one spelling that writes the list on every server.
    pub(super) async fn update_accounts(
        &self,
        owner: &str,
        name: &str,
        body: Secret<String>,
    ) -> Result<(), CasdoorError> {
        let id = format!("{owner}/{name}");
        let query = [("id", id.as_str()), ("columns", "mfaaccounts")];
        let response = self.post("/api/update-user", &query, Body::Json(body)).await?;
        Envelope::read(&response).map(|_| ())
    }

    /// A token endpoint, asked without a Bearer. The token endpoint itself takes no query: only then it is exempt from
    /// the server's Origin rule.
    pub(super) async fn tokens(&self, path: &str, form: &[(&str, &str)]) -> Result<GivenTokens, CasdoorError> {
        let anonymous = Api::anonymous(self.http, self.server);
        TokenReply::read(&anonymous.post(path, &[], Body::form(form)).await?)
    }

    /// `logout` with the token in the body and not in the address: ends the access and the refresh token.
    pub(super) async fn revoke(&self, access: &Secret<String>) -> Result<(), CasdoorError> {
        let anonymous = Api::anonymous(self.http, self.server);
        let body = Body::form(&[("id_token_hint", access.expose())]);
        Envelope::read(&anonymous.post("/api/logout", &[], body).await?).map(|_| ())
    }
}

impl<'a, H: Http> SignedInUser<'a, H> {
    pub(super) fn new(api: Api<'a, H>, connection: &'a Connection) -> Self {
        Self { api, connection }
    }

    /// The user's organization.
    pub(super) fn owner(&self) -> &str {
        &self.connection.owner
    }

    /// The user's login name.
    pub(super) fn name(&self) -> &str {
        &self.connection.name
    }

    /// The own record as `get-user` shows it; nobody else's who may have the name now.
    pub(super) async fn record(&self) -> Result<Dated<Value>, CasdoorError> {
        let Dated { value, date } = self.api.user(self.owner(), self.name()).await?;
        let is_own = |user: &Value| user.get("id").and_then(Value::as_str) == Some(self.connection.user_id.as_str());
        let value = value.filter(is_own).ok_or(CasdoorError::UserGone)?;
        Ok(Dated { value, date })
    }

    /// A step of the second factors' API: a form that says whose they are.
    pub(super) async fn factor_step(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Dated<Envelope>, CasdoorError> {
        let mut form = vec![("owner", self.owner()), ("name", self.name())];
        form.extend_from_slice(fields);
        let response = self.api.post(path, &[], Body::form(&form)).await?;
        Ok(Dated { value: Envelope::read(&response)?, date: response.date })
    }
}

fn some_object(value: Value) -> Option<Value> {
    Some(value).filter(Value::is_object)
}

fn read_value<T: DeserializeOwned>(value: Value) -> Result<T, CasdoorError> {
    serde_json::from_value(value).map_err(|_| CasdoorError::NotCasdoor)
}

/// A path with its query, encoded.
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
