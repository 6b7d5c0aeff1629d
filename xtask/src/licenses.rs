//! Lists the third-party work in the package with its licenses: crates, Rust's standard library, the Public Suffix
//! List, and the icons of services.
//!
//! `licenses.json` is shown on the options page; `licenses.txt` contains each license text once. The crates come from
//! `cargo metadata` and their folders, so the list always matches the lockfile. The other license texts are in
//! `xtask/licenses/`.

use crate::command::cargo;
use crate::service_icons;
use crate::tree::Tree;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Prefixes of license file names.
const FILES: [&str; 6] = ["licen", "copying", "copyright", "notice", "unlicense", "authors"];

/// The crate with the Public Suffix List as data, and its file that states the version.
const SUFFIX_LIST: (&str, &str) = ("psl2", "src/psl_version.txt");

/// A crate or other third-party work in the wasm.
struct Shipped {
    name: String,
    version: String,
    license: String,
    authors: Vec<String>,
    folder: String,
    /// The license text; empty for a crate, whose folder contains it.
    text: String,
}

/// Adds both files to the package. `contexts` are the names of the wasm crates.
pub fn add_to(tree: &mut Tree, root: &Path, contexts: &[String]) -> Result<()> {
    let mut shipped = crates(root, contexts)?;
    shipped.extend([standard_library(root)?, suffix_list(root, &shipped)?, service_icons(root)?]);
    let list: Vec<Value> =
        shipped.iter().map(|it| json!({ "name": it.name, "version": it.version, "license": it.license })).collect();
    tree.insert("licenses.json", serde_json::to_vec(&list)?);
    tree.insert("licenses.txt", in_full(&shipped, &fs::read_to_string(root.join("LICENSE"))?)?);
    Ok(())
}

/// Returns the crates in the release.
#[cfg(test)]
pub fn names_and_versions(root: &Path, contexts: &[String]) -> Result<Vec<(String, String)>> {
    Ok(crates(root, contexts)?.into_iter().map(|it| (it.name, it.version)).collect())
}

/// Returns the software bill of materials in the format of CycloneDX 1.6: everything that `licenses.txt` lists.
pub fn bill_of_materials(root: &Path, contexts: &[String], version: &str) -> Result<Value> {
    let crates = crates(root, contexts)?;
    let others = [standard_library(root)?, suffix_list(root, &crates)?, service_icons(root)?];
    let licenses = |it: &Shipped| json!([{ "expression": it.license.replace('/', " OR ") }]);
    let of_crate = |it: &Shipped| {
        let purl = format!("pkg:cargo/{}@{}", it.name, it.version);
        json!({ "type": "library", "name": it.name, "version": it.version, "licenses": licenses(it), "purl": purl })
    };
    let of_other =
        |it: &Shipped| json!({ "type": "library", "name": it.name, "version": it.version, "licenses": licenses(it) });
    let components: Vec<Value> = crates.iter().map(of_crate).chain(others.iter().map(of_other)).collect();
    Ok(json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "name": "casdoor-authenticator", "version": version } },
        "components": components,
    }))
}

fn crates(root: &Path, contexts: &[String]) -> Result<Vec<Shipped>> {
    let mut command = cargo(root, "metadata --format-version 1 --filter-platform wasm32-unknown-unknown");
    let output = command.output().context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    shipped(&serde_json::from_slice(&output.stdout)?, contexts)
}

