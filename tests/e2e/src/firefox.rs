//! Starts a separate headless Firefox with a fresh profile and no network except loopback, and installs the extension.
//!
//! Firefox is controlled over WebDriver BiDi. Actions outside of pages, such as a click on the toolbar button, use the
//! browser's own window, which the protocol can access with `--remote-allow-system-access`.

use crate::bidi;
use crate::browser_process::{address, end};
use crate::devtools::{Connection, text, until};
use crate::package::{WELCOME, root};
use crate::page::Page;
use crate::policies::PolicyFolder;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;
use tempfile::TempDir;

/// The extension's id in its manifest.
pub const ID: &str = "authenticator@casdoor.org";
/// The host of the extension's pages. Without this preference, Firefox would generate a random one.
const HOST: &str = "6f2d1d0e-6f0c-4a53-9c1e-2f1f6b0f8a11";
/// Names that resolve to this machine, so that servers see public-looking names.
const LOCAL_NAMES: &str = "id.acme.test,shop.acme.test";

/// Returns the folder of the Firefox package. The released package is tested without changes.
pub fn shipped() -> PathBuf {
    root().join("dist/firefox")
}

/// A running Firefox with the extension. When dropped, it ends with all its processes and its profile is deleted.
pub struct Firefox {
    connection: Rc<Connection>,
    child: Child,
    /// The browser's own window.
    window: String,
    profile: TempDir,
}

impl Firefox {
    /// Starts a browser with an empty profile, installs the extension in `folder`, and closes its welcome page.
    pub fn start(folder: &Path) -> Result<Self> {
        let firefox = Self::launch(folder, Command::new("firefox-esr"))?;
        let welcome = until("the welcome page opens", || {
            Ok(bidi::tabs(&firefox.connection)?.into_iter().find(|(url, _)| url.ends_with(WELCOME)))
        })?;
        firefox.connection.call("browsingContext.close", json!({ "context": welcome.1 }))?;
        Ok(firefox)
    }

    /// Starts a browser with managed policies, as an administrator installs them. The welcome page is then not shown.
    pub fn start_managed(folder: &Path, policies: &PolicyFolder) -> Result<Self> {
        Self::launch(folder, policies.command("firefox-esr"))
    }

    fn launch(folder: &Path, mut command: Command) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("e2e-firefox-").tempdir()?;
        std::fs::write(profile.path().join("user.js"), preferences(profile.path()))?;
        command
            .args([
                "--headless",
                "--no-remote",
                "--remote-debugging-port=0",
                "--remote-allow-system-access",
                "--profile",
            ])
            .arg(profile.path())
            .arg("about:blank")
            .env("HOME", profile.path())
            .env("MOZ_CRASHREPORTER_DISABLE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // A separate process group, so that one signal ends the browser and every process it started.
        let mut child = command.process_group(0).spawn().context("cannot start firefox-esr")?;
        let find = |line: &str| Some(line.split_once("WebDriver BiDi listening on ")?.1.to_owned());
        let stderr = child.stderr.take().context("firefox has no standard error");
        let address = stderr.and_then(|stderr| address("firefox-esr", stderr, find));
        let connected = address.and_then(|address| Connection::open(&format!("{address}/session")));
        // On an error before this point, there is no `Firefox` whose drop would end the process.
        let connection = match connected {
            Ok(connection) => Rc::new(connection),
            Err(error) => {
                end(&mut child);
                return Err(error);
            }
        };
        let mut firefox = Self { connection, child, window: String::new(), profile };
        firefox.connection.call("session.new", json!({ "capabilities": {} }))?;
        firefox.connection.call("session.subscribe", json!({ "events": ["log.entryAdded"] }))?;
        let windows = firefox.connection.call("browsingContext.getTree", json!({ "moz:scope": "chrome" }))?;
        text(&windows, "/contexts/0/context").clone_into(&mut firefox.window);
        let folder = folder.canonicalize().with_context(|| format!("no extension at {}", folder.display()))?;
        let package = json!({ "type": "path", "path": folder });
        firefox.connection.call("webExtension.install", json!({ "extensionData": package }))?;
        Ok(firefox)
    }

    /// Opens a page in a new foreground tab and waits until it has loaded.
    pub fn open(&self, url: &str) -> Result<Page> {
        let tab = self.connection.call("browsingContext.create", json!({ "type": "tab" }))?;
        let page = Page::of_context(&self.connection, text(&tab, "/context"));
        page.navigate(url)?;
        Ok(page)
    }

    /// Opens a page of the extension in a new foreground tab and waits until it has drawn its first screen.
    pub fn open_extension_page(&self, path: &str) -> Result<Page> {
        let page = self.open(&self.url(path))?;
        page.wait_for("document.body?.hasAttribute('data-ready')")?;
        Ok(page)
    }

