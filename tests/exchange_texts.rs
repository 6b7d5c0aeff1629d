//! Reads keys from texts that are not made for exchanging them: scripts, configuration files, chats, cards, calendars,
//! web pages and documentation.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

#[path = "support/exchange_files.rs"]
mod exchange_files;

use base64::Engine;
use casdoor_authenticator::exchange;
use exchange_files::{ONE, TWO, check, read};

/// The bytes of the key `KEY2` in hexadecimal.
const TWO_IN_HEX: &str = "6162636465666768696a";

/// The beginning of a binary property list, encrypted as in the files of OTP Auth.
const OTP_AUTH_BLOCK: [u8; 16] =
    [0x47, 0xe6, 0x55, 0x3a, 0xea, 0x84, 0xe0, 0x18, 0x95, 0x0d, 0xb3, 0x2f, 0xac, 0x7b, 0x2c, 0x74];

fn reason(file: &[u8]) -> String {
    exchange::read(file, None, None).unwrap_err().message().key.as_str().to_owned()
}

#[test]
fn the_dump_of_totp_cli_has_namespaces_and_defaults() {
    let dump = "- name: office\n  accounts:\n    - name: wiki\n      token: KEY1\n      prefix: \"\"\n      algorithm: \
                \"\"\n      length: 0\n      timeperiod: 0\n    - name: door\n      token: KEY2\n      prefix: d\n      \
                algorithm: sha512\n      length: 8\n      timeperiod: 45\n- name: old\n  accounts:\n    - name: lost\n      \
                token: nothing!\n      prefix: \"\"\n      algorithm: sha1\n      length: 6\n      timeperiod: 30\n";
    check(dump, "table", &["|wiki|KEY1", "|door|KEY2 45s 8 SHA512"], 1);
    let groups: Vec<_> = read(dump).2.accounts.iter().map(|account| account.groups.concat()).collect();
    assert_eq!(groups, ["office", "office"]);
}

#[test]
fn the_users_of_a_server_have_hexadecimal_keys() {
    let hex = TWO_IN_HEX;
    let file = format!(
        "# users\nHOTP\troot\t-\t{hex}\nHOTP/E/7 ann 99 {hex} 12 755224 2024-05-06T07:08:09L\nHOTP/T60/8 bob - {hex}\n\
         HOTP/T30 eve - zz\nMOTP dan 4321 {hex}\n"
    );
    check(&file, "table", &["|root|KEY2 #0", "|ann|KEY2 #12 7", "|bob|KEY2 60s 8"], 2);
}

