//! Measures a sync: requests, bytes, and the time in which another client's change could be overwritten.

use crate::browser::Browser;
use crate::extension::Extension;
use crate::package::ask;
use crate::page::Page;
use crate::server::HOST;
use anyhow::{Context, Result};
use mock_casdoor::{MockServer, Options};
use serde_json::{Value, json};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// One sync as the server observed it.
pub struct SyncCost {
    /// The change before the sync.
    pub name: String,
    /// The number of requests.
    pub requests: usize,
    /// Bytes of the request bodies.
    pub sent: usize,
    /// Bytes of the response bodies.
    pub received: usize,
    /// Milliseconds between a write and the last read before it.
    pub gap_ms: Option<u64>,
}

/// Syncs a vault of this many accounts without changes, and again after one account was added.
pub fn measure_syncs(browser: &Browser, extension: &Extension, accounts: u32) -> Result<[SyncCost; 2]> {
    let server = MockServer::start(Options::default())?;
    let rows: Vec<Value> = (0..accounts)
        .map(|n| json!({ "accountName": format!("user {n}"), "issuer": "Issuer", "secretKey": SECRET, "origin": "a phone" }))
        .collect();
    server.set_mfa_accounts("private/pia", json!(rows));
    let page = browser.open(&extension.url("manifest.json"))?;
    ask(&page, &json!({ "do": "CreateVault", "password": "correct horse battery", "pbkdf2": true }))?;
    let connection = connect(&page, &server)?;
    let quiet = observed(&page, &server, format!("{accounts} accounts, no changes"))?;
    let form = json!({ "secret": SECRET, "issuer": "Acme", "name": "new", "keep": { "connection": connection } });
    ask(&page, &json!({ "do": "AddAccount", "form": form }))?;
    let changed = observed(&page, &server, format!("{accounts} accounts, one added"))?;
    page.close()?;
    Ok([quiet, changed])
}

fn connect(page: &Page, server: &MockServer) -> Result<Value> {
    let token = server.token("private-client", "private/pia", HOST).context("pia has no token")?;
    let code = format!("casdoor-authenticator://login?serverUrl={}&accessToken={token}", server.url(HOST));
    let reply = ask(page, &json!({ "do": "ConnectByCode", "code": code, "allow_http": true }))?;
    let connection = reply.pointer("/Ok/connection/id").cloned().context("there is no connection")?;
    ask(page, &json!({ "do": "SelectAccounts", "connection": connection, "accounts": [], "new_accounts": "server" }))?;
    Ok(connection)
}

fn observed(page: &Page, server: &MockServer, name: String) -> Result<SyncCost> {
    server.clear_requests();
    ask(page, &json!({ "do": "SyncNow" }))?;
    let asked = server.requests();
    let written = asked.iter().position(|line| line.path == "/api/update-user");
    let gap = written.and_then(|at| {
        let (before, write) = (asked.get(..at)?, asked.get(at)?);
        let read = before.iter().rev().find(|line| line.path == "/api/get-user")?;
        write.at_ms.checked_sub(read.at_ms)
    });
    Ok(SyncCost {
        name,
        requests: asked.len(),
        sent: asked.iter().map(|line| line.body_bytes).sum(),
        received: asked.iter().map(|line| line.answer_bytes).sum(),
        gap_ms: gap,
    })
}
