//! Cleans and compares names from other sources: invisible characters are removed, and names that look the same are
//! equal.
//!
//! Servers, QR codes and files determine the names of accounts. Control characters, zero-width characters and those
//! that change the direction of text could make one name look like another, hide a part of it, or reorder the text
//! around it. Therefore every name from outside is passed through [`clean`], and names are compared with [`same`] or
//! [`key`]. Rows on a server keep their spelling; see [`ListRow`](crate::casdoor::ListRow).
//!
//! | character | where it is kept |
//! |---|---|
//! | U+200C, U+200D (joiners) | between letters of scripts that join or stack, and U+200D between emoji |
//! | U+FE0E, U+FE0F (variation selectors) | after a symbol, or in a keycap |
//! | U+E0100 to U+E01EF, U+FE00 to U+FE02 | after an ideograph |
//! | tags (U+E0020 to U+E007F) | in the flag of a region |
//!
//! More than [`MAX_MARKS`] combining marks on one letter are removed as well, because a pile of them is drawn over the
//! lines above and below.
//!
//! The list of invisible characters is `Default_Ignorable_Code_Point` (Unicode Standard Annex #44), with control
//! characters, bidirectional formatting (UAX #9) and interlinear annotation.
//!
//! ```
//! use casdoor_authenticator::label::{clean, same};
//!
//! assert_eq!(clean("pay\u{200b}pal\u{202e}"), "paypal");
//! assert!(same("Acme", "A\u{ad}cme") && !same("Acme", "Acne"));
//! ```

use std::borrow::Cow;

/// Maximum number of combining marks on one letter. Vietnamese needs two, Hebrew with all its points four.
pub const MAX_MARKS: usize = 4;

/// Returns a name on one line without invisible characters. Line breaks become spaces.
pub fn clean(text: &str) -> Cow<'_, str> {
    cleaned(text, false)
}

/// Returns a text without invisible characters. Line breaks are kept.
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    cleaned(text, true)
}

/// Returns true if two names look the same: they differ only in invisible characters and in kinds of spaces.
pub fn same(a: &str, b: &str) -> bool {
    a == b || key(a) == key(b)
}

/// Returns a key that is equal for two names that look the same.
pub fn key(text: &str) -> Cow<'_, str> {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if is_plain(text) && !text.contains("  ") {
        return Cow::Borrowed(text.trim());
    }
    let blank = |c: char| if is_blank(c) { ' ' } else { c };
    let seen: String = without_piles(text).map(blank).filter(|c| !is_invisible(*c)).collect();
    let words: Vec<&str> = seen.split(' ').filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

fn cleaned(text: &str, lines: bool) -> Cow<'_, str> {
    let is_left = |c: char| !is_invisible(c) && !is_break(c) || (lines && c == '\n');
    if text.chars().all(is_left) && text.chars().count() == without_piles(text).count() {
        return Cow::Borrowed(text);
    }
    let characters: Vec<char> = without_piles(text).collect();
    let mut clean = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = characters.as_slice();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let kept = match *first {
            '\n' if lines => Some('\n'),
            '\r' if lines => None,
            c if is_break(c) => Some(' '),
            c if !is_invisible(c) => Some(c),
            c if stands(c, before, next_visible(after)) => Some(c),
            _ => None,
        };
        if let Some(kept) = kept {
            clean.push(kept);
            before = kept;
        }
        if kept == Some(BLACK_FLAG) {
            let tags = flag_tags(after);
            clean.extend(tags);
            before = tags.last().copied().unwrap_or(before);
            rest = after.get(tags.len()..).unwrap_or_default();
        }
    }
    Cow::Owned(clean)
}

/// Returns the characters of a text without the marks that exceed [`MAX_MARKS`].
fn without_piles(text: &str) -> impl Iterator<Item = char> {
    let mut marks = 0_usize;
    text.chars().filter(move |c| {
        if is_mark(*c) {
            marks = marks.saturating_add(1);
        } else if !is_invisible(*c) && !is_break(*c) {
            marks = 0;
        }
        marks <= MAX_MARKS || !is_mark(*c)
    })
}

