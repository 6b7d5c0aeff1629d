//! Splits the name of an issuer into the words that may name a service.

use crate::app::search;

/// Words next to a service's name that qualify the account or the part of the service, and do not identify it.
const QUALIFIERS: &[&str] = &[
    "account",
    "accounts",
    "admin",
    "ag",
    "app",
    "apps",
    "backup",
    "business",
    "com",
    "console",
    "corp",
    "dashboard",
    "dev",
    "enterprise",
    "gmbh",
    "id",
    "inc",
    "llc",
    "login",
    "ltd",
    "mfa",
    "online",
    "otp",
    "personal",
    "portal",
    "private",
    "prod",
    "production",
    "root",
    "sso",
    "staging",
    "team",
    "teams",
    "test",
    "totp",
    "web",
    "work",
    "2fa",
];
/// The maximum number of words in the name of a service.
const MAX_WORDS: usize = 4;

/// The words of an issuer, folded.
pub(super) struct Issuer {
    words: Vec<String>,
    host: Option<String>,
}

impl Issuer {
    /// Splits an issuer. Parts in parentheses and mail addresses name the account, so they are left out.
    pub(super) fn new(issuer: &str) -> Self {
        let folded = search::folded(&without_parentheses(issuer));
        let is_separator = |letter: char| letter.is_whitespace() || ":|,;·•".contains(letter);
        let parts = folded.split(is_separator).filter(|part| !part.contains('@'));
        let words = parts.flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric()));
        let words = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Self { words, host: host(folded.trim()) }
    }

    /// Returns the issuer if it is a host name. A look-alike such as `paypal.example.com` must not be found by its
    /// words.
    pub(super) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Returns all words as one, because the names of services are written with and without spaces.
    pub(super) fn joined(&self) -> String {
        self.words.concat()
    }

    /// Returns the words as one, without the qualifiers at both ends.
    pub(super) fn without_qualifiers(&self) -> String {
        let is_name = |word: &String| !QUALIFIERS.contains(&word.as_str());
        let first = self.words.iter().position(is_name).unwrap_or(0);
        let last = self.words.iter().rposition(is_name).map_or(0, |last| last.saturating_add(1));
        self.words.get(first..last).unwrap_or_default().concat()
    }

    /// Returns the phrases of the issuer, longest first, each as one word.
    pub(super) fn phrases(&self) -> impl Iterator<Item = impl Iterator<Item = String> + '_> + '_ {
        (1..=MAX_WORDS).rev().map(|length| self.words.windows(length).map(<[String]>::concat))
    }
}

/// Returns the host of a text that is an address or a host name.
fn host(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?', '#']).next()?;
    let labels: Vec<&str> = host.split('.').collect();
    let is_label =
        |label: &&str| !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
    (labels.len() > 1 && labels.iter().all(is_label)).then(|| host.to_owned())
}

/// Returns the text without its parts in parentheses and brackets; the text itself if nothing else would be left.
fn without_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    let outside: String = text
        .chars()
        .filter(|character| match character {
            '(' | '[' | '（' => {
                depth = depth.saturating_add(1);
                false
            }
            ')' | ']' | '）' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect();
    if outside.trim().is_empty() { text.to_owned() } else { outside }
}
