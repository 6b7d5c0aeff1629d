//! Measures what users wait for: codes, unlocking, and scanning a page.
//!
//! Each time is measured in a page of the release build around the message that the popup sends, so it includes the
//! message transfer, the JSON of the reply, and, for a scan, the browser's screenshot.

use super::popup_opening::median;
use crate::browser::Browser;
use crate::extension::Extension;
use crate::other_site::{self, Answer};
use crate::package::{Installed, POPUP, ask, root};
use crate::page::Page;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// The password of the measured vaults.
pub(super) const PASSWORD: &str = "correct horse battery";

/// Browsers allow an extension two screenshots per second.
const CAPTURE_PAUSE_MS: u32 = 600;

/// A task, and the worker's time for it in each round.
pub struct Work {
    /// The task.
    pub name: String,
    /// The number of results per round: codes, or texts found.
    pub pieces: usize,
    /// Milliseconds per round.
    pub milliseconds: Vec<f64>,
}

impl Work {
    /// Returns results per second, based on the median.
    pub fn per_second(&self) -> f64 {
        let pieces = u32::try_from(self.pieces).unwrap_or(u32::MAX);
        1000.0 * f64::from(pieces) / median(self.milliseconds.iter().copied())
    }
}

/// Requests all upcoming codes of every account in an unlocked vault, as the popup does.
pub fn codes(browser: &Browser, extension: &Extension, rounds: usize) -> Result<Work> {
    let page = browser.open(&extension.url("manifest.json"))?;
    let (milliseconds, reply) = timed(&page, &json!({ "do": "ReadScreen" }), rounds, 0)?;
    let rows = reply.pointer("/Ok/account_list/rows").and_then(Value::as_array).context("no account list was sent")?;
    let codes = |row: &Value| row.get("codes").and_then(Value::as_str).map_or(0, |codes| codes.split(' ').count());
    page.close()?;
    Ok(Work {
        name: format!("an account list of {} accounts", rows.len()),
        pieces: rows.iter().map(codes).sum(),
        milliseconds,
    })
}

/// Unlocks the vault with the default key derivation, from the password until the list is complete.
pub fn unlock(browser: &Browser, extension: &Extension, rounds: usize) -> Result<Work> {
    let page = browser.open(&extension.url("manifest.json"))?;
    let mut milliseconds = Vec::new();
    for _ in 0..rounds {
        ask(&page, &json!({ "do": "LockVault" }))?;
        milliseconds.extend(timed(&page, &json!({ "do": "UnlockVault", "password": PASSWORD }), 1, 0)?.0);
    }
    page.close()?;
    Ok(Work { name: "unlock".into(), pieces: 1, milliseconds })
}

/// Opens each screenshot of Casdoor's pages that contains a QR code in a tab, and scans it from the popup.
pub fn scans(installed: &Installed, rounds: usize) -> Result<Vec<Work>> {
    let page = installed.open("manifest.json")?;
    ask(&page, &json!({ "do": "CreateVault", "password": PASSWORD }))?;
    page.close()?;
    let mut works = Vec::new();
    for picture in pictures()? {
        let name = picture.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        works.push(scan(installed, &name, fs::read(&picture)?, rounds)?);
    }
    Ok(works)
}

/// Clicks *Fill* on a page with this many fields, none of which takes a code. The page is described and searched, and
/// nothing is typed.
pub fn search(installed: &Installed, fields: usize, rounds: usize) -> Result<Work> {
    let row = |number: usize| format!("<tr><td>Order {number}<td>Open<td><input name=note{number}>");
    let rows: String = (0..fields).map(row).collect();
    let body = format!("<!doctype html><title>Orders</title><h1>Orders</h1><table>{rows}</table>").into_bytes();
    let address = other_site::serve(vec![Answer { path: "/", kind: "text/html", body }])?;
    let tab = installed.browser.open(&format!("{address}/"))?;
    let popup = installed.extension.open_popup(&tab, POPUP)?;
    ask(&popup, &json!({ "do": "CreateVault", "password": PASSWORD }))?;
    let form = json!({ "secret": "JBSWY3DPEHPK3PXP", "issuer": "Orders", "name": "alice" });
    let account_list = ask(&popup, &json!({ "do": "AddAccount", "form": form }))?;
    let id = account_list.pointer("/Ok/account_list/rows/0/id").cloned().context("the account was not added")?;
    ask(&popup, &json!({ "do": "AllowSite", "id": id, "origin": address, "allowed": true }))?;
    let (milliseconds, reply) = timed(&popup, &json!({ "do": "FillCode", "id": id }), rounds, 0)?;
    ensure!(reply.pointer("/Ok/filled/filled") == Some(&json!(false)), "a code was typed: {reply}");
    popup.close()?;
    tab.close()?;
    Ok(Work { name: format!("Fill, on a page with {fields} fields for something else"), pieces: 1, milliseconds })
}

fn scan(installed: &Installed, name: &str, picture: Vec<u8>, rounds: usize) -> Result<Work> {
    let tab = installed.browser.open(&other_site::with_picture(picture)?)?;
    // The viewport has the size of the image, because a user would scroll the code into view.
    let size = tab.wait_for(
        "(img => img.naturalWidth && [img.naturalWidth, img.naturalHeight])(document.querySelector('img'))",
    )?;
    let [width, height] = [0, 1].map(|index| size.get(index).cloned().unwrap_or_default());
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics)?;
    let popup = installed.extension.open_popup(&tab, POPUP)?;
    let (milliseconds, reply) = timed(&popup, &json!({ "do": "ScanTab" }), rounds, CAPTURE_PAUSE_MS)?;
    let accounts = reply.pointer("/Ok/cards").and_then(Value::as_array).map_or(0, Vec::len);
    let connections = usize::from(reply.pointer("/Ok/connection").is_some_and(Value::is_string));
    let found = accounts.saturating_add(connections);
    ensure!(found > 0, "no code was read from {name}: {reply}");
    popup.close()?;
    tab.close()?;
    Ok(Work { name: format!("scan {name}"), pieces: found, milliseconds })
}

/// Returns the paths of the screenshots that contain a QR code, sorted.
fn pictures() -> Result<Vec<PathBuf>> {
    let mut pictures = Vec::new();
    for entry in fs::read_dir(root().join("tests/fixtures/casdoor-pages"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".png") && (name.starts_with("setup-") || name.starts_with("account-qr-")) {
            pictures.push(path);
        }
    }
    pictures.sort();
    Ok(pictures)
}

/// Sends a request repeatedly with a pause in between. Returns the times and the last reply.
fn timed(page: &Page, request: &Value, rounds: usize, pause_ms: u32) -> Result<(Vec<f64>, Value)> {
    let measured = page.evaluate(&format!(
        "(async () => {{
            const times = [];
            let reply;
            for (let round = 0; round < {rounds}; round += 1) {{
                const start = performance.now();
                reply = await chrome.runtime.sendMessage({{ page: {request} }});
                times.push(performance.now() - start);
                await new Promise(done => setTimeout(done, {pause_ms}));
            }}
            return {{ times, reply }};
        }})()"
    ))?;
    let times = measured.get("times").and_then(Value::as_array).context("nothing was measured")?;
    let reply = measured.get("reply").cloned().unwrap_or_default();
    ensure!(reply.get("Err").is_none(), "the worker rejected the request: {reply}");
    Ok((times.iter().filter_map(Value::as_f64).collect(), reply))
}
