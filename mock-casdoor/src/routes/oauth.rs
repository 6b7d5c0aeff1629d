//! The token endpoints, and the automatic redirect of a browser that is already signed in.

use serde_json::{Value, json};

use super::{RequestContext, device, login};
use crate::messages::{Reply, ServerRequest, ServerResponse};
use crate::world::{Grant, TokenError};

/// The name of the device grant.
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Handles `POST /api/login/oauth/access_token`.
pub(super) fn access_token(context: &mut RequestContext<'_>) -> ServerResponse {
    let request = context.request;
    let grant_type = request.any("grant_type");
    let device_code = request.parameter("device_code");
    let mut approved = None;
    if !device_code.is_empty() {
        match device::collect(context, device_code) {
            Ok(found) => approved = Some(found),
            Err(error) => return error_response(&error),
        }
    } else if grant_type == DEVICE {
        let words = "device_code parameter is required for this grant type";
        return error_response(&TokenError::new("invalid_request", words));
    }
    let client_id = request.any("client_id");
    let Some(application) = context.world.client(&client_id) else {
        return error_response(&TokenError::new("invalid_client", "client_id is invalid"));
    };
    if grant_type != "authorization_code" && !application.grants.contains(&grant_type.as_str()) {
        let words = format!("grant_type: {grant_type} is not supported in this application");
        return error_response(&TokenError::new("unsupported_grant_type", words));
    }
    let organization = application.organization.clone();
    let result = match grant_type.as_str() {
        "password" => by_password(context, &organization, &client_id),
        "refresh_token" => refresh(context, &client_id),
        DEVICE => mint(context, approved.unwrap_or_default()),
        _ => context.world.exchange(&client_id, &request.any("code"), &request.any("code_verifier"), request.now),
    };
    if result.is_ok() && grant_type == DEVICE {
        device::mark_used(context, device_code);
    }
    answer(result)
}

/// Handles `POST /api/login/oauth/refresh_token`, which ignores the application's list of grants.
pub(super) fn refresh_token(context: &mut RequestContext<'_>) -> ServerResponse {
    let client_id = context.request.any("client_id");
    if client_id.is_empty() {
        return ServerResponse::json(400, &json!({"error": "invalid_request"}));
    }
    if context.world.client(&client_id).is_none() {
        return error_response(&TokenError::new("invalid_client", "Invalid application or wrong clientSecret"));
    }
    if context.request.any("grant_type") != "refresh_token" {
        return error_response(&TokenError::new("unsupported_grant_type", "grant_type should be refresh_token"));
    }
    answer(refresh(context, &client_id))
}

fn refresh(context: &mut RequestContext<'_>, client_id: &str) -> Result<Value, TokenError> {
    let request = context.request;
    context.world.refresh(
        client_id,
        &request.any("refresh_token"),
        &request.any("scope"),
        &request.issuer(),
        request.now,
    )
}

/// Handles the password grant, which skips the second factor.
fn by_password(context: &mut RequestContext<'_>, organization: &str, client_id: &str) -> Result<Value, TokenError> {
    let request = context.request;
    let id = format!("{organization}/{}", request.any("username"));
    let user = context.world.user_mut(&id);
    let user = user.ok_or_else(|| TokenError::new("invalid_grant", "the user does not exist"))?;
    login::check_password(user, &request.any("password"), request.now)
        .map_err(|words| TokenError::new("invalid_grant", format!("invalid username or password: {words}")))?;
    let grant = Grant { user: id, ..plain_grant(request, client_id) };
    mint(context, grant)
}

fn plain_grant(request: &ServerRequest, client_id: &str) -> Grant {
    Grant { client_id: client_id.to_owned(), scope: request.any("scope"), issuer: request.issuer(), ..Grant::default() }
}

fn mint(context: &mut RequestContext<'_>, grant: Grant) -> Result<Value, TokenError> {
    let token = context.world.mint(grant, context.request.now);
    let token = token.ok_or_else(|| TokenError::new("invalid_grant", "the user does not exist"))?;
    if let Some(kept) = context.world.tokens.last_mut() {
        kept.code_used = true;
    }
    Ok(token.answer())
}

fn answer(result: Result<Value, TokenError>) -> ServerResponse {
    match result {
        Ok(token) => ServerResponse::json(200, &token),
        Err(error) => error_response(&error),
    }
}

fn error_response(error: &TokenError) -> ServerResponse {
    let body = json!({"error": error.error, "error_description": error.description});
    if error.error == "invalid_client" {
        return ServerResponse::json(401, &body).with("www-authenticate", "Basic realm=\"OAuth2\"");
    }
    ServerResponse::json(400, &body)
}

/// Returns where a signed-in browser is redirected with a code; `None` if the application requires a page.
pub(super) fn automatic_redirect(context: &mut RequestContext<'_>) -> Option<String> {
    let request = context.request;
    let query = &request.query;
    let (client_id, redirect_uri) = (query.text("client_id"), query.text("redirect_uri"));
    let user = context.caller()?;
    let wanted = context.world.client(client_id).is_some_and(|application| application.auto_signin);
    if !wanted || query.text("response_type") != "code" || !login::accepts_redirect(context, client_id, redirect_uri) {
        return None;
    }
    let grant = Grant {
        user,
        client_id: client_id.to_owned(),
        scope: query.text("scope").to_owned(),
        signin_method: "autoSignin".to_owned(),
        challenge: query.text("code_challenge").to_owned(),
        issuer: request.issuer(),
    };
    let token = context.world.mint(grant, request.now)?;
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    Some(format!("{redirect_uri}{separator}code={}&state={}", token.code, query.text("state")))
}

/// Returns the response of a release that does not have an endpoint yet.
pub(super) fn not_found(context: &RequestContext<'_>) -> ServerResponse {
    Reply::error("404 Not Found").answer(context.world.release)
}
