//! Tests rows that are missing, deleted, moved, unreadable or too many.

use super::*;

#[test]
fn a_missing_row_is_not_a_deletion_and_can_be_restored_unchanged() {
    let (mut device, raw) = (Device::new(1), row("A%20b", "X", A, "phone"));
    let mut server = vec![raw.clone()];
    device.sync(&mut server);
    let id = device.vault.accounts[0].id;
    server.clear();
    assert_eq!(device.sync(&mut server).missing, 1);
    assert_eq!(device.account(id).missing_since, Some(NOW));
    assert_eq!(device.sync(&mut server), Summary { room_left_bytes: MAX_LIST_BYTES - 2, ..Summary::default() });
    device.vault.account_mut(id).unwrap().missing_since = None;
    assert_eq!(device.sync(&mut server).sent, 1);
    assert_eq!(server, [raw]);
}

#[test]
fn a_missing_row_that_comes_back_loses_its_mark() {
    let (mut device, raw) = (Device::new(1), row("a", "X", A, "phone"));
    let mut server = vec![raw.clone()];
    device.sync(&mut server);
    server.clear();
    device.sync(&mut server);
    server.push(raw);
    assert_eq!(device.sync(&mut server).found, 1);
    assert_eq!((device.vault.accounts.len(), device.vault.accounts[0].missing_since), (1, None));
}

#[test]
fn a_row_that_vanishes_within_ten_minutes_is_written_again_once() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    server.clear();
    device.now += 599;
    assert_eq!(device.sync(&mut server).rewritten, 1);
    assert_eq!(server.len(), 1);
    server.clear();
    device.now += 60;
    assert_eq!(device.sync(&mut server).missing, 1);
    assert!(server.is_empty() && device.account(id).missing_since.is_some());
}

#[test]
fn a_row_that_vanishes_later_is_only_marked() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    device.add(&uri("a", A));
    device.sync(&mut server);
    server.clear();
    device.now += 601;
    assert_eq!(device.sync(&mut server).missing, 1);
    assert!(server.is_empty());
}

#[test]
fn followed_deletions_go_to_the_trash_for_30_days() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.policy.follows_deletions = true;
    device.sync(&mut server);
    let gone = server.clone();
    server.clear();
    assert_eq!(device.sync(&mut server).trashed, 1);
    assert!(device.vault.accounts.is_empty() && device.vault.trash[0].by_sync);
    device.vault.remove_expired(NOW + 29 * 86_400);
    assert_eq!(device.vault.trash.len(), 1);
    server = gone;
    assert_eq!(device.sync(&mut server).found, 1);
    assert!(device.vault.trash.is_empty() && !device.vault.accounts[0].returned);
    server.clear();
    device.now += 1;
    device.sync(&mut server);
    assert_eq!(device.vault.trash.len(), 1);
    device.vault.remove_expired(NOW + 31 * 86_400);
    assert!(device.vault.trash.is_empty());
}

#[test]
fn a_local_deletion_is_sent_and_a_returning_row_is_marked_as_returned() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone"), row("b", "X", B, "phone")]);
    device.sync(&mut server);
    let (id, raw) = (device.vault.accounts[0].id, server[0].clone());
    device.vault.move_to_trash(id, NOW, false).unwrap();
    assert_eq!(device.sync(&mut server).removed, 1);
    assert_eq!(server.len(), 1);
    server.push(raw);
    assert_eq!(device.sync(&mut server).returned, 1);
    assert!(device.account(id).returned && device.vault.trash.is_empty());
    assert_eq!(server.len(), 2);
}

#[test]
fn an_unconfirmed_deletion_is_sent_again() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.sync(&mut server);
    let id = device.vault.accounts[0].id;
    device.vault.move_to_trash(id, NOW, false).unwrap();
    assert!(device.merge(&mut server, false).write.is_some());
    assert_eq!(device.merge(&mut server, true).write, Some(Vec::new()));
    assert!(server.is_empty() && device.vault.accounts.is_empty());
}

#[test]
fn an_account_restored_from_the_trash_is_uploaded_again() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.sync(&mut server);
    let (id, raw) = (device.vault.accounts[0].id, server[0].clone());
    device.vault.move_to_trash(id, NOW, false).unwrap();
    device.sync(&mut server);
    device.vault.restore(id).unwrap();
    device.sync(&mut server);
    assert_eq!(server, [raw]);
}

#[test]
fn an_account_moved_to_this_device_leaves_the_server() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    device.vault.account_mut(id).unwrap().location = StorageLocation::Device;
    device.sync(&mut server);
    assert!(server.is_empty() && device.account(id).missing_since.is_none());
}

#[test]
fn an_account_moved_to_another_server_leaves_this_one_only_after_it_was_seen_there() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    let there = ConnectionId::generate(&mut device.rng);
    device.vault.connections.push(Connection {
        id: there,
        server: "https://b.example".into(),
        owner: "o".into(),
        name: "n".into(),
        user_id: "u".into(),
        display_name: String::new(),
        client_id: String::new(),
        new_accounts: None,
        fills_automatically: false,
        follows_deletions: false,
        receives_only: false,
        is_demo: false,
    });
    device.vault.account_mut(id).unwrap().location = StorageLocation::Connection(there);
    assert!(device.merge(&mut server, true).write.is_none());
    let seen = server[0].to_base_row(Some(id), Presence::Present, NOW);
    device.state.bases.insert(there, vec![seen]);
    device.sync(&mut server);
    assert!(server.is_empty());
}

