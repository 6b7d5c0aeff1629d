//! The popup's search: ignores case and accents, knows common short names of services, finds initials, and tolerates
//! a typing error when nothing else matches.
//!
//! ```
//! use casdoor_authenticator::app::search::{Entry, Rank, search};
//!
//! let entry = Entry::new("Amazon Web Services", "root", "Work", &[]);
//! assert_eq!(search(&[entry], "aws").first().map(|hit| hit.rank), Some(Rank::Start));
//! ```

mod aliases;
mod fold;
mod typo;

use std::ops::Range;

use self::fold::{Folded, Word};
use crate::app::protocol::Row;
use crate::vault::Site;

/// How well an account matches, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The issuer starts with the word, or the word is its short name or its initials.
    Start,
    /// A later word of the issuer, or the account name, starts with the word.
    Word,
    /// The word occurs anywhere else.
    Inside,
    /// The word occurs with a typing error.
    Typo,
}

/// An account that is prepared for searching: once, not on every key press.
#[derive(Clone, Debug)]
pub struct Entry {
    issuer: Folded,
    name: Folded,
    /// The group and the sites, which are searched but not marked.
    others: Vec<Folded>,
    aliases: Vec<&'static str>,
}

/// An account that matches the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The account's index in the list.
    pub index: usize,
    /// The rank of the word that matches worst.
    pub rank: Rank,
}

/// The matching parts of an account's names, as ranges of characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Ranges in the issuer.
    pub issuer: Vec<Range<usize>>,
    /// Ranges in the account name.
    pub name: Vec<Range<usize>>,
}

impl Entry {
    /// Prepares an account for searching.
    pub fn new(issuer: &str, name: &str, group: &str, sites: &[&str]) -> Self {
        let issuer = Folded::new(issuer);
        let others = std::iter::once(group).chain(sites.iter().copied()).map(Folded::new).collect();
        Self { aliases: aliases::of(issuer.text()), issuer, name: Folded::new(name), others }
    }

    /// Prepares a row for searching.
    pub fn from_row(row: &Row) -> Self {
        let sites: Vec<&str> = row.sites.iter().filter_map(Site::text).collect();
        Self::new(&row.issuer, &row.name, &row.group, &sites)
    }

    /// Returns the rank of the word that matches worst; `None` if any word does not match.
    fn rank(&self, words: &[Word]) -> Option<Rank> {
        words.iter().map(|word| self.rank_word(word)).try_fold(Rank::Start, |worst, rank| Some(worst.max(rank?)))
    }

    fn rank_word(&self, word: &Word) -> Option<Rank> {
        self.rank_text(&word.text).or_else(|| self.rank_text(word.short.as_ref()?))
    }

    fn rank_text(&self, word: &str) -> Option<Rank> {
        let is_short_name = |alias: &&str| **alias == *word;
        if self.issuer.text().starts_with(word)
            || self.aliases.iter().any(is_short_name)
            || self.issuer.initials_match(word)
        {
            return Some(Rank::Start);
        }
        let starts = |alias: &&str| alias.starts_with(word);
        if self.issuer.has_word_start(word) || self.name.has_word_start(word) || self.aliases.iter().any(starts) {
            return Some(Rank::Word);
        }
        self.fields().any(|field| field.contains(word)).then_some(Rank::Inside)
    }

    /// Returns `true` if every word occurs, with or without a typing error.
    fn nearly_matches(&self, words: &[Word]) -> bool {
        let has_typo =
            |word: &Word| self.fields().any(|field| field.words().any(|other| typo::is_typo(&word.text, other)));
        words.iter().all(|word| self.rank_word(word).is_some() || has_typo(word))
    }

    fn fields(&self) -> impl Iterator<Item = &Folded> {
        [&self.issuer, &self.name].into_iter().chain(&self.others)
    }

    /// Returns the parts of the names that match a search.
    pub fn marks(&self, query: &str) -> Marks {
        let mut marks = Marks::default();
        for Word { text, short } in fold::words(query) {
            for word in std::iter::once(text).chain(short) {
                let before = (marks.issuer.len(), marks.name.len());
                marks.issuer.extend(self.issuer.occurrences(&word));
                marks.name.extend(self.name.occurrences(&word));
                if before == (marks.issuer.len(), marks.name.len()) {
                    marks.issuer.extend(self.issuer.initials_of(&word));
                }
            }
        }
        merge(&mut marks.issuer);
        merge(&mut marks.name);
        marks
    }
}

/// Returns the matching accounts, best first; accounts of equal rank keep their order. Accounts that match only with a
/// typing error are returned only if no account matches without one.
pub fn search(entries: &[Entry], query: &str) -> Vec<Hit> {
    let words = fold::words(query);
    let ranked = entries.iter().enumerate();
    let mut hits: Vec<Hit> =
        ranked.filter_map(|(index, entry)| entry.rank(&words).map(|rank| Hit { index, rank })).collect();
    if hits.is_empty() {
        let near = entries.iter().enumerate().filter(|(_, entry)| entry.nearly_matches(&words));
        hits.extend(near.map(|(index, _)| Hit { index, rank: Rank::Typo }));
    }
    hits.sort_by_key(|hit| hit.rank);
    hits
}

/// Returns a text in lowercase and without accents, for sorting.
pub fn folded(text: &str) -> String {
    Folded::new(text).text().to_owned()
}

