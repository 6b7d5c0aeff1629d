//! Sites that the user adds to an account by hand, edits and removes.

use casdoor_authenticator::app::protocol::{
    AccountList, Message, PinAccount, ReadScreen, RemoveSite, RestoreSite, SaveSite, SaveSiteAnswer, Screen, SiteForm,
    SiteRule, SiteWarning,
};
use casdoor_authenticator::app::released_permissions;
use casdoor_authenticator::autofill::{FillDecision, FramePosition, PageContext, PageReply, PageRequest, Seen};
use casdoor_authenticator::vault::{AccountId, Site};
use futures_lite::future::block_on;
use serde_json::json;

use super::policy::set;
use super::worker::{Disk, NOW, account_list, add, app, ask, change, connect, failure, form, stored_vault, with_vault};

const SERVER: &str = "https://id.acme-works.com";

fn typed(address: &str, rule: SiteRule) -> SiteForm {
    SiteForm { address: address.into(), rule, ..SiteForm::default() }
}

fn save(disk: &Disk, id: AccountId, form: SiteForm) -> Result<SaveSiteAnswer, Message> {
    ask(disk, SaveSite { id, form })
}

fn with_site(address: &str, rule: SiteRule) -> (Disk, AccountId) {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    saved(save(&disk, id, typed(address, rule)));
    (disk, id)
}

fn sites(disk: &Disk, id: AccountId) -> Vec<Site> {
    stored_vault(disk).account(id).unwrap().sites.clone()
}

fn types(disk: &Disk, id: AccountId, page: &str) -> bool {
    matches!(block_on(app(disk).fill_decision(id, page, NOW)), Ok(FillDecision::Type { .. }))
}

fn saved(reply: Result<SaveSiteAnswer, Message>) -> AccountList {
    match reply {
        Ok(SaveSiteAnswer::Saved(Screen::AccountList(account_list))) => account_list,
        other => panic!("expected an account list, got {other:?}"),
    }
}

/// Returns the warning before a site is stored.
fn warning(reply: Result<SaveSiteAnswer, Message>) -> SiteWarning {
    match reply {
        Ok(SaveSiteAnswer::Confirm(question)) => question.warning,
        other => panic!("expected a question, got {other:?}"),
    }
}

#[test]
fn a_site_is_added_edited_removed_and_restored() {
    let (disk, id) = with_site("login.example.com", SiteRule::Host);
    saved(save(&disk, id, typed("acme-works.org/team/", SiteRule::StartsWith)));
    let (first, second) =
        (Site::Origin("https://login.example.com".into()), Site::StartsWith("https://acme-works.org/team".into()));
    assert_eq!(sites(&disk, id), [first.clone(), second.clone()]);

    // Another rule for the first one takes its place.
    let form = SiteForm { replaces: Some(first), ..typed("login.example.com", SiteRule::Domain) };
    let row = saved(save(&disk, id, form)).rows.remove(0);
    let domain = Site::Domain("example.com".into());
    assert_eq!(sites(&disk, id), [domain.clone(), second.clone()]);
    assert_eq!(row.sites, [domain.clone(), second.clone()], "the form shows the sites of the account list");

    // A site that is already there is not stored twice.
    saved(save(&disk, id, typed("www.example.com", SiteRule::Domain)));
    saved(save(&disk, id, SiteForm { replaces: Some(second.clone()), ..typed("example.com", SiteRule::Domain) }));
    assert_eq!(sites(&disk, id), vec![domain.clone()]);

    account_list(ask(&disk, RemoveSite { id, site: domain.clone() }));
    assert!(sites(&disk, id).is_empty() && !types(&disk, id, "https://www.example.com"));
    account_list(ask(&disk, RestoreSite { id, site: domain.clone() }));
    assert_eq!(sites(&disk, id), [domain]);
    assert!(types(&disk, id, "https://www.example.com"));
}

#[test]
fn the_rule_decides_in_the_popup_and_for_the_shortcut() {
    for (address, rule, covered, other) in [
        (
            "login.example.com",
            SiteRule::Host,
            vec!["https://login.example.com", "https://login.example.com/any"],
            vec!["https://www.example.com/", "https://login.example.com:8443/", "http://login.example.com/"],
        ),
        (
            "login.example.com",
            SiteRule::Domain,
            vec!["https://example.com/", "https://a.b.example.com/x", "https://login.example.com:8443/"],
            vec!["http://login.example.com/", "https://notexample.com/", "https://example.com.evil.net/"],
        ),
        (
            "https://example.com/team",
            SiteRule::StartsWith,
            vec!["https://example.com/team", "https://example.com/team/login"],
            vec![
                "https://example.com",
                "https://example.com/",
                "https://example.com/teammates",
                "https://example.com/other/team",
                "https://www.example.com/team",
                "https://example.com/team/..%2fother",
            ],
        ),
    ] {
        let (disk, id) = with_site(address, rule);
        for (pages, expected) in [(covered, true), (other, false)] {
            for page in pages {
                let shown = account_list(ask(&disk, ReadScreen { origin: Some(page.into()) }));
                assert_eq!(shown.rows[0].fills, expected, "{rule:?} {page}: the popup");
                assert_eq!(types(&disk, id, page), expected, "{rule:?} {page}: Fill");
                let fillable = block_on(app(&disk).fillable(page, NOW)).unwrap();
                assert_eq!(fillable.contains(&id), expected, "{rule:?} {page}: the shortcut");
            }
        }
    }
}

