//! Checks that scripts read stored values by the names with which the core writes them.

#![allow(clippy::expect_used, reason = "a test that cannot read the source should fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use casdoor_authenticator::app::{LocalKey, ManagedKey, SessionKey};
use casdoor_authenticator::vault::VaultCopy;

/// Returns the names in every `chrome.storage.AREA.get(...)` call of the extension's scripts.
fn read_by_scripts(area: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("extension");
    let scripts = fs::read_dir(folder).expect("the scripts are there").map(|entry| entry.expect("readable").path());
    let mut names = BTreeSet::new();
    for script in scripts.filter(|path| path.extension().is_some_and(|extension| extension == "js")) {
        let text = fs::read_to_string(script).expect("readable");
        for call in text.split(&format!("storage.{area}.get(")).skip(1) {
            let arguments = call.split(')').next().unwrap_or_default();
            names.extend(arguments.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names
}

#[test]
fn every_name_that_a_script_reads_is_one_that_the_core_writes() {
    let local: Vec<&str> = LocalKey::ALL.iter().map(|key| key.name()).collect();
    let session: Vec<&str> = SessionKey::ALL.iter().map(|key| key.name()).collect();
    for (area, known) in [("local", local), ("session", session)] {
        let read = read_by_scripts(area);
        assert!(read.len() > 1, "the names that are read from {area} were not found");
        for name in read {
            assert!(known.contains(&name.as_str()), "{name} is read from {area} and never written");
        }
    }
}

#[test]
fn no_two_values_of_an_area_share_a_name() {
    let copies = VaultCopy::ALL.iter().map(|copy| copy.key());
    let local: Vec<&str> = LocalKey::ALL.iter().map(|key| key.name()).chain(copies).collect();
    let session: Vec<&str> = SessionKey::ALL.iter().map(|key| key.name()).collect();
    let managed: Vec<&str> = ManagedKey::ALL.iter().map(|key| key.name()).collect();
    for names in [local, session, managed] {
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }
}

/// Returns the first word of each part of a text between two marks.
fn names_between(text: &str, before: &str, after: &str, separator: char) -> BTreeSet<String> {
    let inside = text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map_or("", |(inside, _)| inside);
    let first_word = |part: &str| {
        let is_part_of_a_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        part.trim().chars().take_while(|letter| is_part_of_a_name(*letter)).collect::<String>()
    };
    inside.split(separator).map(first_word).filter(|name| !name.is_empty()).collect()
}

/// The script of the first frame passes what it has read to its own drawing and to the wasm.
#[test]
fn the_first_frame_is_drawn_from_the_names_that_its_script_passes() {
    let read = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("readable");
    let script = read("extension/first_frame.js");
    let drawn = names_between(&script, "function draw({", "})", ',');
    let parsed = names_between(&read("src/app/protocol/first_read.rs"), "struct Stored {", "}", '\n');
    let mut passed = names_between(&script, "const read = {", "}", ',');
    passed.extend(names_between(&script, "{ ...read,", "}", ','));
    assert!(drawn.len() > 2 && parsed.len() > 4, "{drawn:?} {parsed:?}");
    assert!(drawn.is_subset(&passed), "drawn from {drawn:?}, but passed are {passed:?}");
    assert!(parsed.is_subset(&passed), "parsed are {parsed:?}, but passed are {passed:?}");
}
