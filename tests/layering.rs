//! Checks that modules import only from lower layers, and that platform code stays in its modules.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot read the source should fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with its layer. A module may import from lower layers and itself, but not from modules of the same
/// layer.
const LAYERS: [(&str, u8); 15] = [
    ("charset", 0),
    ("json", 0),
    ("label", 0),
    ("secret", 0),
    ("message", 0),
    ("time", 0),
    ("otp", 1),
    ("vault", 2),
    ("qr", 3),
    ("autofill", 3),
    ("exchange", 3),
    ("casdoor", 3),
    ("app", 4),
    ("browser", 5),
    ("ui", 6),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the source is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("readable");
            (path.strip_prefix(&root).expect("below src").to_owned(), text)
        })
        .collect()
}

/// Returns the first module name of each `crate::` path, e.g. `vault` in `use crate::{otp, vault::Account}`.
fn imported(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(top_level_names(group)),
            None => names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
        }
    }
    names
}

fn top_level_names(group: &str) -> Vec<String> {
    let (mut depth, mut name, mut names, mut taking) = (0_usize, String::new(), Vec::new(), true);
    for character in group.chars() {
        match character {
            '{' => depth = depth.saturating_add(1),
            '}' if depth == 0 => break,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => taking = true,
            c if depth == 0 && taking && (c.is_alphanumeric() || c == '_') => {
                name.push(c);
                continue;
            }
            c if c.is_whitespace() => {}
            _ => taking = false,
        }
        if !name.is_empty() {
            names.push(std::mem::take(&mut name));
        }
    }
    names.extend((!name.is_empty()).then_some(name));
    names
}

#[test]
fn modules_import_only_from_lower_layers() {
    let layers: BTreeMap<&str, u8> = LAYERS.into();
    let mut looked_at = 0;
    for (path, text) in all_sources() {
        let first = path.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let own = *layers.get(module).unwrap_or_else(|| panic!("{module} has no layer"));
        for name in imported(&text) {
            let Some(layer) = layers.get(name.as_str()) else { continue };
            assert!(name == module || *layer < own, "{} imports {name}, which is not below {module}", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 50, "only {looked_at} imports were found, so this test no longer works");
}

/// Returns the part of `src/app` to which a file belongs: its folder, or the file itself if it is directly in
/// `src/app`. `mod.rs` declares all parts, so it is excluded.
fn app_part(path: &Path) -> Option<String> {
    let part = path.strip_prefix("app").ok()?.components().next()?.as_os_str().to_string_lossy().into_owned();
    let part = part.trim_end_matches(".rs").to_owned();
    (part != "mod").then_some(part)
}

/// Returns the parts of `src/app` that a source file imports, as `crate::app::part` or, if it is directly in `src/app`,
/// as `super::part`.
fn imported_parts(text: &str, is_in_app_folder: bool, parts: &BTreeSet<String>) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = Vec::new();
    for start in ["crate::app::", if is_in_app_folder { "super::" } else { "crate::app::" }] {
        for rest in code.split(start).skip(1) {
            match rest.strip_prefix('{') {
                Some(group) => names.extend(top_level_names(group)),
                None => names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
            }
        }
    }
    names.into_iter().filter(|name| parts.contains(name)).collect()
}

#[test]
fn no_part_of_the_app_is_in_an_import_cycle() {
    let sources = all_sources();
    let parts: BTreeSet<String> = sources.iter().filter_map(|(path, _)| app_part(path)).collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in &sources {
        let Some(part) = app_part(path) else { continue };
        let is_in_app_folder = path.components().count() == 2;
        let found = imported_parts(text, is_in_app_folder, &parts);
        imports.entry(part.clone()).or_default().extend(found.into_iter().filter(|name| *name != part));
    }
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 20, "too few imports were found: {imports:?}");
    // Repeatedly removes parts that import no remaining part. What is left contains a cycle.
    while let Some(leaf) = imports.iter().find(|(_, of)| of.iter().all(|name| !imports.contains_key(name))) {
        let leaf = leaf.0.clone();
        imports.remove(&leaf);
    }
    assert!(imports.is_empty(), "a cycle is among {imports:?}");
}

#[test]
fn platform_code_stays_in_its_modules() {
    for (path, text) in all_sources() {
        if path == Path::new("lib.rs") {
            continue;
        }
        assert!(!text.contains("target_arch"), "{} names target_arch", path.display());
        let portable = !path.starts_with("browser") && !path.starts_with("ui");
        for platform in ["wasm_bindgen", "web_sys", "js_sys", "gloo", "leptos"] {
            assert!(!portable || !text.contains(&format!("{platform}::")), "{} uses {platform}", path.display());
        }
    }
}

#[test]
fn imports_are_found_in_every_form() {
    assert_eq!(imported("use crate::app::App;"), ["app"]);
    assert_eq!(imported("use crate::{otp, vault::{Account, Site}, qr};"), ["otp", "vault", "qr"]);
    assert_eq!(imported("fn f() { crate::browser::go() }"), ["browser"]);
    assert!(imported("// use crate::ui::x;").is_empty());
}
