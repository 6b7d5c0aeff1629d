//! Requests an authorization code as the user who is signed in to the server's pages in this browser.
//!
//! A code that arrives in a redirect does not prove which server issued it: a hostile server could redirect the browser
//! to another server, with its own PKCE challenge, and would then receive that server's code (authorization-server
//! mix-up, RFC 9700 section 4.4). The response to a request can only come from the server that was asked, so codes are
//! accepted from there only. The request carries the browser's cookies for the server, like the request of Casdoor's
//! own page.

use serde_json::json;

use super::super::api::Api;
use super::super::wire::LoginResponse;
use super::super::{CasdoorError, Http};
use super::{Attempt, SignInOptions};
use crate::secret::Secret;

/// The server's response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeResponse {
    /// The code, which [`exchange`](super::exchange) sends to the same server.
    Code(Secret<String>),
    /// The browser is not signed in at the server. The user can sign in on [`Attempt::login_page`].
    SignInNeeded,
    /// The user has to agree to something first, on [`Attempt::authorize_page`].
    PageNeeded,
}

/// Requests a code from the server. If the application rejects the usual scope, the request is repeated without a
/// scope.
///
/// # Errors
/// [`CasdoorError::SignInRejected`] and other errors of the server, and network errors.
pub async fn request_code(http: &impl Http, attempt: &mut Attempt) -> Result<CodeResponse, CasdoorError> {
    match ask(http, attempt).await {
        Err(CasdoorError::ScopeRejected) if attempt.drop_scope() => ask(http, attempt).await,
        other => other,
    }
}

async fn ask(http: &impl Http, attempt: &Attempt) -> Result<CodeResponse, CasdoorError> {
    let server = attempt.server()?;
    let query = attempt.code_query();
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = json!({
        "type": "code",
        "application": attempt.application(),
        "organization": attempt.organization(),
        "signinMethod": "Password",
        "language": "",
    });
    Ok(match Api::anonymous(http, &server).login_with_session(&query, &body).await? {
        LoginResponse::Code(code) => CodeResponse::Code(code),
        LoginResponse::SignedOut => CodeResponse::SignInNeeded,
        LoginResponse::PageNeeded => CodeResponse::PageNeeded,
    })
}

/// Adds the names of the application and its organization to an offer that has a client id.
///
/// # Errors
/// [`CasdoorError::UnknownClient`], [`CasdoorError::SignInRejected`] if the application does not redirect to
/// `redirect_uri`, and network errors.
pub async fn complete(
    http: &impl Http,
    offer: SignInOptions,
    redirect_uri: &str,
) -> Result<SignInOptions, CasdoorError> {
    let Some(client_id) = &offer.client_id else { return Ok(offer) };
    if offer.application.is_some() && offer.organization.is_some() {
        return Ok(offer);
    }
    let query = [
        ("clientId", client_id.as_str()),
        ("responseType", "code"),
        ("redirectUri", redirect_uri),
        ("type", "code"),
        ("scope", ""),
        ("state", "state"),
    ];
    let application = Api::anonymous(http, &offer.server).application_of_client(&query).await?;
    application.check_lengths()?;
    if application.name.is_empty() || application.organization.is_empty() {
        return Err(CasdoorError::UnknownApplication);
    }
    Ok(SignInOptions { application: Some(application.name), organization: Some(application.organization), ..offer })
}
