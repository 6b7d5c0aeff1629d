//! Unfolds the lines of vCard (RFC 6350) and iCalendar (RFC 5545), in which users keep addresses as notes.
//!
//! | in the file | in the text |
//! |---|---|
//! | a line end followed by a space or a tab | nothing |
//! | `\\n` | a line end |
//! | `\\,`, `\\;`, `\\\\` | the character after the backslash |

use super::encoding;

/// Returns the text of a card or calendar, or `None` if the file is not one.
pub(in crate::exchange) fn text_of(file: &[u8]) -> Option<String> {
    let head = file.trim_ascii_start();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins = |word: &[u8]| head.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    if !begins(b"BEGIN:VCARD") && !begins(b"BEGIN:VCALENDAR") {
        return None;
    }
    let folded = encoding::text_of_any_encoding(file)?;
    let text = folded.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(escaped) => plain.push(escaped),
                None => {}
            },
            _ => plain.push(character),
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_and_escapes_are_undone() {
        let card = "BEGIN:VCARD\r\nNOTE:a\\, b\\nc otpauth://to\r\n tp/x?se\r\n\tcret=MFRG\r\nEND:VCARD\r\n";
        let text = text_of(card.as_bytes()).unwrap();
        assert_eq!(text, "BEGIN:VCARD\nNOTE:a, b\nc otpauth://totp/x?secret=MFRG\nEND:VCARD\n");
        assert_eq!(text_of(b"\xef\xbb\xbfbegin:vcalendar\n\\").as_deref(), Some("begin:vcalendar\n"));
        assert_eq!(text_of(b"BEGIN:V"), None);
    }
}
