//! Single sign-on without OAuth: tickets for CAS services and assertions for SAML service providers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::login::Form;
use super::{RequestContext, discovery};
use crate::messages::Reply;
use crate::world::World;
use crate::{origin, random};

const REDIRECT_BINDING: &str = "GET";
const POST_BINDING: &str = "POST";

/// Returns the application of a CAS sign-in if it may redirect to this service.
pub(super) fn application(world: &World, id: &str, service: &str) -> Reply {
    let Some(application) = world.application(id.rsplit('/').next().unwrap_or_default()) else {
        return Reply::error(format!("The application: {id} does not exist"));
    };
    if origin::redirects_to(service, application.redirect_uris.iter().map(String::as_str)) {
        Reply::ok(discovery::masked(world, application))
    } else {
        Reply::error(format!("Redirect URI: {service} doesn't exist in the allowed Redirect URI list"))
    }
}

/// Returns the ticket for the service in the URL; empty if the URL names none.
pub(super) fn ticket(context: &RequestContext<'_>) -> Reply {
    if context.request.query.text("service").is_empty() {
        Reply::default()
    } else {
        Reply::ok(format!("ST-{}", random::uuid()))
    }
}

/// Returns the response to an uncompressed SAML request. It is not signed, so service providers must reject it.
pub(super) fn assertion(context: &RequestContext<'_>, form: &Form, user: &str) -> Reply {
    let decoded = STANDARD.decode(form.text("samlRequest").replace(' ', "+"));
    let Some(request) = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Reply::error("err: Failed to decode SAML request");
    };
    let issuer = between(&request, "<saml:Issuer>", "</saml:Issuer>");
    let Some(application) = context.world.application(form.text("application")) else {
        return Reply::error("err: there is no such application");
    };
    if !origin::redirects_to(issuer, application.redirect_uris.iter().map(String::as_str)) {
        return Reply::error(format!("err: Issuer URI: {issuer} doesn't exist in the allowed Redirect URI list"));
    }
    let consumer = between(&request, "AssertionConsumerServiceURL=\"", "\"");
    if consumer.is_empty() {
        return Reply::error(
            "err: SAML request don't has attribute 'AssertionConsumerServiceURL' in <samlp:AuthnRequest>",
        );
    }
    let method = if request.contains(":bindings:HTTP-POST\"") { POST_BINDING } else { REDIRECT_BINDING };
    let name = user.rsplit('/').next().unwrap_or_default();
    let response =
        format!("<samlp:Response Destination=\"{consumer}\"><saml:NameID>{name}</saml:NameID></samlp:Response>");
    Reply { data2: json!({"redirectUrl": consumer, "method": method}), ..Reply::ok(STANDARD.encode(response)) }
}

/// Returns the text between two markers; empty if one is missing.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let found = text.split_once(start).and_then(|(_, rest)| rest.split_once(end));
    found.map_or("", |(found, _)| found)
}
