//! Reads QR codes in every mode and encoding. The codes are generated here.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test functions outside #[test]"
)]

use casdoor_authenticator::qr::{self, Luma};
use encoding_rs::Encoding;
use qrcode::canvas::Canvas;
use qrcode::{Color, EcLevel, QrCode, Version, ec};

/// The data bits of a code that is being generated.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn number(mut self, value: usize, length: usize) -> Self {
        self.0.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// Adds the header of a part: mode 3, the index, the number of parts minus one, and the parity of all bytes.
    fn part(self, index: usize, count: usize, parity: u8) -> Self {
        self.number(3, 4).number(index, 4).number(count - 1, 4).number(parity.into(), 8)
    }

    /// Adds a designator in one or two bytes.
    fn designator(self, designator: usize) -> Self {
        let bits = self.number(7, 4);
        if designator < 128 { bits.number(designator, 8) } else { bits.number(0x8000 | designator, 16) }
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        let bits = self.number(4, 4).number(bytes.len(), 8);
        bytes.iter().fold(bits, |bits, byte| bits.number((*byte).into(), 8))
    }

    fn digits(self, text: &str) -> Self {
        let bits = self.number(1, 4).number(text.len(), 10);
        let groups = text.as_bytes().chunks(3).map(|digits| std::str::from_utf8(digits).unwrap());
        groups.fold(bits, |bits, digits| bits.number(digits.parse().unwrap(), 1 + 3 * digits.len()))
    }

    /// Adds a text in kanji mode.
    fn kanji(self, text: &str) -> Self {
        let bytes = in_encoding("shift_jis", text);
        let bits = self.number(8, 4).number(bytes.len() / 2, 8);
        bytes.chunks(2).fold(bits, |bits, pair| {
            let pair = usize::from(pair[0]) << 8 | usize::from(pair[1]);
            let value = pair - if pair < 0xe040 { 0x8140 } else { 0xc140 };
            bits.number((value >> 8) * 0xc0 + (value & 0xff), 13)
        })
    }

    /// Adds a text in hanzi mode.
    fn hanzi(self, text: &str) -> Self {
        let bytes = in_encoding("gbk", text);
        let bits = self.number(13, 4).number(1, 4).number(bytes.len() / 2, 8);
        bytes.chunks(2).fold(bits, |bits, pair| {
            let pair = usize::from(pair[0]) << 8 | usize::from(pair[1]);
            let value = pair - if pair < 0xb0a1 { 0xa1a1 } else { 0xa6a1 };
            bits.number((value >> 8) * 0x60 + (value & 0xff), 13)
        })
    }

    /// Draws the bits as a code of version 9.
    fn drawn(mut self) -> Drawing {
        let (version, level) = (Version::Normal(9), EcLevel::M);
        self.0.resize((self.0.len() + 4).div_ceil(8) * 8, false);
        let mut data: Vec<u8> =
            self.0.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
        let most = qrcode::bits::Bits::new(version).max_len(level).unwrap() / 8;
        let padding = [0xec, 0x11].into_iter().cycle().take(most - data.len());
        data.extend(padding);
        let (data, check) = ec::construct_codewords(&data, version, level).unwrap();
        let mut canvas = Canvas::new(version, level);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&data, &check);
        Drawing::of(canvas.apply_best_mask().into_colors())
    }

    fn text(self) -> String {
        self.drawn().text()
    }
}

/// The modules of a code, row by row.
struct Drawing {
    side: usize,
    dark: Vec<bool>,
}

impl Drawing {
    fn of(colors: Vec<Color>) -> Self {
        Self { side: colors.len().isqrt(), dark: colors.iter().map(|color| *color == Color::Dark).collect() }
    }

    /// Draws codes next to each other, with four pixels per module and a margin.
    fn picture(codes: &[Self]) -> Luma {
        let cell = codes.iter().map(|code| code.side).max().unwrap() + 8;
        let (width, height) = (cell * codes.len() * 4, cell * 4);
        let dark = |x: usize, y: usize| {
            let code = &codes[x / cell];
            let (column, row) = ((x % cell).wrapping_sub(4), y.wrapping_sub(4));
            column < code.side && row < code.side && code.dark[row * code.side + column]
        };
        let gray = |i: usize| if dark(i % width / 4, i / width / 4) { 20 } else { 240 };
        let pixels = (0..width * height).map(gray).collect();
        Luma::from_gray(width.try_into().unwrap(), height.try_into().unwrap(), pixels).unwrap()
    }

    fn text(self) -> String {
        let found = qr::read(&Self::picture(&[self]), || false);
        assert_eq!(found.len(), 1);
        found[0].text.expose().clone()
    }
}

fn in_encoding(name: &str, text: &str) -> Vec<u8> {
    let (bytes, _, has_unmappable) = Encoding::for_label(name.as_bytes()).unwrap().encode(text);
    assert!(!has_unmappable, "{text} in {name}");
    bytes.into_owned()
}

fn uri(name: &str) -> String {
    format!("otpauth://totp/{name}:ann@example.com?secret=GEZDGNBVGY3TQOJQ&issuer={name}")
}

