//! Folds texts for searching: converts them to lowercase and removes accents, and keeps track of each character's
//! position in the original text.

use std::ops::Range;

/// Precomposed letters, and the base letter that each is replaced with. Combining marks are dropped, so that
/// precomposed and decomposed texts become equal.
const BASES: &[(&str, &str)] = &[
    ("àáâãåāăąǎǻạảấầẩẫậắằẳẵặ", "a"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęěẹẻẽếềểễệ", "e"),
    ("ĝğġģǧ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıǐỉị", "i"),
    ("ĵ", "j"),
    ("ķĸ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉ", "n"),
    ("òóôõøōŏőơǒọỏốồổỗộớờởỡợ", "o"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ţťŧț", "t"),
    ("ùúûũūŭůűųưǔụủứừửữự", "u"),
    ("ŵ", "w"),
    ("ýÿŷỳỵỷỹ", "y"),
    ("źżž", "z"),
    ("ß", "ss"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("þ", "th"),
    ("ä", "a"),
    ("ö", "o"),
    ("ü", "u"),
    ("ά", "α"),
    ("έ", "ε"),
    ("ήΐϊί", "ι"),
    ("ό", "ο"),
    ("ύϋΰ", "υ"),
    ("ώ", "ω"),
    ("ё", "е"),
    ("й", "и"),
    ("أإآٱ", "ا"),
    ("يىئ", "ی"),
    ("ك", "ک"),
    ("ؤ", "و"),
    ("ة", "ه"),
];

/// A folded text.
#[derive(Clone, Debug)]
pub(super) struct Folded {
    text: String,
    /// The folded characters, and the index of the character that each comes from.
    characters: Vec<(char, usize)>,
    /// Indexes of the characters that start a word.
    starts: Vec<usize>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { text: String::new(), characters: Vec::new(), starts: Vec::new() };
        let mut before = None::<char>;
        for (index, character) in text.chars().enumerate() {
            let is_word = character.is_alphanumeric();
            let is_hump = character.is_uppercase() && before.is_some_and(char::is_lowercase);
            if is_word && (!before.is_some_and(char::is_alphanumeric) || is_hump) {
                folded.starts.push(folded.characters.len());
            }
            fold(character, |letter| {
                folded.text.push(letter);
                folded.characters.push((letter, index));
            });
            before = Some(character);
        }
        folded
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn contains(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// Returns `true` if one of the text's words starts with `word`.
    pub(super) fn has_word_start(&self, word: &str) -> bool {
        self.starts.iter().any(|start| self.is_at(*start, word))
    }

    /// Returns the words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
    }

    /// Returns `true` if `word` consists of the initials of the text's first words. It must have at least two letters,
    /// because a single one would match every text that starts with it.
    pub(super) fn initials_match(&self, word: &str) -> bool {
        !self.initials_of(word).is_empty()
    }

    /// Returns the positions of the initials that match.
    pub(super) fn initials_of(&self, word: &str) -> Vec<Range<usize>> {
        let letters: Vec<char> = word.chars().collect();
        let initials: Vec<(char, usize)> =
            self.starts.iter().filter_map(|start| self.characters.get(*start).copied()).collect();
        let is_match = letters.len() >= 2
            && letters.len() <= initials.len()
            && letters.iter().zip(&initials).all(|(letter, (initial, _))| letter == initial);
        if !is_match {
            return Vec::new();
        }
        initials.iter().take(letters.len()).map(|(_, index)| *index..index.saturating_add(1)).collect()
    }

    /// Returns where a word occurs, as ranges of the original characters.
    pub(super) fn occurrences(&self, word: &str) -> Vec<Range<usize>> {
        let length = word.chars().count();
        if length == 0 {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.characters.len() {
            if self.is_at(at, word) {
                let end = at.saturating_add(length);
                let first = self.characters.get(at).map_or(0, |(_, index)| *index);
                let last = self.characters.get(end.saturating_sub(1)).map_or(0, |(_, index)| *index);
                found.push(first..last.saturating_add(1));
                at = end;
            } else {
                at = at.saturating_add(1);
            }
        }
        found
    }

    fn is_at(&self, at: usize, word: &str) -> bool {
        let mut here = self.characters.iter().skip(at).map(|(letter, _)| *letter);
        word.chars().all(|letter| here.next() == Some(letter))
    }
}

/// A word of a search, folded.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// As typed.
    pub(super) text: String,
    /// The text with `a`, `o` and `u` in place of `ae`, `oe` and `ue`, which users without a German keyboard type for
    /// umlauts; `None` if there are none.
    pub(super) short: Option<String>,
}

/// Returns the words of a search.
pub(super) fn words(query: &str) -> Vec<Word> {
    let folded = query.split_whitespace().map(|word| Folded::new(word).text).filter(|word| !word.is_empty());
    let word = |text: String| {
        let short = text.replace("ae", "a").replace("oe", "o").replace("ue", "u");
        Word { short: (short != text).then_some(short), text }
    };
    folded.map(word).collect()
}

fn fold(character: char, mut add: impl FnMut(char)) {
    if character.is_ascii() {
        return add(character.to_ascii_lowercase());
    }
    for letter in full_width(character).to_lowercase() {
        if is_accent(letter) {
            continue;
        }
        match BASES.iter().find(|(accented, _)| accented.contains(letter)) {
            Some((_, base)) => base.chars().for_each(&mut add),
            None => add(letter),
        }
    }
}

/// Replaces a full-width character, as typed with East Asian input methods, with the ASCII one.
fn full_width(character: char) -> char {
    match u32::from(character) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide.saturating_sub(0xFEE0)).unwrap_or(character),
        0x3000 => ' ',
        _ => character,
    }
}

/// Returns `true` for combining marks: accents, Hebrew points and Arabic vowel signs.
fn is_accent(character: char) -> bool {
    matches!(u32::from(character), 0x0300..=0x036F | 0x0591..=0x05C7 | 0x064B..=0x0652 | 0x0670)
}
