//! The order of the list, its filter by group, and counting uses.

use super::{Disk, NOW, account_list, add, app, ask, failure, form, with_vault};
use casdoor_authenticator::app::protocol::{
    AccountList, ArrangeList, BulkChange, ChangeAccounts, CountUse, MoveAccount, MoveToTrash, PinAccount, ReadScreen,
};
use casdoor_authenticator::vault::{AccountId, Area, Sort};
use futures_lite::future::block_on;

fn names(account_list: &AccountList) -> Vec<&str> {
    account_list.rows.iter().map(|row| row.name.as_str()).collect()
}

fn opened(disk: &Disk) -> AccountList {
    account_list(ask(disk, ReadScreen { origin: None }))
}

/// Returns the account list that the next popup shows in its first frame.
fn stored(disk: &Disk) -> AccountList {
    serde_json::from_str(&disk.memory.value(Area::Session, "board").expect("painted")).unwrap()
}

fn arrange(disk: &Disk, sort: Sort, group: Option<&str>) {
    let _ = ask(disk, ArrangeList { sort, group: group.map(str::to_owned) });
}

#[test]
fn an_account_is_moved_in_front_of_another_or_to_the_end_and_stays_there() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["a", "b", "c", "d"].iter().map(|name| add(&disk, form(name))).collect();
    for (id, before, expected) in [
        (3, Some(0), ["d", "a", "b", "c"]),
        (3, None, ["a", "b", "c", "d"]),
        (0, Some(3), ["b", "c", "a", "d"]),
        (0, Some(0), ["b", "c", "a", "d"]),
        (2, Some(1), ["c", "b", "a", "d"]),
    ] {
        let reply = ask(&disk, MoveAccount { id: ids[id], before: before.map(|before: usize| ids[before]) });
        assert_eq!(names(&account_list(reply)), expected);
        assert_eq!(names(&opened(&disk)), expected);
        assert_eq!(names(&stored(&disk)), expected);
    }
    let _ = ask(&disk, MoveToTrash { id: ids[0] });
    assert_eq!(failure(ask(&disk, MoveAccount { id: ids[1], before: Some(ids[0]) })), "vault_no_such_account");
    assert_eq!(names(&opened(&disk)), ["c", "b", "d"]);
}

#[test]
fn the_list_is_sorted_by_name_or_use_and_the_users_own_order_is_kept() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["Émile", "alice", "Zoe", "bob"].iter().map(|name| add(&disk, form(name))).collect();
    arrange(&disk, Sort::Name, None);
    assert_eq!(names(&opened(&disk)), ["alice", "bob", "Émile", "Zoe"]);
    assert_eq!(names(&stored(&disk)), ["alice", "bob", "Émile", "Zoe"]);
    for (id, times) in [(3, 3), (2, 1)] {
        for _ in 0..times {
            assert!(ask(&disk, CountUse { id: ids[id] }).is_ok());
        }
    }
    arrange(&disk, Sort::Used, None);
    assert_eq!(names(&opened(&disk)), ["bob", "Zoe", "Émile", "alice"]);
    // A use that changes the order also changes the first frame of the next popup.
    for _ in 0..3 {
        let _ = ask(&disk, CountUse { id: ids[2] });
    }
    assert_eq!(names(&stored(&disk)), ["Zoe", "bob", "Émile", "alice"]);
    // Pinned accounts come first in every order.
    let _ = ask(&disk, PinAccount { id: ids[1], pinned: true });
    assert_eq!(names(&opened(&disk)), ["alice", "Zoe", "bob", "Émile"]);
    arrange(&disk, Sort::Custom, None);
    assert_eq!(names(&opened(&disk)), ["alice", "Émile", "Zoe", "bob"]);
}

#[test]
fn recent_uses_count_more_than_old_ones() {
    let disk = with_vault();
    let (old, new) = (add(&disk, form("old")), add(&disk, form("new")));
    for _ in 0..200 {
        let _ = ask(&disk, CountUse { id: old });
    }
    for _ in 0..110 {
        let _ = ask(&disk, CountUse { id: new });
    }
    arrange(&disk, Sort::Used, None);
    assert_eq!(names(&opened(&disk)), ["new", "old"]);
}

#[test]
fn counting_a_use_and_filtering_displace_no_older_copy_of_the_vault() {
    let disk = with_vault();
    let id = add(&disk, form("a"));
    let stored = || disk.memory.value(Area::Local, "vault.last");
    let before = stored();
    let _ = ask(&disk, CountUse { id });
    arrange(&disk, Sort::Used, Some("Work"));
    assert_eq!(stored(), before);
}

#[test]
fn the_chosen_group_is_remembered_while_it_exists_and_comes_first_in_the_first_frame() {
    let disk = with_vault();
    let ids: Vec<AccountId> = ["a", "b", "c"].iter().map(|name| add(&disk, form(name))).collect();
    for (id, group) in [(1, "Work"), (2, "Home")] {
        let change = BulkChange::Group { group: group.into() };
        let _ = ask(&disk, ChangeAccounts { accounts: vec![ids[id]], change });
    }
    arrange(&disk, Sort::Custom, Some("Home"));
    let read = opened(&disk);
    assert_eq!(read.groups, [("Home".to_owned(), 1), ("Work".to_owned(), 1)]);
    assert_eq!((read.group.as_deref(), names(&read)), (Some("Home"), vec!["a", "b", "c"]));
    assert_eq!((stored(&disk).group.as_deref(), names(&stored(&disk))), (Some("Home"), vec!["c", "a", "b"]));
    // The worker that responds was started after the group was chosen.
    assert!(block_on(app(&disk).tick(NOW)).is_ok());
    let _ = ask(&disk, MoveToTrash { id: ids[2] });
    assert_eq!(opened(&disk).group, None);
}
