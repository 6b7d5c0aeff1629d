//! Enrolling and removing second factors. No endpoint asks for the password again; only the pages do.

use serde_json::json;

use super::{Visit, login};
use crate::call::{Answer, Reply};
use crate::world::SecondFactorError;
use crate::{random, totp};

fn owner_and_name(visit: &Visit<'_>) -> String {
    let form = &visit.call.form;
    format!("{}/{}", form.text("owner"), form.text("name"))
}

/// `POST /api/mfa/setup/initiate`: returns a secret and a recovery code, and stores nothing.
pub(super) fn initiate(visit: &mut Visit<'_>) -> Answer {
    let (id, kind) = (owner_and_name(visit), visit.call.form.text("mfaType"));
    let age = visit.world.age;
    let Some(user) = visit.world.user(&id) else {
        return Reply::error("User doesn't exist").answer(age);
    };
    let organization = visit.world.organization(user.text("owner")).map(|one| one.display_name.as_str());
    let issuer = if age.names_organization_as_issuer() { organization.unwrap_or_default() } else { "Casdoor" };
    let mut data = json!({"enabled": false, "isPreferred": false, "mfaType": kind});
    if let Some(data) = data.as_object_mut() {
        if kind == "app" {
            let secret = totp::encode(&random::totp_key());
            data.insert("url".to_owned(), enrolment_uri(issuer, &id, &secret).into());
            data.insert("secret".to_owned(), secret.into());
        }
        data.insert("recoveryCodes".to_owned(), json!([random::uuid()]));
        data.insert("mfaRememberInHours".to_owned(), login::REMEMBER_HOURS.into());
    }
    Reply::ok(data).answer(age)
}

fn enrolment_uri(issuer: &str, id: &str, secret: &str) -> String {
    let issuer = issuer.replace(' ', "%20");
    format!("otpauth://totp/{issuer}:{id}?algorithm=SHA1&digits=6&issuer={issuer}&period=30&secret={secret}")
}

/// `POST /api/mfa/setup/verify`: checks a passcode and stores nothing.
pub(super) fn verify(visit: &mut Visit<'_>) -> Answer {
    let form = &visit.call.form;
    let (kind, passcode, secret) = (form.text("mfaType"), form.text("passcode"), form.text("secret"));
    let reply = if kind.is_empty() || passcode.is_empty() {
        Reply::error("missing auth type or passcode")
    } else if kind == "app" && secret.is_empty() {
        Reply::error("totp secret is missing")
    } else {
        let checked = match kind {
            "app" => totp::check(secret, passcode, visit.call.now).map_err(SecondFactorError::from),
            _ => visit
                .world
                .user(&owner_and_name(visit))
                .map_or(Err(SecondFactorError::Kind), |user| user.prove(kind, passcode, visit.call.now)),
        };
        checked.map_or_else(|error| Reply::error(error.to_string()), |()| Reply::ok("OK"))
    };
    reply.answer(visit.world.age)
}

/// `POST /api/mfa/setup/enable`: stores the factor without checking a passcode.
pub(super) fn enable(visit: &mut Visit<'_>) -> Answer {
    let form = &visit.call.form;
    let (kind, secret, code) = (form.text("mfaType"), form.text("secret"), form.text("recoveryCodes"));
    let now = visit.call.now;
    let reply = if kind == "app" && secret.is_empty() {
        Reply::error("totp secret is missing")
    } else if code.is_empty() {
        Reply::error("recovery codes is missing")
    } else {
        let id = owner_and_name(visit);
        let change = |user: &mut crate::world::User| user.enable(kind, secret, form.text("dest"), code);
        visit.world.change_factors(&id, now, change).map_or_else(no_user, |_| Reply::ok("OK"))
    };
    reply.answer(visit.world.age)
}

/// `POST /api/delete-mfa`: removes all factors.
pub(super) fn delete(visit: &mut Visit<'_>) -> Answer {
    let (id, now) = (owner_and_name(visit), visit.call.now);
    let left = visit.world.change_factors(&id, now, crate::world::User::disable_all);
    left.map_or_else(no_user, Reply::ok).answer(visit.world.age)
}

/// `POST /api/set-preferred-mfa`
pub(super) fn prefer(visit: &mut Visit<'_>) -> Answer {
    let (id, now) = (owner_and_name(visit), visit.call.now);
    let kind = visit.call.form.text("mfaType");
    let now_set = visit.world.change_factors(&id, now, |user| user.set("preferredMfaType", kind));
    now_set.map_or_else(no_user, Reply::ok).answer(visit.world.age)
}

fn no_user() -> Reply {
    Reply::error("User doesn't exist")
}
