//! Reports from a connected server's pages about an account, and its recovery codes.

use super::worker::{Disk, NOW, SECRET, account_list, add, app, ask, change, failure, form, with_vault};
use casdoor_authenticator::app::AppError;
use casdoor_authenticator::app::protocol::{
    AllowSite, LockVault, ReadAccountForm, ReadScreen, RemoveRecoveryCode, RowMark, SaveScanResults, ShowRecoveryCodes,
};
use casdoor_authenticator::autofill::{FramePosition, Outcome, PageContext, PageReply, PageRequest, Seen, Shape};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{AccountId, Area, Connection, RecoveryCodeState};
use futures_lite::future::block_on;

const HERE: &str = "https://id.example.com";
const TAKEN: Outcome = Outcome { status: Some(200), rejected: false, touched: false, went_on: true };

/// Creates a vault that is connected to [`HERE`], with an unconfirmed account that was enrolled there.
fn connected() -> (Disk, AccountId) {
    let disk = with_vault();
    let id = add(&disk, form("acme/alice"));
    let _ = ask(&disk, AllowSite { id, origin: HERE.into(), allowed: true, accepts_look_alike: false });
    change(&disk, |vault| {
        let connection: Connection = serde_json::from_value(serde_json::json!({
            "id": "00000000-0000-4000-8000-000000000001", "server": HERE, "owner": "acme", "name": "alice",
            "user_id": "1", "display_name": "Alice",
        }))
        .unwrap();
        vault.connections.push(connection);
        vault.account_mut(id).unwrap().unconfirmed = true;
    });
    (disk, id)
}

fn page(origin: &str, shape: Shape, frame: FramePosition) -> PageContext {
    let seen = Seen { shape, focused: true, secure: true, same_origin: true, ..Seen::default() };
    PageContext { origin: origin.into(), path: "/login".into(), frame, seen }
}

fn tell(disk: &Disk, page: &PageContext, request: impl FnOnce(Seen) -> PageRequest) -> PageReply {
    block_on(app(disk).page(request(page.seen.clone()), page.clone(), &[], NOW))
}

fn keep(disk: &Disk, id: AccountId, code: &str) -> PageReply {
    let code = code.to_owned();
    tell(disk, &page(HERE, Shape::Setup, FramePosition::Top), |seen| PageRequest::KeepRecovery { id, code, seen })
}

fn ended(disk: &Disk, page: &PageContext, id: AccountId, outcome: Outcome) -> PageReply {
    tell(disk, page, |seen| PageRequest::Ended { id, outcome, seen })
}

fn fill(disk: &Disk, id: AccountId, origin: &str, password: &str) -> Result<String, AppError> {
    let password = Secret::new(password.to_owned());
    block_on(app(disk).use_recovery(id, origin, &password, NOW)).map(|code| code.expose().clone())
}

fn fates(disk: &Disk, id: AccountId) -> Vec<RecoveryCodeState> {
    match ask(disk, ShowRecoveryCodes { id, password: "one".into() }) {
        Ok(codes) => codes.iter().map(|code| code.fate).collect(),
        other => panic!("expected recovery codes, got {other:?}"),
    }
}

fn is_unconfirmed(disk: &Disk) -> bool {
    let rows = account_list(ask(disk, ReadScreen { origin: None })).rows;
    rows.iter().any(|row| row.marks.contains(&RowMark::Unconfirmed))
}

#[test]
fn only_proof_from_its_own_server_confirms_an_account() {
    let (disk, id) = connected();
    let elsewhere = page("https://id.example.com.evil.example", Shape::Cells, FramePosition::Top);
    let framed = page(HERE, Shape::Cells, FramePosition::Foreign);
    for page in [&elsewhere, &framed] {
        ended(&disk, page, id, TAKEN);
        assert!(is_unconfirmed(&disk), "{page:?}");
    }
    let own = page(HERE, Shape::Cells, FramePosition::Top);
    for outcome in [
        Outcome::default(),
        Outcome { status: None, ..TAKEN },
        Outcome { went_on: false, ..TAKEN },
        Outcome { rejected: true, ..TAKEN },
        Outcome { touched: true, ..TAKEN },
    ] {
        ended(&disk, &own, id, outcome);
        assert!(is_unconfirmed(&disk), "{outcome:?}");
    }
    ended(&disk, &own, id, TAKEN);
    assert!(!is_unconfirmed(&disk));
}

