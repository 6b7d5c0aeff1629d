//! Starts the mock server, and lets tests inspect and change it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::clock;
use crate::control::UserState;
use crate::fault::{Fault, Rule};
use crate::release::Release;
use crate::request_log::RequestLine;
use crate::server::{self, Parts, Shared};
use crate::world::{self, Application, Grant, User, World};

/// The options for starting a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The release to imitate.
    pub release: Release,
    /// The port on 127.0.0.1; 0 for any free port.
    pub port: u16,
    /// The folder of the built pages; required only to serve pages.
    pub web: PathBuf,
    /// Seconds by which the server's clock is ahead of the machine's.
    pub skew_seconds: i64,
    /// True if the user alice has two accounts on the server from the start.
    pub sample: bool,
    /// True if `/control/…` is available over HTTP.
    pub control: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            release: Release::default(),
            port: 0,
            web: PathBuf::from("dist/mock-casdoor-web"),
            skew_seconds: 0,
            sample: false,
            control: false,
        }
    }
}

/// The error if the server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use, or the machine cannot open a listener.
    #[error("the mock server cannot listen on port {port}: {source}")]
    Listen {
        /// The requested port.
        port: u16,
        /// The cause.
        source: io::Error,
    },
}

/// A running mock server, which stops when this value is dropped.
#[derive(Debug)]
pub struct MockServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl MockServer {
    /// Starts a server on 127.0.0.1 in a separate thread.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let failed = |source| StartError::Listen { port, source };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let shared = Arc::new(shared(&options));
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                if let Ok(listener) = TcpListener::from_std(listener) {
                    tokio::spawn(server::run(listener, served));
                    let _signal = stopped.await;
                }
            });
        });
        Ok(Self { shared, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Waits until the server stops.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }

    /// Returns the listening address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the listening port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the server's URL with this host name, which the client must resolve to 127.0.0.1.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port())
    }

    /// Returns the server's time in Unix seconds.
    pub fn now(&self) -> i64 {
        self.shared.lock().now()
    }

    /// Sets the number of seconds by which the server's clock is ahead of the machine's; may be negative.
    pub fn set_skew(&self, seconds: i64) {
        self.shared.lock().skew = seconds;
    }

    /// Switches to another release and keeps all data.
    pub fn set_release(&self, release: Release) {
        self.shared.lock().world.release = release;
    }

    /// Injects a fault into all requests whose path begins with `on`.
    pub fn fail(&self, fault: Fault, on: &str) {
        self.add_rule(fault, on, None);
    }

    /// Injects a fault into the next `times` requests whose path begins with `on`.
    pub fn fail_times(&self, fault: Fault, on: &str, times: u32) {
        self.add_rule(fault, on, Some(times));
    }

    fn add_rule(&self, fault: Fault, on: &str, times: Option<u32>) {
        self.shared.lock().rules.push(Rule { fault, on: on.to_owned(), times });
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.lock().rules.clear();
    }

    /// Returns the requests received so far for the API and the pages, without those for scripts.
    pub fn requests(&self) -> Vec<RequestLine> {
        self.shared.lock().request_log.clone()
    }

    /// Clears the list of received requests.
    pub fn clear_requests(&self) {
        self.shared.lock().request_log.clear();
    }

    /// Returns what is stored for the user `owner/name`.
    pub fn user(&self, id: &str) -> Option<UserState> {
        self.shared.lock().world.user(id).map(UserState::from)
    }

    /// Stores a list of accounts, as if another client had written it.
    pub fn set_mfa_accounts(&self, id: &str, accounts: Value) {
        self.change_user(id, |user| user.set("mfaAccounts", accounts));
    }

    /// Adds a second factor to a user: TOTP with this base32 secret, and one recovery code.
    pub fn enroll(&self, id: &str, secret: &str, recovery_code: &str) {
        self.change_user(id, |user| user.enable("app", secret, "", recovery_code));
    }

    /// Adds one of `sms`, `email`, `radius` and `push` to a user. Its code, which is never sent, is 123456.
    pub fn enroll_other(&self, id: &str, kind: &str, recovery_code: &str) {
        self.change_user(id, |user| user.enable(kind, "", "5550100", recovery_code));
    }

    /// Sets the preferred second factor.
    pub fn set_preferred_factor(&self, id: &str, kind: &str) {
        self.change_user(id, |user| user.set("preferredMfaType", kind));
    }

    /// Forbids a user to sign in, or allows it again. While forbidden, existing tokens are rejected.
    pub fn forbid(&self, id: &str, forbidden: bool) {
        self.change_user(id, |user| user.set("isForbidden", forbidden));
    }

    /// Sets whether a user is an administrator of the organization.
    pub fn set_administrator(&self, id: &str, is_administrator: bool) {
        self.change_user(id, |user| user.set("isAdmin", is_administrator));
    }

    /// Sets any field of a user's record.
    pub fn set_field(&self, id: &str, field: &str, value: Value) {
        self.change_user(id, |user| user.set(field, value));
    }

    /// Adds a user with the shared test password.
    pub fn add_user(&self, owner: &str, name: &str) {
        let mut parts = self.shared.lock();
        let user = world::user(owner, name, parts.now());
        parts.world.users.push(user);
    }

    fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        let mut parts = self.shared.lock();
        let now = parts.now();
        parts.world.change_factors(id, now, change);
    }

    /// Expires all of a user's access and refresh tokens, as signing out elsewhere does.
    pub fn expire_tokens(&self, id: &str) {
        self.shared.lock().world.expire_tokens(id);
    }

    /// Expires a user's access tokens and leaves the refresh tokens valid.
    pub fn expire_access_tokens(&self, id: &str) {
        let mut parts = self.shared.lock();
        for token in parts.world.tokens.iter_mut().filter(|token| token.grant.user == id) {
            token.created = token.created.saturating_sub(token.expires_in.saturating_add(60));
        }
    }

    /// Sets the lifetime of an application's new access and refresh tokens, in seconds.
    pub fn set_token_seconds(&self, application: &str, access: i64, refresh: i64) {
        self.change_application(application, |application| {
            application.token_seconds = access;
            application.refresh_seconds = refresh;
        });
    }

    /// Sets whether an application immediately redirects a signed-in browser with a code.
    pub fn set_auto_signin(&self, application: &str, on: bool) {
        self.change_application(application, |application| application.auto_signin = on);
    }

    /// Sets whether signing in to an application also signs the browser in to the server.
    pub fn set_signin_session(&self, application: &str, on: bool) {
        self.change_application(application, |application| application.signin_session = on);
    }

    /// Sets the scopes that a user has to consent to before an application receives a code.
    pub fn set_custom_scopes(&self, application: &str, scopes: &[&str]) {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.change_application(application, |application| application.custom_scopes.clone_from(&scopes));
    }

    /// Requires a type of second factor, for example `app`, of each user of an organization.
    pub fn require_factor(&self, organization: &str, kind: &str) {
        let mut parts = self.shared.lock();
        if let Some(found) = parts.world.organizations.iter_mut().find(|one| one.name == organization) {
            found.required_factors.push(kind.to_owned());
        }
    }

    fn change_application(&self, name: &str, change: impl FnOnce(&mut Application)) {
        let mut parts = self.shared.lock();
        if let Some(application) = parts.world.applications.iter_mut().find(|one| one.name == name) {
            change(application);
        }
    }

    /// Sets the view rule of an organization's account item "MFA accounts"; `None` removes the item.
    pub fn set_view_rule(&self, organization: &str, rule: Option<&str>) {
        let mut parts = self.shared.lock();
        if let Some(found) = parts.world.organizations.iter_mut().find(|one| one.name == organization) {
            found.account_items.retain(|item| item.get("name") != Some(&json!("MFA accounts")));
            found.account_items.extend(rule.map(|rule| {
                json!({"name": "MFA accounts", "visible": true, "viewRule": rule, "modifyRule": "Self", "regex": "", "tab": ""})
            }));
        }
    }

    /// Sets whether anyone may read an organization's users.
    pub fn set_profile_public(&self, organization: &str, is_public: bool) {
        let mut parts = self.shared.lock();
        if let Some(found) = parts.world.organizations.iter_mut().find(|one| one.name == organization) {
            found.is_profile_public = is_public;
        }
    }

    /// Returns an access token for a user, as the password grant would issue it to this client for this host name.
    pub fn token(&self, client_id: &str, id: &str, host: &str) -> Option<String> {
        let mut parts = self.shared.lock();
        let now = parts.now();
        let grant = Grant {
            user: id.to_owned(),
            client_id: client_id.to_owned(),
            scope: "openid profile".to_owned(),
            issuer: self.url(host),
            ..Grant::default()
        };
        parts.world.mint(grant, now).map(|token| token.access)
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _stopped = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn shared(options: &Options) -> Shared {
    let now = clock::machine_seconds().saturating_add(options.skew_seconds);
    let mut world = World::new(options.release, now);
    if options.sample
        && let Some(user) = world.user_mut("acme/alice")
    {
        user.set("mfaAccounts", sample_accounts());
    }
    let parts = Parts { world, skew: options.skew_seconds, rules: Vec::new(), request_log: Vec::new() };
    Shared::new(parts, options.web.clone(), options.control)
}

/// Returns two accounts that a phone could have saved to a user's list.
pub fn sample_accounts() -> Value {
    json!([
        {"accountName": "alice@example.com", "issuer": "GitHub", "secretKey": "JBSWY3DPEHPK3PXP", "origin": "11111111-1111-4111-8111-111111111111"},
        {"accountName": "alice", "issuer": "Example Cloud", "secretKey": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "origin": "11111111-1111-4111-8111-111111111111"},
    ])
}
