//! Reads files in shapes that users and other programs' importers know, but that are not documented: settings of an
//! unexpected type, codes in other fields, the trash, answers of a server, lists of names and keys.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

#[path = "support/exchange_files.rs"]
mod exchange_files;

use casdoor_authenticator::exchange;
use exchange_files::{ONE, TWO, check, read};

const SEALED_1: &str = "FhGm40HZzlbtkXQ5taMeeNKKdFeug6hU1HVa6XDIph4=";
const SEALED_2: &str = "6ACHi3B7HDy1W3CoyqCmZx5axqPzgM4poTtBeowQrS8=";

#[test]
fn a_setting_of_an_unexpected_type_is_reported_instead_of_the_default() {
    let aegis = r#"{"version": 1, "header": {"slots": null, "params": null}, "db": {"version": 2, "entries": [
        {"type": "totp", "name": "ann", "issuer": "Shop", "info": {"secret": "KEY1", "algo": 512, "digits": 6, "period": 30}},
        {"type": "totp", "name": "bob", "issuer": "Bank", "info": {"secret": "KEY2", "algo": null, "digits": 6, "period": 30}}]}}"#;
    check(aegis, "aegis", &["Bank|bob|KEY2"], 1);
    let two_fas = r#"{"schemaVersion": 3, "appOrigin": "ios", "services": [
        {"name": "Shop", "secret": "KEY1", "otp": {"account": "ann", "algorithm": 256}},
        {"name": "Game", "secret": "KEY1", "otp": {"account": "gus", "tokenType": 3}},
        {"name": "Bank", "secret": "KEY2", "otp": {"account": "bob"}}]}"#;
    check(two_fas, "2fas", &["Bank|bob|KEY2"], 2);
    let stratum = r#"{"Authenticators": [{"Type": 2, "Issuer": "Shop", "Username": "ann", "Secret": "KEY1", "Algorithm": "SHA512"},
        {"Type": "2", "Issuer": "Bank", "Username": "bob", "Secret": "KEY2", "Algorithm": "1", "Digits": "7"}]}"#;
    check(stratum, "stratum", &["Bank|bob|KEY2 7 SHA256"], 1);
    let two_fauth = r#"{"app": "2fauth_v5", "data": [{"otp_type": "totp", "account": "ann", "service": "Shop", "secret": "KEY1", "algorithm": true}]}"#;
    check(two_fauth, "2fauth", &[], 1);
    let free_otp = r#"{"tokenOrder": [], "tokens": [{"type": "TOTP", "algo": ["SHA256"], "label": "ann", "secret": [1, 2, 3, 4, 5]}]}"#;
    check(free_otp, "freeotp-plus", &[], 1);
}

#[test]
fn an_entry_of_authenticator_extension_that_lacks_a_part_is_reported() {
    let file = r#"{"a1": {"account": "ann", "dataType": "OTPStorage", "hash": "a1", "issuer": "Shop", "secret": "KEY1", "type": "totp", "index": 0},
        "b2": {"account": "bob", "dataType": "OTPStorage", "hash": "b2", "issuer": "Bank", "type": "totp", "index": 1},
        "c3": {"account": "cat", "hash": "c3", "secret": null, "type": "hotp", "index": 2},
        "d4": {"account": "dan", "hash": "d4", "secret": "KEY2", "type": "totp", "algo": "SHA256", "index": 3},
        "e5": {"account": "eve", "dataType": "OTPStorage", "secret": "KEY3", "type": "totp", "algorithm": 3, "index": 4}}"#;
    check(file, "authenticator-extension", &["Shop|ann|KEY1"], 4);
}

const OTHER: &str = "otpauth://totp/Shop:two?secret=KEY2&issuer=Shop&digits=8";

