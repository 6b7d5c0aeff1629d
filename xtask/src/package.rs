//! Creates the release archives, which are byte-identical on every machine: one of the extension for each store, and
//! one of the sources.

use crate::addon_lint;
use crate::build::{self, MANIFEST, Packages};
use crate::manifest;
use crate::sources;
use crate::tree::Tree;
use crate::wasm::Profile;
use anyhow::{Context, Result};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Builds the extension and writes the archives to `dist/`.
pub fn package(root: &Path) -> Result<()> {
    for (name, archive) in archives(root)?.files.iter() {
        let target = root.join("dist").join(name);
        fs::write(&target, archive)?;
        println!("dist/{name}: {} bytes", archive.len());
    }
    Ok(())
}

/// The archives of a release.
pub struct Archives {
    /// The extension's version.
    pub version: String,
    /// The archives by file name: one for each store, and one of the sources.
    pub files: Tree,
}

/// Builds the extension and returns the archives.
pub fn archives(root: &Path) -> Result<Archives> {
    let Packages { chrome, firefox } = build::build(root, Profile::Release)?;
    addon_lint::check(root)?;
    let (_, shipped) = chrome.iter().find(|(path, _)| *path == MANIFEST).context("the package has no manifest")?;
    let version = manifest::version(shipped)?;
    let mut files = Tree::default();
    // Edge runs Chrome's package. It gets an archive of its own name, so that there is one archive for each store.
    for (browser, package) in [("chrome", &chrome), ("edge", &chrome), ("firefox", &firefox)] {
        files.insert(format!("casdoor-authenticator-{browser}-{version}.zip"), zip(package)?);
    }
    files.insert(format!("casdoor-authenticator-source-{version}.zip"), zip(&sources::tree(root)?)?);
    Ok(Archives { version, files })
}

/// Returns a zip archive of the tree, sorted by path, with every entry dated January 1, 1980. Scripts are executable,
/// as they are in the repository.
pub fn zip(tree: &Tree) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in tree.iter() {
        let is_script = bytes.starts_with(b"#!") && !path.ends_with(".rs");
        writer.start_file(path, options.unix_permissions(if is_script { 0o755 } else { 0o644 }))?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Returns the files in a zip archive.
pub fn unzip(archive: &[u8]) -> Result<Tree> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut tree = Tree::default();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        tree.insert(name, bytes);
    }
    Ok(tree)
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
        assert!(unzip(&zip(&one).unwrap()).unwrap().iter().eq(one.iter()));
    }

    #[test]
    fn only_scripts_are_executable_after_unpacking() {
        let mut tree = Tree::default();
        tree.insert("build.sh", "#!/usr/bin/env bash\n");
        tree.insert("lib.rs", "#![no_std]\n");
        tree.insert("notes.md", "# Notes\n");
        let mut archive = ZipArchive::new(Cursor::new(zip(&tree).unwrap())).unwrap();
        let mut mode = |name| archive.by_name(name).unwrap().unix_mode().unwrap() & 0o777;
        assert_eq!([mode("build.sh"), mode("lib.rs"), mode("notes.md")], [0o755, 0o644, 0o644]);
    }
}
