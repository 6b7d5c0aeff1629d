//! A private X display with a window manager and a keyboard, for what Chromium shows outside pages: permission prompts,
//! shortcuts and sign-in windows.

use crate::devtools::until;
use crate::page::Page;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a new prompt ignores keys, to prevent accidental answers.
const PROMPT_DELAY: Duration = Duration::from_millis(700);

/// How long to wait for the effect of a shortcut before pressing it again; a window without focus ignores it.
const SHORTCUT_TIMEOUT: Duration = Duration::from_secs(5);

/// An Xvfb server with openbox. Both end when this value is dropped.
pub struct Display {
    name: String,
    server: Child,
    window_manager: Option<Child>,
}

impl Display {
    /// Starts a display with a free number.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let mut number = String::new();
        let output = server.stdout.take().context("Xvfb has no output")?;
        BufReader::new(output).read_line(&mut number)?;
        let mut display = Self { name: format!(":{}", number.trim()), server, window_manager: None };
        if number.trim().is_empty() {
            bail!("Xvfb found no free display");
        }
        let mut window_manager = Command::new("openbox");
        window_manager.env("DISPLAY", &display.name).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        display.window_manager = Some(window_manager.spawn().context("cannot start openbox")?);
        Ok(display)
    }

    /// Returns the value for the `DISPLAY` environment variable.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Presses keys by their xdotool names: `Tab`, `Return`, `ctrl+shift+y`.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        for key in keys {
            self.xdotool(&["key", "--clearmodifiers", key])?;
        }
        Ok(())
    }

    /// Returns the titles of the visible windows.
    pub fn windows(&self) -> Result<Vec<String>> {
        // xdotool fails when it finds no window, which is a valid answer.
        let found = self.xdotool(&["search", "--onlyvisible", "--name", ".+"]).unwrap_or_default();
        found.lines().map(|id| Ok(self.xdotool(&["getwindowname", id])?.trim().to_owned())).collect()
    }

    /// Presses a shortcut and waits for its effect. Presses it again only if nothing happened, because a second press
    /// may undo the first one.
    pub fn press_until<T>(&self, keys: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        until(&format!("{keys} has its effect"), || {
            self.press(&[keys])?;
            let pressed = Instant::now();
            while pressed.elapsed() < SHORTCUT_TIMEOUT {
                if let Some(found) = ask()? {
                    return Ok(Some(found));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(None)
        })
    }

    /// Accepts the permission prompt that `page` just requested, until the expression `answered` is true there.
    ///
    /// The prompt ignores keys at first, and its default button rejects: Tab, then Return accepts.
    pub fn accept_prompt(&self, page: &Page, answered: &str) -> Result<()> {
        until("the permission prompt is answered", || {
            std::thread::sleep(PROMPT_DELAY);
            if page.evaluate(answered)? == true {
                return Ok(Some(()));
            }
            self.press(&["Tab", "Return"])?;
            Ok(None)
        })
    }

    /// Runs xdotool on this display and returns its output.
    pub fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("xdotool");
        command.args(arguments).env("DISPLAY", &self.name).stdin(Stdio::null());
        let output = command.output().context("cannot start xdotool")?;
        if !output.status.success() {
            bail!("xdotool {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.window_manager.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
