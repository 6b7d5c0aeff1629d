//! Several accounts of one site, with the built extension: the account of the user that the page shows comes first.

use super::*;

const CODE_FIELD: &str = "<form><label>One-time code <input data-code name=otp></label></form>";

/// The ways in which a page can show that bob is signing in.
const SHOWING_BOB: [&str; 6] = [
    "<p>Signed in as <b>bob@example.com</b>. <a href=#>Not you?</a></p>",
    "<p>Enter the code for b**@e*****e.com</p>",
    "<form><input name=j_7 value=bob@example.com disabled></form>",
    "<form><input type=email value=bob@example.com></form>",
    "<form><input type=hidden autocomplete=username value=bob@example.com></form>",
    "<form><input autocomplete=username value=bob style='display:none'></form><p>Questions? alice@example.com</p>",
];

/// Pages that show none of the site's users, and one that shows the user of another site.
const SHOWING_NEITHER: [&str; 4] = [
    "<p>Welcome</p>",
    "<p hidden>bob@example.com</p>",
    "<form><input type=password value=bob@example.com></form>",
    "<p>carol@example.com</p>",
];

fn names(popup: &Page) -> Vec<String> {
    popup.wait_for("document.querySelectorAll('[data-row] [data-action=fill]').length === 2").unwrap();
    // The rows are positioned by their distance from the top, so their order in the document does not matter.
    let rows = "[...document.querySelectorAll('[data-row]')].sort((one, other) => one.getBoundingClientRect().top
        - other.getBoundingClientRect().top).map(row => row.textContent.match(/(alice|bob|carol)@example.com/)?.[0])";
    serde_json::from_value(popup.evaluate(rows).unwrap()).unwrap()
}

#[test]
fn the_account_of_the_user_that_the_page_shows_comes_first_and_nothing_is_typed_for_it() {
    let pages: Vec<Value> = SHOWING_BOB
        .iter()
        .chain(&SHOWING_NEITHER)
        .map(|shown| json!({ "html": format!("{shown}{CODE_FIELD}") }))
        .collect();
    let site = Site::open(BTreeMap::new(), &pages);
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open(&site.url("/plain/0")).unwrap();
    let tab = installed.open("manifest.json").unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": "correct horse battery" })).unwrap();
    for (name, secret) in [("alice", "JBSWY3DPEHPK3PXP"), ("bob", "GEZDGNBVGY3TQOJQ"), ("carol", "MFRGGZDFMZTWQ2LK")] {
        let name = format!("{name}@example.com");
        let form = json!({ "issuer": "Example", "name": name, "secret": secret, "period": 3600 });
        let added = ask(&tab, &json!({ "do": "AddAccount", "form": form })).unwrap();
        let rows = added["Ok"]["account_list"]["rows"].as_array().unwrap().clone();
        let id = rows.iter().find(|row| row["name"] == name).unwrap()["id"].clone();
        if !name.starts_with("carol") {
            ask(&tab, &json!({ "do": "AllowSite", "id": id, "origin": site.url(""), "allowed": true })).unwrap();
        }
    }
    tab.close().unwrap();

    for (number, case) in pages.iter().enumerate() {
        page.navigate(&site.url(&format!("/plain/{number}"))).unwrap();
        let popup = installed.popup(&page).unwrap();
        let expected = if number < SHOWING_BOB.len() { ["bob", "alice", "carol"] } else { ["alice", "bob", "carol"] };
        assert_eq!(names(&popup), expected.map(|name| format!("{name}@example.com")), "{}", case["html"]);
        assert_eq!(page.evaluate("document.querySelector('[data-code]').value").unwrap(), "");
        popup.close().unwrap();
    }

    // The shortcut opens the popup, where Enter fills the first account. Nothing is typed before that.
    page.navigate(&site.url("/plain/0")).unwrap();
    page.activate().unwrap();
    let worker = installed.extension.worker("typeof chrome.contextMenus === 'object'").unwrap();
    worker.evaluate("chrome.commands.onCommand.dispatch('fill')").unwrap();
    let popup = installed.browser.wait_for_page(&installed.extension.url(e2e::package::POPUP)).unwrap();
    assert_eq!(names(&popup)[0], "bob@example.com");
    assert_eq!(page.evaluate("document.querySelector('[data-code]').value").unwrap(), "");
    let bobs = popup.evaluate(
        "[...document.querySelectorAll('[data-row]')].find(row => row.textContent.includes('bob@')).textContent.match(/\\d{3}\\s?\\d{3}/)[0].replace(/\\s/, '')",
    );
    popup.click("[data-field=search]").unwrap();
    popup.press("Enter").unwrap();
    page.wait_for("document.querySelector('[data-code]').value.length === 6").unwrap();
    assert_eq!(page.evaluate("document.querySelector('[data-code]').value").unwrap(), bobs.unwrap());
}
