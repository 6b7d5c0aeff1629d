//! Every text of the pages is in `_locales`: no key is used that is missing in English.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own repository has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use casdoor_authenticator::app::protocol::{FormKind, Likeness, RowMark};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            sources(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// The texts between quotes that follow `start`.
fn quoted_after<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn english() -> serde_json::Map<String, serde_json::Value> {
    let text = fs::read_to_string(root().join("extension/_locales/en/messages.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_key_that_the_pages_say_has_english_words() {
    let words = english();
    let mut files = Vec::new();
    sources(&root().join("src/ui"), &mut files);
    let mut said = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        for start in ["say(\"", "say_with( \"", "say_with(\"", "label: \"", "hint: \"", "{ \"", "else { \""] {
            said.extend(quoted_after(&text, start).into_iter().map(str::to_owned));
        }
        // A password's field: its name, then the key of its label.
        for call in text.split("password(\"").skip(1) {
            said.extend(call.split('"').nth(2).map(str::to_owned));
        }
        for key in quoted_after(&text, "say_count(\"") {
            said.extend([format!("{key}_one"), format!("{key}_many")]);
        }
    }
    let is_key = |key: &&String| key.contains('_') && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let missing: Vec<_> = said.iter().filter(is_key).filter(|key| !words.contains_key(*key)).collect();
    assert!(said.len() > 60, "the test no longer finds the keys: {said:?}");
    assert!(missing.is_empty(), "no English words for {missing:?}");
}

#[test]
fn words_neither_shout_nor_beg() {
    for (key, entry) in english() {
        let text = entry["message"].as_str().unwrap().to_lowercase();
        assert!(!text.is_empty() && !text.contains('!') && !text.contains("please"), "{key}: {text}");
    }
}

#[test]
fn every_state_that_is_said_by_name_has_its_words() {
    let words = english();
    let kinds = FormKind::ALL.map(|kind| format!("kind_{}", kind.name()));
    let marks = RowMark::ALL.map(RowMark::name);
    let marks = marks.iter().flat_map(|mark| [format!("mark_{mark}"), format!("mark_{mark}_means")]);
    let sync = ["in_step", "to_send", "needs_you"];
    let sync = sync.iter().flat_map(|state| [format!("sync_{state}"), format!("sync_{state}_means")]);
    let known = [Likeness::Same, Likeness::SameSecret, Likeness::SameName];
    let known = known.map(|known| format!("found_{}", known.name()));
    let strengths = ["none", "weak", "fair", "good", "strong"].map(|level| format!("strength_{level}"));
    for key in marks.chain(sync).chain(kinds).chain(known).chain(strengths) {
        assert!(words.contains_key(&key), "{key}");
    }
}

#[test]
fn the_content_scripts_say_in_english_what_stands_in_the_locale() {
    let words = english();
    let mut files = Vec::new();
    sources(&root().join("extension/content"), &mut files);
    let mut said = 0;
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for call in text.split("say(\"").skip(1) {
            let mut quoted = call.split('"');
            let (key, _, english) = (quoted.next().unwrap(), quoted.next(), quoted.next().unwrap());
            assert_eq!(words.get(key).unwrap_or_else(|| panic!("{key}"))["message"], english, "{key}");
            said += 1;
        }
    }
    assert!(said > 10, "the test no longer finds the words");
}

/// Every other language: its folder's name, and its words.
fn translations() -> Vec<(String, serde_json::Map<String, serde_json::Value>)> {
    let folders = fs::read_dir(root().join("extension/_locales")).unwrap().flatten();
    let read = |entry: fs::DirEntry| {
        let text = fs::read_to_string(entry.path().join("messages.json")).unwrap();
        (entry.file_name().into_string().unwrap(), serde_json::from_str(&text).unwrap())
    };
    folders.map(read).filter(|(name, _)| name != "en").collect()
}

/// The `$1`, `$2`... of a sentence.
fn placeholders(text: &str) -> BTreeSet<char> {
    text.split('$').skip(1).filter_map(|rest| rest.chars().next()).collect()
}

#[test]
fn every_translation_says_what_english_says_with_the_same_placeholders() {
    let english = english();
    for (language, words) in translations() {
        for (key, entry) in &words {
            let text = entry["message"].as_str().unwrap();
            let original = english.get(key).unwrap_or_else(|| panic!("{language}: English has no {key}"));
            let original = original["message"].as_str().unwrap();
            assert_eq!(placeholders(text), placeholders(original), "{language} {key}");
            assert!(!text.trim().is_empty() && !text.contains(['!', '！']), "{language} {key}: {text}");
        }
    }
}

/// Casdoor's own languages: a chip on a German page speaks German where the browser does.
#[test]
fn the_chip_has_its_words_in_every_language_of_casdoors_pages() {
    let english = english();
    let chip: Vec<_> = english.keys().filter(|key| key.starts_with("chip_") || key.starts_with("enrol_")).collect();
    let known: BTreeSet<_> = translations().into_iter().map(|(name, _)| name).collect();
    for language in ["de", "es", "fr", "ja", "pl", "pt_BR", "pt_PT", "tr", "uk", "vi", "zh_CN"] {
        assert!(known.contains(language), "{language}");
    }
    for (language, words) in translations() {
        let missing: Vec<_> = chip.iter().filter(|key| !words.contains_key(**key)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        assert!(!words.contains_key("extension_name"), "{language}: the name is the same everywhere");
    }
}