/// Sorts ranges and joins those that overlap or touch.
fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let joins = next.start <= before.end;
        if joins {
            before.end = before.end.max(next.end);
        }
        joins
    });
}

/// Splits a text into parts that are marked and parts that are not, in order.
pub fn segments(text: &str, marks: &[Range<usize>]) -> Vec<(bool, String)> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for (index, character) in text.chars().enumerate() {
        let is_marked = marks.iter().any(|range| range.contains(&index));
        match parts.last_mut() {
            Some((marked, part)) if *marked == is_marked => part.push(character),
            _ => parts.push((is_marked, character.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(issuers: &[&str]) -> Vec<Entry> {
        issuers.iter().map(|issuer| Entry::new(issuer, "alice@acme.test", "", &[])).collect()
    }

    fn found<'a>(issuers: &[&'a str], query: &str) -> Vec<&'a str> {
        search(&entries(issuers), query).iter().map(|hit| issuers[hit.index]).collect()
    }

    const SERVICES: [&str; 14] = [
        "Amazon Web Services",
        "GitHub",
        "Cloudflare",
        "Microsoft",
        "Facebook",
        "Stadtwerke München",
        "Société Générale",
        "Łódź Bank",
        "Google",
        "Vercel",
        "İş Bankası",
        "Сбербанк",
        "Ёлка",
        "日本銀行",
    ];

    #[test]
    fn common_short_names_find_the_service() {
        for (query, issuer) in [
            ("aws", "Amazon Web Services"),
            ("AWS", "Amazon Web Services"),
            ("gh", "GitHub"),
            ("ms", "Microsoft"),
            ("fb", "Facebook"),
            ("cf", "Cloudflare"),
            ("meta", "Facebook"),
            ("azure", "Microsoft"),
        ] {
            assert_eq!(found(&SERVICES, query), [issuer], "{query}");
        }
        // This also works the other way around, if the account has the short name.
        assert_eq!(found(&["AWS", "Slack"], "amazon"), ["AWS"]);
        assert_eq!(found(&["MS", "Slack"], "microsoft"), ["MS"]);
    }

    #[test]
    fn accents_and_case_are_ignored_on_both_sides() {
        for (query, issuer) in [
            ("munchen", "Stadtwerke München"),
            ("muenchen", "Stadtwerke München"),
            ("MÜNCHEN", "Stadtwerke München"),
            ("mu\u{308}nchen", "Stadtwerke München"),
            ("generale", "Société Générale"),
            ("lodz", "Łódź Bank"),
            ("is bank", "İş Bankası"),
            ("сбер", "Сбербанк"),
            ("елка", "Ёлка"),
            ("銀行", "日本銀行"),
            ("ＧＩＴｈｕｂ", "GitHub"),
        ] {
            assert_eq!(found(&SERVICES, query), [issuer], "{query}");
        }
        assert_eq!(found(&["Straße", "Slack"], "strasse"), ["Straße"]);
        assert_eq!(found(&["Muenchen", "Slack"], "münchen"), ["Muenchen"]);
    }

    #[test]
    fn parts_of_words_and_initials_match() {
        assert_eq!(found(&SERVICES, "cloud fl"), ["Cloudflare"]);
        assert_eq!(found(&["Bank of America", "Slack"], "boa"), ["Bank of America"]);
        assert_eq!(found(&["Digital Ocean", "DigitalOcean", "Slack"], "do"), ["Digital Ocean", "DigitalOcean"]);
        assert_eq!(found(&["Slack", "Google"], "zz"), Vec::<&str>::new());
    }

    #[test]
    fn one_typing_error_is_tolerated_only_if_nothing_matches_exactly() {
        for query in ["gihub", "githbu", "gitthub", "gutHub"] {
            assert_eq!(found(&SERVICES, query), ["GitHub"], "{query}");
        }
        assert_eq!(found(&SERVICES, "cloufdlare"), ["Cloudflare"]);
        assert_eq!(found(&["Gitlab", "Gitleb"], "gitlab"), ["Gitlab"]);
        // Typing errors in short words are not tolerated, because almost everything would match.
        assert_eq!(found(&SERVICES, "gxt"), Vec::<&str>::new());
    }

    #[test]
    fn better_matches_come_first() {
        let issuers = ["My GitHub", "Digit", "GitHub"];
        assert_eq!(found(&issuers, "git"), ["GitHub", "My GitHub", "Digit"]);
    }

    #[test]
    fn matches_are_marked_in_the_original_text() {
        let marked = |issuer: &str, query: &str| {
            let marks = Entry::new(issuer, "", "", &[]).marks(query).issuer;
            let parts = segments(issuer, &marks);
            parts.into_iter().map(|(marked, part)| if marked { format!("[{part}]") } else { part }).collect::<String>()
        };
        assert_eq!(marked("Stadtwerke München", "munch"), "Stadtwerke [Münch]en");
        assert_eq!(marked("Straße", "strasse"), "[Straße]");
        assert_eq!(marked("Cloudflare", "cloud fl"), "[Cloudfl]are");
        assert_eq!(marked("Bank of America", "boa"), "[B]ank [o]f [A]merica");
        assert_eq!(marked("GitHub", "gh"), "[G]it[H]ub");
        assert_eq!(marked("GitHub", ""), "GitHub");
    }
}