#[test]
fn key_uris_in_other_fields_of_an_entry_are_accounts() {
    let bitwarden = r#"{"encrypted": false, "folders": [], "items": [
        {"id": "1", "type": 1, "name": "Shop", "login": {"username": "ann", "totp": "KEY1"}, "fields": [{"name": "a", "value": "OTHER"}, {"name": "b", "value": "otpauth://totp/x?secret=KEY1"}]},
        {"id": "2", "type": 1, "name": "Shop", "login": {"username": "bob"}, "fields": [{"name": "a", "value": "OTHER"}]},
        {"id": "3", "type": 1, "name": "Plain", "login": {"username": "eve"}, "fields": [{"name": "a", "value": "x"}]}]}"#;
    check(&bitwarden.replace("OTHER", OTHER), "bitwarden", &["Shop|ann|KEY1", "Shop|two|KEY2 8", "Shop|two|KEY2 8"], 0);
    let csv = "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n\
        ,,login,Shop,,\"PIN: 1234\nbackup: OTHER\",0,,ann,pw,KEY1\n,,login,Shop,,backup: OTHER,0,,bob,pw,\n,,login,Plain,,PIN: 1,0,,eve,pw,\n";
    check(&csv.replace("OTHER", OTHER), "bitwarden-csv", &["Shop|ann|KEY1", "Shop|two|KEY2 8", "Shop|two|KEY2 8"], 0);
    let one_password = r#"{"accounts": [{"vaults": [{"attrs": {"name": "V"}, "items": [{"overview": {"title": "Shop"}, "details": {"loginFields": [], "sections": [
        {"fields": [{"title": "code", "value": {"totp": "KEY1"}}, {"title": "old", "value": {"string": "OTHER"}}]}]}}]}]}]}"#;
    check(&one_password.replace("OTHER", OTHER), "1password", &["Shop||KEY1", "Shop|two|KEY2 8"], 0);
    let enpass = r#"{"items": [{"title": "Shop", "template_type": "login.default", "fields": [{"type": "text", "value": "OTHER"}, {"type": "text", "value": "OTHER", "deleted": 1}]}]}"#;
    check(&enpass.replace("OTHER", OTHER), "enpass", &["Shop|two|KEY2 8"], 0);
    let exchange = r#"{"exporterRpId": "x", "accounts": [{"items": [{"title": "Shop", "credentials": [{"type": "custom-fields", "fields": [{"value": "OTHER"}]}]}, {"title": "Plain", "credentials": []}]}]}"#;
    check(&exchange.replace("OTHER", OTHER), "cxf", &["Shop|two|KEY2 8"], 0);
    let nord_pass = "name,url,username,password,note,cardholdername,folder,custom_fields\nShop,,ann,pw,,,Work,\"[{\"\"type\"\":\"\"hidden\"\",\"\"value\"\":\"\"OTHER\"\"}]\"\n";
    check(&nord_pass.replace("OTHER", OTHER), "nordpass", &["Shop|two|KEY2 8"], 0);
    let last_pass =
        "url,username,password,totp,extra,name,grouping,fav\nhttps://s,ann,pw,,\"my codes:\n OTHER\nend\",Shop,,0\n";
    check(&last_pass.replace("OTHER", OTHER), "lastpass-vault", &["Shop|two|KEY2 8"], 0);
}

