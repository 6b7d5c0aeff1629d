//! Compiles the crates in `extension/wasm/` to wasm files with the JavaScript that loads them.

use crate::command::{cargo, run};
use crate::optimize::Optimizer;
use crate::tree::Tree;
use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// How much effort the build spends on size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The release build.
    Release,
    /// Fast to rebuild but three times as large, for development.
    Fast,
}

impl Profile {
    fn cargo_name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Fast => "fast",
        }
    }
}

/// Returns the browser contexts that have their own wasm. Each is a crate `NAME-wasm` in `extension/wasm/NAME`.
pub fn contexts(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("extension/wasm");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Compiles every context and adds its `wasm/NAME.js` and `wasm/NAME_bg.wasm` to the package.
pub fn add_to(tree: &mut Tree, root: &Path, profile: Profile) -> Result<()> {
    let names = contexts(root)?;
    let compiled = compile(root, &names, profile)?;
    let optimizer = match profile {
        Profile::Release => Optimizer::find(root)?,
        Profile::Fast => None,
    };
    let mut bound = Tree::default();
    for name in names {
        let input = compiled.join(format!("{name}_wasm.wasm"));
        bind(root, &name, &input)?.read_into(&mut bound)?;
    }
    let smaller = |path: &str, bytes: &[u8]| match &optimizer {
        Some(optimizer) if has_extension(path, "wasm") => optimizer.shrink(bytes),
        _ => Ok(bytes.to_vec()),
    };
    // Each file takes half a minute on one core, so they are optimized in parallel.
    std::thread::scope(|scope| {
        let files: Vec<_> =
            bound.iter().map(|(path, bytes)| (path, scope.spawn(move || smaller(path, bytes)))).collect();
        for (path, file) in files {
            tree.insert(path, file.join().map_err(|_| anyhow!("{path} could not be optimized"))??);
        }
        Ok(())
    })
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

/// Compiles the crates in one cargo run and returns the paths of the results.
fn compile(root: &Path, names: &[String], profile: Profile) -> Result<PathBuf> {
    let mut command = cargo(root, "build --quiet --target wasm32-unknown-unknown");
    command.args(["--profile", profile.cargo_name()]);
    for name in names {
        command.args(["--package", &format!("{name}-wasm")]);
    }
    command.env(RUSTFLAGS, remapped_paths(root)?);
    run(command)?;
    Ok(target_folder(root).join(TARGET).join(profile.cargo_name()))
}

/// Returns cargo's target folder.
pub fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Returns compiler flags that remove this machine's paths from panic messages, so that builds are reproducible.
fn remapped_paths(root: &Path) -> Result<String> {
    let registry = match std::env::var_os("CARGO_HOME").or_else(|| Some(home()?.join(".cargo").into_os_string())) {
        Some(cargo_home) => PathBuf::from(cargo_home).join("registry/src"),
        None => bail!("neither CARGO_HOME nor HOME is set"),
    };
    let mut flags = format!("--remap-path-prefix={}=.", root.display());
    flags.push_str(&format!(" --remap-path-prefix={}=./target", target_folder(root).display()));
    if let Ok(entries) = fs::read_dir(registry) {
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders {
            flags.push_str(&format!(" --remap-path-prefix={}=crates", folder.display()));
        }
    }
    Ok(flags)
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

/// The output folder of `wasm-bindgen` for one context.
struct Bound {
    folder: PathBuf,
}

impl Bound {
    fn read_into(&self, tree: &mut Tree) -> Result<()> {
        tree.read(&self.folder, "wasm/", &|_| true)
    }
}

fn bind(root: &Path, name: &str, input: &Path) -> Result<Bound> {
    let folder = target_folder(root).join("xtask/bindgen").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_path(input)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The worker restarts its wasm after a trap, and discards the instance after a key derivation.
        .reset_state_function(true)
        .generate(&folder)
        .with_context(|| format!("wasm-bindgen failed for the {name} wasm"))?;
    Ok(Bound { folder })
}

/// Explains how to install the wasm32 target, because cargo's own message does not.
pub fn require_target() -> Result<()> {
    let installed = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    match installed {
        Ok(output) if Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir() => Ok(()),
        _ => bail!("the Rust target {TARGET} is missing: rustup target add {TARGET}"),
    }
}
