//! Parses the data bits of a code: its segments, the encoding that each has, and its position among several codes
//! (ISO/IEC 18004, section 7.4).

use rxing::qrcode::common::{Mode, Version};
use rxing::qrcode::cpp_port::Type;

use super::code::CodePart;
use super::codewords::Codewords;
use super::content::{Content, Encoding};

const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/// Separates fields in GS1 data.
const GROUP_SEPARATOR: u8 = 0x1d;

/// Parses the segments. Returns `None` if they violate the standard, so that no wrong text is read.
pub(super) fn parse(codewords: &Codewords) -> Option<Content> {
    let kind = match codewords.version {
        version if version.isMicro() => Type::Micro,
        version if version.isRMQR() => Type::RectMicro,
        _ => Type::Model2,
    };
    let bits = Bits { bytes: &codewords.bytes, at: 0, end: codewords.bits };
    let mut parser =
        Parser { bits, version: codewords.version, kind, content: Content::default(), has_fields: false, stated: None };
    while !parser.is_at_end() {
        parser.segment()?;
    }
    Some(parser.content)
}

/// Returns true if the bits after the segments are the padding of the standard: zeros up to a full byte, then two
/// alternating padding bytes. Some programs pad Micro QR codes with zeros only, which is also accepted. This is checked
/// only for small symbols, because some programs pad QR codes in other ways.
pub(super) fn is_padding_valid(codewords: &Codewords) -> bool {
    let version = codewords.version;
    let bits = Bits { bytes: &codewords.bytes, at: 0, end: codewords.bits };
    let kind = if version.isMicro() { Type::Micro } else { Type::RectMicro };
    let mut parser = Parser { bits, version, kind, content: Content::default(), has_fields: false, stated: None };
    while !parser.is_at_end() {
        if parser.segment().is_none() {
            return false;
        }
    }
    let Bits { at, end, .. } = parser.bits;
    let terminator = usize::from(Mode::get_terminator_bit_length(version));
    let start = at.saturating_add(terminator).min(end).div_ceil(8).saturating_mul(8).min(end);
    let mut padding = Bits { bytes: &codewords.bytes, at, end };
    if padding.take(start.saturating_sub(at)) != Some(0) {
        return false;
    }
    let bytes: Vec<u32> = std::iter::from_fn(|| padding.take(8)).collect();
    let is_standard = bytes.iter().zip([0xec, 0x11].iter().cycle()).all(|(byte, expected)| byte == expected);
    let is_zero = bytes.iter().all(|byte| *byte == 0);
    let rest = padding.end.saturating_sub(padding.at);
    (is_standard || is_zero) && padding.take(rest) == Some(0)
}

/// The bits that are not yet read.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl Bits<'_> {
    fn available(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// Reads a number of up to 32 bits. Returns `None` if fewer bits are left.
    fn take(&mut self, count: usize) -> Option<u32> {
        let value = self.peek(count)?;
        self.at = self.at.saturating_add(count);
        Some(value)
    }

    fn peek(&self, count: usize) -> Option<u32> {
        if self.available() < count {
            return None;
        }
        let end = self.at.saturating_add(count);
        (self.at..end).try_fold(0_u32, |value, at| {
            let byte = self.bytes.get(at / 8)?;
            Some((value << 1) | u32::from((byte >> (7_usize.saturating_sub(at % 8))) & 1))
        })
    }
}

struct Parser<'a> {
    bits: Bits<'a>,
    version: &'static Version,
    kind: Type,
    content: Content,
    /// Set in GS1 data, where a percent sign represents a separator.
    has_fields: bool,
    /// The encoding that was declared last.
    stated: Option<u32>,
}

