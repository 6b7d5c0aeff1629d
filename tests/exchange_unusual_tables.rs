//! Reads tables and lists whose settings are easy to miss: titles above the column names, counters and lengths in
//! columns with unusual names, types in other words, lines with the number of digits.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

#[path = "support/exchange_files.rs"]
mod exchange_files;

use casdoor_authenticator::exchange;
use casdoor_authenticator::otp::OtpError;
use exchange_files::{ONE, TWO, check, read};

#[test]
fn column_names_are_found_below_a_title() {
    let rows = "Shop,ann,KEY1,8,60\nBank,bob,KEY2,,\n";
    for title in ["Backup of my keys\n", "\n\nBackup, May 2024\n\nmade by hand\n", "Backup;all of them\n"] {
        let table = format!("{title}Service,User,Secret key,Code length,Step\n{rows}");
        check(&table, "table", &["Shop|ann|KEY1 60s 8", "Bank|bob|KEY2"], 0);
    }
    let german = "Meine Konten;Stand 3.5.\nDienst;Benutzer;Geheimnis;Ziffern\nLaden;ann;KEY1;7\nBank;bob;;6\n";
    check(german, "table", &["Laden|ann|KEY1 7"], 1);
    // A row with a secret above the names is a row, so the names below it are not used.
    let (_, accounts, report) = read("Shop,KEY1\nname,secret\nBank,KEY2\n");
    assert_eq!(accounts.len() + report.skipped.len(), 3, "{accounts:?}");
}

#[test]
fn the_names_of_counters_lengths_and_types_are_known_in_other_languages() {
    let spanish = "Servicio;Usuario;Secreto;Tipo;Contador\nTienda;ana;KEY1;HOTP;58\nBanco;bea;KEY2;TOTP;\n";
    check(spanish, "table", &["Tienda|ana|KEY1 #58", "Banco|bea|KEY2"], 0);
    let german = "Dienst\tKonto\tGeheimnis\tTyp\tZ\u{e4}hlerstand\tL\u{e4}nge\nLaden\tann\tKEY1\thotp\t3\t8\n";
    check(german, "table", &["Laden|ann|KEY1 #3 8"], 0);
    let italian = "Servizio,Utente,Segreto,Lunghezza,Intervallo\nNegozio,ada,KEY1,7,45\n";
    check(italian, "table", &["Negozio|ada|KEY1 45s 7"], 0);
}

#[test]
fn counters_and_lengths_are_found_by_their_values_if_their_names_are_unknown() {
    let table = "service,user,secret,type,nth\nShop,ann,KEY1,HOTP,7\nBank,bob,KEY2,TOTP,\nDoor,cat,KEY3,hotp,120\n";
    check(table, "table", &["Shop|ann|KEY1 #7", "Bank|bob|KEY2", "Door|cat|KEY3 #120"], 0);
    let table = "service,user,secret,signs\nShop,ann,KEY1,8\nDoor,bob,KEY2,4\n";
    check(table, "table", &["Shop|ann|KEY1 8", "Door|bob|KEY2 4"], 0);
    // Positions are not numbers of digits.
    let table = "service,user,secret,place\nShop,ann,KEY1,4\nDoor,bob,KEY2,5\n";
    check(table, "table", &["Shop|ann|KEY1", "Door|bob|KEY2"], 0);
}

