//! Reading users according to the organization's rules, and updating them with the same pitfalls as the real server.

use serde_json::Value;

use super::{RequestContext, login};
use crate::messages::{Reply, ServerResponse};
use crate::world::{self, Columns, User, Viewer};

/// Handles `GET /api/get-user?id=` and `GET /api/get-user?userId=`.
pub(super) fn get(context: &mut RequestContext<'_>) -> ServerResponse {
    read(context).answer(context.world.release)
}

fn read(context: &RequestContext<'_>) -> Reply {
    let (world, query) = (&context.world, &context.request.query);
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
    let caller = context.caller();
    let viewer = viewer(context, user);
    if !organization.is_profile_public && !viewer.is_self_or_admin {
        let words = if caller.is_none() { "Please login first" } else { "Unauthorized operation" };
        return Reply::error(words);
    }
    let mut record = world::masked(user);
    record.insert("multiFactorAuths".to_owned(), user.factors(0).into());
    if world.release.obeys_view_rules() {
        record = world::filtered(record, organization, viewer);
    }
    Reply::ok(Value::Object(record))
}

fn viewer(context: &RequestContext<'_>, user: &User) -> Viewer {
    let caller = context.caller();
    let is_admin = caller
        .as_ref()
        .and_then(|id| context.world.user(id))
        .is_some_and(|caller| caller.is("isAdmin") && caller.text("owner") == user.text("owner"));
    Viewer { is_admin, is_self_or_admin: is_admin || caller == Some(user.id()) }
}

/// Handles `POST /api/update-user?id=[&columns=]`.
pub(super) fn update(context: &mut RequestContext<'_>) -> ServerResponse {
    write(context).answer(context.world.release)
}

fn write(context: &mut RequestContext<'_>) -> Reply {
    let request = context.request;
    let id = request.query.text("id");
    let Some(user) = context.world.user(id) else {
        return Reply::error(format!("The user: {id} doesn't exist"));
    };
    let is_admin = viewer(context, user).is_admin;
    let columns = Columns::parse(request.query.text("columns"), context.world.release);
    match context.world.update_user(id, &request.body, &columns, is_admin, request.now) {
        Ok(()) => Reply::ok("Affected"),
        Err(error) => Reply::error(error.to_string()),
    }
}

/// Handles `POST /api/check-user-password`, the first step of the enrollment page.
pub(super) fn check_password(context: &mut RequestContext<'_>) -> ServerResponse {
    let (release, now) = (context.world.release, context.request.now);
    let body = context.request.json().unwrap_or_default();
    let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = format!("{}/{}", text("owner"), text("name"));
    let reply = match context.world.user_mut(&id) {
        None => Reply::error(format!("The user: {id} doesn't exist")),
        Some(user) => match login::check_password(user, text("password"), now) {
            Ok(()) => Reply::default(),
            Err(words) => Reply::error(words),
        },
    };
    reply.answer(release)
}

/// Handles `POST /api/set-password`, which also completes a required change.
pub(super) fn set_password(context: &mut RequestContext<'_>) -> ServerResponse {
    let (release, now) = (context.world.release, context.request.now);
    let field = |key| context.request.parameter(key).to_owned();
    let id = format!("{}/{}", field("userOwner"), field("userName"));
    let (old, new) = (field("oldPassword"), field("newPassword"));
    let is_self = context.caller().as_deref() == Some(id.as_str());
    let reply = match context.world.user_mut(&id).filter(|_| is_self) {
        None => Reply::error("Unauthorized operation"),
        Some(_) if new.is_empty() => Reply::error("New password cannot be empty"),
        Some(user) => match login::check_password(user, &old, now) {
            Ok(()) => {
                user.password = new;
                user.set("needUpdatePassword", false);
                Reply::default()
            }
            Err(words) => Reply::error(words),
        },
    };
    reply.answer(release)
}
