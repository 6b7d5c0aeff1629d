//! `./build.sh demo`: the main job in a browser with the stand-in server; without a display headless, with pictures.

use anyhow::{Context, Result};
use e2e::browser::Options;
use e2e::day::{self, HOST};
use e2e::package::{Installed, granted, root, shipped, with_demo_server};
use stand_in::{PASSWORD, StandIn};
use std::path::Path;
use std::time::Instant;

const PORT: u16 = 8008;

fn main() -> Result<()> {
    // The demo's own port if it is free, so that the address is the same each time.
    let server = day::server(PORT).or_else(|_| day::server(0))?;
    let has_display = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if has_display { show(&server) } else { perform(&server) }
}

/// Opens a browser for a person, and waits until it is closed.
fn show(server: &StandIn) -> Result<()> {
    let address = server.url(HOST);
    // Its button for the demo server leads to the stand-in.
    let package = with_demo_server(&shipped(), &address)?;
    let installed = Installed::start(package.path(), &Options { visible: true, ..Options::default() })?;
    let _page = installed.browser.open(&format!("{address}/login/acme"))?;
    println!(
        "A stand-in Casdoor runs at {address}; user alice, password {PASSWORD}.

In the browser that just opened:
1. Open the extension: the puzzle piece, then Casdoor Authenticator (or Ctrl+Shift+Y). Choose a password.
2. Connect to Casdoor: type {address}, agree to http, allow the browser's question, choose acme, and sign in as alice.
   Two accounts arrive. (\"Try the demo server\" leads to the same stand-in, as a server that is public.)
3. Open {address}/mfa/setup?mfaType=app, type alice's password, and click \"Scan QR code on this page\" in the extension.
4. Open the extension again and click Fill: the passcode is typed and accepted. Click Enable.
5. Sign out, sign in at {address}/login/acme, and fill the passcode the same way.

Close the browser to end."
    );
    installed.browser.wait()
}

/// Lives the day headless, prints each step with its time, and leaves pictures.
fn perform(server: &StandIn) -> Result<()> {
    println!("There is no display: the main job runs headless, pictures go to dist/demo/.");
    let pictures = root().join("dist/demo");
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures).context("cannot empty dist/demo")?;
    }
    let package = with_demo_server(&granted(), &server.url(HOST))?;
    let installed = Installed::start(package.path(), &Options::default())?;
    let start = Instant::now();
    let mut number: usize = 0;
    day::live(&installed, server, &mut |step, page| {
        println!("{:>6.1} s  {step}", start.elapsed().as_secs_f64());
        number = number.saturating_add(1);
        page.screenshot(&pictures.join(format!("{number:02}-{}.png", file_name(step))))
    })?;
    println!("{:>6.1} s  Done: {} pictures in {}", start.elapsed().as_secs_f64(), number, shown(&pictures));
    Ok(())
}

fn file_name(step: &str) -> String {
    let words: Vec<&str> = step.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    words.into_iter().filter(|word| !word.is_empty()).take(6).collect::<Vec<_>>().join("-").to_lowercase()
}

fn shown(folder: &Path) -> String {
    folder.strip_prefix(root()).unwrap_or(folder).display().to_string()
}
