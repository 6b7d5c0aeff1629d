use proptest::prelude::*;

use super::*;
use crate::otp::KeyUri;
use crate::secret::test_entropy::CallCountingEntropy;
use crate::vault::{Site, StorageLocation};

const HERE: &str = "https://id.example.com";
const NOW: u64 = 1_790_000_010;
const ALICES: &str = "otpauth://totp/Acme:acme/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
const BOBS: &str = "otpauth://totp/Acme:acme/bob?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Acme";

fn account(number: u8, uri: &str, sites: &[&str]) -> Account {
    let uri: KeyUri = uri.parse().unwrap();
    let mut account = Account::new(uri, 0, &mut CallCountingEntropy(number));
    account.sites = sites.iter().map(|origin| Site::Origin((*origin).into())).collect();
    account
}

fn connection(server: &str) -> Connection {
    serde_json::from_value(serde_json::json!({
        "id": "00000000-0000-4000-8000-000000000001", "server": server, "owner": "acme", "name": "alice",
        "user_id": "1", "display_name": "Alice", "fills_by_itself": true,
    }))
    .unwrap()
}

/// A vault that is connected to [`HERE`] and fills automatically there.
fn vault(accounts: Vec<Account>) -> Vault {
    Vault { accounts, connections: vec![connection(HERE)], ..Vault::default() }
}

/// A page that meets every condition for filling alice's code automatically.
fn page() -> PageContext {
    let user = Some("alice".to_owned());
    PageContext {
        origin: HERE.into(),
        path: "/login".into(),
        frame: FramePosition::Top,
        seen: Seen { user, focused: true, secure: true, same_origin: true, ..Seen::default() },
    }
}

fn changed(change: impl FnOnce(&mut PageContext)) -> PageContext {
    let mut page = page();
    change(&mut page);
    page
}

fn filled(reply: &PageReply) -> Option<(&AccountId, &str, u64)> {
    match reply {
        PageReply::Fill { id, code, until } => Some((id, code, *until)),
        _ => None,
    }
}

fn offered(reply: &PageReply) -> Option<Vec<(&str, bool)>> {
    match reply {
        PageReply::Offer { entries } => {
            Some(entries.iter().map(|entry| (entry.name.as_str(), entry.confirm)).collect())
        }
        _ => None,
    }
}

#[test]
fn the_named_users_code_is_filled_automatically_if_the_user_enabled_that() {
    let vault = vault(vec![account(1, ALICES, &[HERE]), account(2, BOBS, &[HERE])]);
    let reply = decide(&page(), Some(&vault), NOW);
    let (id, code, until) = filled(&reply).unwrap();
    assert_eq!((*id, until), (vault.accounts[0].id, NOW + 28));
    assert_eq!(code, vault.accounts[0].otp.code_at(NOW).expose());
}

#[test]
fn without_each_condition_the_code_is_offered_and_not_filled() {
    let mut vault = vault(vec![account(1, ALICES, &[HERE])]);
    for (missing, page) in [
        ("focus", changed(|page| page.seen.focused = false)),
        ("a secure context", changed(|page| page.seen.secure = false)),
        ("the top frame", changed(|page| page.frame = FramePosition::Nested)),
        ("the user name", changed(|page| page.seen.user = None)),
        ("exactly this user", changed(|page| page.seen.user = Some("alic".into()))),
        ("a user name that says something", changed(|page| page.seen.user = Some(" ".into()))),
    ] {
        assert_eq!(offered(&decide(&page, Some(&vault), NOW)), Some(vec![("acme/alice", false)]), "without {missing}");
    }
    vault.connections[0].fills_automatically = false;
    assert!(offered(&decide(&page(), Some(&vault), NOW)).is_some(), "without the choice");
}

