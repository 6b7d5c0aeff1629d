//! Lists the crates in the wasm with their licenses.
//!
//! `licences.json` is shown on the options page; `licences.txt` contains each license text once. Both are generated
//! from `cargo metadata` and the crates' folders, so they always match the lockfile.

use crate::command::cargo;
use crate::tree::Tree;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Prefixes of license file names.
const FILES: [&str; 6] = ["licen", "copying", "copyright", "notice", "unlicense", "authors"];

/// A crate in the wasm.
struct Shipped {
    name: String,
    version: String,
    licence: String,
    authors: Vec<String>,
    folder: String,
}

/// Adds both files to the package. `contexts` are the names of the wasm crates.
pub fn add_to(tree: &mut Tree, root: &Path, contexts: &[String]) -> Result<()> {
    let mut command = cargo(root, "metadata --format-version 1 --filter-platform wasm32-unknown-unknown");
    let output = command.output().context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let shipped = shipped(&serde_json::from_slice(&output.stdout)?, contexts)?;
    let list: Vec<Value> =
        shipped.iter().map(|it| json!({ "name": it.name, "version": it.version, "licence": it.licence })).collect();
    tree.insert("licences.json", serde_json::to_vec(&list)?);
    tree.insert("licences.txt", in_full(&shipped, &fs::read_to_string(root.join("LICENSE"))?)?);
    Ok(())
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

fn is_wasm_crate(name: &str, contexts: &[String]) -> bool {
    name.strip_suffix("-wasm").is_some_and(|name| contexts.iter().any(|context| context == name))
}

impl Shipped {
    fn of(package: &Value) -> Self {
        let manifest = Path::new(text(package, "/manifest_path"));
        Self {
            name: text(package, "/name").to_owned(),
            version: text(package, "/version").to_owned(),
            licence: text(package, "/license").to_owned(),
            authors: list(package, "/authors").filter_map(Value::as_str).map(without_address).collect(),
            folder: manifest.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }

    /// Returns the license texts; only MIT's if the crate offers it among others.
    fn texts(&self) -> Result<Vec<String>> {
        let mut files: Vec<String> = fs::read_dir(&self.folder)
            .with_context(|| format!("the crate {} has no folder", self.name))?
            .flatten()
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| FILES.iter().any(|start| name.to_lowercase().starts_with(start)))
            .collect();
        files.sort();
        let is_mit = |name: &String| name.to_uppercase().contains("MIT");
        if self.licence.contains("MIT") && !self.licence.contains("AND") && files.iter().any(is_mit) {
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
        let title = format!("{} {} ({})", it.name, it.version, it.licence);
        let mut texts = it.texts()?;
        if texts.is_empty() {
            texts.push(format!(
                "The crate names its licence and has no file with it. Authors: {}",
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
    fn what_only_runs_while_building_is_not_in_what_ships() {
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
    fn a_wasm_crate_that_is_missing_stops_the_build() {
        assert!(shipped(&json!({ "packages": [], "workspace_members": [] }), &["worker".to_owned()]).is_err());
    }
}
