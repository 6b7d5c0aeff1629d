//! A hostile server with a compromised renderer, which can send every message that a content script can send, with any
//! claims. Its user has the same name as a user of another server.

use super::worker::{Disk, NOW, Seeded, add, app, change, form, with_vault};
use casdoor_authenticator::app::AppError;
use casdoor_authenticator::autofill::{
    FramePosition, Outcome, PageContext, PageReply, PageRequest, Rejection, Seen, Shape,
};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{AccountId, Connection, Site, StorageLocation, Vault};
use futures_lite::future::block_on;

const GOOD: &str = "https://login.acme-works.com";
const HOSTILE: &str = "https://sso.hostile.net";

fn connection(last: u8, server: &str) -> Connection {
    serde_json::from_value(serde_json::json!({
        "id": format!("00000000-0000-4000-8000-00000000000{last}"), "server": server, "owner": "acme", "name": "alice",
        "user_id": "1", "display_name": "Alice", "fills_by_itself": true,
    }))
    .unwrap()
}

/// Creates a vault with accounts that all have the label of the hostile server's user, although none belongs to that
/// server: one was enrolled on the good server, one is in its list, and one is only on this device.
fn borrowed() -> (Disk, Vec<AccountId>) {
    let disk = with_vault();
    let ids: Vec<_> = ["JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LK"]
        .map(|secret| {
            let mut form = form("acme/alice");
            form.secret = secret.into();
            add(&disk, form)
        })
        .into();
    change(&disk, |vault| {
        vault.connections = vec![connection(1, GOOD), connection(2, HOSTILE)];
        vault.account_mut(ids[0]).unwrap().sites = vec![Site::Origin(GOOD.into())];
        vault.account_mut(ids[0]).unwrap().unconfirmed = true;
        vault.account_mut(ids[0]).unwrap().keep_recovery_code(Secret::new("good-code".into()));
        vault.account_mut(ids[1]).unwrap().location = StorageLocation::Connection(vault.connections[0].id);
    });
    (disk, ids)
}

fn read<T>(disk: &Disk, look: impl Fn(&Vault) -> T) -> T {
    let mut seen = None;
    change(disk, |vault| seen = Some(look(vault)));
    seen.unwrap()
}

/// Returns what the attacker wants to change: the sites, confirmation and number of recovery codes of each account, and
/// the number of accounts.
fn stored(disk: &Disk) -> Vec<(Vec<Site>, bool, usize)> {
    let row = |vault: &Vault| {
        let each = |account: &casdoor_authenticator::vault::Account| {
            (account.sites.clone(), account.unconfirmed, account.recovery_codes.len())
        };
        vault.accounts.iter().map(each).collect()
    };
    read(disk, row)
}

/// Returns every combination of the claims that a content script can make.
fn claims(id: AccountId) -> Vec<Seen> {
    let shapes = [Shape::Cells, Shape::Single, Shape::Setup, Shape::Switch, Shape::Recovery];
    let users = [None, Some("alice".to_owned()), Some("acme/alice".to_owned())];
    let mut all = Vec::new();
    for shape in shapes {
        for user in &users {
            for asked in [false, true] {
                for rejected in [None, Some(Rejection { id, until: NOW - 1 })] {
                    let user = user.clone();
                    all.push(Seen { shape, user, focused: true, secure: true, same_origin: true, asked, rejected });
                }
            }
        }
    }
    all
}

fn requests(id: AccountId, seen: &Seen) -> Vec<PageRequest> {
    let accepted = Outcome { status: Some(200), rejected: false, touched: false, went_on: true };
    let seen = || seen.clone();
    vec![
        PageRequest::FormFound { seen: seen() },
        PageRequest::Pick { id, seen: seen() },
        PageRequest::OpenPopup,
        PageRequest::KeepRecovery { id, code: "00000000-0000-4000-8000-000000000000".into(), seen: seen() },
        PageRequest::Ended { id, outcome: accepted, seen: seen() },
        PageRequest::Ended { id, outcome: Outcome { rejected: true, ..accepted }, seen: seen() },
        // The secret of the good server's account, as if the hostile server had learned it.
        PageRequest::Enroll { secret: "JBSWY3DPEHPK3PXP".into(), picture: String::new(), seen: seen() },
    ]
}

