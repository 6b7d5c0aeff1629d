//! With the built extension: the popup, the shortcut and the context menu fill the current tab on approved sites.

use super::*;

#[test]
fn the_popup_fills_the_current_tab_only_on_approved_sites() {
    let html = "<form><label>One-time code <input data-code name=otp></label></form>";
    let site = Site::open(BTreeMap::new(), &[json!({ "html": html }), json!({ "html": "<p>Nothing to fill.</p>" })]);
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open(&site.url("/plain/0")).unwrap();
    let popup = installed.popup(&page).unwrap();
    let id = vault_with_account(&popup);
    let fill = json!({ "do": "FillCode", "id": id });

    let rejected = ask(&popup, &fill).unwrap()["Ok"]["filled"].clone();
    assert_eq!(rejected["message"]["key"], "fill_not_secure_copied", "{rejected}");
    assert_eq!((&rejected["filled"], rejected["code"].as_str().map(str::len)), (&json!(false), Some(6)), "{rejected}");
    assert_eq!(page.evaluate(STATE).unwrap()["code"], "");

    let origin = site.url("");
    ask(&popup, &json!({ "do": "AllowSite", "id": id, "origin": origin, "allowed": true })).unwrap();
    let filled = ask(&popup, &fill).unwrap()["Ok"]["filled"].clone();
    assert_eq!(filled["filled"], true, "{filled}");
    let typed = page.evaluate(STATE).unwrap()["code"].clone();
    assert_eq!(typed.as_str().unwrap().len(), 6);

    page.navigate(&site.url("/plain/1")).unwrap();
    let missing = ask(&popup, &fill).unwrap()["Ok"]["filled"].clone();
    assert_eq!(
        (&missing["filled"], &missing["code"]),
        (&json!(false), &typed),
        "the code goes to the clipboard: {missing}"
    );
}

#[test]
fn a_new_site_asks_for_approval_once() {
    let html = "<form><label>One-time code <input data-code name=otp></label></form>";
    let site = Site::open(BTreeMap::new(), &[json!({ "html": html })]);
    let installed = Installed::headless().unwrap();
    // Only https and localhost are offered; other addresses would send the code unencrypted.
    let page = installed.browser.open(&site.url("/plain/0").replace("www.acme.test", "localhost")).unwrap();
    let popup = installed.popup(&page).unwrap();
    let id = vault_with_account(&popup);
    popup.close().unwrap();

    let popup = installed.popup(&page).unwrap();
    user::choose_for(&popup, &id, "fill-here").unwrap();
    user::wait_for_screen(&popup, &["confirm-site"]).unwrap();
    assert!(popup.text("[data-asked-site]").unwrap().contains("localhost"));
    popup.click("[data-action=cancel-fill]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(page.evaluate(STATE).unwrap()["code"], "", "filled although the user declined");
    user::choose_for(&popup, &id, "fill-here").unwrap();
    popup.click("[data-action=confirm-fill]").unwrap();
    page.wait_for("document.querySelector('[data-code]').value.length === 6").unwrap();

    page.navigate(page.evaluate("location.href + '?again'").unwrap().as_str().unwrap()).unwrap();
    let popup = installed.popup(&page).unwrap();
    popup.click(&format!("[data-row='{id}'] [data-action=fill]")).unwrap();
    page.wait_for("document.querySelector('[data-code]').value.length === 6").unwrap();
}

#[test]
fn shortcut_and_menu_fill_one_account_or_open_the_popup() {
    let html = "<form><label>One-time code <input data-code name=otp></label></form>";
    let site = Site::open(BTreeMap::new(), &[json!({ "html": html })]);
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open(&site.url("/plain/0")).unwrap();
    let popup = installed.popup(&page).unwrap();
    ask(&popup, &json!({ "do": "CreateVault", "password": "correct horse battery" })).unwrap();
    popup.close().unwrap();
    let tab = installed.open("manifest.json").unwrap();
    let add = |name: &str| {
        let form = json!({ "issuer": "Example", "name": name, "secret": "JBSWY3DPEHPK3PXP", "period": 3600 });
        let added = ask(&tab, &json!({ "do": "AddAccount", "form": form })).unwrap();
        let rows = added["Ok"]["account_list"]["rows"].as_array().unwrap().clone();
        let id = rows.iter().find(|row| row["name"] == name).unwrap()["id"].clone();
        ask(&tab, &json!({ "do": "AllowSite", "id": id, "origin": site.url(""), "allowed": true })).unwrap();
    };
    add("alice");
    // Opening the popup grants access to the tab, as the shortcut and the context menu would.
    let worker = installed.extension.worker("typeof chrome.contextMenus === 'object'").unwrap();
    for event in [
        "chrome.commands.onCommand.dispatch('fill')",
        "chrome.contextMenus.onClicked.dispatch({ menuItemId: 'menu_fill' })",
    ] {
        page.activate().unwrap();
        page.evaluate("document.querySelector('[data-code]').value = ''").unwrap();
        worker.evaluate(event).unwrap();
        page.wait_for("document.querySelector('[data-code]').value.length === 6").unwrap();
    }

    add("bob");
    page.activate().unwrap();
    page.evaluate("document.querySelector('[data-code]').value = ''").unwrap();
    worker.evaluate("chrome.commands.onCommand.dispatch('fill')").unwrap();
    let popup = installed.browser.wait_for_page(&installed.extension.url(e2e::package::POPUP)).unwrap();
    popup.wait_for("document.querySelectorAll('[data-row] [data-action=fill]').length === 2").unwrap();
    assert_eq!(page.evaluate(STATE).unwrap()["code"], "");
}