/// Returns the dependencies of the wasm crates, without this project and without crates that only run at build time
/// (procedural macros, build scripts, tests).
fn shipped(metadata: &Value, contexts: &[String]) -> Result<Vec<Shipped>> {
    let packages: BTreeMap<&str, &Value> =
        list(metadata, "/packages").map(|package| (text(package, "/id"), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(metadata, "/resolve/nodes").map(|node| (text(node, "/id"), node)).collect();
    let own: BTreeSet<&str> = list(metadata, "/workspace_members").filter_map(Value::as_str).collect();
    let is_context = |id: &&&str| packages.get(**id).is_some_and(|it| is_wasm_crate(text(it, "/name"), contexts));
    let mut waiting: Vec<&str> = own.iter().filter(is_context).copied().collect();
    if waiting.len() != contexts.len() {
        bail!("cargo metadata knows {} of {} wasm crates", waiting.len(), contexts.len());
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let Some(package) = packages.get(id) else { continue };
        let runs_while_building =
            list(package, "/targets").any(|target| list(target, "/kind").any(|it| it == "proc-macro"));
        if runs_while_building || !seen.insert(id) {
            continue;
        }
        let linked = |dependency: &&Value| list(dependency, "/dep_kinds").any(|it| it["kind"].is_null());
        let dependencies = nodes.get(id).into_iter().flat_map(|node| list(node, "/deps"));
        waiting.extend(dependencies.filter(linked).map(|dependency| text(dependency, "/pkg")));
    }
    let mut shipped: Vec<Shipped> =
        seen.difference(&own).filter_map(|id| packages.get(id)).map(|package| Shipped::of(package)).collect();
    shipped.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    Ok(shipped)
}

/// Returns the entry for Rust's standard library, which is in every wasm but not in `cargo metadata`.
fn standard_library(root: &Path) -> Result<Shipped> {
    let output = Command::new("rustc").arg("--version").output().context("cannot run rustc --version")?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Shipped {
        name: "Rust standard library".to_owned(),
        version: words.split(' ').nth(1).context("rustc printed no version")?.to_owned(),
        license: "MIT OR Apache-2.0".to_owned(),
        authors: Vec::new(),
        folder: String::new(),
        text: license_text(root, "rust-MIT.txt")?,
    })
}

/// Returns the entry for the Public Suffix List, whose license differs from that of the crate that contains it.
fn suffix_list(root: &Path, shipped: &[Shipped]) -> Result<Shipped> {
    let (name, file) = SUFFIX_LIST;
    let holder = shipped.iter().find(|it| it.name == name).with_context(|| format!("{name} is not in what ships"))?;
    let said =
        fs::read_to_string(Path::new(&holder.folder).join(file)).with_context(|| format!("{name} has no {file}"))?;
    let note = "The list is compiled into a table. Its source: https://publicsuffix.org/list/public_suffix_list.dat";
    Ok(Shipped {
        name: "Public Suffix List".to_owned(),
        version: said.trim().to_owned(),
        license: "MPL-2.0".to_owned(),
        authors: Vec::new(),
        folder: String::new(),
        text: format!("{note}\n\n{}", license_text(root, "MPL-2.0.txt")?),
    })
}

/// Returns the entry for the icons of services, which are data in the package.
fn service_icons(root: &Path) -> Result<Shipped> {
    let note = "The icons of Simple Icons (https://simpleicons.org) are in the public domain. They show logos that are \
        trademarks of their owners, and are used only to identify the accounts of these services. The owners are not \
        affiliated with this extension.";
    Ok(Shipped {
        name: "Simple Icons".to_owned(),
        version: service_icons::version(root)?,
        license: "CC0-1.0".to_owned(),
        authors: Vec::new(),
        folder: String::new(),
        text: format!("{note}\n\n{}", license_text(root, "CC0-1.0.txt")?),
    })
}

fn license_text(root: &Path, name: &str) -> Result<String> {
    let file = root.join("xtask/licenses").join(name);
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text.trim().to_owned())
}

fn is_wasm_crate(name: &str, contexts: &[String]) -> bool {
    name.strip_suffix("-wasm").is_some_and(|name| contexts.iter().any(|context| context == name))
}

impl Shipped {
    fn of(package: &Value) -> Self {
        let manifest = Path::new(text(package, "/manifest_path"));
        Self {
            name: text(package, "/name").to_owned(),
            version: text(package, "/version").to_owned(),
            license: text(package, "/license").to_owned(),
            authors: list(package, "/authors").filter_map(Value::as_str).map(without_address).collect(),
            folder: manifest.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default(),
            text: String::new(),
        }
    }

    /// Returns the license texts; only MIT's if the crate offers it among others.
    fn texts(&self) -> Result<Vec<String>> {
        if !self.text.is_empty() {
            return Ok(vec![self.text.clone()]);
        }
        let mut files: Vec<String> = fs::read_dir(&self.folder)
            .with_context(|| format!("the crate {} has no folder", self.name))?
            .flatten()
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| FILES.iter().any(|start| name.to_lowercase().starts_with(start)))
            .collect();
        files.sort();
        let is_mit = |name: &String| name.to_uppercase().contains("MIT");
        if self.license.contains("MIT") && !self.license.contains("AND") && files.iter().any(is_mit) {
            files.retain(is_mit);
        }
        files
            .iter()
            .map(|name| {
                let bytes = fs::read(Path::new(&self.folder).join(name))?;
                Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned())
            })
            .collect()
    }
}

