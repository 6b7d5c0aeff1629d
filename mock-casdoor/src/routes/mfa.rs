//! Enrolling and removing second factors. No endpoint asks for the password again; only the pages do.

use serde_json::json;

use super::{RequestContext, login};
use crate::messages::{Reply, ServerResponse};
use crate::world::SecondFactorError;
use crate::{random, totp};

fn owner_and_name(context: &RequestContext<'_>) -> String {
    let form = &context.request.form;
    format!("{}/{}", form.text("owner"), form.text("name"))
}

/// Handles `POST /api/mfa/setup/initiate`: returns a secret and a recovery code, and stores nothing.
pub(super) fn initiate(context: &mut RequestContext<'_>) -> ServerResponse {
    let (id, kind) = (owner_and_name(context), context.request.form.text("mfaType"));
    let release = context.world.release;
    let Some(user) = context.world.user(&id) else {
        return Reply::error("User doesn't exist").answer(release);
    };
    let organization = context.world.organization(user.text("owner")).map(|one| one.display_name.as_str());
    let issuer = if release.names_organization_as_issuer() { organization.unwrap_or_default() } else { "Casdoor" };
    let mut data = json!({"enabled": false, "isPreferred": false, "mfaType": kind});
    if let Some(data) = data.as_object_mut() {
        if kind == "app" {
            let secret = totp::encode(&random::totp_key());
            data.insert("url".to_owned(), enrollment_uri(issuer, &id, &secret).into());
            data.insert("secret".to_owned(), secret.into());
        }
        data.insert("recoveryCodes".to_owned(), json!([random::uuid()]));
        data.insert("mfaRememberInHours".to_owned(), login::REMEMBER_HOURS.into());
    }
    Reply::ok(data).answer(release)
}

fn enrollment_uri(issuer: &str, id: &str, secret: &str) -> String {
    let issuer = issuer.replace(' ', "%20");
    format!("otpauth://totp/{issuer}:{id}?algorithm=SHA1&digits=6&issuer={issuer}&period=30&secret={secret}")
}

/// Handles `POST /api/mfa/setup/verify`: checks a passcode and stores nothing.
pub(super) fn verify(context: &mut RequestContext<'_>) -> ServerResponse {
    let form = &context.request.form;
    let (kind, passcode, secret) = (form.text("mfaType"), form.text("passcode"), form.text("secret"));
    let reply = if kind.is_empty() || passcode.is_empty() {
        Reply::error("missing auth type or passcode")
    } else if kind == "app" && secret.is_empty() {
        Reply::error("totp secret is missing")
    } else {
        let checked = match kind {
            "app" => totp::check(secret, passcode, context.request.now).map_err(SecondFactorError::from),
            _ => context
                .world
                .user(&owner_and_name(context))
                .map_or(Err(SecondFactorError::Kind), |user| user.verify_passcode(kind, passcode, context.request.now)),
        };
        checked.map_or_else(|error| Reply::error(error.to_string()), |()| Reply::ok("OK"))
    };
    reply.answer(context.world.release)
}

/// Handles `POST /api/mfa/setup/enable`: stores the factor without checking a passcode.
pub(super) fn enable(context: &mut RequestContext<'_>) -> ServerResponse {
    let form = &context.request.form;
    let (kind, secret, code) = (form.text("mfaType"), form.text("secret"), form.text("recoveryCodes"));
    let now = context.request.now;
    let reply = if kind == "app" && secret.is_empty() {
        Reply::error("totp secret is missing")
    } else if code.is_empty() {
        Reply::error("recovery codes is missing")
    } else {
        let id = owner_and_name(context);
        let change = |user: &mut crate::world::User| user.enable(kind, secret, form.text("dest"), code);
        context.world.change_factors(&id, now, change).map_or_else(no_user, |_| Reply::ok("OK"))
    };
    reply.answer(context.world.release)
}

/// Handles `POST /api/delete-mfa`: removes all factors.
pub(super) fn delete(context: &mut RequestContext<'_>) -> ServerResponse {
    let (id, now) = (owner_and_name(context), context.request.now);
    let factors = context.world.change_factors(&id, now, crate::world::User::disable_all);
    factors.map_or_else(no_user, Reply::ok).answer(context.world.release)
}

/// Handles `POST /api/set-preferred-mfa`.
pub(super) fn prefer(context: &mut RequestContext<'_>) -> ServerResponse {
    let (id, now) = (owner_and_name(context), context.request.now);
    let kind = context.request.form.text("mfaType");
    let factors = context.world.change_factors(&id, now, |user| user.set("preferredMfaType", kind));
    factors.map_or_else(no_user, Reply::ok).answer(context.world.release)
}

fn no_user() -> Reply {
    Reply::error("User doesn't exist")
}
