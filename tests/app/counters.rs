//! A HOTP counter decreases only if the user sets it, and belongs to one secret.

use super::{Disk, account_list, add, ask, form, found, with_vault};
use casdoor_authenticator::app::protocol::{
    AccountForm, CounterCode, EditAccount, FormKind, GenerateNextCode, ListTrash, ReadAccountForm, ReadScreen,
    ReadText, RestoreAccount, SaveScanResults,
};
use casdoor_authenticator::vault::AccountId;

const OTHER: &str = "MZXW6YTBOIMZXW6Y";

/// Creates a vault with one HOTP account that started at counter `from` and generated `codes` codes.
fn counted(from: u64, codes: usize) -> (Disk, AccountId) {
    let disk = with_vault();
    let id = add(&disk, AccountForm { kind: FormKind::Hotp, counter: Some(from), ..form("alice") });
    for _ in 0..codes {
        next(&disk, id);
    }
    (disk, id)
}

fn next(disk: &Disk, id: AccountId) -> u64 {
    match ask(disk, GenerateNextCode { id }) {
        Ok(CounterCode { counter, .. }) => counter,
        other => panic!("expected a code, got {other:?}"),
    }
}

fn shown(disk: &Disk, id: AccountId) -> AccountForm {
    match ask(disk, ReadAccountForm { id }) {
        Ok(form) => form,
        other => panic!("expected a form, got {other:?}"),
    }
}

/// Saves a form, and returns the account's new counter.
fn saved(disk: &Disk, id: AccountId, form: AccountForm) -> Option<u64> {
    account_list(ask(disk, EditAccount { id, form }));
    shown(disk, id).counter
}

#[test]
fn a_rename_keeps_the_counter_that_advanced_while_the_form_was_open() {
    let (disk, id) = counted(0, 3);
    let open = shown(&disk, id);
    assert_eq!(open.counter, Some(3));
    next(&disk, id);
    next(&disk, id);
    assert_eq!(saved(&disk, id, AccountForm { name: "carol".into(), ..open }), Some(5));
    assert_eq!(account_list(ask(&disk, ReadScreen { origin: None })).rows[0].name, "carol");
    assert_eq!(next(&disk, id), 6);
}

#[test]
fn a_form_without_a_counter_keeps_it() {
    let (disk, id) = counted(40, 0);
    let silent = AccountForm { secret: String::new(), kind: FormKind::Hotp, ..form("carol") };
    assert_eq!(saved(&disk, id, silent.clone()), Some(40));
    assert_eq!(next(&disk, id), 41);
    assert_eq!(saved(&disk, id, silent), Some(41));
}

#[test]
fn a_counter_that_is_set_by_hand_is_used_even_if_it_equals_the_initial_one() {
    let (disk, id) = counted(0, 3);
    for counter in [9, 2, 0] {
        let open = shown(&disk, id);
        assert_eq!(saved(&disk, id, AccountForm { counter: Some(counter), ..open }), Some(counter));
        assert_eq!(next(&disk, id), counter + 1);
    }
}

#[test]
fn a_new_secret_starts_at_the_forms_counter() {
    for counter in [0, 3, 7] {
        let (disk, id) = counted(0, 3);
        let open = shown(&disk, id);
        next(&disk, id);
        let rekeyed = AccountForm { secret: OTHER.into(), counter: Some(counter), ..open };
        assert_eq!(saved(&disk, id, rekeyed), Some(counter));
        assert_eq!(next(&disk, id), counter + 1);
    }
}

#[test]
fn a_replaced_secret_keeps_its_counter_when_it_is_restored() {
    let (disk, id) = counted(0, 3);
    let text = format!("otpauth://hotp/Acme:alice?secret={OTHER}&issuer=Acme&counter=7");
    let read = found(ask(&disk, ReadText { text }));
    account_list(ask(&disk, SaveScanResults { id: read.id, cards: vec![0], update: vec![0], location: None }));
    assert_eq!(shown(&disk, id).counter, Some(7));
    let Ok(rows) = ask(&disk, ListTrash) else { panic!("no trash") };
    let before = rows[0].id;
    account_list(ask(&disk, RestoreAccount { id: before }));
    assert_eq!(shown(&disk, before).counter, Some(3));
    assert_eq!((next(&disk, before), next(&disk, id)), (4, 8));
}
