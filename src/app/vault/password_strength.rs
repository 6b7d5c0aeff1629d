//! Estimates how hard it is for someone who has the sealed file to guess a password.
//!
//! The estimate works like zxcvbn, without its word lists: the password is split into the longest pieces that are
//! common in passwords (a common password, a run on the keyboard, a repetition, a year) and single characters, and the
//! bits of all pieces are added up. It underestimates rather than overestimates. There are no composition rules: a long
//! sentence is as good as special characters.
//!
//! ```
//! use casdoor_authenticator::app::vault::password_strength::{Strength, strength};
//!
//! assert_eq!(strength("P4ssword1"), Strength::Weak);
//! assert_eq!(strength("a lantern that hums at noon"), Strength::Strong);
//! ```

/// The strength that is shown to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Can be guessed within hours.
    Weak,
    /// Can be guessed by a determined attacker.
    Fair,
    /// Out of reach for nearly every attacker.
    Good,
    /// Out of reach for every attacker.
    Strong,
}

/// The most common passwords, in the form that [`plain`] returns.
const COMMON: &[&str] = &[
    "password", "passwort", "secret", "welcome", "letmein", "admin", "login", "master", "dragon", "monkey", "football",
    "baseball", "princess", "sunshine", "shadow", "superman", "batman", "michael", "charlie", "jordan", "thomas",
    "daniel", "iloveyou", "love", "hello", "test", "guest", "root", "user", "pass", "word", "trustno", "starwars",
    "whatever", "freedom", "summer", "winter", "spring", "autumn", "monday", "friday", "january", "casdoor", "google",
    "computer", "internet", "changeme", "default", "mustang", "access", "flower", "cheese", "ninja", "killer",
    "soccer", "hunter",
];

/// Sequences of adjacent keys or letters that are often used in passwords, forward or backward.
const RUNS: &[&str] =
    &["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "1qaz2wsx3edc"];

/// Maximum number of characters that are examined, which bounds the work for a pasted text.
const MAX_CHARACTERS: usize = 256;

/// Estimates the strength of a password.
pub fn strength(password: &str) -> Strength {
    match bits(password) {
        0..=29 => Strength::Weak,
        30..=44 => Strength::Fair,
        45..=59 => Strength::Good,
        _ => Strength::Strong,
    }
}

fn bits(password: &str) -> u32 {
    let all: Vec<char> = password.chars().take(MAX_CHARACTERS).collect();
    let plain: Vec<char> = all.iter().map(|character| plain(*character)).collect();
    let mut tenths: u32 = 0;
    let mut rest = 0;
    while let (Some(plain), Some(original)) = (plain.get(rest..), all.get(rest..)) {
        if plain.is_empty() {
            break;
        }
        let before = rest.checked_sub(1).and_then(|before| all.get(before)).copied();
        let (length, cost) = piece(plain, original, before);
        tenths = tenths.saturating_add(cost);
        rest = rest.saturating_add(length.max(1));
    }
    tenths.checked_div(10).unwrap_or(0)
}

/// Finds the longest piece at the beginning, and returns its length in characters and its strength in tenths of a bit.
fn piece(plain: &[char], original: &[char], before: Option<char>) -> (usize, u32) {
    let candidates = [(common(plain), 60), (run(original), 50), (repetition(original), 60), (year(original), 65)];
    let best = candidates.into_iter().filter(|(length, _)| *length > 2).max_by_key(|(length, _)| *length);
    best.unwrap_or_else(|| (1, original.first().map_or(0, |character| single(*character, before))))
}

fn common(text: &[char]) -> usize {
    let starts = |word: &&&str| word.chars().eq(text.iter().copied().take(word.len()));
    COMMON.iter().filter(starts).map(|word| word.len()).max().unwrap_or(0)
}

/// Returns the number of leading characters that follow one of [`RUNS`] in one direction.
fn run(text: &[char]) -> usize {
    let text: Vec<char> = text.iter().map(|character| lower(*character)).collect();
    let along = |line: Vec<char>| {
        let start = line.iter().position(|character| Some(character) == text.first());
        let from = start.map_or(line.len(), |start| start);
        line.iter().skip(from).zip(&text).take_while(|(one, other)| one == other).count()
    };
    RUNS.iter().flat_map(|line| [along(line.chars().collect()), along(line.chars().rev().collect())]).max().unwrap_or(0)
}

/// Returns the number of leading characters that are a repeated block of one to four characters; 0 if there is none.
fn repetition(text: &[char]) -> usize {
    let of_block = |block: usize| {
        let repeated = text.iter().skip(block).zip(text).take_while(|(one, other)| one == other).count();
        if repeated >= block { repeated.saturating_add(block) } else { 0 }
    };
    (1..=4).map(of_block).max().unwrap_or(0)
}

fn year(text: &[char]) -> usize {
    let digits: String = text.iter().take(4).collect();
    if matches!(digits.parse::<u32>(), Ok(1900..=2099)) { 4 } else { 0 }
}

/// Returns the strength of one character in tenths of a bit. Lowercase letters count less than other characters,
/// because they often form words, and a different kind of character than the one before counts more.
fn single(character: char, before: Option<char>) -> u32 {
    let (alone, kind) = kind(character);
    let changes = before.is_some_and(|before| before != ' ' && character != ' ' && self::kind(before).1 != kind);
    if changes { alone.saturating_add(14) } else { alone }
}

fn kind(character: char) -> (u32, u8) {
    match character {
        'a'..='z' => (26, 0),
        'A'..='Z' => (34, 1),
        '0'..='9' => (33, 2),
        ' ' => (10, 3),
        other if other.is_ascii() => (45, 4),
        _ => (50, 5),
    }
}

fn lower(character: char) -> char {
    character.to_ascii_lowercase()
}

/// Returns the character in lower case, or the letter for which a digit or sign is often substituted.
fn plain(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => lower(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_weak_in_every_disguise() {
        for password in [
            "",
            "a",
            "password",
            "P@ssw0rd1",
            "qwertyuiop",
            "1234567890",
            "aaaaaaaaaaaaaaaa",
            "Summer2024",
            "abcabcabcabc",
            "Casdoor123!",
        ] {
            assert_eq!(strength(password), Strength::Weak, "{password}");
        }
    }

    #[test]
    fn a_long_sentence_and_a_random_word_are_strong() {
        for password in ["a lantern that hums at noon", "correct horse battery staple", "kV9#tz!Lw2$pQx8&mB"] {
            assert_eq!(strength(password), Strength::Strong, "{password}");
        }
    }

    #[test]
    fn a_longer_password_is_never_weaker() {
        let steps = ["lantern", "lantern hum", "lantern hums at no", "lantern hums at noon again"].map(strength);
        assert!(steps.is_sorted(), "{steps:?}");
    }

    #[test]
    fn only_the_beginning_of_a_megabyte_is_estimated() {
        assert_eq!(strength(&"ab7".repeat(400_000)), Strength::Weak);
    }
}
