//! `POST /api/login`: with a password, with another provider, with a second factor, or with the existing session.

use serde_json::{Map, Value, json};

use super::{RequestContext, consent, discovery, sso};
use crate::clock;
use crate::messages::{Reply, ServerResponse};
use crate::origin;
use crate::world::{Grant, SecondFactorError, User};

/// The number of wrong passwords after which a user is frozen.
const MAX_ATTEMPTS: u32 = 5;
/// How long a user is frozen, in seconds.
const FROZEN_SECONDS: i64 = 15 * 60;
/// The name of the only other provider.
const PROVIDER: &str = "provider-elsewhere";
/// The result of a sign-in that continues on the enrollment page.
const REQUIRED_MFA: &str = "RequiredMfa";
/// How long a second factor is remembered, in hours.
pub(super) const REMEMBER_HOURS: u64 = 12;
/// How long a second factor is remembered, in seconds.
const REMEMBER_SECONDS: i64 = 12 * 3600;

/// The sign-in form's fields, in the order in which the server echoes them.
const FORM: &str = "type signinMethod organization username password name firstName lastName gender bio tag education email phone \
    affiliation idCard language region invitationCode application clientId provider providerBack code state redirectUri method \
    codeVerifier emailCode phoneCode countryCode autoSignin relayState samlRequest samlResponse captchaType captchaToken \
    clientSecret mfaType passcode recoveryCode enableMfaRemember plan pricing faceId faceIdImage userCode";

/// The form as it was sent.
pub(super) struct Form(Map<String, Value>);

