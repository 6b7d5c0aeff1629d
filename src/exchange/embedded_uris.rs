//! Finds URIs that are not listed one per line: in an HTML page (Stratum's backup), in another program's JSON or table,
//! or in prose.
//!
//! | text | what is read |
//! |---|---|
//! | HTML | the text between tags, and the attributes with the URIs of other keys, such as the targets of links |
//! | JSON of an unknown format | every string that is a URI, in document order |
//! | any other text, if no line begins with a URI | from a scheme to the next white space, quotation mark, comma or `<` |

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::codecs::encoding;
use super::json::{self, Value};
use super::{MAX_ROWS, prose};
use crate::otp::{KeyUri, SCHEMES, addresses, is_continuation};

/// The maximum number of bytes at the beginning of a text that are searched for an HTML tag.
const MAX_HEAD_BYTES: usize = 1024;

/// The maximum number of lines that a URI is wrapped to.
const MAX_WRAPPED_LINES: usize = 20;

/// The maximum length of a URI, in bytes. It exceeds the longest key, names and note with every character escaped.
pub(super) const MAX_URI_BYTES: usize = 256 * 1024;

/// Returns the URIs, one per line. Returns `None` if there are none, or if the text is already a list of URIs.
pub(super) fn find_uris(text: &str) -> Option<String> {
    let mut found = Found::default();
    if is_page(text) {
        of_text(text, true, &mut found);
        of_attributes(text, &mut found);
    } else if json::is_json(text.as_bytes()) {
        return within_json(&json::parse(text.as_bytes()).ok()?);
    } else {
        of_text(text, false, &mut found);
        if found.count > 0 {
            text.lines().filter(|line| prose::has_labeled_key(line)).for_each(|_| found.push(NOT_AN_ADDRESS));
        }
    }
    (found.count > 0).then_some(found.lines)
}

/// Stands for a line of prose with a bare key. Its settings may be anywhere in the prose, so its row is reported.
const NOT_AN_ADDRESS: &str = "key";

/// Returns the URIs in a JSON document, one per line.
pub(super) fn within_json(document: &Value) -> Option<String> {
    let mut found = Found::default();
    of_json(document, &mut found);
    (found.count > 0).then_some(found.lines)
}

/// Returns the key URIs in a note or another longer text of a password manager's entry, also those that are wrapped.
/// Links of Steam's shop begin like its keys, so only `otpauth://` counts.
pub(super) fn within_note(text: &str) -> Vec<Cow<'_, str>> {
    let mut uris: Vec<Cow<'_, str>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && uris.len() <= MAX_ROWS {
        let (line, after) = rest.split_once('\n').map_or((rest, ""), |(line, after)| (line, after));
        rest = after;
        let line = line.trim();
        if !line.contains("://") {
            continue;
        }
        let known = uris.len();
        if is_account(line) {
            uris.extend(addresses(line).into_iter().map(Cow::Borrowed));
        } else {
            uris.extend(within_line(line).map(Cow::Borrowed));
        }
        // Only the last address of a line can be wrapped.
        let is_new = uris.len() > known;
        if let Some(last) = uris.last_mut().filter(|last| is_new && line.ends_with(&***last))
            && let Some(whole) = with_wrapped_lines(last, rest.split('\n'))
        {
            *last = Cow::Owned(whole);
        }
    }
    uris.truncate(MAX_ROWS.saturating_add(1));
    uris
}

/// Returns the key URIs within a line.
fn within_line(line: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    line.match_indices("://").filter_map(move |(at, _)| {
        let start = scheme_before(line, at).filter(|start| *start >= from)?;
        let address = prose::with_rest(line, start, address_at(line.get(start..).unwrap_or_default(), false));
        from = start.saturating_add(address.len());
        Some(address).filter(|address| is_account(address))
    })
}

fn is_account(text: &str) -> bool {
    ["otpauth://", "apple-otpauth://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
}

/// Returns whether a text begins with a supported scheme.
fn begins(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
}

/// Returns whether a text is an HTML page.
pub(super) fn is_page(text: &str) -> bool {
    let head = text.as_bytes().get(..text.len().min(MAX_HEAD_BYTES)).unwrap_or_default().trim_ascii_start();
    let begins = |word: &str| head.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    begins("<!doctype html") || begins("<html")
}

#[derive(Default)]
struct Found {
    lines: String,
    count: usize,
}

impl Found {
    /// Adds a URI. Accepts one more than the maximum, so that the reader rejects a list that is too long.
    fn push(&mut self, address: &str) {
        if self.count <= MAX_ROWS {
            self.lines.push_str(address);
            self.lines.push('\n');
            self.count = self.count.saturating_add(1);
        }
    }

    /// Adds a URI. One that is too long is kept as a line that cannot be parsed, so that its row is reported.
    fn push_address(&mut self, address: &str, is_page: bool) {
        match address {
            _ if address.len() > MAX_URI_BYTES => self.push(&format!("otpauth://{address}")),
            _ if is_page => self.push(&unescaped(address)),
            _ => self.push(address),
        }
    }

    fn is_full(&self) -> bool {
        self.count > MAX_ROWS
    }
}

/// Replaces the five escapes of HTML. Stratum escapes nothing else, so all other text remains unchanged.
pub(super) fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

fn of_json(value: &Value, found: &mut Found) {
    match value {
        Value::String(text) if begins(text) && !text.contains(['\n', '\r']) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| of_json(item, found)),
        Value::Object(members) => members.values().for_each(|member| of_json(member, found)),
        _ => {}
    }
}