#[test]
fn pages_of_other_origins_and_foreign_frames_get_nothing() {
    let vault = vault(vec![account(1, ALICES, &[HERE, "https://evil.example"])]);
    for page in [
        changed(|page| page.frame = FramePosition::Foreign),
        changed(|page| page.origin = "https://evil.example".into()),
        changed(|page| page.origin = "http://id.example.com".into()),
        changed(|page| page.origin = "https://id.example.com:8443".into()),
        changed(|page| page.origin = "null".into()),
    ] {
        assert_eq!(decide(&page, Some(&vault), NOW), PageReply::Nothing, "{page:?}");
        let picked = pick(&page, vault.accounts[0].id, Some(&vault), NOW);
        assert_eq!(picked, PageReply::Nothing, "{page:?}");
    }
}

#[test]
fn an_account_on_the_servers_list_is_not_offered_without_its_site() {
    let mut synced = account(1, "otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", &[]);
    synced.location = crate::vault::StorageLocation::Connection(connection(HERE).id);
    let vault = vault(vec![synced]);
    assert_eq!(offered(&decide(&page(), Some(&vault), NOW)), Some(vec![]));
    assert_eq!(pick(&page(), vault.accounts[0].id, Some(&vault), NOW), PageReply::Nothing);
}

/// An account without a site, which was synced by the connection in [`vault`].
fn imported_extras(number: u8, uri: &str) -> Account {
    let mut account = account(number, uri, &[]);
    account.location = StorageLocation::Connection(connection(HERE).id);
    account
}

#[test]
fn a_synced_account_is_proposed_by_its_label_and_a_pick_returns_no_code() {
    let vault = vault(vec![imported_extras(1, ALICES), imported_extras(2, BOBS)]);
    assert_eq!(offered(&decide(&page(), Some(&vault), NOW)), Some(vec![("acme/alice", true)]));
    let asked = changed(|page| page.seen.asked = true);
    assert!(offered(&decide(&asked, Some(&vault), NOW)).is_some(), "unlocking confirms nothing");
    assert_eq!(pick(&page(), vault.accounts[0].id, Some(&vault), NOW), PageReply::Confirm);
    assert_eq!(pick(&page(), vault.accounts[1].id, Some(&vault), NOW), PageReply::Nothing);
}

#[test]
fn a_server_that_names_its_user_like_another_servers_user_gets_no_offer() {
    let mut stored = imported_extras(2, ALICES);
    stored.location =
        StorageLocation::Connection(serde_json::from_str("\"00000000-0000-4000-8000-000000000002\"").unwrap());
    let mut brought_with_a_site = imported_extras(3, ALICES);
    brought_with_a_site.sites.push(Site::Origin("https://good.example".into()));
    for (what, borrowed) in [
        ("an account with a site", account(1, ALICES, &["https://good.example"])),
        ("an account of another connection", stored),
        ("an account of this device", account(4, ALICES, &[])),
        ("an account that was brought and has another site", brought_with_a_site),
    ] {
        let vault = vault(vec![borrowed]);
        assert_eq!(offered(&decide(&page(), Some(&vault), NOW)), Some(vec![]), "{what}");
        assert_eq!(pick(&page(), vault.accounts[0].id, Some(&vault), NOW), PageReply::Nothing, "{what}");
    }
}

#[test]
fn nothing_is_proposed_where_an_account_is_already_allowed() {
    let vault = vault(vec![imported_extras(1, ALICES), account(2, BOBS, &[HERE])]);
    let page = changed(|page| page.seen.user = None);
    assert_eq!(offered(&decide(&page, Some(&vault), NOW)), Some(vec![("acme/bob", false)]));
}

#[test]
fn the_user_name_narrows_the_list_of_several_accounts() {
    let vault = vault(vec![account(1, ALICES, &[HERE]), account(2, BOBS, &[HERE])]);
    let of = |user: Option<&str>| changed(|page| page.seen = Seen { user: user.map(str::to_owned), ..Seen::default() });
    let names = |user| offered(&decide(&of(user), Some(&vault), NOW)).map(|names| names.len());
    assert_eq!(names(None), Some(2));
    assert_eq!(names(Some("bob")), Some(1));
    assert_eq!(names(Some("acme/bob")), Some(1));
    assert_eq!(names(Some("bob@example.com")), Some(2), "an e-mail address names nobody here");
}

