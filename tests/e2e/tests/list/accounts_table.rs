//! The table of accounts on the options page: sorted, filtered and selected, in wide and in narrow windows.

use super::*;
use e2e::drawn_state;
use e2e::package::{OPTIONS, root};

/// The services in the table, from top to bottom.
const SERVICES: &str = "[...document.querySelectorAll('[data-account] .service')].map(it => it.innerText.trim().split('\\n').pop()).join()";

/// Parts that are wider than their place, or outside of the window.
const CUT: &str = "[document.scrollingElement, ...document.querySelectorAll('main, nav, .panel, .accounts table, .accounts tr, .accounts :is(th, td), [data-bulk-actions] form')]
    .filter(part => part.checkVisibility())
    .filter(part => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth + 1 || part.getBoundingClientRect().left < -1)
    .map(part => part.outerHTML.slice(0, 100))";

/// Returns a browser with eight accounts, of which some have groups and sites.
fn with_accounts() -> (Installed, Page) {
    let names = [
        ("GitHub", "alexandra.meier@acme.test"),
        ("Amazon Web Services", "root"),
        ("Acme Works", "acme/eve"),
        ("Discord", "alexandra.meier@example.org"),
        ("Stadtwerke München", "12345"),
        ("日本銀行", "アリス"),
        ("Battle.net", "eve"),
        ("Google", "alice@example.org"),
    ];
    let uris: Vec<String> = names.iter().map(|(issuer, name)| uri(issuer, name, "")).collect();
    let (installed, tab) = with_uris(&uris);
    let rows = ask(&tab, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"]["rows"].clone();
    let ids: Vec<String> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    for (accounts, group) in [(&ids[..3], "Work"), (&ids[3..5], "Private")] {
        let change = json!({ "what": "group", "group": group });
        ask(&tab, &json!({ "do": "ChangeAccounts", "accounts": accounts, "change": change })).unwrap();
    }
    for (at, origin) in [(0, "https://github.com"), (0, "https://gist.github.com"), (3, "https://discord.com")] {
        let allow = json!({ "do": "AllowSite", "id": ids[at], "origin": origin, "allowed": true });
        ask(&tab, &allow).unwrap();
    }
    (installed, tab)
}

fn open(installed: &Installed, width: u32) -> Page {
    let tab = installed.browser.open("about:blank#table").unwrap();
    let metrics = json!({ "width": width, "height": 813, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics).unwrap();
    tab.navigate(&installed.extension.url(&format!("{OPTIONS}#accounts"))).unwrap();
    tab.wait_for("document.querySelector('[data-account] [data-icon=discord]')").unwrap();
    tab
}

#[test]
fn a_heading_sorts_the_table_reverses_it_and_restores_the_order() {
    let (installed, _first) = with_accounts();
    let tab = open(&installed, 1280);
    let own = tab.evaluate(SERVICES).unwrap();
    assert_eq!(own, "GitHub,Amazon Web Services,Acme Works,Discord,Stadtwerke München,日本銀行,Battle.net,Google");
    let sorted = |column: &str| {
        tab.evaluate(&format!("document.querySelector('th:has([data-sort={column}])').ariaSort")).unwrap()
    };
    let becomes = |expected: &str| tab.wait_for(&format!("{SERVICES} === {expected:?}")).unwrap();
    tab.click("[data-sort=service]").unwrap();
    becomes("Acme Works,Amazon Web Services,Battle.net,Discord,GitHub,Google,Stadtwerke München,日本銀行");
    assert_eq!((sorted("service"), sorted("group")), (json!("ascending"), json!(null)));
    drawn_state::check(&tab, "accounts-sorted").unwrap();
    tab.click("[data-sort=service]").unwrap();
    becomes("日本銀行,Stadtwerke München,Google,GitHub,Discord,Battle.net,Amazon Web Services,Acme Works");
    assert_eq!(sorted("service"), "descending");
    tab.click("[data-sort=service]").unwrap();
    becomes(own.as_str().unwrap());
    assert_eq!(sorted("service"), json!(null));
    // The heading also works with the keyboard. Accounts without a group come last.
    tab.evaluate("document.querySelector('[data-sort=group]').focus()").unwrap();
    tab.press("Enter").unwrap();
    becomes("Discord,Stadtwerke München,GitHub,Amazon Web Services,Acme Works,日本銀行,Battle.net,Google");
    tab.evaluate("document.querySelector('[data-sort=sites]').focus()").unwrap();
    tab.press("Enter").unwrap();
    tab.wait_for(&format!("{SERVICES}.startsWith('Discord,GitHub')")).unwrap();
    assert_eq!((sorted("sites"), sorted("group")), (json!("ascending"), json!(null)));
    // The checkbox in the heading selects what is shown.
    tab.click("[data-group=Work]").unwrap();
    tab.wait_for("document.querySelectorAll('[data-account]').length === 3").unwrap();
    tab.click("[data-field=select-all]").unwrap();
    tab.wait_for("document.querySelector('[data-ticked=\"3\"]')").unwrap();
    tab.fill("[data-field=search-accounts]", "nobody").unwrap();
    tab.wait_for("document.querySelector('[data-no-match]')?.textContent.includes('nobody')").unwrap();
    tab.fill("[data-field=search-accounts]", "").unwrap();
    tab.press("Backspace").unwrap();
    tab.wait_for("document.querySelectorAll('[data-account].ticked').length === 3").unwrap();
    assert_eq!(installed.browser.problems(), Vec::<String>::new());
}

#[test]
fn the_table_fits_narrow_windows_large_text_and_both_directions() {
    let (installed, first) = with_accounts();
    for (language, percent, width) in
        [("en", 100, 1280), ("de", 100, 1120), ("ar", 100, 1280), ("de", 100, 320), ("ar", 100, 320), ("en", 150, 320)]
    {
        ask(&first, &json!({ "do": "SetLanguage", "language": language })).unwrap();
        let mut settings = ask(&first, &json!({ "do": "ReadSettings" })).unwrap()["Ok"].clone();
        settings["text_size_percent"] = percent.into();
        ask(&first, &json!({ "do": "SetSettings", "settings": settings })).unwrap();
        let tab = open(&installed, width);
        let name = format!("accounts-table-{language}-{percent}-{width}");
        assert_eq!(tab.evaluate(CUT).unwrap(), json!([]), "{name}");
        tab.screenshot(&root().join(format!("dist/states/{name}-top.png"))).unwrap();
        tab.evaluate("document.querySelector('.accounts table').scrollIntoView()").unwrap();
        for at in [1, 2] {
            tab.click(&format!("[data-account]:nth-child({at}) [data-field=select]")).unwrap();
        }
        tab.wait_for("document.querySelector('[data-bulk-actions]')").unwrap();
        assert_eq!(tab.evaluate(CUT).unwrap(), json!([]), "{name}, selected");
        drawn_state::check(&tab, &name).unwrap();
        tab.close().unwrap();
    }
}
