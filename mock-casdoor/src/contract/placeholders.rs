//! Placeholders in recordings: `{{name}}` stands for a value that differs between runs but is the same everywhere in
//! one recording.

use std::collections::BTreeMap;

/// Placeholders that may have a different value at each occurrence.
const VARYING: [&str; 3] = ["time", "http-date", "session"];

/// The values learned so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Placeholders(BTreeMap<String, String>);

/// A piece of a text with placeholders.
enum TextPiece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

impl Placeholders {
    /// Returns the value of a placeholder.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets the value of a placeholder.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Returns the placeholders in a text that have no value yet.
    pub fn missing(&self, text: &str) -> Vec<String> {
        let placeholders = pieces(text).into_iter().filter_map(|piece| match piece {
            TextPiece::Placeholder(name) if self.value(name).is_none() => Some(name.to_owned()),
            _ => None,
        });
        placeholders.collect()
    }

    /// Replaces every placeholder that has a value.
    pub fn fill(&self, text: &str) -> String {
        let piece = |piece| match piece {
            TextPiece::Text(text) => text.to_owned(),
            TextPiece::Placeholder(name) => self.value(name).map_or_else(|| format!("{{{{{name}}}}}"), str::to_owned),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    /// Returns true if a real text matches a text with placeholders, and learns the values of new placeholders. Two
    /// placeholders never have the same value, so a server that returns an old token instead of a new one is detected.
    pub fn matches(&mut self, expected: &str, actual: &str) -> bool {
        let mut learned = self.clone();
        let mut rest = actual;
        let parts = pieces(expected);
        for (at, piece) in parts.iter().enumerate() {
            let taken = match piece {
                TextPiece::Text(text) => rest.starts_with(text).then_some(text.len()),
                TextPiece::Placeholder(name) => match learned.value(name).filter(|_| !VARYING.contains(name)) {
                    Some(known) => rest.starts_with(known).then_some(known.len()),
                    None => learned.learn(name, rest, text_after(&parts, at)),
                },
            };
            let Some(left) = taken.and_then(|taken| rest.get(taken..)) else {
                return false;
            };
            rest = left;
        }
        if rest.is_empty() {
            *self = learned;
        }
        rest.is_empty()
    }

    /// Learns a value at the beginning of `rest`, which ends before `next`, and returns its length.
    fn learn(&mut self, name: &str, rest: &str, next: &str) -> Option<usize> {
        let end = if next.is_empty() { rest.len() } else { rest.find(next)? };
        let value = rest.get(..end).filter(|value| !value.is_empty())?;
        if !VARYING.contains(&name) {
            if self.0.values().any(|known| known == value) {
                return None;
            }
            self.set(name, value);
        }
        Some(end)
    }
}

fn text_after<'a>(parts: &[TextPiece<'a>], at: usize) -> &'a str {
    match at.checked_add(1).and_then(|next| parts.get(next)) {
        Some(TextPiece::Text(text)) => text,
        _ => "",
    }
}

fn pieces(text: &str) -> Vec<TextPiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            break;
        };
        if !before.is_empty() {
            pieces.push(TextPiece::Text(before));
        }
        pieces.push(TextPiece::Placeholder(name));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(TextPiece::Text(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_keeps_its_first_value() {
        let mut placeholders = Placeholders::default();
        assert!(placeholders.matches("u={{id}}&t={{time}}", "u=7&t=noon"));
        assert!(placeholders.matches("{{id}} {{time}}", "7 midnight"));
        assert!(!placeholders.matches("{{id}}", "8"));
        assert_eq!(placeholders.fill("<{{id}}>{{other}}"), "<7>{{other}}");
    }

    #[test]
    fn two_placeholders_never_have_the_same_value() {
        let mut placeholders = Placeholders::default();
        assert!(placeholders.matches("{{token_1}}", "a"));
        assert!(!placeholders.matches("{{token_2}}", "a"));
    }
}
