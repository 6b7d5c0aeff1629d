//! Twelve known ways in which Casdoor's mobile app loses or mixes up accounts. This client does not have these faults,
//! even while phones with that app sync the same user.

use casdoor_authenticator::casdoor::CasdoorError;
use casdoor_authenticator::vault::{ConnectionId, StorageLocation};

use super::browser::secret_of;
use super::world::World;

const A: &str = "GEZDGNBVGY3TQOJQ";
const B: &str = "JBSWY3DPEHPK3PXP";

fn four(name: &str, issuer: &str, secret: &str, origin: &str) -> [String; 4] {
    [name, issuer, secret, origin].map(String::from)
}

/// Creates a world without faults. Its server has these rows, and the first browser and both phones have received them.
fn world_with(rows: &[[String; 4]]) -> World {
    let mut world = World::without_random_events();
    world.server.list = Some(rows.to_vec());
    world.server.updated = world.server.now;
    for phone in 0..2 {
        world.phone_syncs(phone);
    }
    world.run(0);
    world.pass(3600);
    world
}

fn secrets_of(world: &World, browser: usize) -> Vec<String> {
    world.browsers[browser].disk.borrow().vault.accounts.iter().map(secret_of).collect()
}

fn server_secrets(world: &World) -> Vec<String> {
    world.server.list.iter().flatten().map(|row| row[2].clone()).collect()
}

#[test]
fn hazard_01_a_row_restored_by_a_phone_is_reported() {
    let mut world = world_with(&[]);
    let now = world.server.now;
    world.phones[0].scan("a", "X", A, now);
    world.phone_syncs(0);
    world.run(0);
    let id = world.browsers[0].ids()[0];
    // The phone edits the row again before it receives the deletion, so its version is newer.
    world.browsers[0].delete(id);
    world.run(0);
    assert!(server_secrets(&world).is_empty());
    world.phones[0].rows[0].synced_at = None;
    world.phone_syncs(0);
    assert_eq!(server_secrets(&world), [A]);
    world.run(0);
    assert_eq!(server_secrets(&world), [A], "the row must not be deleted again");
    assert!(
        world.browsers[0].disk.borrow().vault.account(id).unwrap().returned,
        "the account must be shown as returned"
    );
}

#[test]
fn hazard_02_a_lost_update_keeps_the_account_here_and_can_be_restored() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    world.server.list = Some(Vec::new());
    world.server.updated = world.server.now;
    world.pass(60);
    world.phone_syncs(0);
    world.phone_syncs(1);
    assert_eq!(
        world.phones.iter().map(|phone| phone.rows.len()).sum::<usize>(),
        0,
        "both phones must have lost the account"
    );
    world.run(0);
    assert_eq!(secrets_of(&world, 0), [A]);
    let id = world.browsers[0].ids()[0];
    assert!(world.browsers[0].disk.borrow().vault.account(id).unwrap().missing_since.is_some());
    world.browsers[0].change(id, |account| account.missing_since = None);
    world.run(0);
    world.phone_syncs(0);
    assert_eq!(world.phones[0].rows[0].four, four("a", "X", A, "phone-1"));
}

#[test]
fn hazard_03_a_hidden_list_or_null_is_not_an_empty_list() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    world.server.is_hidden = true;
    world.browsers[0].add(&format!("otpauth://totp/X:mine?secret={B}&issuer=X"), true);
    world.run(0);
    assert!(matches!(world.browsers[0].last, Some(Err(CasdoorError::ListHidden))));
    assert_eq!((secrets_of(&world, 0), server_secrets(&world)), (vec![A.into(), B.into()], vec![A.into()]));
    world.server.is_hidden = false;
    world.server.list = None;
    world.run(0);
    assert!(matches!(world.browsers[0].last, Some(Err(CasdoorError::ListNull))));
    assert_eq!((secrets_of(&world, 0).len(), world.server.list.clone()), (2, None));
    let disk = world.browsers[0].disk.borrow();
    assert!(disk.vault.accounts.iter().all(|account| account.missing_since.is_none()));
}

#[test]
fn hazard_04_rows_with_equal_phone_keys_are_made_distinct() {
    let mut world = World::without_random_events();
    world.server.list = Some(vec![four("a:b", "c", A, "x"), four("a", "b:c", B, "y")]);
    world.run(0);
    world.phone_syncs(0);
    assert_eq!(world.phones[0].rows.len(), 2);
    let mut secrets = server_secrets(&world);
    secrets.sort();
    assert_eq!(secrets, [A, B]);
    assert_eq!(world.browsers[0].ids().len(), 2);
}

