//! Creates the release archives, which are byte-identical on every machine.

use crate::addon_lint;
use crate::build::{self, MANIFEST, Packages};
use crate::manifest;
use crate::tree::Tree;
use crate::wasm::Profile;
use anyhow::{Context, Result};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Builds the extension and writes its archives to `dist/`.
pub fn package(root: &Path) -> Result<()> {
    for (name, archive) in archives(root)?.files.iter() {
        let target = root.join("dist").join(name);
        fs::write(&target, archive)?;
        println!("dist/{name}: {} bytes", archive.len());
    }
    Ok(())
}

/// The extension's archives.
pub struct Archives {
    /// The extension's version.
    pub version: String,
    /// The archives by file name, one for each store.
    pub files: Tree,
}

/// Builds the extension and returns its archives.
pub fn archives(root: &Path) -> Result<Archives> {
    let Packages { chrome, firefox } = build::build(root, Profile::Release)?;
    addon_lint::check(root)?;
    let (_, shipped) = chrome.iter().find(|(path, _)| *path == MANIFEST).context("the package has no manifest")?;
    let version = manifest::version(shipped)?;
    let mut files = Tree::default();
    // Edge runs the same package, but its store has its own archive, so that nobody has to know this.
    for (browser, package) in [("chrome", &chrome), ("edge", &chrome), ("firefox", &firefox)] {
        files.insert(format!("casdoor-authenticator-{browser}-{version}.zip"), zip(package)?);
    }
    Ok(Archives { version, files })
}

/// Returns a zip archive of the tree, sorted by path, with every entry dated January 1, 1980.
pub fn zip(tree: &Tree) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in tree.iter() {
        writer.start_file(path, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_does_not_depend_on_the_order_of_files_or_the_date() {
        let mut one = Tree::default();
        one.insert("b", "2");
        one.insert("a", "1");
        let mut other = Tree::default();
        other.insert("a", "1");
        other.insert("b", "2");
        assert_eq!(zip(&one).unwrap(), zip(&other).unwrap());
    }
}
