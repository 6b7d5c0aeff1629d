//! Reads files as password managers and authenticators write them, including rare contents: several codes in one entry,
//! hexadecimal seeds, words instead of a key, older versions. The files are written for these tests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

#[path = "support/exchange_files.rs"]
mod exchange_files;

use casdoor_authenticator::exchange;
use exchange_files::check;

#[test]
fn every_code_of_an_entry_with_several_codes_is_an_account() {
    let keeper = r#"{"records": [
        {"title": "Shop", "login": "ann", "custom_fields": {"$oneTimeCode::1": ["otpauth://totp/Shop:a?secret=KEY1&issuer=Shop", "otpauth://totp/Shop:b?secret=KEY2&issuer=Shop&digits=8"]}},
        {"title": "Bank", "login": "bob", "custom_fields": {"$oneTimeCode::1": "otpauth://totp/Bank:bob?secret=KEY3&issuer=Bank"}},
        {"title": "Plain", "login": "eve", "custom_fields": {}}]}"#;
    check(keeper, "keeper", &["Shop|a|KEY1", "Shop|b|KEY2 8", "Bank|bob|KEY3"], 0);
    let one_password = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n\
        Shop,,ann,pw,\"otpauth://totp/Shop:a?secret=KEY1,otpauth://totp/Shop:b?secret=KEY2\",false,false,,\n";
    check(one_password, "1password-csv", &["Shop|a|KEY1", "Shop|b|KEY2"], 0);
    let roboform = "Name,Url,MatchUrl,Login,Pwd,Note,Folder,RfFieldsV2\n\
        Shop,,,ann,pw,,,\"User ID$,,,txt,ann\",\"TOTP KEY$,,,txt,KEY1\",\"TOTP KEY$,,,txt,KEY2\"\n\
        Bank,,,bob,pw,,,\"TOTP KEY$,,,txt,KEY3\"\n";
    check(roboform, "roboform", &["Shop|ann|KEY1", "Shop|ann|KEY2", "Bank|bob|KEY3"], 0);
    let other_name = "Name,Url,MatchUrl,Login,Pwd,Note,Folder,RfFieldsV2\n\
        Shop,https://s,https://s,ann,p,,/Home,Totp:otpauth://totp/ann?secret=KEY1&digits=8\n";
    check(other_name, "roboform", &["Shop|ann|KEY1 8"], 0);
    let safe_in_cloud = "<database><card title=\"Shop\" id=\"1\"><field name=\"Login\" type=\"login\">ann</field>\
        <field name=\"A\" type=\"one_time_password\">KEY1</field><field name=\"B\" type=\"one_time_password\">KEY2</field>\
        </card></database>";
    check(safe_in_cloud, "safe-in-cloud", &["Shop|ann|KEY1", "Shop|ann|KEY2"], 0);
    let table =
        "service,user,otp,old otp\nShop,ann,otpauth://totp/Shop:ann?secret=KEY1,otpauth://totp/Shop:old?secret=KEY2\n";
    check(table, "table", &["Shop|ann|KEY1", "Shop|old|KEY2"], 0);
    // The same key in two notations is one account.
    let same = "service,user,secret,uri\nShop,ann,krug s4za nfzs ayja,otpauth://totp/Shop:ann?secret=KEY1\n";
    check(same, "table", &["Shop|ann|KEY1"], 0);
}

#[test]
fn addresses_that_are_separated_by_commas_are_a_list() {
    let (one, two) =
        ("otpauth://totp/A:ann?secret=KEY1&issuer=A", "otpauth://totp/B:bob?secret=KEY2&issuer=B&digits=8");
    for between in [",", ", ", ";", " "] {
        check(&format!("{one}{between}{two}"), "otpauth", &["A|ann|KEY1", "B|bob|KEY2 8"], 0);
    }
    check(
        &format!("{one},{two}\notpauth://totp/C:eve?secret=KEY3&issuer=C\n"),
        "otpauth",
        &["A|ann|KEY1", "B|bob|KEY2 8", "C|eve|KEY3"],
        0,
    );
}