#[test]
fn no_message_gets_a_code_name_or_site_of_another_servers_account() {
    let (disk, ids) = borrowed();
    let before = stored(&disk);
    for id in &ids {
        for seen in claims(*id) {
            for request in requests(*id, &seen) {
                let page = PageContext {
                    origin: HOSTILE.into(),
                    path: "/login".into(),
                    frame: FramePosition::Top,
                    seen: seen.clone(),
                };
                let asked = format!("{request:?}");
                match block_on(app(&disk).page(request, page, &[], NOW)) {
                    PageReply::Nothing | PageReply::Save => {}
                    PageReply::Offer { entries } => assert!(entries.is_empty(), "{asked}: {entries:?}"),
                    PageReply::Failed { message } => assert_eq!(message.key, "enroll_elsewhere", "{asked}"),
                    reply => panic!("{asked}: {reply:?}"),
                }
            }
        }
    }
    assert_eq!(stored(&disk), before);
}

#[test]
fn the_popup_confirms_no_account_of_another_server_for_the_hostile_one() {
    let (disk, ids) = borrowed();
    for id in &ids[..2] {
        for rejected in [
            block_on(app(&disk).check_first_use(*id, HOSTILE, NOW)).map(|()| PageReply::Nothing),
            block_on(app(&disk).confirm_first_use(*id, HOSTILE, NOW)),
        ] {
            let error = rejected.unwrap_err();
            assert!(matches!(&error, AppError::Message(message) if message.key == "first_use_not_here"), "{error}");
        }
    }
    assert!(stored(&disk).iter().all(|(sites, ..)| !sites.contains(&Site::Origin(HOSTILE.into()))));
}

#[test]
fn a_local_account_is_suggested_only_in_the_popup_and_confirmed_for_this_origin_only() {
    let (disk, ids) = borrowed();
    assert_eq!(block_on(app(&disk).proposal(HOSTILE, NOW)).unwrap(), Some(ids[2]));
    let reply = block_on(app(&disk).confirm_first_use(ids[2], HOSTILE, NOW)).unwrap();
    assert!(matches!(reply, PageReply::Fill { .. }));
    assert_eq!(stored(&disk)[2].0, [Site::Origin(HOSTILE.into())]);
    assert_eq!(block_on(app(&disk).proposal(HOSTILE, NOW)).unwrap(), None, "it is already allowed here");
    block_on(app(&disk).confirm_first_use(ids[2], HOSTILE, NOW)).unwrap();
    assert_eq!(stored(&disk)[2].0.len(), 1);
}

#[test]
fn a_look_alike_of_another_accounts_site_is_not_confirmed_for_a_local_account() {
    let (disk, ids) = borrowed();
    let look_alike = "https://login.acme-w0rks.com";
    change(&disk, |vault| vault.connections[1].server = look_alike.into());
    let rejected = block_on(app(&disk).confirm_first_use(ids[2], look_alike, NOW));
    assert!(matches!(rejected, Err(AppError::Message(message)) if message.key == "fill_look_alike"));
    assert!(stored(&disk)[2].0.is_empty());
}

#[test]
fn repeated_enrollment_is_limited() {
    let (disk, _) = borrowed();
    let mut random = Seeded(5);
    let mut replies = Vec::new();
    for _ in 0..30 {
        let mut bytes = [0; 20];
        casdoor_authenticator::secret::Entropy::fill(&mut random, &mut bytes);
        let secret = casdoor_authenticator::otp::Key::new(bytes.to_vec()).unwrap().to_base32().expose().clone();
        let seen = Seen { shape: Shape::Setup, ..Seen::default() };
        let page = PageContext {
            origin: HOSTILE.into(),
            path: "/login".into(),
            frame: FramePosition::Top,
            seen: seen.clone(),
        };
        let request = PageRequest::Enroll { secret, picture: String::new(), seen };
        replies.push(block_on(app(&disk).page(request, page, &[], NOW)));
    }
    let failed = |reply: &&PageReply| matches!(reply, PageReply::Failed { message } if message.key == "enroll_limit");
    assert_eq!((replies.iter().filter(failed).count(), stored(&disk).len()), (20, 13));
}
