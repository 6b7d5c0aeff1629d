//! A package in memory: files by path, in a stable order.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// File contents by path in the package, with `/` as separator.
#[derive(Clone, Default)]
pub struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// Adds a file, or replaces the file with the same path.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// Returns the files sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Reads every file below `folder` for which `wanted` is true, and stores it under `prefix`.
    pub fn read(&mut self, folder: &Path, prefix: &str, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if !wanted(&path) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.read(&entry.path(), &format!("{path}/"), wanted)?;
            } else {
                let bytes =
                    fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?;
                self.insert(path, bytes);
            }
        }
        Ok(())
    }

    /// Makes `folder` contain exactly these files. Unchanged files keep their modification time.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut present = Self::default();
        present.read(folder, "", &|_| true)?;
        for (path, _) in present.iter().filter(|(path, _)| !self.files.contains_key(*path)) {
            fs::remove_file(folder.join(path))?;
        }
        for (path, bytes) in self.iter() {
            if present.files.get(path).is_some_and(|present| present == bytes) {
                continue;
            }
            let target = folder.join(path);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&target, bytes).with_context(|| format!("cannot write {}", target.display()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_exactly_the_tree_that_was_written() {
        let folder = std::env::temp_dir().join(format!("xtask-tree-{}", std::process::id()));
        let mut tree = Tree::default();
        tree.insert("a/b.txt", "one");
        tree.insert("stale.txt", "two");
        tree.write(&folder).unwrap();
        tree.files.remove("stale.txt");
        tree.insert("a/b.txt", "three");
        tree.write(&folder).unwrap();

        let mut read = Tree::default();
        read.read(&folder, "", &|_| true).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), [("a/b.txt", "three".as_bytes())]);
    }
}
