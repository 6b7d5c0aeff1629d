//! Bundles the mock server's pages with esbuild into `dist/mock-casdoor-web` when their sources have changed.

use crate::command::{exists, run};
use crate::tree::Tree;
use crate::wasm::target_folder;
use anyhow::{Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Bundles the pages unless they are up to date.
pub fn build(root: &Path) -> Result<()> {
    let web = root.join("mock-casdoor/web");
    let out = root.join("dist/mock-casdoor-web");
    let stamp = target_folder(root).join("xtask/mock-casdoor-web.sha256");
    let digest = digest(&web)?;
    if out.is_dir() && fs::read_to_string(&stamp).is_ok_and(|built| built == digest) {
        return Ok(());
    }
    if !(exists("node") && exists("npm")) {
        bail!("the mock server's pages need node and npm. On Debian: sudo apt-get install nodejs npm");
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&web);
    run(install)?;
    let mut bundle = Command::new("node");
    bundle.arg("build.mjs").arg(&out).current_dir(&web);
    run(bundle)?;
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(stamp, digest)?)
}

/// Returns a digest of the sources and the lockfile.
fn digest(web: &Path) -> Result<String> {
    let mut sources = Tree::default();
    sources.read(web, "", &|path| !path.starts_with("node_modules"))?;
    let mut digest = Sha256::new();
    for (path, bytes) in sources.iter() {
        digest.update(path);
        digest.update([0]);
        digest.update(Sha256::digest(bytes));
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
