//! Builds, tests, packs and shows the extension; `build.sh` is its front for people.
//!
//! `cargo xtask build` compiles each crate below `extension/wasm/` for wasm32, makes its JavaScript with `wasm-bindgen`,
//! shrinks it with `wasm-opt` where node is there, and lays `dist/chrome` out; the other commands start from that.

mod build;
mod command;
mod licences;
mod manifest;
mod optimise;
mod package;
mod suite;
mod tree;
mod wasm;
mod web;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

const USAGE: &str = "\
usage: cargo xtask COMMAND
  build [--fast]   dist/chrome, and dist/test-chrome for the end-to-end tests; --fast skips what only makes it smaller
  test             everything that continuous integration runs; the last line counts the tests
  package          dist/casdoor-authenticator-chrome-VERSION.zip
  demo             the main job in a browser with the mock server; without a display headless, with pictures
  live             the contract, signing in and the day in a browser, with the real Casdoor at $CASDOOR_URL (http://127.0.0.1:8000)
  bench            sizes and speeds, beside a floor
  bench qr [SALT]  draws the corpus of screenshots and reads it with this project's reader and its peers";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root()?;
    match words.as_slice() {
        ["build"] => build::build(&root, wasm::Profile::Release).map(drop),
        ["build", "--fast"] => build::build(&root, wasm::Profile::Fast).map(drop),
        ["test"] => suite::test(&root),
        ["package"] => package::package(&root),
        ["demo"] => suite::demo(&root),
        ["live"] => suite::live(&root),
        ["bench"] => suite::bench(&root),
        ["bench", "qr"] => suite::bench_qr(&root, "0"),
        ["bench", "qr", salt] => suite::bench_qr(&root, salt),
        _ => bail!("{USAGE}"),
    }
}

/// The project's root: the folder above this crate's.
fn root() -> Result<PathBuf> {
    match Path::new(env!("CARGO_MANIFEST_DIR")).parent() {
        Some(root) => Ok(root.to_owned()),
        None => bail!("the xtask crate has no folder above it"),
    }
}
