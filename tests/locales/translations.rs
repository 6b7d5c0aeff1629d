//! Checks that each translation has the keys and placeholders of English, and that the style sheets suit both writing
//! directions.

use std::collections::BTreeSet;
use std::fs;

use casdoor_authenticator::app::LANGUAGES;

use super::{base, catalog, has, languages, placeholders, root};

#[test]
fn every_translation_has_the_keys_and_placeholders_of_english() {
    let english = catalog("en");
    for language in languages() {
        let texts = catalog(&language);
        for (key, text) in &texts {
            // A plural form that English does not have is compared with the `_other` form.
            let original = english.get(key).or_else(|| english.get(&format!("{}_other", base(key))));
            let original = original.unwrap_or_else(|| panic!("{language}: English has no {key}"));
            let (own, wanted) = (placeholders(text), placeholders(original));
            // A form such as "One account" needs no number.
            let is_short = base(key) != key && own.is_subset(&wanted);
            assert!(own == wanted || is_short, "{language}: {key}: {text}");
            assert!(!text.trim().is_empty() && !text.contains(['!', '！']), "{language} {key}: {text}");
        }
    }
}

#[test]
fn complete_languages_have_every_text() {
    let english = catalog("en");
    for (language, _) in LANGUAGES {
        let texts = catalog(language);
        let missing: Vec<_> = english.keys().map(|key| base(key)).filter(|key| !has(&texts, key)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
    }
}

/// The languages of Casdoor's own pages. The chip on a German page is in German if the browser is.
#[test]
fn the_chip_has_its_texts_in_every_language_of_casdoors_pages() {
    let english = catalog("en");
    let chip: Vec<_> = english.keys().filter(|key| key.starts_with("chip_") || key.starts_with("enroll_")).collect();
    let known: BTreeSet<_> = languages().into_iter().collect();
    for language in ["de", "es", "fr", "ja", "pl", "pt_BR", "pt_PT", "tr", "uk", "vi", "zh_CN"] {
        assert!(known.contains(language), "{language}");
        let texts = catalog(language);
        let missing: Vec<_> = chip.iter().filter(|key| !texts.contains_key(**key)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        let name = texts.get("extension_name");
        assert!(name.is_none() || name == english.get("extension_name"), "{language}: the name is the same everywhere");
    }
}

/// Returns `true` for a declaration that depends on the writing direction, such as `margin-left: 4px` or `text-align:
/// right`.
fn names_a_side(line: &str) -> bool {
    let Some((property, value)) = line.trim().trim_end_matches(';').split_once(':') else { return false };
    let (property, value) = (property.trim(), value.trim());
    let is_side = |word: &str| word == "left" || word == "right";
    let is_physical = property.split('-').any(is_side) && !property.starts_with("--");
    let has_four = ["margin", "padding", "inset", "border-width"].contains(&property)
        && matches!(value.split_whitespace().collect::<Vec<_>>().as_slice(), [_, right, _, left] if right != left);
    is_physical || has_four || (["float", "clear", "text-align"].contains(&property) && is_side(value))
}

#[test]
fn style_sheets_use_logical_sides_to_suit_both_writing_directions() {
    for wrong in ["margin-left: 4px;", "  left: 0;", "text-align: right;", "float: left;", "padding: 0 46px 0 16px;"] {
        assert!(names_a_side(wrong), "{wrong}");
    }
    for right in ["margin-inline-start: 4px;", "inset-inline: 0;", "--left: 1turn;", "padding: 1px 2px 3px 2px;"] {
        assert!(!names_a_side(right), "{right}");
    }
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("extension")).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "css") {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().enumerate().filter(|(_, line)| names_a_side(line));
            wrong.extend(lines.map(|(number, line)| format!("{}:{}:{line}", path.display(), number + 1)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pages and the chip share no script, so each has its own list of right-to-left languages.
#[test]
fn pages_and_chip_have_the_same_list_of_right_to_left_languages() {
    let list = |file: &str| {
        let text = fs::read_to_string(root().join(file)).unwrap();
        text.split("/^(").nth(1).unwrap().split(")\\b/").next().unwrap().to_owned()
    };
    let pages = list("extension/language.js");
    assert_eq!(list("extension/content/chip.js"), pages);
    assert!(["ar", "fa", "he"].iter().all(|language| pages.split('|').any(|known| known == *language)));
}
