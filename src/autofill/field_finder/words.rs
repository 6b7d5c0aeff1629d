//! Normalizes texts so that words can be compared: lower case, without accents, split into sentences.

use std::sync::OnceLock;

/// Letters that count as equal: the first letter of each line replaces the others, which are its accented forms or, in
/// Arabic, alternative spellings.
const FOLDED: &[&str] = &[
    "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
    "cçćĉċčḉ",
    "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
    "iìíîïĩīĭįǐȉȋḭḯỉịı",
    "nñńņňǹṅṇṉṋ",
    "oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợø",
    "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
    "yýÿŷȳẏẙỳỵỷỹ",
    "dďḋḍḏḑḓđð",
    "gĝğġģǧǵḡ",
    "hĥȟḣḥḧḩḫẖħ",
    "jĵǰ",
    "kķǩḱḳḵ",
    "lĺļľḷḹḻḽł",
    "rŕŗřȑȓṙṛṝṟ",
    "sśŝşšșṡṣṥṧṩ",
    "tţťțṫṭṯṱẗŧ",
    "wŵẁẃẅẇẉẘ",
    "zźżžẑẓẕ",
    "æǣǽ",
    "ʒǯ",
    "øǿ",
    "bḃḅḇ",
    "fḟ",
    "mḿṁṃ",
    "pṕṗ",
    "vṽṿ",
    "xẋẍ",
    "ſẛ",
    "¨΅",
    "ιΐίϊ",
    "αά",
    "εέ",
    "ηή",
    "υΰϋύ",
    "οό",
    "ωώ",
    "ϒϓϔ",
    "ийѝ",
    "еѐё",
    "гѓ",
    "ії",
    "кќ",
    "уў",
    "اأإآٱ",
    "هةۀہ",
    "یيىئ",
    "کك",
    "وؤ",
];

/// A sentence as normalized letters, with single spaces between words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    pub letters: Vec<char>,
    /// The indexes of the letters after colons and dashes, which a negation does not reach across.
    pub breaks: Vec<usize>,
    /// The indexes of the letters after commas.
    pub commas: Vec<usize>,
    /// True if the sentence ends with a question mark.
    pub is_question: bool,
}

/// Splits a text into normalized sentences.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut current = Sentence::default();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends = match letter {
            '?' | '？' | '؟' | '!' | '！' | '。' | '।' | '|' | '·' | '•' | '…' => {
                !matches!(letter, '•' | '·') || letters.peek().is_none_or(|next| next.is_whitespace())
            }
            '.' | ';' | '；' | ':' | '：' => letters.peek().is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        if ends && !matches!(letter, ':' | '：') {
            current.is_question = matches!(letter, '?' | '？' | '؟');
            finish(&mut current, &mut all);
        } else {
            if ends || matches!(letter, '–' | '—') {
                current.breaks.push(current.letters.len());
            } else if matches!(letter, ',' | '，' | '、' | '،') {
                current.commas.push(current.letters.len());
            }
            push_folded(letter, &mut current.letters);
        }
    }
    finish(&mut current, &mut all);
    all
}

fn finish(current: &mut Sentence, all: &mut Vec<Sentence>) {
    while current.letters.last() == Some(&' ') {
        current.letters.pop();
    }
    if current.letters.is_empty() {
        *current = Sentence::default();
    } else {
        all.push(std::mem::take(current));
    }
}

/// Normalizes a text as one sentence, even if it contains punctuation that would end a sentence.
pub(super) fn fold(text: &str) -> Vec<char> {
    let mut letters = Vec::new();
    for letter in text.chars() {
        push_folded(letter, &mut letters);
    }
    while letters.last() == Some(&' ') {
        letters.pop();
    }
    letters
}

fn push_folded(letter: char, into: &mut Vec<char>) {
    // Soft hyphens, joiners and direction marks are invisible, and the vowel signs of Arabic and Hebrew are optional.
    if matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
    {
        return;
    }
    // Some translations write spaces within a Japanese compound.
    if is_katakana(letter)
        && let [.., before, ' '] = into.as_slice()
        && is_katakana(*before)
    {
        into.pop();
    }
    if is_separator(letter) {
        if into.last().is_some_and(|last| *last != ' ') {
            into.push(' ');
        }
        return;
    }
    for lower in letter.to_lowercase() {
        match lower {
            'ß' => into.extend(['s', 's']),
            'æ' => into.extend(['a', 'e']),
            'œ' => into.extend(['o', 'e']),
            '\u{300}'..='\u{36f}' => {}
            'ς' => into.push('σ'),
            other => into.push(base(other)),
        }
    }
}

