//! The result of reading: texts, their positions, and the parts of incomplete texts.

use crate::secret::Secret;

/// A point in the image, in pixels from the top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corner {
    /// Pixels from the left.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
}

/// The position of a code in a text that is spread over several codes (structured append, ISO/IEC 18004 section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePart {
    /// The index, starting at 0.
    pub index: u8,
    /// The number of codes, 1 to 16.
    pub count: u8,
    /// The exclusive or of all bytes of the complete text, which is the same in all parts.
    pub parity: u8,
}

/// A code that was read.
///
/// Its text may contain a secret, so it is not printed in logs and is erased when dropped.
#[derive(Clone, Debug)]
pub struct QrCode {
    /// The text: the bytes as UTF-8 if they are valid, otherwise as Latin-1.
    pub text: Secret<String>,
    /// Top left, top right, bottom right and bottom left corners in the code's own orientation, in pixels of the
    /// source.
    pub corners: [Corner; 4],
    /// Set if other parts of this text were missing from the image.
    pub part: Option<CodePart>,
}

/// A code's bytes, before parts are joined.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) bytes: Secret<Vec<u8>>,
    pub(super) corners: [Corner; 4],
    pub(super) part: Option<CodePart>,
}

/// Converts codes to texts. Parts are joined if all are present; otherwise they follow in order.
pub(super) fn join(mut codes: Vec<Raw>) -> Vec<QrCode> {
    let mut found: Vec<QrCode> = Vec::new();
    while let Some(first) = take_first(&mut codes) {
        let whole = first.part.and_then(|part| take_whole(part, &first, &mut codes));
        let (bytes, part) = match whole {
            Some(bytes) => (bytes, None),
            None => (first.bytes.expose().clone(), first.part),
        };
        found.push(QrCode { text: Secret::new(text(bytes)), corners: first.corners, part });
    }
    found
}

/// Takes a single code, or the first of several parts.
fn take_first(codes: &mut Vec<Raw>) -> Option<Raw> {
    let first = (0..codes.len()).min_by_key(|&i| codes.get(i).and_then(|code| code.part).map(|part| part.index));
    first.map(|first| codes.remove(first))
}

/// Takes the parts that follow the first one out of the list and joins their bytes, if none is missing.
fn take_whole(head: CodePart, first: &Raw, codes: &mut Vec<Raw>) -> Option<Vec<u8>> {
    let follows = |code: &Raw, index| code.part == Some(CodePart { index, ..head });
    let mut bytes = first.bytes.expose().clone();
    for index in 1..head.count {
        let next = codes.iter().find(|code| follows(code, index))?;
        bytes.extend_from_slice(next.bytes.expose());
    }
    if head.index != 0 || bytes.iter().fold(0, |parity, byte| parity ^ byte) != head.parity {
        return None;
    }
    codes.retain(|code| !(1..head.count).any(|index| follows(code, index)));
    Some(bytes)
}

/// Decodes UTF-8, which authenticators write, or Latin-1, which the standard specifies.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::{CodePart, Raw, join};
    use crate::secret::Secret;

    fn raw(bytes: &[u8], part: Option<(u8, u8)>) -> Raw {
        let parity = b"abcdef".iter().fold(0, |parity, byte| parity ^ byte);
        let part = part.map(|(index, count)| CodePart { index, count, parity });
        Raw { bytes: Secret::new(bytes.to_vec()), corners: Default::default(), part }
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
    fn parts_whose_parity_does_not_fit_stay_apart() {
        let codes = vec![raw(b"ab", Some((0, 2))), raw(b"cx", Some((1, 2)))];
        assert_eq!(texts(codes), ["ab", "cx"]);
    }

    #[test]
    fn bytes_are_utf_8_if_they_can_be() {
        assert_eq!(texts(vec![raw("müller".as_bytes(), None), raw(b"m\xfcller", None)]), ["müller", "müller"]);
    }
}
