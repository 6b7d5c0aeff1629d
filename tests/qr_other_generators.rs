//! Reads QR, Micro QR and rMQR codes of independent generators, whose modules `tests/fixtures/make/qr/modules.py`
//! writes.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "test functions outside #[test]")]

use std::collections::BTreeSet;
use std::fs;

use casdoor_authenticator::qr::{self, Luma};
use serde::Deserialize;

/// A code: the generator or encoding, the text, and the modules row by row. `#` is dark.
#[derive(Deserialize)]
struct Code {
    code: String,
    text: String,
    modules: Vec<String>,
}

/// Returns the codes whose description contains a word.
fn codes(word: &str) -> Vec<Code> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/qr-modules/codes.json");
    let mut codes: Vec<Code> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    codes.retain(|code| code.code.contains(word));
    codes
}

/// Draws a code with four pixels per module and a margin of four modules, turned by a number of quarters.
fn picture(code: &Code, quarters: usize) -> Luma {
    let rows: Vec<&[u8]> = code.modules.iter().map(|row| row.as_bytes()).collect();
    let (width, height) = (rows.first().unwrap().len(), rows.len());
    let (wide, high) = if quarters.is_multiple_of(2) { (width, height) } else { (height, width) };
    let is_dark = |x: usize, y: usize| {
        let (Some(x), Some(y)) = (x.checked_sub(4), y.checked_sub(4)) else { return false };
        if x >= wide || y >= high {
            return false;
        }
        let (column, row) = match quarters {
            0 => (x, y),
            1 => (y, height - 1 - x),
            2 => (width - 1 - x, height - 1 - y),
            _ => (width - 1 - y, x),
        };
        rows.get(row).and_then(|row| row.get(column)) == Some(&b'#')
    };
    let (across, down) = ((wide + 8) * 4, (high + 8) * 4);
    let gray = |at: usize| if is_dark(at % across / 4, at / across / 4) { 20 } else { 240 };
    let pixels = (0..across * down).map(gray).collect();
    Luma::from_gray(across.try_into().unwrap(), down.try_into().unwrap(), pixels).unwrap()
}

/// Checks that the reader returns the text of every code, and nothing else, in every orientation.
fn assert_read(word: &str, at_least: usize) {
    let codes = codes(word);
    assert!(codes.len() >= at_least, "{} codes of {word}", codes.len());
    for code in &codes {
        for quarters in 0..4 {
            let found = qr::read(&picture(code, quarters), || false);
            let texts: Vec<&str> = found.iter().map(|found| found.text.expose().as_str()).collect();
            assert_eq!(texts, [code.text.as_str()], "{}, turned {quarters} times", code.code);
        }
    }
}

#[test]
fn micro_qr_codes_of_all_versions_are_read() {
    for version in ["M1", "M2", "M3", "M4"] {
        assert!(codes(&format!("segno {version}")).len() >= 2, "{version}");
    }
    assert_read("segno M", 12);
    assert_read("zint Micro QR", 8);
}

#[test]
fn rectangular_codes_are_read() {
    let heights =
        codes("rMQR").iter().chain(&codes("rmqrcode")).map(|code| code.modules.len()).collect::<BTreeSet<_>>();
    assert_eq!(heights, BTreeSet::from([7, 9, 11, 13, 15, 17]));
    assert_read("rmqrcode R", 4);
    assert_read("zint rMQR", 11);
}

#[test]
fn bytes_without_a_designator_are_read_in_six_encodings() {
    for encoding in ["utf-8", "iso-8859-1", "shift_jis", "gbk", "big5", "euc-kr"] {
        assert_read(&format!("{encoding} without"), 6);
    }
}

#[test]
fn bytes_with_a_designator_are_read() {
    assert_read("with a designator", 4);
}
