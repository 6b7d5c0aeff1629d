//! Which effects follow a request is decided in the core.

use casdoor_authenticator::app::effects::{Effect, after, expected};
use casdoor_authenticator::app::protocol::{ManyChange, Reply, Request};

use super::with_vault;
use super::worker::{Disk, add, ask, form};

/// Sends a request, and returns the effects that the platform has to carry out afterwards.
fn effects(disk: &Disk, request: Request) -> Vec<Effect> {
    let expected = expected(&request);
    after(expected, &ask(disk, request)).collect()
}

#[test]
fn a_successful_change_of_synced_data_is_synced_soon() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let change = |change| Request::ChangeMany { accounts: vec![id], change };
    let synced = [
        Request::Add { form: form("bob") },
        Request::Edit { id, form: form("carol") },
        Request::MoveToTrash { id },
        Request::Restore { id },
        change(ManyChange::MoveToTrash),
        change(ManyChange::Restore),
        Request::MoveToTrash { id },
        Request::Import { rows: vec![], keep: None },
    ];
    for request in synced {
        let shown = format!("{request:?}");
        assert_eq!(effects(&disk, request), [Effect::SyncSoon], "{shown}");
    }
    let removed = [Request::RemoveForGood { id }, Request::UndoImport { accounts: vec![] }];
    for request in removed {
        let shown = format!("{request:?}");
        assert_eq!(effects(&disk, request), [Effect::SyncSoon, Effect::EraseMemory], "{shown}");
    }
    assert_eq!(effects(&disk, Request::MoveToTrash { id }), [], "the account no longer exists, so nothing was changed");
    let here = add(&disk, form("dave"));
    let group = ManyChange::Group { group: "Work".into() };
    assert_eq!(effects(&disk, Request::ChangeMany { accounts: vec![here], change: group }), []);
    assert_eq!(effects(&disk, Request::Pin { id: here, pinned: true }), []);
}

#[test]
fn opening_the_popup_syncs_what_is_due_and_unlocking_tells_the_pages() {
    let disk = with_vault();
    assert_eq!(effects(&disk, Request::Open { origin: None }), [Effect::SyncIfDue]);
    ask(&disk, Request::Lock);
    assert_eq!(effects(&disk, Request::Unlock { password: "wrong".into() }), []);
    assert_eq!(effects(&disk, Request::Unlock { password: "one".into() }), [Effect::TellPagesUnlocked]);
}

#[test]
fn a_list_of_connections_or_backups_is_followed_by_its_effects() {
    let disk = with_vault();
    let connections = [Effect::RegisterContentScripts, Effect::ShowBadge];
    assert_eq!(effects(&disk, Request::ListConnections), connections);
    assert_eq!(effects(&disk, Request::ReadBackups), [Effect::BackUpIfDue]);
    let failed = Reply::Failed { message: Default::default() };
    assert_eq!(after(expected(&Request::ListConnections), &failed).count(), 0);
}
