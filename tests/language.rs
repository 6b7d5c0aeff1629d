//! Checks the language of sources, documents and English texts: words and phrases to avoid, doc comments that only name a
//! question, comment lines that are too long, and file names that say nothing.
//!
//! `EXEMPT` lists the paths that have not been rewritten yet. It must only become shorter.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own repository has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// The checked folders, and the checked files in the repository's root.
const CHECKED: [&str; 15] = [
    "src",
    "tests",
    "examples",
    "benches",
    "fuzz/fuzz_targets",
    "xtask",
    "mock-casdoor",
    "extension",
    "docs",
    "README.md",
    "SECURITY.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "build.sh",
];

/// File types that contain prose or comments.
const TYPES: [&str; 11] = ["rs", "js", "mjs", "jsx", "css", "html", "md", "py", "sh", "toml", "json"];

/// Folders with generated files, fixtures of other programs, translations and installed packages.
const SKIPPED: [&str; 6] =
    ["node_modules", "target", "tests/fixtures/exchange", "tests/fixtures/casdoor", "mock-casdoor/data", "tests/pages"];

/// Paths that have not been rewritten yet.
const EXEMPT: [&str; 1] = ["tests/language.rs"];

/// Words and phrases to avoid, in lower case.
const AVOIDED: [(&str, &str); 37] = [
    ("the person", "the user"),
    ("a person", "a user"),
    ("somebody", "someone, or the user"),
    ("anybody", "anyone"),
    ("whoever", "anyone who"),
    ("anew", "again, or new"),
    ("by itself", "automatically"),
    ("by themselves", "automatically"),
    ("the same again", "what it is, such as: confirm password"),
    ("in step", "in sync"),
    ("is no account that", "what is wrong with it"),
    ("are no accounts", "what is wrong with them"),
    ("that is none", "what it is"),
    ("none of ours", "what it is"),
    ("of now", "current"),
    ("stand in", "mock, or replacement"),
    ("is refused", "is rejected, or fails with"),
    ("is not taken", "is rejected"),
    ("the bin", "the trash"),
    ("lies beside", "is stored next to"),
    ("stands beside", "is next to"),
    ("present password", "current password"),
    ("licence", "license"),
    ("licences", "licenses"),
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("enrolment", "enrollment"),
    ("neighbour", "neighbor"),
    ("recognise", "recognize"),
    ("recognised", "recognized"),
    ("serialise", "serialize"),
    ("serialises", "serializes"),
    ("told from", "distinguished from"),
    ("goes on", "continues"),
    ("or the like", "the examples, or: or similar"),
    ("and the like", "such as, before the examples"),
    ("upon", "on, or after"),
];

/// Openings of doc comments that leave the reader with a question instead of a statement.
const QUESTIONS: [&str; 5] = ["Whether", "Which", "What", "How often", "How many"];

/// File names that say nothing about the content.
const GENERIC: [&str; 10] =
    ["util", "utils", "common", "helper", "helpers", "misc", "stuff", "things", "general", "various"];

/// The maximum length of a comment line, as in `rustfmt.toml`.
const MAX_COLUMNS: usize = 120;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Adds the checked files below a folder, with their paths relative to the repository's root.
fn collect(path: &Path, files: &mut Vec<(String, String)>) {
    let relative = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    if SKIPPED.iter().any(|skipped| relative == *skipped || relative.ends_with(&format!("/{skipped}"))) {
        return;
    }
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| collect(entry, files));
        return;
    }
    let kind = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    // Of the JSON files, only the English texts are prose.
    let is_prose = kind != "json" || relative == "extension/_locales/en/messages.json";
    if TYPES.contains(&kind.as_str()) && is_prose {
        files.push((relative, fs::read_to_string(path).unwrap()));
    }
}

/// Returns the checked files that are not exempt.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    CHECKED.iter().for_each(|path| collect(&root().join(path), &mut files));
    files.retain(|(path, _)| !EXEMPT.iter().any(|exempt| path.starts_with(exempt)));
    assert!(files.len() > 150, "only {} files were found; the test no longer works", files.len());
    files
}