#[test]
fn authme_writes_lines_in_base64() {
    let lines = format!(
        "\nName:   ann@shop.example\nSecret: {ONE}\nIssuer: Shop\nType:   OTP_TOTP\n\nName:   bob\nSecret: {TWO}\nIssuer: Bank\nType:   OTP_TOTP\n"
    );
    let codes = base64::engine::general_purpose::STANDARD.encode(lines);
    let file =
        format!(r#"{{"role": "codes", "encrypted": false, "codes": "{codes}", "date": "2024.1.2", "version": 3}}"#);
    check(&file, "authme", &["Shop|ann@shop.example|KEY1", "Bank|bob|KEY2"], 0);
    assert_eq!(reason(file.replace("false", "true").as_bytes()), "exchange_unknown_protection");
}

#[test]
fn the_options_of_commands_are_settings_and_unknown_ones_are_reported() {
    let script = "# work\noathtool --totp=SHA256 --digits=8 -s 60 --base32 KEY1\nykman oath accounts add --oath-type HOTP \
                  -c 3 --issuer 'My shop' ann KEY2\noathtool --totp -b KEY3 --start-time=1990-01-01\n";
    check(script, "table", &["|work|KEY1 60s 8 SHA256", "My shop|ann|KEY2 #3"], 1);
    // In a list of names and keys, an option may be a setting that is not understood.
    check("shop KEY1\nbank --digits 8 KEY2\n", "table", &["|shop|KEY1"], 1);
}

#[test]
fn a_markdown_table_is_a_table() {
    let table = "## Codes\n\n| Site | User | Key | Interval |\n|:--|:--:|--:|---|\n| Shop | ann | `KEY1` | 1 min |\n\
                 | Bank | bob | KEY2 | 00:45 |\n";
    check(table, "table", &["Shop|ann|KEY1 60s", "Bank|bob|KEY2 45s"], 0);
}

#[test]
fn addresses_in_links_of_a_page_are_read_once() {
    let page = "<!DOCTYPE html><table><tr><td>Shop</td><td><a href=\"otpauth://totp/Shop:ann?secret=KEY1&amp;digits=8\">\
                QR</a></td></tr><tr><td>otpauth://totp/Bank:bob?secret=KEY2</td><td><a \
                href='otpauth://totp/Bank:bob?secret=KEY2'>QR</a></td></tr></table>";
    let (_, mut accounts, report) = read(page);
    accounts.sort();
    assert_eq!((accounts, report.skipped.len()), (vec!["Bank|bob|KEY2".to_owned(), "Shop|ann|KEY1 8".to_owned()], 0));
}

#[test]
fn chats_cards_and_calendars_contain_addresses() {
    let chat = "[2024-05-06, 07:08:09] ann: see (otpauth://totp/Shop:ann?secret=KEY1&digits=8).\n[2024-05-06, 07:09:00] \
                bob: thanks\n[2024-05-06, 07:10:00] ann: otpauth://totp/Bank:ann?secret=KEY2;\n";
    assert_eq!(read(chat).1, ["Shop|ann|KEY1 8", "Bank|ann|KEY2"]);
    let address = "otpauth://totp/Shop:ann?secret=KE\r\n Y1&per\r\n\tiod=60&digits=8"
        .replace("KE\r\n Y1", &ONE.replace("GS", "G\r\n S"));
    for (kind, name) in [("VCARD", "NOTE"), ("VCALENDAR", "DESCRIPTION")] {
        let file = format!("BEGIN:{kind}\r\nVERSION:3.0\r\n{name}:my key\\, {address}\\nbye\r\nEND:{kind}\r\n");
        check(&file, "otpauth", &["Shop|ann|KEY1 60s 8"], 0);
    }
    let messages =
        r#"[{"user": "U1", "text": "use <otpauth://totp/Shop:ann?secret=KEY1&amp;digits=8>"}, {"text": "ok"}]"#;
    assert_eq!(read(messages).1, ["Shop|ann|KEY1 8"]);
}

#[test]
fn custom_fields_in_a_text_of_json_are_fields() {
    let field =
        r#"[{\"label\": \"2FA\", \"type\": \"secret\", \"value\": \"otpauth://totp/Shop:ann?secret=KEY1&digits=7\"}]"#;
    let file = format!(
        r#"{{"version": 3, "encrypted": false, "passwords": [{{"label": "Shop", "username": "ann", "password": "p", "customFields": "{field}"}}]}}"#
    );
    assert_eq!(read(&file).1, ["Shop|ann|KEY1 7"]);
}

#[test]
fn property_lists_keep_the_order_of_names_and_values() {
    let list = "<?xml version=\"1.0\"?><plist version=\"1.0\"><array><dict><key>title</key><string>Shop</string>\
                <key>pinned</key><true/><key>secret</key><string>KEY1</string><key>digits</key><integer>7</integer></dict>\
                <dict><key>secret</key><string>KEY2</string><key>title</key><string>Bank</string></dict></array></plist>";
    check(list, "table", &["Shop||KEY1 7", "Bank||KEY2"], 0);
    assert!(read(list).2.accounts[0].pinned);
}

#[test]
fn cells_with_their_own_names_are_fields() {
    let file = "Shop|4,Login,Work,,Website|2|https://shop.example,Username|7|ann,Password|8|p,Two-factor|9|KEY1\n\
                Bank|4,Login,,\"a note, long\",Username|7|bob,Password|8|p,Two-factor|9|otpauth://totp/?secret=KEY2&digits=8\n";
    check(file, "table", &["Shop|ann|KEY1", "Bank|bob|KEY2 8"], 0);
}

#[test]
fn settings_may_have_units_and_are_reported_otherwise() {
    let table = "service,secret,seconds per code,code length\nShop,KEY1,60 Sek.,8 digits\nBank,KEY2,every minute,6\n";
    let table = table.replace("seconds per code", "period").replace("code length", "digits");
    check(&table, "table", &["Shop||KEY1 60s 8"], 1);
    check("name: Shop\nsecret: KEY1\ntime step: 90 seconds\ncode length: 7\n", "table", &["|Shop|KEY1 90s 7"], 0);
}

#[test]
fn column_names_are_known_in_further_languages() {
    for names in [
        "サービス名,ログインID,秘密鍵,桁数,更新間隔",
        "服務名稱,使用者,金鑰,位數,週期",
        "Название сервиса;Учётная запись;Ключ;Количество цифр;Интервал",
        "الخدمة,الحساب,المفتاح السري,عدد الأرقام,الفترة",
        "Hizmet;Kullanıcı adı;Gizli anahtar;Hane sayısı;Süre",
        "Služba;Uživatel;Tajný klíč;Počet číslic;Interval",
        "サイト名,ユーザ名,シークレットキー,桁,有効期間",
        "บริการ,บัญชี,รหัสลับ,จำนวนหลัก,ช่วงเวลา",
        "Tjeneste;Brukernavn;Hemmelig nøkkel;Antall siffer;Intervall",
    ] {
        let row = "n1,Shop,ann,KEY1,8,60\n".replace(',', if names.contains(';') { ";" } else { "," });
        // A further column at the beginning, so that the names cannot be guessed from their position.
        let number = if names.contains(';') { "Nr;" } else { "Nr," };
        check(&format!("{number}{names}\n{row}"), "table", &["Shop|ann|KEY1 60s 8"], 0);
    }
}

#[test]
fn keys_of_steam_in_base64_are_steams() {
    let table = "account_name,shared_secret\nann,MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=\nbob,KEY1\n";
    check(table, "table", &["|ann|GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ steam", "|bob|KEY1"], 0);
}

#[test]
fn archives_that_cannot_be_read_are_named() {
    let files: [&[u8]; 3] = [b"7z\xbc\xaf\x27\x1c\0\x04rest", b"Rar!\x1a\x07\x01\0rest", b"BZh91AY&SY\x01\x02rest"];
    for bytes in files {
        assert_eq!(reason(bytes), "exchange_archive");
    }
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    assert_eq!(reason(&tar), "exchange_archive");
}

#[test]
fn a_wrapped_address_in_prose_keeps_its_settings() {
    let mail =
        "ann wrote:\n> please add otpauth://totp/Shop:ann?secret=KEY1&issuer=Shop&digi\n> ts=8&period=60\n> thanks\n";
    assert_eq!(read(mail).1, ["Shop|ann|KEY1 60s 8"]);
}

#[test]
fn several_keys_in_one_cell_are_several_accounts() {
    let (one, two) = ("KRUGS4ZANFZSAYJAKRUGS4ZANFZSAYJA", "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK");
    let table = format!("service,user,secret\nShop,ann,\"{one}\n{two}\"\nBank,bob,\"KRUG\nS4ZA\nNFZS\nAYJA\"\n");
    check(&table, "table", &["Shop|ann|KEY1KEY1", "Shop|ann|KEY2KEY2", "Bank|bob|KEY1"], 0);
}

#[test]
fn settings_are_found_below_a_title_and_beside_other_rows() {
    let table = "My codes,,,\nService,User,Key,Digits\nShop,ann,KEY1,8\nBank,bob,KEY2,7\nTotal,,,2 codes\n";
    check(table, "table", &["Shop|ann|KEY1 8", "Bank|bob|KEY2 7"], 2);
    // Without names, only the rows with a key have settings.
    check("Shop,KEY1,8\nBank,KEY2,8\nseen,today,by me\n", "table", &["Shop||KEY1 8", "Bank||KEY2 8"], 1);
}

#[test]
fn different_numbers_as_types_are_reported() {
    let table = "service,secret,type\nShop,KEY1,2\nBank,KEY2,1\nDoor,KEY3,TOTP\n";
    check(table, "table", &["Door||KEY3"], 2);
    check("service,secret,type\nShop,KEY1,1\nNote,,2\n", "table", &["Shop||KEY1"], 1);
    check("service,secret,type\nShop,KEY1,1\nBank,KEY2,1\n", "table", &["Shop||KEY1", "Bank||KEY2"], 0);
}

#[test]
fn names_above_indented_lines_are_those_of_accounts() {
    let file = "codes:\n  shop:\n    secret: KEY1\n    settings:\n      digits: 8\n  bank:\n    secret: KEY2\n";
    let file = file.replace("codes:\n", "").replace("\n  ", "\n").replacen("  shop", "shop", 1);
    check(&file, "table", &["|shop|KEY1 8", "|bank|KEY2"], 0);
}

#[test]
fn a_label_that_repeats_the_title_is_not_an_account_name() {
    let table = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n\
                 Shop,https://s.example,ann,p,otpauth://totp/Shop?secret=KEY1,false,false,,\n";
    assert_eq!(read(table).1, ["Shop|ann|KEY1"]);
}

#[test]
fn backups_of_otp_auth_are_named() {
    // The first block of a file, encrypted with the constant key of the outer layer.
    let file = [OTP_AUTH_BLOCK.as_slice(), &[7; 64]].concat();
    assert_eq!(reason(&file), "exchange_otp_auth");
}

#[test]
fn settings_next_to_the_value_of_a_field_apply_to_it() {
    let xml = "<list><entry title=\"Shop\"><code type=\"totp\" digits=\"8\" period=\"60\">KEY1</code></entry><entry \
               title=\"Bank\"><code type=\"hotp\" counter=\"4\">KEY2</code></entry></list>";
    check(xml, "table", &["Shop||KEY1 60s 8", "Bank||KEY2 #4"], 0);
    let json = r#"[{"title": "Shop", "fields": [{"type": "totp", "value": "KEY1", "digits": 7}, {"type": "login", "value": "ann"}]}]"#;
    check(json, "table", &["Shop|ann|KEY1 7"], 0);
}
