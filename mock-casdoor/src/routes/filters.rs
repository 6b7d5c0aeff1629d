//! The checks that run before a handler: bearer token, Origin, permissions and names.

use serde_json::Value;

use super::{Handler, RequestContext};
use crate::messages::{ServerResponse, filter_error};
use crate::origin::{self, OriginCheck, Verdict};
use crate::world;

/// Paths that users may use only for themselves, unless they are administrators.
const OWN_USER_ONLY: [&str; 6] = [
    "/api/update-user",
    "/api/mfa/setup/initiate",
    "/api/mfa/setup/verify",
    "/api/mfa/setup/enable",
    "/api/delete-mfa",
    "/api/set-preferred-mfa",
];

/// Existing paths that only administrators may use.
const ADMINISTRATORS_ONLY: [&str; 2] = ["/api/get-version-info", "/api/get-users"];

/// Characters that a name must not contain.
const FORBIDDEN_SIGNS: &str = "/?:#&%=+;";

/// Runs the checks in Casdoor's order, then the handler.
pub(super) fn run(context: &mut RequestContext<'_>, handle: Handler) -> ServerResponse {
    if let Err(message) = authenticate_bearer(context) {
        return filter_error(&message);
    }
    let allowed = match check_origin(context) {
        Verdict::Rejected => return ServerResponse::empty(403),
        Verdict::WithoutCors => None,
        Verdict::Allowed(origin) => Some(origin),
    };
    let id = context.request.query.text("id");
    let answer = if context.request.method == "GET" && !id.is_empty() && id.split('/').count() != 2 {
        filter_error(&format!("GetOwnerAndNameFromId() error, wrong token count for ID: {id}"))
    } else if context.request.method == "OPTIONS" {
        ServerResponse::empty(200)
    } else if !is_permitted(context) {
        filter_error("Unauthorized operation")
    } else if has_forbidden_name(context) {
        filter_error(&format!("Field 'name' contains forbidden characters: {FORBIDDEN_SIGNS:?}"))
    } else {
        handle(context)
    };
    with_origin(answer, allowed, context.request.method == "OPTIONS")
}

/// Signs the session in as the user of a bearer token. If the request also has a session cookie, the browser with that
/// cookie is signed in as that user, too.
fn authenticate_bearer(context: &mut RequestContext<'_>) -> Result<(), String> {
    let request = context.request;
    if request.path.starts_with("/api/login/oauth/access_token") {
        return Ok(());
    }
    let named = ["accessToken", "access_token"].map(|name| request.query.text(name));
    let token = named.into_iter().find(|text| !text.is_empty()).or(request.bearer.as_deref());
    let Some(token) = token else { return Ok(()) };
    let found = context.world.token_by_access(token).ok_or("Access token doesn't exist in database")?;
    if request.now > found.ends() || found.expires_in <= 0 {
        return Err(world::expiry_message(found));
    }
    let grant = found.grant.clone();
    if context.world.user(&grant.user).is_some_and(|user| user.is("isForbidden")) {
        return Err("The user is forbidden to sign in, please contact the administrator".to_owned());
    }
    let session = context.session();
    session.user = Some(grant.user);
    session.oidc = (grant.scope, grant.client_id);
    Ok(())
}

fn check_origin(context: &RequestContext<'_>) -> Verdict {
    let request = context.request;
    let asked = OriginCheck {
        origin: request.origin.as_deref(),
        method: &request.method,
        target: &request.target,
        host: &request.host,
    };
    let listed = context.world.applications.iter().flat_map(|application| &application.redirect_uris);
    origin::check_origin(asked, listed.map(String::as_str))
}

fn with_origin(answer: ServerResponse, allowed: Option<String>, is_preflight: bool) -> ServerResponse {
    let Some(origin) = allowed else {
        return if is_preflight { answer.with("access-control-allow-origin", "*") } else { answer };
    };
    answer
        .with("access-control-allow-origin", origin)
        .with("access-control-allow-methods", "POST, GET, OPTIONS, DELETE")
        .with("access-control-allow-headers", "Content-Type, Authorization")
        .with("access-control-allow-credentials", "true")
}

fn is_permitted(context: &RequestContext<'_>) -> bool {
    let path = context.request.path.trim_end_matches('/');
    let caller = context.caller();
    let is_admin = caller.as_ref().and_then(|id| context.world.user(id)).is_some_and(|user| user.is("isAdmin"));
    if ADMINISTRATORS_ONLY.contains(&path) {
        return is_admin;
    }
    if !OWN_USER_ONLY.contains(&path) {
        return true;
    }
    let object = object(context);
    let owner = |id: &str| id.split('/').next().unwrap_or_default().to_owned();
    match caller {
        Some(caller) => caller == object || is_admin && owner(&caller) == owner(&object),
        None => false,
    }
}

/// Returns the user whom a request is about, as `owner/name`.
fn object(context: &RequestContext<'_>) -> String {
    let request = context.request;
    let modern = context.world.release.object_from_parameters();
    let id = request.query.text("id");
    if modern && !id.is_empty() {
        return id.to_owned();
    }
    let form = || format!("{}/{}", request.form.text("owner"), request.form.text("name"));
    if request.is_multipart || request.body.is_empty() {
        return form();
    }
    match request.json() {
        Some(body) => {
            let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{}/{}", text("owner"), text("name"))
        }
        None if modern => form(),
        None => "/".to_owned(),
    }
}

fn has_forbidden_name(context: &RequestContext<'_>) -> bool {
    let request = context.request;
    let is_checked = request.path.starts_with("/api/update-") || request.path.starts_with("/api/add-");
    if request.method != "POST" || !is_checked || !context.world.release.checks_names() {
        return false;
    }
    let body = request.json().unwrap_or_default();
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    name.contains(|sign| FORBIDDEN_SIGNS.contains(sign))
}
