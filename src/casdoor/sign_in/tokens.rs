//! Obtains, refreshes and revokes tokens, and finds out who they belong to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::api::Api;
use super::super::wire::{Claims, IssuedTokens};
use super::super::{CasdoorError, Http, ServerAddress};
use super::Attempt;
use crate::json;
use crate::label::clean;
use crate::secret::Secret;
use crate::vault::{Connection, Tokens};

/// Assumed lifetime of a token if neither the server nor the token specifies it, in seconds.
const UNKNOWN_LIFETIME_SECONDS: u64 = 60 * 60;
/// The latest time at which a token can expire: the end of the year 9999, in seconds since 1970. A server or a
/// connection code can give any number, and later dates cannot be shown.
const MAX_EXPIRY_SECONDS: u64 = 253_402_300_799;
/// Maximum length of a user's name, organization and id, in bytes; Casdoor's columns hold 100 and 255 characters.
const MAX_NAME_BYTES: usize = 1024;
/// Maximum length of a display name, in characters; longer ones are truncated.
const MAX_DISPLAY_NAME_CHARS: usize = 200;
const TOKEN_PATH: &str = "/api/login/oauth/access_token";
/// This endpoint refreshes tokens even if the application does not list the grant type.
const REFRESH_PATH: &str = "/api/login/oauth/refresh_token";

/// A successful sign-in, with the user as the server reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The server.
    pub server: ServerAddress,
    /// The client id that the tokens belong to; empty for a connection code.
    pub client_id: String,
    /// The tokens.
    pub tokens: Tokens,
    /// The user's organization.
    pub owner: String,
    /// The user's login name.
    pub name: String,
    /// The user's id (`sub`).
    pub user_id: String,
    /// The user's display name.
    pub display_name: String,
    /// The token belongs to an administrator, so it allows far more than syncing a list.
    pub is_admin: bool,
}

/// Exchanges an authorization code for tokens, and asks who they belong to.
///
/// # Errors
/// [`CasdoorError::CodeRejected`], [`CasdoorError::UnknownClient`], [`CasdoorError::NonceMismatch`],
/// [`CasdoorError::NoSubject`], [`CasdoorError::TokenOfAnotherUser`], and network errors.
pub async fn exchange(
    http: &impl Http,
    attempt: &Attempt,
    code: &Secret<String>,
    now: u64,
) -> Result<SignedIn, CasdoorError> {
    let server = attempt.server()?;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", attempt.client_id()),
        ("code", code.expose()),
        ("code_verifier", attempt.verifier()),
    ];
    let given = Api::anonymous(http, &server).tokens(TOKEN_PATH, &form).await?;
    if !attempt.accepts_nonce(claims(&given.access).nonce.as_deref()) {
        return Err(CasdoorError::NonceMismatch);
    }
    identify(http, &server, attempt.client_id(), into_tokens(given, now)).await
}

/// Signs in with the password grant, which skips a second factor. It is for tests and for servers that allow it.
///
/// # Errors
/// [`CasdoorError::WrongPassword`], [`CasdoorError::GrantRejected`], and those of [`exchange`].
pub async fn password_grant(
    http: &impl Http,
    server: &ServerAddress,
    client_id: &str,
    (user, password): (&str, &Secret<String>),
    now: u64,
) -> Result<SignedIn, CasdoorError> {
    let form = [
        ("grant_type", "password"),
        ("client_id", client_id),
        ("username", user),
        ("password", password.expose()),
        ("scope", "openid profile"),
    ];
    let given = Api::anonymous(http, server).tokens(TOKEN_PATH, &form).await.map_err(|error| match error {
        CasdoorError::CodeRejected => CasdoorError::WrongPassword,
        other => other,
    })?;
    identify(http, server, client_id, into_tokens(given, now)).await
}

/// Signs in with the access token of a connection code, and asks the server who it belongs to. It cannot be refreshed
/// and is valid until [`Tokens::expires_at`].
///
/// # Errors
/// [`CasdoorError::ConnectionCodeExpired`], [`CasdoorError::SignedOut`], [`CasdoorError::NoSubject`].
pub async fn with_token(
    http: &impl Http,
    server: &ServerAddress,
    token: Secret<String>,
    now: u64,
) -> Result<SignedIn, CasdoorError> {
    let given = IssuedTokens { access: token, refresh: Secret::default(), lifetime: None };
    let tokens = into_tokens(given, now);
    if tokens.expires_at <= now {
        return Err(CasdoorError::ConnectionCodeExpired);
    }
    identify(http, server, "", tokens).await.map_err(|error| match error {
        CasdoorError::SignedOut => CasdoorError::ConnectionCodeExpired,
        other => other,
    })
}

/// Returns `true` if at least half of the token's lifetime is over.
pub fn needs_refresh(tokens: &Tokens, now: u64) -> bool {
    let half = tokens.expires_at.saturating_sub(tokens.received_at).div_euclid(2);
    !tokens.refresh.expose().is_empty() && now >= tokens.received_at.saturating_add(half)
}