#[test]
fn a_locked_vault_offers_to_unlock_and_then_fills_a_single_account() {
    assert_eq!(decide(&page(), None, NOW), PageReply::Locked);
    let asked = changed(|page| page.seen = Seen { asked: true, ..Seen::default() });
    let mut vault = vault(vec![account(1, ALICES, &[HERE])]);
    vault.connections[0].fills_automatically = false;
    assert!(filled(&decide(&asked, Some(&vault), NOW)).is_some());
    vault.accounts.push(account(2, BOBS, &[HERE]));
    assert!(offered(&decide(&asked, Some(&vault), NOW)).is_some());
}

#[test]
fn a_rejected_code_is_not_filled_again_and_the_next_one_is_offered() {
    let vault = vault(vec![account(1, ALICES, &[HERE])]);
    let id = vault.accounts[0].id;
    let PageReply::Fill { code, until, .. } = decide(&page(), Some(&vault), NOW) else { panic!("not filled") };
    let rejected = changed(|page| page.seen.rejected = Some(Rejection { id, until }));
    for second in NOW..until {
        assert_eq!(decide(&rejected, Some(&vault), second), PageReply::Wait { until });
        assert_eq!(pick(&rejected, id, Some(&vault), second), PageReply::Wait { until });
    }
    assert!(offered(&decide(&rejected, Some(&vault), until)).is_some(), "offered, not filled automatically");
    let picked = pick(&rejected, id, Some(&vault), until);
    assert_ne!(filled(&picked).unwrap().1, code);
}

#[test]
fn in_the_last_two_seconds_of_a_code_the_next_one_is_filled() {
    let vault = vault(vec![account(1, ALICES, &[HERE])]);
    let otp = &vault.accounts[0].otp;
    let boundary = otp.window_at(NOW).unwrap().until;
    let code = |now| filled(&decide(&page(), Some(&vault), now)).unwrap().1.to_owned();
    assert_eq!(&code(boundary - 3), otp.code_at(boundary - 1).expose());
    assert_eq!(&code(boundary - 2), otp.code_at(boundary).expose());
    assert_eq!(&code(boundary - 1), otp.code_at(boundary).expose());
}

#[test]
fn the_old_account_fills_until_the_new_one_is_confirmed() {
    let mut new = account(1, ALICES, &[HERE]);
    new.unconfirmed = true;
    let mut vault = vault(vec![new, account(2, &ALICES.replace("GEZD", "MFRG"), &[HERE])]);
    let old = vault.accounts[1].id;
    assert_eq!(filled(&decide(&page(), Some(&vault), NOW)).unwrap().0, &old);
    vault.accounts.pop();
    assert!(filled(&decide(&page(), Some(&vault), NOW)).is_some(), "an unconfirmed one alone is better than none");
}

#[test]
fn only_time_based_codes_of_six_digits_are_passcodes() {
    let vault = vault(vec![
        account(1, &format!("{ALICES}&digits=8"), &[HERE]),
        account(2, &ALICES.replace("totp", "hotp"), &[HERE]),
        account(3, "steam://GEZDGNBVGY3TQOJQ", &[HERE]),
    ]);
    assert_eq!(offered(&decide(&page(), Some(&vault), NOW)), Some(vec![]));
}

#[test]
fn the_sms_form_gets_an_offer_to_switch_only_if_there_is_an_account() {
    let sms = changed(|page| page.seen.shape = Shape::Switch);
    assert_eq!(decide(&sms, Some(&vault(vec![])), NOW), PageReply::Nothing);
    let vault = vault(vec![account(1, ALICES, &[HERE])]);
    assert!(offered(&decide(&sms, Some(&vault), NOW)).is_some(), "no code goes into it");
    assert_eq!(pick(&sms, vault.accounts[0].id, Some(&vault), NOW), PageReply::Nothing);
}

