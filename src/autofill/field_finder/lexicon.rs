//! Finds the words and phrases by which pages refer to codes, to how codes are sent, and to other purposes, in the
//! languages of `words/`.
//!
//! Each line of a list is `concept: term | term`. A term matches whole words; `*` matches any letters within a word,
//! and `?` matches one letter. In scripts without spaces, a term matches anywhere; in languages that attach particles
//! to words (Arabic, Hebrew, Hindi), a few extra letters are allowed before and after the term.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::concept::CONCEPTS;
pub(super) use super::concept::Concept;
use super::starts::{START, Starts, hash, slot};
use super::words::{fold, is_unspaced, takes_particles};

/// For each list of terms, the language tags that it is for and its content.
const LANGUAGES: [(&str, &str); 32] = [
    ("ar", include_str!("words/ar.txt")),
    ("bg sr mk", include_str!("words/bg.txt")),
    ("ca gl eu", include_str!("words/ca.txt")),
    ("cs sk", include_str!("words/cs.txt")),
    ("da no nb nn", include_str!("words/da.txt")),
    ("de", include_str!("words/de.txt")),
    ("el", include_str!("words/el.txt")),
    ("en", include_str!("words/en.txt")),
    ("es", include_str!("words/es.txt")),
    ("fa ur", include_str!("words/fa.txt")),
    ("fi et", include_str!("words/fi.txt")),
    ("fr", include_str!("words/fr.txt")),
    ("he", include_str!("words/he.txt")),
    ("hi mr bn ta ne gu", include_str!("words/hi.txt")),
    ("hr bs sl sr", include_str!("words/hr.txt")),
    ("hu", include_str!("words/hu.txt")),
    ("id ms fil tl", include_str!("words/id.txt")),
    ("it", include_str!("words/it.txt")),
    ("ja", include_str!("words/ja.txt")),
    ("ko", include_str!("words/ko.txt")),
    ("lt lv", include_str!("words/lt.txt")),
    ("nl", include_str!("words/nl.txt")),
    ("pl", include_str!("words/pl.txt")),
    ("pt", include_str!("words/pt.txt")),
    ("ro", include_str!("words/ro.txt")),
    ("ru be", include_str!("words/ru.txt")),
    ("sv", include_str!("words/sv.txt")),
    ("th", include_str!("words/th.txt")),
    ("tr az", include_str!("words/tr.txt")),
    ("uk", include_str!("words/uk.txt")),
    ("vi", include_str!("words/vi.txt")),
    ("zh", include_str!("words/zh.txt")),
];

const NAMES: &str = include_str!("words/names.txt");

/// A term that was found in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TermMatch {
    pub concept: Concept,
    /// The index of the first letter.
    pub from: usize,
    /// The index after the last letter.
    pub to: usize,
}

#[derive(Clone, Copy)]
enum Piece {
    Letter(char),
    AnyLetter,
    /// Any letters up to the end of the word.
    Rest,
}

struct Term {
    concept: Concept,
    list: u8,
    /// True if the term means something else in other languages, so that it counts only on pages in its own language.
    is_gated: bool,
    pieces: Vec<Piece>,
    start: Edge,
    end: Edge,
}

/// The number of letters that may adjoin a term at one of its ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// No letter.
    Closed,
    /// At most this many, for languages that attach particles to words.
    Particles(usize),
    /// Any number, for a term that may match inside a longer word.
    Open,
}

/// The language of a page, which selects the lists of terms that count in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// No language, for identifiers in the page's source.
    None,
    /// The language is unknown or has no list, so the terms of all languages count.
    Any,
    List(u8),
}

impl Language {
    /// Returns the language of a `lang` attribute, such as `pt-BR`.
    pub(super) fn of(tag: &str) -> Self {
        let main = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let lists = (0_u8..).zip(LANGUAGES.iter());
        let mut fitting = lists.filter(|(_, (tags, _))| !main.is_empty() && tags.split(' ').any(|one| one == main));
        fitting.next().map_or(Self::Any, |(number, _)| Self::List(number))
    }

