//! Decodes bytes from other programs to text, with the declared encoding or else with the likeliest one.
//!
//! QR codes and files from other programs often don't declare the encoding of their text. [`decode`] uses UTF-8 if the
//! bytes are valid UTF-8. Otherwise it decodes them with each encoding in use and compares how likely the results are
//! in the languages for which the encoding is used (`likelihood`). If two results are about equally likely, the
//! encoding is undecided, and U+FFFD replaces the bytes, so that no wrong text is shown.
//!
//! In all these encodings, digits, `=`, `&`, `?`, `%`, `:`, `/`, quotation marks, commas and line ends are ASCII bytes
//! that never occur within another character. Therefore secrets and the structure of links and tables don't depend on
//! the guess.
//!
//! The extension does not contain the tables of the encodings, because the browser's `TextDecoder` has them. Natively,
//! `encoding_rs` decodes.

mod common_letters;
mod designator;
mod likelihood;

use crate::charset_decoder;

pub use designator::{decode_designated, is_known_designator};
use likelihood::Model;

/// An encoding that is considered if none is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Japanese, as most programs on Windows write it.
    ShiftJis,
    /// Simplified Chinese (a superset of GBK and GB 2312).
    Gb18030,
    /// Traditional Chinese.
    Big5,
    /// Korean.
    EucKr,
    /// Japanese, as Unix programs wrote it.
    EucJp,
    /// Western European (a superset of Latin-1).
    Windows1252,
    /// Central European.
    Windows1250,
    /// Cyrillic.
    Windows1251,
    /// Cyrillic, as Unix programs wrote it.
    Koi8R,
    /// Greek.
    Windows1253,
    /// Turkish.
    Windows1254,
    /// Hebrew.
    Windows1255,
    /// Arabic.
    Windows1256,
    /// Baltic.
    Windows1257,
    /// Vietnamese.
    Windows1258,
    /// Thai.
    Windows874,
    /// Central European, as Unix programs wrote it.
    Iso8859_2,
    /// Ukrainian, as Unix programs wrote it.
    Koi8U,
}

impl Charset {
    /// All encodings, the likeliest first, because the first of several equal results is used.
    pub const ALL: [Self; 18] = [
        Self::Windows1252,
        Self::ShiftJis,
        Self::Gb18030,
        Self::Big5,
        Self::EucKr,
        Self::EucJp,
        Self::Windows1250,
        Self::Windows1251,
        Self::Windows1253,
        Self::Windows1254,
        Self::Windows1255,
        Self::Windows1256,
        Self::Windows1257,
        Self::Windows1258,
        Self::Windows874,
        Self::Koi8R,
        Self::Iso8859_2,
        Self::Koi8U,
    ];

    /// Returns the name in the WHATWG encoding standard.
    pub fn name(self) -> &'static str {
        match self {
            Self::ShiftJis => "shift_jis",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "big5",
            Self::EucKr => "euc-kr",
            Self::EucJp => "euc-jp",
            Self::Windows1252 => "windows-1252",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Koi8R => "koi8-r",
            Self::Windows1253 => "windows-1253",
            Self::Windows1254 => "windows-1254",
            Self::Windows1255 => "windows-1255",
            Self::Windows1256 => "windows-1256",
            Self::Windows1257 => "windows-1257",
            Self::Windows1258 => "windows-1258",
            Self::Windows874 => "windows-874",
            Self::Iso8859_2 => "iso-8859-2",
            Self::Koi8U => "koi8-u",
        }
    }

    /// Decodes bytes; `None` if they are not valid in this encoding.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        charset_decoder::decode(self.name(), bytes)
    }
}

/// The origin of a text, on which the likelihood of an encoding depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A QR code. The standard's default is Latin-1, so other encodings of the Latin script are not considered.
    QrCode,
    /// A QR code that also contains text in kanji mode, which is Shift_JIS.
    QrCodeWithKanji,
    /// A file.
    File,
}

