//! The README's animation: setting up an authenticator on Casdoor's page, and signing in with it. The screenshots are
//! taken while the steps really happen; `store/pictures/animation.html` adds the window, the pointer and the
//! captions.

use super::camera::Camera;
use super::casdoor_pages::{self, Sizes};
use super::files::{Picture, write_animation};
use super::scenes::Stage;
use crate::browser::Options;
use crate::package::{Installed, granted};
use crate::page::Page;
use crate::server::Server;
use crate::user::{self, VAULT_PASSWORD};
use anyhow::{Context, Result, ensure};
use mock_casdoor::PASSWORD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The size of the animation, in pixels.
const SIZE: (u32, u32) = (960, 640);
/// The sizes of the pages in it, which give screenshots of 912 by 500 pixels.
const SIZES: Sizes = Sizes { setup: ((1216, 667), 0.75), sign_in: ((912, 500), 1.0) };
/// The time between two frames while the pointer moves.
const FRAME: Duration = Duration::from_millis(80);
/// The number of frames of a movement.
const MOVEMENT_FRAMES: u32 = 7;
/// The length of the animation, and how far it may differ.
const LENGTH: Duration = Duration::from_secs(20);
const TOLERANCE: Duration = Duration::from_secs(2);
/// The animation is loaded with the README, so it must be small.
const MAX_BYTES: u64 = 1_500_000;

/// A state: the screenshot, the address, the caption, and how long it is shown after the pointer arrived.
struct Step {
    name: &'static str,
    address: &'static str,
    caption: &'static str,
    milliseconds: u64,
}

const fn step(name: &'static str, address: &'static str, caption: &'static str, milliseconds: u64) -> Step {
    Step { name, address, caption, milliseconds }
}

const STEPS: [Step; 8] = [
    step("enroll", "id.example.com/mfa/setup", "Casdoor shows a QR code. One click saves it.", 2800),
    step(
        "recovery-code",
        "id.example.com/mfa/setup",
        "The code was filled and accepted. Save the recovery code, too.",
        2600,
    ),
    step(
        "recovery-code-saved",
        "id.example.com/mfa/setup",
        "Everything is in your vault. Enable the authenticator app.",
        2200,
    ),
    step("account", "id.example.com/account", "Two-factor authentication is on.", 1800),
    step("sign-in", "id.example.com/login/acme", "Next time, sign in as usual.", 2000),
    step("passcode", "id.example.com/login/acme", "Casdoor asks for the code. Click to fill it.", 2600),
    step("passcode-filled", "id.example.com/login/acme", "Filled and sent.", 1400),
    step("signed-in", "id.example.com", "You are signed in.", 2200),
];

/// Makes the animation.
pub fn make(file: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let pointers = take_screenshots(folder.path())?;
    let stage = Stage::open_file("animation.html", folder.path(), 1.0)?;
    let mut frames: Vec<(Picture, Duration)> = Vec::new();
    let mut from = (f64::from(SIZE.0) * 0.7, f64::from(SIZE.1) * 0.8);
    for Step { name, address, caption, milliseconds } in STEPS {
        let to = pointers.get(name).copied().unwrap_or(from);
        for number in 1..=MOVEMENT_FRAMES {
            let progress = eased(f64::from(number) / f64::from(MOVEMENT_FRAMES));
            let between = |from: f64, to: f64| from + (to - from) * progress;
            let pointer = [between(from.0, to.0), between(from.1, to.1)];
            let scene = json!({ "page": name, "address": address, "caption": caption, "pointer": pointer });
            frames.push((stage.draw(&scene, SIZE)?, FRAME));
        }
        if let Some((_, time)) = frames.last_mut() {
            *time = Duration::from_millis(milliseconds).saturating_sub(FRAME.saturating_mul(MOVEMENT_FRAMES));
        }
        if pointers.contains_key(name) {
            let scene = json!({ "page": name, "address": address, "caption": caption, "pointer": [to.0, to.1], "pressed": true });
            frames.push((stage.draw(&scene, SIZE)?, Duration::from_millis(240)));
        }
        from = to;
    }
    let length: Duration = frames.iter().map(|(_, time)| *time).sum();
    ensure!(length.abs_diff(LENGTH) <= TOLERANCE, "the animation takes {length:?}");
    write_animation(&frames, file)?;
    let bytes = fs::metadata(file)?.len();
    ensure!(bytes <= MAX_BYTES, "the animation has {bytes} bytes");
    println!("{} frames in {length:?}: {bytes} bytes", frames.len());
    Ok(())
}

/// Starts and ends a movement slowly.
fn eased(progress: f64) -> f64 {
    progress * progress * (3.0 - 2.0 * progress)
}

/// Takes screenshots of the states, and returns where the user presses in each, in pixels of the screenshot.
fn take_screenshots(folder: &Path) -> Result<BTreeMap<String, (f64, f64)>> {
    let server = Server::start_mock(0)?;
    let installed = Installed::start(&granted(), &Options::default())?;
    let popup = installed.open(crate::package::POPUP)?;
    user::wait_for_screen(&popup, &["first-run"])?;
    popup.fill("[data-field=password]", VAULT_PASSWORD)?;
    popup.fill("[data-field=password-again]", VAULT_PASSWORD)?;
    popup.click("[data-action=create]")?;
    user::wait_for_screen(&popup, &["empty"])?;
    popup.close()?;
    let tab = user::connect(&installed, &server.url(), "alice", PASSWORD)?;
    user::join_nothing(&tab)?;
    tab.close()?;
    let camera = Camera::new(folder, &server);
    let mut pointers = BTreeMap::new();
    casdoor_pages::enroll_and_sign_in(&installed, &server, &SIZES, &mut |name, page| {
        if let Some(pointer) = pressed(page, name)? {
            let scale = if matches!(name, "enroll" | "recovery-code" | "recovery-code-saved") {
                SIZES.setup.1
            } else {
                SIZES.sign_in.1
            };
            pointers.insert(name.to_owned(), (pointer.0 * scale, pointer.1 * scale));
        }
        camera.prepare(page)?;
        page.screenshot(&folder.join(format!("{name}.png")))
    })?;
    Ok(pointers)
}

/// Returns the place that the user presses in a state.
fn pressed(page: &Page, name: &str) -> Result<Option<(f64, f64)>> {
    let center = |selector: &str| {
        format!(
            "(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])(document.querySelector({selector:?}).getBoundingClientRect())"
        )
    };
    let expression = match name {
        "enroll" | "recovery-code" | "passcode" => "globalThis.pointed".to_owned(),
        "recovery-code-saved" => center(".content-warp-card .ant-btn-primary"),
        "sign-in" => center("button.login-button"),
        _ => return Ok(None),
    };
    let place = page.evaluate(&expression)?;
    let at = |index: usize| place.get(index).and_then(Value::as_f64).context("a position has two numbers");
    Ok(Some((at(0)?, at(1)?)))
}