#[test]
fn stated_encodings_are_followed() {
    for (designator, name, text) in [
        (26, "utf-8", "Größe 日本 한국"),
        (20, "shift_jis", "暗号化"),
        (29, "gbk", "腾讯"),
        (32, "gb18030", "淘宝㐀"),
        (28, "big5", "銀行"),
        (30, "euc-kr", "은행"),
        (3, "windows-1252", "Zürich"),
        (4, "iso-8859-2", "Łódź"),
        (7, "iso-8859-5", "Банк"),
        (9, "iso-8859-7", "Τράπεζα"),
        (11, "windows-1254", "Şişli"),
        (17, "iso-8859-15", "5 €"),
        (21, "windows-1250", "Škoda"),
        (22, "windows-1251", "Почта"),
        (24, "windows-1256", "بنك"),
    ] {
        let text = uri(text);
        assert_eq!(Bits::default().designator(designator).bytes(&in_encoding(name, &text)).text(), text, "{name}");
    }
}

#[test]
fn encodings_of_more_than_one_byte_per_unit_are_followed() {
    let text = "K\u{f6}ln 駅 😀";
    let units: Vec<u16> = text.encode_utf16().collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    for (designator, bytes) in [(25, big), (33, little), (34, wide)] {
        assert_eq!(Bits::default().designator(designator).bytes(&bytes).text(), text);
    }
}

#[test]
fn code_page_437_is_read() {
    assert_eq!(Bits::default().designator(2).bytes(b"M\x81ller \x9b").text(), "Müller ¢");
}

#[test]
fn a_designator_applies_until_the_next_one() {
    let bits = Bits::default().designator(20).bytes(&in_encoding("shift_jis", "鍵")).digits("0123456789");
    let bits = bits.bytes(&in_encoding("shift_jis", "番号")).designator(26).bytes("é한".as_bytes());
    assert_eq!(bits.text(), "鍵0123456789番号é한");
}

#[test]
fn bytes_after_an_unknown_designator_are_marked() {
    assert_eq!(Bits::default().designator(899).bytes(b"key=\xc3\xa9\xff;").text(), "key=\u{fffd};");
}

#[test]
fn bytes_that_contradict_the_stated_encoding_are_marked() {
    assert_eq!(Bits::default().designator(26).bytes(b"caf\xe9 au lait").text(), "caf\u{fffd} au lait");
}

#[test]
fn kanji_and_hanzi_modes_are_read() {
    assert_eq!(Bits::default().kanji("点茗漢字").text(), "点茗漢字");
    assert_eq!(Bits::default().hanzi("中国，你好").text(), "中国，你好");
    // Kanji mode is always Shift_JIS, whatever designator applies to bytes.
    let bits = Bits::default().designator(26).bytes("ü".as_bytes()).kanji("鍵").bytes("ß".as_bytes());
    assert_eq!(bits.text(), "ü鍵ß");
}

#[test]
fn mixed_segments_are_one_text() {
    let bits = Bits::default().digits("2024").bytes(&in_encoding("shift_jis", "年ﾃﾞｰﾀ")).kanji("秘密").bytes(b"!");
    assert_eq!(bits.text(), "2024年ﾃﾞｰﾀ秘密!");
}

#[test]
fn bytes_without_a_designator_are_recognized() {
    for (encoding, name) in [
        ("utf-8", "Müller"),
        ("utf-8", "名前"),
        ("windows-1252", "Müller"),
        ("windows-1252", "Société Générale"),
        ("windows-1252", "Telefónica España"),
        ("windows-1252", "Åse Sørensen"),
        ("shift_jis", "三菱東京銀行"),
        ("shift_jis", "メール"),
        ("shift_jis", "ﾃﾞｻﾞｲﾝ"),
        ("shift_jis", "ひらがな"),
        ("gbk", "微信支付"),
        ("gbk", "公司邮箱"),
        ("gbk", "李明"),
        ("big5", "台灣銀行"),
        ("euc-kr", "네이버"),
        ("euc-kr", "국민은행"),
        ("windows-1251", "Почта России"),
    ] {
        let text = uri(name);
        assert_eq!(Bits::default().bytes(&in_encoding(encoding, &text)).text(), text, "{encoding}");
    }
}

#[test]
fn bytes_that_are_invalid_in_every_encoding_are_marked() {
    let text = Bits::default().bytes(b"otpauth://totp/\xff\xff\x81:a?secret=GEZDGNBVGY3TQOJQ").text();
    assert_eq!(text, "otpauth://totp/\u{fffd}:a?secret=GEZDGNBVGY3TQOJQ");
}

#[test]
fn the_secret_is_the_same_in_every_encoding() {
    let names = ["ÃÞ»", "é", "\u{e3}\u{80}o", "Ñ", "łł", "ñandú", "日", "사", "Ф"];
    for encoding in ["windows-1252", "shift_jis", "gbk", "big5", "euc-kr", "windows-1251", "windows-1250"] {
        for name in names {
            let encoder = Encoding::for_label(encoding.as_bytes()).unwrap();
            let (bytes, _, _) = encoder.encode(name);
            let bytes = [b"otpauth://totp/", &*bytes, b"?secret=GEZDGNBVGY3TQOJQ&issuer=", &*bytes].concat();
            let text = Bits::default().bytes(&bytes).text();
            assert!(text.contains("?secret=GEZDGNBVGY3TQOJQ&issuer="), "{encoding} {name}: {text}");
        }
    }
}

