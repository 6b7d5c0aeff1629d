//! Checks the texts in `extension/_locales`: every key exists and is used, every text gets an argument for each of its
//! placeholders, and no other file contains texts for the user.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot read its own repository should fail"
)]

mod source_text;
mod translations;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use casdoor_authenticator::app::protocol::{DuplicateKind, FormKind, RowMark, SiteRule};
use source_text::{calls, code, elements, literals, quoted};

/// The plural categories of Unicode CLDR. The key of a plural form ends with one of them.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Literals that look like sentences but are not shown as texts, grouped by reason: a file, and the beginning of the
/// literal.
const NOT_TEXTS: &[(&str, &str)] = &[
    // Error messages of Casdoor and of browsers, with which received messages are compared.
    ("src/casdoor/wire.rs", ""),
    ("src/casdoor/wire/login.rs", ""),
    ("src/casdoor/wire/token.rs", ""),
    ("src/browser/capture.rs", ""),
    ("src/browser/connect.rs", "could not be"),
    // Parse errors for developers: what a serde visitor expects.
    ("src/casdoor/wire/skipping.rs", ""),
    // The diagnostics are copied into bug reports, which are written in English.
    ("src/app/settings/diagnostics.rs", ""),
    // Names of services that the search knows.
    ("src/app/search/aliases.rs", ""),
    // Phrases that the field finder searches for in pages.
    ("src/autofill/field_finder/", ""),
    ("src/autofill/domain_families.rs", ""),
    // Names of programs, and of their files and columns.
    ("src/exchange/formats/", ""),
    ("src/exchange/mapping/", ""),
    ("src/exchange/codecs/", ""),
];

type Catalog = BTreeMap<String, String>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                collect(&entry.path(), found);
            } else {
                found.push(entry.path());
            }
        }
    }
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    let is_source = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs" || ending == "js");
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    let read = |path: PathBuf| (name(&path), fs::read_to_string(path).unwrap());
    paths.into_iter().filter(is_source).map(read).collect()
}

fn catalog(language: &str) -> Catalog {
    let text = fs::read_to_string(root().join("extension/_locales").join(language).join("messages.json")).unwrap();
    let entries: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    entries.into_iter().map(|(key, entry)| (key, entry["message"].as_str().unwrap().to_owned())).collect()
}

fn languages() -> Vec<String> {
    let folders = fs::read_dir(root().join("extension/_locales")).unwrap().flatten();
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

/// Returns the key without its plural category.
fn base(key: &str) -> &str {
    let form = |category: &&str| key.strip_suffix(category).and_then(|rest| rest.strip_suffix('_'));
    CATEGORIES.iter().find_map(form).unwrap_or(key)
}

/// Returns `true` if the catalog has the key, either as one text or in plural forms.
fn has(catalog: &Catalog, key: &str) -> bool {
    catalog.contains_key(key) || catalog.contains_key(&format!("{key}_other"))
}

/// Returns the numbers of the placeholders in a text.
fn placeholders(text: &str) -> BTreeSet<u32> {
    text.split('$').skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)).collect()
}

/// Returns the keys that are composed at run time. Most of their parts come from the types that define them.
fn composed() -> BTreeSet<String> {
    let kinds = FormKind::ALL.map(|kind| format!("kind_{}", kind.name()));
    let marks = RowMark::ALL.map(RowMark::name);
    let marks = marks.iter().flat_map(|mark| [format!("mark_{mark}"), format!("mark_{mark}_explanation")]);
    let sync = ["up_to_date", "to_send", "needs_user"];
    let sync = sync.iter().flat_map(|state| [format!("sync_{state}"), format!("sync_{state}_explanation")]);
    let known = [DuplicateKind::Same, DuplicateKind::SameSecret, DuplicateKind::SameName];
    let known = known.map(|known| format!("found_{}", known.name()));
    let rules = SiteRule::ALL.map(|rule| format!("site_rule_{}", rule.name()));
    let strengths = ["none", "weak", "fair", "good", "strong"].map(|level| format!("strength_{level}"));
    let rest = [
        "factors_method_sms",
        "factors_method_email",
        "factors_method_app",
        "factors_method_radius",
        "factors_method_push",
        "found_update",
        "found_both",
        "form_wrong_digits",
        "form_wrong_period",
        "form_wrong_counter",
        "recovery_state_filled",
        "recovery_state_used",
        "recovery_state_rejected",
        "theme_system",
        "theme_light",
        "theme_dark",
        "theme_contrast",
        "density_comfortable",
        "density_compact",
    ];
    let rest = rest.map(str::to_owned);
    marks.chain(sync).chain(kinds).chain(known).chain(rules).chain(strengths).chain(rest).collect()
}