impl Form {
    /// Returns a text field; empty if it is missing.
    pub(super) fn text(&self, field: &str) -> &str {
        self.0.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn is(&self, field: &str) -> bool {
        self.0.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Returns the form with every field that the server knows, as it is echoed in an error.
    fn echo(&self) -> String {
        let value = |field: &str| -> Value {
            match field {
                "autoSignin" | "enableMfaRemember" => self.is(field).into(),
                "faceId" | "faceIdImage" => Value::Null,
                _ => self.text(field).into(),
            }
        };
        let field = |name: &str| format!("\"{name}\":{}", value(name));
        let fields: Vec<String> = FORM.split_whitespace().map(field).collect();
        format!("{{{}}}", fields.join(","))
    }
}

/// Handles `POST /api/login`.
pub(super) fn login(context: &mut RequestContext<'_>) -> ServerResponse {
    let release = context.world.release;
    let Some(form) = context.request.json().map(Form) else {
        return Reply::error("invalid character in the request's body").answer(release);
    };
    let reply = if !form.text("username").is_empty() {
        by_password(context, &form)
    } else if !form.text("provider").is_empty() {
        by_provider(context, &form)
    } else if context.session().pending.is_some() {
        by_second_factor(context, &form)
    } else if let Some(user) = context.caller() {
        if release.requires_factors_of_sessions() && lacks_required_factor(context, &user) {
            Reply::ok(REQUIRED_MFA)
        } else {
            signed_in(context, &form, &user)
        }
    } else {
        let words = format!("Unknown authentication type (not password or provider), form = {}", form.echo());
        Reply::error(words)
    };
    reply.answer(release)
}

fn by_password(context: &mut RequestContext<'_>, form: &Form) -> Reply {
    let now = context.request.now;
    let id = match find(context, form.text("organization"), form.text("username")) {
        Some(id) => id,
        None => {
            let words = format!("The user: {}/{} doesn't exist", form.text("organization"), form.text("username"));
            return Reply::error(words);
        }
    };
    let Some(user) = context.world.user_mut(&id) else {
        return Reply::error("expired user session");
    };
    if let Err(message) = check_password(user, form.text("password"), now) {
        return Reply::error(message);
    }
    first_factor_passed(context, form, id)
}

/// Completes a sign-in with another provider. The mock has only one, whose code is the user's name.
fn by_provider(context: &mut RequestContext<'_>, form: &Form) -> Reply {
    let provider = form.text("provider");
    if provider != PROVIDER {
        return Reply::error(format!("The provider: {provider} does not exist"));
    }
    let organization = context.world.application(form.text("application")).map(|found| found.organization.clone());
    match find(context, &organization.unwrap_or_default(), form.text("code")) {
        Some(id) => first_factor_passed(context, form, id),
        None => Reply::error("Failed to login in: the code is invalid"),
    }
}

/// Asks for the second factor if the user has one, and signs the user in otherwise.
fn first_factor_passed(context: &mut RequestContext<'_>, form: &Form, id: String) -> Reply {
    let now = context.request.now;
    if lacks_required_factor(context, &id) {
        context.session().user = Some(id);
        return Reply::ok(REQUIRED_MFA);
    }
    let Some(user) = context.world.user_mut(&id) else {
        return Reply::error("expired user session");
    };
    let needs_second_factor = user.has_second_factor() && now >= user.remembered_until;
    let factors = user.enabled_factors(REMEMBER_HOURS);
    if needs_second_factor && !factors.is_empty() {
        context.session().pending = Some(id);
        return Reply { data2: factors.into(), ..Reply::ok("NextMfa") };
    }
    signed_in(context, form, &id)
}

/// Returns true if the user's organization requires a second factor that the user has not enrolled.
fn lacks_required_factor(context: &RequestContext<'_>, id: &str) -> bool {
    let Some(user) = context.world.user(id) else { return false };
    let organization = context.world.organization(user.text("owner"));
    organization.is_some_and(|organization| organization.required_factors.iter().any(|kind| !user.has(kind)))
}

/// Finds a user by name, email address or phone number.
fn find(context: &RequestContext<'_>, organization: &str, name: &str) -> Option<String> {
    let matches = |user: &&User| {
        user.text("owner") == organization && ["name", "email", "phone"].iter().any(|field| user.text(field) == name)
    };
    context.world.users.iter().find(matches).map(User::id)
}

/// Checks a password, and counts the wrong ones.
pub(super) fn check_password(user: &mut User, password: &str, now: i64) -> Result<(), String> {
    const TOO_MANY: &str =
        "You have entered the wrong password or code too many times, please wait for 15 minutes and try again";
    if user.is("isForbidden") {
        return Err("The user is forbidden to sign in, please contact the administrator".to_owned());
    }
    if now < user.frozen_until {
        return Err(TOO_MANY.to_owned());
    }
    crate::world::touch(user, now);
    if user.password == password {
        user.wrong_times = 0;
        return Ok(());
    }
    user.wrong_times = user.wrong_times.saturating_add(1);
    if user.wrong_times >= MAX_ATTEMPTS {
        user.frozen_until = now.saturating_add(FROZEN_SECONDS);
        user.wrong_times = 0;
        return Err("password or code is incorrect, you have 0 remaining chances".to_owned());
    }
    let left = MAX_ATTEMPTS.saturating_sub(user.wrong_times);
    Err(format!("password or code is incorrect, you have {left} remaining chances"))
}

fn by_second_factor(context: &mut RequestContext<'_>, form: &Form) -> Reply {
    let id = context.session().pending.clone().unwrap_or_default();
    let (now, remembers) = (context.request.now, context.world.release.remembers_second_factor());
    let Some(user) = context.world.user_mut(&id) else {
        return Reply::error("expired user session");
    };
    let verified = if !form.text("passcode").is_empty() {
        user.verify_passcode(form.text("mfaType"), form.text("passcode"), now)
    } else if !form.text("recoveryCode").is_empty() {
        user.use_recovery_code(form.text("recoveryCode"))
    } else {
        Err(SecondFactorError::MissingCode)
    };
    if let Err(error) = verified {
        return Reply::error(error.to_string());
    }
    if form.is("enableMfaRemember") && remembers {
        user.remembered_until = now.saturating_add(REMEMBER_SECONDS);
        user.set("mfaRememberDeadline", clock::rfc3339(user.remembered_until));
    }
    let reply = signed_in(context, form, &id);
    context.session().pending = None;
    reply
}

/// Returns the result of a sign-in: a session, a code, or the approval of a device.
fn signed_in(context: &mut RequestContext<'_>, form: &Form, id: &str) -> Reply {
    let name = form.text("application");
    let Some(application) = context.world.application(name) else {
        return Reply::error(format!("The application: {name} does not exist"));
    };
    let keeps_session = application.signin_session;
    let must_change = context.world.user(id).is_some_and(|user| user.is("needUpdatePassword"));
    if must_change && !context.world.release.reports_password_change() {
        context.session().user = Some(id.to_owned());
        return Reply { data3: true.into(), ..Reply::ok("RequiredUpdatePassword") };
    }
    let mut reply = match form.text("type") {
        "login" => Reply::ok(id),
        "code" => code(context, form, id),
        "device" => approve(context, form, id),
        "cas" => sso::ticket(context),
        "saml" => sso::assertion(context, form, id),
        other => Reply::error(format!("unknown response type: {other}")),
    };
    if !reply.failed {
        let release = context.world.release;
        if ["login", "code"].contains(&form.text("type")) && release.reports_password_change() {
            let field = if release.has_third_data() { &mut reply.data3 } else { &mut reply.data2 };
            *field = must_change.into();
        }
        if form.text("type") == "login" || keeps_session {
            context.session().user = Some(id.to_owned());
        }
        let now = context.request.now;
        if let Some(user) = context.world.user_mut(id) {
            user.set("lastSigninTime", crate::clock::rfc3339(now));
            user.set("lastSigninIp", "127.0.0.1");
            crate::world::touch(user, now);
        }
    }
    reply
}

fn code(context: &mut RequestContext<'_>, form: &Form, id: &str) -> Reply {
    let query = &context.request.query;
    let (client_id, method) = (query.text("clientId"), query.text("code_challenge_method"));
    if !["S256", "null", ""].contains(&method) {
        return Reply::error("Challenge method should be S256");
    }
    let checked = discovery::check(context.world, client_id, query.text("responseType"), query.text("redirectUri"));
    if checked.failed {
        return Reply::error(checked.message).and("".into());
    }
    if consent::is_needed(context, client_id, query.text("scope"), id) {
        context.session().user = Some(id.to_owned());
        return Reply::ok(json!({ "required": true }));
    }
    let challenge = query.text("code_challenge");
    let grant = Grant {
        user: id.to_owned(),
        client_id: client_id.to_owned(),
        scope: query.text("scope").to_owned(),
        signin_method: form.text("signinMethod").to_owned(),
        challenge: if challenge == "null" { String::new() } else { challenge.to_owned() },
        issuer: context.request.issuer(),
    };
    match context.world.mint(grant, context.request.now) {
        Some(token) => Reply::ok(token.code),
        None => Reply::error("The user doesn't exist"),
    }
}

fn approve(context: &mut RequestContext<'_>, form: &Form, id: &str) -> Reply {
    let user_code = form.text("userCode");
    let pending = |device: &&mut crate::world::Device| device.user_code.as_deref() == Some(user_code);
    match context.world.devices.iter_mut().find(pending) {
        Some(device) => {
            device.user_code = None;
            device.approved_by = Some(id.to_owned());
            Reply::ok(id)
        }
        None => Reply::error("UserCode Expired"),
    }
}

/// Returns `true` if the application accepts the redirect address.
pub(super) fn accepts_redirect(context: &RequestContext<'_>, client_id: &str, redirect_uri: &str) -> bool {
    context.world.client(client_id).is_some_and(|application| {
        origin::redirects_to(redirect_uri, application.redirect_uris.iter().map(String::as_str))
    })
}
