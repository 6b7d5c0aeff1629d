//! Checks that a release is complete, and that its parts agree.

use crate::build::MANIFEST;
use crate::manifest;
use crate::package::unzip;
use crate::release::CHECKSUMS;
use crate::tree::Tree;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The pictures of each theme, and their sizes.
const PICTURES: [(&str, (u32, u32)); 6] = [
    ("1", (1280, 800)),
    ("2", (1280, 800)),
    ("3", (1280, 800)),
    ("4", (1280, 800)),
    ("5", (1280, 800)),
    ("tile", (440, 280)),
];
/// Third-party work that is not a crate.
const OTHER_WORK: [&str; 3] = ["Rust standard library", "Public Suffix List", "Simple Icons"];

/// Checks the files of a release.
pub fn check(files: &Tree, version: &str) -> Result<()> {
    let file = |path: &str| {
        let found = files.iter().find(|(name, _)| *name == path).map(|(_, bytes)| bytes);
        found.with_context(|| format!("the release has no {path}"))
    };
    for browser in ["chrome", "edge", "firefox"] {
        let name = format!("casdoor-authenticator-{browser}-{version}.zip");
        let package = unzip(file(&name)?)?;
        let (_, shipped) =
            package.iter().find(|(path, _)| *path == MANIFEST).with_context(|| format!("{name} has no manifest"))?;
        ensure!(manifest::version(shipped)? == version, "{name} contains another version");
    }
    let sources = unzip(file(&format!("casdoor-authenticator-source-{version}.zip"))?)?;
    ensure!(sources.iter().any(|(path, _)| path == "build.sh"), "the source archive has no build.sh");
    check_sums(files, &String::from_utf8_lossy(file(CHECKSUMS)?))?;

    let materials: Value = serde_json::from_slice(file("sbom.cdx.json")?)?;
    ensure!(materials.get("bomFormat").is_some_and(|format| format == "CycloneDX"), "the SBOM has another format");
    let components = materials.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    let licenses = String::from_utf8_lossy(file("licenses.txt")?).into_owned();
    for work in OTHER_WORK {
        let is_listed = components.iter().any(|component| component.get("name").is_some_and(|name| name == work));
        ensure!(is_listed && licenses.contains(work), "{work} is not in the SBOM or the licenses");
    }
    ensure!(!file("RELEASE_NOTES.md")?.trim_ascii().is_empty(), "there are no release notes");
    let listing: Value = serde_json::from_slice(file("store/listing.json")?)?;
    ensure!(listing.as_object().is_some_and(|languages| languages.contains_key("en")), "the listing has no English");
    file("store/answers.md")?;
    for theme in ["light", "dark"] {
        for (name, size) in PICTURES {
            let path = format!("store/pictures/{name}-{theme}.png");
            ensure!(png_size(file(&path)?) == Some(size), "{path} must have {size:?} pixels");
        }
    }
    println!(
        "the release is complete: {} languages, {} components",
        listing.as_object().map_or(0, |it| it.len()),
        components.len()
    );
    Ok(())
}

/// Checks that every file outside `store/` has its checksum.
fn check_sums(files: &Tree, sums: &str) -> Result<()> {
    for (path, bytes) in files.iter().filter(|(path, _)| *path != CHECKSUMS && !path.starts_with("store/")) {
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if !sums.lines().any(|line| line == format!("{digest}  {path}")) {
            bail!("{CHECKSUMS} has no or another checksum for {path}");
        }
    }
    Ok(())
}

/// Returns the width and the height that a PNG file states.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    let (width, rest) = header.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::zip;
    use crate::release;
    use serde_json::json;

    fn png((width, height): (u32, u32)) -> Vec<u8> {
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes()].concat()
    }

    fn complete() -> Tree {
        let mut files = Tree::default();
        let archive = |path: &str, text: &str| {
            let mut inside = Tree::default();
            inside.insert(path, text);
            zip(&inside).unwrap()
        };
        for browser in ["chrome", "edge", "firefox"] {
            let manifest = json!({ "version": "1.2.0" }).to_string();
            files.insert(format!("casdoor-authenticator-{browser}-1.2.0.zip"), archive(MANIFEST, &manifest));
        }
        files.insert("casdoor-authenticator-source-1.2.0.zip", archive("build.sh", "#!/bin/sh\n"));
        let components = OTHER_WORK.map(|name| json!({ "name": name }));
        files.insert("sbom.cdx.json", json!({ "bomFormat": "CycloneDX", "components": components }).to_string());
        files.insert("licenses.txt", OTHER_WORK.join("\n"));
        files.insert("RELEASE_NOTES.md", "- New\n");
        let sums = release::checksums(&files).unwrap();
        files.insert(CHECKSUMS, sums);
        files.insert("store/listing.json", json!({ "en": {} }).to_string());
        files.insert("store/answers.md", "answers");
        for theme in ["light", "dark"] {
            for (name, size) in PICTURES {
                files.insert(format!("store/pictures/{name}-{theme}.png"), png(size));
            }
        }
        files
    }

    #[test]
    fn a_release_without_one_of_its_files_is_rejected() {
        let files = complete();
        check(&files, "1.2.0").unwrap();
        assert!(check(&files, "1.3.0").is_err());
        for (missing, _) in files.iter() {
            let mut others = Tree::default();
            for (path, bytes) in files.iter().filter(|(path, _)| *path != missing) {
                others.insert(path, bytes);
            }
            assert!(check(&others, "1.2.0").is_err(), "{missing}");
        }
    }

    #[test]
    fn a_wrong_checksum_size_or_license_is_rejected() {
        for (path, bytes) in [
            ("RELEASE_NOTES.md", b"- Changed\n".to_vec()),
            ("store/pictures/1-dark.png", png((1279, 800))),
            ("store/pictures/tile-light.png", png((1280, 800))),
            ("store/pictures/tile-light.png", b"GIF89a".to_vec()),
        ] {
            let mut files = complete();
            files.insert(path, bytes);
            assert!(check(&files, "1.2.0").is_err(), "{path}");
        }
        let mut files = complete();
        files.insert("licenses.txt", "Rust standard library");
        let sums = release::checksums(&files).unwrap();
        files.insert(CHECKSUMS, sums);
        assert!(check(&files, "1.2.0").is_err());
    }
}