#[test]
fn an_unreadable_row_stays_unchanged_in_its_place() {
    let (mut device, odd) = (Device::new(1), row("sealed", "Y", "cab2:sealed!", "cab2"));
    let mut server = vec![row("a", "X", A, "phone"), odd.clone(), row("", "", "", "")];
    device.sync(&mut server);
    device.add(&uri("b", B));
    device.sync(&mut server);
    assert_eq!((device.vault.accounts.len(), server.len(), &server[1]), (2, 4, &odd));
}

/// A name whose encoded form is too long to be parsed again is left on the server, because one account must never make
/// the vault unreadable.
#[test]
fn a_row_with_an_extremely_long_name_stays_unchanged_on_the_server() {
    for (name, issuer) in [("a".to_owned(), "!".repeat(2_750)), ("ü".repeat(3_000), "X".to_owned())] {
        let (mut device, odd) = (Device::new(1), row(&name, &issuer, B, "phone"));
        let mut server = vec![row("a", "X", A, "phone"), odd.clone()];
        device.sync(&mut server);
        device.add(&uri("c", "MFRGGZDFMZTWQ2LK"));
        device.sync(&mut server);
        assert_eq!((device.vault.accounts.len(), server.len(), &server[1]), (2, 3, &odd));
        let kept = serde_json::to_string(&device.vault).unwrap();
        assert_eq!(serde_json::from_str::<crate::vault::Vault>(&kept).unwrap(), device.vault);
    }
}

#[test]
fn no_two_written_rows_share_the_mobile_apps_key() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "b:c", A, "p"), row("a:b", "c", B, "p")]);
    device.sync(&mut server);
    let c = "MFRGGZDFMZTWQ2LK";
    for _ in 0..3 {
        device.add(&format!("otpauth://totp/c:a%3Ab?secret={c}&issuer=c"));
    }
    device.sync(&mut server);
    let keys: std::collections::HashSet<_> = server.iter().map(ListRow::mobile_app_key).collect();
    assert_eq!((keys.len(), server.len()), (5, 5));
    assert!(device.merge(&mut server, true).write.is_none());
    let mut other = Device::new(2);
    other.sync(&mut server);
    let sorted = |device: &Device| {
        let mut names = device.names();
        names.sort();
        names
    };
    assert_eq!(sorted(&other), sorted(&device));
}

#[test]
fn a_receive_only_connection_writes_nothing() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone"), row("a", "X", B, "phone")]);
    device.policy.receives_only = true;
    device.sync(&mut server);
    let before = server.clone();
    device.add(&uri("mine", "MFRGGZDFMZTWQ2LK"));
    let id = device.vault.accounts[0].id;
    device.vault.move_to_trash(id, NOW, false).unwrap();
    let merged = device.merge(&mut server, true);
    assert_eq!((merged.write.clone(), merged.summary.sent), (None, 0));
    assert!(merged.has_unsent_changes() && server == before);
    device.policy.receives_only = false;
    device.sync(&mut server);
    assert_eq!(server.len(), 2);
}

#[test]
fn rows_that_do_not_fit_are_held_back() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    for n in 0..600 {
        device.add(&uri(&format!("{n}"), A));
    }
    let summary = device.sync(&mut server);
    assert!(summary.no_room > 0 && summary.sent + summary.no_room == 600);
    assert!(ListRow::write_list(&server).expose().len() <= MAX_LIST_BYTES);
    assert_eq!(device.vault.accounts.len(), 600);
}

#[test]
fn a_server_cannot_claim_an_account_that_is_stored_elsewhere() {
    let mut device = Device::new(1);
    let id = device.add(&uri("mine", A));
    device.vault.account_mut(id).unwrap().location = StorageLocation::Device;
    let mut server = vec![row("evil", "X", B, &format!("cab1:{id}"))];
    device.sync(&mut server);
    assert_eq!(device.account(id).key_uri().to_string(), uri("mine", A));
    device.vault.move_to_trash(id, NOW, false).unwrap();
    let mut other = vec![row("evil2", "X", "MFRGGZDFMZTWQ2LK", &format!("cab1:{id}"))];
    device.base.clear();
    device.sync(&mut other);
    assert_eq!(device.vault.trash[0].account.otp.key.to_base32().expose(), A);
}

#[test]
fn nothing_is_lost_after_an_older_copy_was_restored() {
    let (mut device, mut server) = (Device::new(1), vec![row("there", "X", A, "phone"), row("gone", "X", B, "phone")]);
    device.sync(&mut server);
    device.vault.accounts.clear();
    server.pop();
    device.sync(&mut server);
    assert_eq!(device.names(), ["there", "gone"]);
    assert!(device.vault.accounts[1].missing_since.is_some());
    assert_eq!(server.len(), 1);
}

#[test]
fn a_device_without_its_base_recognizes_its_own_rows() {
    let (mut device, mut server) = (Device::new(1), vec![row("p", "X", B, "phone")]);
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    device.base.clear();
    let merged = device.merge(&mut server, true);
    assert_eq!((merged.write, device.vault.accounts.len()), (None, 2));
    assert_eq!(device.account(id).name, "a");
}
