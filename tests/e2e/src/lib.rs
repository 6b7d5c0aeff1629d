//! Tests the extension in a real browser, with a small DevTools client and user actions on top of it.
//!
//! - [`devtools`] speaks the protocol over one websocket.
//! - [`browser`] starts a separate Chromium and ends it with every process it started.
//! - [`firefox`] does the same with Firefox, over WebDriver BiDi.
//! - [`policies`] gives one browser an administrator's policies.
//! - [`page`] is one document: evaluate, wait, click, type, take a screenshot.
//! - [`extension`] loads an unpacked extension and opens its real popup and worker.
//! - [`display`] is a private X display with a window manager and a keyboard, for what cannot be done headless.
//! - [`package`] finds the built extension and the guide's examples, [`user`] performs user actions, [`server`] is the
//!   Casdoor server.
//! - [`drawn_state`] checks what is drawn: accessibility, click targets, and screenshots for reviewers.
//! - [`pictures`] makes the pictures of the guide, the README and the stores.
//! - [`memory`] finds secrets in wasm memory.
//! - [`user_journey`] is the main user journey, and [`mod@bench`] measures size and speed.
//!
//! Tests wait for conditions, not for a fixed time. All traffic stays on loopback: the browser resolves `*.acme.test`
//! to 127.0.0.1, and no other name.
//!
//! ```no_run
//! use e2e::browser::{Browser, Options};
//!
//! # fn main() -> anyhow::Result<()> {
//! let browser = Browser::start(&Options::default())?;
//! let extension = browser.load(std::path::Path::new("dist/test-chrome"))?;
//! let page = browser.open("http://id.acme.test:8000/login")?;
//! let popup = extension.open_popup(&page, "popup.html")?;
//! popup.wait_for("document.body.innerText.length > 0")?;
//! # Ok(())
//! # }
//! ```

pub mod bench;
mod bidi;
pub mod browser;
mod browser_process;
pub mod clock;
pub mod devtools;
pub mod display;
pub mod drawn_state;
pub mod extension;
pub mod firefox;
pub mod gallery;
pub mod keys;
pub mod memory;
pub mod other_site;
pub mod package;
pub mod page;
pub mod pictures;
pub mod policies;
pub mod server;
pub mod user;
pub mod user_journey;