/// Exchanges the refresh token for new tokens. The old tokens become invalid immediately, even if the response is lost,
/// so only one caller may do this at a time. The new ones must be stored before they are used, and are used for nothing
/// but [`confirm_user`] until that has succeeded.
///
/// # Errors
/// [`CasdoorError::SignedOut`] if the refresh token has expired, and network errors.
pub async fn refresh(
    http: &impl Http,
    server: &ServerAddress,
    client_id: &str,
    tokens: &Tokens,
    now: u64,
) -> Result<Tokens, CasdoorError> {
    if tokens.refresh.expose().is_empty() {
        return Err(CasdoorError::SignedOut);
    }
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client_id),
        ("refresh_token", tokens.refresh.expose()),
        ("scope", "openid profile"),
    ];
    let api = Api::anonymous(http, server);
    let given = match api.tokens(REFRESH_PATH, &form).await {
        // The token endpoint is exempt from the Origin rule, but the application must allow the grant there.
        Err(CasdoorError::Forbidden) => api.tokens(TOKEN_PATH, &form).await?,
        other => other?,
    };
    Ok(into_tokens(given, now))
}

/// Revokes the access and the refresh token. The server notifies every application in which the user is signed in.
///
/// # Errors
/// Network errors. An expired token is not an error.
pub async fn revoke(http: &impl Http, server: &ServerAddress, tokens: &Tokens) -> Result<(), CasdoorError> {
    match Api::anonymous(http, server).revoke(&tokens.access).await {
        Err(CasdoorError::SignedOut | CasdoorError::Rejected) | Ok(()) => Ok(()),
        Err(error) => Err(error),
    }
}

fn into_tokens(given: IssuedTokens, now: u64) -> Tokens {
    let by_claim = || claims(&given.access).exp;
    let ends = given.lifetime.map(|seconds| now.saturating_add(seconds)).or_else(by_claim);
    Tokens {
        expires_at: ends.unwrap_or_else(|| now.saturating_add(UNKNOWN_LIFETIME_SECONDS)).min(MAX_EXPIRY_SECONDS),
        received_at: now,
        access: given.access,
        refresh: given.refresh,
    }
}

/// Checks whether refreshed tokens belong to the connection's user. A token that names another user is rejected without
/// a request; otherwise, the server is asked.
///
/// # Errors
/// [`CasdoorError::TokenOfAnotherUser`], and the errors of the request.
pub async fn confirm_user(
    http: &impl Http,
    server: &ServerAddress,
    tokens: &Tokens,
    connection: &Connection,
) -> Result<(), CasdoorError> {
    let claims = claims(&tokens.access);
    if !claims.sub.is_empty() && claims.sub != connection.user_id {
        return Err(CasdoorError::TokenOfAnotherUser);
    }
    let subject = Api::with_token(http, server, &tokens.access).subject().await?;
    let is_user = subject.sub == connection.user_id && have_same_issuer(&claims, &subject);
    if is_user && name_user([&claims, &subject], &connection.owner, &connection.name) {
        Ok(())
    } else {
        Err(CasdoorError::TokenOfAnotherUser)
    }
}

/// Returns `true` if a token, and the server's answer to who it belongs to, name no other user than this one. Each
/// claim can be missing.
fn name_user(claims: [&Claims; 2], owner: &str, name: &str) -> bool {
    let fits = |claim: &str, wanted: &str| claim.is_empty() || claim == wanted;
    claims.iter().all(|claims| fits(&claims.owner, owner) && fits(&claims.preferred_username, name))
}

/// Returns `true` if a token and the server's answer have the same issuer, or one of them has none.
fn have_same_issuer(token: &Claims, subject: &Claims) -> bool {
    token.iss.is_empty() || subject.iss.is_empty() || token.iss == subject.iss
}

/// Finds the user by `sub`, because `name` is the display name in one token format and missing in another.
async fn identify(
    http: &impl Http,
    server: &ServerAddress,
    client_id: &str,
    tokens: Tokens,
) -> Result<SignedIn, CasdoorError> {
    let claims = claims(&tokens.access);
    if claims.sub.is_empty() {
        return Err(CasdoorError::NoSubject);
    }
    let api = Api::with_token(http, server, &tokens.access);
    // The token is not verified here, and anyone's record may be public, so ask the server who the token belongs to.
    let subject = api.subject().await?;
    if subject.sub != claims.sub {
        return Err(CasdoorError::TokenOfAnotherUser);
    }
    let user = api.user_by_id(&claims.sub).await?.ok_or(CasdoorError::UserGone)?;
    let is_long = [&user.name, &user.owner, &user.id].iter().any(|text| text.len() > MAX_NAME_BYTES);
    if user.name.is_empty() || user.owner.is_empty() || is_long || user.id != claims.sub {
        return Err(CasdoorError::NotCasdoor);
    }
    // The token of a connection code can have been issued at another address of the same server.
    let is_by_code = client_id.is_empty();
    let has_issuer = is_by_code || have_same_issuer(&claims, &subject);
    if !has_issuer || !name_user([&claims, &subject], &user.owner, &user.name) {
        return Err(CasdoorError::TokenOfAnotherUser);
    }
    Ok(SignedIn {
        server: server.clone(),
        client_id: client_id.into(),
        is_admin: user.is_admin || user.owner == "built-in",
        tokens,
        owner: user.owner,
        name: user.name,
        user_id: user.id,
        display_name: clean(&user.display_name).chars().take(MAX_DISPLAY_NAME_CHARS).collect(),
    })
}

/// Returns the claims of a JWT; all empty if the token is not a JWT.
fn claims(token: &Secret<String>) -> Claims {
    let payload = token.expose().split('.').nth(1).unwrap_or_default();
    let bytes = Secret::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).unwrap_or_default());
    json::from_bytes(bytes.expose()).unwrap_or_default()
}