#[test]
fn the_rule_decides_in_the_chip_of_a_connected_server() {
    let (disk, id) = with_site(&format!("{SERVER}/login/acme"), SiteRule::StartsWith);
    connect(&disk, 1, SERVER, false);
    let chip = |path: &str| {
        let seen = Seen { focused: true, secure: true, same_origin: true, ..Seen::default() };
        let page =
            PageContext { origin: SERVER.into(), path: path.into(), frame: FramePosition::Top, seen: seen.clone() };
        let picked = block_on(app(&disk).page(PageRequest::Pick { id, seen: seen.clone() }, page.clone(), &[], NOW));
        (block_on(app(&disk).page(PageRequest::FormFound { seen }, page, &[], NOW)), picked)
    };
    let (offered, picked) = chip("/login/acme/oauth");
    assert!(matches!(offered, PageReply::Offer { entries } if entries.len() == 1 && entries[0].id == id));
    assert!(matches!(picked, PageReply::Fill { .. }), "{picked:?}");
    for path in ["/login/acme2", "/login", ""] {
        let (offered, picked) = chip(path);
        assert!(matches!(offered, PageReply::Offer { entries } if entries.is_empty()), "{path}");
        assert_eq!(picked, PageReply::Nothing, "{path}");
    }
}

#[test]
fn a_typed_look_alike_needs_a_second_step() {
    let (disk, first) = with_site("github.com", SiteRule::Domain);
    let second = add(&disk, form("bob"));
    let wanted = typed("githvb.com", SiteRule::Host);
    let found = warning(save(&disk, second, wanted.clone()));
    assert_eq!(found, SiteWarning::LooksLike("github.com".into()));
    assert!(sites(&disk, second).is_empty(), "nothing is stored before the warning is overruled");
    let overruled = SiteForm { accepts: SiteWarning::Unencrypted, ..wanted.clone() };
    assert_eq!(warning(save(&disk, second, overruled)), found, "another warning was overruled");
    saved(save(&disk, second, SiteForm { accepts: found, ..wanted }));
    assert_eq!(sites(&disk, second), [Site::Origin("https://githvb.com".into())]);

    // A typing mistake can be corrected without a warning about itself.
    let third = add(&disk, form("carol"));
    saved(save(&disk, third, typed("exarnple.com", SiteRule::Host)));
    let replaces = Some(Site::Origin("https://exarnple.com".into()));
    saved(save(&disk, third, SiteForm { replaces, ..typed("example.com", SiteRule::Host) }));
    // The site of another account still counts.
    let replaces = Some(Site::Domain("github.com".into()));
    let imitation = SiteForm { replaces, ..typed("github.com.evil.net", SiteRule::Host) };
    assert!(matches!(warning(save(&disk, first, imitation)), SiteWarning::LooksLike(_)));
}

#[test]
fn unencrypted_sites_follow_the_rules_for_filling() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    assert_eq!(failure(save(&disk, id, typed("http://example.com", SiteRule::Host))), "site_not_encrypted");
    assert_eq!(failure(save(&disk, id, typed("http://example.com/a", SiteRule::StartsWith))), "site_not_encrypted");
    let nas = typed("http://nas.local:8080/ui", SiteRule::StartsWith);
    assert_eq!(warning(save(&disk, id, nas.clone())), SiteWarning::Unencrypted);
    saved(save(&disk, id, SiteForm { accepts: SiteWarning::Unencrypted, ..nas }));
    assert!(types(&disk, id, "http://nas.local:8080/ui/login") && !types(&disk, id, "https://nas.local:8080/ui"));
    saved(save(&disk, id, typed("http://localhost:3000", SiteRule::Host)));
    assert!(types(&disk, id, "http://localhost:3000/login"));
}

