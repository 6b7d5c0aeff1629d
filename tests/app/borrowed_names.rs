//! A hostile server that gives its user, its organization or its rows the name of another server's account, in many
//! spellings. Its pages are offered its own accounts only.

use casdoor_authenticator::app::AppError;
use casdoor_authenticator::autofill::{FramePosition, PageContext, PageReply, PageRequest, Seen, Shape};
use casdoor_authenticator::vault::{AccountId, Connection, Site, StorageLocation};
use futures_lite::future::block_on;

use super::worker::{Disk, NOW, add, app, change, form, with_vault};

const GOOD: &str = "https://login.acme-works.com";
const HOSTILE: &str = "https://sso.hostile.net";
/// The user of the good server, as its accounts name it.
const VICTIM: &str = "Acme Works:acme/alice";

fn connection(last: u8, server: &str, owner: &str, name: &str) -> Connection {
    serde_json::from_value(serde_json::json!({
        "id": format!("00000000-0000-4000-8000-00000000000{last}"), "server": server, "owner": owner, "name": name,
        "user_id": "1", "display_name": "Alice", "fills_by_itself": true,
    }))
    .unwrap()
}

/// Organizations and users whose `owner/name` is the end of the victim's label, or looks like it.
const BORROWED: [(&str, &str); 14] = [
    ("acme", "alice"),
    ("Works:acme", "alice"),
    ("Acme Works:acme", "alice"),
    ("ACME", "Alice"),
    ("acme", "alice "),
    (" acme", "alice"),
    ("acme", "alice\u{200b}"),
    ("\u{202e}acme", "alice"),
    ("\u{430}cme", "alice"),
    ("ａｃｍｅ", "ａｌｉｃｅ"),
    ("acme/alice", "x"),
    ("x", "acme/alice"),
    ("", "alice"),
    ("acme", ""),
];

/// Creates a vault in which the hostile server's user has the given name. The accounts are: one that was enrolled on
/// the good server, one on its list, one of the hostile server's own list, whose name a later sync has changed to the
/// victim's, and one on this device.
fn vault(owner: &str, name: &str) -> (Disk, Vec<AccountId>) {
    let disk = with_vault();
    let secrets = ["JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LK", "NNWZ6K7TKBRGC6DQ"];
    let ids: Vec<_> = secrets
        .map(|secret| {
            let mut form = form(VICTIM);
            form.secret = secret.into();
            add(&disk, form)
        })
        .into();
    change(&disk, |vault| {
        vault.connections = vec![connection(1, GOOD, "acme", "alice"), connection(2, HOSTILE, owner, name)];
        vault.account_mut(ids[0]).unwrap().sites = vec![Site::Origin(GOOD.into())];
        vault.account_mut(ids[1]).unwrap().location = StorageLocation::Connection(vault.connections[0].id);
        vault.account_mut(ids[2]).unwrap().location = StorageLocation::Connection(vault.connections[1].id);
    });
    (disk, ids)
}

fn ask(disk: &Disk, request: PageRequest, seen: &Seen) -> PageReply {
    let (origin, path) = (HOSTILE.to_owned(), "/login".to_owned());
    let page = PageContext { origin, path, frame: FramePosition::Top, seen: seen.clone() };
    block_on(app(disk).page(request, page, &[], NOW))
}

#[test]
fn no_spelling_of_another_users_name_gets_an_offer_or_a_code() {
    for (owner, name) in BORROWED {
        let (disk, ids) = vault(owner, name);
        for user in [None, Some("alice"), Some("acme/alice"), Some(VICTIM), Some("Alice"), Some("")] {
            for asked in [false, true] {
                let user = user.map(str::to_owned);
                let seen = Seen {
                    shape: Shape::Cells,
                    user,
                    focused: true,
                    secure: true,
                    same_origin: true,
                    asked,
                    rejected: None,
                };
                let told = format!("{owner:?}/{name:?}, {seen:?}");
                match ask(&disk, PageRequest::FormFound { seen: seen.clone() }, &seen) {
                    PageReply::Nothing => {}
                    PageReply::Offer { entries } => {
                        assert!(entries.iter().all(|entry| entry.id == ids[2] && entry.confirm), "{told}: {entries:?}")
                    }
                    reply => panic!("{told}: {reply:?}"),
                }
                for id in [ids[0], ids[1], ids[3]] {
                    let reply = ask(&disk, PageRequest::Pick { id, seen: seen.clone() }, &seen);
                    assert_eq!(reply, PageReply::Nothing, "{told}");
                }
                let own = ask(&disk, PageRequest::Pick { id: ids[2], seen: seen.clone() }, &seen);
                assert!(matches!(own, PageReply::Nothing | PageReply::Confirm), "{told}: {own:?}");
            }
        }
        for id in &ids[..2] {
            let confirmed = block_on(app(&disk).confirm_first_use(*id, HOSTILE, NOW));
            assert!(matches!(confirmed, Err(AppError::Message(_))), "{owner:?}/{name:?}");
        }
    }
}

#[test]
fn an_account_of_this_device_is_suggested_in_the_popup_for_the_exact_name_only() {
    for (owner, name) in BORROWED {
        let (disk, ids) = vault(owner, name);
        change(&disk, |vault| vault.accounts.retain(|account| account.id == ids[3]));
        let proposed = block_on(app(&disk).proposal(HOSTILE, NOW)).unwrap();
        // The popup names the site, and the user decides.
        let is_same = VICTIM.ends_with(&format!("{owner}/{name}")) && !owner.is_empty() && !name.is_empty();
        assert_eq!(proposed, is_same.then_some(ids[3]), "{owner:?}/{name:?}");
    }
}
