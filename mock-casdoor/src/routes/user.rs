//! Reading users according to the organization's rules, and updating them with the same pitfalls as the real server.

use serde_json::Value;

use super::{Visit, login};
use crate::call::{Answer, Reply};
use crate::world::{self, Columns, User, Viewer};

/// `GET /api/get-user?id=` or `?userId=`
pub(super) fn get(visit: &mut Visit<'_>) -> Answer {
    read(visit).answer(visit.world.age)
}

fn read(visit: &Visit<'_>) -> Reply {
    let (world, query) = (&visit.world, &visit.call.query);
    let found = match query.text("userId") {
        "" => world.user(query.text("id")),
        uuid => world.user_by_uuid(uuid),
    };
    let Some(user) = found else {
        return Reply::ok(Value::Null);
    };
    let Some(organization) = world.organization(user.text("owner")) else {
        return Reply::error("The organization does not exist");
    };
    let caller = visit.caller();
    let viewer = viewer(visit, user);
    if !organization.is_profile_public && !viewer.is_self_or_admin {
        let words = if caller.is_none() { "Please login first" } else { "Unauthorized operation" };
        return Reply::error(words);
    }
    let mut record = world::masked(user);
    record.insert("multiFactorAuths".to_owned(), user.factors(0).into());
    if world.age.obeys_view_rules() {
        record = world::filtered(record, organization, viewer);
    }
    Reply::ok(Value::Object(record))
}

fn viewer(visit: &Visit<'_>, user: &User) -> Viewer {
    let caller = visit.caller();
    let is_admin = caller
        .as_ref()
        .and_then(|id| visit.world.user(id))
        .is_some_and(|caller| caller.is("isAdmin") && caller.text("owner") == user.text("owner"));
    Viewer { is_admin, is_self_or_admin: is_admin || caller == Some(user.id()) }
}

/// `POST /api/update-user?id=[&columns=]`
pub(super) fn update(visit: &mut Visit<'_>) -> Answer {
    write(visit).answer(visit.world.age)
}

fn write(visit: &mut Visit<'_>) -> Reply {
    let call = visit.call;
    let id = call.query.text("id");
    let Some(user) = visit.world.user(id) else {
        return Reply::error(format!("The user: {id} doesn't exist"));
    };
    let is_admin = viewer(visit, user).is_admin;
    let columns = Columns::parse(call.query.text("columns"), visit.world.age);
    match visit.world.update_user(id, &call.body, &columns, is_admin, call.now) {
        Ok(()) => Reply::ok("Affected"),
        Err(error) => Reply::error(error.to_string()),
    }
}

/// `POST /api/check-user-password`: the first step of the enrollment page.
pub(super) fn check_password(visit: &mut Visit<'_>) -> Answer {
    let (age, now) = (visit.world.age, visit.call.now);
    let body = visit.call.json().unwrap_or_default();
    let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = format!("{}/{}", text("owner"), text("name"));
    let reply = match visit.world.user_mut(&id) {
        None => Reply::error(format!("The user: {id} doesn't exist")),
        Some(user) => match login::check_password(user, text("password"), now) {
            Ok(()) => Reply::default(),
            Err(words) => Reply::error(words),
        },
    };
    reply.answer(age)
}