#[test]
fn recovery_codes_are_shown_and_removed_only_after_entering_the_password() {
    let (disk, id) = connected();
    assert_eq!(keep(&disk, id, "code-a"), PageReply::Kept);
    assert_eq!(keep(&disk, id, "code-b"), PageReply::Kept);
    assert_eq!(keep(&disk, id, "code-a"), PageReply::Kept, "the code is already stored");
    assert_eq!(keep(&disk, id, " "), PageReply::Nothing);
    assert_eq!(keep(&disk, id, &"x".repeat(201)), PageReply::Nothing);
    let Ok(form) = ask(&disk, ReadAccountForm { id }) else { panic!("no form") };
    assert_eq!((form.recovery_left, form.recovery_codes), (2, 2));
    assert_eq!(failure(ask(&disk, ShowRecoveryCodes { id, password: "two".into() })), "vault_wrong_password");
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Unused; 2]);
    for key in ["vault.last", "state"] {
        assert!(!disk.memory.value(Area::Local, key).unwrap_or_default().contains("code-a"));
    }
    let _ = ask(&disk, RemoveRecoveryCode { id, code: "code-a".into() });
    let Ok(codes) = ask(&disk, ShowRecoveryCodes { id, password: "one".into() }) else { panic!("no codes") };
    assert_eq!(codes.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["code-b"]);
}

#[test]
fn a_recovery_code_is_filled_only_for_its_server_and_password_and_stored_as_filled_first() {
    let (disk, id) = connected();
    keep(&disk, id, "code-a");
    let key = |filled: Result<String, AppError>| filled.unwrap_err().message().key.as_str().to_owned();
    assert_eq!(key(fill(&disk, id, HERE, "two")), "vault_wrong_password");
    assert_eq!(key(fill(&disk, id, "https://evil.example", "one")), "recovery_none");
    disk.full.set(true);
    assert_eq!(key(fill(&disk, id, HERE, "one")), "store_full");
    disk.full.set(false);
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Unused]);
    assert_eq!(fill(&disk, id, HERE, "one").unwrap(), "code-a");
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Filled]);
    let _ = ask(&disk, LockVault);
    assert_eq!(key(fill(&disk, id, HERE, "one")), "error_locked");
}

#[test]
fn a_recovery_code_is_used_up_only_by_proof_and_a_rejected_one_is_marked() {
    let (disk, id) = connected();
    keep(&disk, id, "code-a");
    keep(&disk, id, "code-b");
    let form = page(HERE, Shape::Recovery, FramePosition::Top);
    fill(&disk, id, HERE, "one").unwrap();
    ended(&disk, &form, id, Outcome { went_on: false, ..TAKEN });
    ended(&disk, &page("https://evil.example", Shape::Recovery, FramePosition::Top), id, TAKEN);
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Filled, RecoveryCodeState::Unused]);
    assert!(is_unconfirmed(&disk));
    let reply = ended(&disk, &form, id, Outcome { rejected: true, went_on: false, ..TAKEN });
    assert!(matches!(reply, PageReply::Offer { entries } if entries.len() == 1), "the other code is not offered");
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Rejected, RecoveryCodeState::Unused]);
    assert_eq!(fill(&disk, id, HERE, "one").unwrap(), "code-b");
    assert_eq!(ended(&disk, &form, id, TAKEN), PageReply::Nothing);
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Rejected, RecoveryCodeState::Used]);
    assert!(is_unconfirmed(&disk), "a recovery code must not confirm the account");
    assert_eq!(fill(&disk, id, HERE, "one").unwrap(), "code-a", "a rejected code can be used again");
    assert_eq!(ended(&disk, &form, id, TAKEN), PageReply::Nothing);
    assert_eq!(fill(&disk, id, HERE, "one").unwrap_err().message().key, "recovery_none");
}

#[test]
fn a_code_that_did_not_reach_the_page_is_unused_again() {
    let (disk, id) = connected();
    keep(&disk, id, "code-a");
    let code = Secret::new(fill(&disk, id, HERE, "one").unwrap());
    block_on(app(&disk).recovery_not_filled(id, &code, NOW)).unwrap();
    assert_eq!(fates(&disk, id), [RecoveryCodeState::Unused]);
}

#[test]
fn a_code_from_the_servers_own_page_replaces_no_secret_and_waits_for_the_server() {
    let (disk, old) = connected();
    change(&disk, |vault| vault.account_mut(old).unwrap().unconfirmed = false);
    let link = "otpauth://totp/Acme:acme/alice?secret=MZXW6YTBOIMZXW6Y&issuer=Acme";
    let found = block_on(app(&disk).read_texts(&[link.to_owned().into()], Some(HERE), NOW)).unwrap();
    let keep = SaveScanResults { id: found.id, cards: vec![0], update: vec![0], location: None };
    let Ok(_) = ask(&disk, keep) else { panic!("not kept") };
    change(&disk, |vault| {
        assert_eq!(vault.account(old).unwrap().otp.key.to_base32().expose(), SECRET);
        let new = vault.accounts.iter().find(|account| account.id != old).unwrap();
        assert!(new.unconfirmed && new.otp.key.to_base32().expose() == "MZXW6YTBOIMZXW6Y");
    });
}
