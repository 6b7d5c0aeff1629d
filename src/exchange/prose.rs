//! Key URIs and keys in prose: names with spaces and quotation marks within an address, and keys beside addresses.

use super::codecs::encoding;
use super::mapping::{SETTINGS, is_like_a_key};

/// The minimum length of a bare key in prose, so that other words after a colon are not taken for one.
const MIN_BARE_KEY: usize = 16;

/// The number of further groups of a key that are looked at.
const MAX_GROUPS: usize = 16;

/// The maximum length of the rest of an address after a character that usually ends one, in bytes.
const MAX_REST_BYTES: usize = 512;

/// Returns whether a line that is no part of a URI has a bare key after a name, such as `GitHub - secret: …`.
pub(super) fn has_labeled_key(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ', '\t']).trim_end();
    let has_name = !line.contains("://") && line.contains([' ', '\t']);
    has_name && line.split([':', '=']).skip(1).any(begins_with_key)
}

/// Returns whether a text begins with a key, in one word or in groups of the same length.
fn begins_with_key(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t', '"', '\'', '`', '*']);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-');
    let text = text.get(..text.bytes().take_while(is_part).count()).unwrap_or_default();
    let mut groups = text.split([' ', '-']);
    let first = groups.next().unwrap_or_default();
    if first.len() >= MIN_BARE_KEY {
        return is_like_a_key(first);
    }
    let same = groups.take(MAX_GROUPS).take_while(|group| group.len() == first.len()).count();
    let length = same.saturating_mul(first.len().saturating_add(1)).saturating_add(first.len());
    let key = text.get(..length).unwrap_or_default();
    first.len() >= 4 && key.contains(|it: char| it.is_ascii_digit()) && is_like_a_key(key)
}

/// Returns the position after the last setting of an address in a text without other addresses, if there is one.
fn end_of_settings(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let start = SETTINGS.iter().filter_map(|name| Some(lower.rfind(name)?.saturating_add(name.len()))).max()?;
    let is_end = |it: char| it.is_whitespace() || matches!(it, '"' | '\'' | ',' | '<' | '>' | '&' | ';' | ')');
    let rest = text.get(start..)?;
    Some(start.saturating_add(rest.find(is_end).unwrap_or(rest.len())))
}

/// Returns an address with its rest, if a name in it has a raw space, comma or apostrophe, as in `issuer=O'Brien`.
/// Without the settings that follow, its codes would be wrong. An address in quotation marks is complete.
pub(super) fn with_rest<'a>(text: &'a str, start: usize, address: &'a str) -> &'a str {
    let end = start.saturating_add(address.len());
    let after = encoding::beginning(text.get(end..).unwrap_or_default(), MAX_REST_BYTES);
    let before = text.get(..start).and_then(|before| before.chars().next_back());
    let is_quoted = before.is_some_and(|mark| {
        matches!(mark, '"' | '\'' | '<') && after.starts_with(if mark == '<' { '>' } else { mark })
    });
    let line = after.split(['\n', '\r', '"', '<', '>']).next().unwrap_or_default();
    // The rest of the line may have other addresses, whose settings are their own.
    let rest = match line.find("://") {
        Some(other) => line.get(..other).unwrap_or_default(),
        None => line,
    };
    match end_of_settings(rest).filter(|_| !is_quoted && address.contains('?')) {
        Some(length) => text.get(start..end.saturating_add(length)).unwrap_or(address),
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use crate::exchange::embedded_uris::{find_uris, within_note};

    #[test]
    fn bare_keys_in_prose_beside_addresses_are_lines_that_are_reported() {
        let list = "1. otpauth://totp/a?secret=MZXW6\n2. GitHub - secret: KRUGS4ZANFZSAYJA\n> my *key* = `mfrggzdfmztwq2lk`\nthe key: krug s4za nfzs ayja ok\n";
        assert_eq!(find_uris(list).as_deref(), Some("otpauth://totp/a?secret=MZXW6\nkey\nkey\nkey\n"));
        let other = "see otpauth://totp/a?issuer=b&\nsecret=KRUGS4ZANFZSAYJA&\nperiod=60\nthe key: none, at https://x.example\nwritten: unquestionably at noon\nmeet at: 25 main street building b";
        assert_eq!(find_uris(other).unwrap().lines().count(), 1);
        assert_eq!(
            find_uris("“otpauth://totp/a?secret=MZXW6&digits=8”").as_deref(),
            Some("otpauth://totp/a?secret=MZXW6&digits=8\n")
        );
    }

    #[test]
    fn names_with_spaces_and_punctuation_hide_no_setting() {
        for name in ["O'Brien", "Acme,Inc", "Acme, Inc.", "Two Words"] {
            let uri = format!("otpauth://totp/a?secret=MZXW6&issuer={name}&digits=8&period=60");
            for text in [
                format!("my code: {uri}"),
                format!("my code: {uri} ok"),
                format!("code: {uri}, see https://x.example/?a=b&digits=7"),
            ] {
                assert_eq!(find_uris(&text).as_deref(), Some(format!("{uri}\n").as_str()), "{text}");
                assert_eq!(within_note(&text), [uri.as_str()], "{text}");
            }
        }
        let list =
            "a = 'otpauth://totp/a?secret=MZXW6', b = 'otpauth://totp/b?secret=MZXW7&digits=8', c = '&period=60'";
        assert_eq!(find_uris(list).unwrap(), "otpauth://totp/a?secret=MZXW6\notpauth://totp/b?secret=MZXW7&digits=8\n");
    }
}