#[test]
fn items_in_the_trash_of_more_programs_are_reported() {
    let proton_pass = r#"{"version": "1", "vaults": {"v": {"name": "Mine", "items": [
        {"state": 1, "data": {"type": "login", "metadata": {"name": "Shop"}, "content": {"totpUri": "KEY1"}}},
        {"state": 2, "data": {"type": "login", "metadata": {"name": "Old"}, "content": {"totpUri": "KEY2"}}},
        {"state": 1, "data": {"type": "note", "metadata": {"name": "Note"}, "content": {}}},
        {"state": 1, "data": {"type": "custom", "metadata": {"name": "Door"}, "content": {"sections": [{"sectionFields": [{"fieldName": "eve", "type": "totp", "data": {"totpUri": "KEY3"}}]}]}}}]}}}"#;
    check(proton_pass, "proton-pass", &["Shop||KEY1", "Door|eve|KEY3"], 1);
    assert_eq!(read(proton_pass).2.without_code, 1);
    let entry = |title: &str, key: &str| {
        format!(
            "<Entry><String><Key>Title</Key><Value>{title}</Value></String><String><Key>otp</Key><Value>{key}</Value></String></Entry>"
        )
    };
    let keepass = format!(
        "<KeePassFile><Meta><RecycleBinUUID>QmluMQ==</RecycleBinUUID></Meta><Root><Group><UUID>cm9vdA==</UUID><Name>D</Name>{}\
         <Group><UUID>QmluMQ==</UUID><Name>Papierkorb</Name>{}</Group></Group></Root></KeePassFile>",
        entry("Shop", "KEY1"),
        entry("Old", "KEY2")
    );
    check(&keepass, "keepass-xml", &["Shop||KEY1"], 1);
    let card = "<database><card title=\"Shop\"><field name=\"A\" type=\"one_time_password\">KEY1</field></card>\
        <card title=\"Old\" deleted=\"true\"><field name=\"A\" type=\"one_time_password\">KEY2</field></card></database>";
    check(card, "safe-in-cloud", &["Shop||KEY1"], 1);
}

#[test]
fn json_is_read_in_several_documents_and_in_other_encodings() {
    let one = r#"{"issuer": "Shop", "account": "ann", "secret": "KEY1", "digits": 7}"#;
    check(
        &format!("{one}\n{{\"issuer\": \"Bank\", \"account\": \"bob\", \"secret\": \"KEY2\"}}\n"),
        "table",
        &["Shop|ann|KEY1 7", "Bank|bob|KEY2"],
        0,
    );
    let one_password = |title: &str, value: &str| {
        format!(
            "{{\"title\": \"{title}\", \"secureContents\": {{\"sections\": [{{\"fields\": [{{\"k\": \"concealed\", \
                 \"n\": \"TOTP_8A9B8A9B8A9B8A9B8A9B8A9B8A9B8A9B\", \"v\": \"{value}\"}}]}}]}}}}\n***5642bee8-a5ff-11dc-8314-0800200c9a66***\n"
        )
    };
    check(
        &[one_password("Shop", "KEY1"), one_password("Bank", "KEY2")].concat(),
        "1password",
        &["Shop||KEY1", "Bank||KEY2"],
        0,
    );
    let text = format!("[{}]", one.replace("KEY1", ONE).replace("Shop", "商店购物中心"));
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (gbk, _, _) = encoding_rs::GBK.encode(&text);
    for bytes in [utf_16.as_slice(), gbk.as_ref()] {
        let report = exchange::read(bytes, None, None).unwrap();
        assert_eq!(report.accounts[0].uri.issuer, "商店购物中心");
    }
    for damaged in ["{\"a\": 1} x", "[1] [2]", "{}{"] {
        assert!(exchange::read(damaged.as_bytes(), None, None).is_err(), "{damaged}");
    }
}

