//! Reads codes that users keep where a program does not expect them: custom fields with any name, notes, compressed or
//! edited files, and tables from Excel. The files are written for these tests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

#[path = "support/exchange_files.rs"]
mod exchange_files;

use std::io::{Cursor, Write};

use casdoor_authenticator::exchange;
use casdoor_authenticator::otp::OtpError;
use exchange_files::{ONE, check, read};

fn bitwarden(fields: &str, notes: &str) -> String {
    format!(
        r#"{{"encrypted": false, "folders": [], "items": [{{"id": "1", "type": 1, "name": "Shop", "notes": "{notes}", "login": {{"username": "ann"}}, "fields": [{fields}]}}]}}"#
    )
}

#[test]
fn custom_fields_with_the_names_of_keepass_and_its_plugins_are_codes_in_every_manager() {
    let field = |name: &str, value: &str| format!(r#"{{"name": "{name}", "value": "{value}", "type": 1}}"#);
    for (fields, expected) in [
        (vec![field("TOTP Seed", "krug s4za nfzs ayja"), field("TOTP Settings", "60;8")], "Shop|ann|KEY1 60s 8"),
        (vec![field("TOTP Seed", "KEY1"), field("TOTP Settings", "30;S")], "Shop|ann|KEY1 steam"),
        (vec![field("otp", "key=KEY1&size=8&step=60&otpHashMode=Sha256")], "Shop|ann|KEY1 60s 8 SHA256"),
        (
            vec![
                field("TimeOtp-Secret-Base32", "KEY1"),
                field("TimeOtp-Length", "8"),
                field("TimeOtp-Algorithm", "HMAC-SHA-512"),
            ],
            "Shop|ann|KEY1 8 SHA512",
        ),
        (vec![field("HmacOtp-Secret-Base32", "KEY1"), field("HmacOtp-Counter", "41")], "Shop|ann|KEY1 #41"),
        (vec![field("2FA secret", "krug s4za nfzs ayja")], "Shop|ann|KEY1"),
        (vec![field("TOTP key", "KEY1"), field("Digits", "7"), field("PIN", "1234")], "Shop|ann|KEY1 7"),
        (vec![field("Seed (hex)", "54686973206973203132")], "Shop|ann|KRUGS4ZANFZSAMJS"),
    ] {
        check(&bitwarden(&fields.join(","), ""), "bitwarden", &[expected], 0);
    }
    check(&bitwarden(&[field("2FA", "no key here"), field("Answer", "KEY2")].join(","), ""), "bitwarden", &[], 0);
    check(&bitwarden(&[field("TOTP Seed", "KEY1"), field("TOTP Settings", "60;x")].join(","), ""), "bitwarden", &[], 1);
    let csv = "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n\
        ,,login,Shop,,\"TOTP Seed: KEY1\nTOTP Settings: 60;8\",0,,ann,pw,\n,,note,Note,keep otpauth://totp/B:b?secret=KEY2,,0,,,,\n";
    check(csv, "bitwarden-csv", &["Shop|ann|KEY1 60s 8", "B|b|KEY2"], 0);
    let nord_pass = "name,url,username,password,note,cardholdername,folder,custom_fields\n\
        Shop,,ann,pw,otpauth://totp/Shop:old?secret=KEY2,,Work,\"[{\"\"label\"\":\"\"TOTP secret\"\",\"\"type\"\":\"\"hidden\"\",\"\"value\"\":\"\"KEY1\"\"}]\"\n";
    check(nord_pass, "nordpass", &["Shop|old|KEY2", "Shop|ann|KEY1"], 0);
    let keepass = "<KeePassFile><Root><Group><Name>D</Name><Entry><String><Key>Title</Key><Value>Shop</Value></String>\
        <String><Key>2FA key</Key><Value>KEY1</Value></String><String><Key>Notes</Key>\
        <Value>moved\nold: otpauth://totp/Shop:old?secret=KEY2.</Value></String></Entry></Group></Root></KeePassFile>";
    check(keepass, "keepass-xml", &["Shop|old|KEY2", "Shop||KEY1"], 0);
}

#[test]
fn addresses_in_notes_of_any_item_are_accounts() {
    let uri = "otpauth://totp/Cat:eve?secret=KEY1&issuer=Cat";
    let note = r#"{"encrypted": false, "folders": [], "items": [{"id": "1", "type": 2, "name": "Note", "notes": "my codes:\n- <URI>\nsteam://run/440", "secureNote": {"type": 0}}]}"#;
    check(&note.replace("URI", uri), "bitwarden", &["Cat|eve|KEY1"], 0);
    // A note keeps the line breaks of the message from which an address was copied.
    let wrapped = "Your address:\\notpauth://totp/Cat:eve?secret=KEY1\\n  &issuer=Cat&digits=8";
    check(&note.replace("<URI>", wrapped), "bitwarden", &["Cat|eve|KEY1 8"], 0);
    let one_password = r#"{"accounts": [{"vaults": [{"attrs": {"name": "V"}, "items": [{"overview": {"title": "Note"}, "details": {"notesPlain": "see URI.", "sections": []}}]}]}]}"#;
    check(&one_password.replace("URI", uri), "1password", &["Cat|eve|KEY1"], 0);
    let csv = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\nNote,,,,,false,false,,\"a\nURI\"\n";
    check(&csv.replace("URI", uri), "1password-csv", &["Cat|eve|KEY1"], 0);
    let keepassxc = "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\"\n\"R\",\"A\",\"ann\",\"\",\"\",\"URI\",\"KEY2\"\n";
    check(&keepassxc.replace("URI", uri), "keepassxc-csv", &["A|ann|KEY2", "Cat|eve|KEY1"], 0);
    let enpass = r#"{"items": [{"title": "A", "template_type": "note", "note": "URI", "fields": [{"type": "totp", "value": "KEY2", "history": [{"value": "otpauth://totp/x?secret=KEY3"}]}]}]}"#;
    check(&enpass.replace("URI", uri), "enpass", &["A||KEY2", "Cat|eve|KEY1"], 0);
}

#[test]
fn every_code_of_an_item_of_1passwords_old_export_is_an_account() {
    let item = |trashed: bool| {
        format!(
            "{{\"title\": \"Shop\", \"trashed\": {trashed}, \"location\": \"https://shop.example\", \"secureContents\": {{\"notesPlain\": \"n\", \"fields\": [{{\"designation\": \"username\", \"value\": \"ann\"}}], \
             \"sections\": [{{\"fields\": [{{\"n\": \"TOTP_A\", \"v\": \"otpauth://totp/Shop:ann?secret=KEY1&digits=8\"}}, {{\"n\": \"TOTP_B\", \"v\": \"KEY2\"}}, {{\"n\": \"C\", \"t\": \"PIN\", \"v\": \"1234\"}}]}}]}}}}\n***5642bee8-a5ff-11dc-8314-0800200c9a66***\n"
        )
    };
    check(&[item(false), item(true)].concat(), "1password", &["Shop|ann|KEY1 8", "Shop|ann|KEY2"], 2);
    let (_, _, report) = read(&item(false));
    assert_eq!((report.accounts[1].note.as_str(), report.accounts[1].sites.len()), ("n", 1));
}

#[test]
fn a_period_in_milliseconds_is_reported_in_every_format() {
    for file in [
        r#"[{"issuer": "Acme", "account": "ann", "secret": "KEY1", "period": 30000}]"#,
        r#"{"version": 1, "header": {"slots": null, "params": null}, "db": {"version": 2, "entries": [{"type": "totp", "name": "ann", "issuer": "Shop", "info": {"secret": "KEY1", "algo": "SHA1", "digits": 6, "period": 30000}}]}}"#,
        "issuer,account,secret,period\nAcme,ann,KEY1,60000\n",
    ] {
        let (_, accounts, report) = read(file);
        assert_eq!((accounts.len(), report.skipped.len()), (0, 1), "{file}");
        assert_eq!(report.skipped[0].reason, OtpError::Milliseconds.into());
    }
}

#[test]
fn edited_json_with_comments_and_trailing_commas_is_read() {
    let file = "// my codes\n/* old */ {\n  \"accounts\": [ // list\n    {\"issuer\": \"A // B\", \"account\": \"/* ann */\", \"secret\": \"KEY1\", \"digits\": 8,},\n  ],\n}\n";
    check(file, "table", &["A // B|/* ann */|KEY1 8"], 0);
    for damaged in ["{\"a\": [{\"secret\": \"KRUGS4ZANFZSAYJA\", }, ", "{\"a\": \"b /* }", "{,}"] {
        assert!(exchange::read(damaged.as_bytes(), None, None).is_err(), "{damaged}");
    }
}

#[test]
fn keys_as_bytes_and_in_columns_for_other_encodings_are_read() {
    let bytes: Vec<String> = b"This is ".iter().map(u8::to_string).collect();
    let file = format!(r#"[{{"issuer": "A", "account": "ann", "secret": [{}], "period": 60}}]"#, bytes.join(","));
    check(&file, "table", &["A|ann|KRUGS4ZANFZSA 60s"], 0);
    check("issuer,account,secret_hex\nA,ann,5468697320697320\n", "table", &["A|ann|KRUGS4ZANFZSA"], 0);
    check("issuer,account,Secret (Base64)\nA,ann,VGhpcyBpcyA=\n", "table", &["A|ann|KRUGS4ZANFZSA"], 0);
}

#[test]
fn cells_that_excel_was_told_to_keep_are_keys() {
    check("issuer,secret,digits\nA,\"=\"\"KEY1\"\"\",8\nB,'KEY2,6\n", "table", &["A||KEY1 8", "B||KEY2"], 0);
    check("issuer,account,secret\n'A',ann,KEY1\n", "table", &["'A'|ann|KEY1"], 0);
}

#[test]
fn configuration_files_are_read() {
    check("KEY1\n\" RATE_LIMIT 3 30\n\" TOTP_AUTH\n12345678\n", "table", &["||KEY1"], 0);
    let toml = "[[accounts]]\nissuer = \"A\"\naccount = \"ann\"\nsecret = \"KEY1\"\ndigits = 8\n\n[[accounts]]\nissuer = \"B\"\naccount = \"bob\"\nsecret = \"KEY2\"\n";
    check(toml, "table", &["A|ann|KEY1 8", "B|bob|KEY2"], 0);
    check("pw\n---\nuser: ann\notpauth: //totp/A:ann?secret=KEY1&digits=8\n", "table", &["A|ann|KEY1 8"], 0);
}

#[test]
fn addresses_in_pages_and_mails_and_behind_other_separators_are_read() {
    let (one, two) =
        ("otpauth://totp/A:ann?secret=KEY1&issuer=A&digits=8", "otpauth://totp/B:bob?secret=KEY2&issuer=B");
    let page = format!("<html><a href=\"{}\">x</a> <a href='{two}'>y</a></html>", one.replace('&', "&amp;"));
    check(&page, "otpauth", &["A|ann|KEY1 8", "B|bob|KEY2"], 0);
    for separator in ["\u{2028}", "\u{85}", "\u{b}"] {
        check(&format!("{one}{separator}{two}"), "otpauth", &["A|ann|KEY1 8", "B|bob|KEY2"], 0);
    }
    // An unknown separator must not hide an account.
    check(&format!("{one}\u{2022}{two}"), "otpauth", &[], 1);
    let mail = format!("{}\n{}\n", one.replace('=', "=3D").replace("&issuer", "&is=\nsuer"), two.replace('=', "=3D"));
    check(&mail, "otpauth", &["A|ann|KEY1 8", "B|bob|KEY2"], 0);
}

#[test]
fn archives_of_other_programs_are_opened() {
    let zip = |files: &[(&str, &str)]| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content.replace("KEY1", ONE).as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let list = "otpauth://totp/A:ann?secret=KEY1\n";
    let login = "username,username2,username3,title,password,note,url,category,otpUrl\nann,,,A,x,,,,\n";
    for files in [
        vec![("__MACOSX/._codes.txt", "\0\u{5}"), ("codes.txt", list)],
        vec![("export/", ""), ("export/a.json", r#"[{"issuer": "A", "account": "ann", "secret": "KEY1"}]"#)],
        vec![("a.csv", "issuer,account,secret\nA,ann,KEY1\n")],
        vec![("credentials.csv", login), ("securenotes.csv", "title,note\nN,otpauth://totp/A:ann?secret=KEY1\n")],
    ] {
        let report = exchange::read(&zip(&files), None, None).unwrap();
        assert_eq!((report.accounts.len(), report.skipped.len()), (1, 0), "{files:?}");
        assert_eq!(report.accounts[0].uri.otp.key.to_base32().expose(), ONE);
    }
}
