//! Builds, tests, packages and demonstrates the extension. `build.sh` is a wrapper that installs prerequisites.
//!
//! `cargo xtask build` compiles each crate in `extension/wasm/` for wasm32, generates its JavaScript with
//! `wasm-bindgen`, shrinks it with `wasm-opt` if Node is available, and assembles `dist/chrome`, `dist/edge` and
//! `dist/firefox`. The other commands use these packages.

mod addon_lint;
mod advisories;
mod build;
mod command;
mod dependencies;
mod documents;
mod export_guide;
mod licenses;
mod live;
mod manifest;
mod optimize;
mod package;
mod release;
mod release_check;
mod reproduce;
mod sample_lines;
mod service_icons;
mod sources;
mod stage;
mod store_answers;
mod store_listing;
mod suite;
mod test_programs;
mod tools;
mod tree;
mod wasm;
mod web;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

const USAGE: &str = "\
usage: cargo xtask COMMAND
  build [--fast]   builds dist/chrome, dist/edge and dist/firefox, and dist/test-chrome for end-to-end tests; --fast skips size
                   optimization
  test             runs everything that continuous integration runs; the last line counts the tests
  icons            makes extension/service_icons.json from the npm package simple-icons and the list in xtask
  format           formats the Rust and JavaScript, and corrects the lints of the JavaScript where it can
  package          builds the archives for Chrome, Edge and Firefox and the archive of the sources in dist/
  reproduce        packages twice, from the repository and from the archive of the sources in another folder, and fails
                   if a byte differs
  release          fills dist/release: archives of the extension and the sources, checksums, SBOM, licenses, notes, and
                   in store/ the texts, answers and pictures for the stores
  demo             shows the main user journey with the mock server; without a display, headless with screenshots
  gallery          shows every state of the extension in each theme, language and size, in dist/gallery/index.html
  references       takes the screenshots in tests/e2e/references again, with which tests compare every state
  screenshots      makes the pictures of the guide and the README in docs/pictures, and the stores' in
                   dist/store-pictures
  live             runs the end-to-end tests with the real Casdoor server at $CASDOOR_URL (http://127.0.0.1:8000) of
                   release $CASDOOR_TAG (the newest), and prints a table
  bench            measures size and speed, compared with a baseline
  bench qr [SALT]  measures the QR reader and its peers with generated screenshots
  bench qr FOLDER  reads the QR samples of zxing-cpp's tests in the folder
  fuzz             compares 100,000 new key URIs with other programs and imports 20,000 new files
  advisories FOLDER  updates the list of known vulnerabilities from a clone of the RustSec advisory database
  sample-lines SEED  prints 20 comments and texts to be read without the code next to them";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root()?;
    match words.as_slice() {
        ["build"] => build::build(&root, wasm::Profile::Release).map(drop),
        ["build", "--fast"] => build::build(&root, wasm::Profile::Fast).map(drop),
        ["test"] => suite::test(&root),
        ["icons"] => service_icons::write(&root),
        ["format"] => suite::format(&root),
        ["package"] => package::package(&root),
        ["reproduce"] => reproduce::reproduce(&root),
        ["release"] => release::release(&root),
        ["demo"] => suite::demo(&root),
        ["gallery"] => suite::gallery(&root),
        ["references"] => suite::references(&root),
        ["screenshots"] => suite::screenshots(&root),
        ["live"] => live::live(&root),
        ["bench"] => suite::bench(&root),
        ["bench", "qr"] => suite::bench_qr(&root, "0"),
        ["bench", "qr", folder] if Path::new(folder).is_dir() => suite::bench_qr_samples(&root, folder),
        ["bench", "qr", salt] => suite::bench_qr(&root, salt),
        ["fuzz"] => suite::fuzz(&root),
        ["advisories", folder] => advisories::update(&root, Path::new(folder)),
        ["sample-lines", seed] => sample_lines::print(&root, seed.parse()?),
        _ => bail!("{USAGE}"),
    }
}

/// Returns the project's root, which is the parent of this crate's folder.
fn root() -> Result<PathBuf> {
    match Path::new(env!("CARGO_MANIFEST_DIR")).parent() {
        Some(root) => Ok(root.to_owned()),
        None => bail!("the xtask crate has no folder above it"),
    }
}
