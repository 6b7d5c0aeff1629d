//! Tests that the encoding of short texts, such as labels, is recognized.

use super::{Charset, Decoder, Source, decode, guess, mark};

fn bytes(charset: Charset, text: &str) -> Vec<u8> {
    let (bytes, _, has_unmappable) = encoding_rs::Encoding::for_label(charset.name().as_bytes()).unwrap().encode(text);
    assert!(!has_unmappable, "{text} in {}", charset.name());
    bytes.into_owned()
}

#[test]
fn short_names_are_recognized() {
    for (charset, names) in [
        (Charset::ShiftJis, ["東京", "ログイン", "ﾒｰﾙ", "楽天市場", "佐藤"]),
        (Charset::Gb18030, ["北京", "邮箱", "支付宝", "中国银行", "王"]),
        (Charset::Big5, ["台北", "郵局", "登入帳號", "國泰世華", "陳先生"]),
        (Charset::EucKr, ["서울", "카카오", "우리은행", "이메일", "김민수"]),
        (Charset::Windows1252, ["Köln", "Crédit Agricole", "São Paulo", "Malmö", "Ñuñoa"]),
        (Charset::Windows1251, ["Москва", "Сбербанк", "ВКонтакте", "Україна", "почта"]),
        (Charset::Windows1253, ["Αθήνα", "Τράπεζα", "Ελλάδα", "λογαριασμός", "Εθνική"]),
        (Charset::Windows1256, ["القاهرة", "البريد", "بنك مصر", "السعودية", "محمد"]),
        (Charset::Windows874, ["กรุงเทพ", "ธนาคาร", "อีเมล", "ไทย", "สมชาย"]),
    ] {
        for name in names {
            assert_eq!(decode(&bytes(charset, name), Source::QrCode), name, "{}", charset.name());
        }
    }
}

#[test]
fn the_lines_of_a_file_are_recognized_together() {
    for (charset, lines) in [
        (Charset::Windows1250, "Łódź\nPoczta Główna\nżółć\nKsięgowość\n"),
        (Charset::Windows1250, "Účetní\nČeská pošta\nPříkazy\nSpořitelna\n"),
        (Charset::Windows1254, "İstanbul\nŞifre\nMüşteri\nHalkbank Girişi\n"),
        (Charset::Windows1255, "דואר\nבנק הפועלים\nירושלים\n"),
        (Charset::Windows1257, "Šiauliai\nVartotojų sąskaita\nPaštas ąčęėįšųūž\n"),
        (Charset::Koi8R, "Почта\nГосуслуги\nБанк России\n"),
        (Charset::Koi8U, "Пошта\nІнтернет\nБанк України\n"),
        (Charset::Iso8859_2, "Źródło\nŚląska księgarnia\nŻółć\n"),
        (Charset::Iso8859_2, "Šumava\nČeská pošta\nŽluťoučký kůň\n"),
        (Charset::EucJp, "東京\nログイン\n銀行のパスワード\n"),
        (Charset::Windows1252, "Bücher\nGarçon\nEspaña\nSørensen\n"),
    ] {
        assert_eq!(decode(&bytes(charset, lines), Source::File), lines, "{}", charset.name());
    }
}

#[test]
fn a_damaged_line_does_not_change_the_others() {
    let file = ["日本\n".as_bytes(), "ключ\n".as_bytes(), b"Z\xfcrich\n"].concat();
    assert_eq!(decode(&file, Source::File), "日本\nключ\nZürich\n");
}

#[test]
fn utf_8_comes_first() {
    for text in ["Müller", "é", "日本", "Банк", "😀", ""] {
        assert_eq!(Decoder::for_text(text.as_bytes(), Source::QrCode), Decoder::Utf8, "{text}");
    }
}

#[test]
fn bytes_that_happen_to_be_utf_8_are_not_a_mixture_of_scripts() {
    // In UTF-8, these bytes are a Latin and an Armenian letter.
    assert_eq!(decode(&bytes(Charset::Gb18030, "欧元"), Source::QrCode), "欧元");
}

#[test]
fn undecided_bytes_are_marked() {
    assert_eq!(guess(b"\xff\xff\x81", Source::QrCode), None);
    assert_eq!(decode(b"a\xff\xff\x81b", Source::QrCode), "a\u{fffd}b");
    assert_eq!(mark(b"\x80\x81=\x82&"), "\u{fffd}=\u{fffd}&");
}

#[test]
fn kanji_beside_unmarked_bytes_suggest_shift_jis() {
    assert_eq!(guess(b"\xb1\xb2", Source::QrCodeWithKanji), Some(Charset::ShiftJis));
}

#[test]
fn delimiters_and_digits_are_the_same_in_every_encoding() {
    let text = b"otpauth://totp/a:b?secret=GEZDGNBV&digits=6,\"x\";\t\r\n#%|";
    for charset in Charset::ALL {
        for lead in 0x80..=0xff_u8 {
            // A letter may be the second byte of a character, but a delimiter may not.
            for delimiter in b"=&?%:/,\";\t\r\n#" {
                let bytes = [lead, *delimiter];
                assert!(charset.decode(&bytes).is_none_or(|decoded| decoded.ends_with(char::from(*delimiter))));
            }
        }
        assert_eq!(charset.decode(text).as_deref(), std::str::from_utf8(text).ok());
    }
}

/// Uses a word that is longer than the sample, so that the sample ends within a character.
#[test]
fn a_long_text_without_separators_is_recognized_by_its_start() {
    for (charset, name) in [
        (Charset::Gb18030, "北京邮箱支付宝"),
        (Charset::ShiftJis, "東京ログイン楽天市場"),
        (Charset::EucKr, "서울우리은행"),
    ] {
        let mut text = bytes(charset, &name.repeat(2_000));
        text.insert(0, b'x');
        assert_eq!(guess(&text, Source::File), Some(charset));
    }
}