#[test]
fn the_enrollment_page_gets_an_offer_to_save_its_account() {
    let setup = changed(|page| page.seen.shape = Shape::Setup);
    assert_eq!(decide(&setup, Some(&vault(vec![account(1, ALICES, &[HERE])])), NOW), PageReply::Save);
    assert_eq!(decide(&setup, Some(&Vault::default()), NOW), PageReply::Nothing);
}

#[test]
fn a_page_may_report_only_on_accounts_of_its_own_origin() {
    let mut vault = vault(vec![account(1, ALICES, &[HERE]), account(2, BOBS, &[])]);
    let [alices, bobs] = [vault.accounts[0].id, vault.accounts[1].id];
    assert!(concerns(&page(), alices, &vault));
    assert!(!concerns(&page(), bobs, &vault));
    assert!(!concerns(&changed(|page| page.frame = FramePosition::Foreign), alices, &vault));
    assert!(!concerns(&changed(|page| page.origin = "https://evil.example".into()), alices, &vault));
    vault.connections.clear();
    assert!(!concerns(&page(), alices, &vault));
}

fn any_page() -> impl Strategy<Value = PageContext> {
    let origin = prop_oneof![3 => Just(HERE.to_owned()), 1 => "[a-z:/.]{0,24}"];
    let frame =
        prop_oneof![2 => Just(FramePosition::Top), 1 => Just(FramePosition::Nested), 1 => Just(FramePosition::Foreign)];
    let shape = prop_oneof![Just(Shape::Cells), Just(Shape::Single), Just(Shape::Setup), Just(Shape::Switch)];
    let user = prop_oneof![Just(None), Just(Some("alice".to_owned())), ".{0,12}".prop_map(Some)];
    (origin, frame, shape, user, any::<[bool; 4]>(), prop::option::of(any::<(u8, u8)>())).prop_map(
        |(origin, frame, shape, user, [focused, secure, same_origin, asked], rejected)| {
            let rejected = rejected.map(|(number, ahead)| Rejection {
                id: account(number % 3, ALICES, &[]).id,
                until: NOW - 100 + u64::from(ahead),
            });
            PageContext {
                origin,
                path: "/login".into(),
                frame,
                seen: Seen { shape, user, focused, secure, same_origin, asked, rejected },
            }
        },
    )
}

fn any_vault() -> impl Strategy<Value = Vault> {
    let site = prop_oneof![Just(HERE), Just("https://evil.example")];
    let one = (any::<bool>(), prop::collection::vec(site, 0..2), any::<bool>(), any::<bool>());
    (prop::collection::vec(one, 0..3), any::<bool>(), -90_i64..90).prop_map(|(rows, itself, ahead)| {
        let mut vault = vault(vec![]);
        vault.connections[0].fills_automatically = itself;
        vault.settings.clock_correction_seconds = ahead;
        for (number, (alice, sites, unconfirmed, is_brought)) in (0_u8..).zip(rows) {
            let mut account = account(number, if alice { ALICES } else { BOBS }, &sites);
            account.unconfirmed = unconfirmed;
            if is_brought {
                account.location = StorageLocation::Connection(connection(HERE).id);
            }
            vault.accounts.push(account);
        }
        vault
    })
}

