//! Creates the release archive, which is byte-identical on every machine.

use crate::build::{self, MANIFEST};
use crate::manifest;
use crate::tree::Tree;
use crate::wasm::Profile;
use anyhow::{Context, Result};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Builds the extension and writes its archive to `dist/`.
pub fn package(root: &Path) -> Result<()> {
    let (version, archive) = archive(root)?;
    let target = root.join(format!("dist/{}", file_name(&version)));
    fs::write(&target, &archive)?;
    println!("{}: {} bytes", target.strip_prefix(root).unwrap_or(&target).display(), archive.len());
    Ok(())
}

/// Returns the name of the extension's archive. Chrome, Edge and other browsers that are based on Chromium take the
/// same archive.
pub fn file_name(version: &str) -> String {
    format!("casdoor-authenticator-chrome-{version}.zip")
}

/// Builds the extension; returns its version and its archive.
pub fn archive(root: &Path) -> Result<(String, Vec<u8>)> {
    let tree = build::build(root, Profile::Release)?;
    let (_, shipped) = tree.iter().find(|(path, _)| *path == MANIFEST).context("the package has no manifest")?;
    Ok((manifest::version(shipped)?, zip(&tree)?))
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
    fn the_archive_does_not_depend_on_the_order_or_the_day() {
        let mut one = Tree::default();
        one.insert("b", "2");
        one.insert("a", "1");
        let mut other = Tree::default();
        other.insert("a", "1");
        other.insert("b", "2");
        assert_eq!(zip(&one).unwrap(), zip(&other).unwrap());
    }
}
