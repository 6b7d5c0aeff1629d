//! Splits a text into lines, and joins a URI that a mail program or a terminal wrapped.
//!
//! If the first line of a wrapped URI were read alone, it would be an account without some of its parameters, and
//! generate wrong codes.

use super::query;

/// The supported schemes, compared without regard to case.
pub(crate) const SCHEMES: [&str; 5] = ["otpauth://", "otpauth-migration://", "apple-otpauth://", "steam://", "motp://"];

/// The characters that separate URIs in one line.
const SEPARATORS: [char; 12] =
    [',', ';', '|', ' ', '\t', '\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Returns the lines of a text with their numbers, from 1. A wrapped URI is returned as one line, with the number of
/// its first, and several URIs in one line are returned as several lines with the same number.
pub fn lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut is_address = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        match lines.last_mut().filter(|_| is_address) {
            Some((_, before)) if is_continuation(before, line) => before.push_str(line),
            _ => {
                for line in addresses(line) {
                    is_address = begins(line, "otpauth://");
                    lines.push((index.saturating_add(1), line.to_owned()));
                }
            }
        }
    }
    lines
}

/// Returns the URIs in a text that begins with one. They may be separated by commas, semicolons, bars or white space.
/// Any other text is returned as a whole.
pub fn addresses(text: &str) -> Vec<&str> {
    let text = text.trim();
    if !SCHEMES.iter().any(|scheme| begins(text, scheme)) {
        return vec![text];
    }
    let start_before = |end: usize| {
        SCHEMES.iter().find_map(|scheme| {
            let start = end.checked_sub(scheme.len().saturating_sub("://".len()))?;
            let (before, after) = text.split_at_checked(start)?;
            (begins(after, scheme) && before.ends_with(SEPARATORS)).then_some(start)
        })
    };
    let starts: Vec<usize> = text.match_indices("://").filter_map(|(end, _)| start_before(end)).collect();
    if starts.is_empty() {
        return vec![text];
    }
    let ends = starts.iter().copied().chain([text.len()]);
    let ranges = [0].into_iter().chain(starts.iter().copied()).zip(ends);
    ranges.map(|(start, end)| text.get(start..end).unwrap_or_default().trim_end_matches(SEPARATORS)).collect()
}

/// Returns whether another key URI follows within a URI, because whatever separated the two is not known.
pub(super) fn contains_another(rest: &str) -> bool {
    let mut marks = rest.match_indices("://").map(|(at, mark)| rest.split_at_checked(at.saturating_add(mark.len())));
    marks.any(|split| {
        let (before, after) = split.unwrap_or_default();
        let ends = before.len().checked_sub("otpauth://".len()).and_then(|at| before.get(at..));
        ends.is_some_and(|end| begins(end, "otpauth://")) && (begins(after, "totp/") || begins(after, "hotp/"))
    })
}

/// Decodes a text from an email whose source was saved or copied. In quoted-printable text, `=` is written as `=3D`,
/// and long lines end with `=`. Returns `None` for any other text.
pub(crate) fn from_quoted_printable(text: &str) -> Option<String> {
    const NAMES: [&str; 6] = ["secret=", "issuer=", "digits=", "period=", "algorithm=", "counter="];
    // This quickly rules out nearly every text.
    if !text.contains("=3D") {
        return None;
    }
    let mut values = NAMES.iter().flat_map(|name| text.split(name).skip(1));
    let mut count = 0_usize;
    let is_encoded = values.all(|value| {
        count = count.saturating_add(1);
        value.starts_with("3D")
    });
    // A key can happen to begin with `3D`, but a second value that does so means that the text is quoted-printable.
    if !is_encoded || count < 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).filter(|_| *first == b'=');
        let byte = escape.and_then(|digits| data_encoding::HEXUPPER.decode(digits).ok());
        rest = match (first, after, byte) {
            (_, [_, _, next @ ..], Some(byte)) => {
                bytes.extend(byte);
                next
            }
            (b'=', [b'\r', b'\n', next @ ..] | [b'\n', next @ ..], _) => next,
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn begins(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}

/// Returns whether a line, without white space around it, continues the URI that ends the line before it.
pub(crate) fn is_continuation(before: &str, line: &str) -> bool {
    if line.is_empty() || line.contains("://") {
        return false;
    }
    let inside = line.trim_end_matches('=');
    line.starts_with(['&', '?', '=', '%'])
        || before.ends_with(['&', '?', '=', '%'])
        || (!line.contains(char::is_whitespace) && (inside.contains('&') || query::begins_query(inside)))
}

#[cfg(test)]
mod tests {
    use super::{addresses, lines};

    #[test]
    fn a_broken_address_is_put_together_and_a_list_is_left_alone() {
        for broken in [
            "otpauth://totp/a?secret=MZXW\n&digits=8",
            "otpauth://totp/a?secret=MZXW&\r\n  digits=8",
            "otpauth://totp/a?secret=MZ\nXW&digits=8",
            "otpauth://totp/a?secret=MZXW&digits=\n8",
            "otpauth://totp/a\n?secret=MZXW&digits\n=8",
        ] {
            assert_eq!(lines(broken), [(1, "otpauth://totp/a?secret=MZXW&digits=8".to_owned())], "{broken}");
        }
        let list =
            "otpauth://totp/a?secret=MZXW\nsteam://MZXW\n\n# note\nMZXW6YTBOI======\notpauth://totp/b?secret=MZXW";
        assert_eq!(lines(list).iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn several_addresses_in_one_line_are_several_lines() {
        let (one, two) = ("otpauth://totp/A:a,b?secret=MZXW&issuer=A", "otpauth://totp/B:b?secret=MZXX");
        for between in [",", ", ", ";", " ", " | ", "\t"] {
            assert_eq!(addresses(&format!("{one}{between}{two}")), [one, two], "{between:?}");
            assert_eq!(lines(&format!("{one}{between}{two}")), [(1, one.to_owned()), (1, two.to_owned())]);
        }
        assert_eq!(addresses("steam://MZXW,STEAM://MZXX,"), ["steam://MZXW", "STEAM://MZXX"]);
        // A parameter may contain an address, and prose is not an address.
        for whole in ["otpauth://totp/a?secret=MZXW&image=otpauth://x", "see otpauth://totp/a,otpauth://totp/b"] {
            assert_eq!(addresses(whole), [whole]);
        }
    }
}