#[test]
fn documents_of_other_password_managers_are_not_bitwardens() {
    // Enpass before it wrote templates.
    let enpass = r#"{"folders": [{"uuid": "f", "title": "Work"}], "items": [
        {"uuid": "1", "title": "Shop", "category": "login", "folders": ["f"], "fields": [{"label": "Username", "type": "username", "value": "ann"}, {"label": "TOTP", "type": "totp", "value": "krug s4za nfzs ayja"}]},
        {"uuid": "2", "title": "Note", "category": "note", "fields": [{"label": "Text", "type": "text", "value": "x"}]}]}"#;
    check(enpass, "enpass", &["Shop|ann|KEY1"], 0);
    let password_boss = r#"{"folders": [], "items": [{"type": "Website", "name": "Shop", "identifiers": {"username": "ann", "password": "x", "totp": "KEY1"}}]}"#;
    check(password_boss, "table", &["Shop|ann|KEY1"], 0);
    // A vault of Bitwarden without a login is still its own.
    let notes = r#"{"folders": [], "items": [{"id": "1", "organizationId": null, "folderId": null, "type": 2, "name": "Note", "secureNote": {"type": 0}}]}"#;
    assert_eq!(exchange::sniff(notes.as_bytes()).unwrap().id(), "bitwarden");
}

#[test]
fn otpclients_time_based_accounts_of_steam_are_steam_as_in_its_window() {
    let file = r#"[{"type": "TOTP", "label": "gabe", "issuer": "steam", "secret": "KEY1", "digits": 5, "algo": "SHA1", "period": 30},
        {"type": "TOTP", "label": "ann", "issuer": "Shop", "secret": "KEY2", "digits": 8, "algo": "SHA256", "period": 60},
        {"type": "HOTP", "label": "bob", "issuer": "Bank", "secret": "KEY3", "digits": 6, "algo": "SHA1", "counter": 42}]"#;
    check(file, "otpclient", &["steam|gabe|KEY1 steam", "Shop|ann|KEY2 60s 8 SHA256", "Bank|bob|KEY3 #42"], 0);
}

#[test]
fn words_in_a_column_of_keys_are_not_keys() {
    let authy = "STATUS   | ACCOUNT      | TOTP SECRET\n---------------------------------------\n\
        [ OK ]   | Shop:ann     | KEY1\n[ FAIL ] | Old:x        | DECRYPTION FAILED\n[ OK ]   | Bank         | KEY2\n";
    check(authy, "table", &["Shop|ann|KEY1", "|Bank|KEY2"], 2);
    for word in ["NONE", "none", "FAILED", "not available", "UNKNOWN"] {
        check(&format!("service,account,secret\nShop,ann,KEY1\nOld,bob,{word}\n"), "table", &["Shop|ann|KEY1"], 1);
    }
    // Keys with letters only are still keys.
    check(
        "service,account,secret\nA,ann,ABCDEFGHIJKLMNOP\nB,bob,abcd efgh ijkl mnop\n",
        "table",
        &["A|ann|ABCDEFGHIJKLMNOP", "B|bob|ABCDEFGHIJKLMNOP"],
        0,
    );
}

#[test]
fn hexadecimal_seeds_of_hardware_tokens_are_read() {
    let file = "serial number,secret key,time interval,manufacturer,model\n\
        1001,3132333435363738393031323334353637383930,60,Deepnet,SafeID\n1002,KEY1,30,Deepnet,SafeID\n";
    check(file, "hardware-tokens", &["Deepnet|SafeID|GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ 60s", "Deepnet|SafeID|KEY1"], 0);
}

#[test]
fn lines_of_names_and_values_are_a_row() {
    check("hunter2\n---\nuser: ann\ntotp: KEY1\nurl: https://shop.example\n", "table", &["|ann|KEY1"], 0);
    check(
        "Issuer: Shop\nAccount: ann\nSecret: KEY1\nDigits: 8\n\nIssuer: Bank\nAccount: bob\nSecret: KEY2\n",
        "table",
        &["Shop|ann|KEY1 8", "Bank|bob|KEY2"],
        0,
    );
}

#[test]
fn an_item_of_a_list_of_lines_does_not_get_the_settings_of_another() {
    for text in [
        "- name: Shop\n  user: ann\n  secret: KEY1\n  digits: 8\n- name: Bank\n  user: bob\n  secret: KEY2\n",
        "name: Shop\nuser: ann\nsecret: KEY1\ndigits: 8\nname: Bank\nuser: bob\nsecret: KEY2\n",
        "accounts:\n- secret: KEY1\n  digits: 8\n  name: Shop\n  user: ann\n- secret: KEY2\n  name: Bank\n  user: bob\n",
    ] {
        check(text, "table", &["Shop|ann|KEY1 8", "Bank|bob|KEY2"], 0);
    }
}