/// Finds the URIs in one pass over the text. If a line begins with a URI, the text is a list already and nothing is
/// found. In a page, URIs inside tags are ignored.
fn of_text(text: &str, is_page: bool, found: &mut Found) {
    let mut tags = Tags::default();
    let mut from = 0;
    for (at, _) in text.match_indices("://") {
        let Some(start) = scheme_before(text, at).filter(|start| *start >= from) else { continue };
        let before = text.get(..start).unwrap_or_default();
        if is_page {
            let begins_word = before.chars().next_back().is_none_or(|it| it.is_whitespace() || it == '>');
            if tags.contain(text, start) || !begins_word {
                continue;
            }
        } else if is_line_start(before) {
            *found = Found::default();
            return;
        }
        let address = address_at(text.get(start..).unwrap_or_default(), is_page);
        let address = if is_page { address } else { prose::with_rest(text, start, address) };
        from = start.saturating_add(address.len());
        let after = text.get(from..).unwrap_or_default().trim_start_matches('\r');
        // Elsewhere in a line, the search for its end would make many addresses in one line slow.
        let following = after.strip_prefix('\n').filter(|_| !is_page);
        match following.and_then(|following| with_wrapped_lines(address, following.split('\n'))) {
            Some(whole) => found.push_address(&whole, false),
            None => found.push_address(address, is_page),
        }
        if found.is_full() {
            return;
        }
    }
}

/// Finds the URIs that a page contains only in attributes, such as the targets of links. An attribute with the key of a
/// URI between the tags repeats it.
fn of_attributes(page: &str, found: &mut Found) {
    let key = |uri: &str| KeyUri::read(uri).ok().map(|read| read.uri.otp.key.expose().to_vec());
    let known: BTreeSet<_> = found.lines.lines().filter_map(key).collect();
    let mut before = "";
    for (at, _) in page.match_indices("://") {
        let Some(start) = scheme_before(page, at) else { continue };
        let rest = page.get(start..).unwrap_or_default();
        let address = address_at(rest, false);
        let is_quoted = page.get(..start).is_some_and(|head| head.ends_with(['"', '\'']));
        let is_known = || key(&unescaped(address)).is_some_and(|key| known.contains(&key));
        if is_quoted && address != before && !found.is_full() && !is_known() {
            found.push_address(address, true);
            before = address;
        }
    }
}

/// Returns the position of the scheme that ends at `end`, the position of a `://`.
fn scheme_before(text: &str, end: usize) -> Option<usize> {
    // A text may contain millions of web links. Comparing the last letters first rules them out quickly.
    let last = text.as_bytes().get(end.checked_sub(4)?..end)?;
    if ![b"auth", b"tion", b"team", b"motp"].iter().any(|letters| last.eq_ignore_ascii_case(*letters)) {
        return None;
    }
    SCHEMES.iter().find_map(|scheme| {
        let name = scheme.strip_suffix("://")?;
        let start = end.checked_sub(name.len())?;
        let is_name = text.get(start..end)?.eq_ignore_ascii_case(name);
        let before = text.as_bytes().get(..start)?.last();
        (is_name && !before.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'-')).then_some(start)
    })
}

fn is_line_start(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r'])
}

/// Returns the URI at the beginning of a text. One over the maximum length is cut, but remains over the maximum.
fn address_at(text: &str, is_page: bool) -> &str {
    let text = encoding::beginning(text, MAX_URI_BYTES.saturating_add(4));
    let is_end = |character: char| {
        character.is_whitespace()
            || matches!(character, '<' | '>')
            || (!is_page && matches!(character, '"' | '\'' | ','))
    };
    let address = text.get(..text.find(is_end).unwrap_or(text.len())).unwrap_or_default();
    // Punctuation after an address in prose belongs to the sentence.
    if is_page { address } else { address.trim_end_matches(['.', ';', ')', ']', '`', '*', '|', '”', '’', '»']) }
}

/// Returns a URI that ends a line with the following lines that continue it, because a mail program wrapped it, and
/// possibly quoted it. Returns `None` if it is not wrapped.
fn with_wrapped_lines<'a>(address: &str, following: impl Iterator<Item = &'a str>) -> Option<String> {
    if !is_account(address) {
        return None;
    }
    let mut whole = address.to_owned();
    for line in following.take(MAX_WRAPPED_LINES) {
        let line = line.trim_start_matches(['>', ' ', '\t']).trim_end();
        if !is_continuation(&whole, line) {
            break;
        }
        whole.push_str(line);
    }
    (whole.len() > address.len()).then_some(whole)
}