#[test]
fn lists_of_names_and_keys_are_read() {
    check("# mine\nShop: KEY1\nBank = 'KEY2'\nno key here\n", "table", &["|Shop|KEY1", "|Bank|KEY2"], 1);
    check("My Door KEY3====\n", "table", &["|My Door|KEY3"], 0);
    check(
        "[Shop]\nuser = ann\nsecret = KEY1\ndigits = 8\n\n[Bank]\nuser = bob\nsecret =\n[Door]\nsecret=\"KEY3\"\n",
        "table",
        &["Shop|ann|KEY1 8", "|Door|KEY3"],
        1,
    );
    check(
        "- issuer: Shop\n  secret: \"KEY1\"\n  digits: 8\n- issuer: 'Bank'\n  secret: KEY2\n",
        "table",
        &["Shop||KEY1 8", "Bank||KEY2"],
        0,
    );
    // In alphabetical order, because only a build of the whole workspace keeps the order of members.
    check(r#"{"Bank": "KEY2", "Shop": "KEY1"}"#, "table", &["|Bank|KEY2", "|Shop|KEY1"], 0);
}

#[test]
fn the_records_of_a_map_keep_their_own_settings_and_names() {
    let file = r#"{"version": 2, "entries": {"Bank": {"secret": "KEY2"}, "None": {"digits": 6}, "Shop": {"secret": "KEY1", "digits": 8, "period": 60}}}"#;
    check(file, "table", &["|Bank|KEY2", "|Shop|KEY1 60s 8"], 1);
    let named = r#"{"a": {"issuer": "Shop", "secret": "KEY1"}, "b": {"issuer": "Bank", "secret": "KEY2"}}"#;
    check(&format!(r#"{{"list": {named}}}"#), "table", &["Shop||KEY1", "Bank||KEY2"], 0);
}

#[test]
fn tables_in_a_page_and_tables_for_excel_are_read() {
    let aegis = "<html><body><table><tr><th>Issuer</th><th>Name</th><th>Type</th><th>QR Code</th><th>Algo</th><th>Digits</th><th>Secret</th><th>Counter</th></tr>\
        <tr><td>Caf&#39; &amp; Bar</td><td>ann</td><td>hotp</td><td class='qr'><img src=\"data:image/png;base64,AAAA\"/></td><td>SHA512</td><td>7</td><td>KEY1</td><td>4</td></tr>\
        <tr><td>M</td><td>bob</td><td>motp</td><td><img/></td><td>MD5</td><td>6</td><td>e3152afee62599c8</td><td>-</td></tr></table></body></html>";
    check(aegis, "table", &["Caf' & Bar|ann|KEY1 #4 7 SHA512"], 1);
    check("sep=;\r\nService;User;Secret\r\nShop;ann;KEY1\r\n", "table", &["Shop|ann|KEY1"], 0);
    check("\"sep=\t\"\nService\tUser\tSecret\nShop\tann\tKEY1\n", "table", &["Shop|ann|KEY1"], 0);
    let enpass = "\"Title\",\"Field\",\"Value\",.........,\"Note\"\n\"Shop\",\"Username\",\"ann\",\"TOTP\",\"krug s4za nfzs ayja\",\"\"\n\
        \"Bank\",\"*Password\",\"pw\",\"a note\"\n\"Door\",\"E-mail\",\"eve@x.example\",\"One-time code\",\"KEY3\",\"Username\",\"eve\"\n";
    check(enpass, "enpass", &["Shop|ann|KEY1", "Door|eve|KEY3"], 0);
    check(
        "SN1, 3132333435363738393031323334353637383930, TOTP, 8, 60, sha256\nSN2, 3132333435363738393031323334353637383931, HOTP\n",
        "table",
        &["SN1||GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ 60s 8 SHA256", "SN2||GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR #0"],
        0,
    );
}

#[test]
fn other_files_of_steam_are_recognized() {
    let bot = r#"{"BackingAccessToken": "x", "BackingMobileAuthenticator": {"identity_secret": "AA==", "shared_secret": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "device_id": "android:1"}}"#;
    check(bot, "steam", &["Steam||GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ steam"], 0);
    let manifest = r#"{"encrypted": true, "entries": [{"encryption_iv": "AAECAwQFBgcICQoLDA0ODw==", "encryption_salt": "AAECAwQFBgc=", "filename": "1.maFile", "steamid": 1}]}"#;
    assert_eq!(exchange::read(manifest.as_bytes(), None, None).unwrap_err().message().key, "exchange_holds_no_secrets");
}

#[test]
fn the_answers_of_authys_server_are_read() {
    // Encrypted with the password `test`, a given IV and 100,000 rounds; and with no IV and 1,000 rounds.
    let file = r#"{"message": "success", "authenticator_tokens": [
        {"account_type": "shop", "name": "Shop: ann", "original_name": "Shop:ann", "issuer": "Shop", "digits": 7, "salt": "pepper", "encrypted_seed": "SEALED1",
         "unique_iv": "0f0e0d0c0b0a09080706050403020100", "key_derivation_iterations": 100000},
        {"account_type": "authenticator", "name": "bob", "issuer": null, "digits": 6, "salt": "pepper", "encrypted_seed": "SEALED2", "unique_iv": null}],
        "apps": [{"name": "Chat", "digits": 7, "secret_seed": "3132333435363738393031323334353637383930"}], "success": true}"#;
    let file = file.replace("SEALED1", SEALED_1).replace("SEALED2", SEALED_2);
    let password = casdoor_authenticator::secret::Secret::new("test".to_owned());
    let report = exchange::read(file.as_bytes(), None, Some(&password)).unwrap();
    let uris: Vec<String> = report.accounts.iter().map(|account| account.uri.to_string()).collect();
    assert_eq!(
        uris,
        [
            format!("otpauth://totp/Shop:ann?secret={ONE}&issuer=Shop&digits=7"),
            format!("otpauth://totp/Authenticator:bob?secret={TWO}&issuer=Authenticator"),
            "otpauth://totp/Chat:?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Chat&digits=7&period=10".to_owned(),
        ]
    );
    assert_eq!(exchange::read(file.as_bytes(), None, None).unwrap_err().message().key, "exchange_needs_password");
    let decrypted = r#"{"decrypted_authenticator_tokens": [{"account_type": "shop", "name": "Shop: ann", "issuer": "Shop", "decrypted_seed": "KEY1", "digits": 8},
        {"account_type": "x", "name": "Old", "issuer": null, "decrypted_seed": "Decryption failed: bad padding", "digits": 6}]}"#;
    check(decrypted, "authy", &["Shop|ann|KEY1 8"], 1);
}

