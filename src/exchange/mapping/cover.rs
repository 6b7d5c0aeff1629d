//! Hides secrets in the cells that the mapping screen shows, except for a few letters by which the user recognizes
//! them.

use super::Field;
use super::columns::is_like_a_key;
use crate::exchange::codecs::encoding::beginning;
use crate::exchange::formats::otpauth_list::is_key_uri;

/// The maximum number of characters of a secret that are shown. At most a quarter of the secret is shown.
const SHOWN: usize = 4;

/// The maximum number of characters of a cell that are shown.
const MAX_SHOWN_CHARACTERS: usize = 60;

/// The number of bytes of a cell that are examined.
const MAX_BYTES: usize = 4096;

/// Replaces the rest of a secret. It is always of the same length, so it does not reveal the length of the secret.
const COVER: &str = "••••";

/// Returns the part of a cell that is shown.
pub(super) fn covered(cell: &str, field: Field) -> String {
    let cell = beginning(cell.trim(), MAX_BYTES);
    let text = match field {
        _ if is_key_uri(cell) => covered_uri(cell),
        _ if is_like_a_key(cell) => beginning_of(cell),
        Field::Secret | Field::Password => beginning_of(cell),
        Field::Digits | Field::Period | Field::Kind | Field::Counter | Field::Algorithm => cell.to_owned(),
        field => cell.split_whitespace().map(|word| covered_word(word, field)).collect::<Vec<_>>().join(" "),
    };
    shortened(&text)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// Returns the scheme and the label of a key URI. In a `steam://` link, the secret is in place of the label.
fn covered_uri(cell: &str) -> String {
    let (head, query) = cell.split_once('?').unwrap_or((cell, ""));
    if query.is_empty() {
        let scheme = head.find("://").map_or(0, |at| at.saturating_add(3));
        let (scheme, rest) = head.split_at_checked(scheme).unwrap_or(("", head));
        return format!("{scheme}{}", beginning_of(rest));
    }
    format!("{}?{COVER}", shortened(head))
}

fn beginning_of(secret: &str) -> String {
    let compact: String = secret.chars().filter(|character| !character.is_whitespace()).take(MAX_BYTES).collect();
    let shown = (compact.chars().count() / 4).min(SHOWN);
    compact.chars().take(shown).chain(COVER.chars()).collect()
}

/// Covers a word that may be a secret: a key, or, in a column of unknown meaning, a word that mixes letters with digits
/// or symbols, or a long number. Addresses are not covered.
fn covered_word(word: &str, field: Field) -> String {
    let is_address = word.contains("://") || (word.contains('@') && word.contains('.')) || word.starts_with("www.");
    let has_letters = word.contains(char::is_alphabetic);
    let has_others =
        word.contains(|c: char| c.is_ascii_digit() || (c.is_ascii_punctuation() && !"-'.,:;()/&".contains(c)));
    let is_mixed = has_letters && has_others && word.chars().count() >= 6;
    let is_long_number = !has_letters && word.chars().filter(char::is_ascii_digit).count() > 10;
    let may_be_secret = match field {
        Field::Other => (is_mixed || is_long_number) && !is_address,
        Field::Note => is_mixed && !is_address,
        _ => false,
    };
    if is_key_uri(word) {
        covered_uri(word)
    } else if may_be_secret || is_like_a_key(word) {
        beginning_of(word)
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_covered_wherever_they_are() {
        for (cell, field, shown) in [
            ("JBSWY3DPEHPK3PXP", Field::Secret, "JBSW••••"),
            ("JBSWY3DPEHPK3PXP", Field::Account, "JBSW••••"),
            ("jbsw y3dp ehpk 3pxp", Field::Other, "jbsw••••"),
            ("short", Field::Secret, "s••••"),
            ("abc", Field::Secret, "••••"),
            ("hunter2!", Field::Password, "hu••••"),
            ("Sommer2026", Field::Other, "So••••"),
            ("otpauth://totp/Bank:ann?secret=JBSWY3DPEHPK3PXP", Field::Secret, "otpauth://totp/Bank:ann?••••"),
            ("see otpauth://totp/Bank:ann?secret=JBSWY3DPEHPK3PXP", Field::Note, "see otpauth://totp/Bank:ann?••••"),
            ("steam://JBSWY3DPEHPK3PXP", Field::Other, "steam://JBSW••••"),
            ("the key is JBSWY3DPEHPK3PXP", Field::Note, "the key is JBSW••••"),
        ] {
            assert_eq!(covered(cell, field), shown, "{cell}");
        }
    }

    #[test]
    fn names_and_settings_are_shown() {
        for (cell, field) in [
            ("Müller & Söhne", Field::Other),
            ("ann@example.org", Field::Other),
            ("ann42@example.org", Field::Account),
            ("https://example.org/a1", Field::Other),
            ("SHA512", Field::Algorithm),
            ("8", Field::Digits),
            ("2FA für alle", Field::Issuer),
        ] {
            assert_eq!(covered(cell, field), cell);
        }
        assert_eq!(covered(&"ä ".repeat(9999), Field::Note).chars().count(), 60);
    }
}
