//! Screenshots of the list in `dist/states/`, for visual review.

use super::*;
use e2e::drawn_state;
use e2e::user;

#[test]
fn the_list_is_drawn_in_light_dark_and_other_languages() {
    let issuers =
        ["GitHub", "Amazon Web Services", "Google", "Acme Works", "Discord", "Stadtwerke München", "日本銀行"];
    let mut uris: Vec<String> = issuers.iter().map(|issuer| uri(issuer, "alexandra.meier@acme.test", "")).collect();
    uris.push(uri("Battle.net", "eve", "&digits=8"));
    uris.push(format!("otpauth://hotp/Counter:alice?secret={SECRET}&issuer=Counter&counter=1"));
    let (installed, tab) = with_uris(&uris);
    let account_list = ask(&tab, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["rows"].clone();
    let ids: Vec<String> =
        account_list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    for (accounts, group) in [(&ids[..2], "Private"), (&ids[3..], "Work")] {
        let change = json!({ "what": "group", "group": group });
        ask(&tab, &json!({ "do": "ChangeAccounts", "accounts": accounts, "change": change })).unwrap();
    }
    let picture = |popup: &Page, name: &str| drawn_state::check(popup, &format!("list-{name}")).unwrap();
    for language in ["en", "de", "ar"] {
        ask(&tab, &json!({ "do": "SetLanguage", "language": language })).unwrap();
        set(&tab, "shows_seconds", language == "de");
        set(&tab, "hides_codes", language == "ar");
        let popup = popup_tab(&installed, (400, 560));
        popup.evaluate("void (document.body.style.fontFamily = 'Arial, Liberation Sans, sans-serif')").unwrap();
        popup.wait_for("document.querySelectorAll('[data-row]').length > 6").unwrap();
        popup.wait_for("document.querySelector('[data-icon=discord]')").unwrap();
        picture(&popup, language);
        popup.press("ArrowDown").unwrap();
        popup.press("Enter").unwrap();
        popup.wait_for("document.querySelector('[data-copied]')").unwrap();
        picture(&popup, &format!("{language}-copied"));
        popup.type_text("me").unwrap();
        popup.wait_for("document.querySelector('mark')").unwrap();
        picture(&popup, &format!("{language}-search"));
        popup.press("Escape").unwrap();
        popup.click("[data-row] [data-action=row-menu]").unwrap();
        popup.wait_for("document.querySelector('[data-menu]')").unwrap();
        picture(&popup, &format!("{language}-menu"));
        popup.close().unwrap();
    }
    user::wait_for_screen(&popup_tab(&installed, (400, 400)), &["list"]).unwrap();
}