#[test]
fn the_configuration_of_winauth_is_read_unless_it_is_encrypted() {
    let hex = "3132333435363738393031323334353637383930";
    let entry = |class: &str, data: &str| {
        format!(
            "<WinAuthAuthenticator id=\"1\" type=\"WinAuth.{class}Authenticator\"><name>Shop</name>{data}</WinAuthAuthenticator>"
        )
    };
    let data = |data: &str| {
        format!(
            "<authenticatordata><servertimediff>0</servertimediff><secretdata>{data}</secretdata></authenticatordata>"
        )
    };
    let sealed = "<authenticatordata encrypted=\"y\">0011</authenticatordata>";
    let file = |entries: &[String]| {
        format!("<?xml version=\"1.0\"?><WinAuth version=\"3.5\"><config>{}</config></WinAuth>", entries.concat())
    };
    let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    check(
        &file(&[
            entry("Google", &data(&format!("{hex}\t8\tSHA256\t60"))),
            entry("HOTP", &data(&format!("{hex}\t6\tSHA1\t30|41"))),
            entry("Steam", &data(&format!("{hex}\t5\tSHA1\t30|00|00"))),
            entry("Google", sealed),
        ]),
        "winauth",
        &[&format!("Shop||{key} 60s 8 SHA256"), &format!("Shop||{key} #41"), &format!("Shop||{key} steam")],
        1,
    );
    let error = exchange::read(file(&[entry("Google", sealed)]).as_bytes(), None, None).unwrap_err();
    assert_eq!(error.message().key, "exchange_unknown_protection");
}

#[test]
fn words_in_the_field_for_a_key_are_reported() {
    let file = r#"{"encrypted": false, "folders": [], "items": [
        {"id": "1", "type": 1, "name": "Shop", "login": {"totp": "see paper"}}, {"id": "2", "type": 1, "name": "Bank", "login": {"totp": "none"}},
        {"id": "3", "type": 1, "name": "Door", "login": {"totp": "abcd efgh ijkl mnop"}},
        {"id": "4", "type": 1, "name": "Car", "login": {"totp": "DFDFDEFA"}}]}"#;
    check(file, "bitwarden", &["Door||ABCDEFGHIJKLMNOP", "Car||DFDFDEFA"], 2);
}
