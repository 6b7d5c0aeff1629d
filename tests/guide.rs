//! The user guide names what the screens show, and its pictures exist.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Bold texts that start a paragraph and name a problem in the user's words.
const PROBLEMS: [&str; 7] = [
    "I forgot my vault password.",
    "A site rejects the code.",
    "Casdoor rejects a recovery code.",
    "The code isn't typed into the page.",
    "No QR code is found.",
    "I deleted an account.",
    "My accounts look wrong after a change.",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the texts between two marks, in which a line break counts as a space.
fn between(text: &str, start: &str, end: &str) -> Vec<String> {
    let parts = text.split(start).skip(1);
    parts.filter_map(|part| part.split_once(end)).map(|(inside, _)| inside.replace('\n', " ")).collect()
}

/// Returns true if a text is one of the messages. `$1` in a message stands for any text.
fn is_shown(text: &str, messages: &[String]) -> bool {
    messages.iter().any(|message| match message.split_once("$1") {
        Some((before, after)) => {
            let inside = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            // A message that starts with its argument or is nothing else would match almost everything.
            let is_argument = |inside: &str| !inside.is_empty() && (!before.is_empty() || !inside.contains(' '));
            before.len().saturating_add(after.len()) > 4 && inside.is_some_and(is_argument)
        }
        None => message == text,
    })
}

fn messages() -> Vec<String> {
    let messages: Value = serde_json::from_str(&read("extension/_locales/en/messages.json")).unwrap();
    messages.as_object().unwrap().values().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_bold_text_is_shown_by_the_extension() {
    let messages = messages();
    let guide = read("docs/guide.md").replace("Words in **bold**", "");
    // Every second part between two marks is bold.
    let bold: Vec<String> = guide
        .split("**")
        .skip(1)
        .step_by(2)
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert!(bold.len() > 50, "{}", bold.len());
    let unknown: Vec<&String> =
        bold.iter().filter(|text| !PROBLEMS.contains(&text.as_str()) && !is_shown(text, &messages)).collect();
    assert!(unknown.is_empty(), "the extension doesn't show: {unknown:?}");
}

#[test]
fn a_text_that_is_not_on_a_screen_is_found() {
    let messages = messages();
    assert!(is_shown("Create vault", &messages) && is_shown("Add 1 account", &messages));
    assert!(!is_shown("Make vault", &messages) && !is_shown("Delete 1 account", &messages));
}

#[test]
fn every_picture_is_linked_and_every_linked_picture_exists() {
    let (guide, readme) = (read("docs/guide.md"), read("README.md"));
    let mut linked: BTreeSet<String> = between(&guide, "src=\"pictures/", "\"").into_iter().collect();
    for start in ["src=\"docs/pictures/", "srcset=\"docs/pictures/"] {
        linked.extend(between(&readme, start, "\""));
    }
    let stored: BTreeSet<String> = fs::read_dir(root().join("docs/pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(linked, stored, "linked on the left, stored on the right");
}

#[test]
fn every_picture_is_described_and_small_enough_to_be_cloned() {
    for page in ["docs/guide.md", "README.md"] {
        for tag in between(&read(page), "<img ", "/>") {
            let description = between(&tag, "alt=\"", "\"").pop().unwrap_or_default();
            assert!(description.len() > 20, "{page}: {tag} needs a description");
        }
    }
    let sizes = fs::read_dir(root().join("docs/pictures")).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    let bytes: u64 = sizes.sum();
    assert!(bytes < 3_000_000, "{bytes} bytes");
}

#[test]
fn every_section_is_listed_at_the_top_and_every_link_to_a_section_works() {
    let guide = read("docs/guide.md");
    let anchor = |heading: &str| {
        let kept =
            heading.to_lowercase().replace(|letter: char| !letter.is_alphanumeric() && !" -".contains(letter), "");
        kept.replace(' ', "-")
    };
    let sections: BTreeSet<String> = guide.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    let links: BTreeSet<String> = between(&guide, "](#", ")").into_iter().collect();
    assert_eq!(sections, links);
}
