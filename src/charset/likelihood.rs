//! Estimates how likely a decoded text is in the languages for which its encoding is used.
//!
//! The likelihood is the sum of the logarithms of each character's probability. The probabilities are coarse: how
//! frequent a character is in its script, and whether it may follow the previous one. That is enough, because a text
//! in a wrong encoding consists of rare characters in an order that no language has.

use super::Charset;
use super::common_letters as letters;

/// The letters that texts in one encoding are expected to contain.
pub(super) struct Model {
    charset: Charset,
    /// A constant for each encoding, because some are more common than others.
    prior: f32,
    /// The common letters. In alphabets, the most frequent ones come first.
    common: &'static str,
}

/// The logarithm of an ASCII character's probability, which is the same in all encodings.
const ASCII: f32 = -3.0;
/// The logarithm of the probability of a character that is not expected in texts of the language.
const FOREIGN: f32 = -13.0;
/// The number of ideographs at the beginning of the list that are considered very common.
const VERY_COMMON: usize = 160;

impl Model {
    pub(super) fn of(charset: Charset) -> Self {
        let (prior, common) = match charset {
            Charset::ShiftJis => (3.0, letters::KANJI),
            Charset::Gb18030 => (3.0, letters::SIMPLIFIED),
            Charset::Big5 => (2.0, letters::TRADITIONAL),
            Charset::EucKr => (2.0, letters::HANGUL),
            Charset::EucJp => (-3.0, letters::KANJI),
            Charset::Windows1252 => (0.0, letters::WESTERN),
            Charset::Windows1250 => (0.0, letters::CENTRAL),
            Charset::Windows1251 => (1.0, letters::CYRILLIC),
            Charset::Koi8R => (-3.0, letters::CYRILLIC),
            Charset::Windows1253 => (-1.0, letters::GREEK),
            Charset::Windows1254 => (0.0, letters::TURKISH),
            Charset::Windows1255 => (0.0, letters::HEBREW),
            Charset::Windows1256 => (-1.0, letters::ARABIC),
            Charset::Windows1257 => (0.0, letters::BALTIC),
            Charset::Windows1258 => (-3.0, letters::VIETNAMESE),
            Charset::Windows874 => (-1.0, letters::THAI),
            Charset::Iso8859_2 => (-2.0, letters::CENTRAL),
            Charset::Koi8U => (-3.5, letters::CYRILLIC),
        };
        Self { charset, prior, common }
    }

    /// Returns the logarithm of the probability of the text. Returns `None` if it contains characters that no text has.
    pub(super) fn likelihood(&self, bytes: &[u8], text: &str) -> Option<f32> {
        let mut sum = self.prior;
        let mut rest = bytes;
        let mut previous = Previous { letter: ' ', half_width_run: 0, same_sounds: 0 };
        for letter in text.chars() {
            let (unit, after) = rest.split_at_checked(self.unit_length(rest))?;
            rest = after;
            sum +=
                if letter.is_ascii() { self.ascii(letter, &previous) } else { self.letter(unit, letter, &previous)? };
            previous = previous.then(letter);
        }
        sum += previous.end_of_run();
        rest.is_empty().then_some(sum)
    }

    fn is_double(&self) -> bool {
        matches!(self.charset, Charset::ShiftJis | Charset::Gb18030 | Charset::Big5 | Charset::EucKr | Charset::EucJp)
    }

    /// Returns the number of bytes of the next character.
    fn unit_length(&self, rest: &[u8]) -> usize {
        match (self.charset, rest) {
            (_, [0..0x80, ..]) | (Charset::ShiftJis, [0xa1..=0xdf, ..]) => 1,
            (Charset::Gb18030, [0x80, ..]) => 1,
            (Charset::Gb18030, [_, b'0'..=b'9', ..]) => 4,
            (Charset::EucJp, [0x8f, ..]) => 3,
            _ if self.is_double() => 2,
            _ => 1,
        }
    }

    fn ascii(&self, letter: char, previous: &Previous) -> f32 {
        let is_alphabet = !self.is_double() && is_of_other_script(previous.letter);
        let mixed = if is_alphabet && letter.is_ascii_alphabetic() { -5.0 } else { 0.0 };
        ASCII + mixed + previous.end_of_run()
    }

    fn letter(&self, unit: &[u8], letter: char, previous: &Previous) -> Option<f32> {
        match letter {
            '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | char::REPLACEMENT_CHARACTER => None,
            _ if self.is_double() => Some(self.of_two_bytes(unit, letter, previous)),
            _ => Some(self.of_one_byte(letter, previous)),
        }
    }

