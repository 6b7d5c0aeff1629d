//! Programs from npm: `wasm-opt`, and Biome, which lints and formats the JavaScript.

use crate::command::{exists, run};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders with JavaScript of the project.
const JAVASCRIPT: [&str; 4] = ["extension", "mock-casdoor", "tests", "xtask"];

/// Installs the programs of `xtask/package-lock.json` unless exactly these are installed, and returns the folder that
/// contains `node_modules`. Returns `None` without Node and npm.
pub fn install(root: &Path) -> Result<Option<PathBuf>> {
    let tools = root.join("xtask");
    let lockfile = fs::read(tools.join("package-lock.json")).context("cannot read xtask/package-lock.json")?;
    let installed = tools.join("node_modules/installed-package-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lockfile) {
        return Ok(Some(tools));
    }
    if !(exists("node") && exists("npm")) {
        return Ok(None);
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&tools);
    run(npm)?;
    fs::write(installed, lockfile)?;
    Ok(Some(tools))
}

/// Returns the command that checks the format and lints of all JavaScript, or corrects what can be corrected.
pub fn javascript(root: &Path, correct: bool) -> Result<Command> {
    let tools = install(root)?.context("Biome needs node and npm. On Debian: sudo apt-get install nodejs npm")?;
    let mut biome = Command::new(tools.join("node_modules/.bin/biome"));
    biome.args(["check", "--error-on-warnings", "--config-path=xtask/javascript.jsonc"]).current_dir(root);
    if correct {
        biome.arg("--write");
    }
    biome.args(JAVASCRIPT);
    Ok(biome)
}