#[test]
fn separators_of_gs1_data_are_read() {
    // Mode 5, then "A%B%%" in alphanumeric mode.
    let value =
        |letter: u8| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".iter().position(|l| *l == letter).unwrap();
    let pair = |a: u8, b: u8| value(a) * 45 + value(b);
    let bits = Bits::default().number(5, 4).number(2, 4).number(5, 9);
    let bits = bits.number(pair(b'A', b'%'), 11).number(pair(b'B', b'%'), 11).number(value(b'%'), 6);
    assert_eq!(bits.text(), "A\u{1d}B%");
}

#[test]
fn values_that_the_standard_does_not_define_are_not_read() {
    // Three digits with the value 1001, and two letters with the value 2040. Neither exists.
    let digits = Bits::default().number(1, 4).number(3, 10).number(1001, 10).drawn();
    let letters = Bits::default().number(2, 4).number(2, 9).number(2040, 11).drawn();
    for code in [digits, letters] {
        assert!(qr::read(&Drawing::picture(&[code]), || false).is_empty());
    }
}

#[test]
fn parts_are_joined_before_they_are_decoded() {
    for encoding in ["utf-8", "shift_jis"] {
        let text = format!("{} 東京三菱銀行", uri("日本郵便"));
        let bytes = in_encoding(encoding, &text);
        let parity = bytes.iter().fold(0, |parity, byte| parity ^ byte);
        // The parts end within a character.
        let ends = [0, 16, 40, bytes.len()];
        let part = |i: usize| Bits::default().part(i, 3, parity).bytes(&bytes[ends[i]..ends[i + 1]]).drawn();
        let found = qr::read(&Drawing::picture(&[part(2), part(0), part(1)]), || false);
        let texts: Vec<_> = found.iter().map(|code| code.text.expose().as_str()).collect();
        assert_eq!(texts, [text]);
    }
}

#[test]
fn parts_with_a_wrong_parity_or_a_missing_part_are_not_joined() {
    let part = |i: usize, parity| Bits::default().part(i, 2, parity).bytes(b"abc").drawn();
    for codes in [vec![part(0, 1), part(1, 1)], vec![part(1, 0)]] {
        let expected = codes.len();
        let found = qr::read(&Drawing::picture(&codes), || false);
        // Both parts have the same text and differ only in their positions.
        assert_eq!(found.len(), expected);
        assert!(found.iter().all(|code| code.part.is_some()));
    }
}

#[test]
fn micro_qr_codes_are_read() {
    for (version, level, text) in [
        (1, EcLevel::L, "12345"),
        (2, EcLevel::L, "A1:B"),
        (2, EcLevel::M, "40195"),
        (4, EcLevel::L, "GEZDGNBVGY3TQOJQ"),
        (4, EcLevel::M, "hello world"),
        (4, EcLevel::Q, "micro qr"),
    ] {
        let code = QrCode::with_version(text, Version::Micro(version), level).unwrap();
        for turn in 0..4 {
            let side = code.width();
            let colors = code.to_colors();
            let place = |i: usize| match (turn, i % side, i / side) {
                (0, x, y) => y * side + x,
                (1, x, y) => x * side + (side - 1 - y),
                (2, x, y) => (side - 1 - y) * side + (side - 1 - x),
                (_, x, y) => (side - 1 - x) * side + y,
            };
            let turned = (0..side * side).map(|i| colors[place(i)]).collect();
            let found = qr::read(&Drawing::picture(&[Drawing::of(turned)]), || false);
            let texts: Vec<_> = found.iter().map(|code| code.text.expose().as_str()).collect();
            assert_eq!(texts, [text], "M{version} {level:?}, turned {turn} times");
        }
    }
}

#[test]
fn a_micro_qr_code_with_wrong_padding_or_modules_is_not_read() {
    let code = QrCode::with_version("12345", Version::Micro(2), EcLevel::L).unwrap();
    let mut drawing = Drawing::of(code.to_colors());
    // The modules of the first two bytes, in the bottom right corner.
    for row in 7..13 {
        let at = row * drawing.side + drawing.side - 1;
        drawing.dark[at] = !drawing.dark[at];
    }
    assert!(qr::read(&Drawing::picture(&[drawing]), || false).is_empty());
}

#[test]
fn an_image_with_a_single_finder_pattern_contains_no_code() {
    let ring = |i: usize| (i % 17).abs_diff(3).max((i / 17).abs_diff(3));
    let dark = (0..17 * 17).map(|i| ring(i) <= 3 && ring(i) != 2).collect();
    assert!(qr::read(&Drawing::picture(&[Drawing { side: 17, dark }]), || false).is_empty());
}
