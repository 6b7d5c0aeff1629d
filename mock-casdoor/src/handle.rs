//! Starting the server and holding it: what a test may see and change of it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::age::Age;
use crate::clock;
use crate::control::UserState;
use crate::fault::{Fault, Rule};
use crate::journal::RequestLine;
use crate::server::{self, Parts, Shared};
use crate::world::{self, Application, Grant, User, World};

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which Casdoor to be.
    pub age: Age,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Where the built pages are; only they need it.
    pub web: PathBuf,
    /// Seconds that the server's clock is ahead of the machine's.
    pub skew_seconds: i64,
    /// Whether alice has two accounts on the server from the start.
    pub sample: bool,
    /// Whether `/control/…` answers over HTTP.
    pub control: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            age: Age::default(),
            port: 0,
            web: PathBuf::from("dist/mock-casdoor-web"),
            skew_seconds: 0,
            sample: false,
            control: false,
        }
    }
}

/// The server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or the machine lacks what a listener needs.
    #[error("the mock server cannot listen on port {port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// Why not.
        source: io::Error,
    },
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct MockServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl MockServer {
    /// Starts a server on 127.0.0.1, in a thread of its own.
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
                    let _told = stopped.await;
                }
            });
        });
        Ok(Self { shared, address, stop: Some(stop), thread: Some(thread) })
    }

    /// Waits for as long as the server runs.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its address under that host name, which whoever uses it has to resolve to 127.0.0.1.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port())
    }

    /// Unix seconds by the server's clock.
    pub fn now(&self) -> i64 {
        self.shared.lock().now()
    }

    /// Puts the server's clock that many seconds ahead of the machine's, or behind.
    pub fn set_skew(&self, seconds: i64) {
        self.shared.lock().skew = seconds;
    }

    /// Makes it another Casdoor, with what it knows.
    pub fn set_age(&self, age: Age) {
        self.shared.lock().world.age = age;
    }

    /// From now on fails so on every path that begins with `on`.
    pub fn fail(&self, fault: Fault, on: &str) {
        self.add_rule(fault, on, None);
    }

    /// Fails so on the next requests to such paths, that many times.
    pub fn fail_times(&self, fault: Fault, on: &str, times: u32) {
        self.add_rule(fault, on, Some(times));
    }

    fn add_rule(&self, fault: Fault, on: &str, times: Option<u32>) {
        self.shared.lock().rules.push(Rule { fault, on: on.to_owned(), times });
    }

    /// Fails no more.
    pub fn calm(&self) {
        self.shared.lock().rules.clear();
    }

    /// What was asked so far (of the API and the pages, not their scripts).
    pub fn requests(&self) -> Vec<RequestLine> {
        self.shared.lock().journal.clone()
    }

    /// Forgets what was asked so far.
    pub fn forget_requests(&self) {
        self.shared.lock().journal.clear();
    }

    /// What is stored of the user `owner/name`.
    pub fn user(&self, id: &str) -> Option<UserState> {
        self.shared.lock().world.user(id).map(UserState::from)
    }

    /// Stores a list of accounts, as if another client had written it.
    pub fn set_mfa_accounts(&self, id: &str, accounts: Value) {
        self.change_user(id, |user| user.set("mfaAccounts", accounts));
    }

    /// Gives a user a second factor: TOTP with that base32 secret, and one recovery code.
    pub fn enrol(&self, id: &str, secret: &str, recovery_code: &str) {
        self.change_user(id, |user| user.enable("app", secret, "", recovery_code));
    }

    /// Gives a user one of `sms`, `email`, `radius`, `push`; the code that is never sent is 123456.
    pub fn enrol_other(&self, id: &str, kind: &str, recovery_code: &str) {
        self.change_user(id, |user| user.enable(kind, "", "5550100", recovery_code));
    }

    /// Chooses the factor that is asked for first.
    pub fn prefer(&self, id: &str, kind: &str) {
        self.change_user(id, |user| user.set("preferredMfaType", kind));
    }

    /// Forbids a user to sign in, or allows it again; existing tokens are refused.
    pub fn forbid(&self, id: &str, forbidden: bool) {
        self.change_user(id, |user| user.set("isForbidden", forbidden));
    }

    /// Makes a user an administrator of the organization, or no longer.
    pub fn set_administrator(&self, id: &str, is_administrator: bool) {
        self.change_user(id, |user| user.set("isAdmin", is_administrator));
    }

    /// Sets any field of a user's record.
    pub fn set_field(&self, id: &str, field: &str, value: Value) {
        self.change_user(id, |user| user.set(field, value));
    }

    /// Adds a user with the password of all.
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

    /// Ends all of a user's tokens, as a sign-out elsewhere does; refreshing fails too.
    pub fn expire_tokens(&self, id: &str) {
        self.shared.lock().world.expire_tokens(id);
    }

    /// Lets the access tokens of a user run out and leaves the refresh tokens good.
    pub fn age_tokens(&self, id: &str) {
        let mut parts = self.shared.lock();
        for token in parts.world.tokens.iter_mut().filter(|token| token.grant.user == id) {
            token.created = token.created.saturating_sub(token.expires_in.saturating_add(60));
        }
    }

    /// Seconds that new access and refresh tokens of an application live.
    pub fn set_token_seconds(&self, application: &str, access: i64, refresh: i64) {
        self.change_application(application, |application| {
            application.token_seconds = access;
            application.refresh_seconds = refresh;
        });
    }

    /// Whether an application sends a signed-in browser back with a code without asking.
    pub fn set_auto_signin(&self, application: &str, on: bool) {
        self.change_application(application, |application| application.auto_signin = on);
    }

    /// Whether signing in to an application also signs the browser in to the server.
    pub fn set_signin_session(&self, application: &str, on: bool) {
        self.change_application(application, |application| application.signin_session = on);
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

    /// Whether anybody may read an organization's users.
    pub fn set_profile_public(&self, organization: &str, is_public: bool) {
        let mut parts = self.shared.lock();
        if let Some(found) = parts.world.organizations.iter_mut().find(|one| one.name == organization) {
            found.is_profile_public = is_public;
        }
    }

    /// An access token for a user, as the password grant would give it to that client under that host name.
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
    let mut world = World::new(options.age, now);
    if options.sample
        && let Some(user) = world.user_mut("acme/alice")
    {
        user.set("mfaAccounts", sample_accounts());
    }
    let parts = Parts { world, skew: options.skew_seconds, rules: Vec::new(), journal: Vec::new() };
    Shared::new(parts, options.web.clone(), options.control)
}

/// Two accounts that a phone could have put on a user's list.
pub fn sample_accounts() -> Value {
    json!([
        {"accountName": "alice@example.com", "issuer": "GitHub", "secretKey": "JBSWY3DPEHPK3PXP", "origin": "11111111-1111-4111-8111-111111111111"},
        {"accountName": "alice", "issuer": "Example Cloud", "secretKey": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "origin": "11111111-1111-4111-8111-111111111111"},
    ])
}
