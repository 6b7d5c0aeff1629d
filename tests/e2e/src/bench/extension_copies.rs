//! Prepares copies of the built extension for measurements, with a vault that has a given number of accounts.

use super::popup_opening::Subject;
use super::worker_times::PASSWORD;
use crate::browser::Browser;
use crate::package::{POPUP, ask, copy, shipped};
use anyhow::{Context, Result};
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The first code in the popup.
const CODE: &str = "[data-row] [data-code]";

const SECRET_BYTES: usize = 20;

/// Loads a copy of the release build from `folder` with an unlocked vault of this many accounts. Returns two subjects:
/// one with the worker awake and one with the worker stopped.
pub fn load_copies(browser: &Browser, folder: &Path, accounts: usize) -> Result<[Subject; 2]> {
    copy(&shipped(), folder)?;
    without_key(&folder.join("manifest.json"))?;
    let extension = browser.load(folder)?;
    let page = browser.open(&extension.url("manifest.json"))?;
    ask(&page, &json!({ "do": "CreateVault", "password": PASSWORD }))?;
    for index in 0..accounts {
        let secret = BASE32_NOPAD.encode(format!("{index:020}").get(..SECRET_BYTES).unwrap_or_default().as_bytes());
        let form = json!({ "secret": secret, "issuer": format!("Issuer {index}"), "name": "alice@example.com" });
        ask(&page, &json!({ "do": "AddAccount", "form": form }))?;
    }
    page.close()?;
    let subject = |stops_worker: bool| Subject {
        name: format!("{accounts} accounts, worker {}", if stops_worker { "stopped" } else { "awake" }),
        extension: extension.clone(),
        popup: POPUP,
        code: CODE,
        stops_worker,
    };
    Ok([subject(false), subject(true)])
}

/// Removes the manifest key that fixes the extension's id, so that the copy gets its own id.
fn without_key(manifest: &Path) -> Result<()> {
    let mut fields: Value = serde_json::from_slice(&fs::read(manifest)?)?;
    fields.as_object_mut().context("the manifest is not an object")?.remove("key");
    Ok(fs::write(manifest, fields.to_string())?)
}