#[test]
fn hazard_05_a_sign_in_on_the_server_keeps_a_pending_rename() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    let id = world.browsers[0].ids()[0];
    world.browsers[0].change(id, |account| account.name = "renamed".into());
    world.pass(10);
    world.server.updated = world.server.now;
    world.run(0);
    assert_eq!(world.server.list.as_ref().unwrap()[0], four("renamed", "X", A, "phone-1"));
}

#[test]
fn hazard_06_clock_differences_of_ten_minutes_have_no_effect() {
    for skew in [-600, 600] {
        let mut world = world_with(&[four("a", "X", A, "phone-1")]);
        world.skew_server(skew);
        world.browsers[0].add(&format!("otpauth://totp/X:mine?secret={B}&issuer=X"), true);
        world.run(0);
        world.run(1);
        assert_eq!((secrets_of(&world, 1), server_secrets(&world).len()), (vec![A.into(), B.into()], 2));
        let Some(Ok(outcome)) = world.browsers[0].last else { panic!("the sync failed") };
        assert_eq!(outcome.clock_ahead_seconds, Some(skew), "the difference must be detected");
    }
}

#[test]
fn hazard_07_an_unreachable_server_neither_signs_out_nor_clears() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    world.browsers[0].start();
    world.fail_next(casdoor_authenticator::casdoor::HttpError::Unreachable);
    assert!(matches!(world.browsers[0].last, Some(Err(CasdoorError::Unreachable))));
    assert_eq!(secrets_of(&world, 0), [A]);
    assert_eq!(world.browsers[0].disk.borrow().state.tokens.len(), 1);
    world.run(0);
    assert!(matches!(world.browsers[0].last, Some(Ok(_))));
}

#[test]
fn hazard_08_only_the_users_list_is_written() {
    for is_old in [false, true] {
        let mut world = world_with(&[]);
        world.server.is_old = is_old;
        world.browsers[0].add(&format!("otpauth://totp/X:mine?secret={B}&issuer=X"), true);
        world.run(0);
        // The mock server accepts only `columns=mfaaccounts` from this client. If it is old, it requires the complete
        // user.
        assert_eq!(server_secrets(&world), [B]);
        let bodies = &world.server.bodies;
        assert_eq!(bodies.len(), if is_old { 2 } else { 1 });
        assert!(!bodies[0].contains("displayName") && bodies[0].starts_with(r#"{"mfaAccounts":[{"accountName":"#));
        world.browsers[0].add(&format!("otpauth://totp/X:two?secret={A}&issuer=X"), true);
        world.run(0);
        assert_eq!(
            world.server.bodies.len(),
            if is_old { 3 } else { 2 },
            "the form of body that the server accepts must be remembered"
        );
    }
}

#[test]
fn hazard_09_an_empty_issuer_equals_a_null_issuer() {
    let mut world = World::without_random_events();
    world.server.list = Some(vec![four("a", "", A, "")]);
    world.server.nulls = true;
    world.run(0);
    world.run(0);
    let Some(Ok(outcome)) = world.browsers[0].last else { panic!("the sync failed") };
    assert!(!outcome.wrote && world.server.bodies.is_empty());
}

#[test]
fn hazard_10_accounts_never_reach_another_user() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    world.browsers[0].add(&format!("otpauth://totp/X:local?secret={B}&issuer=X"), false);
    let other = world.browsers[0].add("otpauth://totp/X:other?secret=MFRGGZDFMZTWQ2LK&issuer=X", false);
    let elsewhere = ConnectionId::generate(&mut world.chance);
    world.browsers[0].change(other, |account| account.location = StorageLocation::Connection(elsewhere));
    world.run(0);
    assert_eq!((server_secrets(&world), world.browsers[0].ids().len()), (vec![A.into()], 3));
    assert!(world.server.bodies.is_empty());
}

#[test]
fn hazard_11_a_different_secret_with_the_same_name_overwrites_nothing() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    world.server.list = Some(vec![four("a", "X", B, "phone-2")]);
    world.run(0);
    assert_eq!(secrets_of(&world, 0), [A, B]);
}

#[test]
fn hazard_12_a_rename_creates_no_second_account() {
    let mut world = world_with(&[four("a", "X", A, "phone-1")]);
    let id = world.browsers[0].ids()[0];
    world.browsers[0].change(id, |account| account.name = "b".into());
    world.run(0);
    world.phone_syncs(0);
    assert_eq!(world.phones[0].rows.len(), 1);
    assert_eq!(world.phones[0].rows[0].four[0], "b");
    world.pass(60);
    let now = world.server.now;
    world.phones[0].rename(0, "c", now + 1);
    world.phone_syncs(0);
    world.run(0);
    assert_eq!(world.browsers[0].ids(), [id]);
    assert_eq!(world.browsers[0].disk.borrow().vault.account(id).unwrap().name, "c");
}
