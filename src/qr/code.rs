//! The result of reading: texts, their positions, and the parts of incomplete texts.

use super::content::Content;
use crate::secret::Secret;

/// A point in the image, in pixels from the top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Pixels from the left.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
}

/// The position of a code in a text that is split over several codes (structured append, ISO/IEC 18004 section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePart {
    /// The index, starting at 0.
    pub index: u8,
    /// The number of codes, 1 to 16.
    pub count: u8,
    /// The exclusive or of all bytes of the complete text, which is the same in all parts.
    pub parity: u8,
}

/// The prefix of the text that [`QrCode::into_text`] returns for a part.
const PART: &str = "qr-code-part:";

impl CodePart {
    /// Parses the text that replaces a part. Returns the number of the part, from 1, and the number of parts.
    pub fn named_in(text: &str) -> Option<(u8, u8)> {
        let (number, count) = text.strip_prefix(PART)?.split_once('/')?;
        Some((number.parse().ok()?, count.parse().ok()?))
    }
}

/// A code in the image.
///
/// The text of the code may contain a secret, so it is not printed in logs and is erased when dropped.
#[derive(Clone, Debug)]
pub struct QrCode {
    /// The text. U+FFFD replaces characters whose encoding is not declared and cannot be detected.
    pub text: Secret<String>,
    /// Top left, top right, bottom right and bottom left corners in the code's own orientation, in pixels of the
    /// source.
    pub corners: [Point; 4],
    /// Set if the code is a part of a text whose other parts are missing from the image.
    pub part: Option<CodePart>,
}

impl QrCode {
    /// Returns the text of a complete code. A part of a text may look like a complete account with a shorter secret, so
    /// for a part, the result only states which part it is ([`CodePart::named_in`]).
    pub fn into_text(self) -> Secret<String> {
        match self.part {
            Some(part) => Secret::new(format!("{PART}{}/{}", part.index.saturating_add(1), part.count)),
            None => self.text,
        }
    }
}

/// The content of a code, before parts are joined.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) content: Content,
    pub(super) corners: [Point; 4],
}

/// Converts codes to texts. Parts are joined if all of them are present; otherwise, each is returned separately, in
/// order.
pub(super) fn join(mut codes: Vec<Raw>) -> Vec<QrCode> {
    let mut found: Vec<QrCode> = Vec::new();
    while let Some(first) = take_first(&mut codes) {
        let whole = first.content.part.and_then(|part| take_whole(part, &first, &mut codes));
        let (text, part) = match whole {
            Some(content) => (content.text(), None),
            None => (first.content.text(), first.content.part),
        };
        found.push(QrCode { text: Secret::new(text), corners: first.corners, part });
    }
    found
}

/// Takes a single code, or the first of several parts.
fn take_first(codes: &mut Vec<Raw>) -> Option<Raw> {
    let first =
        (0..codes.len()).min_by_key(|&i| codes.get(i).and_then(|code| code.content.part).map(|part| part.index));
    first.map(|first| codes.remove(first))
}

/// Returns the joined contents of all parts, and removes the parts after the first one from the list. Returns `None`
/// and keeps the list if a part is missing or the parity does not match.
fn take_whole(head: CodePart, first: &Raw, codes: &mut Vec<Raw>) -> Option<Content> {
    let follows = |code: &Raw, index| code.content.part == Some(CodePart { index, ..head });
    let mut content = first.content.clone();
    for index in 1..head.count {
        let next = codes.iter().find(|code| follows(code, index))?;
        content.append(&next.content);
    }
    if head.index != 0 || content.parity() != head.parity {
        return None;
    }
    codes.retain(|code| !(1..head.count).any(|index| follows(code, index)));
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::{CodePart, Raw, join};
    use crate::qr::content::{Content, Encoding};

    fn raw(bytes: &[u8], part: Option<(u8, u8)>) -> Raw {
        let parity = b"abcdef".iter().fold(0, |parity, byte| parity ^ byte);
        let mut content = Content::default();
        content.push(bytes, Encoding::NotStated);
        content.part = part.map(|(index, count)| CodePart { index, count, parity });
        Raw { content, corners: Default::default() }
    }

    fn texts(codes: Vec<Raw>) -> Vec<String> {
        join(codes).iter().map(|found| found.text.expose().clone()).collect()
    }

    #[test]
    fn parts_are_joined_by_their_numbers_and_not_by_their_position_on_the_page() {
        let codes = vec![raw(b"ef", Some((2, 3))), raw(b"x", None), raw(b"ab", Some((0, 3))), raw(b"cd", Some((1, 3)))];
        assert_eq!(texts(codes), ["x", "abcdef"]);
    }

    #[test]
    fn a_part_is_named_instead_of_read_as_a_complete_text() {
        let codes = join(vec![raw(b"otpauth://totp/a?secret=GEZDGNBV", Some((0, 2))), raw(b"x", None)]);
        let texts: Vec<String> = codes.into_iter().map(|code| code.into_text().expose().clone()).collect();
        assert_eq!(texts, ["x", "qr-code-part:1/2"]);
        assert_eq!(CodePart::named_in(&texts[1]), Some((1, 2)));
        assert_eq!(CodePart::named_in("qr-code-part:x/2"), None);
    }

    #[test]
    fn parts_whose_parity_does_not_fit_stay_apart() {
        let codes = vec![raw(b"ab", Some((0, 2))), raw(b"cx", Some((1, 2)))];
        assert_eq!(texts(codes), ["ab", "cx"]);
    }
}