fn next_visible(after: &[char]) -> char {
    after.iter().copied().find(|c| !is_invisible(*c)).unwrap_or(' ')
}

const BLACK_FLAG: char = '\u{1f3f4}';
const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
const END_OF_TAGS: char = '\u{e007f}';

/// Returns the tags after a black flag that make it the flag of a region, including their end.
fn flag_tags(after: &[char]) -> &[char] {
    let is_tag = |c: &char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let count = after.iter().take_while(|c| is_tag(c)).count();
    match after.get(count) {
        Some(&END_OF_TAGS) if (2..=7).contains(&count) => after.get(..=count).unwrap_or_default(),
        _ => &[],
    }
}

/// Returns true if an invisible character is needed here, because it joins letters or selects the form of a symbol.
fn stands(c: char, before: char, after: char) -> bool {
    match c {
        ZWNJ => joins(before) && joins(after),
        ZWJ => (joins(before) && joins(after)) || (is_emoji_end(before) && is_emoji(after)),
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(before) || (is_keycap(before) && after == '\u{20e3}'),
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => is_ideograph(before),
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1820}'..='\u{18aa}'),
        _ => false,
    }
}

fn is_keycap(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '#' | '*')
}

/// Returns true for letters and signs of scripts in which joiners change the form of a word: Arabic and related
/// scripts, those of India and Southeast Asia, Tibetan, and Mongolian.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\u{620}'..='\u{8ff}' | '\u{900}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
        | '\u{17b6}'..='\u{180a}' | '\u{1810}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}'
    )
}

/// Returns true for emoji and for symbols that can be drawn as one.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}'
    )
}

