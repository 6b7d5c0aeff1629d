//! The extension as built by `cargo xtask build`.

use crate::browser::{Browser, Options};
use crate::devtools::{text, until};
use crate::extension::Extension;
use crate::page::Page;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The popup's document.
pub const POPUP: &str = "popup.html";

/// Maximum number of clicks on the toolbar button until a popup stays open.
const MAX_CLICKS: u32 = 3;

/// The page that opens after the installation.
pub const WELCOME: &str = "options.html#welcome";

/// The options page, where users also connect to servers.
pub const OPTIONS: &str = "options.html";

/// Returns the complete JSON examples of the administration guide that contain a value at this pointer.
///
/// # Errors
/// The guide cannot be read, or an example is not JSON.
pub fn guide_examples(pointer: &str) -> Result<Vec<Value>> {
    let guide = std::fs::read_to_string(root().join("docs/administration.md"))?;
    let texts = guide.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let examples = texts.map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    Ok(examples.into_iter().filter(|example| example.pointer(pointer).is_some()).collect())
}

/// Returns the folder of the release build.
pub fn shipped() -> PathBuf {
    root().join("dist/chrome")
}

/// Returns the folder of the release build with host permissions for the test servers, because a headless browser shows
/// no prompt that a test could answer.
pub fn granted() -> PathBuf {
    root().join("dist/test-chrome")
}

/// Copies an extension, so that a test can modify it. The copy is deleted when dropped.
pub fn copied(folder: &Path) -> Result<tempfile::TempDir> {
    let copied = tempfile::Builder::new().prefix("e2e-package-").tempdir()?;
    copy(folder, copied.path()).context("build it first: cargo xtask build")?;
    Ok(copied)
}

/// Copies an extension and sets its demo server to `address`, with the mock server's application. The copy is deleted
/// when dropped.
pub fn with_demo_server(folder: &Path, address: &str) -> Result<tempfile::TempDir> {
    let copied = copied(folder)?;
    let demo = serde_json::json!({
        "server": address, "clientId": "acme-client", "application": "app-acme", "organization": "acme",
    });
    std::fs::write(copied.path().join("demo-server.json"), demo.to_string())?;
    Ok(copied)
}

/// Copies a folder recursively.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Returns the project's root folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A browser with the extension installed.
pub struct Installed {
    /// The extension.
    pub extension: Extension,
    /// The browser, which ends when this value is dropped.
    pub browser: Browser,
}

impl Installed {
    /// Starts a headless browser with the extension and access to the test hosts.
    pub fn headless() -> Result<Self> {
        Self::start(&granted(), &Options::default())
    }

    /// Starts a browser with the extension in `folder`, and closes the page that opens after the installation.
    pub fn start(folder: &Path, options: &Options) -> Result<Self> {
        let browser = Browser::start(options)?;
        let extension = browser.load(folder).context("build it first: cargo xtask build")?;
        extension.close_welcome_page()?;
        Ok(Self { extension, browser })
    }

    /// Opens a page of the extension in a tab.
    pub fn open(&self, path: &str) -> Result<Page> {
        self.browser.open(&self.extension.url(path))
    }

    /// Clicks the toolbar button with `page` in front, and waits until the popup has drawn its first screen.
    ///
    /// The browser closes a popup when the focus moves, which may be late after a tab was closed or a page was clicked.
    /// The button is then clicked again, as a user would do.
    pub fn popup(&self, page: &Page) -> Result<Page> {
        for _ in 0..MAX_CLICKS {
            let popup = self.extension.open_popup(page, POPUP)?;
            let is_ready =
                || popup.evaluate("document.body.hasAttribute('data-ready')").is_ok_and(|value| value == true);
            let is_closed = || !popup.is_open();
            until("the popup is ready", || Ok((is_ready() || is_closed()).then_some(())))?;
            if popup.is_open() {
                return Ok(popup);
            }
        }
        bail!("the popup was closed {MAX_CLICKS} times before it was ready");
    }

    /// Replaces the stored text of the vault's latest version with the value of an expression that uses the old `text`,
    /// and clears the session.
    pub fn alter_vault(&self, change: &str) -> Result<()> {
        let tab = self.open("manifest.json")?;
        tab.evaluate(&format!(
            "chrome.storage.local.get('vault.last')
                .then(({{ 'vault.last': text }}) => chrome.storage.local.set({{ 'vault.last': {change} }}))
                .then(() => chrome.storage.session.clear())"
        ))?;
        tab.close()?;
        self.extension.stop_worker()
    }
}

/// Sends a request to the worker from a page of the extension. Returns the JSON of its reply, whose answer is in `Ok`.
pub fn ask(page: &Page, request: &Value) -> Result<Value> {
    let reply = page.evaluate(&format!("chrome.runtime.sendMessage({{ page: {request} }})"))?;
    if let Some(message) = reply.get("Err") {
        bail!("{} failed: {message}", text(request, "/do"));
    }
    Ok(reply)
}
