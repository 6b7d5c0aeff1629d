//! The project's source files, from which anyone can build the same packages.

use crate::tree::Tree;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Names of folders with files that a build creates, at any depth. `.gitignore` lists the same.
const GENERATED: [&str; 6] = ["target", "dist", "node_modules", "__pycache__", ".cache", ".git"];

/// Returns the files under version control. In a folder without a repository, as unpacked from the source archive,
/// returns all files that no build creates, which are the same.
pub fn tree(root: &Path) -> Result<Tree> {
    let mut tree = Tree::default();
    if !root.join(".git").exists() {
        tree.read(root, "", &is_source)?;
        return Ok(tree);
    }
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().context("cannot run git")?;
    if !listed.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr));
    }
    for path in String::from_utf8(listed.stdout)?.split('\0').filter(|path| !path.is_empty()) {
        tree.insert(path, fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?);
    }
    Ok(tree)
}

/// Returns true unless a build creates the file or folder.
fn is_source(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !GENERATED.contains(&name) && !path.ends_with(".pyc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_contain_what_the_build_needs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let sources = tree(root).unwrap();
        for needed in ["Cargo.lock", "build.sh", "manifest.json", "src/lib.rs", "extension/worker.js"] {
            assert!(sources.iter().any(|(path, _)| path == needed), "{needed}");
        }
        for (path, _) in sources.iter() {
            assert!(path.split('/').all(is_source), "{path} would be missing in the archive of an unpacked archive");
        }
    }

    #[test]
    fn files_that_a_build_creates_are_no_sources() {
        let folder = std::env::temp_dir().join(format!("xtask-sources-{}", std::process::id()));
        let mut unpacked = Tree::default();
        for path in ["src/lib.rs", ".cargo/config.toml", "target/debug/x", "xtask/node_modules/a/b.js", "dist/a.zip"] {
            unpacked.insert(path, "x");
        }
        unpacked.write(&folder).unwrap();
        let sources = tree(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(sources.iter().map(|(path, _)| path).collect::<Vec<_>>(), [".cargo/config.toml", "src/lib.rs"]);
    }
}