    fn of_two_bytes(&self, unit: &[u8], letter: char, previous: &Previous) -> f32 {
        let is_japanese = matches!(self.charset, Charset::ShiftJis | Charset::EucJp);
        let end_of_run = if is_half_width(letter) { 0.0 } else { previous.end_of_run() };
        let own = match letter {
            '\u{3041}'..='\u{309f}' if is_japanese => -4.2,
            '\u{30a0}'..='\u{30ff}' if is_japanese => -4.7,
            '\u{ff61}'..='\u{ff9f}' => half_width(letter, previous.letter),
            '\u{ac00}'..='\u{d7a3}' => match (self.rank(letter), level(self.charset, unit)) {
                (Some(_), _) => -5.2,
                (None, Level::Common) => -9.0,
                _ => FOREIGN,
            },
            '\u{4e00}'..='\u{9fff}' | '々' if self.charset != Charset::EucKr => self.ideograph(unit, letter),
            '\u{4e00}'..='\u{9fff}' => -12.0,
            '\u{3000}'..='\u{3011}' | '\u{ff01}'..='\u{ff5e}' | '·' | '・' => -6.0,
            '“' | '”' | '‘' | '’' | '—' | '…' | '€' | '™' => -8.0,
            _ => FOREIGN,
        };
        // In another encoding, the second byte would be a Latin letter in a word with one accent.
        let is_in_word = previous.letter.is_ascii_alphabetic() && unit.get(1).is_some_and(u8::is_ascii_alphabetic);
        own + end_of_run + if is_in_word { -5.0 } else { 0.0 }
    }

    fn ideograph(&self, unit: &[u8], letter: char) -> f32 {
        match (self.rank(letter), level(self.charset, unit)) {
            (Some(..VERY_COMMON), _) => -5.4,
            (Some(_), _) => -6.6,
            (None, Level::Common) => -9.4,
            (None, Level::Rare) => -13.0,
            (None, Level::Extension) => -17.0,
        }
    }

    fn of_one_byte(&self, letter: char, previous: &Previous) -> f32 {
        if !letter.is_alphabetic() && self.rank(letter).is_none() {
            let is_usual = "“”„‘’–—…€©®™°·«»¿¡§£\u{a0}".contains(letter);
            let is_symbol = !"“”„‘’–—…®™°".contains(letter);
            let after_letter = if previous.letter.is_alphabetic() && is_symbol { -2.0 } else { 0.0 };
            return after_letter + if is_usual { -6.0 } else { -10.0 };
        }
        let small = letter.to_lowercase().next().unwrap_or(letter);
        let first = if is_of_other_script(letter) { 2.3 } else { 3.6 };
        let own = by_rank(self.common, small, first).unwrap_or(-8.5);
        own + self.after(letter, previous.letter) + syllable(small, previous)
    }

    /// Returns the adjustment for a letter that follows another character.
    fn after(&self, letter: char, previous: char) -> f32 {
        let case = match (letter.is_uppercase(), previous.is_lowercase(), previous.is_uppercase()) {
            (true, true, _) => -6.0,
            (true, false, _) => -1.5,
            // Words in capitals continue with capitals, while names have a lowercase letter after the first.
            (false, _, true) => -0.5,
            _ => 0.0,
        };
        let script = match (is_of_other_script(letter), is_of_other_script(previous)) {
            (true, false) if previous.is_alphabetic() => -5.0,
            (false, false) if !previous.is_ascii() && previous.is_alphabetic() => -3.0,
            (false, true) => -5.0,
            _ => 0.0,
        };
        case + script
    }

    /// Returns the position among the common letters.
    fn rank(&self, letter: char) -> Option<usize> {
        self.common.chars().position(|common| common == letter)
    }
}

/// The character before the current one.
struct Previous {
    letter: char,
    /// The number of consecutive half-width katakana up to this character.
    half_width_run: usize,
    /// The number of consecutive vowels, or of consecutive consonants, up to this character.
    same_sounds: usize,
}

impl Previous {
    fn then(&self, letter: char) -> Self {
        let run = if is_half_width(letter) { self.half_width_run.saturating_add(1) } else { 0 };
        let continues = letter.is_alphabetic() && is_vowel(letter) == is_vowel(self.letter);
        let same_sounds = if continues { self.same_sounds.saturating_add(1) } else { 1 };
        Self { letter, half_width_run: run, same_sounds }
    }

