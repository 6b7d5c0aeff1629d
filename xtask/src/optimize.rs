//! Runs `wasm-opt` from npm's `binaryen`. It takes seconds per file, so results are cached by a digest of their input.

use crate::command::run;
use crate::tools;
use crate::wasm::target_folder;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LEVEL: &str = "-Os";

/// An installed `wasm-opt` and the folder of cached results.
pub struct Optimizer {
    program: PathBuf,
    lockfile: Vec<u8>,
    cache: PathBuf,
}

impl Optimizer {
    /// Finds `wasm-opt`, and installs it if npm is available. Without Node, prints a note and returns `None`.
    pub fn find(root: &Path) -> Result<Option<Self>> {
        let Some(tools) = tools::install(&tools::folder(root))? else {
            eprintln!("note: without node and npm, wasm-opt does not run, and the wasm is about 15% larger");
            return Ok(None);
        };
        let program = tools.join("node_modules/binaryen/bin/wasm-opt");
        let lockfile = fs::read(tools.join("package-lock.json")).context("cannot read xtask/package-lock.json")?;
        Ok(Some(Self { program, lockfile, cache: target_folder(root).join("xtask/wasm-opt") }))
    }

    /// Returns an optimized module.
    pub fn shrink(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        fs::create_dir_all(&self.cache)?;
        let digest = self.digest(wasm);
        let result = self.cache.join(format!("{digest}.wasm"));
        if !result.is_file() {
            let input = self.cache.join(format!("input-{}-{digest}.wasm", std::process::id()));
            let output = input.with_extension("smaller.wasm");
            fs::write(&input, wasm)?;
            let mut optimize = Command::new("node");
            optimize.arg(&self.program).arg(LEVEL).arg(&input).arg("-o").arg(&output);
            run(optimize)?;
            fs::rename(&output, &result)?;
            fs::remove_file(&input)?;
        }
        fs::read(&result).with_context(|| format!("cannot read {}", result.display()))
    }

    /// Returns the cache key: a digest of the module, the optimization level and the version of `wasm-opt`.
    fn digest(&self, wasm: &[u8]) -> String {
        let digest = Sha256::new().chain_update(LEVEL).chain_update(&self.lockfile).chain_update(wasm).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
