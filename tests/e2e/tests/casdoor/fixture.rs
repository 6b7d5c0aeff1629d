//! A browser with a vault and an open options page, and a server.

use anyhow::{Context, Result, ensure};
use casdoor_authenticator::app::protocol::Message;
use e2e::package::{Installed, OPTIONS, granted, root, with_demo_server};
use e2e::page::Page;
use e2e::server::HOST;
use e2e::user::{self, VAULT_PASSWORD};
use mock_casdoor::{MockServer, Options, PASSWORD};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A secret that belongs to no user.
pub const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The browser and the server of a test.
pub struct Setup {
    pub installed: Installed,
    pub server: MockServer,
    /// The options page.
    pub tab: Page,
    _package: Option<TempDir>,
}

impl Setup {
    /// Creates a vault without accounts or connections.
    pub fn new() -> Self {
        let server = server();
        Self::with(server, Installed::headless().unwrap(), None)
    }

    /// Starts the setup with a package whose demo server is the mock server.
    pub fn with_demo() -> Self {
        let server = server();
        let package = with_demo_server(&granted(), &server.url(HOST)).unwrap();
        let installed = Installed::start(package.path(), &e2e::browser::Options::default()).unwrap();
        Self::with(server, installed, Some(package))
    }

    pub fn with(server: MockServer, installed: Installed, package: Option<TempDir>) -> Self {
        let tab = installed.open(OPTIONS).unwrap();
        let setup = Self { installed, server, tab, _package: package };
        let created = setup.ask(json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true }));
        assert!(created["Ok"]["account_list"].is_object(), "the vault was not created: {created}");
        setup.go("connect");
        setup
    }

    /// Returns the server's address.
    pub fn address(&self) -> String {
        self.server.url(HOST)
    }

    /// Opens a section of the options page again.
    pub fn go(&self, section: &str) {
        let url = self.installed.extension.url(&format!("{OPTIONS}#{section}"));
        // A background tab is not painted and would never be ready.
        self.tab.activate().unwrap();
        self.tab.navigate("about:blank#between").unwrap();
        self.tab.navigate(&url).unwrap();
        self.tab.wait_for("document.body.hasAttribute('data-ready')").unwrap();
    }

    /// Opens the form for another connection.
    pub fn connect_another(&self) {
        self.go(&format!("connect?server={}", self.address().replace(':', "%3A").replace('/', "%2F")));
    }

    /// Sends a request to the worker. A failure is also returned as a reply.
    pub fn ask(&self, request: Value) -> Value {
        self.tab.evaluate(&format!("chrome.runtime.sendMessage({{ page: {request} }})")).unwrap()
    }

    /// Connects a user of an organization by the server's address, without selecting accounts. Afterwards the browser
    /// is signed in to the server's pages as that user.
    pub fn connect(&self, organization: &str, user: &str) {
        user::sign_out_of_pages(&self.tab).unwrap();
        self.connect_another();
        user::ask_to_connect(&self.tab, &self.address()).unwrap();
        user::sign_in_window_of(&self.installed, &self.tab, organization, user, PASSWORD).unwrap();
        user::join_nothing(&self.tab).unwrap();
    }

    /// Connects as pia, whose organization is configured correctly, with a token instead of the page.
    pub fn connect_pia(&self) {
        self.connect_by_token("private-client", "private/pia");
    }

    /// Connects with a token, and allows accounts to be sent.
    pub fn connect_by_token(&self, client_id: &str, user: &str) {
        let code = self.code(client_id, user);
        let reply = self.ask(json!({ "do": "ConnectByCode", "code": code, "allow_http": true }));
        assert!(reply["Ok"].is_object(), "{reply}");
        let connection = reply["Ok"]["connection"]["id"].clone();
        self.ask(json!({ "do": "SelectAccounts", "connection": connection, "accounts": [], "new_accounts": "server" }));
    }

    /// Returns a connection code.
    pub fn code(&self, client_id: &str, user: &str) -> String {
        let token = self.server.token(client_id, user, HOST).unwrap();
        format!("casdoor-authenticator://login?serverUrl={}&accessToken={token}", self.address())
    }

    /// Returns the connections as the options page lists them.
    pub fn connections(&self) -> Vec<Value> {
        let reply = self.ask(json!({ "do": "ListConnections" }));
        reply["Ok"].as_array().cloned().unwrap_or_default()
    }

    /// Returns the id of the only connection.
    pub fn connection(&self) -> Value {
        self.connections().first().unwrap()["connection"]["id"].clone()
    }

    /// Adds an account that is stored on the only connection, and returns its id.
    pub fn add(&self, name: &str) -> String {
        let keep = json!({ "connection": self.connection() });
        let form = json!({ "secret": SECRET, "issuer": "Acme", "name": name, "keep": keep });
        let reply = self.ask(json!({ "do": "AddAccount", "form": form }));
        let rows = reply["Ok"]["account_list"]["rows"].as_array().cloned().unwrap_or_default();
        let row = rows.iter().find(|row| row["name"] == name).unwrap();
        row["id"].as_str().unwrap().to_owned()
    }

    /// Syncs now, and returns the message.
    pub fn sync(&self) -> String {
        let reply = self.ask(json!({ "do": "SyncNow" }));
        english(&reply)
    }

    /// Returns the names of the accounts in the vault, sorted.
    pub fn names(&self) -> Vec<String> {
        let reply = self.ask(json!({ "do": "ReadScreen" }));
        let rows = reply["Ok"]["account_list"]["rows"].as_array().cloned().unwrap_or_default();
        let mut names: Vec<String> =
            rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    }

    /// Returns the names of the rows that the server has stored, in their order.
    pub fn stored(&self, user: &str) -> Vec<String> {
        let rows = self.server.user(user).unwrap().mfa_accounts.as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["accountName"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Opens the popup over an empty page.
    pub fn popup(&self) -> (Page, Page) {
        let page = self.installed.browser.open("about:blank#page").unwrap();
        let popup = self.installed.popup(&page).unwrap();
        (page, popup)
    }

    /// Returns the badge text of the icon.
    pub fn badge(&self) -> String {
        let text = self.tab.evaluate("chrome.action.getBadgeText({})").unwrap();
        text.as_str().unwrap_or_default().to_owned()
    }
}

/// Starts the mock server with its pages.
pub fn server() -> MockServer {
    let start = || -> Result<MockServer> {
        let web = root().join("dist/mock-casdoor-web");
        ensure!(web.is_dir(), "the mock server's pages are not bundled: cargo xtask demo");
        MockServer::start(Options { web, sample: true, ..Options::default() }).context("no free port")
    };
    start().unwrap()
}

/// Returns a row as the mobile app writes it.
pub fn row(name: &str) -> Value {
    json!({ "accountName": name, "issuer": "Phone", "secretKey": SECRET, "origin": "phone-1" })
}

/// Returns the English text of a reply's message.
pub fn english(reply: &Value) -> String {
    let message = reply.get("Ok").or_else(|| reply.get("Err")).cloned().unwrap_or_default();
    serde_json::from_value::<Message>(message).unwrap_or_default().to_string()
}
