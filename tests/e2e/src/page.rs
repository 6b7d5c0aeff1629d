//! A page or a worker that is controlled through a session of the DevTools protocol, or a tab of Firefox.

use crate::bidi;
use crate::devtools::{Connection, TIMEOUT, exception, text, until};
use crate::keys;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// The time limit for one evaluation of a condition. A document that is being replaced may never reply.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum number of sessions to try for a target that does not reply.
const MAX_ATTACHMENTS: u32 = 10;

/// An attached page, popup or worker.
pub struct Page {
    connection: Rc<Connection>,
    target: String,
    /// A session of the DevTools protocol; `None` for a browsing context of WebDriver BiDi.
    session: Option<String>,
}

impl Page {
    /// Returns the document in a browsing context of Firefox.
    pub(crate) fn of_context(connection: &Rc<Connection>, context: &str) -> Self {
        Self { connection: Rc::clone(connection), target: context.to_owned(), session: None }
    }

    /// Attaches to a target by its id. A target that is just starting may not reply to its first session, so several
    /// sessions are tried.
    pub fn attach(connection: &Rc<Connection>, target: &str) -> Result<Self> {
        let mut attempt = Self::attach_once(connection, target);
        for _ in 1..MAX_ATTACHMENTS {
            if attempt.is_ok() {
                break;
            }
            attempt = Self::attach_once(connection, target);
        }
        attempt
    }