    fn reads(self, list: u8) -> bool {
        match self {
            Self::List(own) => own == list,
            Self::None | Self::Any => true,
        }
    }
}

/// Returns true if a term may count only on pages in its own language. Short words often mean something else in another
/// language (`by` is a town in Danish), and a misread negation would reverse the meaning of a sentence.
fn is_gated(concept: Concept, pieces: &[Piece]) -> bool {
    use Concept::{AnyApp, App, Card, Email, Later, Loss, Never, Not, NotAfter, OneTime, Pin, SetUp, Sms, TwoStep};
    let is_letter = |piece: &Piece| matches!(piece, Piece::Letter(letter) if letter.is_ascii_alphabetic());
    let is_short = pieces.len() <= 4 && pieces.iter().all(is_letter);
    let is_known_everywhere = matches!(concept, App | AnyApp | OneTime | TwoStep | Sms | Email | Card | Pin);
    matches!(concept, Not | NotAfter | Never | Loss | Later | SetUp) || (is_short && !is_known_everywhere)
}

/// The terms of a set of lists, indexed by their first letters.
pub(super) struct Lexicon {
    terms: Vec<Term>,
    /// Terms that match only at the start of a word.
    closed: Starts,
    /// Terms that may also match inside a word.
    open: Starts,
}

impl Lexicon {
    /// Returns the terms of natural languages.
    pub(super) fn words() -> &'static Self {
        static WORDS: OnceLock<Lexicon> = OnceLock::new();
        WORDS.get_or_init(|| Self::parse(LANGUAGES.iter().map(|(_, list)| *list)))
    }

    /// Returns the terms that occur in identifiers.
    pub(super) fn names() -> &'static Self {
        static WORDS: OnceLock<Lexicon> = OnceLock::new();
        WORDS.get_or_init(|| Self::parse(std::iter::once(NAMES)))
    }

    fn parse(lists: impl Iterator<Item = &'static str>) -> Self {
        let mut lexicon = Self { terms: Vec::new(), closed: Starts::default(), open: Starts::default() };
        let (mut closed, mut open) = (Vec::new(), Vec::new());
        let mut known = HashSet::new();
        let numbered = (0_u8..).zip(lists).flat_map(|(number, list)| list.lines().map(move |line| (number, line)));
        for (list, line) in numbered {
            let Some((name, terms)) = line.split_once(':').filter(|_| !line.starts_with('#')) else { continue };
            let Some((_, concept)) = CONCEPTS.iter().find(|(known, _)| *known == name.trim()) else { continue };
            for text in terms.split('|').map(str::trim) {
                let Some((term, slot)) = term(*concept, list, text) else { continue };
                // Languages share words, so a term that counts on every page is stored once.
                if !term.is_gated && !known.insert((*concept as u8, text)) {
                    continue;
                }
                let Ok(number) = u16::try_from(lexicon.terms.len()) else { continue };
                if term.start == Edge::Closed { &mut closed } else { &mut open }.push((slot, number));
                lexicon.terms.push(term);
            }
        }
        (lexicon.closed, lexicon.open) = (Starts::new(closed), Starts::new(open));
        lexicon
    }

    /// Returns every match of a term in a sentence of a page in this language.
    pub(super) fn find(&self, letters: &[char], language: Language) -> Vec<TermMatch> {
        let mut all = Vec::new();
        let mut before = ' ';
        for (from, letter) in letters.iter().enumerate() {
            if *letter != ' ' {
                let starts_a_word = before == ' ' || is_unspaced(before);
                let mut known = 0;
                for next in letters.iter().skip(from).take(START) {
                    known = hash(known, *next);
                    if starts_a_word {
                        self.look(self.closed.at(slot(known)), letters, from, language, &mut all);
                    }
                    self.look(self.open.at(slot(known)), letters, from, language, &mut all);
                }
            }
            before = *letter;
        }
        all
    }

    /// Adds the matches of some terms that start at this letter.
    fn look(&self, some: &[u16], letters: &[char], from: usize, language: Language, all: &mut Vec<TermMatch>) {
        for term in some.iter().filter_map(|number| self.terms.get(usize::from(*number))) {
            if (!term.is_gated || language.reads(term.list))
                && let Some(to) = matches(letters, from, &term.pieces)
                && starts_well(letters, from, term.start)
                && ends_well(letters, to, term.end)
            {
                let found = TermMatch { concept: term.concept, from, to };
                if all.last() != Some(&found) {
                    all.push(found);
                }
            }
        }
    }
}

