//! Creates the page `formats.html` of the package, which tells users how to export from other programs: a section of
//! `docs/formats.md` as HTML, so that the page and the documentation cannot differ. The programs with a menu path, and
//! those that cannot export, are also in `export_guide.json`, from which the import shows them.

use crate::documents;
use crate::tree::Tree;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The page's path in the package.
const PAGE: &str = "formats.html";

/// The path of the list of programs in the package.
const LIST: &str = "export_guide.json";

/// The heading of the section, which is also the page's title.
const HEADING: &str = "Programs, and how to export from them";

/// Adds the page to the package.
pub fn add_to(tree: &mut Tree, root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join("docs/formats.md")).context("cannot read docs/formats.md")?;
    tree.insert(PAGE, page(&text)?);
    tree.insert(LIST, serde_json::to_vec(&programs(&text)?)?);
    Ok(())
}

fn page(text: &str) -> Result<String> {
    let section = section(text).with_context(|| format!("docs/formats.md has no section {HEADING:?}"))?;
    Ok(documents::page(HEADING, section))
}

/// Returns the programs of the section's table that users come from, in alphabetical order.
fn programs(text: &str) -> Result<Vec<Value>> {
    let section = section(text).with_context(|| format!("docs/formats.md has no section {HEADING:?}"))?;
    let mut programs: Vec<(String, Value)> = section.lines().filter_map(program).collect();
    programs.sort_by_cached_key(|(name, _)| name.to_lowercase());
    Ok(programs.into_iter().map(|(_, program)| program).collect())
}

/// Returns the name of a row's first program, and the row as JSON. Returns `None` for a program whose export contains
/// no codes, and for one whose file is found rather than exported.
fn program(line: &str) -> Option<(String, Value)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let (program, how, read) = (cells.next()?, cells.next()?, cells.next()?);
    if read.trim_start().starts_with("nothing") {
        return None;
    }
    let name = program.split([',', ';', ':', '(']).next()?.trim();
    let path = how.split([',', ';']).next()?.trim();
    let path: Vec<&str> = if path.contains('›') {
        path.split('›').map(str::trim).collect()
    } else if how.starts_with("none") || how.starts_with("not ") {
        Vec::new()
    } else {
        return None;
    };
    let program = json!({ "name": name, "path": path, "shows_qr_codes": how.contains("scan the codes") });
    Some((name.to_owned(), program))
}

/// Returns the text between the section's heading and the next heading of the same level.
fn section(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(&format!("\n## {HEADING}\n"))?;
    Some(rest.split_once("\n## ").map_or(rest, |(section, _)| section))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_contains_the_programs_and_nothing_for_developers() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut tree = Tree::default();
        add_to(&mut tree, root).unwrap();
        let (_, bytes) = tree.iter().find(|(path, _)| *path == PAGE).unwrap();
        let page = std::str::from_utf8(bytes).unwrap();
        for words in ["<td>2FAS</td>", "<td>Google Authenticator</td>", "Okta Verify"] {
            assert!(page.contains(words), "{words}");
        }
        for words in ["cargo test", "wasm", "style="] {
            assert!(!page.contains(words), "{words}");
        }
    }

    #[test]
    fn the_list_has_the_menu_path_of_each_program_that_exports_codes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let programs = programs(&fs::read_to_string(root.join("docs/formats.md")).unwrap()).unwrap();
        let find = |name: &str| programs.iter().find(|program| program["name"] == name);
        let aegis =
            json!({ "name": "Aegis", "path": ["Settings", "Import & Export", "Export"], "shows_qr_codes": false });
        assert_eq!(find("Aegis"), Some(&aegis));
        let google = find("Google Authenticator").unwrap();
        assert_eq!(
            (&google["path"], &google["shows_qr_codes"]),
            (&json!(["☰", "Transfer accounts", "Export"]), &json!(true))
        );
        for name in ["Authy", "Microsoft Authenticator", "Yubico Authenticator"] {
            assert_eq!(find(name).unwrap()["path"], json!([]), "{name}");
        }
        // Their exports contain no codes, or there is nothing to choose in a menu.
        for name in ["Firefox", "Passky", "Steam", "program", "---"] {
            assert_eq!(find(name), None, "{name}");
        }
        assert!(programs.len() > 25, "{}", programs.len());
        for program in &programs {
            let path = program["path"].as_array().unwrap();
            assert!(
                path.len() != 1 && path.iter().all(|entry| !entry.as_str().unwrap().contains(['`', '*'])),
                "{program}"
            );
        }
    }

    #[test]
    fn a_section_ends_at_the_next_heading() {
        let text = format!("# Formats\n\n## {HEADING}\n\nSettings › Export\n\n### Notes\n\n## Other\n");
        assert_eq!(section(&text), Some("\nSettings › Export\n\n### Notes\n"));
        assert_eq!(section("# Formats\n"), None);
    }
}
