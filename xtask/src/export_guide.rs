//! Creates the page `formats.html` of the package, which tells users how to export from other programs: a section of
//! `docs/formats.md` as HTML, so that the page and the documentation cannot differ.

use crate::tree::Tree;
use anyhow::{Context, Result};
use pulldown_cmark::{Options, Parser, html};
use std::fs;
use std::path::Path;

/// The page's path in the package.
const PAGE: &str = "formats.html";

/// The heading of the section, which is also the page's title.
const HEADING: &str = "Programs, and how to export from them";

/// Adds the page to the package.
pub fn add_to(tree: &mut Tree, root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join("docs/formats.md")).context("cannot read docs/formats.md")?;
    tree.insert(PAGE, page(&text)?);
    Ok(())
}

fn page(text: &str) -> Result<String> {
    let section = section(text).with_context(|| format!("docs/formats.md has no section {HEADING:?}"))?;
    let mut body = String::new();
    html::push_html(&mut body, Parser::new_ext(section, Options::ENABLE_TABLES));
    Ok(format!(
        r#"<!doctype html>
<html lang="en" class="document">
    <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{HEADING}</title>
        <link rel="icon" href="icons/mark.svg" />
        <link rel="stylesheet" href="themes.css" />
        <link rel="stylesheet" href="pages.css" />
        <link rel="stylesheet" href="document.css" />
    </head>
    <body>
        <main>
            <h1>{HEADING}</h1>
            {body}
        </main>
    </body>
</html>
"#
    ))
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
        let (path, bytes) = tree.iter().next().unwrap();
        let page = std::str::from_utf8(bytes).unwrap();
        assert_eq!(path, PAGE);
        for words in ["<td>2FAS</td>", "<td>Google Authenticator</td>", "Okta Verify"] {
            assert!(page.contains(words), "{words}");
        }
        for words in ["cargo test", "wasm", "style="] {
            assert!(!page.contains(words), "{words}");
        }
    }

    #[test]
    fn a_section_ends_at_the_next_heading() {
        let text = format!("# Formats\n\n## {HEADING}\n\nSettings › Export\n\n### Notes\n\n## Other\n");
        assert_eq!(section(&text), Some("\nSettings › Export\n\n### Notes\n"));
        assert_eq!(section("# Formats\n"), None);
    }
}
