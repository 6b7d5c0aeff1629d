//! With the built extension: a site that is added to an account by hand in the popup is filled as its rule says.

use super::*;

const HTML: &str = "<!doctype html><form><label>One-time code <input data-code name=otp></label></form>";
const SAVED: &str = "document.querySelector('[data-sites-of]') && !document.querySelector('[data-site-editor]')";

/// Shows the form at an https address, of which the browser receives no more than this page.
fn show(page: &Page, address: &str) {
    page.navigate_to_answer(address, HTML).unwrap();
    page.wait_for(&format!("location.href === {address:?} && document.querySelector('[data-code]')")).unwrap();
}

/// Opens the account's form in the popup.
fn edit(installed: &Installed, page: &Page, id: &str) -> Page {
    let popup = installed.popup(page).unwrap();
    user::choose_for(&popup, id, "edit").unwrap();
    user::wait_for_screen(&popup, &["edit"]).unwrap();
    popup
}

/// Types an address into the fields for a site and saves it with Enter.
fn save(popup: &Page, address: &str, rule: &str) {
    popup.fill("[data-field=site-address]", address).unwrap();
    user::select(popup, "[data-field=site-rule]", rule).unwrap();
    popup.click("[data-field=site-address]").unwrap();
    popup.press("Enter").unwrap();
}

fn listed(popup: &Page) -> Value {
    let lines = "[...document.querySelectorAll('[data-sites-of] [data-site]')]
        .map(line => [line.dataset.site, line.dataset.rule])";
    popup.evaluate(lines).unwrap()
}

/// Fills the page if the popup offers it, and returns what it shows afterward.
fn filled(installed: &Installed, page: &Page, id: &str, address: &str) -> bool {
    show(page, address);
    let popup = installed.popup(page).unwrap();
    popup.wait_for("document.querySelector('[data-row]')").unwrap();
    let reply = ask(&popup, &json!({ "do": "FillCode", "id": id })).unwrap()["Ok"].clone();
    let offered = popup.evaluate("document.querySelector('[data-row] [data-action=fill]') !== null").unwrap();
    popup.close().unwrap();
    let typed = page.evaluate("document.querySelector('[data-code]').value.length").unwrap() == json!(6);
    assert_eq!(
        (reply["filled"]["filled"] == json!(true), offered == json!(true)),
        (typed, typed),
        "{address}: {reply}"
    );
    typed
}

#[test]
fn a_site_is_added_by_hand_and_filled_as_its_rule_says() {
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open("data:text/html,start").unwrap();
    let tab = installed.open("manifest.json").unwrap();
    let id = vault_with_account(&tab);
    tab.close().unwrap();

    // The field starts with the current host, and Escape cancels only the fields.
    show(&page, "https://login.example.com/team/start");
    let popup = edit(&installed, &page, &id);
    popup.click("[data-action=add-site]").unwrap();
    popup.wait_for("document.activeElement?.dataset.field === 'site-address'").unwrap();
    assert_eq!(popup.evaluate("document.activeElement.value").unwrap(), "login.example.com");
    popup.press("Escape").unwrap();
    popup.wait_for(SAVED).unwrap();
    popup.click("[data-action=add-site]").unwrap();
    save(&popup, "github.io", "domain");
    popup.wait_for("document.querySelector('[data-status=failed]')?.textContent.includes('github.io')").unwrap();
    save(&popup, "login.example.com", "host");
    popup.wait_for(SAVED).unwrap();
    assert_eq!(listed(&popup), json!([["https://login.example.com", "host"]]));
    popup.close().unwrap();
    assert!(filled(&installed, &page, &id, "https://login.example.com/any/path"));
    assert!(!filled(&installed, &page, &id, "https://www.example.com/"));

    // The domain includes subdomains.
    let popup = edit(&installed, &page, &id);
    popup.click("[data-action=edit-site]").unwrap();
    popup
        .wait_for("document.querySelector('[data-field=site-address]')?.value === 'https://login.example.com'")
        .unwrap();
    save(&popup, "login.example.com", "domain");
    popup.wait_for(SAVED).unwrap();
    assert_eq!(listed(&popup), json!([["example.com", "domain"]]));
    popup.close().unwrap();
    assert!(filled(&installed, &page, &id, "https://www.example.com/"));
    assert!(!filled(&installed, &page, &id, "https://example.com.evil.example/"));

    // A path covers neither another path nor another host.
    let popup = edit(&installed, &page, &id);
    popup.click("[data-action=edit-site]").unwrap();
    save(&popup, "https://www.example.com/team", "starts_with");
    popup.wait_for(SAVED).unwrap();
    popup.close().unwrap();
    assert!(filled(&installed, &page, &id, "https://www.example.com/team/login?next=1"));
    for other in ["https://www.example.com/teammates", "https://www.example.com/", "https://login.example.com/team/"] {
        assert!(!filled(&installed, &page, &id, other), "{other}");
    }
    check_look_alike_and_removal(&installed, &page, &id);
}

/// Adds a look-alike in a second step, removes it, undoes the removal, and removes it again.
fn check_look_alike_and_removal(installed: &Installed, page: &Page, id: &str) {
    let popup = edit(installed, page, id);
    popup.click("[data-action=add-site]").unwrap();
    save(&popup, "example-login.com", "host");
    popup.wait_for("document.querySelector('[data-site-editor] [data-warning]')").unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-action=save-site]').disabled").unwrap(), true);
    popup.click("[data-field=insists]").unwrap();
    popup.click("[data-action=save-site]").unwrap();
    popup.wait_for(SAVED).unwrap();
    assert_eq!(listed(&popup).as_array().unwrap().len(), 2);
    popup.click("[data-site='https://example-login.com'] [data-action=remove-site]").unwrap();
    popup.wait_for("document.querySelectorAll('[data-sites-of] [data-site]').length === 1").unwrap();
    popup.click("[data-action=undo]").unwrap();
    popup.wait_for("document.querySelectorAll('[data-sites-of] [data-site]').length === 2").unwrap();

    // A permission that the site needed is given up with it, and no other one.
    let worker = installed.extension.worker("typeof chrome.contextMenus === 'object'").unwrap();
    worker
        .evaluate(
            "chrome.permissions.getAll = async () =>
                ({ origins: ['https://example-login.com/*', 'https://www.example.com/*', 'https://chosen.example/*'] });
            chrome.permissions.remove = async ({ origins }) => Boolean(self.removed = origins);",
        )
        .unwrap();
    popup.click("[data-site='https://example-login.com'] [data-action=remove-site]").unwrap();
    worker.wait_for("String(self.removed) === 'https://example-login.com/*'").unwrap();
    let nameless = "[...document.querySelectorAll('[data-sites-of] :is(button, input, select)')]
        .filter(part => !(part.ariaLabel || part.textContent.trim() || part.labels?.length)).length";
    assert_eq!(popup.evaluate(nameless).unwrap(), 0, "every control has a name for screen readers");
}
