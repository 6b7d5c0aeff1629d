//! Pages that a program wrote to be printed or kept, Stratum's backup for one: the addresses in their text.

use super::MAX_ROWS;

/// The schemes of addresses; each is looked for as it is written here.
const SCHEMES: [&str; 4] = ["otpauth://", "otpauth-migration://", "steam://", "motp://"];

/// How far into a text its first word is looked for.
const MAX_HEAD_BYTES: usize = 1024;

/// Whether a text is a page.
pub(super) fn is_page(text: &str) -> bool {
    let head = text.as_bytes().get(..text.len().min(MAX_HEAD_BYTES)).unwrap_or_default().trim_ascii_start();
    let begins = |word: &str| head.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    begins("<!doctype html") || begins("<html")
}

/// The addresses between tags, one a line, in their order; attributes are passed over, since they repeat the text.
pub(super) fn addresses(page: &str) -> String {
    let (mut found, mut count) = (String::new(), 0_usize);
    // What follows a `>` up to the next tag is text; within it an address ends where white space begins.
    for text in page.split('>').map(|part| part.split('<').next().unwrap_or_default()) {
        for word in text.split_ascii_whitespace() {
            if SCHEMES.iter().any(|scheme| word.starts_with(scheme)) {
                found.push_str(&unescaped(word));
                found.push('\n');
                count = count.saturating_add(1);
            }
            // One more than is read, so that the list is too long.
            if count > MAX_ROWS {
                return found;
            }
        }
    }
    found
}

/// The five characters that HTML escapes. Stratum escapes none, so anything else is taken as it stands.
fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_between_tags_and_not_in_attributes() {
        let page = "<!DOCTYPE html>\n<td>A</td><code>otpauth://totp/A%3Ab?secret=MZXW6&issuer=A&amp;digits=8</code>\
                    <a href=\"otpauth://totp/x?secret=MZXW6\">\n  steam://MZXW6 </a>";
        assert!(is_page(page) && !is_page("otpauth://totp/a?secret=MZXW6"));
        assert_eq!(addresses(page), "otpauth://totp/A%3Ab?secret=MZXW6&issuer=A&digits=8\nsteam://MZXW6\n");
    }
}
