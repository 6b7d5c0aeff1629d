//! A page saves the result that it shows, and not one that another page found later. It saves it only once.

use super::worker::{Offline, Quick, ask_app};
use super::{Disk, NOW, Seeded, account_list, app, ask, failure, form, found, with_vault};
use casdoor_authenticator::app::App;
use casdoor_authenticator::app::protocol::{
    AddAccount, AnyRequest, ReadScreen, ReadText, SaveScanResults, ScanResults,
};
use casdoor_authenticator::vault::{Area, Change, Store, StoreError};
use futures_lite::future::{block_on, yield_now, zip};

/// Storage that writes slowly, so that another request is handled in the meantime.
struct SlowToWrite<'a>(&'a Disk);

impl Store for SlowToWrite<'_> {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        self.0.memory.load(area, keys).await
    }

    async fn commit(&self, area: Area, changes: Vec<Change>) -> Result<(), StoreError> {
        yield_now().await;
        self.0.memory.commit(area, changes).await
    }
}

fn read(name: &str, secret: &str) -> ReadText {
    ReadText { text: format!("otpauth://totp/Acme:{name}?secret={secret}&issuer=Acme") }
}

fn alice() -> ReadText {
    read("alice", "MZXW6YTBOIMZXW6Y")
}

fn keep(shown: &ScanResults) -> SaveScanResults {
    SaveScanResults { id: shown.id.clone(), cards: vec![0], update: vec![], location: None }
}

#[test]
fn a_later_result_of_another_page_is_neither_saved_by_mistake_nor_lost() {
    let disk = with_vault();
    let worker = app(&disk);
    let first = found(ask_app(&worker, alice()));
    let second = found(ask_app(&worker, read("bob", "MFRGGZDFMZTWQ2LK")));
    assert_eq!(failure(ask_app(&worker, keep(&first))), "error_nothing_pending");
    assert_eq!(account_list(ask_app(&worker, ReadScreen { origin: None })).total, 0);
    assert_eq!(account_list(ask_app(&worker, keep(&second))).rows[0].name, "bob");
}

#[test]
fn a_result_is_not_saved_without_its_id() {
    let disk = with_vault();
    let shown = found(ask(&disk, alice()));
    assert!(AnyRequest::parse(r#"{"do":"SaveScanResults","cards":[0]}"#).is_none());
    assert_eq!(failure(ask(&disk, keep(&ScanResults::default()))), "error_nothing_pending");
    assert_eq!(account_list(ask(&disk, keep(&shown))).total, 1);
}

#[test]
fn a_double_click_saves_once() {
    let disk = with_vault();
    let shown = found(ask(&disk, alice()));
    let worker = App::new(SlowToWrite(&disk), Offline, Quick, Seeded(5));
    let (first, second) = block_on(zip(worker.ask(keep(&shown), NOW), worker.ask(keep(&shown), NOW)));
    assert_eq!(account_list(first).total, 1);
    assert_eq!(failure(second), "error_nothing_pending");
    assert_eq!(account_list(ask(&disk, ReadScreen { origin: None })).total, 1);
}

#[test]
fn a_result_that_could_not_be_saved_can_be_saved_again() {
    let disk = with_vault();
    let shown = found(ask(&disk, alice()));
    disk.full.set(true);
    assert_eq!(failure(ask(&disk, keep(&shown))), "store_full");
    disk.full.set(false);
    assert_eq!(account_list(ask(&disk, keep(&shown))).total, 1);
}

#[test]
fn if_one_selected_account_cannot_be_saved_none_is() {
    let disk = with_vault();
    let worker = app(&disk);
    let shown = found(ask_app(&worker, alice()));
    failure(ask_app(&worker, SaveScanResults { id: shown.id, cards: vec![0, 7], update: vec![], location: None }));
    let rows = account_list(ask_app(&worker, AddAccount { form: form("bob") })).rows;
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["bob"]);
}
