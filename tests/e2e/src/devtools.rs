//! A client of the Chrome DevTools Protocol over one websocket, with flat sessions. WebDriver BiDi uses the same format
//! for calls and replies, so this client supports both.
//!
//! The reply to a call is the message with the same `id`. Other messages are dropped unless a test waits for them,
//! except reports of problems in a page, which help to explain a failed test.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// The time limit of a call or condition. It is long enough for a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The shortest pause between two questions.
const MIN_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause between two questions.
const MAX_PAUSE: Duration = Duration::from_millis(100);
/// A pause is this part of the time that has passed: each question costs the browser processor time that the awaited
/// event needs too.
const PAUSE_SHARE: f64 = 0.125;
const MAX_PROBLEMS: usize = 100;

/// One websocket to one browser.
pub struct Connection {
    socket: RefCell<WebSocket<TcpStream>>,
    next_id: Cell<u64>,
    problems: RefCell<Vec<String>>,
}

impl Connection {
    /// Connects to the URL that Chromium prints, `ws://127.0.0.1:PORT/devtools/browser/ID`.
    pub fn open(address: &str) -> Result<Self> {
        let rest = address.strip_prefix("ws://").context("not a websocket address")?;
        let (host, _) = rest.split_once('/').context("the websocket address has no path")?;
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        let (socket, _) = tungstenite::client(address, stream).context("the websocket handshake failed")?;
        Ok(Self { socket: RefCell::new(socket), next_id: Cell::new(1), problems: RefCell::default() })
    }

    /// Calls a method of the browser itself.
    pub fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        self.call_within(TIMEOUT, None, method, parameters)
    }

    /// Calls a method of a session, or of the browser. Fails if there is no reply within `timeout`.
    pub fn call_within(
        &self,
        timeout: Duration,
        session: Option<&str>,
        method: &str,
        parameters: Value,
    ) -> Result<Value> {
        let id = self.next_id.replace(self.next_id.get().saturating_add(1));
        let mut request = json!({ "id": id, "method": method, "params": parameters });
        if let (Some(session), Some(fields)) = (session, request.as_object_mut()) {
            fields.insert("sessionId".into(), session.into());
        }
        self.socket.borrow_mut().send(Message::text(request.to_string()))?;
        let answer = self.answer(id, timeout).with_context(|| format!("{method} got no reply"))?;
        match answer.get("error") {
            // In WebDriver BiDi, the error is its kind, and the message is a separate field.
            Some(error) => match error.as_str() {
                Some(kind) => bail!("{method}: {kind}: {}", text(&answer, "/message")),
                None => bail!("{method}: {}", text(error, "/message")),
            },
            None => Ok(answer.get("result").cloned().unwrap_or_default()),
        }
    }

    /// Returns uncaught exceptions and error messages of the monitored sessions, oldest first.
    pub fn problems(&self) -> Vec<String> {
        self.problems.borrow().clone()
    }

    /// Waits for the next event of this kind in a session.
    pub fn event(&self, method: &str, session: Option<&str>) -> Result<Value> {
        let is_wanted = |message: &Value| {
            text(message, "/method") == method && session.is_none_or(|session| text(message, "/sessionId") == session)
        };
        self.message(is_wanted, TIMEOUT).with_context(|| format!("there was no {method}"))
    }

    fn answer(&self, id: u64, timeout: Duration) -> Result<Value> {
        self.message(|message| message.get("id").and_then(Value::as_u64) == Some(id), timeout)
    }

    fn message(&self, is_wanted: impl Fn(&Value) -> bool, timeout: Duration) -> Result<Value> {
        let start = Instant::now();
        let mut socket = self.socket.borrow_mut();
        loop {
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                bail!("no reply within {} ms", timeout.as_millis());
            }
            socket.get_ref().set_read_timeout(Some(left))?;
            let message = match socket.read() {
                Ok(message) => message,
                Err(tungstenite::Error::Io(error)) if is_timeout(&error) => continue,
                Err(error) => return Err(error.into()),
            };
            let Message::Text(message) = message else { continue };
            let message: Value = serde_json::from_str(&message)?;
            if is_wanted(&message) {
                return Ok(message);
            }
            self.record_problem(&message);
        }
    }

    fn record_problem(&self, event: &Value) {
        let problem = match text(event, "/method") {
            "Runtime.exceptionThrown" => exception(event.pointer("/params/exceptionDetails").unwrap_or(event)),
            "Log.entryAdded" if text(event, "/params/entry/level") == "error" => {
                format!("{} ({})", text(event, "/params/entry/text"), text(event, "/params/entry/url"))
            }
            "Runtime.consoleAPICalled" if text(event, "/params/type") == "error" => {
                event.pointer("/params/args").map(Value::to_string).unwrap_or_default()
            }
            "log.entryAdded" if text(event, "/params/level") == "error" => text(event, "/params/text").to_owned(),
            _ => return,
        };
        let mut problems = self.problems.borrow_mut();
        if problems.len() < MAX_PROBLEMS {
            problems.push(problem);
        }
    }
}

/// Formats an `exceptionDetails` object as one line.
pub fn exception(details: &Value) -> String {
    let described = text(details, "/exception/description");
    if described.is_empty() { text(details, "/text").to_owned() } else { described.to_owned() }
}

/// Returns the text at a JSON pointer; empty if there is none.
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Calls `ask` repeatedly until it returns a value. `what` describes the condition in the error after [`TIMEOUT`].
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().with_context(|| format!("while waiting until {what}"))? {
            return Ok(answer);
        }
        if start.elapsed() > TIMEOUT {
            bail!("waited {} s until {what}", TIMEOUT.as_secs());
        }
        std::thread::sleep(start.elapsed().mul_f64(PAUSE_SHARE).clamp(MIN_PAUSE, MAX_PAUSE));
    }
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}
