//! No row of a table is lost: each one results in an account, a skipped row, or a counted entry without a code.

use super::*;
use crate::exchange::{Report, read};
use proptest::prelude::*;

const SECRET: &str = "KRUGKIDROVUWG2ZAMJZG653O";

fn names(report: &Report) -> Vec<(&str, &str, u8)> {
    let row = |it: &'_ Imported| it.uri.otp.digits.count();
    report.accounts.iter().map(|it| (it.uri.issuer.as_str(), it.uri.name.as_str(), row(it))).collect()
}

fn read_text(text: &str) -> Report {
    read(text.as_bytes(), None, None).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn an_unknown_table_is_mapped_by_its_names_and_by_its_cells() {
    for (text, expected) in [
        (format!("Dienst;Konto;Geheimnis;Stellen\nA, Inc;ann;{SECRET};8\n"), ("A, Inc", "ann", 8)),
        (format!("name\tcode\tlogin\nBank\t{SECRET}\tann\n"), ("Bank", "ann", 6)),
        (format!("Bank,ann,{SECRET}\nShop,bob,{SECRET}\n"), ("Bank", "ann", 6)),
        (format!("Bank|ann|otpauth://totp/Bank:ann?secret={SECRET}&digits=8\n"), ("Bank", "ann", 8)),
        (format!(r#"[{{"label": "Bank:ann", "secret": "{SECRET}", "length": 7}}]"#), ("Bank", "ann", 7)),
        (
            format!(
                r#"{{"data": {{"list": [{{"service": "Bank", "auth": {{"user": "ann", "seed": "{SECRET}"}}}}]}}}}"#
            ),
            ("Bank", "ann", 6),
        ),
        (
            format!("<all><e title='Bank'><f name='login'>ann</f><f name='One-time code'>{SECRET}</f></e></all>"),
            ("Bank", "ann", 6),
        ),
    ] {
        let report = read_text(&text);
        assert_eq!((report.format, names(&report)[0]), (Format::Table, expected), "{text}");
        assert!(report.skipped.is_empty(), "{text}");
    }
}

#[test]
fn documents_similar_to_a_known_format_are_not_read_with_its_defaults() {
    for text in [
        format!(r#"{{"a": {{"account": "ann", "issuer": "Bank", "secret": "{SECRET}", "length": 8}}}}"#),
        format!(
            r#"{{"version": 1, "entries": [{{"account": "ann", "issuer": "Bank", "secret": "{SECRET}", "length": 8}}]}}"#
        ),
        format!(r#"{{"tokens": [{{"account": "Bank:ann", "issuer": "Bank", "secret": "{SECRET}", "digits": 8}}]}}"#),
        format!(r#"[{{"secret": "{SECRET}", "label": "Bank:ann", "type": "TOTP", "length": 8}}]"#),
    ] {
        let report = read_text(&text);
        assert_eq!((report.format, names(&report)[0]), (Format::Table, ("Bank", "ann", 8)), "{text}");
    }
}

#[test]
fn bare_keys_next_to_key_uris_are_read() {
    let report = read_text(&format!("otpauth://totp/Bank:ann?secret={SECRET}\n{SECRET}\nnot a key\n"));
    assert_eq!((report.accounts.len(), report.skipped.len()), (2, 1));
}

#[test]
fn cells_that_contradict_a_key_uri_reject_the_row() {
    let text =
        format!("issuer,uri,digits\nA,otpauth://totp/a?secret={SECRET},8\nB,otpauth://totp/b?secret={SECRET},6\n");
    let report = read_text(&text);
    assert_eq!((report.accounts.len(), report.skipped[0].reason), (1, Reason::Otp(OtpError::Contradiction)));
}

#[test]
fn other_members_of_a_list_are_reported_and_trash_is_named() {
    let text = format!(
        r#"{{"items": [{{"title": "A", "otp": "{SECRET}"}}, {{"title": "B"}}, {{"title": "C", "otp": "{SECRET}", "deleted": true}}]}}"#
    );
    let report = read_text(&text);
    let skipped: Vec<_> = report.skipped.iter().map(|it| (it.row, it.reason)).collect();
    assert_eq!(report.accounts.len(), 1);
    assert_eq!(skipped, [(2, Reason::Otp(OtpError::NoSecret)), (3, Reason::InTrash)]);
}

#[test]
fn entries_without_a_code_are_counted_and_an_export_without_codes_is_an_error() {
    let head = "url,username,password,totp,extra,name,grouping,fav\n";
    let report =
        read_text(&format!("{head}https://a.example,ann,pw,{SECRET},,A,,0\nhttps://b.example,ann,pw,,,B,,0\n"));
    assert_eq!((report.format, report.accounts.len(), report.without_code), (Format::LastPassVault, 1, 1));
    let error = read(format!("{head}https://b.example,ann,pw,,,B,,0\n").as_bytes(), None, None).unwrap_err();
    assert_eq!(error, ExchangeError::HoldsNoSecrets(Format::LastPassVault));
    let chrome = "name,url,username,password,note\na,https://a.example,ann,pw,\n";
    let error = read(chrome.as_bytes(), None, None).unwrap_err();
    assert_eq!(error, ExchangeError::HoldsNoSecrets(Format::GooglePasswords));
}

#[test]
fn an_unclosed_quotation_mark_loses_no_row() {
    let report = read_text(&format!("issuer,account,secret\n\"A,ann,{SECRET}\nB,bob,{SECRET}\n"));
    assert_eq!(report.accounts.len().saturating_add(report.skipped.len()), 2);
}

/// A cell in the column of secrets: valid keys and URIs, empty cells, and damaged ones.
fn secret_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(SECRET.to_owned()),
        2 => Just(format!("otpauth://totp/Shop:bob?secret={SECRET}&issuer=Shop, Inc.&digits=8")),
        1 => Just(format!("steam://{SECRET}")),
        1 => Just("krug kidr ovuw g2za mjzg 653o".to_owned()),
        1 => Just("not a secret!".to_owned()),
        1 => Just("KRUGK1DR0VUWG2ZAMJZG8530".to_owned()),
        1 => Just("otpauth://totp/x?digits=8".to_owned()),
        2 => Just(String::new()),
    ]
}

fn name_cell() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Bank",
        "O'Brien & Sons",
        "A, Inc.",
        "two\nlines",
        "semi;colon",
        "B\u{fc}cher",
        "100%",
        "a|b",
        "",
    ])
    .prop_map(str::to_owned)
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Encodes a text as programs do. In legacy encodings, other bytes replace the letters beyond ASCII.
fn encoded(text: &str, encoding: usize) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let single = |high: &[u8]| -> Vec<u8> {
        text.chars().flat_map(|c| if c.is_ascii() { vec![u8::try_from(c).unwrap()] } else { high.to_vec() }).collect()
    };
    match encoding {
        0 => text.as_bytes().to_vec(),
        1 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        2 => [vec![0xff, 0xfe], units.iter().flat_map(|unit| unit.to_le_bytes()).collect()].concat(),
        3 => [vec![0xfe, 0xff], units.iter().flat_map(|unit| unit.to_be_bytes()).collect()].concat(),
        // The bytes of a letter beyond ASCII in Latin-1, GBK, Shift_JIS and Big5.
        4 => single(b"\xfc"),
        5 => single(b"\xd2\xf8"),
        6 => single(b"\x8b\x5c"),
        _ => single(b"\xbb\x7c"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_row_of_a_table_is_an_account_or_reported(
        rows in prop::collection::vec((name_cell(), name_cell(), secret_cell()), 1..20),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        order in 0..3_usize,
        encoding in 0..8_usize,
    ) {
        // The first row is valid, because otherwise the format could not be detected.
        let rows: Vec<_> = [("Bank".to_owned(), "ann".to_owned(), SECRET.to_owned())].into_iter().chain(rows).collect();
        let line = |cells: [&str; 3]| {
            let mut cells = cells.map(quoted);
            cells.rotate_left(order);
            format!("{}{end}", cells.join(&delimiter.to_string()))
        };
        let body: String = rows.iter().map(|(issuer, name, secret)| line([issuer, name, secret])).collect();
        let text = format!("{}{body}", line(["issuer", "account", "secret"]));
        let report = read(&encoded(&text, encoding), None, None);
        let report = report.map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(report.accounts.len().saturating_add(report.skipped.len()), rows.len(), "{}", text);
    }

    #[test]
    fn every_item_of_a_list_is_an_account_or_reported(
        rows in prop::collection::vec((name_cell(), secret_cell()), 1..20),
        is_xml in any::<bool>(),
    ) {
        let rows: Vec<_> = [("Bank".to_owned(), SECRET.to_owned())].into_iter().chain(rows).collect();
        let escape = |text: &str| text.replace('&', "&amp;").replace('\'', "&apos;");
        let text = if is_xml {
            let item = |(name, secret): &(String, String)| {
                format!("<item><title>{}</title><otp>{}</otp></item>", escape(name), escape(secret))
            };
            format!("<?xml version='1.0'?><list>{}</list>", rows.iter().map(item).collect::<String>())
        } else {
            let item = |(name, secret): &(String, String)| serde_json::json!({ "title": name, "otp": secret });
            serde_json::Value::Array(rows.iter().map(item).collect()).to_string()
        };
        let report = read(text.as_bytes(), None, None).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(report.accounts.len().saturating_add(report.skipped.len()), rows.len(), "{}", text);
    }
}
