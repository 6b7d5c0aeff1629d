//! A private X display with a window manager and a keyboard, for what Chromium shows outside its pages: permission
//! prompts, shortcuts, sign-in windows.

use crate::devtools::until;
use crate::page::Page;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a prompt ignores keys after it appeared, so that nobody answers it by accident.
const PROMPT_DELAY: Duration = Duration::from_millis(700);

/// How long a shortcut may take to show that it was heard; a window that had no focus yet hears nothing.
const SHORTCUT_PATIENCE: Duration = Duration::from_secs(5);

/// An Xvfb with openbox in it; dropped, both end.
pub struct Display {
    name: String,
    server: Child,
    window_manager: Option<Child>,
}

impl Display {
    /// Starts a display on a number that is free.
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

    /// The value for the environment's `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Presses keys on the display's keyboard, by the names that xdotool knows: `Tab`, `Return`, `ctrl+shift+y`.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        for key in keys {
            self.xdotool(&["key", "--clearmodifiers", key])?;
        }
        Ok(())
    }

    /// The titles of the windows that can be seen.
    pub fn windows(&self) -> Result<Vec<String>> {
        // xdotool fails when it finds none, which is an answer.
        let found = self.xdotool(&["search", "--onlyvisible", "--name", ".+"]).unwrap_or_default();
        found.lines().map(|id| Ok(self.xdotool(&["getwindowname", id])?.trim().to_owned())).collect()
    }

    /// Presses a shortcut and waits for what it brings; presses again only when nothing came, since a second press may
    /// take back what the first one did.
    pub fn press_until<T>(&self, keys: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        until(&format!("{keys} has its effect"), || {
            self.press(&[keys])?;
            let pressed = Instant::now();
            while pressed.elapsed() < SHORTCUT_PATIENCE {
                if let Some(found) = ask()? {
                    return Ok(Some(found));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(None)
        })
    }

    /// Accepts the permission prompt that `page` has just asked for, until the expression `answered` is true there.
    ///
    /// The prompt takes keys only some time after it appears, and its default button rejects: Tab, then Return accepts.
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

    /// Runs xdotool on this display and returns what it prints.
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
