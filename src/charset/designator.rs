//! Extended channel interpretations: the numbers with which a QR code declares the encoding of its text (AIM
//! ITS/04-023).

use super::mark;
use crate::charset_decoder;

/// The characters of code page 437 from 0x80, which designators 0 and 2 select.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// How the bytes after a designator are decoded.
enum Interpretation {
    /// With an encoding of the WHATWG standard.
    Named(&'static str),
    CodePage437,
    Utf32(fn([u8; 4]) -> u32),
    Ascii,
}

fn interpretation(designator: u32) -> Option<Interpretation> {
    use Interpretation::{Ascii, CodePage437, Named, Utf32};
    Some(match designator {
        0 | 2 => CodePage437,
        1 | 3 => Named("windows-1252"),
        4 => Named("iso-8859-2"),
        5 => Named("iso-8859-3"),
        6 => Named("iso-8859-4"),
        7 => Named("iso-8859-5"),
        8 => Named("iso-8859-6"),
        9 => Named("iso-8859-7"),
        10 => Named("iso-8859-8"),
        11 => Named("windows-1254"),
        12 => Named("iso-8859-10"),
        13 => Named("windows-874"),
        15 => Named("iso-8859-13"),
        16 => Named("iso-8859-14"),
        17 => Named("iso-8859-15"),
        18 => Named("iso-8859-16"),
        20 => Named("shift_jis"),
        21 => Named("windows-1250"),
        22 => Named("windows-1251"),
        23 => Named("windows-1252"),
        24 => Named("windows-1256"),
        25 => Named("utf-16be"),
        26 => Named("utf-8"),
        27 | 170 => Ascii,
        28 => Named("big5"),
        29 => Named("gbk"),
        30 => Named("euc-kr"),
        31 => Named("gbk"),
        32 => Named("gb18030"),
        33 => Named("utf-16le"),
        34 => Utf32(u32::from_be_bytes),
        35 => Utf32(u32::from_le_bytes),
        _ => return None,
    })
}

/// Returns true if a designator represents a text encoding that can be decoded.
pub fn is_known_designator(designator: u32) -> bool {
    interpretation(designator).is_some()
}

/// Decodes bytes with the encoding that a designator declares. If the bytes are not valid in it, or if the designator
/// is unknown, U+FFFD replaces all bytes that are not ASCII.
pub fn decode_designated(bytes: &[u8], designator: u32) -> String {
    let decoded = match interpretation(designator) {
        Some(Interpretation::Named(name)) => charset_decoder::decode(name, bytes),
        Some(Interpretation::CodePage437) => Some(bytes.iter().map(|byte| from_code_page_437(*byte)).collect()),
        Some(Interpretation::Utf32(to_unit)) => from_utf_32(bytes, to_unit),
        Some(Interpretation::Ascii) | None => None,
    };
    decoded.unwrap_or_else(|| mark(bytes))
}

fn from_code_page_437(byte: u8) -> char {
    let high = byte.checked_sub(0x80).and_then(|index| CODE_PAGE_437.chars().nth(usize::from(index)));
    high.unwrap_or(char::from(byte))
}

fn from_utf_32(bytes: &[u8], to_unit: fn([u8; 4]) -> u32) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let is_complete = rest.is_empty();
    units.iter().map(|unit| char::from_u32(to_unit(*unit))).collect::<Option<String>>().filter(|_| is_complete)
}
