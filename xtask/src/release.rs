//! Collects everything that a release consists of: archives, checksums, bill of materials, licenses and notes for
//! users; texts, answers and pictures for the stores.

use crate::package::Archives;
use crate::tree::Tree;
use crate::{licenses, package, release_check, store_answers, store_listing, suite, wasm};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The file with the checksums of the files for users.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// Builds the extension and fills `dist/release`. All files but the pictures are byte-identical on every machine.
pub fn release(root: &Path) -> Result<()> {
    let Archives { version, mut files } = package::archives(root)?;
    let contexts = wasm::contexts(root)?;
    let read = |name: &str| fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"));
    let materials = licenses::bill_of_materials(root, &contexts, &version)?;
    files.insert("sbom.cdx.json", format!("{materials:#}\n"));
    files.insert("licenses.txt", read("dist/chrome/licenses.txt")?);
    files.insert("RELEASE_NOTES.md", notes(&read("CHANGELOG.md")?, &version)?);
    let checksums = checksums(&files)?;
    files.insert(CHECKSUMS, checksums);
    files.insert("store/listing.json", store_listing::listing(root)?);
    files.insert("store/answers.md", store_answers::read(root)?);
    suite::store_pictures(root)?;
    files.read(&root.join("dist/store-pictures"), "store/pictures/", &|_| true)?;
    release_check::check(&files, &version)?;
    files.write(&root.join("dist/release"))?;
    for (path, bytes) in files.iter() {
        println!("dist/release/{path}: {} bytes", bytes.len());
    }
    Ok(())
}

/// Returns the changelog's section about a version, without its heading.
fn notes(changelog: &str, version: &str) -> Result<String> {
    let is_heading = |line: &&str| line.strip_prefix("## ").and_then(|title| title.split(' ').next()) == Some(version);
    let mut lines = changelog.lines().skip_while(|line| !is_heading(line));
    lines.next().with_context(|| format!("CHANGELOG.md has no section about {version}"))?;
    let section: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Ok(format!("{}\n", section.join("\n").trim()))
}

/// Returns the checksums in the format that `sha256sum --check` reads.
pub fn checksums(files: &Tree) -> Result<String> {
    let mut text = String::new();
    for (path, bytes) in files.iter() {
        for byte in Sha256::digest(bytes) {
            write!(text, "{byte:02x}")?;
        }
        writeln!(text, "  {path}")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notes_are_the_section_about_the_version() {
        let changelog = "# Changelog\n\n## 1.2.0 (2026-01-01)\n\n### Added\n\n- New\n\n## 1.1.0\n\n- Old\n";
        assert_eq!(notes(changelog, "1.2.0").unwrap(), "### Added\n\n- New\n");
        assert_eq!(notes(changelog, "1.1.0").unwrap(), "- Old\n");
        assert!(notes(changelog, "1.1").is_err());
    }

    #[test]
    fn sha256sum_reads_the_checksums() {
        let mut files = Tree::default();
        files.insert("a.txt", "abc");
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.txt\n";
        assert_eq!(checksums(&files).unwrap(), expected);
    }

    #[test]
    fn the_bill_of_materials_lists_every_crate_of_the_release() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let contexts = wasm::contexts(root).unwrap();
        let materials = licenses::bill_of_materials(root, &contexts, "1.0.0").unwrap();
        let purls: Vec<&str> =
            materials["components"].as_array().unwrap().iter().filter_map(|it| it["purl"].as_str()).collect();
        for (name, version) in licenses::names_and_versions(root, &contexts).unwrap() {
            assert!(purls.contains(&format!("pkg:cargo/{name}@{version}").as_str()), "{name}");
        }
        assert!(
            materials["components"].as_array().unwrap().len() > purls.len(),
            "works that are not crates are missing"
        );
    }
}
