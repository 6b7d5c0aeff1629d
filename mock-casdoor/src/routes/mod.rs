//! Routes a request through Casdoor's checks to the handler of its path.

mod account;
mod consent;
mod device;
mod discovery;
mod filters;
mod login;
mod mfa;
mod oauth;
mod sso;
mod user;

use crate::messages::{ServerRequest, ServerResponse, filter_error};
use crate::world::{Session, World};
use crate::{clock, random};

/// The session cookie's name.
const SESSION_COOKIE: &str = "casdoor_session_id";
/// Lifetime of the session cookie, in seconds.
const SESSION_SECONDS: i64 = 2_592_000;

/// A request with its session.
pub(crate) struct RequestContext<'a> {
    /// The server's data.
    pub world: &'a mut World,
    /// The request.
    pub request: &'a ServerRequest,
    /// The session's id.
    pub session: String,
}

impl RequestContext<'_> {
    /// Returns the session.
    pub fn session(&mut self) -> &mut Session {
        self.world.sessions.entry(self.session.clone()).or_default()
    }

    /// Returns the signed-in user as `owner/name`.
    pub fn caller(&self) -> Option<String> {
        self.world.sessions.get(&self.session)?.user.clone()
    }
}

type Handler = fn(&mut RequestContext<'_>) -> ServerResponse;

/// The API: method, path, handler.
const API: &[(&str, &str, Handler)] = &[
    ("GET", "/api/health", discovery::health),
    ("GET", "/api/get-organization-names", discovery::organization_names),
    ("GET", "/api/get-application", discovery::application),
    ("GET", "/api/get-default-application", discovery::default_application),
    ("GET", "/api/get-app-login", discovery::app_login),
    ("GET", "/.well-known/openid-configuration", discovery::openid_configuration),
    ("POST", "/api/login", login::login),
    ("POST", "/api/grant-consent", consent::grant),
    ("POST", "/api/login/oauth/access_token", oauth::access_token),
    ("POST", "/api/login/oauth/refresh_token", oauth::refresh_token),
    ("POST", "/api/device-auth", device::authorize),
    ("GET", "/api/get-account", account::account),
    ("GET", "/api/userinfo", account::userinfo),
    ("POST", "/api/userinfo", account::userinfo),
    ("GET", "/api/logout", account::logout),
    ("POST", "/api/logout", account::logout),
    ("POST", "/api/sso-logout", account::sign_out_everywhere),
    ("GET", "/api/sso-logout", account::sign_out_everywhere),
    ("GET", "/api/get-user", user::get),
    ("POST", "/api/update-user", user::update),
    ("POST", "/api/check-user-password", user::check_password),
    ("POST", "/api/set-password", user::set_password),
    ("POST", "/api/mfa/setup/initiate", mfa::initiate),
    ("POST", "/api/mfa/setup/verify", mfa::verify),
    ("POST", "/api/mfa/setup/enable", mfa::enable),
    ("POST", "/api/delete-mfa", mfa::delete),
    ("POST", "/api/set-preferred-mfa", mfa::prefer),
];

/// Handles an API request; `None` if the path is not part of the API.
pub(crate) fn answer(world: &mut World, request: &ServerRequest) -> Option<ServerResponse> {
    let is_api = request.path.starts_with("/api/") || request.path.starts_with("/.well-known/");
    is_api.then(|| {
        let (session, is_new) = session_of(world, request);
        let mut context = RequestContext { world, request, session: session.clone() };
        let mut answer = filters::run(&mut context, handle);
        if is_new {
            answer.headers.insert(0, ("set-cookie", session_cookie(&session, request.now)));
        }
        answer
    })
}

/// Returns where `/login/oauth/authorize` redirects a signed-in browser, if the application redirects immediately.
pub(crate) fn signed_in_redirect(world: &mut World, request: &ServerRequest) -> Option<String> {
    let (session, _) = session_of(world, request);
    oauth::automatic_redirect(&mut RequestContext { world, request, session })
}

fn handle(context: &mut RequestContext<'_>) -> ServerResponse {
    let request = context.request;
    let found =
        API.iter().find(|(method, path, _)| *method == request.method && *path == request.path.trim_end_matches('/'));
    match found {
        Some((_, _, handler)) => handler(context),
        // Casdoor's policy rejects unknown paths before it checks whether they exist.
        None => filter_error("Unauthorized operation"),
    }
}

fn session_of(world: &mut World, request: &ServerRequest) -> (String, bool) {
    if let Some(known) = request.session.as_ref().filter(|id| world.sessions.contains_key(*id)) {
        return (known.clone(), false);
    }
    let id = random::session_id();
    world.sessions.insert(id.clone(), Session::default());
    (id, true)
}

fn session_cookie(id: &str, now: i64) -> String {
    let expires = clock::http_date(now.saturating_add(SESSION_SECONDS));
    format!("{SESSION_COOKIE}={id}; Path=/; Expires={expires}; Max-Age={SESSION_SECONDS}; HttpOnly")
}

/// Returns the session cookie's value from a `Cookie` header.
pub(crate) fn session_in(cookies: &str) -> Option<String> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value.to_owned())
}

/// Returns the cookie with the server's configuration for the pages.
pub(crate) fn web_config_cookie() -> String {
    let config = r#"{"showGithubCorner":false,"forceLanguage":"en","defaultLanguage":"en","isDemoMode":false,"staticBaseUrl":"https://cdn.casbin.org","aiAssistantUrl":"","defaultApplication":"app-built-in","maxItemsForFlatMenu":7}"#;
    format!("jsonWebConfig={config}; Path=/")
}
