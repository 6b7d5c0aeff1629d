//! Measures the time from the appearance of Casdoor's passcode field until it is filled automatically.

use super::worker_times::{PASSWORD, Work};
use crate::browser::Options;
use crate::package::{Installed, ask, granted, root};
use crate::page::Page;
use crate::server::HOST;
use crate::user;
use anyhow::{Context, Result};
use mock_casdoor::MockServer;
use serde_json::{Value, json};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const RECOVERY: &str = "00000000-0000-4000-8000-000000000000";

/// Runs in every document and records the milliseconds from the appearance of the cells until all are filled. It polls
/// every few milliseconds, because changes of the cells by the page cause no events.
const WATCH: &str = "(() => {
    const cells = () => [...document.querySelectorAll('div#passcode.ant-otp input')];
    let appeared;
    const look = () => {
        if (!cells().every(cell => cell.value)) return;
        clearInterval(looking);
        sessionStorage.filledAfter ??= performance.now() - appeared;
    };
    let looking;
    const observer = new MutationObserver(() => {
        if (cells().length === 0) return;
        observer.disconnect();
        appeared = performance.now();
        looking = setInterval(look, 2);
    });
    observer.observe(document, { childList: true, subtree: true });
})()";

/// Signs in this many times with the worker awake, and this many times with the worker stopped.
pub fn measure_fills(rounds: usize) -> Result<[Work; 2]> {
    let web = root().join("dist/mock-casdoor-web");
    let server = MockServer::start(mock_casdoor::Options { web, ..Default::default() })?;
    let address = server.url(HOST);
    let options = Options { secure_origin: Some(&address), ..Options::default() };
    let installed = Installed::start(&granted(), &options)?;
    prepare(&installed, &address)?;
    server.enroll("acme/alice", SECRET, RECOVERY);
    let page = installed.browser.open("about:blank#fill")?;
    page.call("Page.enable", json!({}))?;
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH }))?;
    page.activate()?;
    let mut works = [("cells filled, worker awake", false), ("cells filled, worker stopped", true)]
        .map(|(name, _)| Work { name: name.into(), pieces: 1, milliseconds: Vec::new() });
    // The first round fills the browser's caches and is not measured.
    for round in 0..=rounds {
        for (work, stops) in works.iter_mut().zip([false, true]) {
            let took = sign_in(&installed, &page, &address, stops)?;
            work.milliseconds.extend(Some(took).filter(|_| round > 0));
        }
    }
    Ok(works)
}

/// Creates a vault that is connected to the server, with alice's account, which is filled automatically there.
fn prepare(installed: &Installed, address: &str) -> Result<()> {
    let page = installed.open("manifest.json")?;
    ask(&page, &json!({ "do": "CreateVault", "password": PASSWORD }))?;
    let tab = user::connect(installed, address, "alice", mock_casdoor::PASSWORD)?;
    user::join_nothing(&tab)?;
    tab.close()?;
    let form = json!({ "secret": SECRET, "issuer": "Acme Works", "name": "acme/alice" });
    let account_list = ask(&page, &json!({ "do": "AddAccount", "form": form }))?;
    let rows = account_list.pointer("/Ok/account_list/rows").and_then(Value::as_array).context("no rows")?;
    let row = rows.iter().find(|row| row.get("name").and_then(Value::as_str) == Some("acme/alice"));
    let id = row.and_then(|row| row.get("id")).context("alice's account was not added")?;
    ask(&page, &json!({ "do": "AllowSite", "id": id, "origin": address, "allowed": true }))?;
    let connections = ask(&page, &json!({ "do": "ListConnections" }))?;
    let connection = connections.pointer("/Ok/0/connection/id").context("not connected")?;
    ask(&page, &json!({ "do": "ChangeConnection", "connection": connection, "fills_automatically": true }))?;
    page.close()
}

fn sign_in(installed: &Installed, page: &Page, address: &str, stops: bool) -> Result<f64> {
    page.call("Network.clearBrowserCookies", json!({}))?;
    page.navigate(&format!("{address}/login/acme"))?;
    page.evaluate("sessionStorage.clear()")?;
    if stops {
        installed.extension.stop_worker()?;
    } else {
        installed.extension.worker("true")?;
    }
    user::sign_in(page, "alice", mock_casdoor::PASSWORD)?;
    let took = page.wait_for("sessionStorage.filledAfter")?;
    took.as_str().and_then(|took| took.parse().ok()).context("no time was measured")
}