#[test]
fn wrong_addresses_are_explained_and_nothing_is_stored() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    for (address, rule, key) in [
        ("", SiteRule::Host, "site_not_an_address"),
        ("not an address", SiteRule::Host, "site_not_an_address"),
        ("https://alice@example.com", SiteRule::Host, "site_not_an_address"),
        ("chrome://settings", SiteRule::Host, "site_scheme"),
        ("github.io", SiteRule::Domain, "site_public_suffix"),
        ("co.uk", SiteRule::Domain, "site_public_suffix"),
        ("192.168.1.7", SiteRule::Domain, "site_no_domain"),
    ] {
        assert_eq!(failure(save(&disk, id, typed(address, rule))), key, "{address}");
    }
    assert!(sites(&disk, id).is_empty());
    for number in 0..Site::MAX_SITES {
        change(&disk, |vault| {
            vault.account_mut(id).unwrap().sites.push(Site::Origin(format!("https://host{number}.example.com")));
        });
    }
    assert_eq!(failure(save(&disk, id, typed("acme-works.org", SiteRule::Host))), "site_limit");
}

#[test]
fn the_organizations_sites_limit_what_can_be_added_and_what_is_filled() {
    let (disk, id) = with_site("shop.example.com", SiteRule::Domain);
    set(&disk, "fillSites", json!(["https://shop.example.com", "gov.uk"]));
    for (address, rule) in [
        ("www.example.com", SiteRule::Host),
        ("example.com", SiteRule::Domain),
        ("example.com/team", SiteRule::StartsWith),
        ("shop.example.com.evil.net", SiteRule::Host),
    ] {
        assert_eq!(failure(save(&disk, id, typed(address, rule))), "policy_site", "{address}");
    }
    saved(save(&disk, id, typed("shop.example.com/cart", SiteRule::StartsWith)));
    saved(save(&disk, id, typed("tax.service.gov.uk", SiteRule::Host)));
    assert!(types(&disk, id, "https://shop.example.com/cart") && types(&disk, id, "https://tax.service.gov.uk/"));
    assert!(!types(&disk, id, "https://www.example.com/"), "the domain was added before the policy");
}

#[test]
fn the_permission_for_a_frames_site_is_given_up_with_the_last_site_that_needs_it() {
    let path = Site::StartsWith("https://pay.example.com:8443/card".into());
    let (host, domain) = (Site::Origin("https://pay.example.com".into()), Site::Domain("acme-works.org".into()));
    let servers = ["https://id.acme-works.org/casdoor".to_owned()];
    let released = |before: &[&Site], after: &[&Site]| {
        let granted = [
            "https://pay.example.com/*",
            "https://login.acme-works.org/*",
            "https://id.acme-works.org/*",
            "http://pay.example.com/*",
            "https://chosen-by-the-user.example/*",
            "https://*/*",
            "<all_urls>",
        ];
        let owned = |sites: &[&Site]| sites.iter().map(|site| (*site).clone()).collect::<Vec<_>>();
        let granted = granted.map(str::to_owned).to_vec();
        released_permissions(granted, &owned(before), &owned(after), &servers)
    };
    assert_eq!(released(&[&path, &domain], &[&domain]), ["https://pay.example.com/*"]);
    assert_eq!(released(&[&path, &domain], &[&path]), ["https://login.acme-works.org/*"], "the server stays");
    assert!(released(&[&path, &host], &[&host]).is_empty(), "another site of an account needs it");
    assert!(released(&[&path, &domain], &[&path, &domain]).is_empty());
}

#[test]
fn a_public_suffix_that_was_stored_as_a_domain_covers_nothing() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let site = Site::Domain("github.io".into());
    change(&disk, |vault| vault.account_mut(id).unwrap().sites.push(site.clone()));
    assert!(!types(&disk, id, "https://mallory.github.io"));
    assert!(!account_list(ask(&disk, ReadScreen { origin: Some("https://mallory.github.io".into()) })).rows[0].fills);
    account_list(ask(&disk, RemoveSite { id, site }));
    assert!(sites(&disk, id).is_empty());
}

#[test]
fn a_rule_of_a_newer_version_is_kept_shown_and_covers_nothing() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let newer: Site = serde_json::from_value(json!({ "pattern": "https://*.example.com/*" })).unwrap();
    change(&disk, |vault| vault.account_mut(id).unwrap().sites.push(newer.clone()));
    assert!(!types(&disk, id, "https://www.example.com/"));
    let row = account_list(ask(&disk, ReadScreen { origin: Some("https://www.example.com/".into()) })).rows.remove(0);
    assert!(!row.fills && row.sites == [newer.clone()]);
    saved(save(&disk, id, typed("acme-works.org", SiteRule::Host)));
    account_list(ask(&disk, PinAccount { id, pinned: true }));
    assert_eq!(sites(&disk, id)[0], newer);
    account_list(ask(&disk, RemoveSite { id, site: newer.clone() }));
    account_list(ask(&disk, RestoreSite { id, site: newer.clone() }));
    assert!(sites(&disk, id).contains(&newer));
}