impl Source {
    fn has(self, charset: Charset) -> bool {
        use Charset::{Iso8859_2, Koi8R, Koi8U, Windows1250, Windows1254, Windows1257, Windows1258};
        let only_in_files = [Iso8859_2, Koi8R, Koi8U, Windows1250, Windows1254, Windows1257, Windows1258];
        self == Self::File || !only_in_files.contains(&charset)
    }

    /// Returns the adjustment to the likelihood of an encoding.
    fn hint(self, charset: Charset) -> f32 {
        match (self, charset) {
            (Self::QrCodeWithKanji, Charset::ShiftJis) => 8.0,
            (Self::QrCode | Self::QrCodeWithKanji, Charset::Windows1252) => 2.0,
            (Self::File, Charset::Windows1252) => 1.0,
            _ => 0.0,
        }
    }
}

/// The number of bytes that suffice to recognize the encoding of a long text.
const SAMPLE_BYTES: usize = 8 * 1024;

/// The maximum number of bytes of a character, which is that of GB18030.
const LONGEST_CHARACTER: usize = 4;

/// Returns the minimum difference between the two best results, as logarithms. For a file, any difference suffices,
/// because it has more text than a QR code and its names can be edited after the import.
fn decisive(source: Source) -> f32 {
    if source == Source::File { 0.0 } else { 2.0 }
}

/// Returns the encoding of bytes that are not UTF-8, or `None` if it can't be decided.
pub fn guess(bytes: &[u8], source: Source) -> Option<Charset> {
    let (sample, is_cut) = sample(bytes);
    let mut best: Option<(f32, Charset, String)> = None;
    let mut second = f32::NEG_INFINITY;
    for charset in Charset::ALL.into_iter().filter(|charset| source.has(*charset)) {
        // The sample may end within a character.
        let cuts = if is_cut { 0..LONGEST_CHARACTER } else { 0..1 };
        let mut parts = cuts.filter_map(|less| sample.get(..sample.len().saturating_sub(less)));
        let decoded = parts.find_map(|part| Some((part, charset.decode(part)?)));
        let Some((part, text)) = decoded else { continue };
        let Some(likelihood) = Model::of(charset).likelihood(part, &text) else { continue };
        let likelihood = likelihood + source.hint(charset);
        match &best {
            Some((_, _, known)) if *known == text => {}
            Some((most, _, _)) if *most >= likelihood => second = second.max(likelihood),
            _ => {
                second = best.as_ref().map_or(second, |(most, _, _)| second.max(*most));
                best = Some((likelihood, charset, text));
            }
        }
    }
    let best = best.filter(|(most, _, _)| most - second >= decisive(source));
    best.filter(|(most, charset, _)| source == Source::File || *most >= nonsense(&sample, *charset))
        .map(|(_, charset, _)| charset)
}

/// Returns the likelihood below which a text is in no language: that of random bytes beyond ASCII, minus a tolerance.
/// The tolerance is larger for the default encoding of QR codes.
fn nonsense(bytes: &[u8], charset: Charset) -> f32 {
    let random = |byte: &u8| if byte.is_ascii() { -3.0 } else { -4.85 };
    let tolerance = if charset == Charset::Windows1252 { 6.0 } else { 2.0 };
    bytes.iter().map(random).sum::<f32>() - tolerance
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b',' | b';' | b'&' | b'=' | b'?' | b':' | b'/' | b'%' | b'#')
}

/// Returns the words of a text that are not ASCII, each once, up to [`SAMPLE_BYTES`]. Repeated words are left out,
/// because they are no further evidence. The separators never occur within another character. Also returns true if the
/// last word was cut.
fn sample(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut words: Vec<&[u8]> = Vec::new();
    let mut left = SAMPLE_BYTES;
    for word in bytes.split(|byte| is_separator(*byte)).filter(|word| !word.is_ascii()) {
        if words.contains(&word) {
            continue;
        }
        if let Some(start) = word.get(..left).filter(|start| start.len() < word.len()) {
            words.push(start);
            return (words.join(&b"\n"[..]), true);
        }
        left = left.saturating_sub(word.len());
        words.push(word);
    }
    (words.join(&b"\n"[..]), false)
}

