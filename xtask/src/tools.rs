//! Programs from npm: `wasm-opt`, Biome, which lints and formats the JavaScript, and `web-ext`, which lints the Firefox
//! package. `web-ext` has a folder of its own, because a plain build does not need its many packages.

use crate::command::{exists, run};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders with JavaScript of the project.
const JAVASCRIPT: [&str; 5] = ["extension", "mock-casdoor", "store", "tests", "xtask"];

/// Returns the folder of the programs that a build needs.
pub fn folder(root: &Path) -> PathBuf {
    root.join("xtask")
}

/// Installs the programs of a folder's lockfile unless exactly these are installed, and returns the folder, which then
/// contains `node_modules`. Returns `None` without Node and npm.
pub fn install(tools: &Path) -> Result<Option<PathBuf>> {
    let lockfile = tools.join("package-lock.json");
    let lockfile = fs::read(&lockfile).with_context(|| format!("cannot read {}", lockfile.display()))?;
    let installed = tools.join("node_modules/installed-package-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lockfile) {
        return Ok(Some(tools.to_owned()));
    }
    if !(exists("node") && exists("npm")) {
        return Ok(None);
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(tools);
    run(npm)?;
    fs::write(installed, lockfile)?;
    Ok(Some(tools.to_owned()))
}

/// Returns the command that checks the format and lints of all JavaScript, or corrects what can be corrected.
pub fn javascript(root: &Path, correct: bool) -> Result<Command> {
    let tools =
        install(&folder(root))?.context("Biome needs node and npm. On Debian: sudo apt-get install nodejs npm")?;
    let mut biome = Command::new(tools.join("node_modules/.bin/biome"));
    biome.args(["check", "--error-on-warnings", "--config-path=xtask/javascript.jsonc"]).current_dir(root);
    if correct {
        biome.arg("--write");
    }
    biome.args(JAVASCRIPT);
    Ok(biome)
}
