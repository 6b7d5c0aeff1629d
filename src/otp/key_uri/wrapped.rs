//! Splits a text into lines, and joins a URI that a mail program or a terminal wrapped.
//!
//! If the first line of a wrapped URI were read alone, it would be an account without some of its parameters, and
//! generate wrong codes.

use super::query;

/// Returns the lines of a text with their numbers, from 1. A wrapped URI is returned as one line, with the number of
/// its first.
pub fn lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut is_address = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        match lines.last_mut().filter(|_| is_address) {
            Some((_, before)) if is_continuation(before, line) => before.push_str(line),
            _ => {
                is_address = line.get(..10).is_some_and(|scheme| scheme.eq_ignore_ascii_case("otpauth://"));
                lines.push((index.saturating_add(1), line.to_owned()));
            }
        }
    }
    lines
}

fn is_continuation(before: &str, line: &str) -> bool {
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
    use super::lines;

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
}
