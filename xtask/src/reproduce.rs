//! Shows that the archives do not depend on the folder in which they are built, and that the source archive builds the
//! same extension: packages the repository's files in one temporary folder, and its source archive in another.

use crate::command::{cargo, run};
use crate::package::unzip;
use crate::sources;
use crate::tree::Tree;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Two folders of different depth and length, because a path in the output would change the size of the output, too.
const FOLDERS: [&str; 2] = ["one", "another/much-longer/folder"];

/// Packages twice and compares the archives.
///
/// # Errors
/// A build fails, or the archives differ; the error names the files in the archives that do.
pub fn reproduce(root: &Path) -> Result<()> {
    let work = Folder::create()?;
    let [one, another] = FOLDERS.map(|name| work.0.join(name));
    let first = packaged(&sources::tree(root)?, &one)?;
    let (_, archive) =
        first.iter().find(|(name, _)| name.contains("-source-")).context("there is no source archive")?;
    let second = packaged(&unzip(archive)?, &another)?;
    let different = differences(&first, &second)?;
    if !different.is_empty() {
        bail!("these differ between two folders:\n{}", different.join("\n"));
    }
    for (name, bytes) in first.iter() {
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{digest}  {name}: the same from both folders, {} bytes", bytes.len());
    }
    Ok(())
}

/// A temporary folder, which is deleted when dropped.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("casdoor-authenticator-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes the sources to a folder, packages them there as a user would, and returns the archives.
fn packaged(sources: &Tree, folder: &Path) -> Result<Tree> {
    println!("=== packaging in {}", folder.display());
    sources.write(folder)?;
    let mut package = cargo(folder, "xtask package");
    // Each build has its own target folder, and nothing of the build that runs this program.
    for name in ["CARGO_TARGET_DIR", "CARGO_MANIFEST_DIR", "RUSTFLAGS"] {
        package.env_remove(name);
    }
    run(package)?;
    let mut archives = Tree::default();
    archives.read(&folder.join("dist"), "", &|path| path.ends_with(".zip"))?;
    // A build takes a gigabyte of disk space, so the first one is deleted before the second one starts.
    fs::remove_dir_all(folder)?;
    Ok(archives)
}

/// Returns the names of the archives, and of the files in them, that are not the same.
fn differences(one: &Tree, other: &Tree) -> Result<Vec<String>> {
    let mut different = Vec::new();
    for name in unequal(one, other) {
        let inside = |tree: &Tree| match tree.iter().find(|(path, _)| *path == name) {
            Some((_, archive)) => unzip(archive),
            None => Ok(Tree::default()),
        };
        let files = unequal(&inside(one)?, &inside(other)?);
        different.extend(files.iter().map(|file| format!("{name}: {file}")));
        if files.is_empty() {
            different.push(format!("{name}: only the archive itself"));
        }
    }
    Ok(different)
}

/// Returns the paths whose contents differ or that only one tree has.
fn unequal(one: &Tree, other: &Tree) -> BTreeSet<String> {
    let one: BTreeSet<(&str, &[u8])> = one.iter().collect();
    let other: BTreeSet<(&str, &[u8])> = other.iter().collect();
    one.symmetric_difference(&other).map(|(path, _)| (*path).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::zip;

    fn archives(files: &[(&str, &str)]) -> Tree {
        let mut inside = Tree::default();
        for (path, text) in files {
            inside.insert(*path, *text);
        }
        let mut archives = Tree::default();
        archives.insert("a.zip", zip(&inside).unwrap());
        archives
    }

    #[test]
    fn each_file_that_differs_is_named() {
        let one = archives(&[("same", "1"), ("changed", "1"), ("gone", "1")]);
        let other = archives(&[("same", "1"), ("changed", "2"), ("new", "1")]);
        assert_eq!(differences(&one, &other).unwrap(), ["a.zip: changed", "a.zip: gone", "a.zip: new"]);
        assert_eq!(differences(&one, &one).unwrap(), Vec::<String>::new());
        assert_eq!(differences(&one, &Tree::default()).unwrap(), ["a.zip: changed", "a.zip: gone", "a.zip: same"]);
    }
}
