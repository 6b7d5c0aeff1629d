//! The user's consent to an application's own scopes.

use serde_json::{Value, json};

use super::RequestContext;
use crate::messages::{Reply, ServerResponse};
use crate::world::Grant;

/// The field of a user's record with the scopes that each application was granted.
const GRANTED: &str = "applicationScopes";

/// Returns true if the user still has to consent to one of the requested scopes.
pub(super) fn is_needed(context: &RequestContext<'_>, client_id: &str, scope: &str, user: &str) -> bool {
    let Some(application) = context.world.client(client_id) else { return false };
    let granted = context.world.user(user).and_then(|user| user.record.get(GRANTED)).and_then(Value::as_array);
    let id = format!("admin/{}", application.name);
    let is_granted = |scope: &str| {
        granted.into_iter().flatten().any(|record| {
            let scopes = record.get("grantedScopes").and_then(Value::as_array);
            record.get("application") == Some(&json!(id)) && scopes.is_some_and(|all| all.contains(&json!(scope)))
        })
    };
    let asks = |scope: &&str| application.custom_scopes.iter().any(|custom| custom == scope);
    context.world.release.asks_for_consent() && scope.split(' ').filter(asks).any(|scope| !is_granted(scope))
}

/// Handles `POST /api/grant-consent`: stores the consent, and returns an authorization code.
pub(super) fn grant(context: &mut RequestContext<'_>) -> ServerResponse {
    let release = context.world.release;
    consent(context).answer(release)
}

fn consent(context: &mut RequestContext<'_>) -> Reply {
    let Some(id) = context.caller() else {
        return Reply::error("Please login first");
    };
    let body = context.request.json().unwrap_or_default();
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let Some(application) = context.world.client(text("clientId")) else {
        return Reply::error("Invalid client_id");
    };
    let application = format!("admin/{}", application.name);
    if text("application") != application {
        return Reply::error("Invalid application");
    }
    let Some(user) = context.world.user_mut(&id) else {
        return Reply::error("User not found");
    };
    let mut records = user.record.get(GRANTED).and_then(Value::as_array).cloned().unwrap_or_default();
    records.push(json!({ "application": application, "grantedScopes": body.get("grantedScopes") }));
    user.set(GRANTED, records);
    let grant = Grant {
        user: id,
        client_id: text("clientId").to_owned(),
        scope: text("scope").to_owned(),
        signin_method: text("signinMethod").to_owned(),
        challenge: text("challenge").to_owned(),
        issuer: context.request.issuer(),
    };
    match context.world.mint(grant, context.request.now) {
        Some(token) => Reply::ok(token.code),
        None => Reply::error("The user doesn't exist"),
    }
}