/// Returns every license text once, with the crates that use it.
fn in_full(shipped: &[Shipped], own: &str) -> Result<String> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for it in shipped {
        let title = format!("{} {} ({})", it.name, it.version, it.license);
        let mut texts = it.texts()?;
        if texts.is_empty() {
            texts.push(format!(
                "The crate states its license but contains no license text. Authors: {}",
                it.authors.join(", ")
            ));
        }
        for text in texts {
            by_text.entry(text).or_default().push(title.clone());
        }
    }
    let mut all: Vec<(Vec<String>, String)> = by_text.into_iter().map(|(text, titles)| (titles, text)).collect();
    all.sort();
    let rule = "=".repeat(80);
    let mut full = format!("Casdoor Authenticator\n\n{}\n", own.trim());
    for (titles, text) in all {
        full.push_str(&format!("\n{rule}\n{}\n\n{text}\n", titles.join("\n")));
    }
    Ok(full)
}

/// Returns an author's name without an email address.
fn without_address(author: &str) -> String {
    author.split('<').next().unwrap_or_default().trim().to_owned()
}

fn list<'a>(value: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.pointer(path).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, kind: &str) -> Value {
        json!({
            "id": name, "name": name, "version": "1.0.0", "license": "MIT", "authors": ["Ann <ann@example.com>"],
            "manifest_path": format!("/crates/{name}/Cargo.toml"), "targets": [{ "kind": [kind] }],
        })
    }

    fn needs(name: &str, kind: Value) -> Value {
        json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] })
    }

    #[test]
    fn crates_that_run_only_at_build_time_are_not_listed() {
        let names = ["worker-wasm", "core", "linked", "built", "tested", "deep", "tool"];
        let mut packages: Vec<Value> = names.iter().map(|name| package(name, "lib")).collect();
        packages.push(package("derive", "proc-macro"));
        packages.push(package("of-derive", "lib"));
        let metadata = json!({
            "packages": packages,
            "workspace_members": ["worker-wasm", "core", "tool"],
            "resolve": { "nodes": [
                { "id": "worker-wasm", "deps": [needs("core", Value::Null)] },
                { "id": "core", "deps": [
                    needs("linked", Value::Null), needs("derive", Value::Null),
                    needs("built", json!("build")), needs("tested", json!("dev")),
                ] },
                { "id": "linked", "deps": [needs("deep", Value::Null)] },
                { "id": "derive", "deps": [needs("of-derive", Value::Null)] },
                { "id": "tool", "deps": [needs("tested", Value::Null)] },
            ] },
        });
        let shipped = shipped(&metadata, &["worker".to_owned()]).unwrap();
        assert_eq!(shipped.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["deep", "linked"]);
        assert_eq!(shipped[0].authors, ["Ann"]);
    }

    #[test]
    fn the_standard_library_and_the_suffix_list_are_listed_with_their_texts() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let library = standard_library(root).unwrap();
        assert!(library.version.starts_with("1."), "{}", library.version);
        assert!(library.text.contains("Permission is hereby granted"));

        let folder = std::env::temp_dir().join(format!("licenses-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join(SUFFIX_LIST.1), "2026-01-01\n").unwrap();
        let mut holder = Shipped::of(&package(SUFFIX_LIST.0, "lib"));
        holder.folder = folder.to_string_lossy().into_owned();
        let list = suffix_list(root, &[holder]).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!((list.version.as_str(), list.license.as_str()), ("2026-01-01", "MPL-2.0"));
        let full = in_full(&[library, list], "own").unwrap();
        for needed in
            ["Public Suffix List 2026-01-01 (MPL-2.0)", "Mozilla Public License Version 2.0", "Source Code Form"]
        {
            assert!(full.contains(needed), "{needed}");
        }
    }

    #[test]
    fn a_package_without_the_suffix_list_stops_the_build() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert!(suffix_list(root, &[]).is_err());
    }

    #[test]
    fn a_wasm_crate_that_is_missing_stops_the_build() {
        assert!(shipped(&json!({ "packages": [], "workspace_members": [] }), &["worker".to_owned()]).is_err());
    }
}
