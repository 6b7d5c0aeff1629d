//! Which effects follow a request is decided in the core.

use casdoor_authenticator::app::effects::{Effect, after};
use casdoor_authenticator::app::expected_effects;
use casdoor_authenticator::app::protocol::{
    AddAccount, AnyRequest, BulkChange, ChangeAccounts, DeleteAccount, EditAccount, ImportRows, ListConnections,
    LockVault, Message, MoveToTrash, PinAccount, ReadBackups, ReadScreen, Reply, Request, RestoreAccount, UndoImport,
    UnlockVault,
};
use casdoor_authenticator::time::UnixMilliseconds;

use super::with_vault;
use futures_lite::future::block_on;

use super::worker::{Disk, NOW, add, app, ask, form};

/// Sends a request, and returns the effects that the platform has to carry out afterwards.
fn effects(disk: &Disk, request: impl Into<Request>) -> Vec<Effect> {
    let request = request.into();
    let expected = expected_effects(&AnyRequest::Core(request.clone()));
    after(expected, &mut block_on(app(disk).handle(request, &|| UnixMilliseconds::of_seconds(NOW)))).collect()
}

#[test]
fn a_successful_change_of_synced_data_is_synced_soon() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let change = |change| ChangeAccounts { accounts: vec![id], change };
    let synced: [Request; 8] = [
        AddAccount { form: form("bob") }.into(),
        EditAccount { id, form: form("carol") }.into(),
        MoveToTrash { id }.into(),
        RestoreAccount { id }.into(),
        change(BulkChange::MoveToTrash).into(),
        change(BulkChange::Restore).into(),
        MoveToTrash { id }.into(),
        ImportRows { rows: vec![], location: None }.into(),
    ];
    for request in synced {
        let shown = format!("{request:?}");
        assert_eq!(effects(&disk, request), [Effect::SyncSoon], "{shown}");
    }
    let removed: [Request; 2] = [DeleteAccount { id }.into(), UndoImport { accounts: vec![] }.into()];
    for request in removed {
        let shown = format!("{request:?}");
        assert_eq!(effects(&disk, request), [Effect::SyncSoon, Effect::EraseMemory], "{shown}");
    }
    assert_eq!(effects(&disk, MoveToTrash { id }), [], "the account no longer exists, so nothing was changed");
    let here = add(&disk, form("dave"));
    let group = BulkChange::Group { group: "Work".into() };
    assert_eq!(effects(&disk, ChangeAccounts { accounts: vec![here], change: group }), []);
    assert_eq!(effects(&disk, PinAccount { id: here, pinned: true }), []);
}

#[test]
fn opening_the_popup_syncs_what_is_due_and_unlocking_tells_the_pages() {
    let disk = with_vault();
    assert_eq!(effects(&disk, ReadScreen { origin: None }), [Effect::SyncIfDue]);
    let _ = ask(&disk, LockVault);
    assert_eq!(effects(&disk, UnlockVault { password: "wrong".into() }), []);
    assert_eq!(effects(&disk, UnlockVault { password: "one".into() }), [Effect::TellPagesUnlocked]);
}

#[test]
fn a_list_of_connections_or_backups_is_followed_by_its_effects() {
    let disk = with_vault();
    let connections = [Effect::RegisterContentScripts, Effect::ShowBadge];
    assert_eq!(effects(&disk, ListConnections), connections);
    assert_eq!(effects(&disk, ReadBackups), [Effect::BackUpIfDue]);
    let mut failed = Reply::failed(Message::default());
    assert_eq!(after(expected_effects(&AnyRequest::Core(ListConnections.into())), &mut failed).count(), 0);
}
