//! Starts a separate Chromium with a fresh profile and no network except loopback, and removes everything afterward.

use crate::browser_process::{address, end};
use crate::devtools::{Connection, text, until};
use crate::display::Display;
use crate::extension::Extension;
use crate::page::Page;
use crate::policies::PolicyFolder;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;
use tempfile::TempDir;

/// `*.acme.test` resolves to this machine, so that servers see public-looking names. No other name resolves.
const RESOLVER_RULES: &str = "MAP *.acme.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

const ARGUMENTS: [&str; 13] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-search-engine-choice-screen",
    "--password-store=basic",
    "--lang=en-US",
    "--remote-debugging-port=0",
    "--window-size=1280,900",
];

/// Options for starting a browser.
#[derive(Default)]
pub struct Options<'a> {
    /// The display to use; without one, the browser is headless.
    pub display: Option<&'a Display>,
    /// Physical pixels per CSS pixel, if not 1.
    pub scale: Option<f64>,
    /// Appears on the user's own display instead of headless, still with a fresh profile and without the sandbox.
    pub visible: bool,
    /// An http origin to treat as a secure context, as an administrator can configure by policy.
    pub secure_origin: Option<&'a str>,
    /// Additional command-line options, such as for a fake camera.
    pub arguments: &'a [String],
    /// Managed policies, as an administrator installs them.
    pub policies: Option<&'a PolicyFolder>,
    /// A configuration of fontconfig, if the fonts of the machine must not be used.
    pub fonts: Option<&'a Path>,
}

/// A running Chromium. When dropped, it ends with all its processes and its profile is deleted.
pub struct Browser {
    connection: Rc<Connection>,
    child: Child,
    profile: TempDir,
}

impl Browser {
    /// Starts a browser with an empty profile and connects to it.
    pub fn start(options: &Options) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("e2e-profile-").tempdir()?;
        let mut command = match options.policies {
            None => Command::new("chromium"),
            Some(policies) => policies.command("chromium"),
        };
        command
            .args(ARGUMENTS)
            .arg(format!("--host-resolver-rules={RESOLVER_RULES}"))
            .arg(format!("--user-data-dir={}", profile.path().display()));
        match options.display {
            Some(display) => drop(command.env("DISPLAY", display.name())),
            None if options.visible => {}
            None => drop(command.arg("--headless=new")),
        }
        if let Some(fonts) = options.fonts {
            command.env("FONTCONFIG_FILE", fonts);
        }
        if let Some(scale) = options.scale {
            command.arg(format!("--force-device-scale-factor={scale}"));
        }
        if let Some(origin) = options.secure_origin {
            command.arg(format!("--unsafely-treat-insecure-origin-as-secure={origin}"));
        }
        command.args(options.arguments);
        command.arg("about:blank").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // A separate process group, so that one signal ends the browser and every process it started.
        let mut child = command.process_group(0).spawn().context("cannot start chromium")?;
        let find = |line: &str| line.strip_prefix("DevTools listening on ").map(str::to_owned);
        let stderr = child.stderr.take().context("chromium has no standard error");
        let address = stderr.and_then(|stderr| address("chromium", stderr, find));
        match address.and_then(|address| Connection::open(&address)) {
            Ok(connection) => Ok(Self { connection: Rc::new(connection), child, profile }),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Loads an unpacked extension.
    pub fn load(&self, folder: &Path) -> Result<Extension> {
        let folder = folder.canonicalize().with_context(|| format!("no extension at {}", folder.display()))?;
        let loaded = self.connection.call("Extensions.loadUnpacked", json!({ "path": folder }))?;
        Ok(Extension::new(Rc::clone(&self.connection), text(&loaded, "/id").to_owned()))
    }

    /// Opens a page in a new foreground tab and waits until its document exists.
    pub fn open(&self, url: &str) -> Result<Page> {
        let target = self.connection.call("Target.createTarget", json!({ "url": url }))?;
        let page = Page::attach(&self.connection, text(&target, "/targetId"))?;
        page.wait_for("location.href !== 'about:blank' && document.readyState === 'complete'")
            .with_context(|| format!("{url} did not load"))?;
        Ok(page)
    }

    /// Waits for a page that the extension or a site opens, identified by a part of its URL, and attaches to it.
    pub fn wait_for_page(&self, address_part: &str) -> Result<Page> {
        until(&format!("a page at {address_part} opens"), || self.page_at(address_part))
    }

    /// Waits for a page whose URL ends with this text, which excludes one with a fragment.
    pub fn wait_for_page_ending(&self, address_end: &str) -> Result<Page> {
        until(&format!("a page at {address_end} opens"), || self.page_where(|address| address.ends_with(address_end)))
    }

    /// Returns the page whose URL contains this text, if it exists now.
    pub fn page_at(&self, address_part: &str) -> Result<Option<Page>> {
        self.page_where(|address| address.contains(address_part))
    }

    /// Waits for a document in the side panel whose URL ends with this text.
    pub fn wait_for_side_panel(&self, address_end: &str) -> Result<Page> {
        until(&format!("the side panel at {address_end} opens"), || {
            let is_wanted = |address: &str| address.ends_with(address_end);
            match self.target_where("other", is_wanted)? {
                None => self.page_where(is_wanted),
                found => Ok(found),
            }
        })
    }

    fn page_where(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Page>> {
        self.target_where("page", is_wanted)
    }

    fn target_where(&self, kind: &str, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Page>> {
        let targets = targets(&self.connection, kind)?;
        let found = targets.iter().find(|target| is_wanted(text(target, "/url")));
        found.map(|target| Page::attach(&self.connection, text(target, "/targetId"))).transpose()
    }

    /// Waits until the user closes the browser.
    pub fn wait(mut self) -> Result<()> {
        self.child.wait().context("cannot wait for chromium")?;
        Ok(())
    }

    /// Returns uncaught exceptions and errors reported by pages and workers.
    pub fn problems(&self) -> Vec<String> {
        self.connection.problems()
    }

    /// Returns the process id of the browser, which is also its process group.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Returns the profile's folder.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that is asked to close ends its own child processes; the signal is for one that does not.
        let _ = self.connection.call_within(Duration::from_secs(2), None, "Browser.close", json!({}));
        end(&mut self.child);
    }
}

/// Returns the browser's targets of one type.
pub fn targets(connection: &Connection, kind: &str) -> Result<Vec<Value>> {
    let listed = connection.call("Target.getTargets", json!({ "filter": [{ "type": kind }] }))?;
    Ok(listed.pointer("/targetInfos").and_then(Value::as_array).cloned().unwrap_or_default())
}
