//! The signed-in user's own account, and signing out.

use serde_json::{Value, json};

use super::{Visit, discovery, session_cookie, web_config_cookie};
use crate::call::{Answer, Reply};
use crate::random;
use crate::world::{self, Grant};

/// Returns the error for a request without a signed-in user.
fn please_login() -> Reply {
    Reply::error("Please login first").and("Please login first".into())
}

/// `GET /api/get-account`: the complete record, not filtered by account items, including a token.
pub(super) fn account(visit: &mut Visit<'_>) -> Answer {
    let age = visit.world.age;
    let reply = visit.caller().and_then(|id| of(visit, &id)).unwrap_or_else(please_login);
    reply.answer(age).with("set-cookie", web_config_cookie())
}

fn of(visit: &mut Visit<'_>, id: &str) -> Option<Reply> {
    let token = session_token(visit, id)?;
    let user = visit.world.user(id)?;
    let mut record = world::masked(user);
    record.insert("password".to_owned(), "".into());
    record.insert("accessToken".to_owned(), token.into());
    record.insert("multiFactorAuths".to_owned(), user.factors(0).into());
    let items = json!([{"name": "app", "rule": "Optional"}, {"name": "email", "rule": "Optional"}]);
    Some(Reply {
        sub: user.text("id").to_owned(),
        name: user.text("name").to_owned(),
        data2: discovery::organization(visit.world, user.text("owner"), items),
        ..Reply::ok(Value::Object(record))
    })
}

/// Returns the session's token, or creates one for the application where the user signed up.
fn session_token(visit: &mut Visit<'_>, id: &str) -> Option<String> {
    if let Some(token) = visit.session().token.clone() {
        return Some(token);
    }
    let application = visit.world.user(id)?.text("signupApplication").to_owned();
    let client_id = visit.world.application(&application)?.client_id.clone();
    let grant = Grant {
        user: id.to_owned(),
        client_id,
        scope: "profile".to_owned(),
        issuer: visit.call.issuer(),
        ..Grant::default()
    };
    let token = visit.world.mint(grant, visit.call.now)?.access;
    visit.session().token = Some(token.clone());
    Some(token)
}

/// `GET /api/userinfo`: a JSON object without an envelope.
pub(super) fn userinfo(visit: &mut Visit<'_>) -> Answer {
    let age = visit.world.age;
    let (scope, client_id) = visit.session().oidc.clone();
    let Some(user) = visit.caller().and_then(|id| visit.world.user(&id)) else {
        return please_login().answer(age);
    };
    let mut info = json!({"sub": user.text("id"), "iss": visit.call.issuer(), "aud": client_id});
    let mut put = |key: &str, value: Value| info.as_object_mut().map(|object| object.insert(key.to_owned(), value));
    if scope.contains("profile") {
        put("preferred_username", user.text("name").into());
        put("name", user.text("displayName").into());
    }
    if scope.contains("email") {
        put("email", user.text("email").into());
        put("email_verified", true.into());
    }
    Answer::json(200, &info)
}

/// `/api/logout`: ends the session, or a token and its refresh token.
pub(super) fn logout(visit: &mut Visit<'_>) -> Answer {
    let age = visit.world.age;
    let hint = visit.call.parameter("id_token_hint").to_owned();
    let was_nobody = hint.is_empty() && visit.caller().is_none();
    let reply = if hint.is_empty() {
        visit.caller().map_or_else(Reply::default, Reply::ok)
    } else {
        match visit.world.tokens.iter_mut().find(|token| token.access == hint) {
            Some(token) => {
                token.expires_in = 0;
                Reply::default()
            }
            None => Reply::error("Token not found, invalid accessToken"),
        }
    };
    if reply.failed || was_nobody {
        return reply.answer(age);
    }
    // The response starts a new session.
    visit.world.sessions.remove(&visit.session);
    let new = random::session_id();
    visit.world.sessions.insert(new.clone(), world::Session::default());
    reply.answer(age).with("set-cookie", session_cookie(&new, visit.call.now))
}

/// `/api/sso-logout`: ends all of the user's tokens in all applications.
pub(super) fn sign_out_everywhere(visit: &mut Visit<'_>) -> Answer {
    let age = visit.world.age;
    if let Some(id) = visit.caller() {
        visit.world.expire_tokens(&id);
        visit.world.sessions.retain(|_, session| session.user.as_deref() != Some(&id));
    }
    Reply::default().answer(age)
}
