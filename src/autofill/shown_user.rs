//! Orders the accounts of one site by the user name that the page shows.
//!
//! A page can show any name. It therefore only changes the order of accounts that the user is offered anyway: it adds
//! and removes none, and no code is typed because of it.

use serde::{Deserialize, Serialize};

use crate::label;

/// Maximum number of fields that are compared.
const MAX_FIELDS: usize = 20;
/// Maximum length of a user name, in characters.
const MAX_NAME_CHARACTERS: usize = 200;
/// Maximum length of a page's text, in characters.
const MAX_TEXT_CHARACTERS: usize = 10_000;
/// Maximum number of addresses and masked names that are compared in the text.
const MAX_WORDS: usize = 200;
/// Minimum length, in characters, of a name that is searched for in the text. Shorter names are also ordinary words.
const MIN_NAME_CHARACTERS: usize = 3;
/// Minimum number of visible letters and digits in a masked name. With fewer, it would fit almost any account.
const MIN_VISIBLE_CHARACTERS: usize = 4;
/// The rank of a name that the page does not show.
const NOT_SHOWN: u8 = u8::MAX;
/// Added to the rank of a name in the text, so that the text counts less than any field.
const IN_TEXT: u8 = 3;

/// The parts of a page that may contain its user's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShownUser {
    /// The values of fields for a user name or an email address.
    pub fields: Vec<String>,
    /// The visible text.
    pub text: String,
}

impl ShownUser {
    /// Sorts accounts so that those which the page shows come first. All others keep their order.
    pub fn order<T>(&self, accounts: &mut [T], name: impl Fn(&T) -> &str) {
        let names = ShownNames::new(self);
        accounts.sort_by_cached_key(|account| names.rank(name(account)));
    }
}

/// A page's names in the spelling in which they are compared.
struct ShownNames {
    fields: Vec<String>,
    text: String,
}

impl ShownNames {
    fn new(shown: &ShownUser) -> Self {
        let fields = shown.fields.iter().take(MAX_FIELDS).map(|value| comparable(value, MAX_NAME_CHARACTERS));
        Self {
            fields: fields.filter(|value| !value.is_empty()).collect(),
            text: comparable(&shown.text, MAX_TEXT_CHARACTERS),
        }
    }

    /// Returns how well the page's names fit an account's name: the smaller, the better.
    fn rank(&self, name: &str) -> u8 {
        let name = comparable(name, MAX_NAME_CHARACTERS);
        if name.is_empty() {
            return NOT_SHOWN;
        }
        // Casdoor's account names begin with the organization, which users do not type.
        let short = name.rsplit_once('/').map_or(name.as_str(), |(_, short)| short);
        let in_fields = self.fields.iter().map(|value| likeness(value, &name).min(likeness(value, short)));
        let in_text = self.rank_in_text(&name).min(self.rank_in_text(short));
        in_fields.min().unwrap_or(NOT_SHOWN).min(in_text.saturating_add(IN_TEXT))
    }

    fn rank_in_text(&self, name: &str) -> u8 {
        if contains_name(&self.text, name) {
            return EXACT;
        }
        let words = self
            .text
            .split(|letter| letter == ' ' || is_unspaced(letter))
            .map(|word| word.trim_matches(is_punctuation));
        let telling = words.filter(|word| word.contains(|letter| letter == '@' || is_mask(letter)));
        let best = telling.take(MAX_WORDS).map(|word| likeness(word, name)).min().unwrap_or(NOT_SHOWN);
        let by_local_part = if contains_name(&self.text, local_part(name)) { SAME_LOCAL_PART } else { NOT_SHOWN };
        best.min(by_local_part)
    }
}

/// The rank of an identical name.
const EXACT: u8 = 0;
/// The rank of a masked name such as `a***e@example.com` that fits the account's name.
const MASKED: u8 = 1;
/// The rank of a name that differs only in its domain, which one of the two lacks: `alice` and `alice@example.com`.
const SAME_LOCAL_PART: u8 = 2;

/// Returns how well one name that the page shows fits an account's name.
fn likeness(shown: &str, name: &str) -> u8 {
    if shown == name {
        EXACT
    } else if fits_mask(shown, name) {
        MASKED
    } else if shown.contains('@') != name.contains('@') && local_part(shown) == local_part(name) {
        SAME_LOCAL_PART
    } else {
        NOT_SHOWN
    }
}

/// Returns a text in lower case, without invisible characters, and with single spaces.
fn comparable(text: &str, length: usize) -> String {
    let bounded: String = text.chars().take(length).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    label::key(&bounded).trim().to_lowercase()
}

fn local_part(name: &str) -> &str {
    name.split_once('@').map_or(name, |(local, _)| local)
}

/// Returns `true` if the text contains the name as a whole, not merely as part of a longer name.
fn contains_name(text: &str, name: &str) -> bool {
    let continues = |letter: char| (letter.is_alphanumeric() && !is_unspaced(letter)) || "@_-+/".contains(letter);
    name.chars().count() >= MIN_NAME_CHARACTERS
        && text.match_indices(name).any(|(start, found)| {
            let before = text.get(..start).and_then(|text| text.chars().next_back());
            let mut after = text.get(start.saturating_add(found.len())..).unwrap_or_default().chars();
            let ends = match after.next() {
                // A dot before a letter or digit continues the name; any other dot ends the sentence.
                Some('.') => !after.next().is_some_and(char::is_alphanumeric),
                next => !next.is_some_and(continues),
            };
            ends && !before.is_some_and(|letter| letter == '.' || continues(letter))
        })
}

/// Returns `true` if a masked name such as `a***e@example.com` fits the name.
fn fits_mask(mask: &str, name: &str) -> bool {
    let visible = mask.chars().filter(|letter| letter.is_alphanumeric()).count();
    let Some((first, rest)) = mask.split_once(is_mask) else { return false };
    let Some((between, last)) = rest.rsplit_once(is_mask).or(Some(("", rest))) else { return false };
    let inner = name.strip_prefix(first).and_then(|name| name.strip_suffix(last));
    let Some(mut inner) = inner.filter(|_| visible >= MIN_VISIBLE_CHARACTERS) else { return false };
    for part in between.split(is_mask).filter(|part| !part.is_empty()) {
        let Some((_, after)) = inner.split_once(part) else { return false };
        inner = after;
    }
    true
}

/// Returns `true` for letters of languages that attach words to a name without a space: Thai, Lao, Japanese, Chinese
/// and Korean.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn is_mask(letter: char) -> bool {
    matches!(letter, '*' | '•' | '●' | '∗' | '＊' | '…')
}

fn is_punctuation(letter: char) -> bool {
    !letter.is_alphanumeric() && (letter == '…' || !is_mask(letter))
}

#[cfg(test)]
mod tests;