fn is_emoji_end(c: char) -> bool {
    is_emoji(c) || c == '\u{fe0f}' || c == END_OF_TAGS
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Returns true for combining marks that are drawn above or below a letter, one over the other.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{34e}' | '\u{350}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'
        | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{8d3}'..='\u{8e1}' | '\u{8e3}'..='\u{8ff}' | '\u{951}'..='\u{954}' | '\u{e31}' | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}' | '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ece}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1cd0}'..='\u{1ce8}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Returns true for characters that separate lines, and for tabs.
fn is_break(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns true for characters that are displayed as blank space.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// Returns true for characters that are not displayed and take no space.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_removed_and_does_not_make_a_name_another() {
        let hidden = [
            '\0',
            '\u{7}',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2063}',
            '\u{2066}',
            '\u{2069}',
            '\u{206f}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e0100}',
        ];
        for c in hidden {
            for name in [format!("{c}Acme"), format!("Ac{c}{c}me"), format!("Acme{c}")] {
                assert_eq!(clean(&name), "Acme", "{:?}", c);
                assert!(same(&name, "Acme"), "{c:?}");
            }
        }
        assert_eq!(clean("a\r\nb\u{2028}c\td"), "a  b c d");
        assert_eq!(clean_lines("a\r\nb\u{2028}c\u{202e}"), "a\nb c");
        assert!(same("Acme  Inc", " Acme\u{a0}Inc\u{2800}") && !same("Acme Inc", "AcmeInc"));
    }

    #[test]
    fn scripts_and_emoji_keep_what_they_need_and_compare_without_it() {
        for name in [
            "می\u{200c}خواهم",     // Persian: a break that does not separate words
            "क्\u{200d}ष",          // Devanagari: a half form
            "ක්\u{200d}රි",          // Sinhala
            "👩\u{200d}💻",        // two joined emoji
            "❤\u{fe0f}\u{200d}🔥", // with a selector between them
            "1\u{fe0f}\u{20e3}",   // a keycap
            "葛\u{e0100}城",       // a variant of an ideograph
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", // the flag of Scotland
            "עברית",
            "日本語 株式会社",
            "Ünïcode – “quotes”",
        ] {
            assert_eq!(clean(name), name, "{name}");
            let bare: String = name.chars().filter(|c| !is_invisible(*c)).collect();
            assert!(same(name, &bare), "{name}");
        }
        assert_eq!(clean("🏴\u{e0067}\u{e0062}x"), "🏴x");
        assert_eq!(clean("a\u{200d}b 1\u{fe0f}"), "ab 1");
    }

    #[test]
    fn a_pile_of_marks_is_cut_off_and_does_not_make_a_name_another() {
        let kept = format!("e{}", "\u{301}".repeat(MAX_MARKS));
        for pile in ["\u{301}", "\u{301}\u{200b}", "\u{301}\u{34f}", "\u{301}\r"] {
            let name = format!("e{}", pile.repeat(200));
            assert_eq!(clean(&name).replace(' ', ""), kept, "{pile:?}");
            assert!(same(&name, &format!("e{}", pile.repeat(MAX_MARKS))), "{pile:?}");
        }
        assert_eq!(
            clean("a\u{489}\u{20dd}\u{fe20}\u{1dc0}\u{300}b\u{301}"),
            "a\u{489}\u{20dd}\u{fe20}\u{1dc0}b\u{301}"
        );
        for name in ["Việt Nam", "Vie\u{302}\u{323}t", "שָּׁלוֹם", "ที่นี่", "ຄຳ", "مُحَمَّدٌ"]
        {
            assert_eq!(clean(name), name, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_name_stays_and_compares_as_the_one_it_came_from(text in any_text()) {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once).into_owned(), once.clone());
            prop_assert!(same(&once, &text), "{:?} {:?}", once, text);
            let has_hidden = once.contains(['\n', '\r', '\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}', '\u{ad}', '\0']);
            prop_assert!(!has_hidden);
            let lines = clean_lines(&text).into_owned();
            prop_assert_eq!(clean_lines(&lines).into_owned(), lines.clone());
        }

        #[test]
        fn hidden_characters_anywhere_change_nothing(name in "[a-zA-Z ]{1,12}", at in 0_usize..12, hidden in hidden()) {
            let mut spelled: Vec<char> = name.chars().collect();
            spelled.splice(at.min(spelled.len())..at.min(spelled.len()), hidden.chars());
            let spelled: String = spelled.into_iter().collect();
            prop_assert_eq!(clean(&spelled).into_owned(), name.clone());
            prop_assert_eq!(key(&spelled), key(&name));
        }
    }

    fn hidden() -> impl Strategy<Value = String> {
        let near = prop_oneof![
            prop::char::range('\u{2000}', '\u{206f}').prop_filter("not seen", |c| is_invisible(*c)),
            prop::char::range('\0', '\u{ad}').prop_filter("not seen", |c| is_invisible(*c)),
            prop::char::range('\u{e0000}', '\u{e01ef}'),
        ];
        prop::collection::vec(near, 1..5).prop_map(|all| all.into_iter().collect())
    }

    fn any_text() -> impl Strategy<Value = String> {
        let interesting = prop::sample::select(vec![
            'a',
            '1',
            ' ',
            '\n',
            '\r',
            '\u{85}',
            '\u{200c}',
            '\u{200d}',
            '\u{fe0f}',
            '\u{fe00}',
            '\u{20e3}',
            '👩',
            '💻',
            '❤',
            '🏴',
            '\u{e0067}',
            '\u{e0062}',
            '\u{e007f}',
            '\u{e0100}',
            '葛',
            'क',
            '\u{94d}',
            'ی',
            '\u{202e}',
            '\u{180b}',
            '\u{1820}',
            '\u{301}',
            '\u{64b}',
        ]);
        prop::collection::vec(prop_oneof![4 => interesting, 1 => any::<char>()], 0..14)
            .prop_map(|all| all.into_iter().collect())
    }
}