#[test]
fn items_in_bitwardens_trash_are_reported() {
    let file = r#"{"encrypted": false, "folders": [], "items": [
        {"id": "1", "folderId": null, "type": 1, "name": "Shop", "deletedDate": null, "login": {"username": "ann", "totp": "KEY1"}},
        {"id": "2", "folderId": null, "type": 1, "name": "Old", "deletedDate": "2024-01-01T00:00:00.000Z", "login": {"username": "bob", "totp": "KEY2"}}]}"#;
    check(file, "bitwarden", &["Shop|ann|KEY1"], 1);
}

#[test]
fn the_outputs_of_ykman_are_rejected_by_name() {
    for text in [
        "Shop:ann    123456\nBank:bob    [Requires Touch]\nDoor:eve    [HOTP Account]\n",
        "Shop:ann, TOTP, 30\nBank:bob, HOTP, 0\n",
    ] {
        assert_eq!(exchange::sniff(text.as_bytes()).unwrap().id(), "yubikey", "{text}");
        assert_eq!(exchange::read(text.as_bytes(), None, None).unwrap_err().message().key, "exchange_yubikey");
    }
}

#[test]
fn the_old_backup_of_gnome_authenticator_has_the_issuer_in_its_tags() {
    let file = r#"[{"label": "ann", "secret": "KEY1", "period": 60, "digits": 8, "type": "OTP", "algorithm": "SHA256", "thumbnail": "Default", "last_used": 0, "tags": ["Shop"]},
        {"label": "bob", "secret": "KEY2", "period": 30, "digits": 6, "type": "TOTP", "algorithm": "SHA1", "thumbnail": "Default", "last_used": 0, "tags": ["Bank"]}]"#;
    check(file, "andotp", &["Shop|ann|KEY1 60s 8 SHA256", "Bank|bob|KEY2"], 0);
}

#[test]
fn a_label_that_repeats_the_issuer_gives_way_to_the_name_of_the_row() {
    let dashlane = "username,username2,username3,title,password,note,url,category,otpUrl\n\
        ann,,,Shop,pw,,,,otpauth://totp/Shop?secret=KEY1&issuer=Shop&digits=8\n";
    check(dashlane, "dashlane", &["Shop|ann|KEY1 8"], 0);
    let zoho =
        r#"[{"appName": "Shop", "label": "ann", "secret": "KEY1", "digits": 7, "period": 45, "algorithm": "SHA256"}]"#;
    check(zoho, "table", &["Shop|ann|KEY1 45s 7 SHA256"], 0);
}

#[test]
fn tables_of_more_programs_are_read() {
    let keeper = "\"Work\",\"Shop\",\"ann\",\"pw\",\"https://shop.example\",\"note, with comma\",\"\",\"TFC:Keeper\",\"otpauth://totp/Shop:ann?secret=KEY1&issuer=Shop&period=60\"\n\
        \"\",\"Bank\",\"bob\",\"pw\",\"\",\"\",\"\",\"PIN\",\"1234\",\"TFC:Keeper\",\"otpauth://totp/Bank:bob?secret=KEY2&issuer=Bank&digits=8\"\n";
    check(keeper, "table", &["Shop|ann|KEY1 60s", "Bank|bob|KEY2 8"], 0);
    let passbolt = "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\",\"Icon\",\"Last Modified\",\"Created\"\n\
        \"Root/Work\",\"Shop\",\"ann\",\"pw\",\"\",\"\",\"otpauth://totp/Shop:ann?secret=KEY1&issuer=Shop&digits=8\",\"0\",\"\",\"\"\n";
    check(passbolt, "keepassxc-csv", &["Shop|ann|KEY1 8"], 0);
    let netwrix = "\u{feff}Name;Benutzername;Passwort;URL;Informationen;One-Time Passwort\nBänk;ann;pw;;;KEY1\n";
    check(netwrix, "table", &["Bänk|ann|KEY1"], 0);
    let myki = "nickname,url,username,password,additionalInfo,twofaSecret,status,tags\nShop,,ann,pw,,KEY1,active,x\n";
    check(myki, "table", &["Shop|ann|KEY1"], 0);
    let codebook = "Category,Entry,Favorite,Username,Password,Website,TOTP,Note\nWeb,Shop,True,ann,pw,,KEY1,\n";
    check(codebook, "table", &["Shop|ann|KEY1"], 0);
}
