//! The cost of a write, which the data that servers put in the trash hardly increases.

use std::time::Duration;

use casdoor_authenticator::app::protocol::{AddAccount, EmptyTrash, ListTrash};
use casdoor_authenticator::casdoor::{MAX_TRASHED, MAX_TRASHED_BYTES};
use casdoor_authenticator::vault::Area;

use super::hostile::{Servers, ask, browser, connect, row, secret, sync};
use super::processor_time::processor_time;
use super::worker::{Disk, account_list, form, with_vault};

/// Returns the list of a server that changes all its secrets at each sync.
fn changing(round: usize) -> Vec<serde_json::Value> {
    let uuid = |n: usize| format!("cab1:00000000-0000-4000-8000-{n:012}");
    (0..300).map(|n| row(&format!("user {n}"), "Acme", &secret(round * 1_000 + n), &uuid(n))).collect()
}

/// Adds an account five times, and returns the size of the written document and the shortest processor time of a write.
fn write(app: &super::hostile::Browser<'_>, disk: &Disk) -> (usize, Duration) {
    let times = (0..5).map(|number| {
        let begun = processor_time();
        account_list(ask(app, AddAccount { form: form(&format!("account {number}")) }));
        processor_time().saturating_sub(begun)
    });
    let shortest = times.min().unwrap();
    (disk.memory.value(Area::Local, "vault.last").map_or(0, |text| text.len()), shortest)
}

#[test]
fn a_full_trash_of_a_hostile_connection_hardly_adds_to_the_cost_of_a_write() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    servers.set("id.example", (0..500).map(|n| row(&format!("user {n}"), "Acme", &secret(n), "")).collect());
    connect(&app, "id.example");
    servers.set("evil.example", changing(10));
    connect(&app, "evil.example");
    for round in 11..14 {
        servers.set("evil.example", changing(round));
        sync(&app);
    }
    let Ok(rows) = ask(&app, ListTrash) else { panic!("no trash") };
    assert!(rows.len() > MAX_TRASHED / 2 && rows.len() <= MAX_TRASHED, "{} entries", rows.len());

    let (full, slow) = write(&app, &disk);
    let _ = ask(&app, EmptyTrash);
    let (empty, fast) = write(&app, &disk);
    let ratio = full as f64 / empty as f64;
    println!(
        "{} entries: {full} bytes in {slow:?}, without them {empty} bytes in {fast:?}, {ratio:.2} times",
        rows.len()
    );
    // Names and secrets are percent-encoded in key URIs, and the document is base64.
    assert!(full.saturating_sub(empty) < 2 * MAX_TRASHED_BYTES, "{full} and {empty}");
    assert!(ratio < 1.5, "{ratio:.2}");
    // The limits of the trash apply to each connection, so a write never takes seconds because of one server.
    assert!(slow < fast * 3, "{slow:?} and {fast:?}");
}