impl Parser<'_> {
    /// Returns true at the terminator, which may be truncated.
    fn is_at_end(&self) -> bool {
        let length = usize::from(Mode::get_terminator_bit_length(self.version)).min(self.bits.available());
        length == 0 || self.bits.peek(length) == Some(0)
    }

    fn segment(&mut self) -> Option<()> {
        let mode = match usize::from(Mode::get_codec_mode_bits_length(self.version)) {
            // The smallest version contains only digits.
            0 => Mode::NUMERIC,
            length => Mode::CodecModeForBits(self.bits.take(length)?, Some(self.kind)).ok()?,
        };
        match mode {
            Mode::STRUCTURED_APPEND => self.header(),
            Mode::ECI => self.designator(),
            Mode::FNC1_FIRST_POSITION => {
                self.has_fields = true;
                Some(())
            }
            Mode::FNC1_SECOND_POSITION => self.application(),
            Mode::HANZI => (self.bits.take(4)? == 1).then(|| self.hanzi())?,
            Mode::NUMERIC => self.digits(),
            Mode::ALPHANUMERIC => self.alphanumeric(),
            Mode::BYTE => self.bytes(),
            Mode::KANJI => self.kanji(),
            Mode::TERMINATOR => None,
        }
    }

    fn count(&mut self, mode: Mode) -> Option<u32> {
        self.bits.take(usize::try_from(mode.CharacterCountBits(self.version)).ok()?)
    }

    fn header(&mut self) -> Option<()> {
        let (index, last, parity) = (self.bits.take(4)?, self.bits.take(4)?, self.bits.take(8)?);
        let byte = |value: u32| u8::try_from(value).ok();
        let part = CodePart { index: byte(index)?, count: byte(last)?.saturating_add(1), parity: byte(parity)? };
        self.content.part = Some(part);
        (index <= last).then_some(())
    }

    /// Reads the number of an encoding, which has one, two or three bytes.
    fn designator(&mut self) -> Option<()> {
        let first = self.bits.take(8)?;
        let stated = match first {
            0..=0x7f => first,
            0x80..=0xbf => ((first & 0x3f) << 8) | self.bits.take(8)?,
            0xc0..=0xdf => ((first & 0x1f) << 16) | self.bits.take(16)?,
            _ => return None,
        };
        self.stated = Some(stated);
        Some(())
    }

    /// Reads an industry's application indicator, which is two digits or one letter and part of the text.
    fn application(&mut self) -> Option<()> {
        self.has_fields = true;
        let indicator = u8::try_from(self.bits.take(8)?).ok()?;
        let text = match indicator {
            0..=99 => format!("{indicator:02}").into_bytes(),
            165..=190 | 197..=222 => vec![indicator.checked_sub(100)?],
            _ => return None,
        };
        self.content.push(&text, Encoding::Ascii);
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let mut left = self.count(Mode::NUMERIC)?;
        let mut text = Vec::new();
        while left > 0 {
            let (digits, bits, most) = match left {
                1 => (1, 4, 9),
                2 => (2, 7, 99),
                _ => (3, 10, 999),
            };
            let value = self.bits.take(bits)?;
            if value > most {
                return None;
            }
            text.extend(format!("{value:0digits$}").bytes());
            left = left.saturating_sub(3);
        }
        self.content.push(&text, Encoding::Ascii);
        Some(())
    }

    fn alphanumeric(&mut self) -> Option<()> {
        let mut left = self.count(Mode::ALPHANUMERIC)?;
        let mut text = Vec::new();
        let letter = |value: u32| ALPHANUMERIC.get(usize::try_from(value).ok()?).copied();
        while left > 1 {
            let pair = self.bits.take(11)?;
            text.extend([letter(pair / 45)?, letter(pair % 45)?]);
            left = left.saturating_sub(2);
        }
        if left == 1 {
            text.push(letter(self.bits.take(6)?)?);
        }
        if self.has_fields {
            text = with_separators(&text);
        }
        self.content.push(&text, Encoding::Ascii);
        Some(())
    }

    fn bytes(&mut self) -> Option<()> {
        let count = usize::try_from(self.count(Mode::BYTE)?).ok()?;
        let byte = |bits: &mut Bits| bits.take(8).and_then(|byte| u8::try_from(byte).ok());
        let bytes: Vec<u8> = (0..count).map(|_| byte(&mut self.bits)).collect::<Option<_>>()?;
        self.content.push(&bytes, self.stated.map_or(Encoding::NotStated, Encoding::Stated));
        Some(())
    }

    /// Reads characters of two bytes in 13 bits, as Shift_JIS.
    fn kanji(&mut self) -> Option<()> {
        let pair = |value: u32| {
            let pair = (value / 0xc0).checked_mul(0x100)?.checked_add(value % 0xc0)?;
            pair.checked_add(if pair < 0x1f00 { 0x8140 } else { 0xc140 })
        };
        self.pairs(Mode::KANJI, Encoding::ShiftJis, pair)
    }

    /// Reads characters of two bytes in 13 bits, as GB 2312 (GB/T 18284).
    fn hanzi(&mut self) -> Option<()> {
        let pair = |value: u32| {
            let pair = (value / 0x60).checked_mul(0x100)?.checked_add(value % 0x60)?;
            pair.checked_add(if pair < 0xa00 { 0xa1a1 } else { 0xa6a1 })
        };
        self.pairs(Mode::HANZI, Encoding::Gb18030, pair)
    }

    fn pairs(&mut self, mode: Mode, encoding: Encoding, pair: impl Fn(u32) -> Option<u32>) -> Option<()> {
        let mut bytes = Vec::new();
        for _ in 0..self.count(mode)? {
            let pair = u16::try_from(pair(self.bits.take(13)?)?).ok()?;
            bytes.extend(pair.to_be_bytes());
        }
        self.content.push(&bytes, encoding);
        Some(())
    }
}

/// Replaces each percent sign with a separator, and each doubled one with a percent sign.
fn with_separators(text: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [b'%', tail @ ..]) => {
                result.push(b'%');
                rest = tail;
            }
            (b'%', _) => result.push(GROUP_SEPARATOR),
            _ => result.push(*first),
        }
    }
    result
}