    fn attach_once(connection: &Rc<Connection>, target: &str) -> Result<Self> {
        let attached = connection.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }))?;
        let page = Self {
            connection: Rc::clone(connection),
            target: target.to_owned(),
            session: Some(text(&attached, "/sessionId").to_owned()),
        };
        page.call_within(Duration::from_secs(2), "Runtime.enable", json!({}))?;
        Ok(page)
    }

    /// Returns the target's id.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Calls a method of the DevTools protocol in this page's session.
    pub fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        self.call_within(TIMEOUT, method, parameters)
    }

    /// Calls a protocol method with a time limit.
    pub fn call_within(&self, timeout: Duration, method: &str, parameters: Value) -> Result<Value> {
        let session = self.session.as_deref().with_context(|| format!("{method} is not a method of Firefox"))?;
        self.connection.call_within(timeout, Some(session), method, parameters)
    }

    /// Returns the value of a JavaScript expression, awaited if it is a promise.
    pub fn evaluate(&self, expression: &str) -> Result<Value> {
        self.evaluate_within(TIMEOUT, expression)
    }

    /// Returns the value of a JavaScript expression, with a time limit.
    pub fn evaluate_within(&self, timeout: Duration, expression: &str) -> Result<Value> {
        if self.session.is_none() {
            return bidi::evaluate(&self.connection, &self.target, timeout, expression);
        }
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call_within(timeout, "Runtime.evaluate", parameters)?;
        if let Some(details) = answer.get("exceptionDetails") {
            bail!("{}, in {expression}", exception(details));
        }
        Ok(answer.pointer("/result/value").cloned().unwrap_or_default())
    }

    /// Waits until an expression is truthy, even across navigations, and returns its value.
    pub fn wait_for(&self, expression: &str) -> Result<Value> {
        // A node cannot be returned by value, so its existence is returned instead.
        let serializable = format!("(async () => (found => found?.nodeType ? true : found)(await ({expression})))()");
        let mut last_error = None;
        let found = until(expression, || match self.evaluate_within(ATTEMPT_TIMEOUT, &serializable) {
            Ok(value) => Ok(is_truthy(&value).then_some(value)),
            Err(error) => {
                last_error = Some(error);
                Ok(None)
            }
        });
        match (found, last_error) {
            (Err(error), Some(last)) => Err(error.context(format!("last error: {last:#}"))),
            (found, _) => found.with_context(|| self.describe()),
        }
    }

    /// Returns the trimmed text of the first element that matches a selector.
    pub fn text(&self, selector: &str) -> Result<String> {
        let value = self.wait_for(&format!("document.querySelector({selector:?})?.textContent.trim()"))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an element is visible and has stopped moving, and clicks its center.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.click_element(&format!("document.querySelector({selector:?})"))
    }

    /// Clicks an element that closes this document at once. The browser may then not answer, so the caller has to check
    /// the effect of the click. Only in Chromium.
    pub fn click_and_close(&self, selector: &str) -> Result<()> {
        self.wait_for(&format!("document.querySelector({selector:?})"))?;
        let expression = format!("void document.querySelector({selector:?}).click()");
        let click = json!({ "expression": expression, "userGesture": true });
        drop(self.call_within(Duration::from_secs(2), "Runtime.evaluate", click));
        Ok(())
    }

    /// Clicks the button, link or menu item with this accessible name.
    pub fn click_named(&self, name: &str) -> Result<()> {
        self.click_element(&format!(
            "[...document.querySelectorAll('button, a, label, summary, [role]')].find(element =>
                (element.ariaLabel || element.textContent).trim() === {name:?} && element.checkVisibility())"
        ))
    }

    fn click_element(&self, element: &str) -> Result<()> {
        let (x, y) = self.center_of(element)?;
        if self.session.is_none() {
            return bidi::click(&self.connection, &self.target, (x, y));
        }
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let count = i32::from(kind != "mouseMoved");
            let button = if count == 1 { "left" } else { "none" };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            self.call("Input.dispatchMouseEvent", event)?;
        }
        Ok(())
    }

    /// Clicks a field and replaces its text.
    pub fn fill(&self, selector: &str, value: &str) -> Result<()> {
        self.click(selector)?;
        self.evaluate(&format!("document.querySelector({selector:?}).select?.()"))?;
        self.type_text(value)
    }

    /// Types a text key by key.
    pub fn type_text(&self, value: &str) -> Result<()> {
        if self.session.is_none() {
            return bidi::type_text(&self.connection, &self.target, value);
        }
        for character in value.chars() {
            self.key_event("keyDown", keys::character(character))?;
            self.key_event("keyUp", keys::character(character))?;
        }
        Ok(())
    }

    /// Presses and releases a key by its name, optionally with modifiers: `Enter`, `Ctrl+l`, `Shift+Tab`.
    pub fn press(&self, key: &str) -> Result<()> {
        if self.session.is_none() {
            return bidi::press(&self.connection, &self.target, key);
        }
        let pressed = keys::named(key).with_context(|| format!("unknown key: {key}"))?;
        self.key_event("keyDown", pressed.clone())?;
        self.key_event("keyUp", pressed)
    }

    /// Pastes the clipboard at the cursor.
    pub fn paste(&self) -> Result<()> {
        if self.session.is_none() {
            return self.press("Ctrl+v");
        }
        self.key_event("keyDown", json!({ "key": "v", "modifiers": 2, "commands": ["paste"] }))?;
        self.key_event("keyUp", json!({ "key": "v", "modifiers": 2 }))
    }

    /// Chooses files in a file field, as the user would in the browser's file dialog.
    pub fn choose_files(&self, selector: &str, files: &[PathBuf]) -> Result<()> {
        self.wait_for(&format!("document.querySelector({selector:?})"))?;
        if self.session.is_none() {
            return bidi::choose_files(&self.connection, &self.target, selector, files);
        }
        let field =
            self.call("Runtime.evaluate", json!({ "expression": format!("document.querySelector({selector:?})") }))?;
        self.call("DOM.setFileInputFiles", json!({ "files": files, "objectId": text(&field, "/result/objectId") }))?;
        Ok(())
    }

    /// Navigates this tab and waits until the new document exists.
    pub fn navigate(&self, url: &str) -> Result<()> {
        if self.session.is_none() {
            return bidi::navigate(&self.connection, &self.target, url);
        }
        self.evaluate("globalThis.isOldDocument = true")?;
        self.call("Page.navigate", json!({ "url": url }))?;
        self.wait_for("globalThis.isOldDocument !== true && document.readyState === 'complete'")?;
        Ok(())
    }

    /// Navigates this tab to an address of which the browser receives only this HTML, without asking the network. This
    /// is how tests show https pages under public names.
    pub fn navigate_to_answer(&self, url: &str, html: &str) -> Result<()> {
        self.call("Fetch.enable", json!({ "patterns": [{ "urlPattern": "https://*", "resourceType": "Document" }] }))?;
        self.evaluate(&format!("setTimeout(() => {{ location.href = {url:?}; }}); globalThis.isOldDocument = true"))?;
        let paused = self.connection.event("Fetch.requestPaused", self.session.as_deref())?;
        let answer = json!({
            "requestId": text(&paused, "/params/requestId"), "responseCode": 200,
            "responseHeaders": [{ "name": "content-type", "value": "text/html; charset=utf-8" }],
            "body": data_encoding::BASE64.encode(html.as_bytes()),
        });
        self.call("Fetch.fulfillRequest", answer)?;
        self.call("Fetch.disable", json!({}))?;
        self.wait_for("globalThis.isOldDocument !== true && document.readyState === 'complete'")?;
        Ok(())
    }

    /// Brings the tab to the front.
    pub fn activate(&self) -> Result<()> {
        match &self.session {
            Some(_) => self.connection.call("Target.activateTarget", json!({ "targetId": self.target }))?,
            None => self.connection.call("browsingContext.activate", json!({ "context": self.target }))?,
        };
        Ok(())
    }

    /// Closes the tab or popup, and waits until it no longer exists: the browser then moves the focus, which would
    /// close a popup that was opened in between.
    pub fn close(self) -> Result<()> {
        if self.session.is_none() {
            self.connection.call("browsingContext.close", json!({ "context": self.target }))?;
            return Ok(());
        }
        self.connection.call("Target.closeTarget", json!({ "targetId": self.target }))?;
        until("the page is closed", || Ok((!self.is_open()).then_some(())))
    }

    /// Returns true if the target still exists.
    pub fn is_open(&self) -> bool {
        self.knows_target(&self.target)
    }

    /// Returns true if the browser still has a target with this id.
    pub fn knows_target(&self, id: &str) -> bool {
        self.connection.call("Target.getTargetInfo", json!({ "targetId": id })).is_ok()
    }

    /// Saves a PNG screenshot of the visible part.
    pub fn screenshot(&self, file: &Path) -> Result<()> {
        let answer = match &self.session {
            Some(_) => self.call("Page.captureScreenshot", json!({ "format": "png" }))?,
            None => self.connection.call("browsingContext.captureScreenshot", json!({ "context": self.target }))?,
        };
        let picture = data_encoding::BASE64.decode(text(&answer, "/data").as_bytes())?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, picture).with_context(|| format!("cannot write {}", file.display()))
    }

    /// Emulates media features, such as `prefers-color-scheme: dark`.
    pub fn emulate_media(&self, feature: &str, value: &str) -> Result<()> {
        let features = json!([{ "name": feature, "value": value }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }))?;
        Ok(())
    }

    /// Emulates this many physical pixels per CSS pixel.
    pub fn emulate_scale(&self, scale: f64) -> Result<()> {
        let metrics = json!({ "width": 0, "height": 0, "deviceScaleFactor": scale, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics)?;
        Ok(())
    }

    fn key_event(&self, kind: &str, mut event: Value) -> Result<()> {
        if let Some(fields) = event.as_object_mut() {
            fields.insert("type".into(), kind.into());
            if kind == "keyUp" {
                fields.remove("text");
            }
        }
        self.call("Input.dispatchKeyEvent", event)?;
        Ok(())
    }

    /// Returns the center of an element in CSS pixels, once it is visible and has stopped moving.
    fn center_of(&self, element: &str) -> Result<(f64, f64)> {
        let expression = format!(
            "(async () => {{
                const element = {element};
                if (!element || element.disabled) return null;
                element.scrollIntoView({{ block: 'nearest', inline: 'nearest', behavior: 'instant' }});
                const box = () => {{ const r = element.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }};
                const before = box();
                await new Promise(done => setTimeout(done, 34));
                const [x, y, width, height] = box();
                const still = String(before) === String(box());
                return still && width > 0 && height > 0 ? [x + width / 2, y + height / 2] : null;
            }})()"
        );
        let found = self.wait_for(&expression).with_context(|| format!("cannot click {element}"))?;
        let at = |index: usize| found.get(index).and_then(Value::as_f64);
        at(0).zip(at(1)).context("the position of the element is not two numbers")
    }

    /// Returns the page's URL and text for error messages.
    fn describe(&self) -> String {
        let shown = self.evaluate_within(
            Duration::from_secs(2),
            "`${location.href}: ${globalThis.document?.body?.innerText.slice(0, 600) ?? ''}`",
        );
        shown.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Returns true if JavaScript's `if` would treat the value as true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}
