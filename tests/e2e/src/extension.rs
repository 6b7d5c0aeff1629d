//! A loaded extension: its real toolbar popup, its pages and its worker.

use crate::browser::targets;
use crate::devtools::{Connection, text, until};
use crate::page::Page;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// An extension that one browser has loaded.
#[derive(Clone)]
pub struct Extension {
    connection: Rc<Connection>,
    id: String,
}

impl Extension {
    pub(crate) fn new(connection: Rc<Connection>, id: String) -> Self {
        Self { connection, id }
    }

    /// The extension's id, 32 letters from `a` to `p`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The address of one of its files.
    pub fn url(&self, path: &str) -> String {
        format!("chrome-extension://{}/{path}", self.id)
    }

    /// Clicks the toolbar button while `page` is in front: it grants `activeTab` there and opens the real popup,
    /// whose document is at `path`.
    pub fn open_popup(&self, page: &Page, path: &str) -> Result<Page> {
        let known: Vec<String> = self.pages(path)?.iter().map(|target| text(target, "/targetId").to_owned()).collect();
        self.trigger(page)?;
        let popup = until("the popup opens", || {
            let pages = self.pages(path)?;
            Ok(pages.into_iter().find(|target| !known.iter().any(|id| id == text(target, "/targetId"))))
        })?;
        Page::attach(&self.connection, text(&popup, "/targetId"))
    }

    /// Clicks the toolbar button while `page` is in front, and waits for nothing.
    pub fn trigger(&self, page: &Page) -> Result<()> {
        page.activate()?;
        let tab = self.tab_of(page)?;
        self.connection.call("Extensions.triggerAction", json!({ "id": self.id, "targetId": tab }))?;
        Ok(())
    }

    /// The worker, started and through its last line: `ready` is an expression that is true only then.
    ///
    /// A worker that is attached to while it starts may know no `chrome` or never answer, so it is asked briefly and
    /// attached to again.
    pub fn worker(&self, ready: &str) -> Result<Page> {
        until("the worker is ready", || {
            let Some(target) = self.worker_target()? else { return Ok(None) };
            let Ok(worker) = Page::attach(&self.connection, &target) else { return Ok(None) };
            let answer = worker.evaluate_within(Duration::from_millis(500), ready);
            Ok(answer.is_ok_and(|value| value == Value::Bool(true)).then_some(worker))
        })
    }

    /// Returns true if the worker runs.
    pub fn has_worker(&self) -> Result<bool> {
        Ok(self.worker_target()?.is_some())
    }

    /// Stops the worker as the browser does when it is idle, and waits until it is gone.
    pub fn stop_worker(&self) -> Result<()> {
        // Any document of the extension's origin will do; its manifest is one that runs no script.
        let target = self
            .connection
            .call("Target.createTarget", json!({ "url": self.url("manifest.json"), "background": true }))?;
        let page = Page::attach(&self.connection, text(&target, "/targetId"))?;
        page.wait_for("location.protocol === 'chrome-extension:' && document.readyState === 'complete'")?;
        page.call("ServiceWorker.enable", json!({}))?;
        // Stopped again as long as it runs: a message that was under way may have started it again.
        until("the worker has stopped", || {
            page.call("ServiceWorker.stopAllWorkers", json!({}))?;
            Ok((!self.has_worker()?).then_some(()))
        })?;
        page.close()
    }

    /// The targets at one of the extension's addresses, with any query behind it.
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

    /// The target of type `tab` that holds a page: clicking the toolbar button needs that one.
    fn tab_of(&self, page: &Page) -> Result<String> {
        let shown = self.connection.call("Target.getTargetInfo", json!({ "targetId": page.target() }))?;
        let url = text(&shown, "/targetInfo/url");
        let tabs = targets(&self.connection, "tab")?;
        let tab = tabs.iter().find(|tab| text(tab, "/url") == url);
        let tab = tab.with_context(|| format!("no tab shows {url}"))?;
        Ok(text(tab, "/targetId").to_owned())
    }
}
