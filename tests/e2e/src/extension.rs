//! A loaded extension with its real toolbar popup, pages and worker.

use crate::browser::targets;
use crate::devtools::{Connection, text, until};
use crate::package::WELCOME;
use crate::page::Page;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// An extension loaded in one browser.
#[derive(Clone)]
pub struct Extension {
    connection: Rc<Connection>,
    id: String,
}

impl Extension {
    pub(crate) fn new(connection: Rc<Connection>, id: String) -> Self {
        Self { connection, id }
    }

    /// Returns the extension's id, 32 letters from `a` to `p`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the URL of one of the extension's files.
    pub fn url(&self, path: &str) -> String {
        format!("chrome-extension://{}/{path}", self.id)
    }

    /// Clicks the toolbar button while `page` is in front. This grants `activeTab` and opens the real popup, whose
    /// document is `path`.
    pub fn open_popup(&self, page: &Page, path: &str) -> Result<Page> {
        let known: Vec<String> = self.pages(path)?.iter().map(|target| text(target, "/targetId").to_owned()).collect();
        self.trigger(page)?;
        let popup = until("the popup opens", || {
            let pages = self.pages(path)?;
            Ok(pages.into_iter().find(|target| !known.iter().any(|id| id == text(target, "/targetId"))))
        })?;
        Page::attach(&self.connection, text(&popup, "/targetId"))
    }

    /// Waits for the page that the extension opens once after its installation.
    pub fn wait_for_welcome_page(&self) -> Result<Page> {
        Page::attach(&self.connection, &self.welcome_target()?)
    }

    /// Closes that page as soon as it exists, because drawing it would take as long as a short test.
    pub fn close_welcome_page(&self) -> Result<()> {
        let target = self.welcome_target()?;
        self.connection.call("Target.closeTarget", json!({ "targetId": target }))?;
        until("the welcome page is closed", || Ok(self.pages(WELCOME)?.is_empty().then_some(())))
    }

    fn welcome_target(&self) -> Result<String> {
        let opened = until("the welcome page opens", || Ok(self.pages(WELCOME)?.pop()))?;
        Ok(text(&opened, "/targetId").to_owned())
    }

    /// Clicks the toolbar button while `page` is in front, without waiting.
    pub fn trigger(&self, page: &Page) -> Result<()> {
        page.activate()?;
        let tab = self.tab_of(page)?;
        self.connection.call("Extensions.triggerAction", json!({ "id": self.id, "targetId": tab }))?;
        Ok(())
    }

    /// Returns the worker once it has started. `ready` is an expression that is true only after the last line of the
    /// worker's script.
    ///
    /// A session that is attached while the worker starts may lack `chrome` or never reply, so each session has a short
    /// time limit and is then replaced.
    pub fn worker(&self, ready: &str) -> Result<Page> {
        until("the worker is ready", || {
            let Some(target) = self.worker_target()? else { return Ok(None) };
            let Ok(worker) = Page::attach(&self.connection, &target) else { return Ok(None) };
            let answer = worker.evaluate_within(Duration::from_millis(500), ready);
            Ok(answer.is_ok_and(|value| value == Value::Bool(true)).then_some(worker))
        })
    }

    /// Returns true if the worker is running.
    pub fn has_worker(&self) -> Result<bool> {
        Ok(self.worker_target()?.is_some())
    }

    /// Stops the worker as the browser does when it is idle, and waits until it has ended.
    pub fn stop_worker(&self) -> Result<()> {
        // Any document of the extension's origin works; the manifest runs no script.
        let target = self
            .connection
            .call("Target.createTarget", json!({ "url": self.url("manifest.json"), "background": true }))?;
        let page = Page::attach(&self.connection, text(&target, "/targetId"))?;
        page.wait_for("location.protocol === 'chrome-extension:' && document.readyState === 'complete'")?;
        page.call("ServiceWorker.enable", json!({}))?;
        // A message in transit may start the worker again, so this is repeated until it stays stopped.
        until("the worker has stopped", || {
            page.call("ServiceWorker.stopAllWorkers", json!({}))?;
            Ok((!self.has_worker()?).then_some(()))
        })?;
        page.close()
    }

    /// Returns the targets with one of the extension's URLs, ignoring the query.
    fn pages(&self, path: &str) -> Result<Vec<Value>> {
        let mut pages = targets(&self.connection, "page")?;
        pages.retain(|target| text(target, "/url").starts_with(&self.url(path)));
        Ok(pages)
    }

    fn worker_target(&self) -> Result<Option<String>> {
        let workers = targets(&self.connection, "service_worker")?;
        let ours = workers.iter().find(|target| text(target, "/url").starts_with(&self.url("")));
        Ok(ours.map(|target| text(target, "/targetId").to_owned()))
    }

    /// Returns the target of type `tab` that contains a page, which clicking the toolbar button requires.
    fn tab_of(&self, page: &Page) -> Result<String> {
        let shown = self.connection.call("Target.getTargetInfo", json!({ "targetId": page.target() }))?;
        let url = text(&shown, "/targetInfo/url");
        let tabs = targets(&self.connection, "tab")?;
        let tab = tabs.iter().find(|tab| text(tab, "/url") == url);
        let tab = tab.with_context(|| format!("no tab shows {url}"))?;
        Ok(text(tab, "/targetId").to_owned())
    }
}