/// Returns the avoided phrase in a line, if any. The names of functions count as words. Other names do not, because many
/// of them belong to file formats and protocols.
fn avoided_in(line: &str) -> Option<(&'static str, &'static str)> {
    let declares = ["fn ", "pub fn ", "async fn "].iter().any(|start| line.trim_start().starts_with(start));
    let is_word = |c: char| c.is_alphanumeric() || c == '\'' || (!declares && (c == '_' || c == '-'));
    let words: String = line.to_lowercase().chars().map(|c| if is_word(c) { c } else { ' ' }).collect();
    let words = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    AVOIDED.into_iter().find(|(phrase, _)| words.contains(&format!(" {phrase} ")))
}

/// Returns the text of a comment line, without its marker.
fn comment(path: &str, line: &str) -> Option<String> {
    let line = line.trim_start();
    let markers: &[&str] = if path.ends_with(".py") || path.ends_with(".sh") || path.ends_with(".toml") {
        &["#"]
    } else {
        &["///", "//!", "//", "/*"]
    };
    let marker = markers.iter().find(|marker| line.starts_with(**marker))?;
    Some(line.trim_start_matches(marker).trim().to_owned())
}

#[test]
fn no_avoided_words_or_phrases() {
    let mut found = Vec::new();
    for (path, text) in files() {
        for (index, line) in text.lines().enumerate() {
            if let Some((phrase, better)) = avoided_in(line) {
                found.push(format!("{path}:{}: “{phrase}”; write {better}", index.saturating_add(1)));
            }
        }
    }
    assert!(found.is_empty(), "{} lines to rewrite:\n{}", found.len(), found.join("\n"));
}

#[test]
fn doc_comments_are_statements() {
    let mut found = Vec::new();
    for (path, text) in files() {
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some(text) = line.trim_start().strip_prefix("/// ") else { continue };
            let is_first =
                index == 0 || !lines.get(index.wrapping_sub(1)).is_some_and(|it| it.trim().starts_with("///"));
            if is_first && QUESTIONS.iter().any(|start| text.starts_with(start)) {
                found.push(format!("{path}:{}: {text}", index.saturating_add(1)));
            }
        }
    }
    assert!(found.is_empty(), "{} doc comments to rewrite:\n{}", found.len(), found.join("\n"));
}

#[test]
fn comment_lines_are_within_the_column_limit() {
    let mut found = Vec::new();
    for (path, text) in files() {
        for (index, line) in text.lines().enumerate() {
            let Some(comment) = comment(&path, line) else { continue };
            // Tables and addresses cannot be wrapped.
            let is_fixed = comment.starts_with('|') || comment.contains("://");
            if !path.ends_with(".md") && !is_fixed && line.chars().count() > MAX_COLUMNS {
                found.push(format!("{path}:{}", index.saturating_add(1)));
            }
        }
    }
    assert!(found.is_empty(), "{} comment lines are too long:\n{}", found.len(), found.join("\n"));
}

/// Names of tests have more words than other names in the documents.
#[test]
fn tests_that_documents_name_exist() {
    let files = files();
    let sources: Vec<&str> =
        files.iter().filter(|(path, _)| path.ends_with(".rs")).map(|(_, text)| text.as_str()).collect();
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let mut missing = Vec::new();
    let mut count = 0_usize;
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".md")) {
        let names = text.split(|c| !is_word(c)).filter(|name| name.matches('_').count() >= 5);
        for name in names {
            count += 1;
            if !sources.iter().any(|source| source.contains(&format!("fn {name}("))) {
                missing.push(format!("{path}: {name}"));
            }
        }
    }
    assert!(count > 40, "{count}");
    assert!(missing.is_empty(), "{} tests were renamed:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn file_names_say_what_is_inside() {
    for (path, _) in files() {
        let name = Path::new(&path).file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!GENERIC.contains(&name.as_str()), "{path}: choose a name that says what is inside");
    }
}

#[test]
fn avoided_phrases_are_found_in_prose_and_in_names() {
    assert!(avoided_in("let fills_by_itself = true;").is_none());
    assert_eq!(avoided_in("// Asks the person again.").map(|found| found.0), Some("the person"));
    assert_eq!(avoided_in("fn a_code_is_filled_by_itself() {").map(|found| found.0), Some("by itself"));
    assert!(avoided_in("// The newer version stays.").is_none());
}