#[test]
fn types_in_other_words_are_understood() {
    for (kind, expected) in [
        ("STEAM_GUARD", "Shop|ann|KEY1 steam"),
        ("Event-based", "Shop|ann|KEY1 #9"),
        ("OATH HOTP", "Shop|ann|KEY1 #9"),
        ("time-based", "Shop|ann|KEY1"),
        ("Counter based", "Shop|ann|KEY1 #9"),
        ("Zählerbasiert", "Shop|ann|KEY1 #9"),
        ("基于计数器", "Shop|ann|KEY1 #9"),
        ("", "Shop|ann|KEY1 #9"),
    ] {
        let row =
            format!(r#"[{{"issuer": "Shop", "account": "ann", "secret": "KEY1", "type": "{kind}", "counter": 9}}]"#);
        check(&row, "table", &[expected], 0);
    }
    check("service,secret,type\nShop,KEY1,login\n", "table", &["Shop||KEY1"], 0);
    // Whether a counter is that of HOTP is unclear next to another type or a period.
    check("service,secret,type,counter\nShop,KEY1,login,9\nBank,KEY2,login,0\n", "table", &["Bank||KEY2"], 1);
    check("service,secret,period,counter\nShop,KEY1,30,9\nBank,KEY2,30,\n", "table", &["Bank||KEY2"], 1);
    for kind in ["OTP_YANDEX", "mobile-otp", "ocra"] {
        check(&format!("service,secret,type\nShop,KEY1,{kind}\n"), "table", &[], 1);
    }
}

#[test]
fn codes_from_a_shifted_time_are_reported() {
    let list = r#"{"list": [{"title": "Shop", "secret": "KEY1", "diff": 0}, {"title": "Bank", "secret": "KEY2", "diff": -25}]}"#;
    check(list, "table", &["Shop||KEY1"], 1);
    assert_eq!(read(list).2.skipped[0].reason, exchange::Reason::Otp(OtpError::Epoch));
    check("service,secret,time offset\nShop,KEY1,60\nBank,KEY2,\n", "table", &["Bank||KEY2"], 1);
}

#[test]
fn a_keychain_with_the_number_of_digits_in_each_line_is_read() {
    check("shop 7 KEY1\nbank 8 KEY2 00000000000000000230\n", "table", &["|shop|KEY1 7", "|bank|KEY2 #230 8"], 0);
}

#[test]
fn a_service_of_2fas_gets_the_settings_that_only_its_link_has() {
    let file = |otp: &str| {
        format!(
            r#"{{"schemaVersion": 4, "appOrigin": "ios", "services": [{{"name": "Shop", "secret": "KEY1", "otp": {{"account": "ann", {otp}}}}}]}}"#
        )
    };
    let link = r#""link": "otpauth://totp/Shop:ann?secret=KEY1&digits=7&period=45&algorithm=SHA512""#;
    check(&file(link), "2fas", &["Shop|ann|KEY1 45s 7 SHA512"], 0);
    check(&file(&format!(r#"{link}, "digits": 7, "period": null"#)), "2fas", &["Shop|ann|KEY1 45s 7 SHA512"], 0);
    check(&file(&format!(r#"{link}, "digits": 6"#)), "2fas", &[], 1);
    check(&file(&link.replace("KEY1", "KEY2")), "2fas", &["Shop|ann|KEY1"], 0);
    let hotp = r#""link": "otpauth://hotp/Shop:ann?secret=KEY1&counter=1", "tokenType": "HOTP", "counter": 6"#;
    check(&file(hotp), "2fas", &["Shop|ann|KEY1 #6"], 0);
}

#[test]
fn names_that_lastpass_escapes_and_the_user_names_of_zoho_vault_are_read() {
    let lastpass = "url,username,password,totp,extra,name,grouping,fav\n\
        https://s,o&#39;neil,p,KEY1,a &lt; b,Marks &amp; Co,R&amp;D,0\n";
    check(lastpass, "lastpass-vault", &["Marks & Co|o'neil|KEY1"], 0);
    let report = read(lastpass).2;
    assert_eq!((report.accounts[0].group(), report.accounts[0].note.as_str()), (Some("R&D"), "a < b"));
    let zoho = "\"Password Name\",\"Password URL\",\"SecretData\",\"login_totp\"\n\
        \"Shop\",\"https://s\",\"SecretType:Web Account\nUser Name:ann@s.example\nPassword:p\n\",\"otpauth://totp?secret=KEY1&digits=8\"\n\
        \"Bank\",,\"SecretType:Web Account\nPassword:q\n\",KEY2\n";
    check(zoho, "zoho-vault", &["Shop|ann@s.example|KEY1 8", "Bank||KEY2"], 0);
}

#[test]
fn a_key_of_steam_may_be_in_base64() {
    use casdoor_authenticator::otp::KeyUri;
    let read = KeyUri::read("steam://Y29va2llc2FuZG1pbGtmb3JhbGw=").unwrap();
    assert_eq!((read.uri.otp.key.expose(), read.is_guess), (b"cookiesandmilkforall".as_slice(), false));
    let own = "otpauth://totp/Steam:gus?issuer=Steam&encoder=steam&secret=Y29va2llc2FuZG1pbGtmb3JhbGw%3D";
    assert_eq!(KeyUri::read(own).unwrap().uri.otp.key.expose(), b"cookiesandmilkforall");
    let other = "otpauth://totp/Shop:ann?secret=cnllcnlldGVhamFtcGllYnVuZWc%3D";
    assert_eq!(KeyUri::read(other).err(), Some(OtpError::SecretCharacter { position: 28 }));
    for base32 in [ONE, TWO, &TWO.to_lowercase()] {
        assert_eq!(KeyUri::read(&format!("steam://{base32}")).unwrap().uri.otp.key.expose().len(), 10);
    }
}

#[test]
fn lines_that_end_with_a_carriage_return_alone_are_lines() {
    let list = "otpauth://totp/Shop:ann?secret=KEY1&digits=8\rotpauth://totp/Bank:bob?secret=KEY2\rno code\r";
    check(list, "otpauth", &["Shop|ann|KEY1 8", "Bank|bob|KEY2"], 1);
    check("service,user,secret,digits\rShop,ann,KEY1,8\r", "table", &["Shop|ann|KEY1 8"], 0);
}

#[test]
fn lists_in_rich_text_are_read() {
    let document =
        |rows: &str| format!("{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0\\fswiss Arial;}}}}\\f0\\fs22 {rows}}}");
    let uris = document(
        "otpauth://totp/Caf\\'e9:ann?secret=KEY1&digits=8\\par\notpauth://totp/Bank:bob?secret=KEY2\\par\nto do\\par\n",
    );
    check(&uris, "otpauth", &["Caf\u{e9}|ann|KEY1 8", "Bank|bob|KEY2"], 1);
    let table = document("service\\tab user\\tab secret\\tab digits\\line Shop\\tab ann\\tab KEY1\\tab 7\\line ");
    check(&table, "table", &["Shop|ann|KEY1 7"], 0);
    check(&document("Shop: {\\b KEY1}\\par Bank: KEY2\\par"), "table", &["|Shop|KEY1", "|Bank|KEY2"], 0);
}

#[test]
fn an_account_of_steam_with_another_period_is_reported() {
    let andotp = |period: u32| {
        format!(
            r#"[{{"secret": "KEY1", "issuer": "Steam", "label": "gus", "digits": 5, "type": "STEAM", "algorithm": "SHA1", "thumbnail": "Default", "period": {period}, "tags": []}}]"#
        )
    };
    check(&andotp(30), "andotp", &["Steam|gus|KEY1 steam"], 0);
    check(&andotp(60), "andotp", &[], 1);
}

#[test]
fn a_uri_that_a_name_with_the_delimiter_divides_is_one() {
    let uri = |issuer: &str| format!("otpauth://totp/ann?secret=KEY1&issuer={issuer}&digits=8&period=60");
    let table = format!("name,address,note\nA,{},mine\nB,otpauth://totp/bob?secret=KEY2,x\n", uri("Shop,Inc"));
    check(&table, "table", &["Shop,Inc|ann|KEY1 60s 8", "|bob|KEY2"], 0);
    let table = format!("name;address;note\nA;{};mine\n", uri("Shop;Co;KG"));
    check(&table, "table", &["Shop;Co;KG|ann|KEY1 60s 8"], 0);
    // Each of two addresses has its own settings.
    let table = format!("first,second\notpauth://totp/bob?secret=KEY2,{}\n", uri("Shop"));
    let (_, accounts, report) = read(&table);
    assert!(accounts.iter().all(|account| !account.contains("KEY2 ")), "{accounts:?} {:?}", report.skipped);
}
