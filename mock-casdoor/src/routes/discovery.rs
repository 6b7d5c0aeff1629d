//! The public endpoints: health, organizations, applications with their client ids, OpenID discovery.

use serde_json::{Map, Value, json};

use super::{RequestContext, sso};
use crate::messages::{Reply, ServerResponse};
use crate::origin;
use crate::world::{Application, World};

/// An application as an anonymous caller sees it, without the fields that [`masked`] fills in.
const APPLICATION: &str = include_str!("../../data/application.json");
/// An organization, without the fields that are filled in later.
pub(super) const ORGANIZATION: &str = include_str!("../../data/organization.json");

/// Handles `GET /api/health`.
pub(super) fn health(context: &mut RequestContext<'_>) -> ServerResponse {
    Reply::default().answer(context.world.release)
}

/// Handles `GET /api/get-organization-names`.
pub(super) fn organization_names(context: &mut RequestContext<'_>) -> ServerResponse {
    let blank = crate::world::zeroed(&object(ORGANIZATION));
    let named = |(name, display_name): (&str, &str)| {
        let mut organization = blank.clone();
        organization.insert("name".to_owned(), name.into());
        organization.insert("displayName".to_owned(), display_name.into());
        Value::Object(organization)
    };
    let ours = context.world.organizations.iter().map(|one| (one.name.as_str(), one.display_name.as_str()));
    let all = ours.chain([("built-in", "Built-in Organization")]).map(named);
    Reply::ok(all.collect::<Vec<_>>()).answer(context.world.release)
}

/// Handles `GET /api/get-application?id=admin/NAME`.
pub(super) fn application(context: &mut RequestContext<'_>) -> ServerResponse {
    let name = context.request.query.text("id").rsplit('/').next().unwrap_or_default();
    let found = context.world.application(name).map(|application| masked(context.world, application));
    Reply::ok(found.unwrap_or(Value::Null)).answer(context.world.release)
}

/// Handles `GET /api/get-default-application?id=admin/ORGANIZATION`.
pub(super) fn default_application(context: &mut RequestContext<'_>) -> ServerResponse {
    let id = context.request.query.text("id");
    let world = &context.world;
    let organization = world.organization(id.rsplit('/').next().unwrap_or_default());
    let reply = match organization {
        None => Reply::error(format!("The organization: {id} does not exist")),
        Some(organization) => {
            let application = world.application(&organization.default_application);
            Reply::ok(application.map_or(Value::Null, |application| masked(world, application)))
        }
    };
    reply.answer(world.release)
}

/// Handles `GET /api/get-app-login`, which checks the parameters of a sign-in without starting one.
pub(super) fn app_login(context: &mut RequestContext<'_>) -> ServerResponse {
    let query = &context.request.query;
    let reply = match query.text("type") {
        "device" => device_application(context.world, query.text("userCode")),
        "cas" => sso::application(context.world, query.text("id"), query.text("redirectUri")),
        _ => check(context.world, query.text("clientId"), query.text("responseType"), query.text("redirectUri")),
    };
    reply.answer(context.world.release)
}

fn device_application(world: &World, user_code: &str) -> Reply {
    let device = world.devices.iter().find(|device| device.user_code.as_deref() == Some(user_code));
    match device.and_then(|device| world.client(&device.client_id)) {
        Some(application) => Reply::ok(masked(world, application)),
        None => Reply::error("UserCode Invalid"),
    }
}

/// Checks whether a sign-in with these parameters would be accepted. Returns the application even if it would not, if
/// the application exists.
pub(super) fn check(world: &World, client_id: &str, response_type: &str, redirect_uri: &str) -> Reply {
    if !["code", "token", "id_token"].contains(&response_type) {
        return Reply::error(format!("Grant_type: {response_type} is not supported in this application"));
    }
    let Some(application) = world.client(client_id) else {
        return Reply::error("Invalid client_id");
    };
    let data = masked(world, application);
    if !origin::redirects_to(redirect_uri, application.redirect_uris.iter().map(String::as_str)) {
        let words = format!("Redirect URI: {redirect_uri} doesn't exist in the allowed Redirect URI list");
        return Reply::error(words).and(data);
    }
    Reply::ok(data)
}

/// Returns an application as an anonymous caller sees it.
pub(super) fn masked(world: &World, application: &Application) -> Value {
    let mut record = object(APPLICATION);
    for (field, value) in [
        ("name", &application.name),
        ("displayName", &application.name),
        ("organization", &application.organization),
        ("clientId", &application.client_id),
    ] {
        record.insert(field.to_owned(), value.as_str().into());
    }
    record.insert("enableAutoSignin".to_owned(), application.auto_signin.into());
    record.insert("organizationObj".to_owned(), organization(world, &application.organization, Value::Null));
    Value::Object(record)
}

/// Returns an organization as pages and clients see it.
pub(super) fn organization(world: &World, name: &str, mfa_items: Value) -> Value {
    let mut record = object(ORGANIZATION);
    if let Some(organization) = world.organization(name) {
        record.insert("name".to_owned(), organization.name.as_str().into());
        record.insert("displayName".to_owned(), organization.display_name.as_str().into());
        record.insert("isProfilePublic".to_owned(), organization.is_profile_public.into());
        record.insert("accountItems".to_owned(), organization.account_items.clone().into());
        record.insert("defaultApplication".to_owned(), organization.default_application.as_str().into());
    }
    record.insert("mfaItems".to_owned(), mfa_items);
    Value::Object(record)
}

/// Parses a packaged JSON object. An invalid one results in an empty object, which the tests would detect.
pub(super) fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Handles `GET /.well-known/openid-configuration`.
pub(super) fn openid_configuration(context: &mut RequestContext<'_>) -> ServerResponse {
    let issuer = context.request.issuer();
    let at = |path: &str| format!("{issuer}{path}");
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": at("/login/oauth/authorize"),
        "token_endpoint": at("/api/login/oauth/access_token"),
        "userinfo_endpoint": at("/api/userinfo"),
        "device_authorization_endpoint": at("/api/device-auth"),
        "registration_endpoint": at("/api/oauth/register"),
        "jwks_uri": at("/.well-known/jwks"),
        "introspection_endpoint": at("/api/login/oauth/introspect"),
        "end_session_endpoint": at("/api/logout"),
    });
    let fixed = object(include_str!("../../data/openid.json"));
    if let Some(document) = document.as_object_mut() {
        document.extend(fixed);
    }
    ServerResponse::json(200, &document)
}