proptest! {
    #[test]
    fn without_a_click_only_codes_of_accounts_of_this_origin_are_filled(page in any_page(), vault in any_vault(), after in 0_u64..200) {
        let now = NOW.saturating_add(after);
        if let PageReply::Fill { id, code, until } = decide(&page, Some(&vault), now) {
            let account = vault.account(id).unwrap();
            prop_assert!(page.origin == HERE && page.frame != FramePosition::Foreign && has_site(account, HERE));
            prop_assert!(page.seen.asked || (page.frame == FramePosition::Top && page.seen.focused && page.seen.secure));
            prop_assert!(page.seen.rejected.is_none());
            prop_assert!(now < until && code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn only_offered_accounts_can_be_picked_and_a_rejected_code_is_never_returned(page in any_page(), vault in any_vault(), after in 0_u64..200) {
        let now = NOW.saturating_add(after);
        let plain = PageContext { seen: Seen { asked: false, rejected: None, ..page.seen.clone() }, ..page.clone() };
        let entries = match decide(&plain, Some(&vault), now) {
            PageReply::Offer { entries } => entries.into_iter().map(|entry| (entry.id, entry.confirm)).collect(),
            PageReply::Fill { id, .. } => vec![(id, false)],
            _ => vec![],
        };
        for account in &vault.accounts {
            let picked = pick(&page, account.id, Some(&vault), now);
            if picked == PageReply::Confirm {
                prop_assert!(entries.contains(&(account.id, true)) && account.sites.is_empty());
            }
            if let PageReply::Fill { until, .. } = picked {
                let by_itself = matches!(decide(&plain, Some(&vault), now), PageReply::Fill { .. });
                prop_assert!(by_itself || entries.contains(&(account.id, false)));
                prop_assert!(has_site(account, HERE));
                if let Some(rejection) = page.seen.rejected.filter(|rejection| rejection.id == account.id) {
                    prop_assert!(rejection.until <= now && until > rejection.until);
                }
            }
        }
    }

    #[test]
    fn a_reply_survives_a_round_trip_through_json(page in any_page(), vault in any_vault()) {
        let reply = decide(&page, Some(&vault), NOW);
        let text = serde_json::to_string(&reply).unwrap();
        prop_assert_eq!(serde_json::from_str::<PageReply>(&text).unwrap(), reply);
    }
}

#[test]
fn an_unconfirmed_account_does_not_hide_one_that_was_never_allowed_here() {
    let mut new = account(1, ALICES, &[HERE]);
    new.unconfirmed = true;
    let old = imported_extras(2, &ALICES.replace("GEZD", "MFRG"));
    let mut vault = vault(vec![new, old]);
    let both = Some(vec![("acme/alice", true), ("acme/alice", false)]);
    assert_eq!(offered(&decide(&page(), Some(&vault), NOW)), both, "neither is typed automatically");
    let asked = changed(|page| page.seen.asked = true);
    assert_eq!(offered(&decide(&asked, Some(&vault), NOW)), both);
    vault.accounts[0].unconfirmed = false;
    assert!(filled(&decide(&page(), Some(&vault), NOW)).is_some(), "once confirmed it is the one");
    // An account of another user on this server does not prevent the proposal.
    vault.accounts[0] = account(3, BOBS, &[HERE]);
    assert_eq!(offered(&decide(&page(), Some(&vault), NOW)), Some(vec![("acme/alice", true)]));
}

#[test]
fn a_user_name_that_matches_no_account_proposes_no_further_account() {
    let old = imported_extras(2, &ALICES.replace("GEZD", "MFRG"));
    let vault = vault(vec![account(1, ALICES, &[HERE]), old]);
    for user in ["alice@example.com", "unknown"] {
        let page = changed(|page| page.seen.user = Some(user.into()));
        assert_eq!(offered(&decide(&page, Some(&vault), NOW)), Some(vec![("acme/alice", false)]), "{user}");
        let asked = changed(|page| (page.seen.user, page.seen.asked) = (Some(user.into()), true));
        assert!(filled(&decide(&asked, Some(&vault), NOW)).is_some(), "{user}");
    }
}

#[test]
fn an_account_without_a_name_is_offered_for_every_user_name() {
    let nobodys = account(1, "otpauth://totp/?secret=JBSWY3DPEHPK3PXP&issuer=acme", &[HERE]);
    let vault = vault(vec![nobodys, account(2, ALICES, &[HERE])]);
    let page = changed(|page| page.seen.focused = false);
    assert_eq!(offered(&decide(&page, Some(&vault), NOW)).map(|names| names.len()), Some(2));
}
