//! Extracts the text of a document in Rich Text Format, which text editors of Windows and macOS save lists in.
//!
//! | in the document | in the text |
//! |---|---|
//! | `{…}` | its content, except for tables of fonts, colors and styles, pictures, and groups that begin with `\*` |
//! | `\par`, `\line`, `\row`, or a backslash before a line end | a line end |
//! | `\tab`, `\cell` | a tab |
//! | `\'b3` | one byte in the encoding that `\ansicpg` names |
//! | `\u12354?` | a character, and a substitute that is skipped |
//! | `\\`, `\{`, `\}` | that character |

use crate::charset_decoder;

/// The beginning of a document.
const MAGIC: &[u8] = b"{\\rtf";

/// Maximum nesting depth of groups. Deeper ones are read as part of the group around them.
const MAX_DEPTH: usize = 256;

/// The groups without text.
const HIDDEN: [&str; 8] = ["fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer"];

/// The settings within a group.
#[derive(Clone, Copy)]
struct Group {
    is_hidden: bool,
    /// The number of substitute characters after a `\u`.
    substitutes: usize,
}

#[derive(Default)]
struct Text {
    text: String,
    /// Bytes that are not decoded yet, because a character may consist of several.
    bytes: Vec<u8>,
    /// The first half of a character that `\u` writes in two parts.
    lead: Option<u16>,
    encoding: &'static str,
}

impl Text {
    fn flush(&mut self) {
        if self.lead.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        if self.bytes.is_empty() {
            return;
        }
        match charset_decoder::decode(self.encoding, &self.bytes) {
            Some(text) => self.text.push_str(&text),
            None => self.text.extend(self.bytes.iter().map(|byte| match byte.is_ascii() {
                true => char::from(*byte),
                false => char::REPLACEMENT_CHARACTER,
            })),
        }
        self.bytes.clear();
    }

    fn push(&mut self, character: char) {
        self.flush();
        self.text.push(character);
    }

    fn push_byte(&mut self, byte: u8) {
        if self.lead.is_some() {
            self.flush();
        }
        self.bytes.push(byte);
    }

    /// Adds a UTF-16 code unit.
    fn push_unit(&mut self, unit: u16) {
        let lead = self.lead.take_if(|_| (0xdc00..0xe000).contains(&unit));
        if (0xd800..0xdc00).contains(&unit) {
            self.flush();
            self.lead = Some(unit);
            return;
        }
        let units = lead.into_iter().chain([unit]);
        let character = char::decode_utf16(units).next().and_then(Result::ok);
        self.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
}

/// Returns the text of a document, or `None` if the file is not one.
pub(in crate::exchange) fn text_of(file: &[u8]) -> Option<String> {
    let mut rest = file.trim_ascii_start();
    if !rest.starts_with(MAGIC) {
        return None;
    }
    let mut groups = vec![Group { is_hidden: false, substitutes: 1 }];
    let mut depth_beyond = 0_usize;
    let mut found = Text { encoding: "windows-1252", ..Text::default() };
    let mut to_skip = 0_usize;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let group = groups.last().copied()?;
        match first {
            b'{' if groups.len() >= MAX_DEPTH => depth_beyond = depth_beyond.saturating_add(1),
            b'{' => groups.push(group),
            b'}' if depth_beyond > 0 => depth_beyond = depth_beyond.saturating_sub(1),
            b'}' if groups.len() > 1 => {
                groups.pop();
            }
            b'}' | b'\r' | b'\n' | 0 => {}
            b'\\' => {
                let (control, after) = Control::read(rest);
                rest = after;
                apply(control, &mut groups, &mut found, &mut to_skip);
            }
            _ if to_skip > 0 => to_skip = to_skip.saturating_sub(1),
            byte if !group.is_hidden => found.push_byte(*byte),
            _ => {}
        }
    }
    found.flush();
    Some(found.text)
}

/// A control, without its backslash.
enum Control<'a> {
    Word(&'a str, Option<i32>),
    Byte(u8),
    Symbol(u8),
    Nothing,
}

impl<'a> Control<'a> {
    /// Reads a control. Returns it and what follows.
    fn read(rest: &'a [u8]) -> (Self, &'a [u8]) {
        let letters = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let Some((word, after)) = rest.split_at_checked(letters).filter(|(word, _)| !word.is_empty()) else {
            return Self::read_symbol(rest);
        };
        let digits = after.iter().take(10).enumerate();
        let digits = digits.take_while(|(at, byte)| byte.is_ascii_digit() || (*at == 0 && **byte == b'-')).count();
        let (number, after) = after.split_at_checked(digits).unwrap_or((&[], after));
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        let after = after.strip_prefix(b" ").unwrap_or(after);
        (Self::Word(std::str::from_utf8(word).unwrap_or_default(), number), after)
    }

    fn read_symbol(rest: &'a [u8]) -> (Self, &'a [u8]) {
        match rest {
            [b'\'', high, low, after @ ..] => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let byte = digit(high).zip(digit(low)).map(|(high, low)| (high << 4) | low);
                (byte.map_or(Self::Nothing, Self::Byte), after)
            }
            [symbol, after @ ..] => (Self::Symbol(*symbol), after),
            [] => (Self::Nothing, rest),
        }
    }
}