#[test]
fn every_message_has_a_text_with_a_placeholder_for_each_argument() {
    let english = catalog("en");
    let mut checked = 0;
    for (path, source) in sources("src") {
        if path.starts_with("src/message/") {
            continue;
        }
        for arguments in calls(&code(&source), "message!") {
            let key = quoted(arguments[0]).unwrap_or_else(|| panic!("{path}: {arguments:?}"));
            assert!(has(&english, key), "{path}: English has no {key}");
            let expected: BTreeSet<u32> = (1..arguments.len()).map(|number| u32::try_from(number).unwrap()).collect();
            for (form, text) in english.iter().filter(|(form, _)| *form == key || base(form) == key) {
                // A form such as "The image" needs no number.
                let is_short = form != key && !form.ends_with("_other");
                let own = placeholders(text);
                assert!(own == expected || is_short && own.is_subset(&expected), "{path}: {form}: {text}");
            }
            checked += 1;
        }
    }
    assert!(checked > 150, "the test found only {checked} messages");
}

#[test]
fn every_text_of_a_page_exists_and_gets_its_arguments() {
    let english = catalog("en");
    let mut checked = 0;
    for (path, source) in sources("src/ui") {
        let code = code(&source);
        let mut check = |key: &str, count: Option<usize>| {
            assert!(has(&english, key), "{path}: English has no {key}");
            for (form, text) in english.iter().filter(|(form, _)| *form == key || base(form) == key) {
                if form != key && !form.ends_with("_other") {
                    continue;
                }
                let most = placeholders(text).last().copied().unwrap_or(0);
                let count = count.map(|count| u32::try_from(count).unwrap());
                assert!(count.is_none_or(|count| count == most), "{path}: {form} gets {count:?} arguments: {text}");
            }
            checked += 1;
        };
        for (name, position) in [("localize", None), ("localize_with", Some(1)), ("localize_count_with", Some(2))] {
            for arguments in calls(&code, name) {
                let Some(key) = arguments.first().and_then(|first| quoted(first)) else { continue };
                let list = position.and_then(|position: usize| arguments.get(position));
                check(key, position.map_or(Some(0), |_| list.and_then(|list| elements(list))));
            }
        }
        for arguments in calls(&code, "localize_count") {
            if let Some(key) = arguments.first().and_then(|first| quoted(first)) {
                assert!(english.contains_key(&format!("{key}_other")), "{path}: {key} has no plural forms");
                check(key, Some(1));
            }
        }
        // Keys in tables and in conditional expressions.
        let is_key = |text: &str| text.contains('_') && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let flat = code.split_whitespace().collect::<Vec<_>>().join(" ");
        for start in ["label: \"", "hint: \"", "{ \"", "else { \""] {
            let keys = flat.split(start).skip(1).filter_map(|rest| rest.split('"').next());
            keys.filter(|key| is_key(key)).for_each(|key| check(key, None));
        }
    }
    assert!(checked > 400, "the test found only {checked} texts");
    for key in composed() {
        assert!(has(&english, &key), "English has no {key}");
    }
}