    /// Returns the adjustment if a run of half-width katakana ends here. A run of one does not occur in words.
    fn end_of_run(&self) -> f32 {
        if self.half_width_run == 1 { -7.0 } else { 0.0 }
    }
}

/// Returns the adjustment for a letter that makes a syllable or word unpronounceable in an alphabetic script.
fn syllable(letter: char, previous: &Previous) -> f32 {
    let is_same = previous.letter.is_alphabetic() && is_vowel(letter) == is_vowel(previous.letter);
    match letter {
        'а'..='я' | 'α'..='ω' if is_same && is_vowel(letter) && previous.same_sounds >= 2 => -3.0,
        'а'..='я' | 'α'..='ω' if is_same && previous.same_sounds >= 3 => -3.0,
        // The final form of a Hebrew letter is used only at the end of a word.
        _ if "ךםןףץ".contains(previous.letter) && letter.is_alphabetic() => -8.0,
        // Thai marks follow a consonant.
        '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' if !('ก'..='\u{e4e}').contains(&previous.letter) => {
            -9.0
        }
        // The Arabic letters alef maksura and teh marbuta are used only at the end of a word.
        _ if "ىة".contains(previous.letter) && letter.is_alphabetic() => -6.0,
        _ => 0.0,
    }
}

fn is_vowel(letter: char) -> bool {
    "аеёиоуыэюяіїєАЕЁИОУЫЭЮЯІЇЄαεηιουωάέήίόύώϊϋΑΕΗΙΟΥΩΆΈΉΊΌΎΏ".contains(letter)
}

fn is_half_width(letter: char) -> bool {
    ('\u{ff61}'..='\u{ff9f}').contains(&letter)
}

/// Returns the logarithm of the probability of a half-width katakana. Sound marks follow only certain letters.
fn half_width(letter: char, previous: char) -> f32 {
    let may_be_voiced = matches!(previous, '\u{ff73}' | '\u{ff76}'..='\u{ff84}' | '\u{ff8a}'..='\u{ff8e}');
    match letter {
        '\u{ff9e}' if may_be_voiced => -1.5,
        '\u{ff9f}' if matches!(previous, '\u{ff8a}'..='\u{ff8e}') => -1.5,
        '\u{ff9e}' | '\u{ff9f}' => -12.0,
        '\u{ff61}'..='\u{ff65}' => -8.0,
        _ => {
            let start = match previous {
                _ if is_half_width(previous) => 0.0,
                _ if previous.is_ascii_alphabetic() => -4.0,
                _ => -2.5,
            };
            start + by_rank(letters::HALF_WIDTH, letter, 2.5).unwrap_or(-7.0)
        }
    }
}

/// Returns the logarithm of the probability of a letter in an alphabet, which decreases with its position.
fn by_rank(alphabet: &str, letter: char, first: f32) -> Option<f32> {
    let rank = alphabet.chars().position(|known| known == letter)?;
    u8::try_from(rank).ok().map(|rank| -first - 0.08 * f32::from(rank))
}

/// Returns true for letters of scripts other than Latin.
fn is_of_other_script(letter: char) -> bool {
    letter.is_alphabetic() && ('\u{370}'..'\u{1e00}').contains(&letter)
}

/// How the standards of East Asian encodings classify a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Common,
    Rare,
    Extension,
}

/// Returns the level of a two-byte character, according to its position in the table.
fn level(charset: Charset, unit: &[u8]) -> Level {
    let &[lead, trail] = unit else { return Level::Extension };
    match (charset, lead, trail) {
        (Charset::ShiftJis, 0x81..=0x97, _) | (Charset::ShiftJis, 0x98, ..=0x72) => Level::Common,
        (Charset::ShiftJis, 0x98..=0x9f | 0xe0..=0xea, _) => Level::Rare,
        (Charset::EucJp, 0xa1..=0xcf, _) => Level::Common,
        (Charset::EucJp, 0xd0..=0xf4, _) => Level::Rare,
        (Charset::Gb18030, 0xb0..=0xd7, 0xa1..) => Level::Common,
        (Charset::Gb18030, 0xd8..=0xf7, 0xa1..) => Level::Rare,
        (Charset::Big5, 0xa4..=0xc6, _) => Level::Common,
        (Charset::Big5, 0xc9..=0xf9, _) => Level::Rare,
        (Charset::EucKr, 0xb0..=0xc8, 0xa1..) => Level::Common,
        _ => Level::Extension,
    }
}
