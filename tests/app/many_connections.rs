//! Several connections to hostile servers, and connections that are made again. What they store stays limited, and
//! with it the time that a write takes.

use casdoor_authenticator::app::protocol::{AddAccount, Disconnect, EmptyTrash, ListTrash, ReadScreen, UnlockVault};
use casdoor_authenticator::casdoor::{MAX_CONNECTION_BYTES, MAX_TRASHED, MAX_TRASHED_BYTES};
use casdoor_authenticator::vault::{Area, ConnectionId, StorageLocation};

use super::hostile::{Browser, Servers, ask, browser, connect, row, secret, sync};
use super::worker::{Disk, account_list, change, form, with_vault};

/// Servers that are all hostile.
const SERVERS: usize = 8;

fn host(number: usize) -> String {
    format!("evil{number}.example")
}

/// Returns the list of a server that changes all its secrets at each sync.
fn changing(server: usize, round: usize) -> Vec<serde_json::Value> {
    let uuid = |n: usize| format!("cab1:00000000-0000-4000-8{server:03}-{n:012}");
    let each =
        |n| row(&format!("user {server} {n}"), "Acme", &secret(server * 1_000_000 + round * 1_000 + n), &uuid(n));
    (0..250).map(each).collect()
}

fn trash(app: &Browser<'_>) -> usize {
    ask(app, ListTrash).unwrap().len()
}

fn size(disk: &Disk) -> usize {
    disk.memory.value(Area::Local, "vault.last").map_or(0, |text| text.len())
}

#[test]
fn full_trashes_of_many_hostile_connections_cost_less_than_their_accounts() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    for server in 0..SERVERS {
        servers.set(&host(server), changing(server, 0));
        connect(&app, &host(server));
    }
    let before = size(&disk);
    for round in 1..3 {
        (0..SERVERS).for_each(|server| servers.set(&host(server), changing(server, round)));
        sync(&app);
    }
    let entries = trash(&app);
    assert!(entries > SERVERS * MAX_TRASHED / 2 && entries <= SERVERS * MAX_TRASHED, "{entries} entries");
    let after = size(&disk);
    assert!(after - before < SERVERS * 2 * MAX_TRASHED_BYTES, "{before} and {after}");
    assert!(ask(&app, EmptyTrash).unwrap().is_empty(), "one action empties the trash");
}

#[test]
fn a_connection_that_is_made_again_does_not_add_to_a_full_trash_without_the_user() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    let mut sizes = Vec::new();
    for time in 0..5 {
        servers.set(&host(0), changing(0, time * 10));
        let id = connect(&app, &host(0));
        for round in 1..4 {
            servers.set(&host(0), changing(0, time * 10 + round));
            sync(&app);
        }
        ask(&app, Disconnect { connection: id, forget: true }).unwrap();
        assert!(trash(&app) <= (time + 1) * (250 + MAX_TRASHED), "{} entries", trash(&app));
        sizes.push(size(&disk));
    }
    assert!(sizes.iter().all(|size| *size < 2 * MAX_CONNECTION_BYTES), "{sizes:?}");
    // 30 days and two saves later, all of it has expired.
    for day in 0..32 {
        let now = app.http().now.get() + 86_400;
        app.http().now.set(now);
        account_list(ask(&app, UnlockVault { password: "one".into() }));
        account_list(ask(&app, AddAccount { form: form(&format!("day {day}")) }));
    }
    assert_eq!(trash(&app), 0);
}

#[test]
fn a_row_that_is_moved_between_two_hostile_connections_counts_once_and_keeps_its_secret() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    let shared = || vec![row("shared", "Acme", &secret(7), "cab1:00000000-0000-4000-8000-000000000007")];
    let ids: Vec<ConnectionId> = (0..2)
        .map(|server| {
            servers.set(&host(server), shared());
            connect(&app, &host(server))
        })
        .collect();
    let count =
        || account_list(ask(&app, ReadScreen { origin: None })).rows.iter().filter(|row| row.name == "shared").count();
    let first = count();
    for round in 0..6 {
        // One server drops the row, and the other one has it, in turn.
        servers.set(&host(round % 2), Vec::new());
        servers.set(&host((round + 1) % 2), shared());
        sync(&app);
    }
    assert!(count() <= first.max(2), "{} rows", count());
    let mut kept = Vec::new();
    change(&disk, |vault| {
        kept =
            vault.accounts.iter().filter(|account| account.name == "shared").map(|account| account.location).collect();
    });
    assert!(kept.iter().all(|keep| matches!(keep, StorageLocation::Connection(id) if ids.contains(id))), "{kept:?}");
    assert!(trash(&app) <= 10, "{}", trash(&app));
}