#[test]
fn every_key_is_used() {
    let mut used: BTreeSet<String> = composed();
    for (_, source) in sources("src").into_iter().chain(sources("extension")) {
        used.extend(literals(&code(&source)).into_iter().map(|(_, text)| text));
    }
    let manifest = fs::read_to_string(root().join("manifest.json")).unwrap();
    used.extend(manifest.split("__MSG_").skip(1).filter_map(|rest| Some(rest.split("__").next()?.to_owned())));
    let english = catalog("en");
    let unused: Vec<_> = english.keys().filter(|key| !used.contains(*key) && !used.contains(base(key))).collect();
    assert!(unused.is_empty(), "no code uses {unused:?}");
}

#[test]
fn a_key_has_one_text_or_plural_forms_but_not_both() {
    for language in languages() {
        let texts = catalog(&language);
        for key in texts.keys() {
            for category in CATEGORIES {
                let form = format!("{key}_{category}");
                assert!(!texts.contains_key(&form), "{language}: {key} and {form} exclude each other");
            }
        }
        for key in texts.keys().filter(|key| base(key) != key.as_str()) {
            let other = format!("{}_other", base(key));
            assert!(texts.contains_key(&other), "{language}: {key} needs {other}");
        }
    }
}

/// Returns `true` for a text of several words that may be intended for users.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&&str| {
        let word = word.trim_matches(|c: char| ".,;:!?()'\"".contains(c));
        word.chars().count() > 1 && word.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
    };
    let words: Vec<&str> = text.split(' ').collect();
    let lower = words.iter().filter(is_word).filter(|word| word.chars().all(|c| !c.is_ascii_uppercase())).count();
    words.iter().filter(is_word).count() >= 3 && lower >= 2
}

#[test]
fn sentences_are_recognized() {
    for sentence in ["The vault is locked. Unlock it first.", "this address is too long", "{host} has no such account"]
    {
        assert!(is_sentence(sentence), "{sentence}");
    }
    for other in ["error_locked", "button plain primary-x", "Authenticator Plus", "div#passcode.ant-otp", "a b c d"] {
        assert!(!is_sentence(other), "{other}");
    }
}

/// A reply in English cannot be translated, so its text belongs in the catalog.
#[test]
fn no_text_for_the_user_is_outside_the_catalog() {
    let mut wrong = Vec::new();
    let test_files = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    for (path, source) in sources("src").into_iter().filter(|(path, _)| !test_files(path)) {
        let code = code(&source);
        for (start, text) in literals(&code).into_iter().filter(|(_, text)| is_sentence(text)) {
            let before = code[..start].trim_end();
            // Lint reasons are for developers, and lists of class names only look like sentences.
            let is_reason = before.ends_with("reason =");
            let is_class = before.ends_with("class=");
            let is_excused = NOT_TEXTS.iter().any(|(file, begin)| path.starts_with(file) && text.starts_with(begin));
            if !is_reason && !is_class && !is_excused {
                wrong.push(format!("{path}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "texts outside of the catalog:\n{}", wrong.join("\n"));
}

#[test]
fn the_content_scripts_use_keys_that_exist() {
    let english = catalog("en");
    let mut checked = 0;
    for (path, source) in sources("extension/content") {
        for arguments in calls(&source, "localize") {
            let Some(key) = arguments.first().and_then(|first| quoted(first)) else { continue };
            let text = english.get(key).unwrap_or_else(|| panic!("{path}: English has no {key}"));
            assert_eq!(placeholders(text).len(), arguments.len() - 1, "{path}: {key}: {text}");
            checked += 1;
        }
    }
    assert!(checked > 10, "the test found only {checked} texts");
}

#[test]
fn no_text_contains_an_exclamation_mark_or_the_word_please() {
    for (key, text) in catalog("en") {
        let text = text.to_lowercase();
        assert!(!text.is_empty() && !text.contains('!') && !text.contains("please"), "{key}: {text}");
    }
}
