//! The signed-in user's own account, and signing out.

use serde_json::{Value, json};

use super::{RequestContext, discovery, session_cookie, web_config_cookie};
use crate::messages::{Reply, ServerResponse};
use crate::random;
use crate::world::{self, Grant, World};

/// Returns the error for a request without a signed-in user.
fn not_signed_in() -> Reply {
    Reply::error("Please login first").and("Please login first".into())
}

/// Handles `GET /api/get-account`: returns the complete record, including a token and without filtering by account
/// items.
pub(super) fn account(context: &mut RequestContext<'_>) -> ServerResponse {
    let release = context.world.release;
    let reply = context.caller().and_then(|id| account_reply(context, &id)).unwrap_or_else(not_signed_in);
    reply.answer(release).with("set-cookie", web_config_cookie())
}

fn account_reply(context: &mut RequestContext<'_>, id: &str) -> Option<Reply> {
    let token = session_token(context, id)?;
    let user = context.world.user(id)?;
    let mut record = world::masked(user);
    record.insert("password".to_owned(), "".into());
    record.insert("accessToken".to_owned(), token.into());
    record.insert("multiFactorAuths".to_owned(), user.factors(0).into());
    let items = factor_rules(context.world, user.text("owner"));
    Some(Reply {
        sub: user.text("id").to_owned(),
        name: user.text("name").to_owned(),
        data2: discovery::organization(context.world, user.text("owner"), items),
        ..Reply::ok(Value::Object(record))
    })
}

/// Returns whether the organization requires each type of second factor.
fn factor_rules(world: &World, organization: &str) -> Value {
    let required = world.organization(organization).map(|organization| organization.required_factors.as_slice());
    let is_required = |kind: &str| required.is_some_and(|required| required.iter().any(|one| one == kind));
    let rule = |kind: &str| json!({ "name": kind, "rule": if is_required(kind) { "Required" } else { "Optional" } });
    ["app", "email", "sms"].map(rule).to_vec().into()
}

/// Returns the session's token, or creates one for the application where the user signed up.
fn session_token(context: &mut RequestContext<'_>, id: &str) -> Option<String> {
    if let Some(token) = context.session().token.clone() {
        return Some(token);
    }
    let application = context.world.user(id)?.text("signupApplication").to_owned();
    let client_id = context.world.application(&application)?.client_id.clone();
    let grant = Grant {
        user: id.to_owned(),
        client_id,
        scope: "profile".to_owned(),
        issuer: context.request.issuer(),
        ..Grant::default()
    };
    let token = context.world.mint(grant, context.request.now)?.access;
    context.session().token = Some(token.clone());
    Some(token)
}

/// Handles `GET /api/userinfo`: returns a JSON object without an envelope.
pub(super) fn userinfo(context: &mut RequestContext<'_>) -> ServerResponse {
    let release = context.world.release;
    let (scope, client_id) = context.session().oidc.clone();
    let Some(user) = context.caller().and_then(|id| context.world.user(&id)) else {
        return not_signed_in().answer(release);
    };
    let mut info = json!({"sub": user.text("id"), "iss": context.request.issuer(), "aud": client_id});
    let mut put = |key: &str, value: Value| info.as_object_mut().map(|object| object.insert(key.to_owned(), value));
    if scope.contains("profile") {
        put("preferred_username", user.text("name").into());
        put("name", user.text("displayName").into());
    }
    if scope.contains("email") {
        put("email", user.text("email").into());
        put("email_verified", true.into());
    }
    ServerResponse::json(200, &info)
}

/// Handles `/api/logout`: ends the session, or a token and its refresh token.
pub(super) fn logout(context: &mut RequestContext<'_>) -> ServerResponse {
    let release = context.world.release;
    let hint = context.request.parameter("id_token_hint").to_owned();
    let is_anonymous = hint.is_empty() && context.caller().is_none();
    let reply = if hint.is_empty() {
        context.caller().map_or_else(Reply::default, Reply::ok)
    } else {
        match context.world.tokens.iter_mut().find(|token| token.access == hint) {
            Some(token) => {
                token.expires_in = 0;
                Reply::default()
            }
            None => Reply::error("Token not found, invalid accessToken"),
        }
    };
    if reply.failed || is_anonymous {
        return reply.answer(release);
    }
    // The response starts a new session.
    context.world.sessions.remove(&context.session);
    let new = random::session_id();
    context.world.sessions.insert(new.clone(), world::Session::default());
    reply.answer(release).with("set-cookie", session_cookie(&new, context.request.now))
}

/// Handles `/api/sso-logout`: ends all of the user's tokens in all applications.
pub(super) fn sign_out_everywhere(context: &mut RequestContext<'_>) -> ServerResponse {
    let release = context.world.release;
    if let Some(id) = context.caller() {
        context.world.expire_tokens(&id);
        context.world.sessions.retain(|_, session| session.user.as_deref() != Some(&id));
    }
    Reply::default().answer(release)
}
