//! Assembles the extension in `dist/`.

use crate::documents;
use crate::export_guide;
use crate::licenses;
use crate::manifest;
use crate::tree::Tree;
use crate::wasm::{self, Profile};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The manifest's path in a package.
pub const MANIFEST: &str = "manifest.json";

/// The packages for each family of browsers. They differ only in their manifests.
pub struct Packages {
    /// The package for Chrome, Edge and other browsers that are based on Chromium.
    pub chrome: Tree,
    /// The package for Firefox.
    pub firefox: Tree,
}

/// Builds the packages in `dist/chrome`, `dist/edge` and `dist/firefox`, and Chrome's with test hosts in
/// `dist/test-chrome`.
pub fn build(root: &Path, profile: Profile) -> Result<Packages> {
    wasm::require_target()?;
    let shipped = fs::read(root.join(MANIFEST)).context("cannot read manifest.json")?;
    let mut tree = Tree::default();
    tree.read(&root.join("extension"), "", &is_packaged)?;
    tree.insert(MANIFEST, shipped.clone());
    wasm::add_to(&mut tree, root, profile)?;
    licenses::add_to(&mut tree, root, &wasm::contexts(root)?)?;
    export_guide::add_to(&mut tree, root)?;
    documents::add_to(&mut tree, root)?;
    tree.write(&root.join("dist/chrome"))?;
    tree.write(&root.join("dist/edge"))?;

    let mut firefox = tree.clone();
    firefox.insert(MANIFEST, manifest::for_firefox(&shipped)?);
    firefox.write(&root.join("dist/firefox"))?;

    let mut tested = tree.clone();
    tested.insert(MANIFEST, manifest::for_tests(&shipped)?);
    tested.write(&root.join("dist/test-chrome"))?;
    println!(
        "dist/chrome, dist/edge and dist/firefox: {} files, {} bytes each",
        tree.iter().count(),
        tree.iter().map(|(_, bytes)| bytes.len()).sum::<usize>()
    );
    Ok(Packages { chrome: tree, firefox })
}

/// Returns true if a path in `extension/` is part of the package: everything except the wasm crates, notes and hidden
/// files.
fn is_packaged(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path != "wasm" && !name.starts_with('.') && !name.ends_with(".md")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_crates_and_notes_are_not_packaged() {
        assert!(is_packaged("popup.html") && is_packaged("icons") && is_packaged("_locales/en/messages.json"));
        assert!(!is_packaged("wasm") && !is_packaged("README.md") && !is_packaged("icons/.DS_Store"));
    }
}
