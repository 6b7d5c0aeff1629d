//! The texts of the extension's pages in the stores of Chrome, Edge and Firefox: title and summary from `_locales`, the
//! description from `store/LANGUAGE.txt`. They are checked against the strictest limit of the three stores.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// Edge shows at most this many characters of a name.
const MAX_TITLE: usize = 45;
/// Chrome's limit for `description` in a manifest.
const MAX_SUMMARY: usize = 132;
/// Edge's limits for a description.
const MIN_DESCRIPTION: usize = 250;
const MAX_DESCRIPTION: usize = 10_000;

/// Returns the listing as JSON: for each language, `title`, `summary` and `description`.
pub fn listing(root: &Path) -> Result<String> {
    let mut listing = Map::new();
    for language in languages(root)? {
        let texts = fs::read(root.join("extension/_locales").join(&language).join("messages.json"))?;
        let texts: Value = serde_json::from_slice(&texts).with_context(|| format!("the texts in {language}"))?;
        let text = |key: &str| texts.pointer(&format!("/{key}/message")).and_then(Value::as_str);
        let path = root.join("store").join(format!("{language}.txt"));
        let (Some(title), Some(summary)) = (text("extension_name"), text("extension_description")) else {
            // A language with the texts of pages only, for which the browser uses a related language.
            continue;
        };
        let description = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let description = description.trim();
        check(&language, title, summary, description)?;
        listing.insert(language, json!({ "title": title, "summary": summary, "description": description }));
    }
    Ok(format!("{:#}\n", Value::from(listing)))
}

fn languages(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("extension/_locales");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let names: Result<Vec<String>, _> =
        entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned())).collect();
    let mut names = names?;
    names.sort();
    Ok(names)
}

fn check(language: &str, title: &str, summary: &str, description: &str) -> Result<()> {
    for (name, text, least, most) in [
        ("title", title, 1, MAX_TITLE),
        ("summary", summary, 1, MAX_SUMMARY),
        ("description", description, MIN_DESCRIPTION, MAX_DESCRIPTION),
    ] {
        let length = text.chars().count();
        if !(least..=most).contains(&length) {
            bail!("the {name} in {language} has {length} characters; the stores allow {least} to {most}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn every_language_has_texts_that_the_stores_accept() {
        let listing: Value = serde_json::from_str(&listing(root()).unwrap()).unwrap();
        let listing = listing.as_object().unwrap();
        assert!(listing.len() >= 23, "{:?}", listing.keys());
        let described = fs::read_dir(root().join("store")).unwrap();
        let described =
            described.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|it| it == "txt"));
        assert_eq!(described.count(), listing.len(), "a description belongs to no language");
        let bullets = |text: &Value| text["description"].as_str().unwrap().matches('•').count();
        for (language, texts) in listing {
            assert_eq!(bullets(texts), bullets(&listing["en"]), "{language} says more or less than English");
        }
    }

    #[test]
    fn texts_outside_the_limits_are_rejected() {
        let description = "d".repeat(250);
        check("en", "Title", "Summary", &description).unwrap();
        assert!(check("en", "", "Summary", &description).is_err());
        assert!(check("en", &"t".repeat(46), "Summary", &description).is_err());
        assert!(check("en", "Title", &"ä".repeat(133), &description).is_err());
        assert!(check("en", "Title", &"ä".repeat(132), &description).is_ok(), "characters are counted, not bytes");
        assert!(check("en", "Title", "Summary", &"d".repeat(249)).is_err());
    }
}
