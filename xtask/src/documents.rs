//! The documents of the project that are also pages of the package.

use crate::tree::Tree;
use anyhow::{Context, Result};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use std::fs;
use std::path::Path;

/// The path in the package of the page that an update's notice opens.
const CHANGES: &str = "changelog.html";

/// Adds the list of changes to the package.
pub fn add_to(tree: &mut Tree, root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    // The text before the first version is only for authors of the changelog.
    let at = text.find("\n## ").context("CHANGELOG.md has no version")?;
    tree.insert(CHANGES, page("What's new", text.get(at..).unwrap_or_default()));
    Ok(())
}

/// Returns Markdown as a page of the extension. Links to other files of the project become text.
pub fn page(title: &str, markdown: &str) -> String {
    let mut body = String::new();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    html::push_html(&mut body, without_relative_links(events));
    format!(
        r#"<!doctype html>
<html lang="en" class="document">
    <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{title}</title>
        <link rel="icon" href="icons/mark.svg" />
        <link rel="stylesheet" href="themes.css" />
        <link rel="stylesheet" href="pages.css" />
        <link rel="stylesheet" href="document.css" />
    </head>
    <body>
        <main>
            <h1>{title}</h1>
            {body}
        </main>
    </body>
</html>
"#
    )
}

fn without_relative_links<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut is_relative = false;
    events.filter(move |event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => {
            is_relative = !dest_url.starts_with("https://");
            !is_relative
        }
        Event::End(TagEnd::Link) => !std::mem::take(&mut is_relative),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changes_are_a_page_of_the_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut tree = Tree::default();
        add_to(&mut tree, root).unwrap();
        let (_, bytes) = tree.iter().find(|(path, _)| *path == CHANGES).unwrap();
        let page = std::str::from_utf8(bytes).unwrap();
        assert!(page.contains(&format!("<h2>{}", env!("CARGO_PKG_VERSION"))), "{page}");
        assert!(!page.contains("Keep a Changelog") && !page.contains("href=\"docs"), "{page}");
    }

    #[test]
    fn links_to_files_become_text() {
        let page = page("Title", "[here](docs/a.md) and [there](https://a.example/)");
        assert!(page.contains("<p>here and <a href=\"https://a.example/\">there</a></p>"), "{page}");
    }
}
