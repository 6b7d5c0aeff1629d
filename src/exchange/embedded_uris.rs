//! Addresses that do not stand one a line: in a page (Stratum's backup), in another program's JSON or table, in prose.
//!
//! | text | what is taken |
//! |---|---|
//! | HTML | what stands between tags; attributes repeat it |
//! | JSON of no known format | every string that is an address, in the order of the document |
//! | anything else without an address at the beginning of a line | what begins with a scheme, up to white space, a quotation mark, a comma or `<` |

use super::MAX_ROWS;
use super::json::{self, Value};

/// The schemes of addresses; each is looked for as it is written here.
const SCHEMES: [&str; 5] = ["otpauth://", "otpauth-migration://", "apple-otpauth://", "steam://", "motp://"];

/// How far into a text its first word is looked for.
const MAX_HEAD_BYTES: usize = 1024;

/// The addresses, one a line; `None` where there are none, and of a text that is a list of them already.
pub(super) fn within(text: &str) -> Option<String> {
    let mut found = Found::default();
    if is_page(text) {
        of_page(text, &mut found);
    } else if json::is_json(text.as_bytes()) {
        of_json(&json::parse(text.as_bytes()).ok()?, &mut found);
    } else {
        of_text(text, &mut found);
    }
    (found.count > 0).then_some(found.lines)
}

/// Whether an address begins here.
fn begins(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
}

fn is_page(text: &str) -> bool {
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
    /// Takes one more than is read at most, so that a list that is too long is refused.
    fn push(&mut self, address: &str) {
        if self.count <= MAX_ROWS {
            self.lines.push_str(address);
            self.lines.push('\n');
            self.count = self.count.saturating_add(1);
        }
    }

    fn is_full(&self) -> bool {
        self.count > MAX_ROWS
    }
}

fn of_page(page: &str, found: &mut Found) {
    // What follows a `>` up to the next tag is text.
    for text in page.split('>').map(|part| part.split('<').next().unwrap_or_default()) {
        for word in text.split_ascii_whitespace().filter(|word| begins(word)) {
            if found.is_full() {
                return;
            }
            found.push(&unescaped(word));
        }
    }
}

/// The five characters that HTML escapes. Stratum escapes none, so anything else is taken as it stands.
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

/// Takes nothing where an address begins a line: then the lines are the list.
fn of_text(text: &str, found: &mut Found) {
    let ends = |character: char| character.is_whitespace() || matches!(character, '"' | '\'' | ',' | '<' | '>');
    let mut from = 0;
    while let Some(ahead) = text.get(from..).and_then(|rest| rest.find("://")).filter(|_| !found.is_full()) {
        let at = from.saturating_add(ahead);
        let (head, tail) = (text.get(from..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
        let scheme = head.rsplit(|character: char| !(character.is_ascii_alphabetic() || character == '-')).next();
        let start = at.saturating_sub(scheme.unwrap_or_default().len());
        from = at.saturating_add(tail.find(ends).unwrap_or(tail.len()));
        let address = text.get(start..from).unwrap_or_default();
        if begins(address) {
            let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t']);
            if before.is_empty() || before.ends_with(['\n', '\r']) {
                *found = Found::default();
                return;
            }
            found.push(address);
        }
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
            within(page).as_deref(),
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
            assert_eq!(within(text).as_deref(), Some(one), "{text}");
        }
    }

    #[test]
    fn a_list_and_a_text_without_addresses_are_left_as_they_are() {
        for text in ["", "# mine\n otpauth://totp/a?secret=MZXW6\n", "see https://example.org/", "{\"a\": 1}", "{\"a"] {
            assert_eq!(within(text), None, "{text}");
        }
    }
}
