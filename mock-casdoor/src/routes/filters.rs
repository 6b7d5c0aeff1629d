//! The checks that run before a handler: bearer token, Origin, permissions and names.

use serde_json::Value;

use super::{Handler, Visit};
use crate::call::{Answer, filter_error};
use crate::origin::{self, Asked, Verdict};
use crate::world;

/// Paths whose object must be the signed-in user, unless that user is an administrator.
const OWN: [&str; 6] = [
    "/api/update-user",
    "/api/mfa/setup/initiate",
    "/api/mfa/setup/verify",
    "/api/mfa/setup/enable",
    "/api/delete-mfa",
    "/api/set-preferred-mfa",
];

/// Existing paths that only administrators may use.
const ADMINISTRATORS: [&str; 2] = ["/api/get-version-info", "/api/get-users"];

/// Characters that a name must not contain.
const FORBIDDEN_SIGNS: &str = "/?:#&%=+;";

/// Runs the checks in Casdoor's order, then the handler.
pub(super) fn pass(visit: &mut Visit<'_>, handle: Handler) -> Answer {
    if let Err(message) = bear(visit) {
        return filter_error(&message);
    }
    let allowed = match judge(visit) {
        Verdict::Refused => return Answer::empty(403),
        Verdict::Silent => None,
        Verdict::Allowed(origin) => Some(origin),
    };
    let id = visit.call.query.text("id");
    let answer = if visit.call.method == "GET" && !id.is_empty() && id.split('/').count() != 2 {
        filter_error(&format!("GetOwnerAndNameFromId() error, wrong token count for ID: {id}"))
    } else if visit.call.method == "OPTIONS" {
        Answer::empty(200)
    } else if !may(visit) {
        filter_error("Unauthorized operation")
    } else if has_forbidden_name(visit) {
        filter_error(&format!("Field 'name' contains forbidden characters: {FORBIDDEN_SIGNS:?}"))
    } else {
        handle(visit)
    };
    with_origin(answer, allowed, visit.call.method == "OPTIONS")
}

/// Turns a bearer token into the session's user. A cookie that is sent along is thereby signed in as that user.
fn bear(visit: &mut Visit<'_>) -> Result<(), String> {
    let call = visit.call;
    if call.path.starts_with("/api/login/oauth/access_token") {
        return Ok(());
    }
    let named = ["accessToken", "access_token"].map(|name| call.query.text(name));
    let token = named.into_iter().find(|text| !text.is_empty()).or(call.bearer.as_deref());
    let Some(token) = token else { return Ok(()) };
    let found = visit.world.token_by_access(token).ok_or("Access token doesn't exist in database")?;
    if call.now > found.ends() || found.expires_in <= 0 {
        return Err(world::expiry_message(found));
    }
    let grant = found.grant.clone();
    if visit.world.user(&grant.user).is_some_and(|user| user.is("isForbidden")) {
        return Err("The user is forbidden to sign in, please contact the administrator".to_owned());
    }
    let session = visit.session();
    session.user = Some(grant.user);
    session.oidc = (grant.scope, grant.client_id);
    Ok(())
}

fn judge(visit: &Visit<'_>) -> Verdict {
    let call = visit.call;
    let asked = Asked { origin: call.origin.as_deref(), method: &call.method, target: &call.target, host: &call.host };
    let listed = visit.world.applications.iter().flat_map(|application| &application.redirect_uris);
    origin::judge(asked, listed.map(String::as_str))
}

fn with_origin(answer: Answer, allowed: Option<String>, is_preflight: bool) -> Answer {
    let Some(origin) = allowed else {
        return if is_preflight { answer.with("access-control-allow-origin", "*") } else { answer };
    };
    answer
        .with("access-control-allow-origin", origin)
        .with("access-control-allow-methods", "POST, GET, OPTIONS, DELETE")
        .with("access-control-allow-headers", "Content-Type, Authorization")
        .with("access-control-allow-credentials", "true")
}

fn may(visit: &Visit<'_>) -> bool {
    let path = visit.call.path.trim_end_matches('/');
    let caller = visit.caller();
    let is_admin = caller.as_ref().and_then(|id| visit.world.user(id)).is_some_and(|user| user.is("isAdmin"));
    if ADMINISTRATORS.contains(&path) {
        return is_admin;
    }
    if !OWN.contains(&path) {
        return true;
    }
    let object = object(visit);
    let owner = |id: &str| id.split('/').next().unwrap_or_default().to_owned();
    match caller {
        Some(caller) => caller == object || is_admin && owner(&caller) == owner(&object),
        None => false,
    }
}

/// Returns the user whom a request is about, as `owner/name`.
fn object(visit: &Visit<'_>) -> String {
    let call = visit.call;
    let modern = visit.world.age.object_from_parameters();
    let id = call.query.text("id");
    if modern && !id.is_empty() {
        return id.to_owned();
    }
    let form = || format!("{}/{}", call.form.text("owner"), call.form.text("name"));
    if call.is_multipart || call.body.is_empty() {
        return form();
    }
    match call.json() {
        Some(body) => {
            let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{}/{}", text("owner"), text("name"))
        }
        None if modern => form(),
        None => "/".to_owned(),
    }
}

fn has_forbidden_name(visit: &Visit<'_>) -> bool {
    let call = visit.call;
    let looked_at = call.path.starts_with("/api/update-") || call.path.starts_with("/api/add-");
    if call.method != "POST" || !looked_at || !visit.world.age.checks_names() {
        return false;
    }
    let body = call.json().unwrap_or_default();
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    name.contains(|sign| FORBIDDEN_SIGNS.contains(sign))
}