fn is_katakana(letter: char) -> bool {
    matches!(letter, '\u{30a1}'..='\u{30fa}' | '\u{30fc}')
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || letter.is_ascii_punctuation()
        || matches!(letter, '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{206f}' | '\u{2190}'..='\u{2bff}' | '\u{3000}'..='\u{3020}' | '\u{3030}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '،' | '؛' | '״' | '׳' | '־' | '\u{30fb}')
}

/// Returns a letter without its accent. Full-width letters and digits of other scripts become ASCII.
fn base(letter: char) -> char {
    static TABLE: OnceLock<Vec<(char, char)>> = OnceLock::new();
    if letter.is_ascii() {
        return letter;
    }
    let digit = match letter {
        '\u{660}'..='\u{669}' => Some(0x660),
        '\u{6f0}'..='\u{6f9}' => Some(0x6f0),
        '\u{966}'..='\u{96f}' => Some(0x966),
        '\u{ff10}'..='\u{ff19}' => Some(0xff10),
        _ => None,
    };
    let shifted = |from: u32, to: u32| char::from_u32(u32::from(letter).saturating_sub(from).saturating_add(to));
    if let Some(from) = digit {
        return shifted(from, 0x30).unwrap_or(letter);
    }
    if matches!(letter, '\u{ff41}'..='\u{ff5a}') {
        return shifted(0xff41, 0x61).unwrap_or(letter);
    }
    let table = TABLE.get_or_init(|| {
        let mut table: Vec<(char, char)> = FOLDED
            .iter()
            .flat_map(|line| {
                let first = line.chars().next().unwrap_or(' ');
                line.chars().skip(1).map(move |letter| (letter, first))
            })
            .collect();
        table.sort_unstable();
        table
    });
    let found = table.binary_search_by_key(&letter, |(from, _)| *from).ok().and_then(|at| table.get(at));
    found.map_or(letter, |(_, to)| *to)
}

/// Splits an identifier into words: `two_factorCode1` becomes `two factor code 1`.
pub(super) fn name_words(name: &str) -> Vec<char> {
    let mut spaced = String::new();
    let mut last = ' ';
    for letter in name.chars() {
        let camel = last.is_lowercase() && letter.is_uppercase();
        // No space is inserted after a digit, so that `2fa` stays one word.
        let number = last.is_alphabetic() && letter.is_ascii_digit();
        if camel || number {
            spaced.push(' ');
        }
        spaced.push(letter);
        last = letter;
    }
    fold(&spaced)
}

/// Returns true for letters of scripts without spaces, and of Korean, whose words have particles attached.
pub(super) fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// Returns true for letters of scripts whose words take short particles before and after them: Hebrew, Arabic, and the
/// scripts of India.
pub(super) fn takes_particles(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{900}'..='\u{dff}')
}

/// Returns true if a text contains the address that a message was sent to: a phone number or an email address, in full
/// or masked.
pub(super) fn names_a_target(text: &str) -> bool {
    let is_mask = |letter: char| matches!(letter, '•' | '*' | '●' | '＊' | '∗' | '·' | '×' | '✱' | '⁎');
    let mut digits = 0_usize;
    let mut masks = 0_usize;
    let mut longest = 0_usize;
    for word in text.split_whitespace() {
        let (mask, number) =
            (word.chars().filter(|letter| is_mask(*letter)).count(), word.chars().filter(char::is_ascii_digit).count());
        let xs = word.chars().filter(|letter| matches!(letter, 'x' | 'X')).count();
        if is_address(word)
            || (mask.max(xs) >= 2
                && number >= 2
                && !word.chars().any(|letter| letter.is_alphabetic() && !matches!(letter, 'x' | 'X')))
        {
            return true;
        }
        let numeric = word.chars().all(|letter| {
            is_mask(letter) || letter.is_ascii_digit() || matches!(letter, '+' | '-' | '(' | ')' | '.' | ',' | '–')
        });
        if numeric {
            digits = digits.saturating_add(number);
            masks = masks.saturating_add(mask);
            if (masks >= 2 && digits >= 2) || digits >= 9 {
                return true;
            }
        } else {
            longest = longest.max(digits);
            (digits, masks) = (0, 0);
        }
    }
    false
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.chars().filter(|letter| letter.is_alphanumeric()).count() >= 1
            && (host.contains('.') || host.contains(['•', '*']))
    })
}
