//! The extension in a real browser: a small DevTools client, and on top of it what a user does.
//!
//! - [`devtools`] speaks the protocol over one websocket,
//! - [`browser`] starts a Chromium of its own and ends it with everything it started,
//! - [`page`] is one document: evaluate, wait, click, type, take a picture,
//! - [`extension`] loads an unpacked extension and opens its real popup and worker,
//! - [`display`] is a private X display with a window manager and a keyboard, for what cannot be done headless,
//! - [`package`] finds the built extension, [`user`] does what a user does with it, [`server`] is what it talks to,
//! - [`mod@bench`] measures what it costs.
//!
//! Tests wait on conditions, never on time. Nothing here talks to anything but loopback: the browser resolves
//! `*.acme.test` to 127.0.0.1 and no other name at all.
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
pub mod browser;
pub mod clock;
pub mod devtools;
pub mod display;
pub mod extension;
pub mod keys;
pub mod other_site;
pub mod package;
pub mod page;
pub mod server;
pub mod user;
pub mod user_journey;
