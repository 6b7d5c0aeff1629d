//! Prints comments, test names and English texts that are drawn at random, to be read by someone who does not know the
//! code. Each must be understood without the code next to it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The number of lines in a sample.
const SAMPLE_SIZE: usize = 20;

/// The folders with the lines to choose from.
const FOLDERS: [&str; 3] = ["src", "extension", "tests"];

/// Folders of other programs' files, test pages and installed packages.
const SKIPPED: [&str; 3] = ["fixtures", "pages", "node_modules"];

/// Prints a sample. The same seed draws the same lines from the same files.
///
/// # Errors
/// A file cannot be read.
pub fn print(root: &Path, seed: u64) -> Result<()> {
    let mut lines = Vec::new();
    for folder in FOLDERS {
        collect(root, &root.join(folder), &mut lines)?;
    }
    let mut state = seed;
    for _ in 0..SAMPLE_SIZE.min(lines.len()) {
        let count = u64::try_from(lines.len())?.max(1);
        let index = usize::try_from(next(&mut state).checked_rem(count).unwrap_or_default())?;
        println!("{}", lines.swap_remove(index));
    }
    Ok(())
}

/// Returns the next number of the SplitMix64 generator.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Adds the lines of all files in a folder, in the order of their names.
fn collect(root: &Path, folder: &Path, lines: &mut Vec<String>) -> Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(root, &path, lines)?;
            }
            continue;
        }
        let shown = path.strip_prefix(root)?.display().to_string();
        let is_source = [".rs", ".js", ".css"].iter().any(|end| name.ends_with(end));
        if is_source {
            lines.extend(in_source(&fs::read_to_string(&path)?).map(|line| format!("{shown}: {line}")));
        } else if shown.ends_with("_locales/en/messages.json") {
            let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
            let texts = json.as_object().context("the texts are not a JSON object")?.iter();
            lines.extend(texts.filter_map(|(key, text)| Some(format!("{key}: {}", text.get("message")?.as_str()?))));
        }
    }
    Ok(())
}

/// Returns the comments of a source file, each paragraph as one line, and the names of its tests as sentences.
fn in_source(text: &str) -> impl Iterator<Item = String> {
    let mut found = vec![String::new()];
    let (mut is_test, mut is_example) = (false, false);
    for line in text.lines().map(str::trim) {
        let comment = ["///", "//!", "//", "/**", "/*", "* "].iter().find_map(|marker| line.strip_prefix(marker));
        match comment.map(|comment| comment.trim_start_matches('/').trim().trim_end_matches("*/").trim()) {
            Some(fence) if fence.starts_with("```") => is_example = !is_example,
            Some(_) if is_example => {}
            Some("") => found.push(String::new()),
            Some(heading) if heading.starts_with("----") => found.push(String::new()),
            Some(part) => {
                if let Some(last) = found.last_mut() {
                    last.push_str(if last.is_empty() { "" } else { " " });
                    last.push_str(part);
                }
            }
            None => {
                found.push(String::new());
                if let Some(name) = line.strip_prefix("fn ").filter(|_| is_test) {
                    found.push(name.split('(').next().unwrap_or_default().replace('_', " "));
                    found.push(String::new());
                }
                is_test = line.starts_with("#[test]");
            }
        }
    }
    found.into_iter().filter(|line| line.split_whitespace().count() > 1)
}
