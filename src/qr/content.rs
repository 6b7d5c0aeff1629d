//! The content of a code: bytes with the encodings that the code declares, and the decoded text.

use super::code::CodePart;
use crate::charset::{self, Source};
use crate::secret::Secret;

/// The encoding of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Digits and capital letters.
    Ascii,
    /// Text in kanji mode.
    ShiftJis,
    /// Text in hanzi mode.
    Gb18030,
    /// Bytes after a designator (extended channel interpretation).
    Stated(u32),
    /// Bytes without a designator. Most programs omit it, regardless of the encoding.
    NotStated,
}

/// Bytes with their encodings. They may contain a secret.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Content {
    bytes: Secret<Vec<u8>>,
    /// The encodings in order, each with the position after its last byte.
    runs: Vec<(Encoding, usize)>,
    /// The code's position in a text that is split over several codes; `None` for a complete text.
    pub(super) part: Option<CodePart>,
}

impl Content {
    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8], encoding: Encoding) {
        self.bytes.expose_mut().extend_from_slice(bytes);
        let end = self.bytes.expose().len();
        match self.runs.last_mut() {
            // A character may continue in the next segment or code.
            Some((last, last_end)) if *last == encoding => *last_end = end,
            _ => self.runs.push((encoding, end)),
        }
    }

    /// Appends the content of the code that follows.
    pub(super) fn append(&mut self, other: &Self) {
        for (bytes, encoding) in other.runs() {
            self.push(bytes, encoding);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.expose().is_empty()
    }

    /// Returns the exclusive or of all bytes.
    pub(super) fn parity(&self) -> u8 {
        self.bytes.expose().iter().fold(0, |parity, byte| parity ^ byte)
    }

    fn runs(&self) -> impl Iterator<Item = (&[u8], Encoding)> {
        let starts = std::iter::once(0).chain(self.runs.iter().map(|(_, end)| *end));
        let bytes = self.bytes.expose();
        starts.zip(&self.runs).map(|(start, (encoding, end))| (bytes.get(start..*end).unwrap_or_default(), *encoding))
    }

    /// Returns the text. All bytes without a designator are decoded together, because they have the same encoding.
    /// U+FFFD replaces bytes that cannot be decoded reliably, so that no wrong text is shown.
    pub(super) fn text(&self) -> String {
        let unstated: Vec<u8> = self
            .runs()
            .filter(|(_, encoding)| *encoding == Encoding::NotStated)
            .flat_map(|(bytes, _)| bytes)
            .copied()
            .collect();
        let has_kanji = self.runs.iter().any(|(encoding, _)| *encoding == Encoding::ShiftJis);
        let source = if has_kanji { Source::QrCodeWithKanji } else { Source::QrCode };
        let decoder = charset::Decoder::for_text(&unstated, source);
        let decoded = self.runs().map(|(bytes, encoding)| match encoding {
            Encoding::Ascii => charset::mark(bytes),
            Encoding::ShiftJis => charset::Charset::ShiftJis.decode(bytes).unwrap_or_else(|| charset::mark(bytes)),
            Encoding::Gb18030 => charset::Charset::Gb18030.decode(bytes).unwrap_or_else(|| charset::mark(bytes)),
            Encoding::Stated(designator) => charset::decode_designated(bytes, designator),
            Encoding::NotStated => decoder.decode(bytes),
        });
        decoded.collect()
    }
}
