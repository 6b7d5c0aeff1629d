//! The baseline of the popup measurements: the smallest popup that shows a code, with a static page, one storage read
//! and one HMAC with WebCrypto.

use anyhow::Result;
use serde_json::json;
use std::fs;
use std::path::Path;

/// The baseline's popup file.
pub const POPUP: &str = "popup.html";

/// The element that shows the baseline's code.
pub const CODE: &str = "#code";

const PAGE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Baseline</title>
<style>body { width: 360px; font: 16px system-ui } #code { font-size: 24px }</style>
<p>Example · alice <span id="code"></span></p><script type="module" src="popup.js"></script></html>
"#;

const SCRIPT: &str = r#"const { key = '3132333435363738393031323334353637383930' } = await chrome.storage.local.get('key');
const bytes = Uint8Array.from(key.match(/../g), pair => parseInt(pair, 16));
const step = new DataView(new ArrayBuffer(8));
step.setBigUint64(0, BigInt(Math.floor(Date.now() / 30000)));
const hmac = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
const digest = new DataView(await crypto.subtle.sign('HMAC', hmac, step));
const number = digest.getUint32(digest.getUint8(19) & 15) & 0x7fffffff;
document.querySelector('#code').textContent = String(number % 1000000).padStart(6, '0');
"#;

/// Writes the baseline extension to a folder.
pub fn write_baseline(folder: &Path) -> Result<()> {
    let manifest = json!({
        "manifest_version": 3, "name": "Baseline", "version": "1",
        "action": { "default_popup": POPUP }, "permissions": ["storage"],
    });
    fs::create_dir_all(folder)?;
    fs::write(folder.join("manifest.json"), manifest.to_string())?;
    fs::write(folder.join(POPUP), PAGE)?;
    fs::write(folder.join("popup.js"), SCRIPT)?;
    Ok(())
}
