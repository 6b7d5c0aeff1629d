//! The pictures of the guide, of the README and of the stores, and the README's animation, all from the built extension
//! in a real browser with the mock server.
//!
//! `Camera` takes screenshots of the extension's pages and the pages that it fills, in both themes. The module `scenes`
//! puts these on backgrounds and adds captions, which the browser draws from `store/pictures/scene.html`. The module
//! `animation` draws the README's animation from `store/pictures/animation.html`. Use [`crate::gallery`] for every
//! state of the extension.

mod animation;
mod camera;
mod casdoor_pages;
mod example_site;
mod extension_pages;
mod files;
pub mod palette;
mod scenes;

use crate::browser::Options;
use crate::package::{Installed, granted, root};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use camera::Camera;
use std::fs;
use std::path::{Path, PathBuf};

/// Maximum total size of the committed pictures, in bytes, so that a clone stays small.
const MAX_COMMITTED_BYTES: u64 = 3_000_000;
/// Physical pixels per CSS pixel of screenshots, so that they stay sharp when they are drawn smaller or larger.
const SCALE: f64 = 2.0;
/// The part of Casdoor's page with the passcode form and the extension's button.
const PASSCODE_FORM: &str = "(({ x, y, width }, { bottom }) => [x, y, width, bottom - y + 32])(
    document.querySelector('.login-panel').getBoundingClientRect(),
    document.querySelector('casdoor-authenticator').getBoundingClientRect())";
/// The sizes of Casdoor's pages, which give screenshots of the same size as [`camera::PAGE_SIZE`].
const CASDOOR_SIZES: casdoor_pages::Sizes =
    casdoor_pages::Sizes { setup: ((1400, 750), 1.6), sign_in: ((896, 480), 2.5) };
/// A screen that is large enough for the popup in these pixels.
const SCREEN: [&str; 2] = ["--screen-info={3200x2400}", "--ozone-override-screen-size=3200,2400"];
/// The names of the themes.
const THEMES: [&str; 2] = ["light", "dark"];

/// Makes all pictures: those of the guide and the README in `docs/pictures/`, and the
/// stores' in `dist/store-pictures/`.
///
/// # Errors
/// The extension is not built, or does not show an expected state.
pub fn make() -> Result<()> {
    let screenshots = take_screenshots()?;
    let folder = root().join("docs/pictures");
    emptied(&folder)?;
    scenes::draw_for_readers(&screenshots, &folder)?;
    animation::make(&folder.join("enroll-and-fill.png"))?;
    scenes::draw_for_stores(&screenshots, &emptied_store_folder()?)?;
    let bytes = size(&folder)?;
    ensure!(bytes <= MAX_COMMITTED_BYTES, "the pictures in docs/pictures have {bytes} bytes");
    println!("docs/pictures: {bytes} bytes");
    Ok(())
}

/// Makes only the stores' pictures, in `dist/store-pictures/`.
///
/// # Errors
/// As [`make`].
pub fn make_for_stores() -> Result<()> {
    scenes::draw_for_stores(&take_screenshots()?, &emptied_store_folder()?)
}

/// Takes screenshots of everything that the pictures show, and returns the folder of the screenshots.
fn take_screenshots() -> Result<PathBuf> {
    let folder = root().join("dist/screenshots");
    emptied(&folder)?;
    let server = Server::start_mock(0)?;
    let arguments = SCREEN.map(str::to_owned);
    let options = Options { scale: Some(SCALE), arguments: &arguments, ..Options::default() };
    let installed = Installed::start(&granted(), &options)?;
    let camera = Camera::new(&folder, &server);
    extension_pages::begin(&installed, &server, &camera)?;
    casdoor_pages::enroll_and_sign_in(&installed, &server, &CASDOOR_SIZES, &mut |name, page| {
        if name == "passcode" {
            camera.keep_part(page, "passcode-form", PASSCODE_FORM)?;
        }
        camera.keep(page, name)
    })?;
    extension_pages::fill_vault(&installed)?;
    extension_pages::show(&installed, &camera)?;
    example_site::scan_and_fill(&installed, &camera)?;
    extension_pages::lock(&installed, &camera)?;
    Ok(folder)
}

fn emptied_store_folder() -> Result<PathBuf> {
    let folder = root().join("dist/store-pictures");
    emptied(&folder)?;
    Ok(folder)
}

/// Makes a folder empty, or creates it.
fn emptied(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Ok(fs::create_dir_all(folder)?)
}

fn size(folder: &Path) -> Result<u64> {
    let mut bytes: u64 = 0;
    for entry in fs::read_dir(folder)?.flatten() {
        bytes = bytes.saturating_add(entry.metadata()?.len());
    }
    Ok(bytes)
}
