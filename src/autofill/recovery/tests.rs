use super::*;
use crate::autofill::{Seen, Shape};
use crate::secret::test_entropy::ConstantEntropy;
use crate::vault::Site;

const HERE: &str = "https://id.example.com";
const NOW: u64 = 1_790_000_010;

fn account(number: u8, name: &str, site: &str, codes: &[&str]) -> Account {
    let uri = format!("otpauth://totp/Acme:acme/{name}?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme");
    let mut account = Account::new(uri.parse().unwrap(), 0, &mut ConstantEntropy(number));
    account.sites.push(Site::Origin(site.into()));
    account.recovery_codes = codes.iter().map(|code| Secret::new((*code).to_owned()).into()).collect();
    account
}

fn vault(accounts: Vec<Account>) -> Vault {
    let connection = serde_json::json!({
        "id": "00000000-0000-4000-8000-000000000001", "server": HERE, "owner": "acme", "name": "alice",
        "user_id": "1", "display_name": "Alice", "fills_by_itself": true,
    });
    Vault { accounts, connections: vec![serde_json::from_value(connection).unwrap()], ..Vault::default() }
}

fn page() -> PageContext {
    let seen =
        Seen { shape: Shape::Recovery, focused: true, secure: true, same_origin: true, asked: true, ..Seen::default() };
    PageContext { origin: HERE.into(), path: "/login".into(), frame: FramePosition::Top, seen }
}

fn offered(reply: &PageReply) -> Vec<&str> {
    match reply {
        PageReply::Offer { entries } => entries.iter().map(|entry| entry.name.as_str()).collect(),
        PageReply::Nothing => Vec::new(),
        other => panic!("{other:?}"),
    }
}

fn fates(account: &Account) -> Vec<RecoveryCodeState> {
    account.recovery_codes.iter().map(|code| code.fate).collect()
}

#[test]
fn accounts_of_this_origin_with_a_recovery_code_are_offered_and_never_filled_automatically() {
    let vault = vault(vec![
        account(1, "alice", HERE, &["a"]),
        account(2, "bob", HERE, &["b"]),
        account(3, "carol", HERE, &[]),
        account(4, "dave", "https://other.example.com", &["d"]),
    ]);
    assert_eq!(offered(&decide(&page(), &vault)), ["acme/alice", "acme/bob"]);
    let mut named = page();
    named.seen.user = Some("bob".into());
    assert_eq!(offered(&super::super::decide(&named, Some(&vault), NOW)), ["acme/bob"]);
    assert_eq!(super::super::decide(&named, None, NOW), PageReply::Locked);
}

#[test]
fn a_pick_asks_for_the_password_and_returns_no_code() {
    let vault = vault(vec![account(1, "alice", HERE, &["a"]), account(4, "dave", "https://other.example.com", &["d"])]);
    let picked =
        |page: &PageContext, index: usize| super::super::pick(page, vault.accounts[index].id, Some(&vault), NOW);
    assert_eq!(picked(&page(), 0), PageReply::Password);
    assert_eq!(picked(&page(), 1), PageReply::Nothing);
}

#[test]
fn foreign_frames_and_other_origins_get_no_offer_and_no_code() {
    let mut vault = vault(vec![account(1, "alice", HERE, &["a"])]);
    let id = vault.accounts[0].id;
    let foreign = PageContext { frame: FramePosition::Foreign, ..page() };
    let elsewhere = PageContext { origin: "https://id.example.com.evil.example".into(), ..page() };
    for page in [&foreign, &elsewhere] {
        assert_eq!(super::super::decide(page, Some(&vault), NOW), PageReply::Nothing);
        assert_eq!(super::super::pick(page, id, Some(&vault), NOW), PageReply::Nothing);
    }
    for origin in [elsewhere.origin.as_str(), "http://id.example.com", "null", ""] {
        assert_eq!(take_recovery(&mut vault, id, origin, NOW), None, "{origin}");
    }
    vault.accounts[0].sites = vec![Site::Origin("https://other.example.com".into())];
    assert_eq!(take_recovery(&mut vault, id, HERE, NOW), None, "the account is for another site");
    assert_eq!(take_recovery(&mut vault, id, "https://other.example.com", NOW), None, "no server is connected there");
    assert_eq!(fates(&vault.accounts[0]), [RecoveryCodeState::Unused]);
}

#[test]
fn a_code_that_signed_the_user_in_is_never_returned_again() {
    let mut vault = vault(vec![account(1, "alice", HERE, &["a", "b"])]);
    let id = vault.accounts[0].id;
    let take = |vault: &mut Vault, now| take_recovery(vault, id, HERE, now).map(|code| code.expose().clone());
    assert_eq!(take(&mut vault, NOW).as_deref(), Some("a"));
    assert!(end_recovery(&mut vault.accounts[0], Verdict::Accepted, NOW + 5));
    assert_eq!(take(&mut vault, NOW + 9).as_deref(), Some("b"));
    assert!(end_recovery(&mut vault.accounts[0], Verdict::Rejected, NOW + 9));
    assert_eq!(fates(&vault.accounts[0]), [RecoveryCodeState::Used, RecoveryCodeState::Rejected]);
    assert!(!end_recovery(&mut vault.accounts[0], Verdict::Accepted, NOW + 30), "none was filled");
    assert_eq!(
        take(&mut vault, NOW + 40).as_deref(),
        Some("b"),
        "the server may have rejected the expired sign-in, not the code"
    );
    assert!(end_recovery(&mut vault.accounts[0], Verdict::Accepted, NOW + 45));
    assert_eq!(take(&mut vault, NOW + 50), None);
    assert_eq!(super::super::decide(&page(), Some(&vault), NOW), PageReply::Nothing, "none is left to offer");
}

#[test]
fn a_code_of_unknown_result_comes_after_the_unused_ones() {
    let mut vault = vault(vec![account(1, "alice", HERE, &["a", "b"])]);
    let id = vault.accounts[0].id;
    let take = |vault: &mut Vault, now| take_recovery(vault, id, HERE, now).map(|code| code.expose().clone());
    assert_eq!(take(&mut vault, NOW).as_deref(), Some("a"));
    assert!(!end_recovery(&mut vault.accounts[0], Verdict::Unknown, NOW));
    assert_eq!(take(&mut vault, NOW + 60).as_deref(), Some("b"));
    assert!(end_recovery(&mut vault.accounts[0], Verdict::Accepted, NOW + 70));
    assert_eq!(fates(&vault.accounts[0]), [RecoveryCodeState::Filled, RecoveryCodeState::Used]);
    assert_eq!(take(&mut vault, NOW + 90).as_deref(), Some("a"));
}

#[test]
fn a_code_that_did_not_reach_the_page_stays_unused() {
    let mut vault = vault(vec![account(1, "alice", HERE, &["a"])]);
    let id = vault.accounts[0].id;
    let code = take_recovery(&mut vault, id, HERE, NOW).unwrap();
    give_back_recovery(&mut vault.accounts[0], &code);
    assert_eq!(fates(&vault.accounts[0]), [RecoveryCodeState::Unused]);
}