/// Tracks whether a position in a page is inside a tag.
#[derive(Default)]
struct Tags {
    searched: usize,
    is_open: bool,
}

impl Tags {
    /// Returns whether a position is inside a tag. Positions must ascend, so that the page is scanned only once.
    fn contain(&mut self, page: &str, at: usize) -> bool {
        let part = page.get(self.searched..at).unwrap_or_default();
        let (open, close) = (part.rfind('<'), part.rfind('>'));
        if open.is_some() || close.is_some() {
            self.is_open = open > close;
        }
        self.searched = at;
        self.is_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_page_are_found_between_tags_and_not_in_attributes() {
        let page = "<!DOCTYPE html>\n<td>A</td><code>otpauth://totp/A%3Ab?secret=MZXW6&issuer=A&amp;digits=8</code>\
                    <a href=\"otpauth://totp/x?secret=MZXW6\">\n  steam://MZXW6 </a>";
        assert_eq!(
            find_uris(page).as_deref(),
            Some("otpauth://totp/A%3Ab?secret=MZXW6&issuer=A&digits=8\nsteam://MZXW6\n")
        );
    }

    #[test]
    fn addresses_are_found_in_json_tables_and_prose() {
        let one = "otpauth://totp/a?secret=MZXW6\n";
        for text in [
            r#"[{"name": "a", "url": "otpauth:\/\/totp\/a?secret=MZXW6"}, 7]"#,
            "name,url\na,otpauth://totp/a?secret=MZXW6\n",
            "name,url,more\na,\"otpauth://totp/a?secret=MZXW6\",b\n",
            "My code is <otpauth://totp/a?secret=MZXW6>; see https://example.org/.",
        ] {
            assert_eq!(find_uris(text).as_deref(), Some(one), "{text}");
        }
    }

    #[test]
    fn an_address_that_was_wrapped_in_prose_is_put_together() {
        let whole = "otpauth://totp/a?secret=MZXW6&digits=8&period=60\n";
        for text in [
            "use otpauth://totp/a?secret=MZXW6&dig\nits=8&period=60\nbye",
            "he wrote:\r\n> otpauth://totp/a?secret=MZXW6\r\n> &digits=8&\r\n> period=60\r\n> bye, a=b c",
        ] {
            assert_eq!(find_uris(text).as_deref(), Some(whole), "{text}");
        }
        let text = "see otpauth://totp/a?secret=MZXW6\nand otpauth://totp/b?secret=MZXW7.\ndigits=8";
        assert_eq!(find_uris(text).unwrap(), "otpauth://totp/a?secret=MZXW6\notpauth://totp/b?secret=MZXW7\n");
    }

    #[test]
    fn an_address_that_was_wrapped_in_a_note_is_put_together() {
        let (one, two) = ("otpauth://totp/a?secret=MZXW6YTB&digits=8", "otpauth://totp/b?secret=MZXW7");
        for (note, expected) in [
            (format!("{}\n{}\nthanks", &one[..26], &one[26..]), vec![one]),
            (format!("my code: {}\r\n  {}\r\n", &one[..32], &one[32..]), vec![one]),
            (format!("{two} {}\n{}\n\n{two}", &one[..32], &one[32..]), vec![two, one, two]),
            (format!("{two}\nissued by A\n{one}"), vec![two, one]),
            (format!("see {two} today\n&digits=8"), vec![two]),
        ] {
            assert_eq!(within_note(&note), expected, "{note}");
        }
    }

    #[test]
    fn a_list_and_a_text_without_addresses_are_left_as_they_are() {
        for text in ["", "# mine\n otpauth://totp/a?secret=MZXW6\n", "see https://example.org/", "{\"a\": 1}", "{\"a"] {
            assert_eq!(find_uris(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_that_is_too_long_is_one_row_and_does_not_hide_others() {
        let long = "a".repeat(MAX_URI_BYTES);
        for text in [
            format!("my codes: otpauth://totp/{long}{long}?x=steam://MZXW6 otpauth://totp/b?secret=MZXW6"),
            format!("<html>otpauth-migration://{long}&amp; otpauth://totp/b?secret=MZXW6"),
        ] {
            let found = find_uris(&text).unwrap();
            let lines: Vec<_> = found.lines().collect();
            assert!(lines[0].len() > MAX_URI_BYTES && lines[0].starts_with("otpauth://otpauth"));
            assert_eq!(lines.last(), Some(&"otpauth://totp/b?secret=MZXW6"));
        }
    }

    #[test]
    fn words_that_end_like_a_scheme_are_ignored() {
        for text in ["see xsteam://MZXW6", "see ://", "at http://a", "é://steam", "-otpauth://totp/a"] {
            assert_eq!(find_uris(text), None, "{text}");
        }
        assert_eq!(find_uris("see OTPAUTH://totp/a").as_deref(), Some("OTPAUTH://totp/a\n"));
    }
}