    /// Waits for a page that the extension or a site opens and whose URL ends with this text.
    pub fn wait_for_page_ending(&self, address_end: &str) -> Result<Page> {
        let opened = until(&format!("a page at {address_end} opens"), || {
            Ok(bidi::tabs(&self.connection)?.into_iter().find(|(url, _)| url.ends_with(address_end)))
        })?;
        Ok(Page::of_context(&self.connection, &opened.1))
    }

    /// Returns the URL of one of the extension's files.
    pub fn url(&self, path: &str) -> String {
        format!("moz-extension://{HOST}/{path}")
    }

    /// Clicks the toolbar button over the foreground tab. The protocol does not list the popup, but the extension's
    /// other pages can access it with `chrome.extension.getViews`.
    pub fn click_toolbar_button(&self) -> Result<()> {
        self.in_window(&format!(
            "{{ const {{ ExtensionParent }} = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
                const {{ extension }} = WebExtensionPolicy.getByID({ID:?});
                ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window); }}"
        ))?;
        Ok(())
    }

    /// Ends the background page as the browser does when it is idle.
    pub fn stop_background(&self) -> Result<()> {
        let state = self.in_window(&format!(
            "{{ const {{ extension }} = WebExtensionPolicy.getByID({ID:?});
                await extension.terminateBackground();
                return extension.backgroundState; }}"
        ))?;
        if state != "stopped" {
            bail!("the background page is {state}");
        }
        Ok(())
    }

    /// Makes the browser report that mouse and keyboard have not been used for this many seconds.
    pub fn report_idle(&self, seconds: u32) -> Result<()> {
        self.in_window(&format!(
            "{{ const {{ ExtensionParent }} = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
                const idleService = {{ idleTime: {seconds} * 1000, addIdleObserver() {{}}, removeIdleObserver() {{}} }};
                Object.defineProperty(ExtensionParent.apiManager.global, 'idleService', {{ value: idleService, configurable: true }}); }}"
        ))?;
        Ok(())
    }

    /// Waits until a file whose name ends with this text was saved, and returns its bytes.
    pub fn wait_for_download(&self, name_end: &str) -> Result<Vec<u8>> {
        let folder = downloads(self.profile.path());
        until(&format!("a file {name_end} is saved"), || {
            let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(None) };
            let mut files = entries.flatten().map(|entry| entry.path());
            let file = files.find(|file| file.to_string_lossy().ends_with(name_end));
            // The browser creates an empty file first.
            Ok(file.and_then(|file| std::fs::read(file).ok()).filter(|bytes| !bytes.is_empty()))
        })
    }

    /// Signs the user out of every site.
    pub fn clear_cookies(&self) -> Result<()> {
        self.connection.call("storage.deleteCookies", json!({}))?;
        Ok(())
    }

    /// Returns errors that pages reported.
    pub fn problems(&self) -> Vec<String> {
        self.connection.problems()
    }

    /// Runs the body of a function in the browser's own window.
    pub fn in_window(&self, body: &str) -> Result<Value> {
        bidi::evaluate(&self.connection, &self.window, Duration::from_secs(30), &format!("(async () => {body})()"))
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // A browser that is asked to close ends its own child processes; the signal is for one that does not.
        let _ = self.connection.call_within(Duration::from_secs(2), None, "browser.close", json!({}));
        end(&mut self.child);
    }
}

fn downloads(profile: &Path) -> PathBuf {
    profile.join("downloads")
}

/// Returns the profile's preferences.
fn preferences(profile: &Path) -> String {
    let hosts = json!({ ID: HOST }).to_string();
    let preferences = [
        ("extensions.webextensions.uuids", json!(hosts)),
        ("network.dns.localDomains", json!(LOCAL_NAMES)),
        // All other names and addresses are sent to a proxy that does not exist.
        ("network.proxy.type", json!(1)),
        ("network.proxy.http", json!("127.0.0.1")),
        ("network.proxy.http_port", json!(9)),
        ("network.proxy.ssl", json!("127.0.0.1")),
        ("network.proxy.ssl_port", json!(9)),
        ("network.proxy.no_proxies_on", json!("127.0.0.1,localhost,.acme.test")),
        // Permission requests are granted without a prompt.
        ("extensions.webextOptionalPermissionPrompts", json!(false)),
        ("browser.download.folderList", json!(2)),
        ("browser.download.dir", json!(downloads(profile))),
        ("browser.download.always_ask_before_handling_new_types", json!(false)),
        ("intl.locale.requested", json!("en-US")),
        ("app.update.enabled", json!(false)),
        ("browser.shell.checkDefaultBrowser", json!(false)),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
    ];
    preferences.iter().map(|(name, value)| format!("user_pref({name:?}, {value});\n")).collect()
}
