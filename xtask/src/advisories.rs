//! Known vulnerabilities of crates: the list in `xtask/advisories.tsv`, and the check of all locked crates against it.
//!
//! No package registry provides the RustSec advisory database, so the repository contains what the check needs of it:
//! one line for each advisory with its id, crate, patched and unaffected versions, and its kind if it is not a
//! vulnerability. `cargo xtask advisories FOLDER` updates the list from a clone of the database.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// The list, relative to the repository.
const LIST: &str = "xtask/advisories.tsv";

/// The first line of the list.
const COLUMNS: &str = "id\tcrate\tpatched\tunaffected\tkind";

/// Writes the list from a clone of the database at `folder`.
pub fn update(root: &Path, folder: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for folder in fs::read_dir(folder.join("crates")).context("this is not a clone of the RustSec database")? {
        for file in fs::read_dir(folder?.path())? {
            lines.extend(to_line(&fs::read_to_string(file?.path())?)?);
        }
    }
    ensure!(lines.len() > 500, "the database has only {} advisories", lines.len());
    lines.sort();
    let text = format!("{COLUMNS}\n{}\n", lines.join("\n"));
    println!("{} advisories in {LIST}", lines.len());
    fs::write(root.join(LIST), text).context(LIST)
}

/// Returns the line of an advisory, which is a Markdown file that begins with a block of TOML. Returns `None` if the
/// advisory was withdrawn.
fn to_line(text: &str) -> Result<Option<String>> {
    let block = text.split_once("```toml").and_then(|(_, rest)| rest.split_once("```"));
    let (block, _) = block.context("an advisory has no block of TOML")?;
    let block: toml::Table = block.parse()?;
    let advisory = block.get("advisory").and_then(toml::Value::as_table).context("an advisory has no table")?;
    let field = |name: &str| advisory.get(name).and_then(toml::Value::as_str).unwrap_or_default();
    let versions = |name: &str| {
        let list = block.get("versions").and_then(|versions| versions.get(name)?.as_array());
        let list: Vec<&str> = list.into_iter().flatten().filter_map(toml::Value::as_str).collect();
        list.join(" || ")
    };
    let fields = [field("id"), field("package"), &versions("patched"), &versions("unaffected"), field("informational")];
    Ok((!advisory.contains_key("withdrawn")).then(|| fields.join("\t")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use semver::{Version, VersionReq};

    /// Advisories that do not affect the extension, with the reason. One that no longer applies fails the test.
    const ACCEPTED: [(&str, &str); 2] = [
        ("RUSTSEC-2024-0436", "paste is unmaintained, not vulnerable: leptos uses it, and only when it is compiled"),
        ("RUSTSEC-2025-0141", "bincode is unmaintained, not vulnerable: gloo's workers use it, which are not linked"),
    ];

    /// All Rust lockfiles in the repository.
    const LOCKFILES: [&str; 4] =
        ["Cargo.lock", "benches/merge-wasm/Cargo.lock", "benches/qr-wasm/Cargo.lock", "fuzz/Cargo.lock"];

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    /// Returns the names and versions of a lockfile.
    fn locked(text: &str) -> Vec<(String, Version)> {
        let lock: toml::Table = text.parse().unwrap();
        let packages = lock["package"].as_array().unwrap().iter();
        packages
            .map(|package| {
                let field = |name: &str| package[name].as_str().unwrap();
                (field("name").to_owned(), field("version").parse().unwrap())
            })
            .collect()
    }

    fn matches(requirements: &str, version: &Version) -> bool {
        let mut all = requirements.split(" || ").filter(|requirement| !requirement.is_empty());
        all.any(|requirement| VersionReq::parse(requirement).unwrap().matches(version))
    }

    /// Returns the advisories of a list that affect these crates.
    fn affecting<'a>(list: &'a str, crates: &[(String, Version)]) -> Vec<(&'a str, String)> {
        let mut found = Vec::new();
        for line in list.lines().skip(1) {
            let [id, name, patched, unaffected, _] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let versions = crates.iter().filter(|(locked, _)| locked == name).map(|(_, version)| version);
            let affected = versions.filter(|version| !matches(patched, version) && !matches(unaffected, version));
            found.extend(affected.map(|version| (id, format!("{id}: {name} {version}, fixed in {patched:?}"))));
        }
        found
    }

    #[test]
    fn no_locked_crate_has_a_known_vulnerability() {
        let list = fs::read_to_string(root().join(LIST)).unwrap();
        assert_eq!(list.lines().next(), Some(COLUMNS));
        let mut accepted = Vec::new();
        for file in LOCKFILES {
            let crates = locked(&fs::read_to_string(root().join(file)).unwrap());
            let found = affecting(&list, &crates);
            let is_accepted = |(id, _): &(&str, String)| ACCEPTED.iter().any(|(accepted, _)| accepted == id);
            let (expected, found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_accepted);
            assert!(found.is_empty(), "{file}: {found:?}");
            accepted.extend(expected.into_iter().map(|(id, _)| id.to_owned()));
        }
        let is_outdated = |(id, _): &(&str, &str)| !accepted.iter().any(|found| found == id);
        assert_eq!(ACCEPTED.into_iter().filter(is_outdated).collect::<Vec<_>>(), []);
    }

    #[test]
    fn an_affected_version_is_found_and_a_patched_one_is_not() {
        let list =
            format!("{COLUMNS}\nRUSTSEC-1\tone\t>= 1.2.3 || ^1.0.5\t< 0.9.0\t\nRUSTSEC-2\ttwo\t\t\tunmaintained");
        let found = |name: &str, version: &str| {
            affecting(&list, &[(name.to_owned(), version.parse().unwrap())]).into_iter().map(|(id, _)| id).next()
        };
        assert_eq!(found("one", "1.0.4"), Some("RUSTSEC-1"));
        assert_eq!(found("one", "1.0.6"), None);
        assert_eq!(found("one", "0.8.0"), None);
        assert_eq!(found("two", "7.0.0"), Some("RUSTSEC-2"));
        assert_eq!(found("three", "7.0.0"), None);
    }

    #[test]
    fn an_advisory_is_written_as_one_line_unless_it_was_withdrawn() {
        let text = |withdrawn: &str| {
            format!(
                "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"x\"\n{withdrawn}\n[versions]\n\
                 patched = [\">= 2.0.0\", \"^1.5\"]\n```\n# Title\n"
            )
        };
        assert_eq!(to_line(&text("")).unwrap().as_deref(), Some("RUSTSEC-2024-0001\tx\t>= 2.0.0 || ^1.5\t\t"));
        assert_eq!(to_line(&text("withdrawn = \"2024-02-01\"")).unwrap(), None);
        assert!(to_line("# no block").is_err());
    }
}
