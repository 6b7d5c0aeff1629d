//! The token endpoints, and the automatic redirect of a browser that is already signed in.

use serde_json::{Value, json};

use super::{Visit, device, login};
use crate::call::{Answer, Call, Reply};
use crate::world::{Grant, TokenError};

/// The name of the device grant.
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Handles `POST /api/login/oauth/access_token`.
pub(super) fn access_token(visit: &mut Visit<'_>) -> Answer {
    let call = visit.call;
    let grant_type = call.any("grant_type");
    let device_code = call.parameter("device_code");
    let mut approved = None;
    if !device_code.is_empty() {
        match device::collect(visit, device_code) {
            Ok(found) => approved = Some(found),
            Err(error) => return refusal(&error),
        }
    } else if grant_type == DEVICE {
        let words = "device_code parameter is required for this grant type";
        return refusal(&TokenError::new("invalid_request", words));
    }
    let client_id = call.any("client_id");
    let Some(application) = visit.world.client(&client_id) else {
        return refusal(&TokenError::new("invalid_client", "client_id is invalid"));
    };
    if grant_type != "authorization_code" && !application.grants.contains(&grant_type.as_str()) {
        let words = format!("grant_type: {grant_type} is not supported in this application");
        return refusal(&TokenError::new("unsupported_grant_type", words));
    }
    let organization = application.organization.clone();
    let given = match grant_type.as_str() {
        "password" => by_password(visit, &organization, &client_id),
        "refresh_token" => refresh(visit, &client_id),
        DEVICE => mint(visit, approved.unwrap_or_default()),
        _ => visit.world.exchange(&client_id, &call.any("code"), &call.any("code_verifier"), call.now),
    };
    if given.is_ok() && grant_type == DEVICE {
        device::spend(visit, device_code);
    }
    answer(given)
}

/// Handles `POST /api/login/oauth/refresh_token`, which ignores the application's list of grants.
pub(super) fn refresh_token(visit: &mut Visit<'_>) -> Answer {
    let client_id = visit.call.any("client_id");
    if client_id.is_empty() {
        return Answer::json(400, &json!({"error": "invalid_request"}));
    }
    if visit.world.client(&client_id).is_none() {
        return refusal(&TokenError::new("invalid_client", "Invalid application or wrong clientSecret"));
    }
    if visit.call.any("grant_type") != "refresh_token" {
        return refusal(&TokenError::new("unsupported_grant_type", "grant_type should be refresh_token"));
    }
    answer(refresh(visit, &client_id))
}

fn refresh(visit: &mut Visit<'_>, client_id: &str) -> Result<Value, TokenError> {
    let call = visit.call;
    visit.world.refresh(client_id, &call.any("refresh_token"), &call.any("scope"), &call.issuer(), call.now)
}

/// Handles the password grant, which skips the second factor.
fn by_password(visit: &mut Visit<'_>, organization: &str, client_id: &str) -> Result<Value, TokenError> {
    let call = visit.call;
    let id = format!("{organization}/{}", call.any("username"));
    let user = visit.world.user_mut(&id);
    let user = user.ok_or_else(|| TokenError::new("invalid_grant", "the user does not exist"))?;
    login::check_password(user, &call.any("password"), call.now)
        .map_err(|words| TokenError::new("invalid_grant", format!("invalid username or password: {words}")))?;
    let grant = Grant { user: id, ..plain_grant(call, client_id) };
    mint(visit, grant)
}

fn plain_grant(call: &Call, client_id: &str) -> Grant {
    Grant { client_id: client_id.to_owned(), scope: call.any("scope"), issuer: call.issuer(), ..Grant::default() }
}

fn mint(visit: &mut Visit<'_>, grant: Grant) -> Result<Value, TokenError> {
    let token = visit.world.mint(grant, visit.call.now);
    let token = token.ok_or_else(|| TokenError::new("invalid_grant", "the user does not exist"))?;
    if let Some(kept) = visit.world.tokens.last_mut() {
        kept.code_used = true;
    }
    Ok(token.answer())
}

fn answer(given: Result<Value, TokenError>) -> Answer {
    match given {
        Ok(token) => Answer::json(200, &token),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &TokenError) -> Answer {
    let body = json!({"error": error.error, "error_description": error.description});
    if error.error == "invalid_client" {
        return Answer::json(401, &body).with("www-authenticate", "Basic realm=\"OAuth2\"");
    }
    Answer::json(400, &body)
}

/// Returns where a signed-in browser is redirected with a code; `None` if the application requires a page.
pub(super) fn automatic_redirect(visit: &mut Visit<'_>) -> Option<String> {
    let call = visit.call;
    let query = &call.query;
    let (client_id, redirect_uri) = (query.text("client_id"), query.text("redirect_uri"));
    let user = visit.caller()?;
    let wanted = visit.world.client(client_id).is_some_and(|application| application.auto_signin);
    if !wanted || query.text("response_type") != "code" || !login::redirects(visit, client_id, redirect_uri) {
        return None;
    }
    let grant = Grant {
        user,
        client_id: client_id.to_owned(),
        scope: query.text("scope").to_owned(),
        signin_method: "autoSignin".to_owned(),
        challenge: query.text("code_challenge").to_owned(),
        issuer: call.issuer(),
    };
    let token = visit.world.mint(grant, call.now)?;
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    Some(format!("{redirect_uri}{joint}code={}&state={}", token.code, query.text("state")))
}

/// Returns the response of a Casdoor version that does not have an endpoint yet.
pub(super) fn missing(visit: &Visit<'_>) -> Answer {
    Reply::error("404 Not Found").answer(visit.world.age)
}