/// Parses a term of a list, and returns it with the slot of [`Starts`] that it belongs to.
fn term(concept: Concept, list: u8, text: &str) -> Option<(Term, u16)> {
    let pieces = pieces(text);
    let letter = |piece: &Piece| if let Piece::Letter(letter) = piece { Some(*letter) } else { None };
    let first = pieces.first().and_then(letter)?;
    let last = pieces.iter().rev().find_map(letter).unwrap_or(first);
    let length = pieces.len();
    let edge = |open: bool, letter: char| match () {
        () if open || is_unspaced(letter) => Edge::Open,
        () if takes_particles(letter) && length >= 4 => Edge::Particles(3),
        () if takes_particles(letter) && length == 3 => Edge::Particles(2),
        () => Edge::Closed,
    };
    let (start, end) = (edge(text.starts_with('*'), first), edge(text.ends_with('*'), last));
    let slot = slot(pieces.iter().map_while(letter).take(START).fold(0, hash));
    Some((Term { concept, list, is_gated: is_gated(concept, &pieces), pieces, start, end }, slot))
}

fn pieces(term: &str) -> Vec<Piece> {
    let marked: String = term
        .trim_start_matches('*')
        .chars()
        .map(|letter| match letter {
            '*' => '\u{e000}',
            '?' => '\u{e001}',
            other => other,
        })
        .collect();
    let mut pieces: Vec<Piece> = fold(&marked)
        .into_iter()
        .map(|letter| match letter {
            '\u{e000}' => Piece::Rest,
            '\u{e001}' => Piece::AnyLetter,
            other => Piece::Letter(other),
        })
        .collect();
    if matches!(pieces.last(), Some(Piece::Rest)) {
        pieces.pop();
    }
    pieces
}

/// Returns the index after the match, or `None` if the pieces do not match.
fn matches(letters: &[char], from: usize, pieces: &[Piece]) -> Option<usize> {
    let mut at = from;
    for piece in pieces {
        let letter = letters.get(at).copied();
        match piece {
            Piece::Letter(wanted) if letter == Some(*wanted) => at = at.saturating_add(1),
            Piece::AnyLetter if letter.is_some_and(|letter| letter != ' ') => at = at.saturating_add(1),
            Piece::Rest => {
                while letters.get(at).is_some_and(|letter| *letter != ' ') {
                    at = at.saturating_add(1);
                }
            }
            _ => return None,
        }
    }
    Some(at)
}

fn starts_well(letters: &[char], from: usize, edge: Edge) -> bool {
    let before = || {
        letters
            .get(..from)
            .into_iter()
            .flatten()
            .rev()
            .take_while(|letter| **letter != ' ' && !is_unspaced(**letter))
            .count()
    };
    match edge {
        Edge::Open => true,
        Edge::Closed => before() == 0,
        Edge::Particles(most) => before() <= most,
    }
}

fn ends_well(letters: &[char], to: usize, edge: Edge) -> bool {
    let after = || {
        letters.get(to..).into_iter().flatten().take_while(|letter| **letter != ' ' && !is_unspaced(**letter)).count()
    };
    match edge {
        Edge::Open => true,
        Edge::Closed => after() == 0,
        Edge::Particles(most) => after() <= most,
    }
}