fn apply(control: Control<'_>, groups: &mut [Group], found: &mut Text, to_skip: &mut usize) {
    let Some(group) = groups.last_mut() else { return };
    match control {
        Control::Symbol(b'*') => group.is_hidden = true,
        Control::Word(word, _) if HIDDEN.contains(&word) => group.is_hidden = true,
        Control::Word("ansicpg", Some(page)) => found.encoding = encoding_of(page),
        Control::Word("uc", Some(count)) => group.substitutes = usize::try_from(count).unwrap_or(1),
        _ if group.is_hidden => {}
        Control::Word("u", Some(code)) => {
            // Codes above 32767 are written as negative numbers.
            let code = u16::try_from(if code < 0 { code.saturating_add(0x1_0000) } else { code });
            match code {
                Ok(unit) => found.push_unit(unit),
                Err(_) => found.push(char::REPLACEMENT_CHARACTER),
            }
            *to_skip = group.substitutes;
        }
        Control::Byte(_) | Control::Symbol(b'\\' | b'{' | b'}') if *to_skip > 0 => *to_skip = to_skip.saturating_sub(1),
        Control::Byte(byte) | Control::Symbol(byte @ (b'\\' | b'{' | b'}')) => found.push_byte(byte),
        Control::Word("par" | "line" | "row" | "sect" | "page", _) | Control::Symbol(b'\n' | b'\r') => found.push('\n'),
        Control::Word("tab" | "cell", _) => found.push('\t'),
        Control::Symbol(b'~') => found.push(' '),
        Control::Symbol(b'_') => found.push('-'),
        Control::Word(..) | Control::Symbol(_) | Control::Nothing => {}
    }
}

/// Returns the encoding of a Windows code page.
fn encoding_of(page: i32) -> &'static str {
    match page {
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        65001 => "utf-8",
        _ => "windows-1252",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(document: &str) -> String {
        text_of(document.as_bytes()).unwrap()
    }

    #[test]
    fn only_the_text_of_a_document_remains() {
        let document = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\*\\generator Editor;}\\pard\\f0\\fs24 One\\par\nT\\'fcr \\{2\\}\\line Tab\\tab end\\\nlast}";
        assert_eq!(text(document), "One\nT\u{fc}r {2}\nTab\tend\nlast");
        assert_eq!(text("{\\rtf1 a{\\field{\\*\\fldinst{HYPERLINK \"https://x\"}}{\\fldrslt b}}c"), "abc");
    }

    #[test]
    fn characters_are_decoded_and_their_substitutes_are_skipped() {
        assert_eq!(text("{\\rtf1\\ansicpg1251 \\'c1\\'e0\\'ed\\'ea}"), "\u{411}\u{430}\u{43d}\u{43a}");
        assert_eq!(text("{\\rtf1\\ansicpg932 \\'93\\'8c\\'8b\\'9e}"), "\u{6771}\u{4eac}");
        assert_eq!(text("{\\rtf1\\u26481?\\u-3 ?x{\\uc2\\u233 ab}\\u233\\'e9!}"), "\u{6771}\u{fffd}x\u{e9}\u{e9}!");
    }

    #[test]
    fn damaged_documents_are_read_to_their_end() {
        assert_eq!(text_of(b"plain"), None);
        for document in ["{\\rtf", "{\\rtf1\\'", "{\\rtf1\\'zz}}}", "{\\rtf1\\u", "{\\rtf1\\u99999999999 ", "{\\rtf1\\"]
        {
            assert_eq!(text(document).trim_matches('9').trim(), "", "{document}");
        }
        assert_eq!(text(&format!("{{\\rtf1 {}a{}b", "{".repeat(1000), "}".repeat(1000))), "ab");
    }

    /// Returns a document with this text, as editors write it.
    fn document(text: &str) -> Vec<u8> {
        let mut document = String::from("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 A;}}\\uc1 ");
        for letter in text.chars() {
            match letter {
                '\n' => document.push_str("\\par\n"),
                '\t' => document.push_str("\\tab "),
                '\\' | '{' | '}' => document.extend(['\\', letter]),
                _ if letter.is_ascii() => document.push(letter),
                _ => {
                    let units: &mut [u16] = &mut [0; 2];
                    for unit in letter.encode_utf16(units) {
                        document += &format!("\\u{}?", unit.cast_signed());
                    }
                }
            }
        }
        document.push('}');
        document.into_bytes()
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "[ -~\u{a0}-\u{d7ff}\u{1f600}\u{20000}\n\t]{0,60}") {
            prop_assert_eq!(text_of(&document(&text)), Some(text));
        }

        #[test]
        fn no_document_panics_or_grows(bytes in prop::collection::vec(any::<u8>(), 0..300), controls in "(\\\\[a-z*'{}]{1,4}-?[0-9]{0,11} ?|[{}x])*") {
            let file = [b"{\\rtf".as_slice(), &bytes, controls.as_bytes()].concat();
            let text = text_of(&file).unwrap_or_default();
            prop_assert!(text.len() <= file.len().saturating_mul(4));
        }
    }
}