/// The method of decoding text whose encoding is not declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// As UTF-8.
    Utf8,
    /// With the encoding that was recognized.
    Legacy(Charset),
    /// With U+FFFD instead of all bytes that are not ASCII, because the encoding is undecided.
    Undecided,
}

impl Decoder {
    /// Chooses UTF-8 if the text is valid UTF-8, or else the likeliest other encoding.
    pub fn for_text(bytes: &[u8], source: Source) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if !mixes_scripts(text) => Self::Utf8,
            utf_8 => match (guess(bytes, source), utf_8) {
                (Some(charset), _) => Self::Legacy(charset),
                (None, Ok(_)) => Self::Utf8,
                (None, Err(_)) => Self::Undecided,
            },
        }
    }

    /// Decodes the text or a part of it. U+FFFD replaces the bytes that can't be decoded.
    pub fn decode(self, bytes: &[u8]) -> String {
        let text = match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Legacy(charset) => charset.decode(bytes),
            Self::Undecided => None,
        };
        text.unwrap_or_else(|| mark(bytes))
    }
}

/// Decodes text whose encoding is not declared: UTF-8, or the likeliest other encoding. If that is undecided, U+FFFD
/// replaces the bytes that are not ASCII.
pub fn decode(bytes: &[u8], source: Source) -> String {
    if source == Source::File && std::str::from_utf8(bytes).is_err() && is_mostly_utf_8(bytes) {
        return decode_damaged_lines(bytes);
    }
    Decoder::for_text(bytes, source).decode(bytes)
}

/// Returns true if more of the lines beyond ASCII are valid UTF-8 than not: files were joined, or one was damaged.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
    let (valid, invalid) = lines.fold((0_usize, 0_usize), |(valid, invalid), line| match std::str::from_utf8(line) {
        Ok(_) => (valid.saturating_add(1), invalid),
        Err(_) => (valid, invalid.saturating_add(1)),
    });
    valid > invalid
}

/// Decodes the lines that are UTF-8, and the others with the encoding that is likeliest for all of them.
fn decode_damaged_lines(bytes: &[u8]) -> String {
    let is_utf_8 = |line: &[u8]| std::str::from_utf8(line).is_ok();
    let others: Vec<u8> =
        bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_utf_8(line)).flatten().copied().collect();
    let decoder = Decoder::for_text(&others, Source::File);
    let mut text = String::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.push_str(&decoder.decode(line)),
        }
    }
    text
}

/// Returns true if adjacent letters are of different scripts and no character has more than two bytes. Such a text is
/// in another encoding and only happens to be valid UTF-8.
fn mixes_scripts(text: &str) -> bool {
    let script = |letter: char| match letter {
        '\u{80}'..='\u{36f}' => 1,
        '\u{370}'..='\u{3ff}' => 2,
        '\u{400}'..='\u{52f}' => 3,
        '\u{530}'..='\u{58f}' => 4,
        '\u{590}'..='\u{5ff}' => 5,
        '\u{600}'..='\u{7ff}' => 6,
        _ => 0,
    };
    let is_short = text.chars().all(|letter| letter < '\u{800}');
    let differ = |(a, b): (char, char)| script(a) != script(b) && script(a) > 0 && script(b) > 0;
    is_short && text.chars().zip(text.chars().skip(1)).any(differ)
}

/// Replaces each run of bytes that are not ASCII with U+FFFD.
pub fn mark(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for run in bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match std::str::from_utf8(run) {
            Ok(ascii) if ascii.is_ascii() => text.push_str(ascii),
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text
}

#[cfg(test)]
mod tests;
