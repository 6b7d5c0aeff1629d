//! What was read: a text, where it was, and whether it is one part of several.

use crate::secret::Secret;

/// A point in the picture, in its own pixels from the top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corner {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// Which part of a text that was spread over several codes (structured append, ISO/IEC 18004 section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which one this is, from 0.
    pub index: u8,
    /// The number of there are, 1 to 16.
    pub count: u8,
    /// The exclusive or of all bytes of the whole text: the same in all of its parts.
    pub parity: u8,
}

/// A code that was read.
///
/// Its text may be the key of someone's account, so it does not show in logs, and it is erased when dropped.
#[derive(Clone, Debug)]
pub struct Found {
    /// The text: its bytes as UTF-8, or where they are none, each byte as a character of Latin-1.
    pub text: Secret<String>,
    /// Top left, top right, bottom right and bottom left of the code as it was printed, in pixels of the source.
    pub corners: [Corner; 4],
    /// Set when other parts of this text were not in the picture.
    pub part: Option<Part>,
}

/// A code's bytes, before it is known whether it stands alone.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) bytes: Secret<Vec<u8>>,
    pub(super) corners: [Corner; 4],
    pub(super) part: Option<Part>,
}

/// Makes texts of codes; parts that are all there become one, and others follow in their order.
pub(super) fn join(mut codes: Vec<Raw>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    while let Some(first) = take_first(&mut codes) {
        let whole = first.part.and_then(|part| take_whole(part, &first, &mut codes));
        let (bytes, part) = match whole {
            Some(bytes) => (bytes, None),
            None => (first.bytes.expose().clone(), first.part),
        };
        found.push(Found { text: Secret::new(text(bytes)), corners: first.corners, part });
    }
    found
}

/// Takes a code that stands alone, or the first of the parts.
fn take_first(codes: &mut Vec<Raw>) -> Option<Raw> {
    let first = (0..codes.len()).min_by_key(|&i| codes.get(i).and_then(|code| code.part).map(|part| part.index));
    first.map(|first| codes.remove(first))
}

/// Takes the parts that follow the first one out of the list and puts their bytes together, if none is missing.
fn take_whole(head: Part, first: &Raw, codes: &mut Vec<Raw>) -> Option<Vec<u8>> {
    let follows = |code: &Raw, index| code.part == Some(Part { index, ..head });
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

/// UTF-8 if it is that, as authenticators write it; otherwise Latin-1, which the standard means.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::{Part, Raw, join};
    use crate::secret::Secret;

    fn raw(bytes: &[u8], part: Option<(u8, u8)>) -> Raw {
        let parity = b"abcdef".iter().fold(0, |parity, byte| parity ^ byte);
        let part = part.map(|(index, count)| Part { index, count, parity });
        Raw { bytes: Secret::new(bytes.to_vec()), corners: Default::default(), part }
    }

    fn texts(codes: Vec<Raw>) -> Vec<String> {
        join(codes).iter().map(|found| found.text.expose().clone()).collect()
    }

    #[test]
    fn parts_are_joined_in_their_order_whatever_the_order_on_the_page() {
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
