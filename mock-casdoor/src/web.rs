//! Builds the pages with `npm ci` and esbuild in `mock-casdoor/web` when their sources have changed.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsStr;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The file that records which sources the pages were built from.
const STAMP: &str = "built-from";

/// Allows one build at a time in this process.
static BUILDING: Mutex<()> = Mutex::new(());

/// The error if the pages cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// node or npm is missing, or a file cannot be read or written.
    #[error("the pages cannot be built: {what}: {source}")]
    Io {
        /// The failed step.
        what: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// npm or esbuild failed; the reason is on standard error.
    #[error(
        "the pages cannot be built: {0} failed; node 18 or newer and npm are needed (Debian: apt install nodejs npm)"
    )]
    Failed(&'static str),
}

/// Builds the pages of the repository at `root` into `dist/mock-casdoor-web` and returns that folder. Does nothing if
/// they are up to date.
pub fn build(root: &Path) -> Result<PathBuf, WebError> {
    let _one_at_a_time = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let sources = root.join("mock-casdoor/web");
    let out = root.join("dist/mock-casdoor-web");
    let state = state(&sources)?;
    if std::fs::read_to_string(out.join(STAMP)).is_ok_and(|stamp| stamp == state) {
        return Ok(out);
    }
    if !has_modules(&sources) {
        let quietly = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        run("npm ci", Command::new("npm").args(quietly).current_dir(&sources))?;
    }
    let bundle = [OsStr::new("build.mjs"), absolute(&out)?.as_os_str()].map(OsStr::to_owned);
    run("esbuild", Command::new("node").args(bundle).current_dir(&sources))?;
    std::fs::write(out.join(STAMP), state).map_err(failed("writing the stamp"))?;
    Ok(out)
}

/// Returns true if the installed npm packages are newer than `package-lock.json`.
fn has_modules(sources: &Path) -> bool {
    let changed = |name: &str| std::fs::metadata(sources.join(name)).and_then(|found| found.modified());
    let (wanted, installed) = (changed("package-lock.json"), changed("node_modules/.package-lock.json"));
    matches!((wanted, installed), (Ok(wanted), Ok(installed)) if wanted <= installed)
}

fn absolute(path: &Path) -> Result<PathBuf, WebError> {
    std::path::absolute(path).map_err(failed("finding the output folder"))
}

fn run(what: &'static str, command: &mut Command) -> Result<(), WebError> {
    let status = command.status().map_err(failed(what))?;
    if status.success() { Ok(()) } else { Err(WebError::Failed(what)) }
}

fn failed(what: &'static str) -> impl FnOnce(io::Error) -> WebError {
    move |source| WebError::Io { what, source }
}

/// Returns a hash of all source files of the pages.
fn state(sources: &Path) -> Result<String, WebError> {
    let mut hasher = DefaultHasher::new();
    for file in files(sources)? {
        file.strip_prefix(sources).unwrap_or(&file).hash(&mut hasher);
        std::fs::read(&file).map_err(failed("reading the sources"))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, WebError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed("listing the sources"))? {
        let path = entry.map_err(failed("listing the sources"))?.path();
        if path.is_dir() && path.file_name() != Some(OsStr::new("node_modules")) {
            files.extend(self::files(&path)?);
        } else if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
